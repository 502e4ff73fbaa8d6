//! A table of sensors: looked through without registering anything, or registered row by row. What holds is taken, once; the rest is told.

use super::catalogue::SensorBook;
use super::facts::{SensorFact, TABLE_READ};
use crate::commands::sensors::{Registered, SensorGiven, register};
use crate::error::LinkageError;
use crate::model::sensor::OwnThresholds;
use ::store::Tx;
use edge::Edge;
use platform::limits::{KIB, MIB};
use platform::{Actor, Fault, Refusal, Words};
use serde::Serialize;
use serde_json::json;
use sheets::{Book, Cell, Limits, SheetFault, column_name};
use std::collections::BTreeMap;
use std::io::Write as _;
use std::ops::ControlFlow;
use utoipa::ToSchema;

const TABLE_BYTES_MAX: u64 = 5 * MIB;
pub(super) const FORM_BYTES_MAX: u64 = TABLE_BYTES_MAX + 64 * KIB;
const ROWS_MAX: usize = 2_000;
const FAULTS_TOLD_MAX: usize = 500;
const COLUMNS_MAX: u16 = 100;

/// The fields of a sensor and the headings that name them; the first is the usual one.
const COLUMNS: [(&str, &[&str]); 8] = [
    ("code", &["设备编号", "编号", "code"]),
    ("kind", &["种类", "设备类型", "类型", "kind"]),
    ("name", &["名称", "安装位置", "位置", "name"]),
    ("lon", &["经度", "lon"]),
    ("lat", &["纬度", "lat"]),
    ("unit", &["权属单位", "单位", "unit"]),
    ("warn", &["提示值", "预警值", "warn"]),
    ("alarm", &["报警值", "alarm"]),
];
/// Without these no row is a sensor.
const NEEDED: [&str; 5] = ["code", "kind", "name", "lon", "lat"];

/// A cell that does not hold, or a row that was refused as a whole.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub(crate) struct SensorTableFault {
    /// As the spreadsheet program counts.
    pub row: u32,
    /// `A`, `B`, …; absent where it concerns the whole row.
    pub column: Option<String>,
    pub heading: String,
    pub code: String,
    pub words: Words,
}

/// What was done, or would be done, with a table.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SensorTableReport {
    /// Nothing was registered.
    pub dry_run: bool,
    pub rows: usize,
    pub registered: usize,
    /// Registered before, just so.
    pub known: usize,
    pub refused: usize,
    /// The first 500.
    pub faults: Vec<SensorTableFault>,
}

/// Which column holds which field: from 0, with its heading in this table.
type Columns = BTreeMap<&'static str, (usize, String)>;
type Row = (u32, Vec<Cell>);

/// Looks through a table, or registers what it holds.
///
/// # Errors
/// A file that cannot be read, columns that are missing; no single row.
pub(super) async fn take(
    edge: &Edge,
    actor: &Actor,
    bytes: Vec<u8>,
    dry_run: bool,
) -> Result<SensorTableReport, LinkageError> {
    let reading = tokio::task::spawn_blocking(move || read_table(&bytes));
    let (columns, rows) = reading.await.map_err(|e| Fault::broken("a table was not read").because(e))??;
    let mut report = SensorTableReport {
        dry_run,
        rows: rows.len(),
        registered: 0,
        known: 0,
        refused: 0,
        faults: Vec::new(),
    };
    let book = edge.fixture::<SensorBook>();
    for (row, cells) in rows {
        let read = given(edge, actor, &book, &columns, &cells);
        let ended = match read {
            Ok(given) => one(edge, actor, given, dry_run).await?,
            Err(refused) => Err(refused),
        };
        match ended {
            Ok(Registered { fresh: true, .. }) => report.registered += 1,
            Ok(_) => report.known += 1,
            Err(refused) => {
                report.refused += 1;
                if report.faults.len() < FAULTS_TOLD_MAX {
                    report.faults.push(fault(row, &columns, &refused));
                }
            }
        }
    }
    let data = json!({ "dry_run": dry_run, "rows": report.rows, "registered": report.registered, "refused": report.refused });
    let note = async move |tx: &mut Tx| tx.record(&SensorFact::of_all(TABLE_READ, data.clone())).await;
    edge.db.write::<_, Fault, _>(actor, note).await?;
    Ok(report)
}

/// How a write ended that is taken back, or was refused.
enum Ended {
    Would(Registered),
    Refused(LinkageError),
}

impl From<Fault> for Ended {
    fn from(fault: Fault) -> Self {
        Self::Refused(fault.into())
    }
}

async fn one(
    edge: &Edge,
    actor: &Actor,
    given: SensorGiven,
    dry_run: bool,
) -> Result<Result<Registered, LinkageError>, LinkageError> {
    let write = async move |tx: &mut Tx| match register(tx, given.clone()).await {
        Ok(registered) if dry_run => Err(Ended::Would(registered)),
        Ok(registered) => Ok(registered),
        Err(refused) => Err(Ended::Refused(refused)),
    };
    match edge.db.write(actor, write).await {
        Ok(registered) | Err(Ended::Would(registered)) => Ok(Ok(registered)),
        Err(Ended::Refused(fault @ LinkageError::Fault(_))) => Err(fault),
        Err(Ended::Refused(refused)) => Ok(Err(refused)),
    }
}

/// A row as a sensor. Kinds and units are named by key or by name.
fn given(
    edge: &Edge,
    actor: &Actor,
    book: &SensorBook,
    columns: &Columns,
    cells: &[Cell],
) -> Result<SensorGiven, LinkageError> {
    let text = |field: &str| {
        let cell = columns.get(field).and_then(|(at, _)| cells.get(*at));
        cell.map(Cell::text).unwrap_or_default().trim().to_owned()
    };
    let number = |field: &'static str| match text(field) {
        empty if empty.is_empty() => Ok(None),
        text => text.parse::<f64>().map(Some).map_err(|_| no_number(field)),
    };
    let kind = text("kind");
    let known = book.kinds().find(|entry| entry.key == kind || entry.words().zh == kind);
    let (lon, lat) = (number("lon")?.unwrap_or(f64::NAN), number("lat")?.unwrap_or(f64::NAN));
    let at = geo::Point::new(lon, lat)
        .map_err(|e| LinkageError::invalid("lon", "linkage.bad_place", e.zh().to_owned(), e.to_string()))?;
    let places = edge.fixture::<territory::Map>().of(actor.district);
    let unit = match text("unit") {
        empty if empty.is_empty() => None,
        name => {
            let found = places.organisations().into_iter().find(|unit| unit.key == name || unit.name == name);
            Some(found.ok_or_else(no_unit)?.id)
        }
    };
    Ok(SensorGiven {
        code: text("code"),
        kind: known.map_or(kind, |entry| entry.key.clone()),
        name: text("name"),
        at,
        unit,
        own: OwnThresholds { warn: number("warn")?, alarm: number("alarm")? },
        in_use: true,
    })
}

fn no_number(field: &'static str) -> LinkageError {
    LinkageError::invalid(field, "linkage.no_number", "这一格要填数字。", "This cell wants a number.")
}

pub(super) fn no_unit() -> LinkageError {
    LinkageError::invalid("unit", "linkage.unknown_unit", "没有这个单位。", "There is no such unit.")
}

fn fault(row: u32, columns: &Columns, refused: &LinkageError) -> SensorTableFault {
    let problem = refused.problem();
    let field = match problem.field.as_deref() {
        Some("own") => "alarm",
        Some(field) => field,
        None => "code",
    };
    let column = columns.get(field);
    SensorTableFault {
        row,
        column: column.and_then(|(at, _)| u16::try_from(*at).ok()).map(column_name),
        heading: column.map_or_else(|| usual(field).to_owned(), |(_, heading)| heading.clone()),
        code: problem.code.to_string(),
        words: Words::new(problem.title, problem.title_en),
    }
}

fn usual(field: &str) -> &'static str {
    COLUMNS.iter().find(|(name, _)| *name == field).map_or("", |(_, headings)| headings[0])
}

/// Reads the first sheet people see, from the row that names the columns on.
fn read_table(bytes: &[u8]) -> Result<(Columns, Vec<Row>), LinkageError> {
    let limits = Limits {
        file_bytes_max: TABLE_BYTES_MAX,
        text_bytes_max: TABLE_BYTES_MAX,
        unpacked_bytes_max: 20 * TABLE_BYTES_MAX,
        // The headings and what stands above them.
        rows_max: ROWS_MAX as u32 + 20,
        columns_max: COLUMNS_MAX,
        ..Limits::default()
    };
    let mut file = tempfile::tempfile().map_err(Fault::from)?;
    file.write_all(bytes).map_err(Fault::from)?;
    let book = Book::open_file(file, &limits).map_err(|e| unreadable(&e))?;
    let visible = book.sheets().iter().position(|sheet| !sheet.hidden);
    let sheet = visible.ok_or_else(|| missing(&NEEDED))?;
    let header = book.find_header(sheet).map_err(|e| unreadable(&e))?.ok_or_else(|| missing(&NEEDED))?;
    let columns = columns(&header.names);
    let absent: Vec<&str> = NEEDED.into_iter().filter(|field| !columns.contains_key(field)).collect();
    if !absent.is_empty() {
        return Err(missing(&absent));
    }
    let mut rows = Vec::new();
    let mut is_cut = false;
    book.each_row(sheet, |row, cells| {
        if row <= header.row || cells.iter().all(Cell::is_empty) {
            return ControlFlow::Continue(());
        }
        is_cut = rows.len() >= ROWS_MAX;
        if is_cut {
            return ControlFlow::Break(());
        }
        rows.push((row, cells.to_vec()));
        ControlFlow::Continue(())
    })
    .map_err(|e| unreadable(&e))?;
    if is_cut {
        return Err(LinkageError::invalid(
            "file",
            "linkage.too_many_rows",
            format!("一张表最多 {ROWS_MAX} 行，请分开提交。"),
            format!("At most {ROWS_MAX} rows in one table: send it in parts."),
        ));
    }
    Ok((columns, rows))
}

/// By the headings; marks of duty and remarks in brackets do not count.
fn columns(names: &[String]) -> Columns {
    let mut found = Columns::new();
    for (at, name) in names.iter().enumerate() {
        let head = name.split(['（', '(', '*', '＊']).next().unwrap_or_default().trim().to_lowercase();
        let field = COLUMNS.iter().find(|(_, headings)| headings.contains(&head.as_str()));
        if let Some((field, _)) = field {
            found.entry(field).or_insert_with(|| (at, name.clone()));
        }
    }
    found
}

fn unreadable(fault: &SheetFault) -> LinkageError {
    LinkageError::Invalid { field: "file", code: "linkage.bad_table", words: fault.words() }
}

fn missing(fields: &[&str]) -> LinkageError {
    let names = fields.iter().map(|field| usual(field)).collect::<Vec<_>>().join("、");
    LinkageError::invalid(
        "file",
        "linkage.columns_missing",
        format!("表里缺少这些列：{names}。"),
        format!("These columns are missing: {names}."),
    )
}
