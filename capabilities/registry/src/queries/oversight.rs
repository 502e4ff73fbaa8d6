//! What those see who watch over the register: alarms, sweeps, counts of records and of looks.

use crate::model::{AlarmId, AlarmKind, Kind, SweepId};
use crate::store::alarms::AlarmRow;
use ::store::{Conn, Json, row, sql};
use platform::{DistrictId, Fault, Time};
use serde_json::Value;
use std::ops::ControlFlow;

/// Purposes times kinds of post.
const COUNTS_MAX: i64 = 1_000;

row! {
    /// One night's report.
    #[derive(Clone, Debug)]
    pub(crate) struct SweepRow {
        pub id: SweepId,
        pub at: Time,
        pub report: Json<Value>,
    }
}

row! {
    /// Looks for a purpose, by a kind of post.
    #[derive(Clone, Debug)]
    pub(crate) struct LookCountRow {
        pub purpose: String,
        pub role: String,
        pub looks: i64,
    }
}

sql! {
    ALARMS: (DistrictId, AlarmId) -> AlarmRow =
        "select id, kind, at, account_id, by_name, record_id, area_path, data, reason, acknowledged_at, acknowledged_by, note
         from registry_alarm where district = $1 and id < $2 order by id desc";
    /// The condition is the index's own.
    OPEN_ALARMS: (DistrictId, AlarmId) -> AlarmRow =
        "select id, kind, at, account_id, by_name, record_id, area_path, data, reason, acknowledged_at, acknowledged_by, note
         from registry_alarm where district = $1 and id < $2 and acknowledged_at is null order by id desc";
    SWEEPS: (DistrictId, SweepId, i64) -> SweepRow =
        "select id, at, report from registry_sweep where district = $1 and id < $2 order by id desc limit $3";
    LIVE: (DistrictId, Kind) -> (i64,) =
        "select count(*) from registry_record where district = $1 and kind = $2 and state = 'live'";
    LOOKS: (DistrictId, String, String, i64) -> LookCountRow =
        "select purpose, role, cast(sum(looks) as bigint) as looks from registry_look_count
         where district = $1 and kind = $2 and day >= $3 group by purpose, role order by purpose, role limit $4";
}

/// Which alarms are asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted {
    pub only_open: bool,
    pub kind: Option<AlarmKind>,
    /// A piece of the name of the post, unit or system it is about.
    pub by: String,
}

impl Wanted {
    fn holds(&self, row: &AlarmRow) -> bool {
        self.kind.is_none_or(|kind| row.kind == kind) && row.by_name.contains(&self.by)
    }
}

/// Alarms, the newest first, before one that was shown already.
pub(crate) async fn alarms(
    conn: &mut Conn,
    district: DistrictId,
    wanted: &Wanted,
    before: AlarmId,
    rows_max: usize,
) -> Result<Vec<AlarmRow>, Fault> {
    let query = if wanted.only_open { &OPEN_ALARMS } else { &ALARMS };
    let mut found = Vec::new();
    let take = |row: AlarmRow| {
        if wanted.holds(&row) {
            found.push(row);
        }
        if found.len() >= rows_max { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    conn.each(query, (district, before), take).await?;
    Ok(found)
}

/// The reports of the nights, the newest first, before one that was shown already.
pub(crate) async fn sweeps(
    conn: &mut Conn,
    district: DistrictId,
    before: SweepId,
    rows_max: i64,
) -> Result<Vec<SweepRow>, Fault> {
    conn.all(&SWEEPS, (district, before, rows_max)).await
}

/// How many records of a kind hold.
pub(crate) async fn count_live(conn: &mut Conn, district: DistrictId, kind: Kind) -> Result<i64, Fault> {
    Ok(conn.one(&LIVE, (district, kind)).await?.0)
}

/// How often records of a kind were opened since a day.
pub(crate) async fn look_counts(
    conn: &mut Conn,
    district: DistrictId,
    kind: Kind,
    since: String,
) -> Result<Vec<LookCountRow>, Fault> {
    conn.all(&LOOKS, (district, kind.as_str().to_owned(), since, COUNTS_MAX)).await
}
