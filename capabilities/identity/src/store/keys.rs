//! Keys of other systems.

use edge::{KeyCalls, KeyRoute};
use platform::{AccountId, DistrictId, Fault, Time};
use store::{Conn, Tx, row, sql};
use uuid::Uuid;

row! {
    /// A key as it was found by its hash, with the state of its account.
    pub(crate) struct FoundKey {
        pub(crate) id: Uuid,
        pub(crate) account_id: AccountId,
        /// None: as the house has it.
        pub(crate) calls_per_minute: Option<i64>,
        pub(crate) ends_at: Option<Time>,
        pub(crate) revoked_at: Option<Time>,
        pub(crate) suspended_at: Option<Time>,
        pub(crate) closed_at: Option<Time>,
    }
}

row! {
    /// A key as it is kept.
    pub(crate) struct KeptKey {
        pub(crate) account_id: AccountId,
        pub(crate) calls_per_minute: Option<i64>,
        pub(crate) ends_at: Option<Time>,
        pub(crate) revoked_at: Option<Time>,
    }
}

/// Keys of a sandbox revoked at once: it has one or two.
const KEYS_REVOKED_MAX: i64 = 1_000;

sql! {
    FIND_KEY: (DistrictId, Vec<u8>) -> FoundKey =
        "select k.id, k.account_id, k.calls_per_minute, k.ends_at, k.revoked_at, a.suspended_at, a.closed_at
         from identity_service_key k
         join identity_account a on a.district = k.district and a.id = k.account_id
         where k.district = $1 and k.key_hash = $2";
    INSERT_KEY: (DistrictId, Vec<u8>, Uuid, AccountId, String, Time, Option<Time>, Option<i64>) =
        "insert into identity_service_key (district, key_hash, id, account_id, hint, made_at, ends_at, calls_per_minute)
         values ($1, $2, $3, $4, $5, $6, $7, $8)";
    KEY_BY_ID: (DistrictId, Uuid) -> KeptKey =
        "select account_id, calls_per_minute, ends_at, revoked_at from identity_service_key where district = $1 and id = $2";
    GOOD_KEYS: (DistrictId, i64) -> (Uuid, AccountId) =
        "select id, account_id from identity_service_key where district = $1 and revoked_at is null
         order by id limit $2 /* whole district */";
    END_KEY: (DistrictId, Uuid, Time) =
        "update identity_service_key set ends_at = $3 where district = $1 and id = $2";
    ADD_USE: (DistrictId, Uuid, String, String, i64, i64, i64, Time) =
        "insert into identity_key_use (district, key_id, day, route, calls, refused, failed, last_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (district, key_id, day, route) do update set
             calls = identity_key_use.calls + excluded.calls, refused = identity_key_use.refused + excluded.refused,
             failed = identity_key_use.failed + excluded.failed,
             last_at = case when excluded.last_at > identity_key_use.last_at then excluded.last_at else identity_key_use.last_at end";
    SWEEP_USES: (DistrictId, Time) = "delete from identity_key_use where district = $1 and last_at < $2";
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
    (ends_at, calls_per_minute): (Option<Time>, Option<i64>),
) -> Result<(), Fault> {
    let (district, now) = (tx.district(), tx.now());
    let key = (district, hash.to_vec(), id, account, hint, now, ends_at, calls_per_minute);
    tx.execute(&INSERT_KEY, key).await.map(drop)
}

/// The key ends then by itself.
pub(crate) async fn end_key(tx: &mut Tx, id: Uuid, at: Time) -> Result<(), Fault> {
    let district = tx.district();
    tx.execute(&END_KEY, (district, id, at)).await.map(drop)
}

/// Adds to what a key did on a route that day.
pub(crate) async fn add_key_use(tx: &mut Tx, route: &KeyRoute, calls: &KeyCalls) -> Result<(), Fault> {
    let day = calls.last_at.local().date().to_string();
    let counts = (calls.calls, calls.refused, calls.failed, calls.last_at);
    let row = (route.district, route.key, day, route.route.clone(), counts.0, counts.1, counts.2, counts.3);
    tx.execute(&ADD_USE, row).await.map(drop)
}

/// Forgets what keys did before a moment.
pub(crate) async fn sweep_key_uses(tx: &mut Tx, before: Time) -> Result<(), Fault> {
    let district = tx.district();
    tx.execute(&SWEEP_USES, (district, before)).await.map(drop)
}

/// Whose key it is, how far it reaches, and when it was revoked.
pub(crate) async fn load_key(tx: &mut Tx, id: Uuid) -> Result<Option<KeptKey>, Fault> {
    let district = tx.district();
    tx.optional(&KEY_BY_ID, (district, id)).await
}

/// Keys that were not revoked, with whose they are.
pub(crate) async fn list_good_keys(
    conn: &mut Conn,
    district: DistrictId,
) -> Result<Vec<(Uuid, AccountId)>, Fault> {
    conn.all(&GOOD_KEYS, (district, KEYS_REVOKED_MAX)).await
}

pub(crate) async fn revoke_key(tx: &mut Tx, id: Uuid) -> Result<(), Fault> {
    let (district, now) = (tx.district(), tx.now());
    tx.execute(&REVOKE_KEY, (district, id, now)).await.map(drop)
}
