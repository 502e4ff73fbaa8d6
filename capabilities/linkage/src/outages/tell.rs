//! The households an outage concerns are told, some grids at a time: once of each version that says something new, by the way each of them
//! chose; and those it no longer concerns, that it is off. Who they are is known to the register alone; here they are ids.

use super::notice::lower;
use super::unreached;
use crate::error::LinkageError;
use crate::model::outage::{Outage, OutageId, OutageState, Service};
use crate::queries::outages as queries;
use crate::store::outages as store;
use ::store::Tx;
use messages::{Notice, QUEUED_AT_ONCE_MAX};
use platform::{FactId, Fault};
use registry::reached::HOUSEHOLD;
use serde_json::{Value, json};
use std::collections::HashSet;
use uuid::Uuid;

/// The clock by which households are told.
pub(crate) const TELL: &str = "linkage.outage_messages";
/// Grids of one step: between steps others may write.
const GRIDS_AT_ONCE: i64 = 4;
const TOLD_AT_ONCE: i64 = 1_000;

/// Begins to tell: what was published, changed or withdrawn. That a service is back is seen by whoever turns the tap.
///
/// # Errors
/// A fault of the database.
pub(crate) async fn begin(tx: &mut Tx, one: &Outage, fact: FactId) -> Result<(), Fault> {
    if one.published_at.is_none() || one.state == OutageState::Ended {
        return Ok(());
    }
    let now = tx.now();
    tx.set_timer(TELL, one.id.0, now, json!({ "version": one.version, "fact": fact })).await
}

/// A step: some grids of an outage that is on, or some of those who were told of one that is not.
///
/// # Errors
/// A fault of the database.
pub(crate) async fn step(tx: &mut Tx, id: OutageId, data: &Value) -> Result<(), LinkageError> {
    let district = tx.district();
    let Some(one) = store::find(tx, district, id).await? else { return Ok(()) };
    if data["version"].as_i64() != Some(one.version) || tx.now() > one.content.to {
        return Ok(());
    }
    if data.get("after").is_none() {
        messages::supersede(tx, id.0, one.version).await?;
    }
    let fact = data["fact"].as_str().and_then(|text| text.parse().ok()).map(FactId);
    let is_gone = one.state == OutageState::Withdrawn || data["gone"] == true;
    let after = match is_gone {
        true => take_back(tx, &one, fact, data).await?,
        false => tell_some(tx, &one, fact, data).await?,
    };
    // Of one that was changed: those it no longer concerns, once all it does are on the list.
    let next = match after {
        Some(after) => json!({ "version": one.version, "fact": fact, "after": after, "gone": is_gone }),
        None if !is_gone && one.state == OutageState::Changed => {
            json!({ "version": one.version, "fact": fact, "after": "", "gone": true })
        }
        None => return Ok(unreached::begin(tx, &one).await?),
    };
    let now = tx.now();
    Ok(tx.set_timer(TELL, id.0, now, next).await?)
}

/// Tells the households of the next grids; the last of them, where there are more.
async fn tell_some(
    tx: &mut Tx,
    one: &Outage,
    fact: Option<FactId>,
    data: &Value,
) -> Result<Option<String>, LinkageError> {
    let district = tx.district();
    let after = data["after"].as_str().unwrap_or_default().to_owned();
    let grids = queries::grids_after(tx, district, one.id, after, GRIDS_AT_ONCE).await?;
    let is_same_window = is_same_window(tx, one).await?;
    let template = match (one.state, is_same_window) {
        (OutageState::Changed, false) => "outage_changed",
        _ => first_words(one),
    };
    let notice = notice(one, template, fact);
    let mut homes = Vec::new();
    for grid in &grids {
        let branches = super::visits::branches_of(tx, one, grid).await?;
        let served = registry::served_below(tx, district, &branches).await?;
        homes.extend(served.into_iter().flat_map(|served| served.homes));
    }
    let mut households = registry::reached::households_of(tx, district, &homes).await?;
    if one.state == OutageState::Changed && is_same_window {
        // Its words or its ground are otherwise: who was told of this window is not told again.
        let told: HashSet<Uuid> =
            messages::told_among(tx, district, one.id.0, &households).await?.into_iter().collect();
        let known: Vec<Uuid> = households.extract_if(.., |household| told.contains(household)).collect();
        messages::note_told(tx, &notice, HOUSEHOLD, &known).await?;
    }
    for some in households.chunks(QUEUED_AT_ONCE_MAX) {
        messages::queue(tx, &notice, HOUSEHOLD, some).await?;
    }
    Ok(grids.last().filter(|_| grids.len() as i64 == GRIDS_AT_ONCE).cloned())
}

/// Tells those who had been told that it does not concern them any more, and nobody else.
async fn take_back(
    tx: &mut Tx,
    one: &Outage,
    fact: Option<FactId>,
    data: &Value,
) -> Result<Option<String>, LinkageError> {
    let district = tx.district();
    let after = data["after"].as_str().and_then(|text| text.parse().ok()).unwrap_or_default();
    let told = messages::told(tx, district, (one.id.0, one.version), after, TOLD_AT_ONCE).await?;
    let notice = notice(one, "outage_cancelled", fact);
    messages::queue(tx, &notice, HOUSEHOLD, &told).await?;
    Ok(told.last().filter(|_| told.len() as i64 == TOLD_AT_ONCE).map(Uuid::to_string))
}

/// Whether the version that was told before this one had the same window.
async fn is_same_window(tx: &mut Tx, one: &Outage) -> Result<bool, Fault> {
    let district = tx.district();
    let versions = queries::versions(tx, district, one.id).await?;
    let before = versions.iter().filter(|version| version.version < one.version).max_by_key(|v| v.version);
    Ok(before.is_some_and(|version| {
        (version.content.0.from, version.content.0.to) == (one.content.from, one.content.to)
    }))
}

fn first_words(one: &Outage) -> &'static str {
    match (one.content.sudden, one.content.service) {
        (true, Service::Gas) => "outage_gas",
        (true, _) => "outage_sudden",
        (false, _) => "outage_planned",
    }
}

fn notice(one: &Outage, template: &'static str, fact: Option<FactId>) -> Notice {
    let content = &one.content;
    let words = content.service.cut_words();
    // Within a sentence English writes it small.
    let is_first = matches!(template, "outage_planned" | "outage_sudden");
    let cut = json!({ "zh": words.zh, "en": if is_first { words.en.to_string() } else { lower(&words.en) } });
    let content = json!({ "cut": cut, "from": content.from, "to": content.to, "phone": content.phone });
    Notice { template, content, thread: one.id.0, edition: one.version, until: Some(one.content.to), fact }
}
