//! A small desk with notes: the capability whose tables the stories write.

use platform::{Actor, DistrictId, Fault, FaultKind, Time};
use store::{
    ALWAYS, Conn, Db, Fact, FactRow, Json, List, Migration, Migrations, Reaction, Timer, TimerRow, Tx,
};
use store::{Workload, row, sql};
use uuid::Uuid;

pub const DISTRICT: DistrictId = DistrictId(430_204);

pub const MIGRATIONS: [Migrations; 2] = [
    store::MIGRATIONS,
    Migrations { capability: "desk", list: &[Migration { name: "0001_desk.sql", text: TABLES }] },
];

const TABLES: &str = "
create table desk_note (
    district {int} not null,
    id {uuid} not null,
    number {int} not null,
    words text not null,
    path text not null,
    size {real},
    done {bool} not null,
    photo {bytes},
    about {json},
    author {uuid},
    due_at {int},
    primary key (district, id),
    constraint desk_note_number_key unique (district, number),
    constraint desk_note_number_positive check (number > 0)
) {clustered};
create index desk_note_path on desk_note (district, path);

create table desk_counter (
    district {int} not null,
    name text not null,
    n {int} not null,
    primary key (district, name)
) {clustered};

create table desk_echo (
    district {int} not null,
    note_id {uuid} not null,
    times {int} not null,
    primary key (district, note_id),
    constraint desk_echo_note_fkey foreign key (district, note_id) references desk_note (district, id)
) {clustered};
";

row! {
    #[derive(Clone, PartialEq, Debug)]
    pub struct Note {
        pub id: Uuid,
        pub number: i64,
        pub words: String,
        pub path: String,
        pub size: Option<f64>,
        pub done: bool,
        pub photo: Option<Vec<u8>>,
        pub about: Option<Json<serde_json::Value>>,
        pub author: Option<Uuid>,
        pub due_at: Option<Time>,
    }
}

type NoteParams = (
    DistrictId,
    Uuid,
    i64,
    String,
    String,
    Option<f64>,
    bool,
    Option<Vec<u8>>,
    Option<Json<serde_json::Value>>,
    Option<Uuid>,
    Option<Time>,
);

sql! {
    INSERT_DISTRICT: (DistrictId, Json<serde_json::Value>, Time) =
        "insert into platform_district (district, code, name, name_en, settings, created_at)
         values ($1, '430204', '石峰区', 'Shifeng', $2, $3)";
    pub INSERT_NOTE: NoteParams =
        "insert into desk_note (district, id, number, words, path, size, done, photo, about, author, due_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    pub NOTES: (DistrictId, i64) -> Note =
        "select id, number, words, path, size, done, photo, about, author, due_at from desk_note
         where district = $1 order by number limit $2";
    pub NUMBERS: (DistrictId,) -> (i64,) = "select number from desk_note where district = $1 order by number";
    pub NUMBERS_IN: (DistrictId, List<i64>) -> (i64,) =
        "select number from desk_note where district = $1 and number {in:$2:int} order by number";
    pub NUMBERS_OF_WORDS: (DistrictId, List<String>) -> (i64,) =
        "select number from desk_note where district = $1 and words {in:$2:text} order by number";
    pub NUMBERS_OF_IDS: (DistrictId, List<Uuid>) -> (i64,) =
        "select number from desk_note where district = $1 and id {in:$2:uuid} order by number";
    pub PATHS_BELOW: (DistrictId, String) -> (String,) =
        "select path from desk_note where district = $1 and (path = $2 or (path > $2 || '/' and path < $2 || '0'))
         order by path";
    pub PATHS: (DistrictId,) -> (String,) = "select path from desk_note where district = $1 order by path";
    pub DELETE_NOTES: (DistrictId,) = "delete from desk_note where district = $1";
    pub SET_COUNTER: (DistrictId, String, i64) =
        "insert into desk_counter (district, name, n) values ($1, $2, $3)
         on conflict (district, name) do update set n = excluded.n";
    pub COUNT_ON: (DistrictId, String) -> (i64,) =
        "insert into desk_counter (district, name, n) values ($1, $2, 1)
         on conflict (district, name) do update set n = desk_counter.n + 1 returning n";
    pub COUNTER: (DistrictId, String) -> (i64,) =
        "select n from desk_counter where district = $1 and name = $2";
    INSERT_ECHO: (DistrictId, Uuid) =
        "insert into desk_echo (district, note_id, times) values ($1, $2, 1)
         on conflict (district, note_id) do update set times = desk_echo.times + 1";
    pub ECHOES: (DistrictId,) -> (i64, i64) =
        "select n.number, e.times from desk_echo e join desk_note n on n.district = e.district and n.id = e.note_id
         where e.district = $1 order by n.number";
}

/// Whoever writes in these stories.
pub fn clerk() -> Actor {
    Actor::system(DISTRICT, "clerk")
}

pub async fn open_district(db: &Db) {
    let open = async |tx: &mut Tx| {
        let now = tx.now();
        tx.execute(&INSERT_DISTRICT, (DISTRICT, Json(serde_json::json!({})), now)).await
    };
    db.write(&clerk(), open).await.expect("a district");
}

impl Note {
    pub fn new(number: i64, words: &str) -> Self {
        Self {
            id: Uuid::new_v4(),
            number,
            words: words.to_owned(),
            path: String::new(),
            size: None,
            done: false,
            photo: None,
            about: None,
            author: None,
            due_at: None,
        }
    }

    pub fn params(self) -> NoteParams {
        let Self { id, number, words, path, size, done, photo, about, author, due_at } = self;
        (DISTRICT, id, number, words, path, size, done, photo, about, author, due_at)
    }

    pub async fn insert(self, tx: &mut Tx) -> Result<(), Fault> {
        tx.execute(&INSERT_NOTE, self.params()).await.map(drop)
    }
}

/// Writes a note and nothing else.
pub async fn write_note(db: &Db, note: Note) -> Result<(), Fault> {
    db.write(&clerk(), async move |tx: &mut Tx| note.clone().insert(tx).await).await
}

pub async fn numbers(db: &Db) -> Vec<i64> {
    let read = async |conn: &mut Conn| conn.all(&NUMBERS, (DISTRICT,)).await;
    db.read(read).await.expect("numbers").into_iter().map(|(n,)| n).collect()
}

pub async fn notes(db: &Db) -> Vec<Note> {
    db.read(async |conn: &mut Conn| conn.all(&NOTES, (DISTRICT, 2_000)).await).await.expect("notes")
}

pub async fn counter(db: &Db, name: &'static str) -> i64 {
    let read = async move |conn: &mut Conn| conn.optional(&COUNTER, (DISTRICT, name.to_owned())).await;
    db.read(read).await.expect("a counter").map_or(0, |(n,)| n)
}

pub async fn set_counter(db: &Db, name: &'static str, n: i64) {
    let set = async move |tx: &mut Tx| tx.execute(&SET_COUNTER, (DISTRICT, name.to_owned(), n)).await;
    db.write(&clerk(), set).await.expect("a counter");
}

/// Number and times of every echo.
pub async fn echoes(db: &Db) -> Vec<(i64, i64)> {
    db.read(async |conn: &mut Conn| conn.all(&ECHOES, (DISTRICT,)).await).await.expect("echoes")
}

/// A note was left on the desk.
pub struct NoteLeft(pub Uuid);

impl Fact for NoteLeft {
    fn name(&self) -> &'static str {
        "desk.note_left"
    }
    fn subject(&self) -> (&'static str, Uuid) {
        ("note", self.0)
    }
    fn data(&self) -> serde_json::Value {
        serde_json::json!({ "by": "clerk" })
    }
}

/// Leaves a note: the row, its fact and a reaction to come.
pub async fn leave_note(db: &Db, note: Note) -> Result<(), Fault> {
    db.write(&clerk(), async move |tx: &mut Tx| {
        let fact = NoteLeft(note.id);
        note.clone().insert(tx).await?;
        tx.record(&fact).await.map(drop)
    })
    .await
}

/// Every note is echoed once. While the counter `broken` is set, echoing fails after it has written.
pub fn workload() -> Workload {
    let echo = Reaction {
        name: "desk.echo",
        to: "desk.note_left",
        wanted: ALWAYS,
        run: |tx, fact| Box::pin(echo(tx, fact)),
    };
    let bell = Timer { kind: "desk.bell", run: |tx, timer| Box::pin(ring(tx, timer)) };
    Workload::new([echo], [bell])
}

async fn echo(tx: &mut Tx, fact: &FactRow) -> Result<(), Fault> {
    tx.execute(&INSERT_ECHO, (DISTRICT, fact.subject_id)).await?;
    refuse_when_broken(tx).await
}

async fn ring(tx: &mut Tx, timer: &TimerRow) -> Result<(), Fault> {
    let name = timer.data.0["name"].as_str().unwrap_or("bell").to_owned();
    tx.one(&COUNT_ON, (DISTRICT, name)).await?;
    refuse_when_broken(tx).await
}

async fn refuse_when_broken(tx: &mut Tx) -> Result<(), Fault> {
    match tx.optional(&COUNTER, (DISTRICT, "broken".to_owned())).await? {
        Some((1,)) => Err(Fault::new(FaultKind::Broken, "the desk is broken")),
        _ => Ok(()),
    }
}
