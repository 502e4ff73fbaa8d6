//! `make bench`: how fast the real release binary is, beside the raw limit of this machine in the same run.
//!
//! `MULIN_BENCH_CASES` says how many cases the large district has (1,000,000); `MULIN_BENCH_QUICK=1` makes it 50,000 and
//! the loads short. The words `sqlite` and `postgres` measure one engine alone, `cases`, `similar`, `register`, `tables`, `districts`,
//! `submissions`, `fieldwork`, `deliveries`, `messages` and `sensors` one part; PostgreSQL is measured where `MULIN_TEST_POSTGRES` names a server.

mod deliveries;
mod fieldwork;
mod http;
mod load;
mod measure;
mod messages;
mod multiply;
mod outages;
mod raw;
mod register;
mod rest;
mod sensors;
mod server;
mod similar;
mod submissions;
mod table;
mod tables;

use measure::Scale;
use server::Engine;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;
use table::Line;

// The raw limit is measured with the allocator of the real binary.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const ENGINES: &[&str] = &["sqlite", "postgres"];
const PARTS: &[&str] = &[
    "cases",
    "similar",
    "register",
    "tables",
    "districts",
    "submissions",
    "fieldwork",
    "deliveries",
    "messages",
    "sensors",
];
/// Databases of one engine.
const DATABASES: usize = 12;
const CASES: usize = 1_000_000;
const CASES_QUICK: usize = 50_000;
/// People of the description's district.
const PEOPLE: u32 = 278_400;
const PEOPLE_QUICK: u32 = 20_000;
/// Districts beside the one that is searched.
const NEIGHBOURS: usize = 9;
const NEIGHBOURS_QUICK: usize = 1;

#[tokio::main]
async fn main() -> ExitCode {
    let folder = match tempfile::Builder::new().prefix("mulin-bench-").tempdir() {
        Ok(folder) => folder,
        Err(e) => {
            eprintln!("bench: no place for the districts: {e}");
            return ExitCode::FAILURE;
        }
    };
    let mut lines = Vec::new();
    let ended = run_all(folder.path(), &mut lines).await;
    table::print(&lines);
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("bench: {sentence}");
            ExitCode::FAILURE
        }
    }
}

async fn run_all(folder: &Path, lines: &mut Vec<Line>) -> Result<(), String> {
    let quick = std::env::var_os("MULIN_BENCH_QUICK").is_some();
    let named = std::env::var("MULIN_BENCH_CASES").ok().and_then(|n| n.parse().ok());
    let cases = named.unwrap_or(if quick { CASES_QUICK } else { CASES });
    let people = if quick { PEOPLE_QUICK } else { PEOPLE };
    let neighbours = if quick { NEIGHBOURS_QUICK } else { NEIGHBOURS };
    let scale = Scale { cases, time: Duration::from_secs(if quick { 4 } else { 10 }), people, neighbours };
    let words: Vec<String> = std::env::args().skip(1).collect();
    machine(lines)?;
    if is_wanted(&words, ENGINES, "sqlite") {
        measure_all([(); DATABASES].map(|()| Engine::Sqlite), &words, scale, folder, lines).await?;
    }
    if !is_wanted(&words, ENGINES, "postgres") {
        return Ok(());
    }
    match std::env::var("MULIN_TEST_POSTGRES") {
        Ok(server) => on_postgres(&server, &words, scale, folder, lines).await,
        Err(_) => {
            eprintln!(
                "PostgreSQL is not measured: MULIN_TEST_POSTGRES names no server (cargo xtask bench brings one)"
            );
            Ok(())
        }
    }
}

/// Whether a word was given, or none of its kind.
fn is_wanted(words: &[String], kind: &[&str], word: &str) -> bool {
    words.iter().any(|given| given == word) || !words.iter().any(|given| kind.contains(&given.as_str()))
}

/// All parts of one engine, each on databases of its own.
async fn measure_all(
    [empty, large, registered, workbook, text, among_others, filled, phones, alike, queued, told, heard]: [Engine;
        DATABASES],
    words: &[String],
    scale: Scale,
    folder: &Path,
    lines: &mut Vec<Line>,
) -> Result<(), String> {
    if is_wanted(words, PARTS, "cases") {
        measure::run([empty, large], scale, folder, lines).await?;
    }
    if is_wanted(words, PARTS, "similar") {
        similar::run(alike, scale, folder, lines).await?;
    }
    if is_wanted(words, PARTS, "register") {
        register::run(registered, scale, folder, lines).await?;
    }
    if is_wanted(words, PARTS, "tables") {
        tables::run([workbook, text], scale, folder, lines).await?;
    }
    if is_wanted(words, PARTS, "districts") {
        register::run_among_others(among_others, scale, folder, lines).await?;
    }
    if is_wanted(words, PARTS, "submissions") {
        submissions::run(filled, scale, folder, lines).await?;
    }
    if is_wanted(words, PARTS, "deliveries") {
        deliveries::run(queued, scale, folder, lines).await?;
    }
    if is_wanted(words, PARTS, "messages") {
        messages::run(told, scale, folder, lines).await?;
    }
    if is_wanted(words, PARTS, "sensors") {
        sensors::run(heard, scale, folder, lines).await?;
    }
    if is_wanted(words, PARTS, "fieldwork") {
        fieldwork::run(phones, scale, folder, lines).await?;
    }
    Ok(())
}

async fn on_postgres(
    server: &str,
    words: &[String],
    scale: Scale,
    folder: &Path,
    lines: &mut Vec<Line>,
) -> Result<(), String> {
    let base = server.rsplit_once('/').map_or(server, |(base, _)| base);
    let names = [(); DATABASES].map(|()| format!("bench_{}", uuid::Uuid::new_v4().simple()));
    for name in &names {
        command(server, &format!("create database {name} locale 'C.UTF-8' template template0")).await?;
    }
    let engines = names.each_ref().map(|name| Engine::Postgres(format!("{base}/{name}")));
    let ended = measure_all(engines, words, scale, folder, lines).await;
    for name in &names {
        command(server, &format!("drop database {name} with (force)")).await?;
    }
    ended
}

async fn command(server: &str, text: &str) -> Result<(), String> {
    let (client, connection) = tokio_postgres::connect(server, tokio_postgres::NoTls)
        .await
        .map_err(|e| format!("PostgreSQL: {e}"))?;
    tokio::spawn(connection);
    client.batch_execute(text).await.map_err(|e| format!("{text}: {e}"))
}

/// What needs no load.
fn machine(lines: &mut Vec<Line>) -> Result<(), String> {
    let bytes = std::fs::metadata(server::binary())
        .map_err(|e| {
            format!("{}: {e}; build it first: cargo build --release -p server", server::binary().display())
        })?
        .len();
    lines.push(Line::told("", "size of the binary", format!("{:.1} MiB", bytes as f64 / f64::from(1 << 20))));
    Ok(())
}
