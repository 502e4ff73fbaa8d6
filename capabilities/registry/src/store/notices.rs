//! The notices that were in force, and the counts of looks by purpose.

use crate::catalogue::Kept;
use crate::model::NoticeId;
use ::store::{Conn, Json, Tx, row, sql};
use platform::{DistrictId, Fault, Time, Words};

/// Notices that are shown; a district changes what it keeps a few times a year.
const NOTICES_MAX: i64 = 100;

row! {
    /// What was in force from a moment on.
    #[derive(Clone, Debug)]
    pub(crate) struct NoticeRow {
        pub id: NoticeId,
        pub version: String,
        pub in_force_at: Time,
        pub content: Json<Kept>,
        pub changes: Json<Vec<Words>>,
    }
}

/// One count: day, kind, purpose, kind of post, looks.
pub(crate) type LookCount = (String, String, String, String, i64);

sql! {
    NOTICES: (DistrictId, i64) -> NoticeRow =
        "select id, version, in_force_at, content, changes from registry_notice where district = $1 order by id desc limit $2";
    ADD_NOTICE: (DistrictId, NoticeId, String, Time, Json<Kept>, Json<Vec<Words>>) =
        "insert into registry_notice (district, id, version, in_force_at, content, changes) values ($1, $2, $3, $4, $5, $6)";
    COUNT: (DistrictId, String, String, String, String, i64) =
        "insert into registry_look_count (district, day, kind, purpose, role, looks) values ($1, $2, $3, $4, $5, $6)
         on conflict (district, day, kind, purpose, role) do update set looks = registry_look_count.looks + excluded.looks";
}

/// All notices, the one in force first.
pub(crate) async fn notices(conn: &mut Conn, district: DistrictId) -> Result<Vec<NoticeRow>, Fault> {
    conn.all(&NOTICES, (district, NOTICES_MAX)).await
}

pub(crate) async fn add_notice(
    tx: &mut Tx,
    version: &str,
    content: Kept,
    changes: Vec<Words>,
) -> Result<NoticeId, Fault> {
    let (district, now) = (tx.district(), tx.now());
    let id = NoticeId::new(now);
    tx.execute(&ADD_NOTICE, (district, id, version.to_owned(), now, Json(content), Json(changes))).await?;
    Ok(id)
}

/// Adds looks to their counts.
pub(crate) async fn count_looks(tx: &mut Tx, counts: Vec<LookCount>) -> Result<(), Fault> {
    let district = tx.district();
    let rows = counts
        .into_iter()
        .map(|(day, kind, purpose, role, looks)| (district, day, kind, purpose, role, looks));
    tx.execute_many(&COUNT, rows.collect::<Vec<_>>()).await.map(drop)
}
