//! Counting looks by purpose and kind of post, from the record of looks: for the impact sheet, never by person.

use crate::facts::OPENED;
use crate::store::notices;
use ::store::{FactFilter, FactRow, Tx};
use jiff::ToSpan;
use platform::{Fault, Time};
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::time::Duration;

/// Facts of the hour are counted when no write that began in it can still commit.
const SETTLED_AFTER: Duration = Duration::from_secs(300);
/// Looks of one day; more than a district makes in a year.
const LOOKS_MAX: i64 = 5_000_000;

/// The beginning of the hour a moment lies in.
pub(crate) fn hour_of(at: Time) -> Time {
    let hour = at.local().with().minute(0).second(0).subsec_nanosecond(0).build();
    hour.map_or(at, |hour| hour.timestamp().into())
}

/// When what was done in the hour before `hour` may be counted.
pub(crate) fn due_after(hour: Time) -> Time {
    hour.after(SETTLED_AFTER)
}

/// Counts what was looked at from a full hour on: up to the last settled hour, and no further than the end of the day. Answers where the
/// next count begins.
pub(crate) async fn count_looks(tx: &mut Tx, from: Time) -> Result<Time, Fault> {
    let last = hour_of(tx.now().before(SETTLED_AFTER));
    let midnight =
        from.local().date().tomorrow().and_then(|day| day.to_zoned(from.local().time_zone().clone()));
    let midnight: Time =
        midnight.map_err(|e| Fault::broken("a day beyond all time").because(e))?.timestamp().into();
    let to = last.min(midnight);
    if to <= from {
        return Ok(from);
    }
    let day = from.local().date().to_string();
    let mut counts: BTreeMap<[String; 3], i64> = BTreeMap::new();
    let filter =
        FactFilter { name: Some(OPENED.to_owned()), from: Some(from), to: Some(to), ..FactFilter::default() };
    let district = tx.district();
    let take = |fact: FactRow| {
        let code = |key: &str| fact.data.0[key].as_str().unwrap_or("unknown").to_owned();
        *counts.entry([code("kind"), code("purpose"), code("role")]).or_default() += 1;
        ControlFlow::Continue(())
    };
    filter.each(tx, district, LOOKS_MAX, take).await?;
    let rows =
        counts.into_iter().map(|([kind, purpose, role], looks)| (day.clone(), kind, purpose, role, looks));
    notices::count_looks(tx, rows.collect()).await?;
    Ok(to)
}

/// The day some days before a moment, as counts name it.
pub(crate) fn day_before(now: Time, days: i32) -> String {
    let day = now.local().date();
    day.checked_sub(days.days()).unwrap_or(day).to_string()
}
