//! Taking a whole table back: every record it made is withdrawn, every one it changed is as it was; in steps, each a write.

use super::work::{actor_of, load};
use super::{Batch, BatchId, BatchState};
use crate::access::IMPORT;
use crate::commands::undo_step;
use crate::error::RegistryError;
use crate::model::RecordId;
use crate::store;
use ::store::Tx;
use edge::Edge;
use platform::DistrictId;
use uuid::Uuid;

/// Takes back a batch that is in the state `undoing`. `tell` hears how many records are done.
///
/// # Errors
/// `registry.changed_since` where a later deed changed one of its records while this went on.
pub async fn undo_batch(
    edge: &Edge,
    district: DistrictId,
    id: BatchId,
    tell: &mut (dyn FnMut(i64) + Send),
) -> Result<Batch, RegistryError> {
    let (mut batch, _) = load(edge, district, id).await?;
    if batch.state != BatchState::Undoing {
        return Err(RegistryError::NotFound);
    }
    let (actor, mut records) = (actor_of(district, &batch), 0);
    loop {
        let before = batch.clone();
        let step = edge.db.write(&actor, async move |tx: &mut Tx| {
            let after = before.undone_to.unwrap_or(RecordId(Uuid::nil()));
            let done = undo_step(tx, before.act, after, before.undo_act, &IMPORT).await?;
            let state = if done.go_on_after.is_none() { BatchState::Undone } else { BatchState::Undoing };
            let next = Batch { state, undone_to: done.go_on_after, ..before.clone() };
            match store::batches::save(tx, &before, &next).await? {
                true => Ok((next, done.records)),
                false => Err(RegistryError::NotFound),
            }
        });
        let (next, count) = step.await?;
        batch = next;
        records += count as i64;
        tell(records);
        if batch.state == BatchState::Undone {
            return Ok(batch);
        }
    }
}
