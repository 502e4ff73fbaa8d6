//! A case as a partner's system is told of it, and what is done to it in a partner's name.

use crate::error::CaseError;
use crate::model::{Case, CaseId, EntryId};
use crate::queries::{self, EntryRow, PhotoRow};
use crate::rules::Rules;
use crate::store;
use crate::view;
use ::store::{Conn, Tx};
use platform::{AccountId, DistrictId, Fault, OrganisationId, Words};

pub use crate::view::{is_between_offices, moment};

/// A case, for a capability above that has its own reason to read it: nobody is shown it by this.
///
/// # Errors
/// The store.
pub async fn find(conn: &mut Conn, district: DistrictId, id: CaseId) -> Result<Option<Case>, Fault> {
    store::find(conn, district, id).await
}

/// The account that reported a case; none where it had none.
///
/// # Errors
/// The store.
pub async fn reported_by(
    conn: &mut Conn,
    district: DistrictId,
    case: CaseId,
) -> Result<Option<AccountId>, Fault> {
    store::reported_by(conn, district, case).await
}

/// The case of a number.
///
/// # Errors
/// The store.
pub async fn find_by_number(
    conn: &mut Conn,
    district: DistrictId,
    number: &str,
) -> Result<Option<CaseId>, Fault> {
    store::find_by_number(conn, district, number).await
}

/// Open cases that are a unit's work, in their order, after one.
///
/// # Errors
/// The store.
pub async fn open_of_unit(
    conn: &mut Conn,
    district: DistrictId,
    unit: OrganisationId,
    after: CaseId,
    limit: i64,
) -> Result<Vec<CaseId>, Fault> {
    queries::open_of_unit(conn, district, unit, after, limit).await
}

/// The lines of a case's history after one, in their order.
///
/// # Errors
/// The store.
pub async fn entries_after(
    conn: &mut Conn,
    district: DistrictId,
    case: CaseId,
    after: Option<EntryId>,
) -> Result<Vec<EntryRow>, Fault> {
    let all = queries::timeline(conn, district, case).await?;
    Ok(all.into_iter().filter(|entry| after.is_none_or(|after| entry.id > after)).collect())
}

/// The photos of a case, each with the line of the history it belongs to.
///
/// # Errors
/// The store.
pub async fn photos(conn: &mut Conn, district: DistrictId, case: CaseId) -> Result<Vec<PhotoRow>, Fault> {
    queries::photos(conn, district, case).await
}

/// How a case stands, in words.
pub fn state_words(rules: &Rules, case: &Case) -> Words {
    view::state_words(rules.workflow_of(case), &case.state)
}

/// What was done to a case, in words.
pub fn action_words(rules: &Rules, case: &Case, action: &str) -> Words {
    view::action_words(rules.workflow_of(case), action)
}

/// What kind of matter it is, in few words.
pub fn type_words(rules: &Rules, case: &Case) -> Words {
    let found = rules.find_type(case.district, &case.type_code);
    found.map_or_else(|| Words::new(case.type_code.clone(), case.type_code.clone()), |t| t.short.clone())
}

/// Takes an action as somebody else, and is oneself again afterwards.
///
/// # Errors
/// What [`crate::commands::act`] refuses.
pub async fn act_as(
    tx: &mut Tx,
    actor: platform::Actor,
    case: CaseId,
    act: crate::commands::Act,
) -> Result<Case, CaseError> {
    let before = tx.actor().clone();
    tx.act_as(actor);
    let acted = crate::commands::act(tx, case, act).await;
    tx.act_as(before);
    acted.map(|acted| acted.case)
}
