//! Loads and saves devices that take notices, the lanes of the services that reach them, and the district's key of push.

use crate::model::PushDeviceId;
use ::store::{Conn, List, Tx, row, sql, value};
use courier::EndpointId;
use platform::{AccountId, DistrictId, Fault, Time};
use seal::Blind;
use std::collections::HashMap;
use uuid::Uuid;

value!(PushDeviceId as Uuid, |v| v.0, PushDeviceId);

row! {
    /// A device as stored.
    #[derive(Clone, Debug)]
    pub(crate) struct DeviceRow {
        pub id: PushDeviceId,
        pub account_id: AccountId,
        pub sealed: Vec<u8>,
        pub service: String,
        pub label: String,
        pub added_at: Time,
    }
}

row! {
    /// The lanes of a service.
    #[derive(Clone, Debug)]
    pub(crate) struct ServiceRow {
        pub service: String,
        pub fast_endpoint_id: EndpointId,
        pub bulk_endpoint_id: EndpointId,
    }
}

row! {
    /// The lanes that reach an account's devices.
    #[derive(Clone, Copy, Debug)]
    pub(crate) struct LanesRow {
        pub account_id: AccountId,
        pub fast_endpoint_id: EndpointId,
        pub bulk_endpoint_id: EndpointId,
    }
}

type SavedDevice = (DistrictId, PushDeviceId, AccountId, Blind, Vec<u8>, String, String, Time);
type MovedDevice = (DistrictId, PushDeviceId, Blind, Vec<u8>, String);
type ChangedDevice = (DistrictId, PushDeviceId, AccountId, Vec<u8>, String);

sql! {
    ADD_DEVICE: SavedDevice =
        "insert into messages_device (district, id, account_id, mark, sealed, service, label, added_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (district, mark) do nothing";
    CHANGE_DEVICE: ChangedDevice =
        "update messages_device set account_id = $3, sealed = $4, label = $5 where district = $1 and id = $2";
    MOVE_DEVICE: MovedDevice =
        "update messages_device set mark = $3, sealed = $4, service = $5 where district = $1 and id = $2";
    DEVICE_OF_MARK: (DistrictId, Blind) -> DeviceRow =
        "select id, account_id, sealed, service, label, added_at from messages_device where district = $1 and mark = $2";
    DEVICES_OF: (DistrictId, AccountId, i64) -> DeviceRow =
        "select id, account_id, sealed, service, label, added_at from messages_device
         where district = $1 and account_id = $2 order by added_at, id limit $3";
    REMOVE_DEVICE: (DistrictId, PushDeviceId, AccountId) =
        "delete from messages_device where district = $1 and id = $2 and account_id = $3";
    PUSH_LANES: (DistrictId, List<AccountId>) -> LanesRow =
        "select d.account_id, s.fast_endpoint_id, s.bulk_endpoint_id from messages_device d
         join messages_push_service s on s.district = d.district and s.service = d.service
         where d.district = $1 and d.account_id {in:$2:uuid} order by d.account_id, d.added_at, d.id";
    PUSH_SERVICES: (DistrictId, i64) -> ServiceRow =
        "select service, fast_endpoint_id, bulk_endpoint_id from messages_push_service where district = $1 order by service limit $2";
    ADD_PUSH_SERVICE: (DistrictId, String, EndpointId, EndpointId, Time) =
        "insert into messages_push_service (district, service, fast_endpoint_id, bulk_endpoint_id, made_at)
         values ($1, $2, $3, $4, $5)";
    PUSH_KEY: (DistrictId,) -> (Vec<u8>,) = "select sealed from messages_push_key where district = $1";
    ADD_PUSH_KEY: (DistrictId, Vec<u8>, Time) =
        "insert into messages_push_key (district, sealed, made_at) values ($1, $2, $3)";
    SEAL_PUSH_KEY: (DistrictId, Vec<u8>, Vec<u8>) =
        "update messages_push_key set sealed = $2 where district = $1 and sealed = $3";
    SEALED_DEVICES: (DistrictId, PushDeviceId, i64) -> (PushDeviceId, Vec<u8>) =
        "select id, sealed from messages_device where district = $1 and id > $2 order by id limit $3";
    SEAL_DEVICE: (DistrictId, PushDeviceId, Vec<u8>, Vec<u8>) =
        "update messages_device set sealed = $3 where district = $1 and id = $2 and sealed = $4";
}

/// `false` where the same device was added by another meanwhile.
pub(crate) async fn add_device(tx: &mut Tx, row: DeviceRow, mark: Blind) -> Result<bool, Fault> {
    let columns =
        (tx.district(), row.id, row.account_id, mark, row.sealed, row.service, row.label, row.added_at);
    Ok(tx.execute(&ADD_DEVICE, columns).await? == 1)
}

/// A device that is known gets new keys, or another owner: whoever signed in on it last.
pub(crate) async fn change_device(tx: &mut Tx, row: DeviceRow) -> Result<(), Fault> {
    let columns = (tx.district(), row.id, row.account_id, row.sealed, row.label);
    tx.execute(&CHANGE_DEVICE, columns).await.map(drop)
}

/// A device is reached by another address, of another service maybe.
pub(crate) async fn move_device(tx: &mut Tx, row: DeviceRow, mark: Blind) -> Result<(), Fault> {
    let columns = (tx.district(), row.id, mark, row.sealed, row.service);
    tx.execute(&MOVE_DEVICE, columns).await.map(drop)
}

pub(crate) async fn device_of_mark(tx: &mut Tx, mark: Blind) -> Result<Option<DeviceRow>, Fault> {
    let district = tx.district();
    tx.optional(&DEVICE_OF_MARK, (district, mark)).await
}

/// Somebody's devices, the first added first.
pub(crate) async fn devices_of(
    conn: &mut Conn,
    district: DistrictId,
    account: AccountId,
    limit: i64,
) -> Result<Vec<DeviceRow>, Fault> {
    conn.all(&DEVICES_OF, (district, account, limit)).await
}

/// `false` where it is not theirs, or gone.
pub(crate) async fn remove_device(tx: &mut Tx, id: PushDeviceId, account: AccountId) -> Result<bool, Fault> {
    let district = tx.district();
    Ok(tx.execute(&REMOVE_DEVICE, (district, id, account)).await? == 1)
}

/// By which lanes each of some accounts is reached: those of the service of the device added last.
pub(crate) async fn push_lanes(
    tx: &mut Tx,
    accounts: Vec<AccountId>,
) -> Result<HashMap<AccountId, LanesRow>, Fault> {
    let district = tx.district();
    let found = tx.all(&PUSH_LANES, (district, List(accounts))).await?;
    Ok(found.into_iter().map(|row| (row.account_id, row)).collect())
}

pub(crate) async fn push_services(
    conn: &mut Conn,
    district: DistrictId,
    limit: i64,
) -> Result<Vec<ServiceRow>, Fault> {
    conn.all(&PUSH_SERVICES, (district, limit)).await
}

pub(crate) async fn add_push_service(tx: &mut Tx, row: ServiceRow) -> Result<(), Fault> {
    let (district, now) = (tx.district(), tx.now());
    let columns = (district, row.service, row.fast_endpoint_id, row.bulk_endpoint_id, now);
    tx.execute(&ADD_PUSH_SERVICE, columns).await.map(drop)
}

/// The district's key of push, sealed.
pub(crate) async fn push_key(conn: &mut Conn, district: DistrictId) -> Result<Option<Vec<u8>>, Fault> {
    Ok(conn.optional(&PUSH_KEY, (district,)).await?.map(|(sealed,)| sealed))
}

pub(crate) async fn add_push_key(tx: &mut Tx, sealed: Vec<u8>) -> Result<(), Fault> {
    let (district, now) = (tx.district(), tx.now());
    tx.execute(&ADD_PUSH_KEY, (district, sealed, now)).await.map(drop)
}

pub(crate) async fn seal_push_key(tx: &mut Tx, sealed: Vec<u8>, before: Vec<u8>) -> Result<(), Fault> {
    let district = tx.district();
    tx.execute(&SEAL_PUSH_KEY, (district, sealed, before)).await.map(drop)
}

pub(crate) async fn sealed_devices(
    conn: &mut Conn,
    district: DistrictId,
    after: PushDeviceId,
    limit: i64,
) -> Result<Vec<(PushDeviceId, Vec<u8>)>, Fault> {
    conn.all(&SEALED_DEVICES, (district, after, limit)).await
}

pub(crate) async fn seal_device(
    tx: &mut Tx,
    id: PushDeviceId,
    sealed: Vec<u8>,
    before: Vec<u8>,
) -> Result<(), Fault> {
    let district = tx.district();
    tx.execute(&SEAL_DEVICE, (district, id, sealed, before)).await.map(drop)
}
