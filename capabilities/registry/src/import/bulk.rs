//! Records another system sends, some hundreds at a call: decided on as the rows of a table are, and saved in one write.

use super::deciding::{Decision, Outcome};
use super::draft::Draft;
use super::mapping::Mapping;
use super::save::{Ready, TRIES_MAX, count, is_overtaken, put, ready};
use super::seen::Seen;
use super::work::Work;
use super::{Batch, BatchId, BatchState, ImportBook, Report, Runs, Table};
use crate::access::SYNC;
use crate::commands::import::scopes_of;
use crate::error::RegistryError;
use crate::model::ActId;
use crate::store;
use ::store::Tx;
use axum::http::HeaderMap;
use edge::{Edge, Quota, Rates};
use platform::{Actor, Problem, Words};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sheets::{Cell, DateSystem};
use std::collections::HashSet;
use std::time::Duration;
use utoipa::ToSchema;

/// Lines of one call.
const LINES_MAX: usize = 500;
/// Calls of one key.
const CALLS: Quota = Quota { name: "registry.bulk", burst: 20, every: Duration::from_secs(3) };
/// As what the history names where these values are from.
const SENT_BY_API: &str = "接口报送";

/// Lines that were sent.
#[derive(Clone, Debug)]
pub(crate) struct Bulk {
    pub table: Table,
    /// Values by the keys of the table's columns.
    pub lines: Vec<Map<String, Value>>,
    pub takes_conflicts: bool,
}

/// What became of a line. Codes and columns, no value: the answer is remembered for a repeated call.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct LineOutcome {
    pub outcome: Outcome,
    pub troubles: Vec<LineTrouble>,
}

/// Why a line is in conflict or wrong.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct LineTrouble {
    /// Stable, as in the report of a table.
    pub code: String,
    /// The key of the column.
    pub column: Option<String>,
}

/// What became of all lines.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct BulkDone {
    pub act: ActId,
    pub lines: Vec<LineOutcome>,
}

/// Takes lines in: those that are right are saved, each of the others is answered why it is not.
///
/// # Errors
/// No right to it, no line or too many, a column the table does not have, a key used for other lines.
pub(crate) async fn take_bulk(
    edge: &Edge,
    actor: &Actor,
    headers: HeaderMap,
    request: &[u8],
    bulk: Bulk,
) -> Result<BulkDone, RegistryError> {
    let batch = batch_of(edge, actor, &bulk)?;
    let mapping = mapping_of(&edge.fixture::<ImportBook>(), &bulk)?;
    let key = actor.account.map(|id| id.to_string()).unwrap_or_default();
    edge.fixture::<Rates>().check(CALLS, &key, edge.now())?;
    let runs = edge.fixture::<Runs>();
    let _turn = runs.turn().await;
    let mut work = Work::begin(edge, actor.district, batch, mapping, DateSystem::default())?;
    let drafts = read(&work, &bulk.lines);
    work.load_for(&drafts).await?;
    let mut tries = 0;
    loop {
        let part = work.decide(&drafts, bulk.takes_conflicts, HashSet::new()).await?;
        let ready = ready(&work, part).await?;
        match save(&work, actor, &headers, request, ready).await {
            Err(error) if is_overtaken(&error) && tries < TRIES_MAX => {}
            ended => return ended,
        }
        tries += 1;
        work.load_for(&drafts).await?;
    }
}

/// The lines as a table that was sent and saved: found by its deed, and taken back as tables are.
fn batch_of(edge: &Edge, actor: &Actor, bulk: &Bulk) -> Result<Batch, RegistryError> {
    if !(1..=LINES_MAX).contains(&bulk.lines.len()) {
        return Err(RegistryError::invalid(
            "lines",
            "registry.bad_lines",
            "一次报送 1 到 500 条。",
            "Send 1 to 500 lines at a time.",
        ));
    }
    let now = edge.now();
    Ok(Batch {
        id: BatchId::new(now),
        table: bulk.table,
        state: BatchState::Saving,
        account: actor.account,
        by_name: actor.name.to_string(),
        scopes: scopes_of(actor, &SYNC)?,
        file_name: SENT_BY_API.to_owned(),
        sheet: 0,
        mapping: None,
        takes_conflicts: bulk.takes_conflicts,
        act: ActId::new(now),
        undo_act: ActId::new(now),
        rows: bulk.lines.len() as i64,
        rows_done: 0,
        undone_to: None,
        report: Report::default(),
        created_at: now,
        changed_at: now,
    })
}

/// Every column of the table stands for itself.
fn mapping_of(book: &ImportBook, bulk: &Bulk) -> Result<Mapping, RegistryError> {
    let table = book.table(bulk.table);
    let unknown = bulk.lines.iter().flat_map(Map::keys).find(|key| table.column(key).is_none());
    if let Some(key) = unknown {
        let words = Words::new(format!("没有“{key}”这一列。"), format!("There is no column {key}."));
        return Err(Problem::invalid("registry.no_such_column", "lines", words).into());
    }
    let keys: Vec<String> = table.columns.iter().map(|column| column.key.clone()).collect();
    Ok(Mapping { header_row: 0, columns: keys.iter().cloned().map(Some).collect(), heads: keys })
}

fn read(work: &Work, lines: &[Map<String, Value>]) -> Vec<Draft> {
    let (mut seen, origin) = (Seen::default(), work.origin());
    let draft = |(row, line): (u32, &Map<String, Value>)| {
        let cell = |key: &String| line.get(key).map_or(Cell::Empty, cell_of);
        let cells: Vec<Cell> = work.columns.mapping.heads.iter().map(cell).collect();
        let mut draft = Draft::read(&work.columns, row, &cells, &origin);
        seen.watch(&work.columns, &mut draft);
        draft
    };
    (1..).zip(lines).map(draft).collect()
}

/// A value as a cell of a table would hold it; a list as its entries one after the other.
fn cell_of(value: &Value) -> Cell {
    match value {
        Value::Null => Cell::Empty,
        Value::Bool(is_so) => Cell::Bool(*is_so),
        Value::Number(number) => Cell::from_text(number.to_string()),
        Value::String(text) => Cell::from_text(text),
        Value::Array(entries) => {
            let texts: Vec<&str> = entries.iter().filter_map(Value::as_str).collect();
            Cell::from_text(texts.join("、"))
        }
        Value::Object(_) => Cell::from_text(value.to_string()),
    }
}

async fn save(
    work: &Work,
    actor: &Actor,
    headers: &HeaderMap,
    request: &[u8],
    ready: Ready,
) -> Result<BulkDone, RegistryError> {
    let columns = &work.columns.mapping.heads;
    let done = BulkDone {
        act: work.batch.act,
        lines: ready.part.decisions.iter().map(|decision| outcome_of(columns, decision)).collect(),
    };
    let before = work.batch.clone();
    let mut after = Batch { state: BatchState::Saved, rows_done: before.rows, ..before.clone() };
    count(&mut after, &ready.part);
    let (headers, request) = (headers.clone(), request.to_vec());
    let write = work.edge.db.write(actor, async move |tx: &mut Tx| {
        let (before, after, ready, done) = (before.clone(), after.clone(), ready.clone(), done.clone());
        let work = async |tx: &mut Tx| {
            store::batches::insert(tx, &before).await?;
            put(tx, &before, &after, &ready).await?;
            Ok::<_, RegistryError>(done)
        };
        edge::idempotent(tx, &headers, &request, work).await
    });
    write.await
}

fn outcome_of(columns: &[String], decision: &Decision) -> LineOutcome {
    let column = |index: u16| columns.get(usize::from(index)).cloned();
    let troubles = decision.troubles.iter().map(|trouble| LineTrouble {
        code: trouble.code.to_owned(),
        column: trouble.column.and_then(column),
    });
    LineOutcome { outcome: decision.outcome, troubles: troubles.collect() }
}
