//! How long the operator waits to be told which buildings and homes a drawn outage concerns: twenty thousand homes of the register. Beside it the
//! engine's own reading of as many homes, without asking where they lie.

use crate::http::request;
use crate::server::{DATABASE_FILE, Engine, Server};
use crate::table::Line;
use rusqlite::OpenFlags;
use serde_json::{Value, json};
use std::time::Instant;

const HOMES: i64 = 20_000;
const SECONDS_MAX: f64 = 1.0;
/// Asked so often; the median is told.
const TIMES: usize = 9;
const BARE: &str = "select id, place_id from registry_record where kind = 'dwelling' limit 20000";

/// Asks what an outage of a ground with that many homes concerns.
pub async fn computed(server: &Server, bearer: &str, lines: &mut Vec<Line>) -> Result<(), String> {
    let extent = ground_of_homes(server, bearer).await?;
    let mut seconds = Vec::new();
    let mut answer = Value::Null;
    for _ in 0..TIMES {
        let started = Instant::now();
        answer = preview(server, bearer, &extent).await?;
        seconds.push(started.elapsed().as_secs_f64());
    }
    let (median, bare) = (median(seconds), bare(server).await?);
    let what =
        format!("what an outage concerns: {} homes in {} buildings", answer["homes"], answer["buildings"]);
    let raw = format!("{:.0} ms to read as many homes, {:.0} %", bare * 1e3, bare / median * 100.0);
    let line = Line::new(
        server.engine.name(),
        &what,
        "≤ 1 s",
        format!("{:.0} ms", median * 1e3),
        median <= SECONDS_MAX,
    );
    lines.push(line.raw(raw));
    Ok(())
}

/// The subdistrict with the fewest homes that are enough, or all of the district where none has as many.
async fn ground_of_homes(server: &Server, bearer: &str) -> Result<Value, String> {
    let headers = [("authorization", bearer)];
    let mut enough: Option<(i64, Value)> = None;
    for level in ["subdistrict", "district"] {
        let path = format!("/api/territory/areas?level={level}&limit=100");
        let areas = server.ask(&request("GET", &path, &headers, "")).await?;
        for code in areas["items"].as_array().into_iter().flatten().filter_map(|area| area["code"].as_str()) {
            let path = format!("/api/territory/areas/{code}");
            let ground = server.ask(&request("GET", &path, &headers, "")).await?["boundary"].take();
            let extent = json!({ "ground": ground });
            let homes = preview(server, bearer, &extent).await?["homes"].as_i64().unwrap_or_default();
            if homes >= HOMES && enough.as_ref().is_none_or(|(least, _)| homes < *least) {
                enough = Some((homes, extent));
            }
        }
        if let Some((_, extent)) = enough {
            return Ok(extent);
        }
    }
    Err(format!("the district has fewer than {HOMES} homes"))
}

async fn preview(server: &Server, bearer: &str, extent: &Value) -> Result<Value, String> {
    let body = json!({ "extent": extent }).to_string();
    server.ask(&request("POST", "/api/linkage/outages/preview", &[("authorization", bearer)], &body)).await
}

async fn bare(server: &Server) -> Result<f64, String> {
    let mut seconds = Vec::new();
    match &server.engine {
        Engine::Sqlite => {
            let file = server.data.join(DATABASE_FILE);
            let open = rusqlite::Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY);
            let db = open.map_err(|e| e.to_string())?;
            for _ in 0..TIMES {
                let started = Instant::now();
                let mut statement = db.prepare_cached(BARE).map_err(|e| e.to_string())?;
                let rows =
                    statement.query_map([], |row| row.get::<_, Vec<u8>>(0)).map_err(|e| e.to_string())?;
                rows.collect::<Result<Vec<_>, _>>().map_err(|e| e.to_string())?;
                seconds.push(started.elapsed().as_secs_f64());
            }
        }
        Engine::Postgres(url) => {
            let (client, connection) =
                tokio_postgres::connect(url, tokio_postgres::NoTls).await.map_err(|e| e.to_string())?;
            tokio::spawn(connection);
            for _ in 0..TIMES {
                let started = Instant::now();
                client.query(BARE, &[]).await.map_err(|e| e.to_string())?;
                seconds.push(started.elapsed().as_secs_f64());
            }
        }
    }
    Ok(median(seconds))
}

fn median(mut seconds: Vec<f64>) -> f64 {
    seconds.sort_by(f64::total_cmp);
    seconds[seconds.len() / 2]
}
