//! The night's planning of visits, some grids a step: between steps others may write.

use super::plan::plan_grid;
use ::store::Tx;
use platform::{DAY, Fault, Time};
use serde_json::{Value, json};
use territory::Map;
use uuid::Uuid;

/// The clock of the night's planning, one for a district.
pub(crate) const PLAN_VISITS: &str = "fieldwork.plan_visits";
/// The hour at which few are awake; before the register's sweep, so that what it takes away is still known.
const PLAN_HOUR: i8 = 3;
/// Grids of one step.
const GRIDS_AT_ONCE: usize = 4;

/// Plans all grids as soon as a server runs: a district that was just made does not wait for the night.
pub(crate) async fn plan_soon(tx: &mut Tx) -> Result<(), Fault> {
    let now = tx.now();
    tx.set_timer(PLAN_VISITS, Uuid::nil(), now, json!({})).await
}

/// Plans grids within one write; answers how many visits are new.
pub(crate) async fn plan_grids(tx: &mut Tx, grids: &[String]) -> Result<u64, Fault> {
    let mut new = 0;
    for grid in grids {
        let planned = plan_grid(tx, grid).await;
        new += planned.map_err(|e| Fault::broken("visits were not planned").because(e))?;
    }
    Ok(new)
}

/// The next night's hour in China after `now`.
pub(crate) fn next_night(now: Time) -> Time {
    let today = now.local().with().hour(PLAN_HOUR).minute(0).second(0).subsec_nanosecond(0).build();
    let night: Time = today.map_or(now, |at| at.timestamp().into());
    if night > now { night } else { night.after(DAY) }
}

/// A step of the night's planning; the next is due at once, the next planning the next night.
pub(crate) async fn plan_step(tx: &mut Tx, data: &Value) -> Result<(), Fault> {
    let now = tx.now();
    let places = tx.fixture::<Map>().of(tx.district());
    let after = data.get("after").and_then(Value::as_str).unwrap_or_default();
    let grids = places.grids().map(|grid| grid.path.as_str()).filter(|path| *path > after);
    let mut left: Vec<&str> = grids.collect();
    left.sort_unstable();
    let step: Vec<String> = left.into_iter().take(GRIDS_AT_ONCE).map(str::to_owned).collect();
    plan_grids(tx, &step).await?;
    match step.last() {
        Some(last) => tx.set_timer(PLAN_VISITS, Uuid::nil(), now, json!({ "after": last })).await,
        None => tx.set_timer(PLAN_VISITS, Uuid::nil(), next_night(now), json!({})).await,
    }
}
