//! The rows that are right go into the register: part by part, each part one write that also says how far the table is. After a
//! break, even a killed server, it goes on where it was. While a part is written, the next one is decided on.

use super::deciding::{Decision, Outcome, Part};
use super::files;
use super::reading::Rows;
use super::work::{Work, actor_of, refused};
use super::{Batch, BatchId, BatchState};
use crate::error::RegistryError;
use crate::facts::{BatchFact, SAVED};
use crate::model::RecordId;
use crate::store;
use ::store::{Db, Tx};
use edge::Edge;
use platform::{DistrictId, Fault, FaultKind};
use std::collections::HashSet;
use std::ops::ControlFlow;
use std::sync::Arc;
use tokio::task::JoinHandle;

/// How often a part is decided anew because somebody changed the same records meanwhile.
pub(super) const TRIES_MAX: u32 = 5;

/// A part that was decided on, ready to be written.
#[derive(Clone)]
pub(super) struct Ready {
    pub part: Arc<Part>,
    rows: Arc<store::Rows>,
}

/// A part that is being written.
struct Writing {
    rows: Arc<Rows>,
    part: Arc<Part>,
    written: JoinHandle<Result<Batch, RegistryError>>,
}

/// Saves a batch that is in the state `saving`. `tell` hears how many rows are done, and may break off between two parts.
///
/// # Errors
/// The file is gone or cannot be read; the batch is not to be saved, or another server works at it.
pub async fn save_batch(
    edge: &Edge,
    district: DistrictId,
    id: BatchId,
    tell: &mut (dyn FnMut(i64) -> ControlFlow<()> + Send),
) -> Result<Batch, RegistryError> {
    let (mut work, book) = Work::open(edge, district, id).await?;
    if work.batch.state != BatchState::Saving {
        return Err(RegistryError::NotFound);
    }
    let (mut rows, reading) = work.read(book);
    let rows_done = work.batch.rows_done;
    let mut writing: Option<Writing> = None;
    while let Some(rows) = rows.recv().await {
        let Some(rows) = rest_of(rows, rows_done).map(Arc::new) else { continue };
        let ahead = decide(&mut work, &rows, writing.as_ref()).await?;
        let ready = match writing.take() {
            None => ahead,
            Some(before) => {
                let held = finish(&mut work, before).await?;
                if tell(work.batch.rows_done).is_break() {
                    return Ok(work.batch);
                }
                // What was decided rests on a part that came out otherwise.
                if held { ahead } else { decide(&mut work, &rows, None).await? }
            }
        };
        writing = Some(begin(&work, rows, ready));
    }
    if let Some(last) = writing {
        finish(&mut work, last).await?;
        if tell(work.batch.rows_done).is_break() {
            return Ok(work.batch);
        }
    }
    reading.await.map_err(|e| Fault::broken("reading a table broke off").because(e))?.map_err(refused)?;
    let saved = Batch { state: BatchState::Saved, ..work.batch.clone() };
    let nothing = ready(&work, Part::default()).await?;
    work.batch = write(work.edge.db.clone(), work.district, work.batch.clone(), saved, nothing).await?;
    work.files.remove(id, &[files::Part::Table]);
    learn(&work).await;
    Ok(work.batch)
}

/// After a large table the database plans by what is there now. Where it cannot, it does so later by itself.
async fn learn(work: &Work) {
    /// Records below which nothing changes about the plans.
    const RECORDS_MIN: i64 = 10_000;
    if work.batch.report.records < RECORDS_MIN {
        return;
    }
    if let Err(fault) = work.edge.db.learn(&store::LOADED).await {
        tracing::warn!(%fault, "the database has not counted its tables anew");
    }
}

/// What an earlier run did not save of a part, however it cut the table. The rest is only read again: later rows are checked against it.
fn rest_of(mut rows: Rows, rows_done: i64) -> Option<Rows> {
    let done = usize::try_from(rows_done - rows.before).unwrap_or(0).min(rows.drafts.len());
    rows.drafts.drain(..done);
    rows.before += done as i64;
    (!rows.drafts.is_empty()).then_some(rows)
}

/// Decides on a part as if the one that is being written were there.
async fn decide(work: &mut Work, rows: &Rows, before: Option<&Writing>) -> Result<Ready, RegistryError> {
    work.follow().await?;
    let touched: HashSet<RecordId> = before.map(|before| before.part.touched()).unwrap_or_default();
    let part = work.decide(&rows.drafts, work.batch.takes_conflicts, touched).await?;
    ready(work, part).await
}

/// Seals and spells out what is new, so that the write only writes.
pub(super) async fn ready(work: &Work, part: Part) -> Result<Ready, RegistryError> {
    let (catalogue, keys, district) = (work.columns.catalogue.clone(), work.keys.clone(), work.district);
    let sealing = tokio::task::spawn_blocking(move || {
        let rows = store::Rows::of(&catalogue, &keys, district, &part.new)?;
        Ok::<_, Fault>(Ready { part: Arc::new(part), rows: Arc::new(rows) })
    });
    Ok(sealing.await.map_err(|e| Fault::broken("sealing a part of a table broke off").because(e))??)
}

fn begin(work: &Work, rows: Arc<Rows>, ready: Ready) -> Writing {
    let mut after = work.batch.clone();
    after.rows_done = rows.before + rows.drafts.len() as i64;
    count(&mut after, &ready.part);
    let (db, before, part) = (work.edge.db.clone(), work.batch.clone(), ready.part.clone());
    let written = tokio::spawn(write(db, work.district, before, after, ready));
    Writing { rows, part, written }
}

/// Waits for a part. Where somebody changed the same records meanwhile, it is decided on anew, and whether it held as it was decided
/// first is told.
async fn finish(work: &mut Work, writing: Writing) -> Result<bool, RegistryError> {
    let Writing { rows, written, .. } = writing;
    let mut written = written.await.map_err(|e| Fault::broken("writing a table broke off").because(e))?;
    let mut tries = 0;
    loop {
        match written {
            Ok(batch) => {
                work.batch = batch;
                return Ok(tries == 0);
            }
            Err(e) if tries == TRIES_MAX || !is_overtaken(&e) => return Err(e),
            Err(_) => tries += 1,
        }
        // Somebody was faster: what was decided never happened, and the places it made are not there.
        work.load_register().await?;
        let ready = decide(work, &rows, None).await?;
        let again = begin(work, rows.clone(), ready);
        written = again.written.await.map_err(|e| Fault::broken("writing a table broke off").because(e))?;
    }
}

pub(super) fn is_overtaken(error: &RegistryError) -> bool {
    match error {
        RegistryError::Stale { .. } => true,
        RegistryError::Fault(fault) => fault.kind() == FaultKind::Contention,
        _ => false,
    }
}

pub(super) fn count(batch: &mut Batch, part: &Part) {
    for Decision { outcome, .. } in &part.decisions {
        batch.report.saved.add(*outcome);
    }
    batch.report.records += (part.new.len() + part.changed.len()) as i64;
}

/// One write: the records, how far the table is, and the fact.
async fn write(
    db: Db,
    district: DistrictId,
    before: Batch,
    after: Batch,
    ready: Ready,
) -> Result<Batch, RegistryError> {
    let (actor, answer) = (actor_of(district, &before), after.clone());
    db.write(&actor, async move |tx: &mut Tx| put(tx, &before, &after, &ready).await).await?;
    Ok(answer)
}

/// Writes a part: how far its table is, what it makes and changes, and the fact.
pub(super) async fn put(
    tx: &mut Tx,
    before: &Batch,
    after: &Batch,
    ready: &Ready,
) -> Result<(), RegistryError> {
    let Ready { part, rows } = ready;
    if !store::batches::save(tx, before, after).await? {
        return Err(RegistryError::NotFound);
    }
    store::insert_rows(tx, rows).await?;
    for (old, new) in &part.changed {
        store::save(tx, old, new).await?;
    }
    let is_any = part.decisions.iter().any(|d| matches!(d.outcome, Outcome::New | Outcome::Changed));
    if is_any || after.state == BatchState::Saved {
        tx.record(&BatchFact::of(SAVED, after)).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    //! A table goes on at its next row, wherever an earlier run had cut it.
    use super::super::draft::Draft;
    use super::{Rows, rest_of};

    fn part(before: u32, count: u32) -> Rows {
        let draft = |row| Draft {
            row,
            cells: Vec::new(),
            values: Default::default(),
            address: None,
            household: String::new(),
            from_on: None,
            area: String::new(),
            point: None,
            troubles: Vec::new(),
        };
        Rows { before: i64::from(before), drafts: (before + 1..=before + count).map(draft).collect() }
    }

    /// The rows that are still to be saved of all parts, by their numbers.
    fn left(parts: &[u32], rows_done: i64) -> Vec<u32> {
        let mut before = 0;
        let mut rows = Vec::new();
        for count in parts {
            let rest = rest_of(part(before, *count), rows_done);
            if let Some(rest) = &rest {
                assert_eq!(
                    rest.before + 1,
                    i64::from(rest.drafts[0].row),
                    "a part knows what came before it"
                );
            }
            rows.extend(rest.into_iter().flat_map(|rest| rest.drafts).map(|draft| draft.row));
            before += count;
        }
        rows
    }

    #[test]
    fn every_row_is_saved_once_however_the_table_was_cut() {
        for parts in [&[4, 4, 2][..], &[3, 3, 3, 1], &[10], &[1; 10]] {
            for rows_done in 0..=10 {
                let expected: Vec<u32> = (rows_done as u32 + 1..=10).collect();
                assert_eq!(left(parts, rows_done), expected, "{parts:?} after {rows_done}");
            }
        }
    }
}
