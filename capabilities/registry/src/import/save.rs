//! The rows that are right go into the register: part by part, each part one write that also says how far the table is. After a
//! break, even a killed server, it goes on where it was.

use super::deciding::{Decision, Outcome, Part};
use super::files;
use super::reading::{self, Rows};
use super::work::{Work, actor_of, refused};
use super::{Batch, BatchId, BatchState};
use crate::error::RegistryError;
use crate::facts::{BatchFact, SAVED};
use crate::store;
use ::store::Tx;
use edge::Edge;
use platform::{DistrictId, Fault, FaultKind};
use std::ops::ControlFlow;
use std::sync::Arc;

/// How often a part is decided anew because somebody changed the same records meanwhile.
const TRIES_MAX: u32 = 5;

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
    let (mut rows, reading) = reading::read(book, work.batch.sheet, work.columns.clone(), work.origin());
    while let Some(rows) = rows.recv().await {
        // What an earlier run saved is only read again: later rows are checked against it.
        if rows.before < work.batch.rows_done {
            continue;
        }
        save_part(&mut work, &rows).await?;
        if tell(work.batch.rows_done).is_break() {
            return Ok(work.batch);
        }
    }
    reading.await.map_err(|e| Fault::broken("reading a table broke off").because(e))?.map_err(refused)?;
    let saved = Batch { state: BatchState::Saved, ..work.batch.clone() };
    write(&mut work, saved, Part::default()).await?;
    work.files.remove(id, &[files::Part::Table]);
    Ok(work.batch)
}

async fn save_part(work: &mut Work, rows: &Rows) -> Result<(), RegistryError> {
    let mut tries = 0;
    loop {
        work.follow().await?;
        let part = work.decide(&rows.drafts, work.batch.takes_conflicts).await?;
        let mut after = work.batch.clone();
        after.rows_done = rows.before + rows.drafts.len() as i64;
        count(&mut after, &part);
        match write(work, after, part).await {
            Err(RegistryError::Stale { .. }) if tries < TRIES_MAX => {}
            Err(RegistryError::Fault(fault))
                if fault.kind() == FaultKind::Contention && tries < TRIES_MAX => {}
            ended => return ended,
        }
        tries += 1;
        // Somebody was faster: what was decided never happened, and the places it made are not there.
        work.load_register().await?;
    }
}

fn count(batch: &mut Batch, part: &Part) {
    for Decision { outcome, .. } in &part.decisions {
        batch.report.saved.add(*outcome);
    }
    batch.report.records += (part.new.len() + part.changed.len()) as i64;
}

/// One write: the records, how far the table is, and the fact.
async fn write(work: &mut Work, after: Batch, part: Part) -> Result<(), RegistryError> {
    let actor = actor_of(work.district, &work.batch);
    let (before, part) = (work.batch.clone(), Arc::new(part));
    let answer = after.clone();
    work.edge
        .db
        .write(&actor, async move |tx: &mut Tx| {
            if !store::batches::save(tx, &before, &after).await? {
                return Err(RegistryError::NotFound);
            }
            store::insert(tx, &part.new).await?;
            for (old, new) in &part.changed {
                store::save(tx, old, new).await?;
            }
            let is_any = part.decisions.iter().any(|d| matches!(d.outcome, Outcome::New | Outcome::Changed));
            if is_any || after.state == BatchState::Saved {
                tx.record(&BatchFact::of(SAVED, &after)).await?;
            }
            Ok(())
        })
        .await?;
    work.batch = answer;
    Ok(())
}
