//! Keys of other systems.

use platform::{AccountId, DistrictId, Fault, Time};
use store::{Conn, Tx, row, sql};
use uuid::Uuid;

row! {
    /// A key as it was found by its hash, with the state of its account.
    pub(crate) struct FoundKey {
        pub(crate) account_id: AccountId,
        pub(crate) ends_at: Option<Time>,
        pub(crate) revoked_at: Option<Time>,
        pub(crate) suspended_at: Option<Time>,
        pub(crate) closed_at: Option<Time>,
    }
}

sql! {
    FIND_KEY: (DistrictId, Vec<u8>) -> FoundKey =
        "select k.account_id, k.ends_at, k.revoked_at, a.suspended_at, a.closed_at
         from identity_service_key k
         join identity_account a on a.district = k.district and a.id = k.account_id
         where k.district = $1 and k.key_hash = $2";
    INSERT_KEY: (DistrictId, Vec<u8>, Uuid, AccountId, String, Time, Option<Time>) =
        "insert into identity_service_key (district, key_hash, id, account_id, hint, made_at, ends_at)
         values ($1, $2, $3, $4, $5, $6, $7)";
    KEY_BY_ID: (DistrictId, Uuid) -> (AccountId, Option<Time>) =
        "select account_id, revoked_at from identity_service_key where district = $1 and id = $2";
    REVOKE_KEY: (DistrictId, Uuid, Time) =
        "update identity_service_key set revoked_at = $3 where district = $1 and id = $2 and revoked_at is null";
}

pub(crate) async fn find_key(
    conn: &mut Conn,
    district: DistrictId,
    hash: &[u8],
) -> Result<Option<FoundKey>, Fault> {
    conn.optional(&FIND_KEY, (district, hash.to_vec())).await
}

pub(crate) async fn insert_key(
    tx: &mut Tx,
    hash: &[u8],
    id: Uuid,
    account: AccountId,
    hint: String,
    ends_at: Option<Time>,
) -> Result<(), Fault> {
    let (district, now) = (tx.district(), tx.now());
    tx.execute(&INSERT_KEY, (district, hash.to_vec(), id, account, hint, now, ends_at)).await.map(drop)
}

/// Whose key it is, and when it was revoked.
pub(crate) async fn load_key(tx: &mut Tx, id: Uuid) -> Result<Option<(AccountId, Option<Time>)>, Fault> {
    let district = tx.district();
    tx.optional(&KEY_BY_ID, (district, id)).await
}

pub(crate) async fn revoke_key(tx: &mut Tx, id: Uuid) -> Result<(), Fault> {
    let (district, now) = (tx.district(), tx.now());
    tx.execute(&REVOKE_KEY, (district, id, now)).await.map(drop)
}
