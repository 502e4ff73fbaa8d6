//! Merging duplicates: one case goes on, everybody who follows the other follows it too.

use super::tell;
use crate::error::CaseError;
use crate::model::{Case, Entry, EntryId};
use crate::store;
use ::store::Tx;
use platform::Time;

/// What the history of the common case calls a report that was merged into it. No action of the workflow: it moves nothing.
pub const MERGE_IN: &str = "merge_in";

/// The part of a merge beyond the workflow: the target is open and no circle, followers move, and its history says so.
pub(super) async fn join(tx: &mut Tx, from: &Case, merged: &Case) -> Result<(), CaseError> {
    let Some(target) = merged.merged_into else { return Ok(()) };
    if target == from.id {
        return Err(refuse("不能并入自己。", "A case cannot be merged into itself."));
    }
    let into = store::load_for(tx, target, None).await?;
    if !into.open || into.merged_into.is_some() {
        return Err(refuse(
            "只能并入还在办理的事件。",
            "It can only be merged into a case that is still open.",
        ));
    }
    let moved = store::move_followers(tx, from.id, target).await?;
    let grown = Case { followers: into.followers + moved, version: into.version + 1, ..into.clone() };
    store::save(tx, &into, &grown).await?;
    tell(tx, &grown, &joined(&grown, from, tx.now()), None).await.map(drop)
}

/// The line of the common case's history: whoever follows it sees that another report came in.
fn joined(into: &Case, from: &Case, now: Time) -> Entry {
    Entry {
        id: EntryId::new(now),
        at: now,
        action: MERGE_IN.to_owned(),
        from_state: Some(into.state.clone()),
        to_state: into.state.clone(),
        to_post: None,
        reason: None,
        note: Some(from.number.clone()),
        level: into.level,
        due_at: into.due_at,
    }
}

fn refuse(zh: &str, en: &str) -> CaseError {
    CaseError::invalid("target", "cases.bad_target", zh, en)
}
