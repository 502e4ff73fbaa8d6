//! A large district out of a small one: every case of the demo, with all that belongs to it, is copied under new ids.
//!
//! The small district was made by the real commands; copying its rows makes a million cases in minutes instead of an hour.
//! The copies differ from their originals in their ids and numbers alone.

use crate::server::{DATABASE_FILE, Engine};
use rusqlite::Connection;
use std::path::Path;

/// A table with rows of cases.
struct Table {
    name: &'static str,
    /// Ids made for this case alone: they are made anew.
    ids: &'static [&'static str],
    /// Texts that are unique: they get an ending.
    texts: &'static [&'static str],
    /// Which rows, where not all.
    only: &'static str,
}

const TABLES: &[Table] = &[
    Table {
        name: "cases_case",
        ids: &["id", "merged_into"],
        texts: &["number", "external_id"],
        only: "true",
    },
    Table { name: "cases_entry", ids: &["case_id", "id"], texts: &[], only: "true" },
    Table { name: "cases_photo", ids: &["case_id", "id", "entry_id"], texts: &[], only: "true" },
    Table { name: "cases_follower", ids: &["case_id", "id"], texts: &[], only: "true" },
    Table { name: "platform_fact", ids: &["id", "subject_id"], texts: &[], only: "subject_kind = 'case'" },
    Table { name: "platform_timer", ids: &["subject_id"], texts: &[], only: "kind like 'cases.%'" },
];

/// Copies each case so often, on the database of a server that does not run.
pub async fn multiply(engine: &Engine, data: &Path, copies: u16) -> Result<(), String> {
    match engine {
        Engine::Sqlite => {
            let file = data.join(DATABASE_FILE);
            multiply_sqlite(&file, copies).map_err(|e| e.to_string())?;
            // The disk shall be at rest when the measuring begins.
            std::fs::File::open(&file).and_then(|file| file.sync_all()).map_err(|e| e.to_string())
        }
        Engine::Postgres(url) => multiply_postgres(url, copies).await,
    }
}

/// Hexadecimal digits of an id that a copy shares with its original; the rest is its mark.
const STEM_DIGITS: u32 = 24;

/// The end of the ids of one copy: hardly any original has it by chance.
fn mark(copy: u16) -> String {
    format!("c0c0{copy:04x}")
}

impl Table {
    /// One statement that copies all rows; `renew` makes a new id out of an old one and the copy's number.
    fn copy(&self, columns: &[String], renew: impl Fn(&str) -> String) -> String {
        let values: Vec<String> = columns
            .iter()
            .map(|column| match column.as_str() {
                id if self.ids.contains(&id) => format!("case when {id} is not null then {} end", renew(id)),
                text if self.texts.contains(&text) => format!("{text} || '-' || n"),
                other => other.to_owned(),
            })
            .collect();
        let (name, columns, values) = (self.name, columns.join(", "), values.join(", "));
        // Row by row, each with its copies: the new rows come in the order of the key.
        format!(
            "insert into {name} ({columns}) select {values} from {name} cross join copy where {}",
            self.only
        )
    }
}

fn multiply_sqlite(file: &Path, copies: u16) -> rusqlite::Result<()> {
    let db = Connection::open(file)?;
    db.execute_batch("pragma journal_mode = delete; pragma synchronous = off; pragma cache_size = -1000000")?;
    db.execute_batch("begin; create temp table copy (n integer primary key, mark text)")?;
    for n in 1..=copies {
        db.execute("insert into copy values (?1, ?2)", (n, mark(n)))?;
    }
    keep_words(&db)?;
    let last: i64 = db.query_row("select max(rowid) from cases_case", (), |row| row.get(0))?;
    for table in TABLES {
        let mut info = db.prepare(&format!("select name from pragma_table_info('{}')", table.name))?;
        let columns: Vec<String> = info.query_map((), |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        db.execute_batch(
            &table.copy(&columns, |id| format!("unhex(substr(hex({id}), 1, {STEM_DIGITS}) || mark)")),
        )?;
    }
    db.execute(
        "insert into cases_search (rowid, tokens) select c.rowid, w.tokens
         from cases_case c join words w on w.stem = substr(hex(c.id), 1, ?2) where c.rowid > ?1",
        (last, STEM_DIGITS),
    )?;
    db.execute_batch("commit; pragma journal_mode = wal")
}

/// The search index of SQLite keeps no text: the words of each case are read back out of the index itself.
fn keep_words(db: &Connection) -> rusqlite::Result<()> {
    db.execute_batch(
        "create virtual table temp.found using fts5vocab(main, cases_search, 'instance');
         create temp table words (stem text primary key, tokens text) without rowid",
    )?;
    db.execute(
        "insert into words select substr(hex(c.id), 1, ?1), w.tokens
         from (select doc, group_concat(term, ' ') as tokens from found group by doc) w
         join cases_case c on c.rowid = w.doc",
        [STEM_DIGITS],
    )
    .map(drop)
}

async fn multiply_postgres(url: &str, copies: u16) -> Result<(), String> {
    let (client, connection) =
        tokio_postgres::connect(url, tokio_postgres::NoTls).await.map_err(|e| e.to_string())?;
    tokio::spawn(connection);
    let run = async |text: &str| client.batch_execute(text).await.map_err(|e| format!("{text}: {e:?}"));
    // The rows that a key points to are copied as well: checking each of them would only take time.
    run("set session_replication_role = replica; set synchronous_commit = off").await?;
    run("create temp table copy (n int primary key, mark text)").await?;
    for n in 1..=copies {
        run(&format!("insert into copy values ({n}, '{}')", mark(n))).await?;
    }
    let renew = |id: &str| format!("(left(replace({id}::text, '-', ''), {STEM_DIGITS}) || mark)::uuid");
    let search = Table { name: "cases_search", ids: &["case_id"], texts: &[], only: "true" };
    for table in TABLES.iter().chain([&search]) {
        let asked = "select column_name::text from information_schema.columns where table_name = $1 order by ordinal_position";
        let rows = client.query(asked, &[&table.name]).await.map_err(|e| e.to_string())?;
        let columns: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
        run(&table.copy(&columns, renew)).await?;
    }
    // As it would be in a district that has grown for years, with the disk at rest.
    run("vacuum analyze").await?;
    run("checkpoint").await
}
