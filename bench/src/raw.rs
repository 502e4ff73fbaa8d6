//! The raw limit of a create: the very rows one new case left in the database, written again and again through bare
//! `store` group commit, without HTTP, rules or JSON.
//!
//! The rows are read from the SQLite file after the load: every row of every table that carries the case's id. Ids made at about
//! the same time, and the case's number, are made anew for each write.

use crate::server::{DATABASE_FILE, Engine};
use platform::{Actor, DistrictId, Fault, Time};
use rusqlite::{Connection, OpenFlags, types::Value as Sql};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use store::{Cell, Db, Kind, Options, Params, Query, Target, Tx};
use uuid::Uuid;

const DISTRICT: DistrictId = DistrictId(430_204);
/// Ids made within this much of the case's own belong to it: the write waited in the queue; the district is a year older.
const INSTANT_MS: u64 = 10_000;
/// Tables that are no plain rows of one write.
const NOT_ROWS: &[&str] = &["platform_migration", "platform_district", "sqlite_sequence"];

/// A row of the sample: its insert, and its values.
#[derive(Clone, Debug)]
struct Sample {
    insert: &'static Query<Raw, ()>,
    cells: Vec<Cell>,
}

/// Parameters whose kinds are known only at run time.
#[derive(Clone, Debug)]
struct Raw(Vec<Cell>);

impl Params for Raw {
    fn kinds() -> Vec<(Kind, bool)> {
        Vec::new()
    }
    fn cells(self) -> Vec<Cell> {
        self.0
    }
}

/// The rows of one case.
#[derive(Clone, Debug)]
pub struct Rows {
    samples: Vec<Sample>,
    case: Uuid,
    number: String,
    /// Ids there, and what they are here.
    here: Vec<(Uuid, Uuid)>,
}

impl Rows {
    pub fn count(&self) -> usize {
        self.samples.len()
    }

    /// Reads them from a SQLite file that nobody writes to now.
    pub fn read(file: &Path, case: Uuid, number: &str) -> Result<Self, rusqlite::Error> {
        let db = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let mut tables =
            db.prepare("select name from sqlite_master where type = 'table' and sql not like '%virtual%'")?;
        let names: Vec<String> = tables.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        let mut samples = Vec::new();
        for table in names.iter().filter(|t| !NOT_ROWS.contains(&t.as_str()) && !t.contains("_fts")) {
            samples.extend(rows_of(&db, table, case)?);
        }
        Ok(Self { samples, case, number: number.to_owned(), here: Vec::new() })
    }

    /// What the rows lead to and do not bring along is under another id in the database they are written to.
    pub fn lead_to(&mut self, there: Uuid, here: Uuid) {
        self.here.push((there, here));
    }

    /// Writes them under new ids.
    fn renewed(&self, serial: u64, now: Time) -> Vec<(&'static Query<Raw, ()>, Raw)> {
        let made = ms_of(self.case);
        let mut known = self.here.clone();
        let mut renew = |old: Uuid| {
            if let Some((_, new)) = known.iter().find(|(o, _)| *o == old) {
                return *new;
            }
            if ms_of(old).abs_diff(made) > INSTANT_MS {
                return old;
            }
            let new = platform::FactId::new(now).0;
            known.push((old, new));
            new
        };
        let rows = self.samples.iter().map(|sample| {
            let cells = sample.cells.iter().map(|cell| match cell {
                Cell::Uuid(id) => Cell::Uuid(renew(*id)),
                Cell::Text(text) if *text == self.number => Cell::Text(format!("raw-{serial}")),
                other => other.clone(),
            });
            (sample.insert, Raw(cells.collect()))
        });
        rows.collect()
    }
}

/// The milliseconds in an id of version 7.
fn ms_of(id: Uuid) -> u64 {
    (id.as_u128() >> 80) as u64
}

fn rows_of(db: &Connection, table: &str, case: Uuid) -> Result<Vec<Sample>, rusqlite::Error> {
    let mut info = db.prepare(&format!("select name, type from pragma_table_info('{table}')"))?;
    let columns: Vec<(String, String)> =
        info.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
    let ids: Vec<&str> = columns
        .iter()
        .filter(|(_, kind)| kind.eq_ignore_ascii_case("blob"))
        .map(|(name, _)| name.as_str())
        .collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
    let any = ids.iter().map(|id| format!("{id} = ?1")).collect::<Vec<_>>().join(" or ");
    let mut rows = db.prepare(&format!("select {} from {table} where {any}", names.join(", ")))?;
    let places: Vec<String> = (1..=names.len()).map(|n| format!("${n}")).collect();
    let text = format!("insert into {table} ({}) values ({})", names.join(", "), places.join(", "));
    // Statements live as long as the program; there are a handful.
    let text: &'static str = Box::leak(text.into_boxed_str());
    let insert: &'static Query<Raw, ()> = Box::leak(Box::new(Query::new("RAW", "bench", text, text)));
    let found = rows.query_map([case.as_bytes().as_slice()], |row| {
        (0..names.len()).map(|n| Ok(cell_of(row.get::<_, Sql>(n)?))).collect::<Result<Vec<_>, _>>()
    })?;
    found.map(|cells| Ok(Sample { insert, cells: cells? })).collect()
}

fn cell_of(value: Sql) -> Cell {
    match value {
        Sql::Null => Cell::Null,
        Sql::Integer(n) => Cell::Int(n),
        Sql::Real(n) => Cell::Real(n),
        Sql::Text(text) => Cell::Text(text),
        Sql::Blob(bytes) => match Uuid::from_slice(&bytes) {
            Ok(id) => Cell::Uuid(id),
            Err(_) => Cell::Bytes(bytes),
        },
    }
}

/// Columns that are kept as another kind on PostgreSQL: asked of the server itself.
pub async fn fit_postgres(rows: &mut Rows, url: &str) -> Result<(), String> {
    let (client, connection) =
        tokio_postgres::connect(url, tokio_postgres::NoTls).await.map_err(|e| e.to_string())?;
    tokio::spawn(connection);
    for sample in &mut rows.samples {
        let prepared = client.prepare(sample.insert.statement.postgres()).await.map_err(|e| e.to_string())?;
        for (cell, kind) in sample.cells.iter_mut().zip(prepared.params()) {
            *cell = match (std::mem::replace(cell, Cell::Null), kind.name()) {
                (Cell::Int(n), "bool") => Cell::Bool(n != 0),
                (Cell::Int(n), "float8") => Cell::Real(n as f64),
                (Cell::Text(text), "jsonb" | "json") => Cell::Json(text),
                (Cell::Uuid(id), "bytea") => Cell::Bytes(id.as_bytes().to_vec()),
                (cell, _) => cell,
            };
        }
    }
    Ok(())
}

/// Writes per second of `writers` tasks, each waiting for its own commit.
pub async fn measure(
    rows: &Rows,
    data: &Path,
    engine: &Engine,
    writers: usize,
    time: Duration,
) -> Result<f64, Fault> {
    let target = match engine {
        Engine::Sqlite => Target::Sqlite(data.join(DATABASE_FILE)),
        Engine::Postgres(url) => Target::Postgres(url.clone()),
    };
    let db = Db::open(Options::new(target)).await?;
    let (rows, serial) = (Arc::new(rows.clone()), Arc::new(AtomicU64::new(0)));
    let (started, done) = (Instant::now(), Arc::new(AtomicU64::new(0)));
    let tasks: Vec<_> = (0..writers)
        .map(|_| {
            let (db, rows, serial, done) = (db.clone(), rows.clone(), serial.clone(), done.clone());
            tokio::spawn(async move {
                let actor = Actor::system(DISTRICT, "bench");
                while started.elapsed() < time {
                    let rows = rows.renewed(serial.fetch_add(1, Ordering::Relaxed), db.clock().now());
                    db.write(&actor, async move |tx: &mut Tx| {
                        for (insert, cells) in &rows {
                            tx.execute(insert, cells.clone()).await?;
                        }
                        Ok::<_, Fault>(())
                    })
                    .await?;
                    done.fetch_add(1, Ordering::Relaxed);
                }
                Ok::<_, Fault>(())
            })
        })
        .collect();
    for task in tasks {
        task.await.map_err(|e| Fault::broken("a writer broke off").because(e))??;
    }
    Ok(done.load(Ordering::Relaxed) as f64 / started.elapsed().as_secs_f64())
}
