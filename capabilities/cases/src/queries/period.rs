//! Cases of a week or a month by area: how many were reported, how many were done. Open and overdue ones are counted as of now.

use super::{AreaCount, count_by_area, end_of};
use crate::stage;
use ::store::{Conn, row, sql};
use platform::{DistrictId, Fault, Time};
use std::collections::BTreeMap;

/// Areas of one answer; a district has some hundreds.
const AREA_ROWS_MAX: i64 = 2_000;

row! {
    /// Cases of one area.
    struct AreaTotal {
        area_path: String,
        total: i64,
    }
}

sql! {
    // `reported_at > 0` names the index, and so does `closed_at is not null`.
    REPORTED: (DistrictId, Time, Time, String, String, i64) -> AreaTotal =
        "select area_path, count(*) as total from cases_case
         where district = $1 and reported_at > 0 and reported_at >= $2 and reported_at < $3 and area_path >= $4 and area_path < $5
         group by area_path order by area_path limit $6";
    DONE: (DistrictId, Time, Time, String, String, String, i64) -> AreaTotal =
        "select area_path, count(*) as total from cases_case
         where district = $1 and closed_at is not null and closed_at >= $2 and closed_at < $3 and area_path >= $4 and area_path < $5
             and state = $6
         group by area_path order by area_path limit $7";
}

/// What came in and what was done in one area, and what is open now.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Flow {
    /// Reported within the period.
    pub reported: i64,
    /// Done within the period: not those withdrawn, merged or refused.
    pub done: i64,
    /// Open now, and of them those past their time.
    pub open: i64,
    pub overdue: i64,
}

/// By path, for every area at or below one in which there is anything to count.
pub async fn count(
    conn: &mut Conn,
    district: DistrictId,
    path: &str,
    (from, to): (Time, Time),
    now: Time,
) -> Result<BTreeMap<String, Flow>, Fault> {
    let mut flows: BTreeMap<String, Flow> = BTreeMap::new();
    let (first, end) = (path.to_owned(), end_of(path));
    for row in conn.all(&REPORTED, (district, from, to, first.clone(), end.clone(), AREA_ROWS_MAX)).await? {
        flows.entry(row.area_path).or_default().reported = row.total;
    }
    let closed = (district, from, to, first, end, stage::DONE.to_owned(), AREA_ROWS_MAX);
    for row in conn.all(&DONE, closed).await? {
        flows.entry(row.area_path).or_default().done = row.total;
    }
    for AreaCount { area_path, open, overdue, .. } in count_by_area(conn, district, path, now).await? {
        let flow = flows.entry(area_path).or_default();
        (flow.open, flow.overdue) = (open, overdue);
    }
    Ok(flows)
}
