//! The people of a whole district brought in from a table, by the real command: checked, then saved; beside the bare copying of the
//! rows that came of it.

use crate::http::request;
use crate::measure::Scale;
use crate::server::{DATABASE_FILE, Engine, Server, memory_mib};
use crate::table::Line;
use sheets::{BookWriter, Cell, Column, CsvWriter, RowWriter};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt, BufReader};

const PER_HOME: u32 = 3;
const ROOMS_PER_BUILDING: u32 = 60;
const HEADS: [&str; 7] = ["姓名", "证件号码", "手机", "地址", "与户主关系", "居住类别", "户号"];
/// How often a running command is asked for its memory; pages of the database that are mapped into it are not its own.
const MEMORY_EVERY: Duration = Duration::from_millis(100);

/// What one table took.
struct Brought {
    check: f64,
    save: f64,
    mib: f64,
}

/// A workbook on one database, a text table on the other.
pub async fn run(
    engines: [Engine; 2],
    scale: Scale,
    folder: &Path,
    lines: &mut Vec<Line>,
) -> Result<(), String> {
    for (engine, ending) in engines.into_iter().zip(["xlsx", "csv"]) {
        let name = engine.name();
        let mut server = Server::new(&folder.join(format!("{name}-{ending}")), engine);
        eprintln!("{name}: {} people from {ending}", scale.people);
        let grid = lay_ground(&mut server).await?;
        let (homes, people) = (folder.join("homes.csv"), folder.join(format!("people.{ending}")));
        std::fs::write(&homes, homes_of(scale.people, &grid)).map_err(|e| e.to_string())?;
        write_people(&people, scale.people).map_err(|e| format!("{e:?}"))?;
        bring(&server, "homes", &homes).await?;
        let brought = bring(&server, "people", &people).await?;
        let raw = raw_copy(&server).await;
        tell(name, ending, scale.people, &brought, raw, lines);
    }
    Ok(())
}

fn tell(
    name: &'static str,
    ending: &str,
    people: u32,
    brought: &Brought,
    raw: Result<f64, String>,
    lines: &mut Vec<Line>,
) {
    let Brought { check, save, mib } = brought;
    let raw = match raw {
        Ok(raw) => format!(
            "{raw:.1} s to copy the rows with their indexes, without words; {:.0} %",
            raw / save * 100.0
        ),
        Err(e) => format!("not measured: {e}"),
    };
    let what = format!("{people} people with homes from {ending}");
    let measured = format!("{check:.1} s checked, {save:.1} s saved, {mib:.0} MiB");
    let (target, holds) = match ending {
        "csv" => ("≤ 40 s in all", check + save <= 40.0),
        _ => ("≤ 60 s, ≤ 60 s, ≤ 600 MiB", *check <= 60.0 && *save <= 60.0 && *mib <= 600.0),
    };
    lines.push(Line::new(name, &what, target, measured, holds).raw(raw));
}

/// The district without a register; the code of one of its grids.
async fn lay_ground(server: &mut Server) -> Result<String, String> {
    server.play(0)?;
    server.start().await?;
    let bearer = format!("Bearer {}", server.sign_in("unit_desk").await?);
    let headers = [("authorization", bearer.as_str())];
    let areas = server.ask(&request("GET", "/api/territory/areas?level=grid&limit=1", &headers, "")).await?;
    server.stop();
    areas["items"][0]["code"].as_str().map(str::to_owned).ok_or_else(|| "the district has no grid".to_owned())
}

/// Runs `mulin import`, and tells from its lines when it had checked and when it had saved.
async fn bring(server: &Server, table: &str, file: &Path) -> Result<Brought, String> {
    let mut command = tokio::process::Command::from(server.command());
    let started = Instant::now();
    let mut running = command
        .args(["import", table])
        .arg(file)
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|e| e.to_string())?;
    let process = running.id().unwrap_or(0);
    let mut lines = BufReader::new(running.stdout.take().ok_or("no output")?).lines();
    let (mut checked, mut saved, mut mib) = (0.0, 0.0, 0.0f64);
    loop {
        match tokio::time::timeout(MEMORY_EVERY, lines.next_line()).await {
            Err(_) => {}
            Ok(Ok(Some(line))) if line.starts_with("Checked ") => checked = started.elapsed().as_secs_f64(),
            Ok(Ok(Some(line))) if line.starts_with("Saved ") => saved = started.elapsed().as_secs_f64(),
            Ok(Ok(Some(_))) => {}
            Ok(Ok(None) | Err(_)) => break,
        }
        mib = mib.max(memory_mib(process, "RssAnon"));
    }
    match running.wait().await {
        Ok(status) if status.success() => Ok(Brought { check: checked, save: saved - checked, mib }),
        other => Err(format!("mulin import {table} {}: {other:?}", file.display())),
    }
}

/// Seconds in which the engine copies all records and look-ups that came of a table into empty tables of the same shape: no rules, no
/// seals, no words. On SQLite with a commit for as many records as one part of a table makes; on PostgreSQL in one transaction.
async fn raw_copy(server: &Server) -> Result<f64, String> {
    match &server.engine {
        Engine::Sqlite => copy_sqlite(&server.data.join(DATABASE_FILE)).map_err(|e| e.to_string()),
        Engine::Postgres(url) => copy_postgres(url).await.map_err(|e| e.to_string()),
    }
}

/// Records of one commit: 500 people with their homes.
const COMMIT_RECORDS: i64 = 1_500;
/// Pages of the log before they are moved into the file, as in the house.
const LOG_PAGES: i64 = 8_192;

fn copy_sqlite(file: &Path) -> Result<f64, rusqlite::Error> {
    let raw = file.with_file_name("raw.sqlite");
    let db = rusqlite::Connection::open(&raw)?;
    db.execute_batch(&format!(
        "pragma journal_mode = wal; pragma synchronous = full; pragma cache_size = -65536; pragma wal_autocheckpoint = {LOG_PAGES};"
    ))?;
    db.execute("attach ?1 as filled", [file.to_string_lossy()])?;
    let mut shapes = db.prepare(
        "select sql from filled.sqlite_master where tbl_name in ('registry_record', 'registry_lookup') and sql is not null
         order by type = 'index'",
    )?;
    let shapes: Vec<String> = shapes.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    db.execute_batch(&shapes.join(";"))?;
    let last: i64 = db.query_row("select max(rowid) from filled.registry_record", [], |row| row.get(0))?;
    let started = Instant::now();
    for first in (0..=last).step_by(COMMIT_RECORDS as usize) {
        let part = format!("r.rowid > {first} and r.rowid <= {}", first + COMMIT_RECORDS);
        db.execute_batch(&format!(
            "begin;
             insert into main.registry_record select r.* from filled.registry_record r where {part};
             insert into main.registry_lookup
                 select l.* from filled.registry_record r join filled.registry_lookup l on l.district = r.district and l.record_id = r.id
                 where {part};
             commit;"
        ))?;
    }
    Ok(started.elapsed().as_secs_f64())
}

async fn copy_postgres(url: &str) -> Result<f64, tokio_postgres::Error> {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
    tokio::spawn(connection);
    const COPIED: [&str; 2] = ["registry_record", "registry_lookup"];
    let make = |table: &str| format!("create table raw_{table} (like {table} including all);");
    client.batch_execute(&COPIED.map(make).concat()).await?;
    let started = Instant::now();
    let copy = |table: &str| format!("insert into raw_{table} select * from {table};");
    client.batch_execute(&format!("begin; {} commit;", COPIED.map(copy).concat())).await?;
    Ok(started.elapsed().as_secs_f64())
}

/// Every building of the table, in one grid.
fn homes_of(people: u32, grid: &str) -> String {
    let buildings = people.div_ceil(PER_HOME * ROOMS_PER_BUILDING);
    let row = |building: u32| format!("{}{}栋,{grid}\n", estate(building), building % 40 + 1);
    format!("地址,网格编码\n{}", (0..buildings).map(row).collect::<String>())
}

fn write_people(file: &Path, people: u32) -> Result<(), platform::Fault> {
    let columns: Vec<Column> = HEADS.map(|head| Column::text(head, head)).to_vec();
    let mut writer: Box<dyn RowWriter> = match file.extension() {
        Some(ending) if ending == "csv" => Box::new(CsvWriter::create(file, &columns, true)?),
        _ => Box::new(BookWriter::create(file, &columns)?),
    };
    for n in 0..people {
        writer.add_row(&row_of(n).map(Cell::Text))?;
    }
    writer.finish()
}

fn row_of(n: u32) -> [String; 7] {
    let (home, member) = (n / PER_HOME, n % PER_HOME);
    let (building, room) = (home / ROOMS_PER_BUILDING, home % ROOMS_PER_BUILDING);
    let (unit, floor) = (room / 20 + 1, room % 20 / 4 + 1);
    let address =
        format!("{}{}栋{unit}单元{floor}{:02}室", estate(building), building % 40 + 1, room % 4 + 1);
    let relation = ["户主", "配偶", "子女"][member as usize];
    let words = [&name(n), &document(n), &format!("139{n:08}"), &address, relation, "户籍人口", ""];
    words.map(str::to_owned)
}

fn estate(building: u32) -> String {
    const SIGNS: [char; 10] = ['东', '南', '西', '北', '中', '前', '后', '新', '老', '大'];
    let number = building / 40;
    format!("{}{}家园", SIGNS[number as usize / 10 % 10], SIGNS[number as usize % 10])
}

fn name(n: u32) -> String {
    const SURNAMES: [char; 10] = ['王', '李', '张', '刘', '陈', '杨', '黄', '赵', '吴', '周'];
    const GIVEN: [char; 20] = [
        '伟', '芳', '娜', '敏', '静', '丽', '强', '磊', '军', '洋', '勇', '艳', '杰', '娟', '涛', '明', '超',
        '秀', '霞', '平',
    ];
    [SURNAMES[n as usize % 10], GIVEN[n as usize / 10 % 20], GIVEN[n as usize / 200 % 20]].iter().collect()
}

/// Valid in form (GB 11643-1999), of nobody.
fn document(n: u32) -> String {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let (order, day) = (n % 1000, n / 1000);
    let body =
        format!("430204{}{:02}{:02}{order:03}", 1950 + day / 336 % 60, day / 28 % 12 + 1, day % 28 + 1);
    let sum: u32 = body.bytes().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    format!("{body}{}", char::from(b"10X98765432"[sum as usize % 11]))
}
