//! The measurements of one engine, in the order in which a district grows.

use crate::http::{Connection, request};
use crate::load::{self, Outcome};
use crate::raw::{self, Rows};
use crate::server::{DATABASE_FILE, Engine, Server};
use crate::table::Line;
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use uuid::Uuid;

/// A picture of eight by eight points: proof of a finished work.
const PNG: &[u8] = &[
    137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82, 0, 0, 0, 8, 0, 0, 0, 8, 8, 2, 0, 0, 0, 75,
    109, 41, 220, 0, 0, 0, 17, 73, 68, 65, 84, 120, 218, 99, 136, 234, 169, 192, 138, 24, 134, 150, 4, 0, 41,
    70, 87, 129, 2, 212, 184, 85, 0, 0, 0, 0, 73, 69, 78, 68, 174, 66, 96, 130,
];

/// How much, how long.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    /// Stored cases of the large district.
    pub cases: usize,
    /// Of each load.
    pub time: Duration,
    /// People in a table.
    pub people: u32,
    /// Districts beside the one that is searched.
    pub neighbours: usize,
}

/// What stays the same through a run: grids, tokens.
#[derive(Debug)]
struct Town {
    grids: Vec<String>,
    unit: String,
    /// Kept photos, of the unit.
    photos: String,
    serial: AtomicU64,
}

/// All measurements of one engine, on two districts of their own: one takes the loads on an empty district, the other is large.
/// (What ten seconds of a load leave open is more than a district ever has.)
pub async fn run(
    [empty, large]: [Engine; 2],
    scale: Scale,
    folder: &Path,
    lines: &mut Vec<Line>,
) -> Result<(), String> {
    let name = empty.name();
    let mut server = Server::new(&folder.join(format!("{name}-empty")), empty);
    eprintln!("{name}: an empty district");
    server.seed(0).await?;
    server.start().await?;
    look_up(&server, lines);
    let town = Town::meet(&server).await?;
    let empty = life(&server, &town, 32, scale.time).await;
    create(&mut server, scale, folder, lines).await?;
    server.stop();
    let mut server = Server::new(&folder.join(format!("{name}-large")), large);
    eprintln!("{name}: {} cases", scale.cases);
    let started = Instant::now();
    server.seed(scale.cases).await?;
    eprintln!("{name}: {} cases after {:.0} s", scale.cases, started.elapsed().as_secs_f64());
    let opened = server.start().await?;
    let ms = opened.as_secs_f64() * 1000.0;
    lines.push(Line::new(
        name,
        &format!("start with {} cases", scale.cases),
        "≤ 500 ms",
        format!("{ms:.0} ms"),
        ms <= 500.0,
    ));
    let town = Town::meet(&server).await?;
    reads(&server, &town, scale, lines).await;
    full(&server, &town, &empty, scale, lines).await;
    server.stop();
    Ok(())
}

/// Places found in the grids, by the binary itself: HTTP would be measured otherwise.
fn look_up(server: &Server, lines: &mut Vec<Line>) {
    let ran = server.command().args(["bench", "lookups"]).output();
    let text = ran.map(|r| String::from_utf8_lossy(&r.stdout).trim().to_owned()).unwrap_or_default();
    let rate: f64 = text.parse().unwrap_or(0.0);
    let measured = format!("{:.2} M/s", rate / 1e6);
    lines.push(Line::new(
        server.engine.name(),
        "point → grid of 232, one core",
        "≥ 1 M/s",
        measured,
        rate >= 1e6,
    ));
}

impl Town {
    async fn meet(server: &Server) -> Result<Arc<Self>, String> {
        let unit = server.sign_in("unit_desk").await?;
        let bearer = format!("Bearer {unit}");
        let list =
            request("GET", "/api/territory/areas?level=grid&limit=100", &[("authorization", &bearer)], "");
        let areas = server.ask(&list).await?;
        let items = areas["items"].as_array().cloned().unwrap_or_default();
        let grids: Vec<String> = items
            .iter()
            .filter_map(|a| a["code"].as_str().map(str::to_owned))
            .filter(|c| c.len() == 16)
            .collect();
        if grids.is_empty() {
            return Err("the district has no grids".to_owned());
        }
        let photos = keep_photo(server, &unit).await?;
        let serial = AtomicU64::new(0);
        Ok(Arc::new(Self { grids, unit, photos, serial }))
    }

    /// A new report, of a kind the water company answers.
    fn report(&self) -> Vec<u8> {
        let serial = self.serial.fetch_add(1, Ordering::Relaxed);
        let grid = &self.grids[serial as usize % self.grids.len()];
        report_in(grid, serial)
    }
}

fn report_in(grid: &str, serial: u64) -> Vec<u8> {
    let body = json!({
        "words": format!("{serial} 号楼下自来水管破了，一直往外冒水，路面都淹了。"),
        "type": "P01002", "place": { "grid": grid }, "reporter": { "phone": format!("139{:08}", serial % 100_000_000) }
    });
    request("POST", "/api/cases", &[], &body.to_string())
}

async fn keep_photo(server: &Server, token: &str) -> Result<String, String> {
    const EDGE: &str = "bench-7f3a";
    let mut body = format!("--{EDGE}\r\ncontent-disposition: form-data; name=\"photos\"; filename=\"a.png\"\r\ncontent-type: image/png\r\n\r\n").into_bytes();
    body.extend_from_slice(PNG);
    body.extend_from_slice(format!("\r\n--{EDGE}--\r\n").as_bytes());
    let head = format!(
        "POST /api/cases/photos HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {token}\r\ncontent-type: multipart/form-data; boundary={EDGE}\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let kept = server.ask(&[head.as_bytes(), &body].concat()).await?;
    Ok(kept["photos"].as_str().unwrap_or_default().to_owned())
}

/// Cases made over HTTP, beside what bare group commit does with the same rows.
async fn create(
    server: &mut Server,
    scale: Scale,
    folder: &Path,
    lines: &mut Vec<Line>,
) -> Result<(), String> {
    let name = server.engine.name();
    let town = Town::meet(server).await?;
    let last = server.ask(&town.report()).await?;
    let outcome = {
        let town = town.clone();
        load::run(&server.address, 32, scale.time, move |mut connection: Connection, _| {
            let town = town.clone();
            async move {
                let ended = connection.ask(&town.report()).await.map(drop);
                (connection, ended)
            }
        })
        .await
    };
    let memory = server.memory_mib();
    say(name, "create", &outcome);
    let raw = raw_limit(server, &last, scale, folder).await;
    let rate = outcome.rate();
    let (raw_text, ratio) = match raw {
        Ok((raw, rows)) => {
            (format!("{raw:.0}/s with the same {rows} rows, {:.0} %", rate / raw * 100.0), rate / raw)
        }
        Err(e) => (format!("not measured: {e}"), 0.0),
    };
    lines.push(
        Line::new(
            name,
            "create a case over HTTP, 32 connections",
            "≥ 2,000/s, ≥ 40 % of raw",
            format!("{rate:.0}/s"),
            rate >= 2000.0 && ratio >= 0.4,
        )
        .raw(raw_text),
    );
    lines.push(Line::new(
        name,
        "its p50 / p99",
        "p99 ≤ 60 ms",
        format!("{:.1} / {:.1} ms", outcome.ms(0.5), outcome.ms(0.99)),
        outcome.ms(0.99) <= 60.0,
    ));
    lines.push(Line::new(
        name,
        "memory under this load",
        "≤ 250 MiB",
        format!("{memory:.0} MiB"),
        memory <= 250.0,
    ));
    Ok(())
}

/// Stops the server, writes the last case's rows anew into its database, and starts it again.
async fn raw_limit(
    server: &mut Server,
    case: &Value,
    scale: Scale,
    folder: &Path,
) -> Result<(f64, usize), String> {
    let id: Uuid =
        case["id"].as_str().unwrap_or_default().parse().map_err(|_| "no case was made".to_owned())?;
    let number = case["number"].as_str().unwrap_or_default();
    server.stop();
    let sample = folder.join("sample.sqlite");
    let measured = async {
        let rows = match &server.engine {
            Engine::Sqlite => {
                let file = server.data.join(DATABASE_FILE);
                std::fs::copy(&file, &sample).map_err(|e| e.to_string())?;
                let rows = Rows::read(&file, id, number).map_err(|e| e.to_string())?;
                std::fs::write(folder.join("sample.id"), format!("{id} {number}"))
                    .map_err(|e| e.to_string())?;
                rows
            }
            // The same tables: the rows of the SQLite run, fitted to this engine's kinds.
            Engine::Postgres(url) => {
                let noted = std::fs::read_to_string(folder.join("sample.id")).map_err(|e| e.to_string())?;
                let (id, number) = noted.split_once(' ').unwrap_or_default();
                let id: Uuid = id.parse().map_err(|_| "no sample".to_owned())?;
                let mut rows = Rows::read(&sample, id, number).map_err(|e| e.to_string())?;
                raw::fit_postgres(&mut rows, url).await?;
                rows
            }
        };
        let rate = raw::measure(&rows, &server.data, &server.engine, 32, scale.time).await;
        Ok((rate.map_err(|e| format!("{e:?}"))?, rows.count()))
    }
    .await;
    server.start().await?;
    measured
}

/// Create, take by the unit it was assigned to, finish with a photo, find by search.
async fn life(server: &Server, town: &Arc<Town>, connections: usize, time: Duration) -> Outcome {
    let town = town.clone();
    let outcome = load::run(&server.address, connections, time, move |mut connection: Connection, _| {
        let town = town.clone();
        async move {
            let ended = live(&mut connection, &town).await;
            (connection, ended)
        }
    })
    .await;
    say(server.engine.name(), "life cycle", &outcome);
    outcome
}

async fn live(connection: &mut Connection, town: &Town) -> Result<(), String> {
    let made = connection.ask(&town.report()).await?;
    let id = made["id"].as_str().ok_or("no id")?;
    let path = format!("/api/cases/{id}/actions");
    let bearer = format!("Bearer {}", town.unit);
    let headers = [("authorization", bearer.as_str())];
    connection.ask(&request("POST", &path, &headers, &json!({ "action": "take" }).to_string())).await?;
    let finish = json!({ "action": "finish", "note": "已修好，恢复供水。", "photos": town.photos });
    connection.ask(&request("POST", &path, &headers, &finish.to_string())).await?;
    let search = format!("/api/cases/search?q={}", made["number"].as_str().unwrap_or_default());
    connection.ask(&request("GET", &search, &headers, "")).await.map(drop)
}

/// The large district: the life cycle beside the empty one, a burst, and the rate after it.
async fn full(server: &Server, town: &Arc<Town>, empty: &Outcome, scale: Scale, lines: &mut Vec<Line>) {
    let name = server.engine.name();
    let before = life(server, town, 32, scale.time).await;
    let kept = before.rate() / empty.rate();
    let what = format!("create + assign + resolve + search at {} cases", scale.cases);
    let measured = format!(
        "{:.0}/s, {:.0} % of {:.0}/s at 0 ({} failed)",
        before.rate(),
        kept * 100.0,
        empty.rate(),
        before.failed
    );
    lines.push(Line::new(
        name,
        &what,
        "≥ 300/s and ≥ 85 % of the rate at 0",
        measured,
        before.rate() >= 300.0 && kept >= 0.85,
    ));
    let burst = life(server, town, 500, Duration::from_secs(10)).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let after = life(server, town, 32, Duration::from_secs(4)).await;
    let back = after.rate() / before.rate();
    let measured =
        format!("burst {:.0}/s, {} failed; after it {:.0} %", burst.rate(), burst.failed, back * 100.0);
    lines.push(Line::new(
        name,
        "10 s of 500 connections, then back within 5 s",
        "none failed, ≥ 95 % of before",
        measured,
        burst.failed == 0 && back >= 0.95,
    ));
}

/// The lists a desk looks at all day.
async fn reads(server: &Server, town: &Arc<Town>, scale: Scale, lines: &mut Vec<Line>) {
    let name = server.engine.name();
    let made = server.ask(&town.report()).await.unwrap_or_default();
    let case = format!("/api/cases/{}", made["id"].as_str().unwrap_or_default());
    // Once a run: a code is good once.
    let dispatcher = server.sign_in("dispatcher").await.unwrap_or_default();
    let view = "/api/cases/map?west=112.9&south=27.8&east=113.3&north=28.1&zoom=11";
    let rows: [(&str, &str, &str, f64); 7] = [
        ("newest 50 open cases of a post", "/api/cases?queue=newest&limit=50", &town.unit, 10.0),
        ("one case with its timeline", &case, &town.unit, 10.0),
        ("open cases by grid of the district", "/api/cases/counts", &dispatcher, 20.0),
        ("a desk's page of the district by due", "/api/cases?queue=due&limit=50", &dispatcher, 300.0),
        ("a desk's page of all, open and closed", "/api/cases?queue=all&limit=50", &dispatcher, 300.0),
        ("the whole district on the map, in cells", view, &dispatcher, 50.0),
        (
            "a tile of the ground from the cache (≥ 2,000/s)",
            "/api/territory/tiles/13/6669/3434",
            &dispatcher,
            10.0,
        ),
    ];
    for (what, path, token, ms_max) in rows {
        let bearer = format!("Bearer {token}");
        let asked = Arc::new(request("GET", path, &[("authorization", &bearer)], ""));
        let outcome = load::run(&server.address, 2, scale.time / 2, move |mut connection: Connection, _| {
            let asked = asked.clone();
            async move {
                let ended = connection.ask(&asked).await.map(drop);
                (connection, ended)
            }
        })
        .await;
        say(name, what, &outcome);
        let measured =
            format!("{:.1} / {:.1} ms, {:.0}/s", outcome.ms(0.5), outcome.ms(0.99), outcome.rate());
        let what = format!("{what} at {} cases, p50 / p99", scale.cases);
        lines.push(Line::new(
            name,
            &what,
            &format!("p99 ≤ {ms_max:.0} ms"),
            measured,
            outcome.ms(0.99) <= ms_max && outcome.failed == 0,
        ));
    }
}

pub fn say(engine: &str, what: &str, outcome: &Outcome) {
    let why = outcome
        .first_failure
        .as_deref()
        .map(|f| format!(": {}", f.chars().take(200).collect::<String>()))
        .unwrap_or_default();
    eprintln!(
        "{engine}: {what}: {:.0}/s, p50 {:.1} ms, p99 {:.1} ms, {} failed{why}",
        outcome.rate(),
        outcome.ms(0.5),
        outcome.ms(0.99),
        outcome.failed
    );
}
