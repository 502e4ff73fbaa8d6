//! An outage's twenty thousand households put on the list of messages, step by step as linkage does it: how long until the last stands there.
//! Beside it the engine's own writing of as many rows of that size, in as many transactions, without rules or indices but the key.

use crate::deliveries::found_district;
use crate::measure::Scale;
use crate::server::{DATABASE_FILE, Engine};
use crate::table::Line;
use ::messages::{ACCOUNT, Notice, queue};
use edge::{Edge, Settings};
use platform::{Actor, DistrictId, Fault};
use serde_json::json;
use std::path::Path;
use std::time::Instant;
use store::{Db, Options, Target, Tx};
use uuid::Uuid;

const DISTRICT: DistrictId = DistrictId(430_204);
const HOUSEHOLDS: usize = 20_000;
/// Four grids of four hundred homes.
const STEP: usize = 1_600;
const SECONDS_MAX: f64 = 5.0;

/// Queues them, then writes as many bare rows.
pub async fn run(engine: Engine, _: Scale, folder: &Path, lines: &mut Vec<Line>) -> Result<(), String> {
    let name = engine.name();
    eprintln!("{name}: {HOUSEHOLDS} messages queued");
    let folder = folder.join(format!("{name}-messages"));
    let edge = open(&engine, &folder).await.map_err(|f| format!("{f:?}"))?;
    let recipients: Vec<Uuid> = (0..HOUSEHOLDS).map(|_| Uuid::new_v4()).collect();
    let thread = Uuid::new_v4();
    let started = Instant::now();
    for some in recipients.chunks(STEP) {
        let some = some.to_vec();
        let write = async move |tx: &mut Tx| queue(tx, &notice(thread), ACCOUNT, &some).await;
        edge.db.write::<_, Fault, _>(&actor(), write).await.map_err(|f| format!("{f:?}"))?;
    }
    let took = started.elapsed().as_secs_f64();
    let content = notice(thread).content.to_string();
    let raw = match &engine {
        Engine::Sqlite => bare_sqlite(&folder.join("bare.sqlite"), &recipients, &content)?,
        Engine::Postgres(url) => bare_postgres(url, &recipients, &content).await?,
    };
    let told_raw = format!("{raw:.2} s for as many bare rows, {:.0} %", raw / took * 100.0);
    let what = format!("messages to {HOUSEHOLDS} households of an outage queued");
    lines.push(
        Line::new(name, &what, &format!("≤ {SECONDS_MAX:.0} s"), format!("{took:.2} s"), took <= SECONDS_MAX)
            .raw(told_raw),
    );
    Ok(())
}

fn actor() -> Actor {
    Actor::system(DISTRICT, "bench")
}

fn notice(thread: Uuid) -> Notice {
    Notice {
        template: "outage_planned",
        content: json!({ "cut": { "zh": "停水", "en": "No water" }, "from": "2026-03-03T00:00:00Z",
            "to": "2026-03-03T08:00:00Z", "phone": "0731-28680000" }),
        thread,
        edition: 1,
        until: None,
        fact: None,
    }
}

async fn open(engine: &Engine, folder: &Path) -> Result<Edge, Fault> {
    std::fs::create_dir_all(folder)?;
    let target = match engine {
        Engine::Sqlite => Target::Sqlite(folder.join(DATABASE_FILE)),
        Engine::Postgres(url) => Target::Postgres(url.clone()),
    };
    let capabilities =
        [&courier::CAPABILITY, &territory::CAPABILITY, &identity::CAPABILITY, &::messages::CAPABILITY];
    let db = Db::open(Options { workload: edge::workload(&capabilities), ..Options::new(target) }).await?;
    let settings = Settings { data: folder.to_owned(), ..Settings::default() };
    let edge = edge::prepare(&db, &capabilities, settings, None).await?;
    found_district(&db).await?;
    Ok(edge)
}

fn bare_sqlite(file: &Path, recipients: &[Uuid], content: &str) -> Result<f64, String> {
    let told = |e: rusqlite::Error| e.to_string();
    let mut db = rusqlite::Connection::open(file).map_err(told)?;
    db.execute_batch(
        "pragma journal_mode = wal; pragma synchronous = full; create table bare (id blob primary key, content text) without rowid",
    )
    .map_err(told)?;
    let started = Instant::now();
    for some in recipients.chunks(STEP) {
        let write = db.transaction().map_err(told)?;
        {
            let mut insert = write.prepare("insert into bare (id, content) values (?, ?)").map_err(told)?;
            for id in some {
                insert.execute((id.as_bytes().as_slice(), content)).map_err(told)?;
            }
        }
        write.commit().map_err(told)?;
    }
    Ok(started.elapsed().as_secs_f64())
}

async fn bare_postgres(url: &str, recipients: &[Uuid], content: &str) -> Result<f64, String> {
    let told = |e: tokio_postgres::Error| e.to_string();
    let (mut client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.map_err(told)?;
    tokio::spawn(connection);
    client.batch_execute("create table bare (id uuid primary key, content text)").await.map_err(told)?;
    let started = Instant::now();
    for some in recipients.chunks(STEP) {
        let write = client.transaction().await.map_err(told)?;
        let insert = write.prepare("insert into bare (id, content) values ($1, $2)").await.map_err(told)?;
        for id in some {
            write.execute(&insert, &[id, &content]).await.map_err(told)?;
        }
        write.commit().await.map_err(told)?;
    }
    Ok(started.elapsed().as_secs_f64())
}
