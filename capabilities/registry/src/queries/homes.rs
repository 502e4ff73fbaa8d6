//! Buildings with their homes: how each is used and how many live there; who they are is not read.

use crate::model::{Fields, Kind, RecordId};
use ::store::{Conn, Json, List, list_item, row, sql};
use platform::{DistrictId, Fault, Time};
use std::collections::HashMap;
use uuid::Uuid;

/// Places, or homes, that are asked about with one statement.
const PLACES_AT_ONCE: usize = 500;
/// Homes of one question: those of some hundred buildings.
const HOMES_MAX: i64 = 50_000;
/// Levels below an estate: group, building, unit, floor, room, and some to spare.
const LEVELS_MAX: usize = 10;

list_item!(RecordId, Uuid, UuidList, |v| v.0);

row! {
    pub(crate) struct Counted {
        pub dwelling_id: Option<RecordId>,
        pub people: i64,
    }
}

row! {
    /// A place, or the dwelling at one, as far as a building is drawn from it.
    #[derive(Clone, Debug)]
    struct Part {
        id: RecordId,
        kind: Kind,
        place_id: Option<RecordId>,
        area_path: String,
        label: String,
        fields: Json<Fields>,
    }
}

row! {
    struct Aged {
        id: RecordId,
        stale_at: Option<Time>,
    }
}

sql! {
    PLACES: (DistrictId, List<RecordId>) -> Part =
        "select id, kind, place_id, area_path, label, fields from registry_record
         where district = $1 and id {in:$2:uuid} and kind = 'place'";
    AT_PLACES: (DistrictId, List<RecordId>, i64) -> Part =
        "select id, kind, place_id, area_path, label, fields from registry_record
         where district = $1 and place_id {in:$2:uuid} and state = 'live' and kind in ('place', 'dwelling')
         order by place_id, id limit $3";
    /// How many live in each of these homes.
    pub(crate) RESIDENTS: (DistrictId, List<RecordId>) -> Counted =
        "select dwelling_id, count(*) as people from registry_record
         where district = $1 and dwelling_id {in:$2:uuid} and kind = 'residence' and state = 'live' group by dwelling_id";
    STALE: (DistrictId, List<RecordId>) -> Aged =
        "select id, stale_at from registry_record where district = $1 and id {in:$2:uuid} and stale_at is not null";
}

/// A building.
pub(crate) struct Building {
    pub label: String,
    pub area_path: String,
    pub homes: Vec<BuildingHome>,
}

/// A room of a building, with its home.
pub(crate) struct BuildingHome {
    pub place: RecordId,
    pub dwelling: Option<RecordId>,
    pub unit: String,
    /// Told by the tree, or by the room's number; 0 where neither does.
    pub floor: i64,
    pub room: String,
    pub occupancy: Option<String>,
    pub use_code: Option<String>,
    /// What its water, power and gas come by.
    pub risers: Vec<String>,
    pub residents: i64,
    pub stale: bool,
}

impl BuildingHome {
    pub(crate) fn floor_name(&self) -> String {
        if self.floor == 0 { "—".to_owned() } else { self.floor.to_string() }
    }

    /// Rooms above one another have the same: 301 and 1201 stand in column 1.
    pub(crate) fn column(&self) -> i64 {
        let number = first_number(&self.room);
        if floor_of_room(&self.room) == 0 { number } else { number % 100 }
    }

    pub(crate) fn unit_order(&self) -> (i64, &str) {
        (first_number(&self.unit), &self.unit)
    }

    pub(crate) fn room_order(&self) -> (i64, &str) {
        (first_number(&self.room), &self.room)
    }
}

pub(super) fn first_number(text: &str) -> i64 {
    let digits: String =
        text.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap_or(0)
}

/// The floor of a room without one in the tree: 301 and 1203 say it themselves.
fn floor_of_room(room: &str) -> i64 {
    let number = first_number(room);
    if (100..=9_999).contains(&number) { number / 100 } else { 0 }
}

/// Reads a building: its units, floors and rooms, and the homes in them. Nothing where there is no such place.
pub(crate) async fn building(
    conn: &mut Conn,
    district: DistrictId,
    id: RecordId,
    now: Time,
) -> Result<Option<Building>, Fault> {
    Ok(buildings(conn, district, &[id], now).await?.pop().map(|(_, building)| building))
}

/// Reads buildings, in the order they are asked for; level by level, some hundreds of places with one statement. What is no place is not
/// among them.
pub(crate) async fn buildings(
    conn: &mut Conn,
    district: DistrictId,
    ids: &[RecordId],
    now: Time,
) -> Result<Vec<(RecordId, Building)>, Fault> {
    let mut roots: HashMap<RecordId, Part> = HashMap::new();
    for some in ids.chunks(PLACES_AT_ONCE) {
        let rows = conn.all(&PLACES, (district, List(some.to_vec()))).await?;
        roots.extend(rows.into_iter().map(|row| (row.id, row)));
    }
    let mut drawing = Drawing::default();
    drawing.level.extend(roots.values().map(|root| (root.id, Spot::at(root))));
    draw(conn, district, &mut drawing).await?;
    count(conn, district, &mut drawing.homes, now).await?;
    let mut homes: HashMap<RecordId, Vec<BuildingHome>> = HashMap::new();
    for (root, home) in drawing.homes {
        homes.entry(root).or_default().push(home);
    }
    let building = |id: &RecordId| {
        let Part { label, area_path, .. } = roots.remove(id)?;
        Some((*id, Building { label, area_path, homes: homes.remove(id).unwrap_or_default() }))
    };
    Ok(ids.iter().filter_map(building).collect())
}

/// Where in which building a place lies, and what it is called.
#[derive(Clone)]
struct Spot {
    root: RecordId,
    name: String,
    unit: String,
    floor: i64,
}

impl Spot {
    fn at(root: &Part) -> Self {
        Self { root: root.id, name: root.name().to_owned(), unit: String::new(), floor: 0 }
    }

    /// A place directly below this one.
    fn below(&self, place: &Part) -> Self {
        let name = place.name().to_owned();
        match place.fields.0.text("level") {
            "unit" => Self { unit: name.clone(), name, ..self.clone() },
            "floor" => Self { floor: first_number(&name), name, ..self.clone() },
            _ => Self { name, ..self.clone() },
        }
    }
}

/// Buildings while they are read: the places of the level that is next, and the rooms found so far, each with its building.
#[derive(Default)]
struct Drawing {
    level: HashMap<RecordId, Spot>,
    homes: Vec<(RecordId, BuildingHome)>,
    /// Where in `homes` the room at a place is.
    at_place: HashMap<RecordId, usize>,
}

impl Drawing {
    fn take(&mut self, row: &Part, place: RecordId, spot: &Spot) {
        if row.kind == Kind::Dwelling {
            // Where there is no room the place is the home: a house of its own.
            let at = self.room(place, spot);
            furnish(&mut self.homes[at].1, row);
            return;
        }
        let here = spot.below(row);
        if row.fields.0.text("level") == "room" {
            self.room(row.id, &here);
        }
        self.level.insert(row.id, here);
    }

    fn room(&mut self, place: RecordId, spot: &Spot) -> usize {
        *self.at_place.entry(place).or_insert_with(|| {
            self.homes.push((spot.root, room(place, spot)));
            self.homes.len() - 1
        })
    }
}

/// Reads what is below the places of the first level, level by level.
async fn draw(conn: &mut Conn, district: DistrictId, drawing: &mut Drawing) -> Result<(), Fault> {
    for _ in 0..LEVELS_MAX {
        let spots = std::mem::take(&mut drawing.level);
        let mut open: Vec<RecordId> = spots.keys().copied().collect();
        open.sort_unstable();
        for some in open.chunks(PLACES_AT_ONCE) {
            for row in conn.all(&AT_PLACES, (district, List(some.to_vec()), HOMES_MAX)).await? {
                if let Some((place, spot)) = row.place_id.and_then(|place| Some((place, spots.get(&place)?)))
                {
                    drawing.take(&row, place, spot);
                }
            }
        }
        if drawing.level.is_empty() || drawing.homes.len() as i64 >= HOMES_MAX {
            break;
        }
    }
    Ok(())
}

impl Part {
    fn name(&self) -> &str {
        self.fields.0.text("name")
    }
}

fn room(place: RecordId, spot: &Spot) -> BuildingHome {
    BuildingHome {
        place,
        dwelling: None,
        unit: spot.unit.clone(),
        floor: if spot.floor == 0 { floor_of_room(&spot.name) } else { spot.floor },
        room: spot.name.clone(),
        occupancy: None,
        use_code: None,
        risers: Vec::new(),
        residents: 0,
        stale: false,
    }
}

fn furnish(home: &mut BuildingHome, dwelling: &Part) {
    let value = |key: &str| dwelling.fields.0.get(key).and_then(|v| v.as_str()).map(str::to_owned);
    home.dwelling = Some(dwelling.id);
    home.occupancy = value("occupancy");
    home.use_code = value("use");
    let risers = dwelling.fields.0.get("risers").and_then(|v| v.as_array());
    home.risers = risers.into_iter().flatten().filter_map(|v| v.as_str()).map(str::to_owned).collect();
}

async fn count(
    conn: &mut Conn,
    district: DistrictId,
    homes: &mut [(RecordId, BuildingHome)],
    now: Time,
) -> Result<(), Fault> {
    let ids: Vec<RecordId> = homes.iter().filter_map(|(_, home)| home.dwelling).collect();
    let (mut people, mut aged) = (HashMap::new(), HashMap::new());
    for some in ids.chunks(PLACES_AT_ONCE) {
        let counted = conn.all(&RESIDENTS, (district, List(some.to_vec()))).await?;
        people.extend(counted.into_iter().map(|row| (row.dwelling_id, row.people)));
        let rows = conn.all(&STALE, (district, List(some.to_vec()))).await?;
        aged.extend(rows.into_iter().map(|row| (row.id, row.stale_at)));
    }
    for (_, home) in homes.iter_mut().filter(|(_, home)| home.dwelling.is_some()) {
        home.residents = people.get(&home.dwelling).copied().unwrap_or(0);
        let at = home.dwelling.and_then(|id| aged.get(&id).copied().flatten());
        home.stale = at.is_some_and(|at| at <= now);
    }
    Ok(())
}
