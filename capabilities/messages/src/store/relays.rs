//! Loads and saves numbers in between.

use crate::model::{Relay, RelayId, RelayState, Why};
use ::store::{Conn, List, Tx, list_item, sql, value};
use platform::{DistrictId, Fault, Time};
use uuid::Uuid;

value!(RelayId as Uuid, |v| v.0, RelayId);
list_item!(RelayId, Uuid, UuidList, |v| v.0);

type NewRelay = (DistrictId, RelayId, String, Uuid, Option<Vec<u8>>, i64, Time, Time);

sql! {
    ADD: NewRelay =
        "insert into messages_relay (district, id, recipient_kind, recipient_id, sealed, seconds, state, asked_at, until_at)
         values ($1, $2, $3, $4, $5, $6, 'asked', $7, $8) on conflict (district, id) do nothing";
    FIND: (DistrictId, RelayId) -> Relay =
        "select id, recipient_kind, recipient_id, sealed, seconds, state, why, number, extension, binding, asked_at, until_at, ended_at
         from messages_relay where district = $1 and id = $2";
    AMONG: (DistrictId, List<RelayId>) -> Relay =
        "select id, recipient_kind, recipient_id, sealed, seconds, state, why, number, extension, binding, asked_at, until_at, ended_at
         from messages_relay where district = $1 and id {in:$2:uuid}";
    BIND: (DistrictId, RelayId, String, Option<String>, String, Time) =
        "update messages_relay set state = 'bound', why = null, number = $3, extension = $4, binding = $5, until_at = $6
         where district = $1 and id = $2 and state in ('asked', 'refused')";
    /// A binding that came after its end: kept until it is released.
    BIND_LATE: (DistrictId, RelayId, String) =
        "update messages_relay set binding = $3 where district = $1 and id = $2 and state = 'ended'";
    SET_STATE: (DistrictId, RelayId, RelayState, Option<Why>) =
        "update messages_relay set state = $3, why = $4 where district = $1 and id = $2 and state in ('asked', 'refused')";
    /// What was sealed, and what could be dialled, is of no use any more.
    END: (DistrictId, RelayId, Time) =
        "update messages_relay set state = 'ended', sealed = null, number = null, extension = null, ended_at = $3
         where district = $1 and id = $2 and state <> 'ended'";
    ASKED: (DistrictId, Time, i64) -> (RelayId,) =
        "select id from messages_relay where district = $1 and asked_at >= $2 and state = 'asked' order by asked_at limit $3";
    RELEASE: (DistrictId, RelayId) = "update messages_relay set binding = null where district = $1 and id = $2";
    SEALED: (DistrictId, RelayId, i64) -> (RelayId, Option<Vec<u8>>) =
        "select id, sealed from messages_relay where district = $1 and id > $2 and sealed is not null
         order by id limit $3 /* whole district */";
    SEAL: (DistrictId, RelayId, Vec<u8>, Vec<u8>) =
        "update messages_relay set sealed = $3 where district = $1 and id = $2 and sealed = $4";
    FORGET: (DistrictId, Time) =
        "delete from messages_relay where district = $1 and asked_at < $2 and state = 'ended'";
}

/// A number in between that is about to be asked for.
#[derive(Clone, Debug)]
pub(crate) struct NewRow {
    pub id: RelayId,
    pub recipient: (&'static str, Uuid),
    pub sealed: Option<Vec<u8>>,
    pub seconds: i64,
    pub until_at: Time,
}

/// Keeps one; `false` where it was asked for before.
pub(crate) async fn add(tx: &mut Tx, row: NewRow) -> Result<bool, Fault> {
    let (kind, recipient) = row.recipient;
    let columns =
        (tx.district(), row.id, kind.to_owned(), recipient, row.sealed, row.seconds, tx.now(), row.until_at);
    Ok(tx.execute(&ADD, columns).await? == 1)
}

pub(crate) async fn find(conn: &mut Conn, district: DistrictId, id: RelayId) -> Result<Option<Relay>, Fault> {
    conn.optional(&FIND, (district, id)).await
}

pub(crate) async fn among(
    conn: &mut Conn,
    district: DistrictId,
    ids: Vec<RelayId>,
) -> Result<Vec<Relay>, Fault> {
    conn.all(&AMONG, (district, List(ids))).await
}

/// There is a number; `false` where nobody waits for it any more.
pub(crate) async fn bind(
    tx: &mut Tx,
    id: RelayId,
    (number, extension, binding): (String, Option<String>, String),
    until: Time,
) -> Result<bool, Fault> {
    let district = tx.district();
    Ok(tx.execute(&BIND, (district, id, number, extension, binding, until)).await? == 1)
}

pub(crate) async fn bind_late(tx: &mut Tx, id: RelayId, binding: String) -> Result<(), Fault> {
    let district = tx.district();
    tx.execute(&BIND_LATE, (district, id, binding)).await.map(drop)
}

/// Between being asked for and being refused, both ways: a person may ask the gateway again.
pub(crate) async fn set_state(
    tx: &mut Tx,
    id: RelayId,
    state: RelayState,
    why: Option<Why>,
) -> Result<(), Fault> {
    let district = tx.district();
    tx.execute(&SET_STATE, (district, id, state, why)).await.map(drop)
}

/// Those the gateway has not answered yet.
pub(crate) async fn asked(tx: &mut Tx, since: Time, limit: i64) -> Result<Vec<RelayId>, Fault> {
    let district = tx.district();
    Ok(tx.all(&ASKED, (district, since, limit)).await?.into_iter().map(|(id,)| id).collect())
}

/// `false` where it had ended before.
pub(crate) async fn end(tx: &mut Tx, id: RelayId) -> Result<bool, Fault> {
    let (district, now) = (tx.district(), tx.now());
    Ok(tx.execute(&END, (district, id, now)).await? == 1)
}

pub(crate) async fn release(tx: &mut Tx, id: RelayId) -> Result<(), Fault> {
    let district = tx.district();
    tx.execute(&RELEASE, (district, id)).await.map(drop)
}

pub(crate) async fn sealed(
    conn: &mut Conn,
    district: DistrictId,
    after: RelayId,
    limit: i64,
) -> Result<Vec<(RelayId, Option<Vec<u8>>)>, Fault> {
    conn.all(&SEALED, (district, after, limit)).await
}

pub(crate) async fn seal(tx: &mut Tx, id: RelayId, sealed: Vec<u8>, before: Vec<u8>) -> Result<(), Fault> {
    let district = tx.district();
    tx.execute(&SEAL, (district, id, sealed, before)).await.map(drop)
}

pub(crate) async fn forget(tx: &mut Tx, before: Time) -> Result<u64, Fault> {
    let district = tx.district();
    tx.execute(&FORGET, (district, before)).await
}
