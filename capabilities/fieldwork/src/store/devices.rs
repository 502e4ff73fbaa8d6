//! Loads and saves devices, the grids they carry, and who was told of being carried.

use crate::access::MANAGE_DEVICES;
use crate::error::FieldworkError;
use crate::model::{Device, DeviceId, DeviceState};
use ::store::{Conn, Tx, row, sql, value};
use platform::{AccountId, DistrictId, Fault, Time};
use registry::RecordId;
use uuid::Uuid;

value!(DeviceId as Uuid, |v| v.0, DeviceId);

/// Devices told of one account: those at work, and the latest that ended.
const OF_ACCOUNT_MAX: i64 = 20;

row! {
    pub(crate) struct DeviceRow {
        pub id: DeviceId,
        pub account_id: AccountId,
        pub account_name: String,
        pub name: String,
        pub state: DeviceState,
        pub made_at: Time,
        pub seen_at: Time,
        pub lease_until: Time,
        pub ended_at: Option<Time>,
        pub ended_by_name: Option<String>,
    }
}

impl From<DeviceRow> for Device {
    fn from(row: DeviceRow) -> Self {
        Self {
            id: row.id,
            account: row.account_id,
            account_name: row.account_name,
            name: row.name,
            state: row.state,
            made_at: row.made_at,
            seen_at: row.seen_at,
            lease_until: row.lease_until,
            ended_at: row.ended_at,
            ended_by: row.ended_by_name,
        }
    }
}

row! {
    /// Somebody carried with a home.
    #[derive(Clone, Copy, PartialEq, Eq, Debug)]
    pub(crate) struct CarriedRow {
        pub dwelling_id: RecordId,
        pub person_id: RecordId,
        pub elsewhere: bool,
    }
}

type Columns = (DistrictId, DeviceId, AccountId, String, String, DeviceState, Time, Time, Time);

sql! {
    FIND: (DistrictId, DeviceId) -> DeviceRow =
        "select id, account_id, account_name, name, state, made_at, seen_at, lease_until, ended_at, ended_by_name
         from fieldwork_device where district = $1 and id = $2";
    OF_ACCOUNT: (DistrictId, AccountId, i64) -> DeviceRow =
        "select id, account_id, account_name, name, state, made_at, seen_at, lease_until, ended_at, ended_by_name
         from fieldwork_device where district = $1 and account_id = $2 order by id desc limit $3";
    INSERT: Columns =
        "insert into fieldwork_device (district, id, account_id, account_name, name, state, made_at, seen_at, lease_until)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    UPDATE: (DistrictId, DeviceId, DeviceState, Time, Time, Option<Time>, Option<String>) =
        "update fieldwork_device set state = $3, seen_at = $4, lease_until = $5, ended_at = $6, ended_by_name = $7
         where district = $1 and id = $2";
    GRIDS: (DistrictId, DeviceId) -> (String,) =
        "select area_path from fieldwork_device_grid where district = $1 and device_id = $2 order by area_path";
    ADD_GRID: (DistrictId, String, DeviceId) =
        "insert into fieldwork_device_grid (district, area_path, device_id) values ($1, $2, $3) on conflict do nothing";
    DROP_GRID: (DistrictId, String, DeviceId) =
        "delete from fieldwork_device_grid where district = $1 and area_path = $2 and device_id = $3";
    CARRIED_WITH: (DistrictId, DeviceId, ::store::List<RecordId>) -> CarriedRow =
        "select dwelling_id, person_id, elsewhere from fieldwork_carried
         where district = $1 and device_id = $2 and dwelling_id {in:$3:uuid}";
    CARRIED_ELSEWHERE: (DistrictId, DeviceId, i64) -> CarriedRow =
        "select dwelling_id, person_id, elsewhere from fieldwork_carried {by:fieldwork_carried_elsewhere}
         where district = $1 and device_id = $2 and elsewhere order by person_id limit $3";
    CARRY: (DistrictId, DeviceId, RecordId, RecordId, bool) =
        "insert into fieldwork_carried (district, device_id, dwelling_id, person_id, elsewhere) values ($1, $2, $3, $4, $5)
         on conflict (district, device_id, dwelling_id, person_id) do update set elsewhere = excluded.elsewhere";
    PUT_DOWN: (DistrictId, DeviceId, RecordId, RecordId) =
        "delete from fieldwork_carried where district = $1 and device_id = $2 and dwelling_id = $3 and person_id = $4";
    PUT_ALL_DOWN: (DistrictId, DeviceId) =
        "delete from fieldwork_carried where district = $1 and device_id = $2";
}

/// A device by its id; whose it is, is asked by the caller.
pub(crate) async fn find(
    conn: &mut Conn,
    district: DistrictId,
    id: DeviceId,
) -> Result<Option<Device>, Fault> {
    Ok(conn.optional(&FIND, (district, id)).await?.map(Device::from))
}

/// The actor's own device.
///
/// # Errors
/// Not found where it is another's.
pub(crate) async fn load_own(tx: &mut Tx, id: DeviceId) -> Result<Device, FieldworkError> {
    let (district, account) = (tx.district(), tx.actor().account);
    let device = find(tx, district, id).await?.filter(|device| Some(device.account) == account);
    device.ok_or(FieldworkError::NotFound)
}

/// The device to end: one's own, or one that carries a grid where the actor manages devices.
///
/// # Errors
/// Not found where it is neither.
pub(crate) async fn load_to_end(tx: &mut Tx, id: DeviceId) -> Result<Device, FieldworkError> {
    let district = tx.district();
    let device = find(tx, district, id).await?.ok_or(FieldworkError::NotFound)?;
    let grids = grids_of(tx, district, id).await?;
    let actor = tx.actor();
    let is_managed = grids.iter().any(|grid| actor.holds_at(&MANAGE_DEVICES, grid));
    if Some(device.account) == actor.account || is_managed || actor.holds_everywhere(&MANAGE_DEVICES) {
        Ok(device)
    } else {
        Err(FieldworkError::NotFound)
    }
}

/// An account's devices, the newest first.
pub(crate) async fn of_account(
    conn: &mut Conn,
    district: DistrictId,
    account: AccountId,
) -> Result<Vec<Device>, Fault> {
    let rows = conn.all(&OF_ACCOUNT, (district, account, OF_ACCOUNT_MAX)).await?;
    Ok(rows.into_iter().map(Device::from).collect())
}

pub(crate) async fn insert(tx: &mut Tx, device: &Device) -> Result<(), Fault> {
    let one = device.clone();
    let row = (
        tx.district(),
        one.id,
        one.account,
        one.account_name,
        one.name,
        one.state,
        one.made_at,
        one.seen_at,
        one.lease_until,
    );
    tx.execute(&INSERT, row).await.map(drop)
}

pub(crate) async fn save(tx: &mut Tx, device: &Device) -> Result<(), Fault> {
    let one = device.clone();
    let row = (tx.district(), one.id, one.state, one.seen_at, one.lease_until, one.ended_at, one.ended_by);
    tx.execute(&UPDATE, row).await.map(drop)
}

/// The grids a device carries.
pub(crate) async fn grids_of(
    conn: &mut Conn,
    district: DistrictId,
    id: DeviceId,
) -> Result<Vec<String>, Fault> {
    let rows = conn.all(&GRIDS, (district, id)).await?;
    Ok(rows.into_iter().map(|(path,)| path).collect())
}

/// Notes which grids a device carries from now on.
pub(crate) async fn put_grids(tx: &mut Tx, id: DeviceId, grids: &[String]) -> Result<(), Fault> {
    let district = tx.district();
    let before = grids_of(tx, district, id).await?;
    for gone in before.iter().filter(|path| !grids.contains(path)) {
        tx.execute(&DROP_GRID, (district, gone.clone(), id)).await?;
    }
    for new in grids.iter().filter(|path| !before.contains(path)) {
        tx.execute(&ADD_GRID, (district, new.clone(), id)).await?;
    }
    Ok(())
}

/// Who is carried with these homes.
pub(crate) async fn carried_with(
    conn: &mut Conn,
    district: DistrictId,
    id: DeviceId,
    dwellings: Vec<RecordId>,
) -> Result<Vec<CarriedRow>, Fault> {
    conn.all(&CARRIED_WITH, (district, id, ::store::List(dwellings))).await
}

/// Those carried whose own records stand in another grid than the home: a change of theirs is not found among the grid's.
pub(crate) async fn carried_elsewhere(
    conn: &mut Conn,
    district: DistrictId,
    id: DeviceId,
) -> Result<Vec<CarriedRow>, Fault> {
    /// Second homes of one device's grids.
    const ELSEWHERE_MAX: i64 = 2_000;
    conn.all(&CARRIED_ELSEWHERE, (district, id, ELSEWHERE_MAX)).await
}

/// Notes who is carried from now on, and who no longer.
pub(crate) async fn carry(
    tx: &mut Tx,
    id: DeviceId,
    new: Vec<CarriedRow>,
    gone: Vec<CarriedRow>,
) -> Result<(), Fault> {
    let district = tx.district();
    let down = gone.into_iter().map(|row| (district, id, row.dwelling_id, row.person_id));
    tx.execute_many(&PUT_DOWN, down).await?;
    let up = new.into_iter().map(|row| (district, id, row.dwelling_id, row.person_id, row.elsewhere));
    tx.execute_many(&CARRY, up).await.map(drop)
}

/// Forgets whom a device carried: it has thrown everything away, and everybody is told anew where it begins again.
pub(crate) async fn put_all_down(tx: &mut Tx, id: DeviceId) -> Result<(), Fault> {
    let district = tx.district();
    tx.execute(&PUT_ALL_DOWN, (district, id)).await.map(drop)
}
