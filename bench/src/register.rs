//! The register of a whole district: made, searched, opened, taken along and sealed anew beside a running server.

use crate::http::{Connection, request};
use crate::load::{self, Outcome};
use crate::measure::{Scale, say};
use crate::outages;
use crate::raw::{self, Rows};
use crate::rest::come_to_rest;
use crate::server::{DATABASE_FILE, Engine, Server};
use crate::table::Line;
use rusqlite::OpenFlags;
use serde_json::json;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use uuid::Uuid;

/// Homes of the description's district.
const HOMES: &str = "92,800 homes";
/// Rows of a copy that is timed: a subdistrict has a few more or less.
const COPY_ROWS: f64 = 50_000.0;
/// The folder of the SQLite run: the raw limit of a look takes its rows from there on both engines.
const SAMPLE: &str = "SQLite-register";

/// What people type, by what it is.
const TYPED: [(&str, &[&str]); 4] = [
    ("two characters", &["张伟", "王芳", "李娜", "刘洋", "陈静"]),
    ("initials in pinyin", &["zw", "wf", "zwm", "lxy"]),
    ("the last four", &["1203", "0042", "8817", "003x"]),
    ("a piece of an address", &["田心一村5栋", "5-2-301", "清霞二村3栋1单元"]),
];

/// All measurements of one engine.
pub async fn run(engine: Engine, scale: Scale, folder: &Path, lines: &mut Vec<Line>) -> Result<(), String> {
    let name = engine.name();
    let mut server = Server::new(&folder.join(format!("{name}-register")), engine);
    eprintln!("{name}: the register of a district");
    let started = Instant::now();
    server.register(0)?;
    let seconds = started.elapsed().as_secs_f64();
    let measured = format!("{seconds:.1} s");
    lines.push(Line::new(
        name,
        &format!("register of {HOMES} and their people made"),
        "≤ 90 s",
        measured,
        seconds <= 90.0,
    ));
    come_to_rest().await;
    server.start().await?;
    let token = server.sign_in("dispatcher").await?;
    let bearer = format!("Bearer {token}");
    searches(&server, &bearer, scale, lines).await;
    looks(&mut server, &bearer, scale, folder, lines).await?;
    copy(&server, &bearer, lines).await?;
    outages::computed(&server, &bearer, lines).await?;
    rotate(&server, &bearer, lines).await?;
    server.stop();
    Ok(())
}

/// One district's register in a database that holds as many again of several others.
pub async fn run_among_others(
    engine: Engine,
    scale: Scale,
    folder: &Path,
    lines: &mut Vec<Line>,
) -> Result<(), String> {
    let folder = folder.join(format!("{}-districts", engine.name()));
    let mut server = Server::new(&folder, engine);
    let districts = scale.neighbours + 1;
    eprintln!("{}: the registers of {districts} districts", server.engine.name());
    server.register(scale.neighbours)?;
    come_to_rest().await;
    server.start().await?;
    let bearer = format!("Bearer {}", server.sign_in("dispatcher").await?);
    typed(&server, &bearer, scale, &format!(", one district of {districts}"), 30.0, lines).await;
    server.stop();
    std::fs::remove_dir_all(&folder).map_err(|e| e.to_string())
}

/// What a desk asks all day, and its first pages.
async fn searches(server: &Server, bearer: &str, scale: Scale, lines: &mut Vec<Line>) {
    let name = server.engine.name();
    typed(server, bearer, scale, "", 20.0, lines).await;
    for (what, path) in [
        ("records counted by area", "/api/registry/counts"),
        ("what is to be confirmed", "/api/registry/stale"),
    ] {
        let asked = Arc::from([request("GET", path, &[("authorization", bearer)], "")]);
        let outcome = cycle(server, 1, scale, asked).await;
        say(name, what, &outcome);
        let measured = format!("{:.1} / {:.1} ms", outcome.ms(0.5), outcome.ms(0.99));
        lines.push(Line::told(name, &format!("{what}, p50 / p99"), measured));
    }
}

/// Searches by whatever people type.
async fn typed(server: &Server, bearer: &str, scale: Scale, among: &str, ms_max: f64, lines: &mut Vec<Line>) {
    let name = server.engine.name();
    for (what, typed) in TYPED {
        let asked: Arc<[Vec<u8>]> = typed.iter().map(|typed| search(typed, bearer)).collect();
        let outcome = cycle(server, 2, scale, asked).await;
        say(name, what, &outcome);
        lines.push(latency(name, &format!("search by {what}{among}"), &outcome, ms_max));
    }
}

fn search(typed: &str, bearer: &str) -> Vec<u8> {
    let path = format!("/api/registry/search?limit=50&q={}", encoded(typed));
    request("GET", &path, &[("authorization", bearer)], "")
}

/// As it stands in an address.
fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// Requests in turn, over connections that each wait for their answer.
async fn cycle(server: &Server, connections: usize, scale: Scale, asked: Arc<[Vec<u8>]>) -> Outcome {
    let next = Arc::new(AtomicUsize::new(0));
    load::run(&server.address, connections, scale.time / 2, move |mut connection: Connection, _| {
        let (asked, next) = (asked.clone(), next.clone());
        async move {
            let request = &asked[next.fetch_add(1, Ordering::Relaxed) % asked.len()];
            let ended = connection.ask(request).await.map(drop);
            (connection, ended)
        }
    })
    .await
}

fn latency(name: &'static str, what: &str, outcome: &Outcome, ms_max: f64) -> Line {
    let (p50, p99) = (outcome.ms(0.5), outcome.ms(0.99));
    let measured = format!("{p50:.1} / {p99:.1} ms, {:.0}/s", outcome.rate());
    let holds = p99 <= ms_max && outcome.failed == 0;
    Line::new(name, &format!("{what}, p50 / p99"), &format!("p99 ≤ {ms_max:.0} ms"), measured, holds)
}

/// Record pages, each with its look on record before the answer.
async fn looks(
    server: &mut Server,
    bearer: &str,
    scale: Scale,
    folder: &Path,
    lines: &mut Vec<Line>,
) -> Result<(), String> {
    let name = server.engine.name();
    let mut people = Vec::new();
    for surname in ["王", "李", "张", "刘", "陈", "杨", "黄", "赵", "吴", "周"] {
        let path = format!("/api/registry/search?limit=50&kind=person&q={}", encoded(surname));
        let found = server.ask(&request("GET", &path, &[("authorization", bearer)], "")).await?;
        let hits = found["hits"].as_array().cloned().unwrap_or_default();
        people.extend(hits.iter().filter_map(|hit| hit["id"].as_str().map(str::to_owned)));
    }
    let page = |id: &String| {
        let path = format!("/api/registry/people/{id}?purpose=visit");
        request("GET", &path, &[("authorization", bearer)], "")
    };
    let asked: Arc<[Vec<u8>]> = people.iter().map(page).collect();
    let calm = cycle(server, 1, scale, asked.clone()).await;
    say(name, "record page", &calm);
    lines.push(latency(name, "record page with its recorded look", &calm, 5.0));
    let busy = cycle(server, 32, scale, asked).await;
    say(name, "record page, 32 connections", &busy);
    let rate = busy.rate();
    let line = Line::new(
        name,
        "record pages at 32 connections",
        "≥ 1,000/s",
        format!("{rate:.0}/s"),
        rate >= 1000.0 && busy.failed == 0,
    );
    server.stop();
    let raw = match raw_look(server, scale, folder).await {
        Ok(raw) => format!("{raw:.0}/s bare writes of the look's rows, {:.0} %", rate / raw * 100.0),
        Err(e) => format!("not measured: {e}"),
    };
    lines.push(line.raw(raw));
    server.start().await.map(drop)
}

/// Bare group commit of the rows one look leaves.
async fn raw_look(server: &Server, scale: Scale, folder: &Path) -> Result<f64, String> {
    let file = folder.join(SAMPLE).join(DATABASE_FILE);
    let look = newest_look(&file).map_err(|e| format!("no look in {}: {e}", file.display()))?;
    let mut rows = Rows::read(&file, look, "").map_err(|e| e.to_string())?;
    if let Engine::Postgres(url) = &server.engine {
        raw::fit_postgres(&mut rows, url).await?;
    }
    raw::measure(&rows, &server.data, &server.engine, 32, scale.time / 2).await.map_err(|e| format!("{e:?}"))
}

fn newest_look(file: &Path) -> Result<Uuid, rusqlite::Error> {
    let db = rusqlite::Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let text = "select id from platform_fact where name = 'registry.record_opened' order by at desc limit 1";
    db.query_row(text, [], |row| row.get::<_, Vec<u8>>(0)).map(|id| Uuid::from_slice(&id).unwrap_or_default())
}

/// A workbook of a subdistrict's people.
async fn copy(server: &Server, bearer: &str, lines: &mut Vec<Line>) -> Result<(), String> {
    let headers = [("authorization", bearer)];
    let path = "/api/territory/areas?level=subdistrict&limit=1";
    let areas = server.ask(&request("GET", path, &headers, "")).await?;
    let area = areas["items"][0]["path"].as_str().ok_or("the district has no subdistrict")?;
    let body = json!({
        "kind": "person", "area_path": area, "format": "xlsx", "purpose": "check", "reason": "一次测速：导出街道人口表，测完即删。"
    });
    let started = Instant::now();
    let mut connection = Connection::open(&server.address).await.map_err(|e| e.to_string())?;
    let answer =
        connection.send(&request("POST", "/api/registry/exports", &headers, &body.to_string())).await;
    let answer = answer.map_err(|e| e.to_string())?;
    if !answer.is_success() {
        return Err(format!("{}: {}", answer.status, String::from_utf8_lossy(&answer.body)));
    }
    let seconds = started.elapsed().as_secs_f64();
    let rows: u32 = answer.header("x-rows").and_then(|rows| rows.parse().ok()).unwrap_or(0);
    let whole = seconds * COPY_ROWS / f64::from(rows.max(1));
    let measured = format!("{seconds:.1} s for {rows} rows, {} KiB: {whole:.1} s", answer.body.len() / 1024);
    lines.push(Line::new(
        server.engine.name(),
        "copy of 50,000 people as XLSX",
        "≤ 10 s",
        measured,
        whole <= 10.0,
    ));
    Ok(())
}

/// New keys, and everything sealed anew, while the server answers.
async fn rotate(server: &Server, bearer: &str, lines: &mut Vec<Line>) -> Result<(), String> {
    let mut command = tokio::process::Command::from(server.command());
    let started = Instant::now();
    let mut rotating = command
        .args(["keys", "rotate"])
        .stdout(std::process::Stdio::null())
        .spawn()
        .map_err(|e| e.to_string())?;
    let mut connection = Connection::open(&server.address).await.map_err(|e| e.to_string())?;
    let (mut asked, mut failed) = (0, 0);
    let status = loop {
        if let Some(status) = rotating.try_wait().map_err(|e| e.to_string())? {
            break status;
        }
        asked += 1;
        if connection.ask(&search("张伟", bearer)).await.is_err() {
            failed += 1;
            connection = Connection::open(&server.address).await.map_err(|e| e.to_string())?;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    };
    let seconds = started.elapsed().as_secs_f64();
    let measured = format!("{seconds:.1} s; {asked} searches beside it, {failed} failed");
    let holds = status.success() && seconds <= 60.0 && failed == 0;
    lines.push(Line::new(
        server.engine.name(),
        "keys rotated, all sealed anew",
        "≤ 60 s without a stop",
        measured,
        holds,
    ));
    Ok(())
}
