//! Patrol routes of an area, and the stops of a round.

use super::end_of;
use crate::model::{Outcome, RouteId, TaskId, TaskState};
use crate::store::routes::RouteRow;
use ::store::{Conn, List, row, sql};
use platform::{DistrictId, Fault, Time};
use registry::RecordId;

row! {
    /// A stop of a round.
    #[derive(Clone, Debug)]
    pub(crate) struct StopRow {
        pub id: TaskId,
        pub subject_id: RecordId,
        pub state: TaskState,
        pub outcome: Option<Outcome>,
        pub done_at: Option<Time>,
    }
}

sql! {
    LISTED: (DistrictId, String, String, RouteId, i64) -> RouteRow =
        "select id, state, version, area_path, content, next_on, round_on, changed_at from fieldwork_route
         where district = $1 and area_path < $2 and (area_path, id) > ($3, $4) order by area_path, id limit $5";
    /// What was planned by one cause until one day.
    STOPS: (DistrictId, String, List<RecordId>, String) -> StopRow =
        "select id, subject_id, state, outcome, done_at from fieldwork_task
         where district = $1 and cause = $2 and subject_id {in:$3:uuid} and due_on = $4";
}

/// Routes of an area behind one, grid by grid.
pub(crate) async fn list(
    conn: &mut Conn,
    district: DistrictId,
    area: &str,
    behind: (String, RouteId),
    rows: i64,
) -> Result<Vec<RouteRow>, Fault> {
    conn.all(&LISTED, (district, end_of(area), behind.0, behind.1, rows)).await
}

/// The stops of the round that is to be walked until a day; those that were opened.
pub(crate) async fn stops(
    conn: &mut Conn,
    district: DistrictId,
    cause: &str,
    subjects: Vec<RecordId>,
    due_on: &str,
) -> Result<Vec<StopRow>, Fault> {
    conn.all(&STOPS, (district, cause.to_owned(), List(subjects), due_on.to_owned())).await
}
