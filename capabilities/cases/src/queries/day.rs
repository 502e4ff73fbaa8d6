//! What one account did to cases between two moments: for its own day, and for the day of a grid it served.

use crate::model::{CaseId, EntryId};
use ::store::{Conn, List, row, sql};
use platform::{AccountId, DistrictId, Fault, PostId, Time};

row! {
    /// A step, with what it was taken on.
    #[derive(Clone, Debug)]
    pub struct DeedRow {
        pub id: EntryId,
        pub at: Time,
        pub action: String,
        pub to_state: String,
        pub note: Option<String>,
        pub case_id: CaseId,
        pub number: String,
        pub type_code: String,
        pub area_path: String,
        pub address: Option<String>,
        pub workflow_version: i64,
    }
}

sql! {
    DEEDS: (DistrictId, AccountId, Time, Time, i64) -> DeedRow =
        "select e.id, e.at, e.action, e.to_state, e.note, c.id as case_id, c.number, c.type_code, c.area_path, c.address,
             c.workflow_version
         from cases_entry e join cases_case c on c.district = e.district and c.id = e.case_id
         where e.district = $1 and e.actor_id = $2 and e.at >= $3 and e.at < $4 order by e.at desc, e.id desc limit $5";
    COUNT_OPEN: (DistrictId, List<PostId>) -> (i64,) =
        "select count(*) from cases_case where district = $1 and owner_post {in:$2:uuid} and open";
}

/// Newest first, `rows` at most.
pub async fn list_deeds(
    conn: &mut Conn,
    district: DistrictId,
    account: AccountId,
    (from, to): (Time, Time),
    rows: i64,
) -> Result<Vec<DeedRow>, Fault> {
    conn.all(&DEEDS, (district, account, from, to, rows)).await
}

/// Open cases whose next step these posts own.
pub async fn count_open(conn: &mut Conn, district: DistrictId, posts: &[PostId]) -> Result<i64, Fault> {
    Ok(conn.one(&COUNT_OPEN, (district, List(posts.to_vec()))).await?.0)
}
