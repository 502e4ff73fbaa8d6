//! Cases by the time they were reported, one at a time: what a trial of rules looks at, and what is exported.

use crate::codes::DEVICE_CLOCK_OFF_MAX;
use crate::model::{CaseId, Source};
use ::store::{Conn, row, sql};
use jiff::civil::Date;
use platform::{DAY, DistrictId, Fault, OrganisationId, Time};
use std::ops::ControlFlow;

/// When cases were reported: from the first moment up to, not including, the second.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Span {
    pub from: Time,
    pub to: Time,
}

impl Span {
    /// Whole days in China, the last one included; without an end where none is given.
    pub fn of_days(first: Option<Date>, last: Option<Date>) -> Self {
        Self {
            from: first.map_or(Time::ENTERED_MIN, Time::start_of),
            to: last.and_then(|day| day.tomorrow().ok()).map_or(Time::ENTERED_MAX, Time::start_of),
        }
    }

    /// A smaller id has no case of this time. Ids are sorted by time, as far as the reporter's device tells it.
    pub(super) fn first_id(self) -> CaseId {
        let millis = (self.from.before(DEVICE_CLOCK_OFF_MAX + DAY).micros().max(0) / 1000) as u128;
        CaseId(uuid::Uuid::from_u128(millis << 80))
    }
}

row! {
    /// A past case as routing looks at it.
    #[derive(Clone, Debug)]
    pub(crate) struct Past {
        pub number: String,
        pub type_code: String,
        pub area_path: String,
        pub grid_id: Option<territory::AreaId>,
        pub lon: Option<f64>,
        pub source: Source,
        pub words: String,
        pub reported_at: Time,
    }
}

row! {
    /// A case as it is exported. Its reporter and followers stand in another table, which is not read.
    #[derive(Clone, Debug)]
    pub(crate) struct Exported {
        pub number: String,
        pub workflow_version: i64,
        pub state: String,
        pub open: bool,
        pub type_code: String,
        pub words: String,
        pub lon: Option<f64>,
        pub lat: Option<f64>,
        pub address: Option<String>,
        pub area_path: String,
        pub source: Source,
        pub public: bool,
        pub hidden: bool,
        pub owner_role: String,
        pub unit_id: Option<OrganisationId>,
        pub due_at: Option<Time>,
        pub level: i64,
        pub reported_at: Time,
        pub state_since: Time,
        pub closed_at: Option<Time>,
        pub rating: Option<i64>,
        pub followers: i64,
    }
}

sql! {
    PAST: (DistrictId, CaseId, Time, Time, i64) -> Past =
        "select number, type_code, area_path, grid_id, lon, source, words, reported_at
         from cases_case where district = $1 and id >= $2 and reported_at >= $3 and reported_at < $4
         order by id limit $5";
    EXPORTED: (DistrictId, CaseId, Time, Time) -> Exported =
        "select number, workflow_version, state, open, type_code, words, lon, lat, address, area_path, source, public, hidden,
             owner_role, unit_id, due_at, level, reported_at, state_since, closed_at, rating, followers
         from cases_case where district = $1 and id >= $2 and reported_at >= $3 and reported_at < $4
         order by id";
}

/// The cases of that time as routing looked at them then, `rows` at most.
pub(crate) async fn past(
    conn: &mut Conn,
    district: DistrictId,
    span: Span,
    rows: i64,
) -> Result<Vec<Past>, Fault> {
    conn.all(&PAST, (district, span.first_id(), span.from, span.to, rows)).await
}

/// Hands over every case of that time, until `take` breaks.
pub(crate) async fn each_exported(
    conn: &mut Conn,
    district: DistrictId,
    span: Span,
    take: impl FnMut(Exported) -> ControlFlow<()>,
) -> Result<(), Fault> {
    conn.each(&EXPORTED, (district, span.first_id(), span.from, span.to), take).await
}

#[cfg(test)]
mod tests {
    //! Days as a district counts them.
    use super::Span;

    #[test]
    fn a_span_of_days_includes_its_last_day() {
        let day = |text: &str| text.parse().ok();
        let span = Span::of_days(day("2026-10-01"), day("2026-10-31"));
        assert_eq!(span.from.to_string(), "2026-09-30T16:00:00Z");
        assert_eq!(span.to.to_string(), "2026-10-31T16:00:00Z");
        let all = Span::of_days(None, None);
        assert!(all.from < span.from && span.to < all.to);
        assert!(all.first_id() < span.first_id());
    }
}
