//! How cases stand and what came of them, and the cases somebody with a phone has reported or follows.

use crate::model::CaseId;
use ::store::{Conn, List, row, sql};
use platform::{DistrictId, Fault, OrganisationId, Phone, PostId, Time};

/// Cases of one phone that are looked at, the newest.
const OF_PHONE_ROWS_MAX: i64 = 50;
/// Cases that were merged into those asked for together.
const MERGED_ROWS_MAX: i64 = 5_000;
/// Lines of history with a result, of all cases asked for together: a case that was reopened has more than one.
const RESULT_ROWS_MAX: i64 = 5_000;

row! {
    /// A case as its outcome is told.
    #[derive(Clone, Debug)]
    pub(crate) struct Standing {
        pub id: CaseId,
        pub number: String,
        pub workflow_version: i64,
        pub state: String,
        pub open: bool,
        pub type_code: String,
        pub unit_id: Option<OrganisationId>,
        pub owner_post: Option<PostId>,
        pub host_post: Option<PostId>,
        pub due_at: Option<Time>,
        pub reported_at: Time,
        pub state_since: Time,
        pub closed_at: Option<Time>,
        pub rating: Option<i64>,
        pub merged_into: Option<CaseId>,
    }
}

row! {
    /// What somebody said when the work was done, or why it was not.
    #[derive(Clone, Debug)]
    pub(crate) struct ResultRow {
        pub case_id: CaseId,
        pub at: Time,
        pub action: String,
        pub reason: Option<String>,
        pub note: Option<String>,
    }
}

row! {
    /// A case of a phone, as it is compared with what its owner says now.
    #[derive(Clone, Debug)]
    pub struct Earlier {
        pub id: CaseId,
        pub number: String,
        pub state: String,
        pub open: bool,
        pub type_code: String,
        pub words: String,
        pub lon: Option<f64>,
        pub lat: Option<f64>,
        pub address: Option<String>,
        pub area_path: String,
        pub reported_at: Time,
        pub closed_at: Option<Time>,
        pub merged_into: Option<CaseId>,
    }
}

sql! {
    STANDINGS: (DistrictId, List<CaseId>, i64) -> Standing =
        "select id, number, workflow_version, state, open, type_code, unit_id, owner_post, host_post, due_at, reported_at,
             state_since, closed_at, rating, merged_into
         from cases_case where district = $1 and id {in:$2:uuid} limit $3";
    RESULTS: (DistrictId, List<CaseId>, List<String>, i64) -> ResultRow =
        "select case_id, at, action, reason, note from cases_entry
         where district = $1 and case_id {in:$2:uuid} and action {in:$3:text} order by case_id, id limit $4";
    MERGED_INTO: (DistrictId, List<CaseId>, i64) -> (CaseId,) =
        "select id from cases_case {by:cases_case_merged}
         where district = $1 and merged_into is not null and merged_into {in:$2:uuid} order by id limit $3";
    EARLIER_OF_PHONE: (DistrictId, String, Time, i64) -> Earlier =
        "select c.id, c.number, c.state, c.open, c.type_code, c.words, c.lon, c.lat, c.address, c.area_path, c.reported_at,
             c.closed_at, c.merged_into
         from cases_follower f join cases_case c on c.district = f.district and c.id = f.case_id
         where f.district = $1 and f.phone = $2 and (c.open or c.closed_at >= $3) order by f.case_id desc limit $4";
}

/// How these cases stand, in no order.
pub(crate) async fn standings(
    conn: &mut Conn,
    district: DistrictId,
    ids: Vec<CaseId>,
) -> Result<Vec<Standing>, Fault> {
    let rows = ids.len() as i64;
    conn.all(&STANDINGS, (district, List(ids), rows)).await
}

/// What was said with these actions, case by case, the last one last.
pub(crate) async fn results(
    conn: &mut Conn,
    district: DistrictId,
    ids: Vec<CaseId>,
    actions: &[&str],
) -> Result<Vec<ResultRow>, Fault> {
    let actions = actions.iter().map(|action| (*action).to_owned()).collect();
    conn.all(&RESULTS, (district, List(ids), List(actions), RESULT_ROWS_MAX)).await
}

/// Cases that were merged into these.
pub(crate) async fn merged_into(
    conn: &mut Conn,
    district: DistrictId,
    ids: Vec<CaseId>,
) -> Result<Vec<CaseId>, Fault> {
    let rows = conn.all(&MERGED_INTO, (district, List(ids), MERGED_ROWS_MAX)).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Cases that are open, or were closed since then, and that somebody with this phone reported or follows; the newest first.
pub(crate) async fn earlier_of_phone(
    conn: &mut Conn,
    district: DistrictId,
    phone: &Phone,
    closed_since: Time,
) -> Result<Vec<Earlier>, Fault> {
    let phone = phone.as_str().to_owned();
    conn.all(&EARLIER_OF_PHONE, (district, phone, closed_since, OF_PHONE_ROWS_MAX)).await
}
