//! Taking a copy: who may, how much, written away from the request threads, and on record before it is handed out.

use super::columns::{self, Format, Line, Taken};
use super::{ExportId, KINDS, Noted, ROWS_MAX, ROWS_MAX_OF_DISTRICT, note_seen};
use crate::access::{EXPORT, VIEW};
use crate::catalogue::{Catalogue, FACTS_PART};
use crate::error::RegistryError;
use crate::facts::{ALARM, EXPORTED, RegistryFact};
use crate::import::Files;
use crate::model::{Kind, Record, RecordId};
use crate::queries::exports::{self, Cursor};
use crate::store;
use crate::view::Viewer;
use ::store::{Conn, Tx};
use axum::http::StatusCode;
use edge::{Edge, Quota, Rates};
use platform::{Actor, DistrictId, Fault, Problem, Time, Words};
use seal::{Keyring, Vault};
use serde_json::json;
use sheets::{BookWriter, Cell, Column, CsvWriter, JsonLinesWriter, RowWriter, Watermark};
use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Copies one account may take: some at once, then ten an hour.
const COPIES: Quota = Quota { name: "registry.exports", burst: 10, every: Duration::from_secs(360) };
const REASON_CHARS_MIN: usize = 5;
const REASON_CHARS_MAX: usize = 200;

/// What somebody wants to take along, and why.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    pub kind: Kind,
    pub area_path: String,
    /// Empty: all.
    pub columns: Vec<String>,
    pub format: Format,
    /// A key of the catalogue's purposes.
    pub purpose: String,
    pub reason: String,
    /// Sealed values to open.
    pub open: BTreeSet<String>,
}

/// A copy, ready to be handed out.
#[derive(Debug)]
pub(crate) struct Copied {
    pub id: ExportId,
    pub rows: i64,
    pub bytes: Vec<u8>,
}

/// Takes a copy of all live records of a kind in an area.
///
/// # Errors
/// No right to it (and the security administrator is told), no purpose that opens what is asked for, no reason, too many rows.
pub(crate) async fn take(edge: &Edge, actor: &Actor, order: Order) -> Result<Copied, RegistryError> {
    if !actor.holds_at(&EXPORT, &order.area_path) {
        return Err(refuse_and_tell(edge, actor, &order).await?);
    }
    let catalogue = edge.fixture::<Catalogue>();
    let columns = check_order(&catalogue, &order)?;
    edge.fixture::<Rates>().check(
        COPIES,
        &actor.account.map(|id| id.to_string()).unwrap_or_default(),
        edge.now(),
    )?;
    refuse_too_much(edge, actor, &order).await?;
    let id = ExportId::new(edge.now());
    let places = edge.fixture::<territory::Map>().of(actor.district);
    let viewer = Viewer { catalogue, places, reader: actor.clone(), now: edge.now() };
    let writing = Writing {
        district: actor.district,
        keys: edge.fixture::<Vault>().of(actor.district)?,
        viewer,
        columns,
        mark: mark_of(actor, id, &order, edge.now()),
        id,
        order: order.clone(),
    };
    let files = Files::of(edge, actor.district);
    let writing = Arc::new(writing);
    let read = async move |conn: &mut Conn| write_file(conn, &files, &writing).await;
    let (bytes, rows, people) = edge.db.read_long(read).await.map_err(RegistryError::Fault)?;
    note(edge, actor, id, order, rows, people).await?;
    Ok(Copied { id, rows, bytes })
}

/// A worker who asks for everything gets nothing, and it is told.
async fn refuse_and_tell(edge: &Edge, actor: &Actor, order: &Order) -> Result<RegistryError, RegistryError> {
    let data = json!({ "what": COPIES.name, "kind": order.kind, "format": order.format });
    let (subject, area) =
        (actor.account.map_or(RecordId(uuid::Uuid::nil()), |id| RecordId(id.0)), order.area_path.clone());
    let told = edge.db.write(actor, async move |tx: &mut Tx| {
        let fact = RegistryFact { name: ALARM, subject, area_path: Some(&area), data: data.clone() };
        tx.record(&fact).await.map(drop)
    });
    told.await.map_err(RegistryError::Fault)?;
    Ok(if actor.holds(&VIEW) { RegistryError::Forbidden(&EXPORT) } else { RegistryError::NotFound })
}

fn check_order(catalogue: &Catalogue, order: &Order) -> Result<Vec<Taken>, RegistryError> {
    let purpose = catalogue.purpose(&order.purpose).ok_or(RegistryError::NoPurpose)?;
    if !KINDS.contains(&order.kind) {
        return Err(RegistryError::invalid(
            "kind",
            "registry.no_copies",
            "这一类不能导出。",
            "There are no copies of this kind.",
        ));
    }
    let opens = |part: &String| {
        let is_sealed = catalogue.kind(order.kind).field(part).is_some_and(|field| field.sealed);
        // A contact of an organisation opens as a person's does.
        let known = if part == "contact" { "emergency_contact" } else { part.as_str() };
        is_sealed && part != FACTS_PART && purpose.opens.iter().any(|opened| opened == known)
    };
    if !order.open.iter().all(opens) {
        return Err(RegistryError::NoPurpose);
    }
    if !(REASON_CHARS_MIN..=REASON_CHARS_MAX).contains(&order.reason.trim().chars().count()) {
        return Err(RegistryError::invalid(
            "reason",
            "registry.bad_reason",
            "请用 5 到 200 个字写明导出的理由。",
            "State why in 5 to 200 characters.",
        ));
    }
    columns::chosen(catalogue, order.kind, &order.columns)
}

async fn refuse_too_much(edge: &Edge, actor: &Actor, order: &Order) -> Result<(), RegistryError> {
    let rows_max = if actor.holds_everywhere(&EXPORT) { ROWS_MAX_OF_DISTRICT } else { ROWS_MAX };
    let (district, kind, area) = (actor.district, order.kind, order.area_path.clone());
    let read = async move |conn: &mut Conn| exports::count(conn, district, kind, &area, rows_max + 1).await;
    let rows = edge.db.read_long(read).await.map_err(RegistryError::Fault)?;
    if rows <= rows_max {
        return Ok(());
    }
    let words = Words::new(
        format!("超过 {rows_max} 行。请分区域导出，或由区网格中心导出。"),
        format!("More than {rows_max} rows: take a smaller area, or ask the dispatcher."),
    );
    Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "registry.too_many_rows", words)
        .field("area_path")
        .with("rows_max", rows_max)
        .into())
}

fn mark_of(actor: &Actor, id: ExportId, order: &Order, now: Time) -> Watermark {
    let moment = now.local().strftime("%Y-%m-%d %H:%M").to_string();
    let mark = Watermark::of(&format!("{}（{id}）", actor.name), &moment, order.reason.trim());
    Watermark { in_first_row: true, ..mark }
}

/// All that the writing of a file needs.
struct Writing {
    district: DistrictId,
    keys: Arc<Keyring>,
    viewer: Viewer,
    columns: Vec<Taken>,
    mark: Watermark,
    id: ExportId,
    order: Order,
}

/// Writes the file; answers its bytes, the rows, and the people in it.
async fn write_file(
    conn: &mut Conn,
    files: &Files,
    writing: &Writing,
) -> Result<(Vec<u8>, i64, Vec<RecordId>), Fault> {
    let folder = files.scratch()?;
    let path = folder.path().join("copy");
    let mut writer = writer_of(&path, writing)?;
    let (kind, area) = (writing.order.kind, writing.order.area_path.as_str());
    let (mut rows, mut people, mut cursor) = (0, Vec::new(), Cursor::before(area));
    loop {
        let (records, next) =
            exports::page(conn, &writing.keys, writing.district, kind, area, cursor).await?;
        let records = usable(conn, writing, records).await?;
        rows += records.len() as i64;
        write_page(conn, &mut *writer, writing, &records).await?;
        if kind == Kind::Person {
            people.extend(records.iter().map(|record| record.id));
        }
        match next {
            Some(next) => cursor = next,
            None => break,
        }
    }
    writer.finish()?;
    Ok((std::fs::read(&path)?, rows, people))
}

/// The records that may be used: of people who asked that theirs are only stored nothing is taken along.
async fn usable(conn: &mut Conn, writing: &Writing, mut records: Vec<Record>) -> Result<Vec<Record>, Fault> {
    let people = records.iter().filter_map(Record::person);
    let restricted = store::rights::restricted_among(conn, writing.district, people).await?;
    records.retain(|record| record.person().is_none_or(|person| !restricted.contains(&person)));
    Ok(records)
}

fn writer_of(path: &Path, writing: &Writing) -> Result<Box<dyn RowWriter>, Fault> {
    let mut heads = columns::heads(&writing.columns);
    Ok(match writing.order.format {
        Format::Xlsx => Box::new(BookWriter::create_marked(path, &heads, &writing.mark)?),
        Format::Csv => {
            heads.push(Column::text("export", "导出编号"));
            Box::new(CsvWriter::create(path, &heads, true)?)
        }
        Format::Jsonl => {
            heads.push(Column::text("export", "导出编号"));
            Box::new(JsonLinesWriter::create(path, &heads)?)
        }
    })
}

async fn write_page(
    conn: &mut Conn,
    writer: &mut dyn RowWriter,
    writing: &Writing,
    records: &[Record],
) -> Result<(), Fault> {
    let homes = match writing.order.kind {
        Kind::Person => exports::homes_of(conn, &writing.keys, writing.district, records).await?,
        _ => HashMap::new(),
    };
    for record in records {
        let home = homes.get(&record.id);
        let own =
            matches!(record.kind, Kind::Dwelling | Kind::Place).then_some(record.content.label.as_str());
        let address = own.or(home.map(|(_, address)| address.as_str())).unwrap_or_default();
        let line = Line { record, address, residence: home.map(|(residence, _)| residence) };
        let mut cells = columns::cells(&writing.columns, &writing.viewer, &line, &writing.order.open);
        if writing.order.format != Format::Xlsx {
            cells.push(Cell::from_text(writing.id.to_string()));
        }
        writer.add_row(&cells)?;
    }
    Ok(())
}

async fn note(
    edge: &Edge,
    actor: &Actor,
    id: ExportId,
    order: Order,
    rows: i64,
    people: Vec<RecordId>,
) -> Result<(), RegistryError> {
    let written = edge.db.write(actor, async move |tx: &mut Tx| {
        let noted = Noted {
            id,
            kind: order.kind,
            area_path: order.area_path.clone(),
            purpose: order.purpose.clone(),
            opened: order.open.iter().cloned().collect(),
            reason: order.reason.trim().to_owned(),
            rows,
            device: None,
        };
        note_seen(tx, noted, &people).await?;
        let data = json!({ "kind": order.kind, "rows": rows, "purpose": order.purpose, "opened": order.open, "format": order.format });
        let fact =
            RegistryFact { name: EXPORTED, subject: RecordId(id.0), area_path: Some(&order.area_path), data };
        Ok::<_, RegistryError>(tx.record(&fact).await.map(drop)?)
    });
    written.await
}
