//! A building with its homes: how each is used and how many live there; who they are is not read.

use super::{ALL_AT_PLACE, BELOW_ROWS_MAX};
use crate::model::{Kind, RecordId};
use crate::store::{self, RecordRow};
use ::store::{Conn, List, list_item, row, sql};
use platform::{DistrictId, Fault, Time};
use std::collections::HashMap;
use uuid::Uuid;

list_item!(RecordId, Uuid, UuidList, |v| v.0);

row! {
    pub(crate) struct Counted {
        pub dwelling_id: Option<RecordId>,
        pub people: i64,
    }
}

row! {
    struct Aged {
        id: RecordId,
        stale_at: Option<Time>,
    }
}

sql! {
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

/// Where in the building a place lies.
#[derive(Clone, Default)]
struct Above {
    unit: String,
    floor: i64,
}

/// Reads a building: its units, floors and rooms, and the homes in them. Nothing where there is no such place.
pub(crate) async fn building(
    conn: &mut Conn,
    district: DistrictId,
    id: RecordId,
    now: Time,
) -> Result<Option<Building>, Fault> {
    let Some(root) = store::find(conn, district, id).await?.filter(|row| row.kind == Kind::Place) else {
        return Ok(None);
    };
    let mut homes = Vec::new();
    let mut open = vec![(root.id, Above::default())];
    while let Some((place, above)) = open.pop() {
        let below = conn.all(&ALL_AT_PLACE, (district, place, BELOW_ROWS_MAX)).await?;
        for row in below.iter().filter(|row| row.kind == Kind::Place) {
            let (name, level) = (row.fields.0.text("name"), row.fields.0.text("level"));
            let mut here = above.clone();
            match level {
                "unit" => here.unit = name.to_owned(),
                "floor" => here.floor = first_number(name),
                "room" => homes.push(room(row, &above)),
                _ => {}
            }
            open.push((row.id, here));
        }
        for row in below.iter().filter(|row| row.kind == Kind::Dwelling) {
            match homes.iter_mut().find(|home| home.place == place) {
                Some(home) => furnish(home, row),
                // A house of its own: the building is the home.
                None => {
                    let mut home = room(&root, &above);
                    furnish(&mut home, row);
                    homes.push(home);
                }
            }
        }
        if homes.len() as i64 >= BELOW_ROWS_MAX {
            break;
        }
    }
    count(conn, district, &mut homes, now).await?;
    Ok(Some(Building { label: root.label, area_path: root.area_path, homes }))
}

fn room(row: &RecordRow, above: &Above) -> BuildingHome {
    let name = row.fields.0.text("name").to_owned();
    BuildingHome {
        place: row.id,
        dwelling: None,
        unit: above.unit.clone(),
        floor: if above.floor == 0 { floor_of_room(&name) } else { above.floor },
        room: name,
        occupancy: None,
        use_code: None,
        risers: Vec::new(),
        residents: 0,
        stale: false,
    }
}

fn furnish(home: &mut BuildingHome, dwelling: &RecordRow) {
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
    homes: &mut [BuildingHome],
    now: Time,
) -> Result<(), Fault> {
    let ids: Vec<RecordId> = homes.iter().filter_map(|home| home.dwelling).collect();
    let people = conn.all(&RESIDENTS, (district, List(ids.clone()))).await?;
    let people: HashMap<_, _> = people.into_iter().map(|row| (row.dwelling_id, row.people)).collect();
    let aged = conn.all(&STALE, (district, List(ids))).await?;
    let aged: HashMap<_, _> = aged.into_iter().map(|row| (row.id, row.stale_at)).collect();
    for home in homes.iter_mut().filter(|home| home.dwelling.is_some()) {
        home.residents = people.get(&home.dwelling).copied().unwrap_or(0);
        let at = home.dwelling.and_then(|id| aged.get(&id).copied().flatten());
        home.stale = at.is_some_and(|at| at <= now);
    }
    Ok(())
}
