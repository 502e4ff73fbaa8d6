//! A hotline's table: looked through without taking anything, or taken in row by row. What holds is taken, once; what does not is told.

use super::book::HotlineBook;
use super::facts::{HotlineFact, TABLE_READ};
use super::row::{Columns, TableFault, read};
use crate::commands::hotline::{HandedIn, hand_in};
use crate::error::LinkageError;
use crate::model::work_order::{WorkOrder, WorkOrderOutcome};
use ::store::Tx;
use edge::Edge;
use platform::limits::{KIB, MIB};
use platform::{Actor, Fault, Words};
use serde::Serialize;
use serde_json::json;
use sheets::{Book, Limits, SheetFault, column_name};
use std::collections::HashMap;
use std::io::Write as _;
use std::ops::ControlFlow;
use std::sync::Arc;
use utoipa::ToSchema;

/// Bytes of a table, and of the form that brings it.
const TABLE_BYTES_MAX: u64 = 5 * MIB;
pub(super) const FORM_BYTES_MAX: u64 = TABLE_BYTES_MAX + 64 * KIB;
/// Rows of one table.
const ROWS_MAX: u32 = 1_000;
/// Faults that are told one by one.
const FAULTS_TOLD_MAX: usize = 500;
const COLUMNS_MAX: u16 = 100;

/// How a column was read.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TableColumn {
    /// `A`, `B`, …
    pub column: String,
    pub heading: String,
    /// The field of a work order; absent where the column is not read.
    pub field: Option<String>,
}

/// A row that holds, and what it became or would become.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TableLine {
    pub row: u32,
    pub number: String,
    pub outcome: WorkOrderOutcome,
    /// False where the very same had been handed in before.
    pub fresh: bool,
    /// Why it became a case of that type, or why an earlier case answers it.
    pub why: Words,
}

/// What was done, or would be done, with a table.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TableReport {
    /// Nothing was taken.
    pub dry_run: bool,
    /// The name of the sheet that was read; empty for a table in text.
    pub sheet: String,
    pub columns: Vec<TableColumn>,
    /// Rows with work orders.
    pub rows: usize,
    /// Rows that became a case, that an earlier case answers, and that had been handed in before.
    pub filed: usize,
    pub repeated: usize,
    pub known: usize,
    pub lines: Vec<TableLine>,
    /// Rows that were not taken.
    pub refused: usize,
    /// What does not hold, by row and column; the first 500.
    pub faults: Vec<TableFault>,
}

/// A table, read.
struct Table {
    sheet: String,
    names: Vec<String>,
    columns: Columns,
    /// Each row as a work order, or its faults.
    rows: Vec<(u32, Result<WorkOrder, Vec<TableFault>>)>,
}

/// Looks through a table, or takes it in.
///
/// # Errors
/// A file that cannot be read, columns that are missing; no single row.
pub(super) async fn take(
    edge: &Edge,
    actor: &Actor,
    source: String,
    bytes: Vec<u8>,
    dry_run: bool,
) -> Result<TableReport, LinkageError> {
    let book = edge.fixture::<HotlineBook>();
    check_source(&source, &book)?;
    let (reader, wanted) = (book.clone(), source);
    let reading = tokio::task::spawn_blocking(move || read_table(&bytes, &wanted, &reader));
    let table = reading.await.map_err(|e| Fault::broken("a table was not read").because(e))??;
    let mut report = TableReport {
        dry_run,
        columns: told_columns(&table),
        sheet: table.sheet,
        rows: table.rows.len(),
        filed: 0,
        repeated: 0,
        known: 0,
        lines: Vec::new(),
        refused: 0,
        faults: Vec::new(),
    };
    let mut seen = HashMap::new();
    for (row, read) in table.rows {
        let ended = match read.and_then(|order| once(row, order, &table.columns, &book, &mut seen)) {
            Ok(order) => one(edge, actor, order, dry_run)
                .await?
                .map_err(|refused| vec![table.columns.fault(row, &refused, &book)]),
            Err(faults) => Err(faults),
        };
        report.note(row, ended);
    }
    let fact = HotlineFact::of_many(TABLE_READ, report.counts());
    let fact = Arc::new(fact);
    edge.db.write(actor, async move |tx: &mut Tx| tx.record(&*fact).await).await?;
    Ok(report)
}

fn check_source(source: &str, book: &HotlineBook) -> Result<(), LinkageError> {
    if book.hotline(source).is_some() {
        return Ok(());
    }
    let keys = book.keys().join(", ");
    Err(LinkageError::invalid(
        "source",
        "linkage.unknown_hotline",
        format!("请用 source 写明是哪个热线：{keys}。"),
        format!("Say as source which hotline it is: {keys}."),
    ))
}

/// One number stands in a table once, unless it says the very same again.
fn once(
    row: u32,
    order: WorkOrder,
    columns: &Columns,
    book: &HotlineBook,
    seen: &mut HashMap<String, Vec<u8>>,
) -> Result<WorkOrder, Vec<TableFault>> {
    let hash = order.content_hash();
    let earlier = seen.entry(order.number.clone()).or_insert_with(|| hash.clone());
    if *earlier == hash {
        return Ok(order);
    }
    let refused = LinkageError::invalid(
        "number",
        "linkage.number_twice",
        "这个工单编号在表中出现过，内容不同。",
        "This number stands in the table before, with other content.",
    );
    Err(vec![columns.fault(row, &refused, book)])
}

/// How a write ended that is taken back, or was refused.
enum Ended {
    Would(HandedIn),
    Refused(LinkageError),
}

impl From<Fault> for Ended {
    fn from(fault: Fault) -> Self {
        Self::Refused(fault.into())
    }
}

/// Takes one work order in, or does so and takes it back.
async fn one(
    edge: &Edge,
    actor: &Actor,
    order: WorkOrder,
    dry_run: bool,
) -> Result<Result<HandedIn, LinkageError>, LinkageError> {
    let write = async move |tx: &mut Tx| match hand_in(tx, order.clone()).await {
        Ok(handed) if dry_run => Err(Ended::Would(handed)),
        Ok(handed) => Ok(handed),
        Err(refused) => Err(Ended::Refused(refused)),
    };
    match edge.db.write(actor, write).await {
        Ok(handed) | Err(Ended::Would(handed)) => Ok(Ok(handed)),
        Err(Ended::Refused(fault @ (LinkageError::Fault(_) | LinkageError::Forbidden(_)))) => Err(fault),
        Err(Ended::Refused(refused)) => Ok(Err(refused)),
    }
}

impl TableReport {
    fn note(&mut self, row: u32, ended: Result<HandedIn, Vec<TableFault>>) {
        match ended {
            Ok(HandedIn { row: order, fresh }) => {
                match (fresh, order.outcome) {
                    (false, _) => self.known += 1,
                    (true, WorkOrderOutcome::Filed) => self.filed += 1,
                    (true, WorkOrderOutcome::Repeated) => self.repeated += 1,
                }
                let (outcome, why) = (order.outcome, order.why.0);
                self.lines.push(TableLine { row, number: order.number, outcome, fresh, why });
            }
            Err(faults) => {
                self.refused += 1;
                let left = FAULTS_TOLD_MAX.saturating_sub(self.faults.len());
                self.faults.extend(faults.into_iter().take(left));
            }
        }
    }

    fn counts(&self) -> serde_json::Value {
        json!({
            "dry_run": self.dry_run, "rows": self.rows, "filed": self.filed, "repeated": self.repeated, "known": self.known,
            "refused": self.refused,
        })
    }
}

fn told_columns(table: &Table) -> Vec<TableColumn> {
    let field_at = |at: usize| table.columns.0.iter().find(|(_, (column, _))| usize::from(*column) == at);
    let named = table.names.iter().enumerate().filter(|(_, name)| !name.is_empty());
    let told = named.filter_map(|(at, name)| {
        Some(TableColumn {
            column: column_name(u16::try_from(at).ok()?),
            heading: name.clone(),
            field: field_at(at).map(|(field, _)| (*field).to_owned()),
        })
    });
    told.collect()
}

/// Reads the first sheet people see, from the row that names the columns on.
fn read_table(bytes: &[u8], source: &str, hotlines: &HotlineBook) -> Result<Table, LinkageError> {
    let limits = Limits {
        file_bytes_max: TABLE_BYTES_MAX,
        text_bytes_max: TABLE_BYTES_MAX,
        unpacked_bytes_max: 20 * TABLE_BYTES_MAX,
        // The headings and what stands above them.
        rows_max: ROWS_MAX + 20,
        columns_max: COLUMNS_MAX,
        ..Limits::default()
    };
    let mut file = tempfile::tempfile().map_err(Fault::from)?;
    file.write_all(bytes).map_err(Fault::from)?;
    let book = Book::open_file(file, &limits).map_err(|e| unreadable(&e))?;
    let visible = book.sheets().iter().position(|sheet| !sheet.hidden);
    let sheet = visible.ok_or_else(no_columns)?;
    let header = book.find_header(sheet).map_err(|e| unreadable(&e))?.ok_or_else(no_columns)?;
    let columns = Columns::read(&header.names, hotlines);
    check_columns(&columns, hotlines)?;
    let mut rows = Vec::new();
    let mut is_cut = false;
    book.each_row(sheet, |row, cells| {
        if row <= header.row || cells.iter().all(sheets::Cell::is_empty) {
            return ControlFlow::Continue(());
        }
        is_cut = rows.len() >= ROWS_MAX as usize;
        if is_cut {
            return ControlFlow::Break(());
        }
        rows.push((row, read(row, cells, &columns, source, hotlines)));
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
    Ok(Table { sheet: book.sheets()[sheet].name.clone(), names: header.names, columns, rows })
}

fn unreadable(fault: &SheetFault) -> LinkageError {
    let words = fault.words();
    LinkageError::Invalid { field: "file", code: "linkage.bad_table", words }
}

fn no_columns() -> LinkageError {
    LinkageError::invalid(
        "file",
        "linkage.no_columns",
        "表里没有写明各列名称的一行。",
        "No row of the table names its columns.",
    )
}

fn check_columns(columns: &Columns, book: &HotlineBook) -> Result<(), LinkageError> {
    let missing: Vec<&str> = columns.missing().into_iter().map(|field| book.heading(field)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let names = missing.join("、");
    Err(LinkageError::invalid(
        "file",
        "linkage.columns_missing",
        format!("表里缺少这些列：{names}。"),
        format!("These columns are missing: {names}."),
    ))
}
