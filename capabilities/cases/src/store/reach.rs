//! Loads and saves attempts to reach a reporter.

use crate::model::CaseId;
use crate::reach::{Reach, ReachId, ReachWay};
use ::store::{Conn, Tx, sql, value};
use platform::{AccountId, DistrictId, Fault, PostId, Time};
use uuid::Uuid;

value!(ReachId as Uuid, |v| v.0, ReachId);

/// Attempts of one case that are shown.
const OF_CASE_MAX: i64 = 30;

type Columns = (DistrictId, ReachId, CaseId, ReachWay, PostId, Option<AccountId>, Time);

sql! {
    ADD: Columns =
        "insert into cases_reach (district, id, case_id, way, post_id, account_id, at) values ($1, $2, $3, $4, $5, $6, $7)";
    OF_CASE: (DistrictId, CaseId, i64) -> Reach =
        "select id, case_id, way, post_id, account_id, at from cases_reach
         where district = $1 and case_id = $2 order by at desc limit $3";
    FIND: (DistrictId, ReachId) -> Reach =
        "select id, case_id, way, post_id, account_id, at from cases_reach where district = $1 and id = $2";
    COUNT_SINCE: (DistrictId, CaseId, Time) -> (i64,) =
        "select count(*) from cases_reach where district = $1 and case_id = $2 and at >= $3";
}

pub(crate) async fn add(tx: &mut Tx, reach: &Reach) -> Result<(), Fault> {
    let r = reach;
    let columns = (tx.district(), r.id, r.case_id, r.way, r.post_id, r.account_id, r.at);
    tx.execute(&ADD, columns).await.map(drop)
}

/// The latest first.
pub(crate) async fn of_case(conn: &mut Conn, district: DistrictId, id: CaseId) -> Result<Vec<Reach>, Fault> {
    conn.all(&OF_CASE, (district, id, OF_CASE_MAX)).await
}

pub(crate) async fn find(conn: &mut Conn, district: DistrictId, id: ReachId) -> Result<Option<Reach>, Fault> {
    conn.optional(&FIND, (district, id)).await
}

pub(crate) async fn count_since(
    conn: &mut Conn,
    district: DistrictId,
    id: CaseId,
    since: Time,
) -> Result<i64, Fault> {
    Ok(conn.one(&COUNT_SINCE, (district, id, since)).await?.0)
}
