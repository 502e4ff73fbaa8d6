//! A case as a partner's system is told of it, and what is done to it in a partner's name.

use crate::error::CaseError;
use crate::model::{Case, CaseId, EntryId};
use crate::queries::{self, EntryRow};
use crate::store;
use ::store::{Conn, Tx};
use platform::{AccountId, DistrictId, Fault, OrganisationId};

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
