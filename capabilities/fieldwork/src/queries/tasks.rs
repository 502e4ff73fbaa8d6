//! Tasks of grids, what is due first; and what was planned before for a rule.

use crate::model::{Outcome, TaskState};
use crate::store::tasks::TaskRow;
use ::store::{Conn, List, row, sql};
use jiff::civil::Date;
use platform::{DistrictId, Fault};
use registry::RecordId;
use std::collections::{HashMap, HashSet};

/// Open tasks of one grid on one list; a campaign has a door in each of four hundred homes.
pub(crate) const OPEN_MAX: i64 = 500;
/// Open visits of one grid that are looked through when it is planned.
const VISITS_MAX: i64 = 5_000;
/// People of one statement.
const AT_ONCE: usize = 500;

row! {
    /// A visit that was planned for somebody before.
    #[derive(Clone, Debug)]
    pub(crate) struct Earlier {
        pub subject_id: RecordId,
        pub due_on: String,
        pub state: TaskState,
        pub outcome: Option<Outcome>,
    }
}

sql! {
    OPEN: (DistrictId, String, String, i64) -> TaskRow =
        "select id, kind, campaign_id, form_id, area_path, subject_id, place_id, from_on, due_on, state, outcome, tries, tried_at, done_at,
             done_on_arrival, done_by, done_by_name, submission_id, content, code, said, said_at, changed_at
         from fieldwork_task where district = $1 and area_path = $2 and state = 'open' and from_on <= $3 order by due_on, id limit $4";
    OPEN_VISITS: (DistrictId, String, i64) -> TaskRow =
        "select id, kind, campaign_id, form_id, area_path, subject_id, place_id, from_on, due_on, state, outcome, tries, tried_at, done_at,
             done_on_arrival, done_by, done_by_name, submission_id, content, code, said, said_at, changed_at
         from fieldwork_task where district = $1 and area_path = $2 and state = 'open' and kind = 'visit' order by due_on, id limit $3";
    OPEN_OF_CAUSE: (DistrictId, String, i64) -> TaskRow =
        "select id, kind, campaign_id, form_id, area_path, subject_id, place_id, from_on, due_on, state, outcome, tries, tried_at, done_at,
             done_on_arrival, done_by, done_by_name, submission_id, content, code, said, said_at, changed_at
         from fieldwork_task where district = $1 and cause = $2 and state = 'open' order by subject_id, due_on limit $3";
    /// Of the period, and what is still open of one before.
    EARLIER: (DistrictId, String, List<RecordId>, String) -> Earlier =
        "select subject_id, due_on, state, outcome from fieldwork_task
         where district = $1 and cause = $2 and subject_id {in:$3:uuid} and (due_on >= $4 or state = 'open')";
    ENDED: (DistrictId, String, List<RecordId>) -> (RecordId,) =
        "select distinct subject_id from fieldwork_task
         where district = $1 and cause = $2 and subject_id {in:$3:uuid} and outcome is not null";
}

/// Open tasks of a grid that may be done on a day, 2026-03-02: what is due first.
pub(crate) async fn open_in(
    conn: &mut Conn,
    district: DistrictId,
    grid: &str,
    day: &str,
) -> Result<Vec<TaskRow>, Fault> {
    conn.all(&OPEN, (district, grid.to_owned(), day.to_owned(), OPEN_MAX)).await
}

/// Open visits of a grid, whenever they are due.
pub(crate) async fn open_visits(
    conn: &mut Conn,
    district: DistrictId,
    grid: &str,
) -> Result<Vec<TaskRow>, Fault> {
    conn.all(&OPEN_VISITS, (district, grid.to_owned(), VISITS_MAX)).await
}

/// Open tasks of one cause, as it stands in the open.
pub(crate) async fn open_of_cause(
    conn: &mut Conn,
    district: DistrictId,
    cause: &str,
) -> Result<Vec<TaskRow>, Fault> {
    conn.all(&OPEN_OF_CAUSE, (district, cause.to_owned(), VISITS_MAX)).await
}

/// What was planned before for a cause and these people, due since a day or still open.
pub(crate) async fn earlier(
    conn: &mut Conn,
    district: DistrictId,
    cause: &str,
    people: &[RecordId],
    since: Date,
) -> Result<HashMap<RecordId, Vec<Earlier>>, Fault> {
    let mut found: HashMap<RecordId, Vec<Earlier>> = HashMap::new();
    for some in people.chunks(AT_ONCE) {
        let params = (district, cause.to_owned(), List(some.to_vec()), since.to_string());
        for row in conn.all(&EARLIER, params).await? {
            found.entry(row.subject_id).or_default().push(row);
        }
    }
    Ok(found)
}

/// Those of these people for whom a task of a cause came to an end: done, or refused.
pub(crate) async fn ended_among(
    conn: &mut Conn,
    district: DistrictId,
    cause: &str,
    people: &[RecordId],
) -> Result<HashSet<RecordId>, Fault> {
    let mut found = HashSet::new();
    for some in people.chunks(AT_ONCE) {
        let rows = conn.all(&ENDED, (district, cause.to_owned(), List(some.to_vec()))).await?;
        found.extend(rows.into_iter().map(|(person,)| person));
    }
    Ok(found)
}
