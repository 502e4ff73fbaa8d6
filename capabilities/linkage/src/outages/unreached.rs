//! Whom no message reached, a worker tells at the door: households without a telephone are handed to fieldwork, some grids at a time, once their
//! messages have been judged. The operator sees how many there are, and never who.

use super::notice::{lower, moment};
use super::visits;
use crate::error::LinkageError;
use crate::model::outage::{Content, Outage, OutageId};
use crate::queries::outages as queries;
use crate::store::outages as store;
use ::store::Tx;
use fieldwork::Errand;
use platform::{Fault, Words};
use registry::reached::households_at;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::time::Duration;
use uuid::Uuid;

/// The clock by which it is looked who was not reached.
pub(crate) const UNREACHED: &str = "linkage.outage_unreached";
/// Grids of one step: between steps others may write.
const GRIDS_AT_ONCE: i64 = 4;
/// Messages are judged two hundred at a time; those of the night wait for the morning.
const WAIT: Duration = Duration::from_secs(5 * 60);

/// Begins to look, once all households of a version are on the list.
///
/// # Errors
/// A fault of the database.
pub(crate) async fn begin(tx: &mut Tx, one: &Outage) -> Result<(), Fault> {
    match one.state.is_open() {
        true => look_later(tx, one).await,
        false => Ok(()),
    }
}

async fn look_later(tx: &mut Tx, one: &Outage) -> Result<(), Fault> {
    let at = tx.now().after(WAIT);
    tx.set_timer(UNREACHED, one.id.0, at, json!({ "version": one.version })).await
}

/// A step: some grids; after the last, again later while messages are still on their way.
///
/// # Errors
/// A fault of the database.
pub(crate) async fn step(tx: &mut Tx, id: OutageId, data: &Value) -> Result<(), LinkageError> {
    let district = tx.district();
    let Some(one) = store::find(tx, district, id).await? else { return Ok(()) };
    let is_present = data["version"].as_i64() == Some(one.version);
    if !is_present || !one.state.is_open() || tx.now() > one.content.to {
        return Ok(());
    }
    let after = data["after"].as_str().unwrap_or_default().to_owned();
    let grids = queries::grids_after(tx, district, id, after, GRIDS_AT_ONCE).await?;
    for grid in &grids {
        ask_in(tx, &one, grid).await?;
    }
    if let Some(last) = grids.last().filter(|_| grids.len() as i64 == GRIDS_AT_ONCE) {
        let (now, data) = (tx.now(), json!({ "version": one.version, "after": last }));
        return Ok(tx.set_timer(UNREACHED, id.0, now, data).await?);
    }
    match messages::is_under_way(tx, district, (id.0, one.version)).await? {
        true => Ok(look_later(tx, &one).await?),
        false => Ok(()),
    }
}

async fn ask_in(tx: &mut Tx, one: &Outage, grid: &str) -> Result<(), LinkageError> {
    let district = tx.district();
    let branches = visits::branches_of(tx, one, grid).await?;
    let served = registry::served_below(tx, district, &branches).await?;
    let homes: Vec<_> = served.into_iter().flat_map(|served| served.homes).collect();
    let households = households_at(tx, district, &homes).await?;
    let ids: Vec<Uuid> = households.iter().map(|(household, _)| *household).collect();
    let unreached = messages::unreached_among(tx, district, (one.id.0, one.version), &ids).await?;
    let unreached: HashSet<Uuid> = unreached.into_iter().collect();
    let homes: HashSet<_> =
        households.into_iter().filter(|(id, _)| unreached.contains(id)).map(|(_, home)| home).collect();
    if homes.is_empty() {
        return Ok(());
    }
    let today = tx.now().local().date();
    let asked = visits::asked(one, grid, homes, errand(&one.content), today);
    Ok(fieldwork::ask_each(tx, &asked).await.map(drop)?)
}

/// What the worker reads.
fn errand(content: &Content) -> Errand {
    let (from, to) = (moment(content.from), moment(content.to));
    let cut = content.service.cut_words();
    Errand {
        title: Words::new(format!("{}上门告知", cut.zh), format!("Tell at the door: {}", lower(&cut.en))),
        why: Words::new(
            format!(
                "{from} 至 {to} {}。这家没有留电话，发不了消息，请上门告知，没人在家就在门上留张通知。",
                cut.zh
            ),
            format!(
                "{} from {from} to {to}. This home left no telephone, so no message reaches it: tell them at the door, or leave a notice on it.",
                cut.en
            ),
        ),
        at: None,
    }
}
