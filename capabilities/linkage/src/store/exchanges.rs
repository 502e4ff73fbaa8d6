//! Saves and reads what went in and out of a sandbox. Each call wants the sandbox itself: there is no way to a real district's.

use crate::model::exchange::{ExchangeId, ExchangeRow, WayName};
use ::store::{Conn, Json, Tx, sql, value};
use courier::DeliveryId;
use platform::{DistrictId, Fault, Sandbox, Time, Words};
use uuid::Uuid;

value!(ExchangeId as Uuid, |v| v.0, ExchangeId);

type Columns = (
    DistrictId,
    ExchangeId,
    WayName,
    Time,
    String,
    String,
    String,
    Json<Vec<(String, String)>>,
    String,
    bool,
    Option<i64>,
    String,
    bool,
    i64,
    Option<Json<Words>>,
    Option<DeliveryId>,
);

sql! {
    ADD: Columns =
        "insert into linkage_exchange (district, id, way, at, method, address, query, headers, body, body_cut, status, answer, answer_cut,
             took_ms, why, delivery_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";
    LIST: (DistrictId, ExchangeId, String, i64, i64, i64) -> ExchangeRow =
        "select id, way, at, method, address, query, headers, body, body_cut, status, answer, answer_cut, took_ms, why, delivery_id
         from linkage_exchange
         where district = $1 and id < $2 and address like $3 and coalesce(status, 0) between $4 and $5
         order by id desc limit $6";
    FIND: (DistrictId, ExchangeId) -> ExchangeRow =
        "select id, way, at, method, address, query, headers, body, body_cut, status, answer, answer_cut, took_ms, why, delivery_id
         from linkage_exchange where district = $1 and id = $2";
    OLDEST_KEPT: (DistrictId, i64) -> (ExchangeId,) =
        "select id from linkage_exchange where district = $1 order by id desc limit 1 offset $2";
    TRIM: (DistrictId, ExchangeId) = "delete from linkage_exchange where district = $1 and id < $2";
    FORGET: (DistrictId, Time) = "delete from linkage_exchange {by:linkage_exchange_at} where district = $1 and at < $2";
}

/// What is looked for.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    /// Before this one.
    pub before: ExchangeId,
    /// A piece of the address.
    pub piece: String,
    /// From and to, both included; an exchange without an answer has 0.
    pub statuses: (i64, i64),
}

pub(crate) async fn add(tx: &mut Tx, sandbox: Sandbox, row: ExchangeRow) -> Result<(), Fault> {
    let r = row;
    let columns = (
        sandbox.district(),
        r.id,
        r.way,
        r.at,
        r.method,
        r.address,
        r.query,
        r.headers,
        r.body,
        r.body_cut,
        r.status,
        r.answer,
        r.answer_cut,
        r.took_ms,
        r.why,
        r.delivery_id,
    );
    tx.execute(&ADD, columns).await.map(drop)
}

/// The newest first.
pub(crate) async fn list(
    conn: &mut Conn,
    sandbox: Sandbox,
    wanted: Wanted,
    rows: i64,
) -> Result<Vec<ExchangeRow>, Fault> {
    // What stands for other characters in a pattern is not looked for.
    let piece = format!("%{}%", wanted.piece.replace(['%', '_'], ""));
    let (from, to) = wanted.statuses;
    conn.all(&LIST, (sandbox.district(), wanted.before, piece, from, to, rows)).await
}

pub(crate) async fn find(
    conn: &mut Conn,
    sandbox: Sandbox,
    id: ExchangeId,
) -> Result<Option<ExchangeRow>, Fault> {
    conn.optional(&FIND, (sandbox.district(), id)).await
}

/// Keeps the newest so many, and forgets the others.
pub(crate) async fn trim(tx: &mut Tx, sandbox: Sandbox, rows_max: i64) -> Result<(), Fault> {
    let oldest = tx.optional(&OLDEST_KEPT, (sandbox.district(), rows_max - 1)).await?;
    if let Some((id,)) = oldest {
        tx.execute(&TRIM, (sandbox.district(), id)).await?;
    }
    Ok(())
}

/// Forgets what is older; answers how many.
pub(crate) async fn forget(tx: &mut Tx, sandbox: Sandbox, before: Time) -> Result<u64, Fault> {
    tx.execute(&FORGET, (sandbox.district(), before)).await
}
