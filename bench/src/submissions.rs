//! Forms filled on many phones at once: 14 answers each over the JSON route, beside bare writes of the rows one of them leaves; and the
//! copy a desk takes of them.

use crate::http::{Connection, request};
use crate::load::{self, Outcome};
use crate::measure::{Scale, say};
use crate::raw::{self, Rows};
use crate::rest::come_to_rest;
use crate::server::{DATABASE_FILE, Engine, Server};
use crate::table::Line;
use platform::Clock;
use rusqlite::OpenFlags;
use serde_json::{Value, json};
use std::path::Path;
use std::time::Instant;
use uuid::Uuid;

const CONNECTIONS: usize = 32;
const RATE_MIN: f64 = 3_000.0;
/// Submissions of a copy that is timed.
const COPY_ROWS: f64 = 20_000.0;
const COPY_SECONDS_MAX: f64 = 1.0;
/// The folder of the SQLite run: the raw limit takes its rows from there on both engines.
const SAMPLE: &str = "SQLite-submissions";

/// All measurements of one engine.
pub async fn run(engine: Engine, scale: Scale, folder: &Path, lines: &mut Vec<Line>) -> Result<(), String> {
    let name = engine.name();
    let mut server = Server::new(&folder.join(format!("{name}-submissions")), engine);
    eprintln!("{name}: submissions");
    server.play(0)?;
    come_to_rest().await;
    server.start().await?;
    let desk = format!("Bearer {}", server.sign_in("dispatcher").await?);
    let worker = format!("Bearer {}", server.sign_in("grid_worker").await?);
    let form = publish(&server, &desk).await?;
    let outcome = fill(&server, &form, &worker, scale).await;
    say(name, "submissions of 14 answers", &outcome);
    let copy = take_copy(&server, &form, &desk).await?;
    server.stop();
    let rate = outcome.rate();
    let raw = match raw_submission(&server, scale, &form, &folder.join(SAMPLE)).await {
        Ok(raw) => format!("{raw:.0}/s bare writes of its rows, {:.0} %", rate / raw * 100.0),
        Err(e) => format!("not measured: {e}"),
    };
    let measured = format!("{rate:.0}/s, p50 {:.1} ms, p99 {:.1} ms", outcome.ms(0.5), outcome.ms(0.99));
    let holds = rate >= RATE_MIN && outcome.failed == 0;
    let what = "submissions of 14 answers at 32 connections";
    lines.push(Line::new(name, what, "≥ 3,000/s", measured, holds).raw(raw));
    lines.push(copy);
    Ok(())
}

/// A form of 14 questions of the usual types, one of them asked only after another.
fn definition() -> Value {
    let question = |name: &str, more: Value| {
        let mut node = json!({ "name": name, "label": { "zh": format!("检查项 {name}") } });
        for (key, value) in more.as_object().into_iter().flatten() {
            node[key] = value.clone();
        }
        node
    };
    let choice = |list: &str| json!({ "type": "select_one", "list": list });
    let yes_no =
        json!([{ "name": "yes", "label": { "zh": "是" } }, { "name": "no", "label": { "zh": "否" } }]);
    json!({
        "format": 1, "id": "bench_gas", "version": "1", "title": { "zh": "燃气检查" }, "lists": { "yes_no": yes_no },
        "nodes": [
            question("gas", choice("yes_no")),
            question("hose", json!({ "type": "select_one", "list": "yes_no", "relevant": "${gas} = 'yes'" })),
            question("hoses", json!({ "type": "integer", "constraint": ". < 20", "relevant": "${gas} = 'yes'" })),
            question("made", json!({ "type": "date" })),
            question("valve", choice("yes_no")),
            question("alarm", choice("yes_no")),
            question("length", json!({ "type": "decimal" })),
            question("seen_at", json!({ "type": "date_time" })),
            question("remark", json!({ "type": "text" })),
            question("advice", json!({ "type": "select_many", "list": "yes_no" })),
            question("where", json!({ "type": "place", "shape": "point" })),
            question("code", json!({ "type": "barcode" })),
            question("agreed", json!({ "type": "acknowledge" })),
            question("again", json!({ "type": "integer" })),
        ],
    })
}

pub fn answers() -> Value {
    json!({
        "gas": "yes", "hose": "no", "hoses": 2, "made": "2019-05-06", "valve": "yes", "alarm": "no", "length": 1.5,
        "seen_at": "2026-11-22T09:30:00.000+08:00", "remark": "软管接头处有些老化，已当面提醒，下个月再来看。", "advice": ["yes"],
        "where": "27.87 113.11 0 5", "code": "6901234567892", "agreed": "OK", "again": 1,
    })
}

pub async fn publish(server: &Server, desk: &str) -> Result<String, String> {
    let headers = [("authorization", desk)];
    let body = definition().to_string();
    let made = server.ask(&request("POST", "/api/fieldwork/forms/definition", &headers, &body)).await?;
    let form = made["form"].as_str().ok_or("the form was not made")?.to_owned();
    let path = format!("/api/fieldwork/forms/{form}/versions/1/publish");
    server.ask(&request("POST", &path, &headers, "{}")).await?;
    Ok(form)
}

/// Each its own submission, as fast as they are answered.
async fn fill(server: &Server, form: &str, worker: &str, scale: Scale) -> Outcome {
    let (path, worker) = (format!("/api/fieldwork/forms/{form}/submissions"), worker.to_owned());
    let answers = answers().to_string();
    load::run(&server.address, CONNECTIONS, scale.time, move |mut connection: Connection, _| {
        let (path, worker, answers) = (path.clone(), worker.clone(), answers.clone());
        async move {
            let id = platform::FactId::new(Clock::System.now()).0;
            let body = format!(
                r#"{{"id":"{id}","version":1,"filled_at":"2026-11-22T09:30:00+08:00","answers":{answers}}}"#
            );
            let sent = request("POST", &path, &[("authorization", &worker)], &body);
            let ended = connection.ask(&sent).await.map(drop);
            (connection, ended)
        }
    })
    .await
}

/// Bare group commit of the rows one submission leaves.
pub async fn raw_submission(server: &Server, scale: Scale, form: &str, sample: &Path) -> Result<f64, String> {
    let file = sample.join(DATABASE_FILE);
    let (newest, its_form) =
        newest(&file).map_err(|e| format!("no submission in {}: {e}", file.display()))?;
    let mut rows = Rows::read(&file, newest, "").map_err(|e| e.to_string())?;
    rows.lead_to(its_form, form.parse().map_err(|e| format!("{form}: {e}"))?);
    if let Engine::Postgres(url) = &server.engine {
        raw::fit_postgres(&mut rows, url).await?;
    }
    let raw = raw::measure(&rows, &server.data, &server.engine, CONNECTIONS, scale.time / 2).await;
    raw.map_err(|e| format!("{e:?}"))
}

/// The newest submission, and its form.
fn newest(file: &Path) -> Result<(Uuid, Uuid), rusqlite::Error> {
    let db = rusqlite::Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let text = "select id, form_id from fieldwork_submission order by received_at desc limit 1";
    db.query_row(text, [], |row| {
        let id = |at: usize| row.get::<_, Vec<u8>>(at).map(|id| Uuid::from_slice(&id).unwrap_or_default());
        Ok((id(0)?, id(1)?))
    })
}

/// A masked copy of all of them, as CSV.
async fn take_copy(server: &Server, form: &str, desk: &str) -> Result<Line, String> {
    let body = json!({ "purpose": "check" }).to_string();
    let path = format!("/api/fieldwork/forms/{form}/exports");
    let mut connection = Connection::open(&server.address).await.map_err(|e| e.to_string())?;
    let started = Instant::now();
    let answer = connection.send(&request("POST", &path, &[("authorization", desk)], &body)).await;
    let answer = answer.map_err(|e| e.to_string())?;
    if !answer.is_success() {
        return Err(format!("{}: {}", answer.status, String::from_utf8_lossy(&answer.body)));
    }
    let seconds = started.elapsed().as_secs_f64();
    let rows = answer.body.iter().filter(|byte| **byte == b'\n').count().saturating_sub(1);
    let whole = seconds * COPY_ROWS / (rows.max(1) as f64);
    let measured = format!("{seconds:.1} s for {rows} rows: {whole:.2} s");
    let name = server.engine.name();
    Ok(Line::new(name, "copy of 20,000 submissions as CSV", "≤ 1 s", measured, whole <= COPY_SECONDS_MAX))
}
