//! Loads and saves the district's broker, and the lease of the one server that listens to it.

use ::store::{Conn, Tx, row, sql};
use platform::{DistrictId, Fault, Time};
use uuid::Uuid;

row! {
    /// The broker as it is stored.
    #[derive(Clone, Debug)]
    pub(crate) struct BrokerRow {
        pub address: String,
        pub username: Option<String>,
        pub password: Option<Vec<u8>>,
        pub prefix: String,
        pub authority: Option<String>,
        pub enabled: bool,
        pub version: i64,
        pub changed_at: Time,
        pub server: Option<Uuid>,
        pub leased_until: Option<Time>,
        pub connected: bool,
        pub trouble: Option<String>,
        pub per_second: f64,
        pub said_at: Option<Time>,
    }
}

type Settings =
    (DistrictId, i64, String, Option<String>, Option<Vec<u8>>, String, Option<String>, bool, Time);

sql! {
    FIND: (DistrictId,) -> BrokerRow =
        "select address, username, password, prefix, authority, enabled, version, changed_at, server, leased_until, connected, trouble,
             per_second, said_at
         from linkage_sensor_broker where district = $1";
    ADD: Settings =
        "insert into linkage_sensor_broker (district, version, address, username, password, prefix, authority, enabled, changed_at,
             connected, per_second)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, false, 0) on conflict do nothing";
    SAVE: Settings =
        "update linkage_sensor_broker set version = $2, address = $3, username = $4, password = $5, prefix = $6, authority = $7,
             enabled = $8, changed_at = $9, connected = false, trouble = null
         where district = $1 and version + 1 = $2";
    RESEAL: (DistrictId, i64, Vec<u8>) =
        "update linkage_sensor_broker set password = $3 where district = $1 and version = $2";
    LEASE: (DistrictId, Uuid, Time, Time) =
        "update linkage_sensor_broker set server = $2, leased_until = $3
         where district = $1 and enabled and (server is null or server = $2 or leased_until < $4)";
    RELEASE: (DistrictId, Uuid) =
        "update linkage_sensor_broker set server = null, leased_until = null, connected = false where district = $1 and server = $2";
    SAY: (DistrictId, Uuid, bool, Option<String>, f64, Time) =
        "update linkage_sensor_broker set connected = $3, trouble = $4, per_second = $5, said_at = $6 where district = $1 and server = $2";
}

pub(crate) async fn find(conn: &mut Conn, district: DistrictId) -> Result<Option<BrokerRow>, Fault> {
    conn.optional(&FIND, (district,)).await
}

/// Saves the settings, one version further than they were seen; `false` where somebody else did meanwhile.
pub(crate) async fn save(tx: &mut Tx, b: &BrokerRow) -> Result<bool, Fault> {
    let b = b.clone();
    let columns = (
        tx.district(),
        b.version,
        b.address,
        b.username,
        b.password,
        b.prefix,
        b.authority,
        b.enabled,
        b.changed_at,
    );
    let saved =
        if columns.1 == 1 { tx.execute(&ADD, columns).await? } else { tx.execute(&SAVE, columns).await? };
    Ok(saved == 1)
}

pub(crate) async fn reseal(tx: &mut Tx, version: i64, password: Vec<u8>) -> Result<(), Fault> {
    let district = tx.district();
    tx.execute(&RESEAL, (district, version, password)).await.map(drop)
}

/// Takes or keeps the lease; `false` where another server has it, or nobody is to listen.
pub(crate) async fn lease(tx: &mut Tx, server: Uuid, until: Time) -> Result<bool, Fault> {
    let (district, now) = (tx.district(), tx.now());
    Ok(tx.execute(&LEASE, (district, server, until, now)).await? == 1)
}

pub(crate) async fn release(tx: &mut Tx, server: Uuid) -> Result<(), Fault> {
    let district = tx.district();
    tx.execute(&RELEASE, (district, server)).await.map(drop)
}

/// Notes how the connection is.
pub(crate) async fn say(
    tx: &mut Tx,
    server: Uuid,
    (connected, trouble, per_second): (bool, Option<String>, f64),
) -> Result<(), Fault> {
    let (district, now) = (tx.district(), tx.now());
    tx.execute(&SAY, (district, server, connected, trouble, per_second, now)).await.map(drop)
}
