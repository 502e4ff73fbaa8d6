//! Records with a place on the map, in a box of it.

use crate::model::{Kind, RecordId};
use crate::store::RecordRow;
use ::store::{Conn, sql};
use platform::{DistrictId, Fault};

/// West, south, east, north; one that crosses the 180th meridian is not of this country.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Box4 {
    west: f64,
    south: f64,
    east: f64,
    north: f64,
}

impl From<[f64; 4]> for Box4 {
    fn from([west, south, east, north]: [f64; 4]) -> Self {
        Self { west, south, east, north }
    }
}

const EVERYWHERE: Box4 = Box4 { west: -180.0, south: -90.0, east: 180.0, north: 90.0 };

sql! {
    // The ids come from the index alone, in order; only the page's rows are read.
    ON_MAP: (DistrictId, Kind, f64, f64, f64, f64, RecordId, i64) -> RecordRow =
        "with page as (
             select id from registry_record {by:registry_record_on_map}
             where district = $1 and kind = $2 and lat >= $3 and lat <= $4 and lon >= $5 and lon <= $6 and id > $7
                 and lat is not null and state = 'live'
             order by id limit $8)
         select r.id, r.kind, r.version, r.act, r.state, r.area_path, r.place_id, r.person_id, r.dwelling_id, r.household_id,
             r.organisation_id, r.from_on, r.to_on, r.lon, r.lat, r.merged_into, r.label, r.fields, r.sealed, r.changed_at
         from page p join registry_record r on r.district = $1 and r.id = p.id order by r.id";
}

/// Live records of a kind in a box, after one, by id.
pub(crate) async fn on_map(
    conn: &mut Conn,
    district: DistrictId,
    kind: Kind,
    bbox: Option<Box4>,
    after: RecordId,
    rows_max: i64,
) -> Result<Vec<RecordRow>, Fault> {
    let b = bbox.unwrap_or(EVERYWHERE);
    conn.all(&ON_MAP, (district, kind, b.south, b.north, b.west, b.east, after, rows_max)).await
}
