//! The homes that water, power, gas or a line reaches: those of the buildings on a piece of ground, or below places that are named; and the
//! places one can name. Ids and counts, never who: nobody is shown a person by it, so it is no look.

use crate::model::{Fields, RecordId};
use crate::queries::listed::listed;
use ::store::{Conn, Json, List, row, sql};
use platform::{DistrictId, Fault};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// Buildings that one piece of ground may hold; a district has some thousand, more with its villages.
pub const SERVED_BUILDINGS_MAX: usize = 12_000;
/// Homes of one question: those of a district, and some to spare.
const HOMES_MAX: i64 = 400_000;
/// Buildings, or homes, that are asked about with one statement.
const AT_ONCE: usize = 4_000;
/// Places of a grid that are looked through with one statement.
const ROWS_AT_ONCE: i64 = 2_000;

row! {
    struct Placed {
        id: RecordId,
        label: String,
        area_path: String,
        lon: Option<f64>,
        lat: Option<f64>,
        fields: Json<Fields>,
    }
}

row! {
    struct HomeBelow {
        root: RecordId,
        id: RecordId,
    }
}

row! {
    struct Furnished {
        id: RecordId,
        fields: Json<Fields>,
    }
}

row! {
    struct PlaceOfGrid {
        id: RecordId,
        place_id: Option<RecordId>,
        label: String,
        fields: Json<Fields>,
    }
}

sql! {
    PLACES_IN_BOX: (DistrictId, f64, f64, f64, f64, i64) -> Placed =
        "select id, label, area_path, lon, lat, fields from registry_record {by:registry_record_on_map}
         where district = $1 and kind = 'place' and lat >= $2 and lat <= $3 and lon >= $4 and lon <= $5 and lat is not null
             and state = 'live'
         order by lat, lon, id limit $6";
    // Crossed, so that SQLite goes from the places down, and not from all homes of the district up.
    /// The homes below each of some places, at whatever level.
    HOMES_BELOW: (DistrictId, List<RecordId>, i64) -> HomeBelow =
        "with recursive below (root, id, depth) as (
             select id, id, 0 from registry_record where district = $1 and id {in:$2:uuid}
             union all
             select b.root, p.id, b.depth + 1 from below b cross join registry_record p {by:registry_record_at_place}
             where p.district = $1 and p.place_id = b.id and p.kind = 'place' and p.state = 'live' and b.depth < 10)
         select b.root, h.id from below b cross join registry_record h {by:registry_record_at_place}
         where h.district = $1 and h.place_id = b.id and h.kind = 'dwelling' and h.state = 'live'
         limit $3";
    FURNISHED: (DistrictId, List<RecordId>) -> Furnished =
        "select id, fields from registry_record where district = $1 and id {in:$2:uuid} and kind = 'dwelling'";
    PLACES_OF_GRID: (DistrictId, String, RecordId, i64) -> PlaceOfGrid =
        "select id, place_id, label, fields from registry_record
         where district = $1 and kind = 'place' and area_path = $2 and state = 'live' and id > $3 order by id limit $4";
}

/// A building, or a place that was named, with the homes it serves.
#[derive(Clone, PartialEq, Debug)]
pub struct Served {
    pub place: RecordId,
    pub label: String,
    pub area_path: String,
    /// WGS-84: its own, or of the building it is in.
    pub point: Option<(f64, f64)>,
    pub homes: Vec<RecordId>,
}

/// A place and what hangs on one of its risers, or all of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Branch {
    pub place: RecordId,
    /// As the homes on it tell it.
    pub riser: Option<String>,
}

/// The buildings on a piece of ground that have homes, in the order of their places; none where there are more than
/// [`SERVED_BUILDINGS_MAX`].
///
/// # Errors
/// A fault of the database.
pub async fn served_on(
    conn: &mut Conn,
    district: DistrictId,
    ground: &geo::Boundary,
) -> Result<Option<Vec<Served>>, Fault> {
    let b = ground.bbox();
    // Beside buildings only estates and roads have points of their own.
    let rows_max = 2 * SERVED_BUILDINGS_MAX as i64;
    let rows = conn.all(&PLACES_IN_BOX, (district, b.south, b.north, b.west, b.east, rows_max + 1)).await?;
    if rows.len() as i64 > rows_max {
        return Ok(None);
    }
    let is_inside = |row: &Placed| {
        let point = row.lon.zip(row.lat).and_then(|(lon, lat)| geo::Point::new(lon, lat).ok());
        row.fields.0.text("level") == "building" && point.is_some_and(|point| ground.contains(point))
    };
    let buildings: Vec<Served> = rows.into_iter().filter(is_inside).map(Served::from).collect();
    if buildings.len() > SERVED_BUILDINGS_MAX {
        return Ok(None);
    }
    let mut found = with_homes(conn, district, buildings).await?;
    found.retain(|served| !served.homes.is_empty());
    Ok(Some(found))
}

impl From<Placed> for Served {
    fn from(row: Placed) -> Self {
        let point = row.lon.zip(row.lat);
        Self { place: row.id, label: row.label, area_path: row.area_path, point, homes: Vec::new() }
    }
}

/// What each of these places and risers serves, in their order, each home once, at the first of them; what is no live place is left out.
///
/// # Errors
/// A fault of the database.
pub async fn served_below(
    conn: &mut Conn,
    district: DistrictId,
    branches: &[Branch],
) -> Result<Vec<Served>, Fault> {
    let ids: Vec<RecordId> = branches.iter().map(|branch| branch.place).collect();
    let known = listed(conn, district, &ids).await?;
    let is_place =
        |branch: &&Branch| known.get(&branch.place).is_some_and(|one| one.kind == crate::model::Kind::Place);
    let named: Vec<&Branch> = branches.iter().filter(is_place).collect();
    let served = named.iter().filter_map(|branch| known.get(&branch.place)).map(|one| Served {
        place: one.id,
        label: one.label.clone(),
        area_path: one.area_path.clone(),
        point: one.point,
        homes: Vec::new(),
    });
    let homes = homes_below(conn, district, &ids).await?;
    let asked = named.iter().filter(|branch| branch.riser.is_some());
    let on_risers: Vec<RecordId> =
        asked.flat_map(|branch| homes.get(&branch.place)).flatten().copied().collect();
    let risers = risers_of(conn, district, &on_risers).await?;
    let mut seen: HashSet<RecordId> = HashSet::new();
    let filled = served.zip(&named).map(|(mut served, branch)| {
        let hangs_on = |home: &RecordId| match &branch.riser {
            Some(riser) => risers.get(home).is_some_and(|risers| risers.contains(riser)),
            None => true,
        };
        let below = homes.get(&branch.place).into_iter().flatten().copied().filter(hangs_on);
        served.homes = below.filter(|home| seen.insert(*home)).collect();
        served
    });
    Ok(filled.collect())
}

/// Fills in the homes of places; one that lies in two of them counts at the first.
async fn with_homes(
    conn: &mut Conn,
    district: DistrictId,
    mut places: Vec<Served>,
) -> Result<Vec<Served>, Fault> {
    let ids: Vec<RecordId> = places.iter().map(|served| served.place).collect();
    let mut homes = homes_below(conn, district, &ids).await?;
    let mut seen: HashSet<RecordId> = HashSet::new();
    for served in &mut places {
        let below = homes.remove(&served.place).unwrap_or_default();
        served.homes = below.into_iter().filter(|home| seen.insert(*home)).collect();
    }
    Ok(places)
}

async fn homes_below(
    conn: &mut Conn,
    district: DistrictId,
    ids: &[RecordId],
) -> Result<HashMap<RecordId, Vec<RecordId>>, Fault> {
    let mut homes: HashMap<RecordId, Vec<RecordId>> = HashMap::new();
    for some in ids.chunks(AT_ONCE) {
        for row in conn.all(&HOMES_BELOW, (district, List(some.to_vec()), HOMES_MAX)).await? {
            homes.entry(row.root).or_default().push(row.id);
        }
    }
    Ok(homes)
}

async fn risers_of(
    conn: &mut Conn,
    district: DistrictId,
    homes: &[RecordId],
) -> Result<HashMap<RecordId, Vec<String>>, Fault> {
    let mut risers = HashMap::new();
    for some in homes.chunks(AT_ONCE) {
        for row in conn.all(&FURNISHED, (district, List(some.to_vec()))).await? {
            let values = row.fields.0.get("risers").and_then(|value| value.as_array()).into_iter().flatten();
            risers.insert(row.id, values.filter_map(|value| value.as_str()).map(str::to_owned).collect());
        }
    }
    Ok(risers)
}

/// A place that can be named: an estate, a building, a unit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Nameable {
    pub place: RecordId,
    /// What it is below, where that is one of them.
    pub above: Option<RecordId>,
    /// `estate`, `building`, `unit`.
    pub level: String,
    pub label: String,
}

/// The estates, buildings and units of a grid, by their names.
///
/// # Errors
/// A fault of the database.
pub async fn nameable_in(conn: &mut Conn, district: DistrictId, grid: &str) -> Result<Vec<Nameable>, Fault> {
    const LEVELS: [&str; 3] = ["estate", "building", "unit"];
    let mut found = Vec::new();
    let mut after = RecordId(Uuid::nil());
    loop {
        let rows = conn.all(&PLACES_OF_GRID, (district, grid.to_owned(), after, ROWS_AT_ONCE)).await?;
        let is_last = (rows.len() as i64) < ROWS_AT_ONCE;
        for row in rows {
            after = row.id;
            let level = row.fields.0.text("level");
            if LEVELS.contains(&level) {
                let level = level.to_owned();
                found.push(Nameable { place: row.id, above: row.place_id, level, label: row.label });
            }
        }
        if is_last {
            found.sort_by(|a, b| a.label.cmp(&b.label).then(a.place.cmp(&b.place)));
            return Ok(found);
        }
    }
}
