//! Merging duplicates: one case goes on, everybody who follows the other follows it too.

use super::{Act, act};
use crate::error::CaseError;
use crate::model::{Case, CaseId};
use crate::store;
use ::store::Tx;

/// Merges `id` into `target`. The timeline of both says so; reporters keep their own numbers and codes.
pub async fn merge(
    tx: &mut Tx,
    id: CaseId,
    target: CaseId,
    version: Option<i64>,
    note: Option<String>,
) -> Result<super::Acted, CaseError> {
    let order = Act { action: "merge".to_owned(), version, note, target: Some(target), ..Act::default() };
    act(tx, id, order).await
}

/// The part of a merge beyond the workflow: the target is open and no circle, and followers move.
pub(super) async fn join(tx: &mut Tx, from: &Case, next: &mut Case) -> Result<(), CaseError> {
    let Some(target) = next.merged_into else { return Ok(()) };
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
    store::save(tx, &into, &grown).await
}

fn refuse(zh: &str, en: &str) -> CaseError {
    CaseError::invalid("target", "cases.bad_target", zh, en)
}
