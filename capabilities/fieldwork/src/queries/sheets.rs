//! Tasks of a period by grid and what they came to: numbers, never whom they were about.

use crate::model::{CampaignId, Outcome, TaskKind, TaskState};
use ::store::{Conn, List, row, sql};
use jiff::civil::Date;
use platform::{DistrictId, Fault};

/// Grids of one statement.
const AT_ONCE: usize = 100;
/// Groups of one statement: reasons × outcomes × grids.
const GROUPS_MAX: i64 = 50_000;

row! {
    /// Tasks of one grid that have one reason and came to the same.
    #[derive(Clone, Debug)]
    pub(crate) struct TaskCount {
        pub area_path: String,
        pub kind: TaskKind,
        /// As it stands in the open: of a visit rule its keyed hash.
        pub cause: String,
        pub campaign_id: Option<CampaignId>,
        pub state: TaskState,
        pub outcome: Option<Outcome>,
        /// Of them, where nobody was at home at least once.
        pub tried: i64,
        pub total: i64,
    }
}

sql! {
    COUNT: (DistrictId, List<String>, List<String>, String, String, i64) -> TaskCount =
        "select area_path, kind, cause, campaign_id, state, outcome,
             cast(sum(case when tries > 0 then 1 else 0 end) as bigint) as tried, count(*) as total
         from fieldwork_task
         where district = $1 and area_path {in:$2:text} and state {in:$3:text} and due_on >= $4 and due_on <= $5
         group by area_path, kind, cause, campaign_id, state, outcome limit $6";
}

/// Tasks of these grids that were due between two days, both included.
pub(crate) async fn count_tasks(
    conn: &mut Conn,
    district: DistrictId,
    grids: &[String],
    (first, last): (Date, Date),
) -> Result<Vec<TaskCount>, Fault> {
    let states: Vec<String> = TaskState::ALL.iter().map(|state| state.as_str().to_owned()).collect();
    let mut all = Vec::new();
    for some in grids.chunks(AT_ONCE) {
        let (grids, states) = (List(some.to_vec()), List(states.clone()));
        let params = (district, grids, states, first.to_string(), last.to_string(), GROUPS_MAX);
        all.extend(conn.all(&COUNT, params).await?);
    }
    Ok(all)
}
