//! How many durable writes and point reads a second the store does, bare: an event row with three indexes and its fact.
//!
//! `cargo run --release -p store --example commit_rate [FOLDER]`. SQLite in FOLDER (default: the target folder, since
//! `/tmp` may be memory), PostgreSQL where `MULIN_TEST_POSTGRES` names a server with a database to be filled.

use platform::{Actor, DistrictId, Fault, Time};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use store::{Conn, Db, Fact, Migration, Migrations, Options, Target, Tx, sql};
use uuid::Uuid;

const DISTRICT: DistrictId = DistrictId(430_204);
const SECONDS: u64 = 3;
const CLIENTS: [usize; 4] = [1, 16, 32, 256];

const MIGRATIONS: [Migrations; 2] = [
    store::MIGRATIONS,
    Migrations { capability: "rate", list: &[Migration { name: "0001_event.sql", text: TABLE }] },
];
const TABLE: &str = "
create table rate_event (
    district {int} not null, id {uuid} not null, kind text not null, words text not null, at {int} not null,
    area_path text not null, post_id {uuid} not null, primary key (district, id)
) {clustered};
create index rate_event_at on rate_event (district, at);
create index rate_event_area on rate_event (district, area_path, at);
create index rate_event_post on rate_event (district, post_id, at);
";

sql! {
    INSERT: (DistrictId, Uuid, String, String, Time, String, Uuid) =
        "insert into rate_event (district, id, kind, words, at, area_path, post_id) values ($1, $2, $3, $4, $5, $6, $7)";
    FIND: (DistrictId, Uuid) -> (String, String, Time) =
        "select kind, words, at from rate_event where district = $1 and id = $2";
    SOME: (DistrictId, i64) -> (Uuid,) = "select id from rate_event where district = $1 limit $2";
}

struct Happened(Uuid);

impl Fact for Happened {
    fn name(&self) -> &'static str {
        "rate.event_happened"
    }
    fn subject(&self) -> (&'static str, Uuid) {
        ("event", self.0)
    }
    fn area_path(&self) -> Option<&str> {
        Some("430204/430204001/430204001008")
    }
}

async fn write_event(db: &Db, actor: &Actor) -> Result<(), Fault> {
    db.write(actor, async |tx: &mut Tx| {
        let now = tx.now();
        let id = platform::FactId::new(now).0;
        let words = "路灯坏了，晚上看不见路，请派人来修。".to_owned();
        let path = format!("430204/430204001/{:03}", id.as_u128() % 232);
        let post = Uuid::from_u128(id.as_u128() % 232);
        tx.execute(&INSERT, (DISTRICT, id, "city.lamp".to_owned(), words, now, path, post)).await?;
        tx.record(&Happened(id)).await.map(drop)
    })
    .await
}

/// Runs the work in many tasks for a while and says how it went.
async fn measure<F>(what: &str, clients: usize, work: impl Fn() -> F + Clone + Send + 'static)
where
    F: Future<Output = ()> + Send,
{
    let stop = Arc::new(AtomicBool::new(false));
    let (started, cpu) = (Instant::now(), cpu_time());
    let tasks: Vec<_> = (0..clients)
        .map(|_| {
            let (work, stop) = (work.clone(), stop.clone());
            tokio::spawn(async move {
                let mut waits = Vec::new();
                while !stop.load(Ordering::Relaxed) {
                    let begun = Instant::now();
                    work().await;
                    waits.push(begun.elapsed());
                }
                waits
            })
        })
        .collect();
    tokio::time::sleep(Duration::from_secs(SECONDS)).await;
    stop.store(true, Ordering::Relaxed);
    let mut waits = Vec::new();
    for task in tasks {
        waits.extend(task.await.expect("no panic"));
    }
    waits.sort();
    let count = waits.len() as f64;
    let rate = count / started.elapsed().as_secs_f64();
    let each = (cpu_time() - cpu).as_secs_f64() * 1e6 / count;
    let at = |share: f64| waits[(count * share) as usize % waits.len()].as_secs_f64() * 1e3;
    let (p50, p99) = (at(0.5), at(0.99));
    println!(
        "  {what:14} {clients:4} clients {rate:9.0}/s   p50 {p50:7.2} ms   p99 {p99:7.2} ms   {each:5.0} µs CPU each"
    );
}

/// What this program has used of the processors (the database server's own work is not in it).
fn cpu_time() -> Duration {
    const TICK: Duration = Duration::from_millis(10);
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let numbers = stat.rsplit(')').next().unwrap_or_default();
    let ticks: u32 = numbers.split_whitespace().skip(11).take(2).filter_map(|n| n.parse::<u32>().ok()).sum();
    TICK * ticks
}

async fn run(target: Target) {
    let db = Db::open(Options::new(target)).await.expect("it opens");
    db.migrate(&MIGRATIONS).await.expect("it migrates");
    println!("{}", db.engine_name());
    let actor = Actor::system(DISTRICT, "rate");
    for clients in CLIENTS {
        let (db, actor) = (db.clone(), actor.clone());
        let work = move || {
            let (db, actor) = (db.clone(), actor.clone());
            async move { write_event(&db, &actor).await.expect("written") }
        };
        measure("durable writes", clients, work).await;
    }
    let ids = db.read(async |conn: &mut Conn| conn.all(&SOME, (DISTRICT, 10_000)).await).await;
    let ids: Arc<Vec<Uuid>> = Arc::new(ids.expect("ids").into_iter().map(|(id,)| id).collect());
    for clients in [1, 16] {
        let (db, ids) = (db.clone(), ids.clone());
        let work = move || {
            let (db, id) = (db.clone(), ids[rand::random_range(0..ids.len())]);
            async move {
                let found = db.read(async move |conn: &mut Conn| conn.one(&FIND, (DISTRICT, id)).await).await;
                found.map(drop).expect("found");
            }
        };
        measure("point reads", clients, work).await;
    }
}

/// What the disk itself does: a page appended and synced, again and again.
fn sync_rate(folder: &Path) -> f64 {
    use std::io::Write;
    let mut file = std::fs::File::create(folder.join("sync")).expect("a file");
    let started = Instant::now();
    let mut syncs = 0;
    while started.elapsed() < Duration::from_secs(1) {
        file.write_all(&[1; 4096]).and_then(|()| file.sync_data()).expect("room");
        syncs += 1;
    }
    f64::from(syncs) / started.elapsed().as_secs_f64()
}

#[tokio::main]
async fn main() {
    let default = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target");
    let folder = std::env::args().nth(1).map_or(default, Into::into);
    let folder = tempfile::tempdir_in(folder).expect("a folder");
    println!("{:.0} syncs of a page a second", sync_rate(folder.path()));
    run(Target::Sqlite(folder.path().join("rate.sqlite"))).await;
    if let Ok(server) = std::env::var("MULIN_TEST_POSTGRES") {
        run(Target::Postgres(server)).await;
    }
}
