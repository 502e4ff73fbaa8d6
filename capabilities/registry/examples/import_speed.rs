//! How fast a district's people come in, and with how much memory: 278,400 people with 92,800 homes as XLSX and as CSV, checked and saved.
//!
//! `cargo run --release -p registry --example import_speed [ROWS [postgres://…]]`. Without an address the database is a SQLite file.
//! Each kind of file is brought in by a process of its own, so that its peak of memory is its own.

use platform::{Actor, Fault, Time};
use registry::commands::import::{self as tables, Sent};
use registry::import::{self, Table};
use sheets::{BookWriter, Cell, Column, CsvWriter, RowWriter};
use std::error::Error;
use std::ops::ControlFlow;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;
use store::{Db, Options, Target, Tx};
use territory::{AreaDraft, AreaKind, AreaLevel, Plan};
use testkit::DISTRICT;

// As the server allocates.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// People and homes of the description's district.
const PEOPLE: u32 = 278_400;
const PER_HOME: u32 = 3;
const ROOMS_PER_BUILDING: u32 = 60;
const HEADS: [&str; 7] = ["姓名", "证件号码", "手机", "地址", "与户主关系", "居住类别", "户号"];

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

fn main() -> Outcome {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match &arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["bring", file, people, database] => bring(Path::new(file), people.parse()?, database),
        rest => run_all(rest.first().map_or(Ok(PEOPLE), |people| people.parse())?, rest.get(1).copied()),
    }
}

fn run_all(people: u32, postgres: Option<&str>) -> Outcome {
    let folder = tempfile::tempdir()?;
    for name in ["people.xlsx", "people.csv"] {
        let file = folder.path().join(name);
        write_people(&file, people)?;
        let database = match postgres {
            Some(url) => url.to_owned(),
            None => folder.path().join(format!("{name}.sqlite")).to_string_lossy().into_owned(),
        };
        let mut command = Command::new(std::env::current_exe()?);
        if !command.arg("bring").arg(&file).arg(people.to_string()).arg(database).status()?.success() {
            return Err(format!("{name} failed").into());
        }
        if postgres.is_some() {
            break;
        }
    }
    Ok(())
}

fn write_people(file: &Path, people: u32) -> Outcome {
    let columns: Vec<Column> = HEADS.map(|head| Column::text(head, head)).to_vec();
    let mut writer: Box<dyn RowWriter> = match file.extension() {
        Some(ending) if ending == "csv" => Box::new(CsvWriter::create(file, &columns, true)?),
        _ => Box::new(BookWriter::create(file, &columns)?),
    };
    for n in 0..people {
        writer.add_row(&row_of(n).map(Cell::Text))?;
    }
    Ok(writer.finish()?)
}

fn row_of(n: u32) -> [String; 7] {
    let (home, member) = (n / PER_HOME, n % PER_HOME);
    let (building, room) = (home / ROOMS_PER_BUILDING, home % ROOMS_PER_BUILDING);
    let address = format!(
        "{}{}栋{}单元{}{:02}室",
        estate(building),
        building % 40 + 1,
        room / 20 + 1,
        room % 20 / 4 + 1,
        room % 4 + 1
    );
    let relation = ["户主", "配偶", "子女"][member as usize];
    [
        name(n),
        document(n),
        format!("139{n:08}"),
        address,
        relation.to_owned(),
        "户籍人口".to_owned(),
        String::new(),
    ]
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

fn bring(file: &Path, people: u32, database: &str) -> Outcome {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(bring_into(file, people, database))
}

async fn bring_into(file: &Path, people: u32, database: &str) -> Outcome {
    let target = match database.starts_with("postgres") {
        true => Target::Postgres(database.to_owned()),
        false => Target::Sqlite(database.into()),
    };
    let db = Db::open(Options::new(target)).await?;
    let data = file.parent().ok_or("a folder")?.to_owned();
    let settings = edge::Settings { data, unlimited: true, ..edge::Settings::default() };
    let edge = edge::prepare(&db, &[&territory::CAPABILITY, &registry::CAPABILITY], settings, None).await?;
    testkit::found_district(&db, DISTRICT, "430204", "石峰区（示意）").await?;
    lay_ground(&db).await?;
    let homes = people.div_ceil(PER_HOME);
    let mut buildings = "地址,网格编码\n".to_owned();
    for building in 0..homes.div_ceil(ROOMS_PER_BUILDING) {
        buildings.push_str(&format!("{}{}栋,430204001001J001\n", estate(building), building % 40 + 1));
    }
    run(&edge, Table::Homes, "buildings.csv", buildings.into_bytes()).await?;
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    run(&edge, Table::People, &name, std::fs::read(file)?).await
}

async fn lay_ground(db: &Db) -> Outcome {
    let codes = [
        ("430204", AreaLevel::District),
        ("430204001", AreaLevel::Subdistrict),
        ("430204001001", AreaLevel::Community),
        ("430204001001J001", AreaLevel::Grid),
    ];
    let at = |x: f64, y: f64| geo::Point::new(113.1 + x, 27.86 + y);
    let corners = [at(0.0, 0.0)?, at(0.1, 0.0)?, at(0.1, 0.1)?, at(0.0, 0.1)?, at(0.0, 0.0)?];
    let boundary = Arc::new(geo::Boundary::from_ring(&corners)?);
    let areas = codes.map(|(code, level)| AreaDraft {
        code: code.to_owned(),
        level,
        kind: AreaKind::Basic,
        name: code.to_owned(),
        name_en: None,
        parent: None,
        households: (level == AreaLevel::Grid).then_some(400),
        boundary: Some(boundary.clone()),
    });
    let from: Time = "2026-01-01T00:00:00Z".parse()?;
    let plan = Plan { from, within: None, areas: areas.to_vec() };
    let review = territory::check_areas(db, DISTRICT, plan).await.map_err(|_| Fault::broken("the ground"))?;
    let plan = Arc::new(review.accept().map_err(|_| Fault::broken("the ground does not hold"))?);
    let import = async move |tx: &mut Tx| territory::import_areas(tx, &plan).await.map(drop);
    let laid = territory::write(db, &Actor::system(DISTRICT, "speed"), import).await;
    Ok(laid.map_err(|_| Fault::broken("the ground was not laid"))?)
}

async fn run(edge: &edge::Edge, table: Table, file_name: &str, bytes: Vec<u8>) -> Outcome {
    let actor = Actor::system(DISTRICT, "speed");
    let mib = bytes.len() >> 20;
    let begun = Instant::now();
    let sent = Sent { table, file_name: file_name.to_owned(), bytes };
    let batch = tables::send_table(edge, &actor, sent).await?;
    let mapping = batch.mapping.clone().ok_or("no mapping")?;
    let sent_ms = begun.elapsed().as_millis();
    tables::check_table(edge, &actor, batch.id, batch.sheet, mapping).await?;
    let checked = import::check_batch(edge, DISTRICT, batch.id, &mut |_| {}).await?;
    let checked_ms = begun.elapsed().as_millis() - sent_ms;
    tables::save_table(edge, &actor, batch.id, false).await?;
    let begun = Instant::now();
    let mut go_on = |_| ControlFlow::Continue(());
    let saved = import::save_batch(edge, DISTRICT, batch.id, &mut go_on).await?;
    println!(
        "{file_name:14} {mib:3} MiB, {} rows: sent in {sent_ms} ms, checked in {checked_ms} ms ({} wrong), saved in {} ms ({} new, {} records), peak {} MiB",
        checked.report.checked.rows,
        checked.report.checked.wrong,
        begun.elapsed().as_millis(),
        saved.report.saved.new,
        saved.report.records,
        peak_mib()?
    );
    if checked.report.checked.wrong > 0 {
        println!("{:?}", checked.report.first.first());
    }
    Ok(())
}

/// The most memory this process ever held, as Linux tells it.
fn peak_mib() -> Outcome<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB")).and_then(|kib| kib.parse::<u64>().ok());
    Ok(kib.unwrap_or(0) / 1024)
}
