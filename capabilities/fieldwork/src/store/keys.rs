//! Keys of programs that speak OpenRosa.

use crate::model::KeyId;
use ::store::{Conn, Tx, row, sql};
use platform::{AccountId, DistrictId, Fault, Time};

row! {
    /// A key without itself.
    #[derive(Clone, Debug)]
    pub(crate) struct KeyRow {
        pub id: KeyId,
        pub account: AccountId,
        pub name: String,
        pub hint: String,
        pub made_at: Time,
        pub ends_at: Time,
        pub revoked_at: Option<Time>,
    }
}

sql! {
    INSERT: (DistrictId, Vec<u8>, KeyId, AccountId, String, String, Time, Time) =
        "insert into fieldwork_key (district, hash, id, account, name, hint, made_at, ends_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)";
    FIND: (DistrictId, Vec<u8>) -> KeyRow =
        "select id, account, name, hint, made_at, ends_at, revoked_at from fieldwork_key where district = $1 and hash = $2";
    FIND_BY_ID: (DistrictId, KeyId) -> KeyRow =
        "select id, account, name, hint, made_at, ends_at, revoked_at from fieldwork_key where district = $1 and id = $2";
    OF_ACCOUNT: (DistrictId, AccountId, i64) -> KeyRow =
        "select id, account, name, hint, made_at, ends_at, revoked_at from fieldwork_key
         where district = $1 and account = $2 order by made_at desc limit $3";
    REVOKE: (DistrictId, KeyId, Time) = "update fieldwork_key set revoked_at = $3 where district = $1 and id = $2";
}

/// A key that is new.
pub(crate) async fn insert(tx: &mut Tx, hash: Vec<u8>, row: KeyRow) -> Result<(), Fault> {
    let cells = (tx.district(), hash, row.id, row.account, row.name, row.hint, row.made_at, row.ends_at);
    tx.execute(&INSERT, cells).await.map(drop)
}

/// A key by its hash.
pub(crate) async fn find(
    conn: &mut Conn,
    district: DistrictId,
    hash: Vec<u8>,
) -> Result<Option<KeyRow>, Fault> {
    conn.optional(&FIND, (district, hash)).await
}

/// A key by its id.
pub(crate) async fn find_by_id(tx: &mut Tx, id: KeyId) -> Result<Option<KeyRow>, Fault> {
    let district = tx.district();
    tx.optional(&FIND_BY_ID, (district, id)).await
}

/// The newest keys of an account, those that are over with them.
pub(crate) async fn of_account(
    conn: &mut Conn,
    district: DistrictId,
    account: AccountId,
    rows_max: i64,
) -> Result<Vec<KeyRow>, Fault> {
    conn.all(&OF_ACCOUNT, (district, account, rows_max)).await
}

/// Ends a key for good.
pub(crate) async fn revoke(tx: &mut Tx, id: KeyId) -> Result<(), Fault> {
    let (district, now) = (tx.district(), tx.now());
    tx.execute(&REVOKE, (district, id, now)).await.map(drop)
}
