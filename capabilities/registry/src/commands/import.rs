//! A table that is brought in, step by step: sent, its columns confirmed, checked, saved, taken back, thrown away. Each step is its
//! sender's; the long ones run in the background.

use crate::access::IMPORT;
use crate::error::RegistryError;
use crate::facts::{BatchFact, TABLE_DROPPED, TABLE_SENT};
use crate::import::{
    self, Batch, BatchId, BatchState, EVERYWHERE, FILE_NAME_CHARS_MAX, FilePart, Files, ImportBook, Mapping,
    Report, Runs, Table, TableBook, check_mapping, heads_hash, load, open_book, refused, suggest,
};
use crate::model::ActId;
use crate::queries::batches;
use crate::store;
use ::store::{Conn, Tx};
use axum::http::StatusCode;
use edge::Edge;
use platform::{Actor, ActorKind, Fault, Permission, Problem, Scope, Words};
use seal::Vault;
use sheets::{Book, Cell, Limits, SheetFault};
use std::ops::ControlFlow;

/// A table as it was sent.
#[derive(Clone, Debug)]
pub struct Sent {
    pub table: Table,
    pub file_name: String,
    pub bytes: Vec<u8>,
}

/// Takes a table in: it is opened, its heads are found, and a reading of its columns is suggested. Nothing of its rows is looked at.
///
/// # Errors
/// No right to it; a file that is no spreadsheet, too large, broken, or has no heads.
pub async fn send_table(edge: &Edge, actor: &Actor, sent: Sent) -> Result<Batch, RegistryError> {
    let scopes = scopes_of(actor, &IMPORT)?;
    let (district, now) = (actor.district, edge.now());
    let (files, keys) = (Files::of(edge, district), edge.fixture::<Vault>().of(district)?);
    let id = BatchId::new(now);
    let opening = {
        let (files, keys, known) = (files.clone(), keys.clone(), edge.fixture::<ImportBook>());
        tokio::task::spawn_blocking(move || {
            let book = Book::open_file(files.nameless(&sent.bytes)?, &Limits::default()).map_err(refused)?;
            let found = likeliest_sheet(&book, known.table(sent.table))?;
            files.keep(&keys, id, FilePart::Table, &sent.bytes)?;
            Ok::<_, RegistryError>((
                found,
                book.sheets().iter().filter_map(|sheet| sheet.rows).max().unwrap_or(0),
            ))
        })
    };
    let opened = opening.await.map_err(|e| Fault::broken("a table was not opened").because(e))?;
    let ((sheet, header_row, heads), rows) = opened?;
    let batch = Batch {
        id,
        table: sent.table,
        state: BatchState::Sent,
        account: actor.account,
        by_name: actor.name.to_string(),
        scopes,
        file_name: sent.file_name.chars().filter(|c| !c.is_control()).take(FILE_NAME_CHARS_MAX).collect(),
        sheet,
        mapping: Some(reading_of(edge, actor, sent.table, header_row, heads).await?),
        takes_conflicts: false,
        act: ActId::new(now),
        undo_act: ActId::new(now),
        rows: i64::from(rows),
        rows_done: 0,
        undone_to: None,
        report: Report::default(),
        created_at: now,
        changed_at: now,
    };
    let saved = batch.clone();
    edge.db
        .write(actor, async move |tx: &mut Tx| {
            store::batches::insert(tx, &saved).await?;
            store::batches::save(tx, &saved, &saved).await?;
            tx.record(&BatchFact::of(TABLE_SENT, &saved)).await.map(drop)
        })
        .await
        .map_err(RegistryError::Fault)?;
    Ok(batch)
}

/// A sheet of a workbook, and how its columns may be read.
#[derive(Clone, Debug)]
pub struct Sheet {
    pub name: String,
    /// Hidden from people who open the file: it is read only where somebody chooses it.
    pub is_hidden: bool,
    /// Rows that hold anything; not known of a hidden sheet.
    pub rows: Option<u32>,
    /// None where no row names columns.
    pub mapping: Option<Mapping>,
}

/// The sheets of a table that was sent, to choose one.
///
/// # Errors
/// It is not the sender who asks; the file is gone or cannot be read.
pub async fn sheets_of(edge: &Edge, actor: &Actor, id: BatchId) -> Result<Vec<Sheet>, RegistryError> {
    /// Sheets whose heads are looked for.
    const SHEETS_MAX: usize = 50;
    let batch = own(edge, actor, id).await?;
    let keys = edge.fixture::<Vault>().of(actor.district)?;
    let book = open_book(&Files::of(edge, actor.district), &keys, id).await?;
    let reading = tokio::task::spawn_blocking(move || {
        let all = book.sheets().iter().enumerate().take(SHEETS_MAX);
        all.map(|(index, info)| Ok((info.clone(), heads_of(&book, index)?)))
            .collect::<Result<Vec<_>, SheetFault>>()
    });
    let read =
        reading.await.map_err(|e| Fault::broken("a table was not read").because(e))?.map_err(refused)?;
    let mut sheets = Vec::with_capacity(read.len());
    for (info, heads) in read {
        let mapping = match heads {
            Some((row, heads)) => Some(reading_of(edge, actor, batch.table, row, heads).await?),
            None => None,
        };
        sheets.push(Sheet { name: info.name, is_hidden: info.hidden, rows: info.rows, mapping });
    }
    Ok(sheets)
}

/// The row of a sheet that names its columns, and the names.
fn heads_of(book: &Book, sheet: usize) -> Result<Option<(u32, Vec<String>)>, SheetFault> {
    let guess = book.find_header(sheet)?;
    guess.map(|guess| Ok((guess.row, heads_at(book, sheet, guess.row)?))).transpose()
}

/// How the columns of a sheet with these heads were read the last time; else what the heads suggest.
async fn reading_of(
    edge: &Edge,
    actor: &Actor,
    table: Table,
    header_row: u32,
    heads: Vec<String>,
) -> Result<Mapping, RegistryError> {
    let (district, hash) = (actor.district, heads_hash(&heads));
    let read = async move |conn: &mut Conn| batches::layout(conn, district, table, hash.clone()).await;
    let known = edge.db.read(read).await.map_err(RegistryError::Fault)?;
    let book = edge.fixture::<ImportBook>();
    let known = known.filter(|known| check_mapping(&book, table, known, &heads).is_ok());
    let columns = known.map_or_else(|| suggest(book.table(table), &heads), |known| known.columns);
    Ok(Mapping { header_row, heads, columns })
}

/// Confirms how the columns are read, and begins the check. The reading is remembered for sheets with the same heads.
///
/// # Errors
/// `registry.other_sheet` for a mapping that is of another sheet, and what else [`Mapping`] refuses.
pub async fn check_table(
    edge: &Edge,
    actor: &Actor,
    id: BatchId,
    sheet: usize,
    mapping: Mapping,
) -> Result<Batch, RegistryError> {
    let batch = own(edge, actor, id).await?;
    let may_be = matches!(batch.state, BatchState::Sent | BatchState::Checked | BatchState::Stopped);
    if !may_be || batch.rows_done > 0 {
        return Err(not_now(batch.state));
    }
    let keys = edge.fixture::<Vault>().of(actor.district)?;
    let book = open_book(&Files::of(edge, actor.district), &keys, id).await?;
    let header_row = mapping.header_row;
    let reading = tokio::task::spawn_blocking(move || heads_at(&book, sheet, header_row));
    let heads =
        reading.await.map_err(|e| Fault::broken("a table was not read").because(e))?.map_err(refused)?;
    check_mapping(&edge.fixture::<ImportBook>(), batch.table, &mapping, &heads)?;
    let mut after =
        Batch { state: BatchState::Checking, sheet, mapping: Some(mapping.clone()), ..batch.clone() };
    after.report = Report::default();
    let (before, saved, hash) = (batch, after.clone(), heads_hash(&heads));
    let write = edge.db.write(actor, async move |tx: &mut Tx| {
        store::batches::save_layout(tx, saved.table, hash.clone(), mapping.clone()).await?;
        store::batches::save(tx, &before, &saved).await
    });
    began(edge, actor, after, write.await.map_err(RegistryError::Fault)?)
}

/// Begins to save the rows that are right; those in conflict with the register too where the sender says that the table is right.
///
/// # Errors
/// It was not checked yet, or is under way.
pub async fn save_table(
    edge: &Edge,
    actor: &Actor,
    id: BatchId,
    takes_conflicts: bool,
) -> Result<Batch, RegistryError> {
    let before = own(edge, actor, id).await?;
    let may_be = matches!(before.state, BatchState::Checked | BatchState::Stopped);
    if !may_be || before.report.checked.rows == 0 {
        return Err(not_now(before.state));
    }
    // What was begun goes on as it was begun.
    let takes_conflicts = if before.rows_done > 0 { before.takes_conflicts } else { takes_conflicts };
    let mut after = Batch { state: BatchState::Saving, takes_conflicts, ..before.clone() };
    after.report.stopped = None;
    step(edge, actor, before, after).await
}

/// Begins to take everything back that the table brought.
///
/// # Errors
/// `registry.changed_since` where a later deed changed one of its records; nothing is undone then.
pub async fn undo_table(edge: &Edge, actor: &Actor, id: BatchId) -> Result<Batch, RegistryError> {
    let before = own(edge, actor, id).await?;
    if !matches!(before.state, BatchState::Saved | BatchState::Stopped) || before.rows_done == 0 {
        return Err(not_now(before.state));
    }
    let (district, act) = (actor.district, before.act);
    if before.undone_to.is_none() {
        let read = async move |conn: &mut Conn| batches::changed_since(conn, district, act).await;
        let records = edge.db.read_long(read).await.map_err(RegistryError::Fault)?;
        if !records.is_empty() {
            return Err(RegistryError::ChangedSince { records });
        }
    }
    let mut after = Batch { state: BatchState::Undoing, ..before.clone() };
    after.report.stopped = None;
    step(edge, actor, before, after).await
}

/// Throws a table away of which nothing was saved.
///
/// # Errors
/// It is under way, or was saved.
pub async fn drop_table(edge: &Edge, actor: &Actor, id: BatchId) -> Result<Batch, RegistryError> {
    let before = own(edge, actor, id).await?;
    let may_be = matches!(before.state, BatchState::Sent | BatchState::Checked | BatchState::Stopped);
    if !may_be || before.rows_done > 0 {
        return Err(not_now(before.state));
    }
    let after = Batch { state: BatchState::Dropped, report: Report::default(), ..before.clone() };
    let saved = after.clone();
    let write = edge.db.write(actor, async move |tx: &mut Tx| {
        let is_saved = store::batches::save(tx, &before, &saved).await?;
        tx.record(&BatchFact::of(TABLE_DROPPED, &saved)).await?;
        Ok::<_, Fault>(is_saved)
    });
    if !write.await.map_err(RegistryError::Fault)? {
        return Err(not_now(BatchState::Checking));
    }
    Files::of(edge, actor.district).remove(id, &[FilePart::Table, FilePart::Errors]);
    Ok(after)
}

/// The workbook of the rows at fault; nothing where none is.
///
/// # Errors
/// It is not the sender who asks.
pub async fn errors_of(edge: &Edge, actor: &Actor, id: BatchId) -> Result<Vec<u8>, RegistryError> {
    own(edge, actor, id).await?;
    let keys = edge.fixture::<Vault>().of(actor.district)?;
    let found = Files::of(edge, actor.district).read(&keys, id, FilePart::Errors)?;
    found.map(|bytes| bytes.to_vec()).ok_or(RegistryError::NotFound)
}

/// The batch of the one who asks.
///
/// # Errors
/// It is somebody else's, or not there.
pub async fn own(edge: &Edge, actor: &Actor, id: BatchId) -> Result<Batch, RegistryError> {
    scopes_of(actor, &IMPORT)?;
    let (batch, _) = load(edge, actor.district, id).await?;
    if batch.account == actor.account { Ok(batch) } else { Err(RegistryError::NotFound) }
}

async fn step(edge: &Edge, actor: &Actor, before: Batch, after: Batch) -> Result<Batch, RegistryError> {
    let saved = after.clone();
    let write =
        edge.db.write(actor, async move |tx: &mut Tx| store::batches::save(tx, &before, &saved).await);
    began(edge, actor, after, write.await.map_err(RegistryError::Fault)?)
}

/// The work goes on in the background; the command line does it itself.
fn began(edge: &Edge, actor: &Actor, batch: Batch, is_saved: bool) -> Result<Batch, RegistryError> {
    if !is_saved {
        return Err(not_now(batch.state));
    }
    if actor.kind != ActorKind::System {
        edge.fixture::<Runs>().start(edge, actor.district, batch.id, batch.state);
    }
    Ok(batch)
}

/// The areas the actor may bring records into.
///
/// # Errors
/// None at all.
pub(crate) fn scopes_of(
    actor: &Actor,
    permission: &'static Permission,
) -> Result<Vec<String>, RegistryError> {
    if actor.holds_everywhere(permission) {
        return Ok(vec![EVERYWHERE.to_owned()]);
    }
    let path = |scope: &Scope| match scope {
        Scope::Area { path } => Some(path.clone()),
        _ => None,
    };
    let paths: Vec<String> = actor.scopes(permission).filter_map(path).collect();
    if paths.is_empty() { Err(RegistryError::Forbidden(permission)) } else { Ok(paths) }
}

fn not_now(state: BatchState) -> RegistryError {
    let words =
        Words::of("这张表现在不能做这一步，请刷新后再看。", "This step is not possible now; look again.");
    Problem::new(StatusCode::CONFLICT, "registry.not_now", words).with("state", state).into()
}

/// The sheet whose heads name most columns of the table, the first of several: a cover names none. Hidden ones are left alone.
fn likeliest_sheet(book: &Book, table: &TableBook) -> Result<(usize, u32, Vec<String>), RegistryError> {
    let (mut found, mut most) = (None, 0);
    let is_shown = |sheet: &&(usize, &sheets::SheetInfo)| sheet.1.rows.is_some_and(|rows| rows > 0);
    for (index, _) in book.sheets().iter().enumerate().filter(|sheet| is_shown(&sheet)) {
        let Some((row, heads)) = heads_of(book, index).map_err(refused)? else { continue };
        let known = suggest(table, &heads).iter().flatten().count();
        if found.is_none() || known > most {
            (found, most) = (Some((index, row, heads)), known);
        }
    }
    let words = Words::of(
        "没有找到表头：第一行要写各列的名称。",
        "No heads were found: a row must name the columns.",
    );
    Ok(found.ok_or_else(|| Problem::invalid("registry.no_heads", "file", words))?)
}

/// The heads in a row of a sheet; a name broken over two lines is one name.
fn heads_at(book: &Book, sheet: usize, header_row: u32) -> Result<Vec<String>, SheetFault> {
    let mut heads = Vec::new();
    let head_of = |cell: &Cell| cell.text().split(['\r', '\n']).map(str::trim).collect::<String>();
    book.each_row(sheet, |row, cells| {
        if row == header_row {
            heads = cells.iter().map(head_of).collect();
        }
        if row < header_row { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    Ok(heads)
}

/// Writes the empty table of a kind into a folder; answers its bytes.
///
/// # Errors
/// The disk.
pub async fn template_of(edge: &Edge, actor: &Actor, table: Table) -> Result<Vec<u8>, RegistryError> {
    let files = Files::of(edge, actor.district);
    let (book, catalogue) = (edge.fixture::<ImportBook>(), edge.fixture::<crate::Catalogue>());
    let writing = tokio::task::spawn_blocking(move || {
        let folder = files.scratch()?;
        let path = folder.path().join("template.xlsx");
        import::write_template(&path, book.table(table), &catalogue)?;
        Ok::<_, Fault>(std::fs::read(&path)?)
    });
    let written = writing.await.map_err(|e| Fault::broken("a template was not written").because(e))?;
    Ok(written?)
}
