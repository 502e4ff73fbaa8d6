//! Failed attempts by what was typed as the login.

use crate::model::Attempts;
use platform::{DistrictId, Fault, Time};
use store::{Conn, Tx, row, sql};

row! {
    struct AttemptRow { failures: i64, last_at: Time, locked_until: Option<Time> }
}

sql! {
    ATTEMPT: (DistrictId, Vec<u8>) -> AttemptRow =
        "select failures, last_at, locked_until from identity_attempt where district = $1 and login_hash = $2";
    SAVE_ATTEMPT: (DistrictId, Vec<u8>, i64, Time, Option<Time>) =
        "insert into identity_attempt (district, login_hash, failures, last_at, locked_until) values ($1, $2, $3, $4, $5)
         on conflict (district, login_hash) do update set failures = excluded.failures, last_at = excluded.last_at,
             locked_until = excluded.locked_until";
    FORGET_ATTEMPT: (DistrictId, Vec<u8>) =
        "delete from identity_attempt where district = $1 and login_hash = $2";
}

pub(crate) async fn load_attempts(
    conn: &mut Conn,
    district: DistrictId,
    login_hash: &[u8],
) -> Result<Attempts, Fault> {
    let row = conn.optional(&ATTEMPT, (district, login_hash.to_vec())).await?;
    Ok(row.map_or_else(Attempts::default, |r| Attempts {
        failures: r.failures,
        last_at: Some(r.last_at),
        locked_until: r.locked_until,
    }))
}

pub(crate) async fn save_attempts(tx: &mut Tx, login_hash: &[u8], attempts: Attempts) -> Result<(), Fault> {
    let (district, now) = (tx.district(), tx.now());
    let last_at = attempts.last_at.unwrap_or(now);
    let params = (district, login_hash.to_vec(), attempts.failures, last_at, attempts.locked_until);
    tx.execute(&SAVE_ATTEMPT, params).await.map(drop)
}

pub(crate) async fn forget_attempts(tx: &mut Tx, login_hash: &[u8]) -> Result<(), Fault> {
    let district = tx.district();
    tx.execute(&FORGET_ATTEMPT, (district, login_hash.to_vec())).await.map(drop)
}
