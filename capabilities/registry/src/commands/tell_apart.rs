//! Two records that look alike and are not of the same subject: told apart with a reason, and not offered for merging again. Undone as
//! any deed.

use super::merge::refuse_pair;
use super::rights::checked_words;
use super::{Undone, refuse_restricted};
use crate::access::{MERGE, require};
use crate::error::RegistryError;
use crate::facts::{RegistryFact, TOLD_APART, UNDONE};
use crate::model::{ActId, RecordId};
use crate::store;
use crate::store::apart::{self, PairRow};
use ::store::Tx;
use axum::http::StatusCode;
use platform::{Problem, Words};
use serde_json::json;

/// Characters of a reason: enough to say what differs.
const REASON_CHARS_MIN: usize = 2;
const REASON_CHARS_MAX: usize = 200;

/// Two records that are of two subjects.
#[derive(Clone, Debug)]
pub struct TellApart {
    pub one: RecordId,
    pub other: RecordId,
    /// What they were told apart by; kept sealed.
    pub reason: String,
}

/// Tells two records apart. Answers the deed.
///
/// # Errors
/// As for a merge of the two; `registry.bad_words` without a reason.
pub async fn tell_apart(tx: &mut Tx, order: TellApart) -> Result<ActId, RegistryError> {
    let reason = checked_words("reason", &order.reason, REASON_CHARS_MIN, REASON_CHARS_MAX)?;
    let one = store::load_for(tx, order.one, &MERGE).await?;
    let other = store::load_for(tx, order.other, &MERGE).await?;
    refuse_pair("other", &one, &other)?;
    for record in [&one, &other] {
        refuse_restricted(tx, record).await?;
    }
    refuse_apart(tx, one.id, other.id).await?;
    let act = ActId::new(tx.now());
    apart::put(tx, one.id, other.id, act, &reason).await?;
    let data = json!({ "act": act, "other": other.id, "kind": one.kind });
    tx.record(&RegistryFact::of(TOLD_APART, &one, data)).await?;
    Ok(act)
}

/// Refuses two records that were told apart; the deed to take back first goes with the refusal.
pub(super) async fn refuse_apart(tx: &mut Tx, one: RecordId, other: RecordId) -> Result<(), RegistryError> {
    let Some(pair) = apart::find(tx, one, other).await? else { return Ok(()) };
    let words = Words::of(
        "这两条已判为不是同一个；要合并，请先在“疑似重复”里撤回这个判断。",
        "These two were told apart. To merge them, take that back among the duplicates first.",
    );
    Err(Problem::new(StatusCode::CONFLICT, "registry.told_apart", words).with("act", pair.act).into())
}

/// Takes back that two records were told apart, or tells them apart again where that was taken back.
pub(super) async fn turn(tx: &mut Tx, pair: &PairRow) -> Result<Undone, RegistryError> {
    let mut first = None;
    for id in [pair.one_id, pair.other_id] {
        let record = store::load(tx, id).await?.ok_or(RegistryError::NotFound)?;
        require(tx.actor(), &MERGE, &record.content.area_path)?;
        first.get_or_insert(record);
    }
    let act = ActId::new(tx.now());
    if !apart::turn(tx, pair, act).await? {
        return Err(RegistryError::NothingToUndo);
    }
    if let Some(first) = &first {
        let data = json!({ "act": act, "undone": pair.act, "records": 0 });
        tx.record(&RegistryFact::of(UNDONE, first, data)).await?;
    }
    Ok(Undone { act, records: 0, go_on_after: None })
}
