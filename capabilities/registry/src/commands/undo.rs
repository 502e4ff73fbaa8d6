//! Undoing a deed: every record it changed is as it was before, every record it made is taken back. Itself a deed, and can be undone.

use super::tell_apart::turn;
use crate::access::{EDIT, require};
use crate::error::RegistryError;
use crate::facts::{RegistryFact, UNDONE};
use crate::model::{ActId, Content, Record, RecordId, State};
use crate::store;
use ::store::Tx;
use axum::http::StatusCode;
use platform::{Permission, Problem, Words};
use serde_json::json;
use uuid::Uuid;

/// What one step of undoing did.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Undone {
    pub act: ActId,
    pub records: usize,
    /// The last record looked at; none where nothing is left. A large deed (an import) is undone in several writes.
    pub go_on_after: Option<RecordId>,
}

/// Steps of one write; what is larger is a table, and taken back as one.
const STEPS_MAX: usize = 10;

/// Undoes a deed. A record changed by a later deed stands in the way, and then nothing is undone.
///
/// # Errors
/// `registry.changed_since` with the records; `registry.nothing_to_undo` where no such deed is; `registry.undo_as_table` where it
/// changed more records than one write should.
pub async fn undo(tx: &mut Tx, act: ActId) -> Result<Undone, RegistryError> {
    if let Some(pair) = store::apart::of_act(tx, act).await? {
        return turn(tx, &pair).await;
    }
    let (mut after, new_act, mut records) = (RecordId(Uuid::nil()), ActId::new(tx.now()), 0);
    for _ in 0..STEPS_MAX {
        let done = undo_step(tx, act, after, new_act, &EDIT).await?;
        records += done.records;
        match done.go_on_after {
            Some(last) => after = last,
            None if records == 0 => return Err(RegistryError::NothingToUndo),
            None => return Ok(Undone { records, ..done }),
        }
    }
    let words = Words::of(
        "这次操作涉及的记录太多，请在导入页面整批撤销。",
        "This deed changed too many records; take its table back instead.",
    );
    Err(Problem::new(StatusCode::CONFLICT, "registry.undo_as_table", words).into())
}

/// One step of undoing a deed that changed more records than one write should.
///
/// # Errors
/// As [`undo`].
pub async fn undo_step(
    tx: &mut Tx,
    act: ActId,
    after: RecordId,
    new_act: ActId,
    permission: &'static Permission,
) -> Result<Undone, RegistryError> {
    let mut changed = store::changes_of_act(tx, act, after).await?;
    let mut entered = store::entered_by_act(tx, act, after).await?;
    let go_on_after = cut_together(&mut changed, &mut entered);
    let in_the_way = later_changes(tx, &changed, &entered).await?;
    if !in_the_way.is_empty() {
        return Err(RegistryError::ChangedSince { records: in_the_way });
    }
    let mut first = None;
    for (change, before) in &changed {
        let record = load(tx, change.record_id, permission).await?;
        let restored = restore(tx, &record, before.clone(), new_act).await?;
        first.get_or_insert(restored);
    }
    for (id, _) in &entered {
        let record = load(tx, *id, permission).await?;
        let withdrawn = Content { state: State::Withdrawn, ..record.content.clone() };
        let restored = restore(tx, &record, withdrawn, new_act).await?;
        first.get_or_insert(restored);
    }
    let records = changed.len() + entered.len();
    if let Some(first) = &first {
        let data = json!({ "act": new_act, "undone": act, "records": records });
        tx.record(&RegistryFact::of(UNDONE, first, data)).await?;
    }
    Ok(Undone { act: new_act, records, go_on_after })
}

/// Both lists go by id: where one was cut, the other ends there too, and the next step begins after it.
fn cut_together(
    changed: &mut Vec<(store::ChangeRow, Content)>,
    entered: &mut Vec<(RecordId, i64)>,
) -> Option<RecordId> {
    let full = usize::try_from(store::ACT_ROWS_MAX).unwrap_or(usize::MAX);
    let changed_to = changed.last().map(|(change, _)| change.record_id).filter(|_| changed.len() >= full);
    let entered_to = entered.last().map(|(id, _)| *id).filter(|_| entered.len() >= full);
    let end = match (changed_to, entered_to) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }?;
    changed.retain(|(change, _)| change.record_id <= end);
    entered.retain(|(id, _)| *id <= end);
    Some(end)
}

async fn load(tx: &mut Tx, id: RecordId, permission: &'static Permission) -> Result<Record, RegistryError> {
    let record = store::load(tx, id).await?.ok_or(RegistryError::NotFound)?;
    require(tx.actor(), permission, &record.content.area_path)?;
    Ok(record)
}

/// Records a later deed changed.
async fn later_changes(
    tx: &mut Tx,
    changed: &[(store::ChangeRow, Content)],
    entered: &[(RecordId, i64)],
) -> Result<Vec<RecordId>, RegistryError> {
    let mut later: Vec<_> = entered.iter().filter(|(_, version)| *version != 1).map(|(id, _)| *id).collect();
    for (change, _) in changed {
        let now = store::load(tx, change.record_id).await?;
        if now.is_none_or(|record| record.version != change.version) {
            later.push(change.record_id);
        }
    }
    Ok(later)
}

async fn restore(
    tx: &mut Tx,
    record: &Record,
    content: Content,
    act: ActId,
) -> Result<Record, RegistryError> {
    let after = record.next(content, act, tx.now());
    store::save(tx, record, &after).await?;
    Ok(after)
}
