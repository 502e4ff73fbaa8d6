//! Records as lists of other capabilities name them: masked, with the point of the building they are in. No look: it shows no more than a
//! search of the register does.

use crate::model::{Kind, RecordId};
use crate::store;
use crate::view::listed_label;
use ::store::{Conn, List, row, sql};
use platform::{DistrictId, Fault};
use std::collections::HashMap;

/// Records of one statement.
const AT_ONCE: usize = 500;
/// Places above one another that are asked for a point: room, floor, unit, building, and some to spare.
const LEVELS_MAX: usize = 6;

/// A record on a list.
#[derive(Clone, Debug)]
pub struct Listed {
    pub id: RecordId,
    pub kind: Kind,
    /// The name it is listed by: of a person masked, of a home its address.
    pub label: String,
    pub area_path: String,
    /// Longitude and latitude, WGS-84: its own, or those of the building it is in.
    pub point: Option<(f64, f64)>,
}

row! {
    #[derive(Clone, Debug)]
    struct ListedRow {
        id: RecordId,
        kind: Kind,
        label: String,
        area_path: String,
        place_id: Option<RecordId>,
        lon: Option<f64>,
        lat: Option<f64>,
    }
}

sql! {
    LISTED: (DistrictId, List<RecordId>) -> ListedRow =
        "select id, kind, label, area_path, place_id, lon, lat from registry_record
         where district = $1 and id {in:$2:uuid} and state = 'live'";
}

/// Those of these records that are live; people who asked that their data is only stored are left out.
///
/// # Errors
/// A fault of the database.
pub async fn listed(
    conn: &mut Conn,
    district: DistrictId,
    ids: &[RecordId],
) -> Result<HashMap<RecordId, Listed>, Fault> {
    let rows = rows_of(conn, district, ids).await?;
    let people = rows.iter().filter(|row| row.kind == Kind::Person).map(|row| row.id);
    let stored_only = store::rights::restricted_among(conn, district, people).await?;
    let mut points = points_of(conn, district, &rows).await?;
    let listed = rows.into_iter().filter(|row| !stored_only.contains(&row.id)).map(|row| {
        let point = row.lon.zip(row.lat).or_else(|| points.remove(&row.id));
        let label = listed_label(row.kind, &row.label);
        (row.id, Listed { id: row.id, kind: row.kind, label, area_path: row.area_path, point })
    });
    Ok(listed.collect())
}

async fn rows_of(conn: &mut Conn, district: DistrictId, ids: &[RecordId]) -> Result<Vec<ListedRow>, Fault> {
    let mut rows = Vec::new();
    for some in ids.chunks(AT_ONCE) {
        rows.extend(conn.all(&LISTED, (district, List(some.to_vec()))).await?);
    }
    Ok(rows)
}

/// The points of the places above records that have none themselves.
async fn points_of(
    conn: &mut Conn,
    district: DistrictId,
    rows: &[ListedRow],
) -> Result<HashMap<RecordId, (f64, f64)>, Fault> {
    let without = rows.iter().filter(|row| row.lon.is_none());
    let mut open: Vec<(RecordId, RecordId)> =
        without.filter_map(|row| Some((row.id, row.place_id?))).collect();
    let mut found = HashMap::new();
    for _ in 0..LEVELS_MAX {
        let mut places: Vec<RecordId> = open.iter().map(|(_, place)| *place).collect();
        places.sort_unstable();
        places.dedup();
        let above = rows_of(conn, district, &places).await?;
        let above: HashMap<RecordId, ListedRow> = above.into_iter().map(|row| (row.id, row)).collect();
        let mut higher = Vec::new();
        for (id, place) in open {
            let Some(row) = above.get(&place) else { continue };
            match (row.lon.zip(row.lat), row.place_id) {
                (Some(point), _) => drop(found.insert(id, point)),
                (None, Some(place)) => higher.push((id, place)),
                (None, None) => {}
            }
        }
        open = higher;
        if open.is_empty() {
            break;
        }
    }
    Ok(found)
}
