//! Announcing outages: drafted, published, changed, ended, withdrawn; and reports answered with them.

use crate::access::{PLAN_OUTAGES, may_plan_for};
use crate::error::LinkageError;
use crate::model::outage::{Content, Outage, OutageDeed, OutageId, OutageState};
use crate::outages::concern::Concern;
use crate::outages::facts::{ANSWERED, CHANGED, DRAFTED, ENDED, OutageFact, PUBLISHED, REDRAFTED, WITHDRAWN};
use crate::outages::{tell, visits};
use crate::store::outages as store;
use ::store::Tx;
use cases::CaseId;
use platform::{Fault, OrganisationId};
use serde_json::json;

/// The clock that takes off a notice whose end nobody said.
pub(crate) const OVER: &str = "linkage.outage_over";

/// An announcement somebody writes.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    /// Made by the sender: the same twice is one.
    pub id: Option<OutageId>,
    pub unit: OrganisationId,
    pub content: Content,
    pub concern: Concern,
}

/// Keeps a draft. The same id again is the same draft.
///
/// # Errors
/// Not this unit's, a value that does not hold, an id that is another's.
pub(crate) async fn draft(tx: &mut Tx, order: Draft) -> Result<Outage, LinkageError> {
    if !tx.actor().holds(&PLAN_OUTAGES) || !may_plan_for(tx.actor(), order.unit) {
        return Err(LinkageError::Forbidden(&PLAN_OUTAGES));
    }
    let now = tx.now();
    let content = order.content.checked(None, now)?;
    let district = tx.district();
    if let Some(id) = order.id
        && let Some(known) = store::find(tx, district, id).await?
    {
        return same_again(known, order.unit, &content);
    }
    let id = order.id.unwrap_or_else(|| OutageId::new(now));
    let one = Outage::draft(id, order.unit, content, order.concern.area_path.clone(), now);
    let one = counted(one, &order.concern);
    store::insert(tx, &one).await?;
    store::save_buildings(tx, id, order.concern.rows()).await?;
    tx.record(&OutageFact::step(DRAFTED, &one)).await?;
    Ok(one)
}

fn same_again(known: Outage, unit: OrganisationId, content: &Content) -> Result<Outage, LinkageError> {
    if known.unit == unit && known.content == *content {
        return Ok(known);
    }
    Err(LinkageError::conflict(
        "linkage.id_taken",
        "这个编号已用于另一条公告。",
        "This id is another announcement's.",
    ))
}

fn counted(one: Outage, concern: &Concern) -> Outage {
    let (buildings, homes) = (concern.served.len() as i64, concern.homes);
    Outage { buildings, homes, area_path: concern.area_path.clone(), ..one }
}

/// Writes an announcement anew: a draft as a draft; what everybody was told, as changed.
///
/// # Errors
/// Not theirs, not as it was seen, over, or a value that does not hold.
pub(crate) async fn change(
    tx: &mut Tx,
    id: OutageId,
    seen: i64,
    content: Content,
    concern: Concern,
) -> Result<Outage, LinkageError> {
    let before = store::load_for(tx, id).await?;
    before.may(OutageDeed::Change, seen)?;
    let now = tx.now();
    let window = (before.content.from, before.content.to);
    let content = content.checked(before.state.is_open().then_some(window), now)?;
    let after = counted(before.change(seen, content, now)?, &concern);
    store::save(tx, &after).await?;
    store::save_buildings(tx, id, concern.rows()).await?;
    let name = if after.state == OutageState::Draft { REDRAFTED } else { CHANGED };
    wind(tx, &after).await?;
    let fact = tx.record(&OutageFact::step(name, &after)).await?;
    tell::begin(tx, &after, fact).await?;
    Ok(after)
}

/// Tells everybody. What it concerns is counted anew: the register may know more than when it was drafted.
///
/// # Errors
/// Not theirs, not as it was seen, published before, or its window is over by now.
pub(crate) async fn publish(
    tx: &mut Tx,
    id: OutageId,
    seen: i64,
    concern: Concern,
) -> Result<Outage, LinkageError> {
    let before = store::load_for(tx, id).await?;
    let now = tx.now();
    before.may(OutageDeed::Publish, seen)?;
    let content = before.content.clone().checked(None, now)?;
    let after = counted(Outage { content, ..before }.publish(seen, now)?, &concern);
    store::save(tx, &after).await?;
    store::save_buildings(tx, id, concern.rows()).await?;
    wind(tx, &after).await?;
    let fact = tx.record(&OutageFact::step(PUBLISHED, &after)).await?;
    tell::begin(tx, &after, fact).await?;
    Ok(after)
}

/// The service is back.
///
/// # Errors
/// Not theirs, not as it was seen, not begun, or over.
pub(crate) async fn end(tx: &mut Tx, id: OutageId, seen: i64) -> Result<Outage, LinkageError> {
    let after = store::load_for(tx, id).await?.end(seen, tx.now())?;
    finish(tx, after, ENDED).await
}

/// It does not take place.
///
/// # Errors
/// Not theirs, not as it was seen, or over.
pub(crate) async fn withdraw(tx: &mut Tx, id: OutageId, seen: i64) -> Result<Outage, LinkageError> {
    let after = store::load_for(tx, id).await?.withdraw(seen, tx.now())?;
    finish(tx, after, WITHDRAWN).await
}

async fn finish(tx: &mut Tx, after: Outage, fact: &'static str) -> Result<Outage, LinkageError> {
    store::save(tx, &after).await?;
    wind(tx, &after).await?;
    let fact = tx.record(&OutageFact::step(fact, &after)).await?;
    tell::begin(tx, &after, fact).await?;
    Ok(after)
}

/// Sets the clock that takes the notice off, or stops it; and has people seen who cannot be without, if anybody was told.
async fn wind(tx: &mut Tx, one: &Outage) -> Result<(), Fault> {
    if one.published_at.is_some() {
        visits::begin(tx, one).await?;
    }
    if one.state.is_open() {
        tx.set_timer(OVER, one.id.0, one.unsaid_until(), json!({})).await
    } else {
        tx.cancel_timer(OVER, one.id.0).await
    }
}

/// The clock rang: nobody said that the service is back, and the announced end is long over.
///
/// # Errors
/// A fault of the database.
pub(crate) async fn take_off(tx: &mut Tx, id: OutageId) -> Result<(), LinkageError> {
    let district = tx.district();
    let Some(one) = store::find(tx, district, id).await? else { return Ok(()) };
    if !one.state.is_open() || tx.now() < one.unsaid_until() {
        return Ok(());
    }
    let (seen, now) = (one.version, tx.now());
    finish(tx, one.end(seen, now)?, ENDED).await.map(drop)
}

/// Answers a report that came from the ground of an outage while it goes on: once, with when the service is expected back. Answers
/// whether it did.
///
/// # Errors
/// A fault of the database, or the case is not there any more.
pub(crate) async fn answer_report(
    tx: &mut Tx,
    one: &Outage,
    case: CaseId,
    words: &str,
) -> Result<bool, LinkageError> {
    if !store::link_case(tx, one.id, case).await? {
        return Ok(false);
    }
    let is_told = cases::commands::inform(tx, case, words).await?;
    let data = json!({ "case": case, "told": is_told });
    tx.record(&OutageFact::about(ANSWERED, one, data)).await?;
    Ok(true)
}

/// Writes down that somebody counted the homes of some ground.
///
/// # Errors
/// A fault of the database.
pub(crate) async fn note_preview(tx: &mut Tx, concern: &Concern) -> Result<(), Fault> {
    let fact = OutageFact::previewed(concern);
    tx.record(&fact).await.map(drop)
}
