//! What may carry a plate: buildings, units and rooms of an address tree, things of an area; and what the public is told of one.

use super::homes::first_number;
use super::{ALL_AT_PLACE, BELOW_ROWS_MAX};
use crate::model::{Kind, PlateCode, RecordId, State};
use crate::store::{self, RecordRow};
use ::store::{Conn, row, sql};
use platform::{Cursor, DistrictId, Fault, Page};

/// Plates of one sheet: a tower block has some hundreds of rooms.
pub(crate) const PLATES_MAX: usize = 1_000;
/// Levels of the address tree that have a door or a wall to hang a plate on.
const LEVELS: [&str; 3] = ["building", "unit", "room"];
/// Records that went into one another, and places above one another, that are followed.
const STEPS_MAX: usize = 10;

/// Something a plate may hang at.
#[derive(Clone, Debug)]
pub(crate) struct Bearer {
    pub id: RecordId,
    pub kind: Kind,
    pub area_path: String,
    /// What is printed: the address; of a thing its name and address.
    pub label: String,
}

row! {
    struct ThingRow {
        id: RecordId,
        area_path: String,
        label: String,
        place_label: Option<String>,
    }
}

sql! {
    THINGS: (DistrictId, String, String, RecordId, String, i64) -> ThingRow =
        "select t.id, t.area_path, t.label, p.label as place_label
         from registry_record t left join registry_record p on p.district = t.district and p.id = t.place_id
         where t.district = $1 and t.kind = 'thing' and t.state = 'live' and t.area_path >= $2 and (t.area_path, t.id) > ($3, $4)
             and t.area_path < $5
         order by t.area_path, t.id limit $6";
}

/// A place and, where they are asked for, the units and rooms below it, in the order one walks past them.
pub(crate) async fn of_place(
    conn: &mut Conn,
    district: DistrictId,
    root: &RecordRow,
    with_below: bool,
) -> Result<Vec<Bearer>, Fault> {
    let mut bearers = Vec::new();
    let mut open = vec![root.clone()];
    while let Some(place) = open.pop() {
        let level = place.fields.0.text("level");
        if with_below && level != "room" {
            let mut below = conn.all(&ALL_AT_PLACE, (district, place.id, BELOW_ROWS_MAX)).await?;
            below.retain(|row| row.kind == Kind::Place);
            below.sort_by_key(|row| std::cmp::Reverse(walking_order(row)));
            open.extend(below);
        }
        if LEVELS.contains(&level) {
            bearers.push(Bearer {
                id: place.id,
                kind: place.kind,
                area_path: place.area_path,
                label: place.label,
            });
        }
        if bearers.len() > PLATES_MAX {
            break;
        }
    }
    Ok(bearers)
}

fn walking_order(row: &RecordRow) -> (i64, String) {
    let name = row.fields.0.text("name");
    (first_number(name), name.to_owned())
}

/// One thing, at its address where it has one.
pub(crate) async fn of_thing(
    conn: &mut Conn,
    district: DistrictId,
    thing: RecordRow,
) -> Result<Bearer, Fault> {
    let place = match thing.place_id {
        Some(place) => store::find(conn, district, place).await?,
        None => None,
    };
    let address = place.map(|place| place.label).unwrap_or_default();
    let RecordRow { id, kind, area_path, label, .. } = thing;
    Ok(Bearer { id, kind, area_path, label: named_at(&label, &address) })
}

/// A page of the things of an area and all below it.
pub(crate) async fn things_of(
    conn: &mut Conn,
    district: DistrictId,
    path: &str,
    after: Option<&Cursor>,
    rows: usize,
) -> Result<Page<Bearer>, Fault> {
    let first = (String::new(), RecordId(uuid::Uuid::nil()));
    let (area, id): (String, RecordId) = after.and_then(Cursor::key).unwrap_or(first);
    let params = (district, path.to_owned(), area, id, super::counts::end_of(path), rows as i64 + 1);
    let found = conn.all(&THINGS, params).await?;
    let bearer = |row: ThingRow| Bearer {
        id: row.id,
        kind: Kind::Thing,
        area_path: row.area_path,
        label: named_at(&row.label, row.place_label.as_deref().unwrap_or_default()),
    };
    let found = found.into_iter().map(bearer).collect();
    Ok(Page::cut(found, rows, |bearer: &Bearer| Cursor::of(&(&bearer.area_path, bearer.id))))
}

/// A thing at its address; the address itself where there is no thing.
fn named_at(name: &str, address: &str) -> String {
    match (name, address) {
        ("", address) => address.to_owned(),
        (name, "") => name.to_owned(),
        (name, address) => format!("{address} {name}"),
    }
}

/// What a plate stands for now: the record it was made for, or the one that went on where they were the same.
pub(crate) async fn of_code(
    conn: &mut Conn,
    district: DistrictId,
    code: &PlateCode,
) -> Result<Option<RecordRow>, Fault> {
    let Some(mut id) = store::plates::find(conn, district, code).await? else { return Ok(None) };
    for _ in 0..STEPS_MAX {
        let Some(row) = store::find(conn, district, id).await? else { return Ok(None) };
        match row.merged_into.filter(|_| row.state == State::Merged) {
            Some(other) => id = other,
            None => return Ok(Some(row)),
        }
    }
    Ok(None)
}

/// What everybody may know of where a plate hangs.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Spot {
    /// Down to the unit, never the room: who lives behind a door is not told by the code on it.
    pub address: String,
    /// WGS-84 longitude and latitude, of the place or the nearest above that has one.
    pub point: Option<(f64, f64)>,
    pub area_path: String,
}

/// Where a record is, as far as the public is told; nothing of what has ended.
pub(crate) async fn spot_of(
    conn: &mut Conn,
    district: DistrictId,
    record: RecordRow,
) -> Result<Option<Spot>, Fault> {
    if record.state != State::Live {
        return Ok(None);
    }
    let name = if record.kind == Kind::Thing { record.label.clone() } else { String::new() };
    let mut spot = Spot { address: name.clone(), point: None, area_path: record.area_path.clone() };
    let (mut here, mut is_named) = (Some(record), false);
    for _ in 0..STEPS_MAX {
        let Some(row) = here else { break };
        let is_shared = row.kind == Kind::Place && !matches!(row.fields.0.text("level"), "floor" | "room");
        if is_shared && !is_named {
            spot.address = named_at(&name, &row.label);
            is_named = true;
        }
        spot.point = spot.point.or(row.lon.zip(row.lat));
        here = match row.place_id.filter(|_| spot.point.is_none() || !is_named) {
            Some(above) => store::find(conn, district, above).await?,
            None => None,
        };
    }
    Ok(Some(spot))
}
