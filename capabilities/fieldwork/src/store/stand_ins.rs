//! Loads and saves who stands in for whom; the reason is sealed.

use super::keys;
use crate::model::{Holder, KEEPING_REASONS, StandIn, StandInId};
use ::store::{Conn, Tx, row, sql, value};
use platform::{AccountId, DistrictId, Fault, FaultKind, Personal, PostId, Time};
use seal::{Context, Keyring};
use uuid::Uuid;

value!(StandInId as Uuid, |v| v.0, StandInId);

/// The column reasons are bound to.
pub(crate) const REASON: &str = "fieldwork_stand_in.reason";
/// Posts somebody else serves at once; a district has some hundreds of posts.
const RUNNING_MAX: i64 = 1_000;

row! {
    #[derive(Clone, Debug)]
    struct StandInRow {
        id: StandInId,
        post_id: PostId,
        area_path: String,
        main_account: AccountId,
        main_name: String,
        by_account: AccountId,
        by_name: String,
        from_at: Time,
        until_at: Time,
        asked_by: Option<AccountId>,
        asked_at: Time,
        reason: Vec<u8>,
        ended_at: Option<Time>,
    }
}

type NewStandIn = (
    DistrictId,
    StandInId,
    PostId,
    String,
    AccountId,
    String,
    AccountId,
    String,
    Time,
    Time,
    Option<AccountId>,
    Time,
    Vec<u8>,
);

sql! {
    FIND: (DistrictId, StandInId) -> StandInRow =
        "select id, post_id, area_path, main_account, main_name, by_account, by_name, from_at, until_at, asked_by, asked_at, reason, ended_at
         from fieldwork_stand_in where district = $1 and id = $2";
    RUNNING_AT: (DistrictId, PostId) -> StandInRow =
        "select id, post_id, area_path, main_account, main_name, by_account, by_name, from_at, until_at, asked_by, asked_at, reason, ended_at
         from fieldwork_stand_in where district = $1 and post_id = $2 and ended_at is null";
    RUNNING: (DistrictId, Time, i64) -> StandInRow =
        "select id, post_id, area_path, main_account, main_name, by_account, by_name, from_at, until_at, asked_by, asked_at, reason, ended_at
         from fieldwork_stand_in {by:fieldwork_stand_in_post_id_key}
         where district = $1 and ended_at is null and until_at > $2 order by post_id limit $3 /* whole district */";
    INSERT: NewStandIn =
        "insert into fieldwork_stand_in (district, id, post_id, area_path, main_account, main_name, by_account, by_name, from_at, until_at,
             asked_by, asked_at, reason)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    END: (DistrictId, StandInId, Time) =
        "update fieldwork_stand_in set ended_at = $3 where district = $1 and id = $2";
}

impl StandInRow {
    fn open(self, keys: &Keyring, district: DistrictId) -> Result<StandIn, Fault> {
        let plain = keys.open(&Context { district, column: REASON, row: self.id.0 }, &self.reason)?;
        let reason = std::str::from_utf8(&plain).map_err(|e| {
            Fault::new(FaultKind::Corrupt, format!("{REASON} of {} cannot be read", self.id)).because(e)
        })?;
        Ok(StandIn {
            id: self.id,
            post: self.post_id,
            area_path: self.area_path,
            main: Holder { account: self.main_account, name: self.main_name },
            by: Holder { account: self.by_account, name: self.by_name },
            from: self.from_at,
            until: self.until_at,
            asked_by: self.asked_by,
            asked_at: self.asked_at,
            reason: Personal::new(reason.to_owned()),
            ended_at: self.ended_at,
        })
    }
}

/// One of them, running or over.
pub(crate) async fn find(
    conn: &mut Conn,
    keys: &Keyring,
    district: DistrictId,
    id: StandInId,
) -> Result<Option<StandIn>, Fault> {
    conn.optional(&FIND, (district, id)).await?.map(|row| row.open(keys, district)).transpose()
}

/// The one of a post that was not ended, whether its time has come, runs or has passed.
pub(crate) async fn running_at(
    conn: &mut Conn,
    keys: &Keyring,
    district: DistrictId,
    post: PostId,
) -> Result<Option<StandIn>, Fault> {
    conn.optional(&RUNNING_AT, (district, post)).await?.map(|row| row.open(keys, district)).transpose()
}

/// All that run now or are to come.
pub(crate) async fn running(
    conn: &mut Conn,
    keys: &Keyring,
    district: DistrictId,
    now: Time,
) -> Result<Vec<StandIn>, Fault> {
    let rows = conn.all(&RUNNING, (district, now, RUNNING_MAX)).await?;
    rows.into_iter().map(|row| row.open(keys, district)).collect()
}

pub(crate) async fn insert(tx: &mut Tx, one: &StandIn) -> Result<(), Fault> {
    let district = tx.district();
    let context = Context { district, column: REASON, row: one.id.0 };
    let reason = keys(tx)?.seal(&context, one.reason.open(KEEPING_REASONS).as_bytes())?;
    let row = (
        district,
        one.id,
        one.post,
        one.area_path.clone(),
        one.main.account,
        one.main.name.clone(),
        one.by.account,
        one.by.name.clone(),
        one.from,
        one.until,
        one.asked_by,
        one.asked_at,
        reason,
    );
    tx.execute(&INSERT, row).await.map(drop)
}

pub(crate) async fn end(tx: &mut Tx, id: StandInId, at: Time) -> Result<(), Fault> {
    let district = tx.district();
    tx.execute(&END, (district, id, at)).await.map(drop)
}
