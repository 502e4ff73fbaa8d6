//! The devices of an area, for those who manage them.

use super::end_of;
use crate::model::DeviceId;
use crate::store::devices::DeviceRow;
use ::store::{Conn, sql};
use platform::{DistrictId, Fault};

sql! {
    OF_AREA: (DistrictId, String, String, String, DeviceId, i64) -> (String, DeviceId) =
        "select area_path, device_id from fieldwork_device_grid
         where district = $1 and area_path >= $2 and area_path < $3 and (area_path, device_id) > ($4, $5)
         order by area_path, device_id limit $6";
    THESE: (DistrictId, ::store::List<DeviceId>) -> DeviceRow =
        "select id, account_id, account_name, name, state, made_at, seen_at, lease_until, ended_at, ended_by_name
         from fieldwork_device where district = $1 and id {in:$2:uuid}";
}

::store::list_item!(DeviceId, uuid::Uuid, UuidList, |v| v.0);

/// Which devices carry which grid of an area, grid by grid, after a place in the list.
pub(crate) async fn of_area(
    conn: &mut Conn,
    district: DistrictId,
    area: &str,
    after: (String, DeviceId),
    rows_max: i64,
) -> Result<Vec<(String, DeviceId)>, Fault> {
    conn.all(&OF_AREA, (district, area.to_owned(), end_of(area), after.0, after.1, rows_max)).await
}

/// Devices by their ids, in no order.
pub(crate) async fn these(
    conn: &mut Conn,
    district: DistrictId,
    ids: Vec<DeviceId>,
) -> Result<Vec<DeviceRow>, Fault> {
    conn.all(&THESE, (district, ::store::List(ids))).await
}
