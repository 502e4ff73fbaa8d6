//! The demo's addresses: roads and villages that grids share; estates, buildings and units of a grid, and the rooms in them.

use super::scribe::{Entry, Scribe};
use super::sources::Sources;
use crate::error::RegistryError;
use crate::model::{Kind, Links, Record};
use geo::Point;
use rand::RngExt;
use rand::rngs::StdRng;
use serde_json::json;
use std::collections::HashMap;
use territory::{Area, AreaLevel, Snapshot, parent_path};

/// Older estates, by the number of their grid, and newer ones.
const OLD_ESTATES: [&str; 6] = ["一村", "二村", "三村", "四村", "五村", "六村"];
const NEW_ESTATES: [&str; 6] = ["花园", "家园", "新苑", "公寓", "佳园", "新城"];
/// Village groups of a grid.
const GROUPS: usize = 3;
/// Of the homes of a grid in an estate of walk-ups, in percent.
const OLD_PERCENT: usize = 60;
const WALK_UP_FLOORS: usize = 6;
const WALK_UP_ROOMS: usize = 2;
const TOWER_FLOORS: usize = 18;
const TOWER_ROOMS: usize = 4;
/// Tries to find a point inside a grid before its middle is taken.
const POINT_TRIES: usize = 24;
/// Between two buildings of a row, and two rows, in degrees.
const BUILDING_STEP: (f64, f64) = (0.000_7, 0.000_45);
const BUILDINGS_IN_ROW: usize = 5;

/// Places that several grids use: roads, and villages by their area's path.
pub(super) struct Shared {
    pub roads: Vec<Record>,
    villages: HashMap<String, Record>,
}

/// Where a home is to be.
pub(super) enum Site {
    /// A room of this name in a unit, and the riser it hangs on.
    Room { upper: usize, name: String, riser: String },
    /// A house of its own, entered already.
    House { place: usize },
}

/// Enters the roads of the district and the villages.
pub(super) fn lay_shared(
    scribe: &mut Scribe<'_>,
    sources: &Sources,
    map: &Snapshot,
) -> Result<Shared, RegistryError> {
    let mut shared = Shared { roads: Vec::new(), villages: HashMap::new() };
    let Some(root) = map.root() else { return Ok(shared) };
    for road in &sources.roads {
        let at = place(scribe, "road", road, None, Spot::Area(&root.path))?;
        shared.roads.push(scribe.records[at].clone());
    }
    for village in map.areas().iter().filter(|area| area.level == AreaLevel::Village) {
        let at = place(scribe, "estate", &village.name, None, Spot::Area(&village.path))?;
        shared.villages.insert(village.path.clone(), scribe.records[at].clone());
    }
    Ok(shared)
}

/// Lays out the buildings of a grid for so many homes.
pub(super) fn lay_grid(
    scribe: &mut Scribe<'_>,
    shared: &Shared,
    grid: &Area,
    homes: usize,
    random: &mut StdRng,
) -> Result<Vec<Site>, RegistryError> {
    let above = parent_path(&grid.path).unwrap_or_default();
    match shared.villages.get(above) {
        Some(village) => lay_village(scribe, village, grid, homes, random),
        None => lay_estates(scribe, grid, homes, random),
    }
}

fn lay_village(
    scribe: &mut Scribe<'_>,
    village: &Record,
    grid: &Area,
    homes: usize,
    random: &mut StdRng,
) -> Result<Vec<Site>, RegistryError> {
    let mut sites = Vec::with_capacity(homes);
    for group in 0..GROUPS {
        let name = format!("{}组", serial_of(grid) * GROUPS + group + 1);
        let group_at =
            place(scribe, "group", &name, Some(Upper::Elsewhere(village)), Spot::Area(&grid.path))?;
        let houses = homes * (group + 1) / GROUPS - homes * group / GROUPS;
        for house in 1..=houses {
            let spot = Spot::Point(point_in(scribe, grid, random));
            let place = place(scribe, "building", &format!("{house}号"), Some(Upper::Here(group_at)), spot)?;
            sites.push(Site::House { place });
        }
    }
    Ok(sites)
}

/// How the buildings of an estate are built.
#[derive(Clone, Copy)]
struct Style {
    floors: usize,
    rooms: usize,
    units_max: usize,
}

fn lay_estates(
    scribe: &mut Scribe<'_>,
    grid: &Area,
    homes: usize,
    random: &mut StdRng,
) -> Result<Vec<Site>, RegistryError> {
    let community = grid.name.split("社区").next().unwrap_or_default().trim_end_matches('村');
    let (serial, old) = (serial_of(grid), homes * OLD_PERCENT / 100);
    let walk_ups = Style { floors: WALK_UP_FLOORS, rooms: WALK_UP_ROOMS, units_max: 4 };
    let towers = Style { floors: TOWER_FLOORS, rooms: TOWER_ROOMS, units_max: 2 };
    let mut sites = Vec::with_capacity(homes);
    for (names, homes, style) in [(OLD_ESTATES, old, walk_ups), (NEW_ESTATES, homes - old, towers)] {
        let name = format!("{community}{}", names[serial % names.len()]);
        sites.extend(lay_estate(scribe, grid, &name, homes, style, random)?);
    }
    Ok(sites)
}

fn lay_estate(
    scribe: &mut Scribe<'_>,
    grid: &Area,
    name: &str,
    homes: usize,
    style: Style,
    random: &mut StdRng,
) -> Result<Vec<Site>, RegistryError> {
    let middle = point_in(scribe, grid, random);
    let estate = place(scribe, "estate", name, None, Spot::Point(middle))?;
    let (mut sites, mut number) = (Vec::with_capacity(homes), 0);
    while sites.len() < homes {
        let spot = beside(scribe, grid, middle, number).unwrap_or_else(|| point_in(scribe, grid, random));
        number += 1;
        let building =
            place(scribe, "building", &format!("{number}栋"), Some(Upper::Here(estate)), Spot::Point(spot))?;
        for unit in 1..=random.random_range(1..=style.units_max) {
            if sites.len() >= homes {
                break;
            }
            let upper = Some(Upper::Here(building));
            let unit_at = place(scribe, "unit", &format!("{unit}单元"), upper, Spot::AsUpper)?;
            let rooms = (1..=style.floors).flat_map(|floor| (1..=style.rooms).map(move |room| (floor, room)));
            sites.extend(rooms.take(homes - sites.len()).map(|(floor, room)| Site::Room {
                upper: unit_at,
                name: format!("{floor}{room:02}室"),
                riser: format!("{number}-{unit}-{room:02}"),
            }));
        }
    }
    Ok(sites)
}

/// The last number of a grid's code, from 0.
fn serial_of(grid: &Area) -> usize {
    let digits = grid.code.rsplit(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
    digits.parse::<usize>().map_or(0, |serial| serial.saturating_sub(1))
}

/// What a place lies in.
pub(super) enum Upper<'r> {
    /// Entered by the same scribe.
    Here(usize),
    Elsewhere(&'r Record),
}

/// How a place is put on the ground.
pub(super) enum Spot<'p> {
    Area(&'p str),
    Point(Point),
    AsUpper,
}

/// Enters a place.
pub(super) fn place(
    scribe: &mut Scribe<'_>,
    level: &str,
    name: &str,
    upper: Option<Upper<'_>>,
    spot: Spot<'_>,
) -> Result<usize, RegistryError> {
    let upper = upper.map(|upper| match upper {
        Upper::Here(at) => scribe.records[at].clone(),
        Upper::Elsewhere(record) => record.clone(),
    });
    let (point, area_path) = match spot {
        Spot::Area(path) => (None, Some(path)),
        Spot::Point(point) => (Some(point), None),
        Spot::AsUpper => (None, None),
    };
    let entry = Entry {
        links: Links { place: upper.as_ref().map(|upper| upper.id), ..Links::default() },
        values: &[("level", json!(level)), ("name", json!(name))],
        point,
        area_path,
        ..Entry::default()
    };
    scribe.enter_below(Kind::Place, entry, upper.as_ref())
}

/// A point inside the grid: a few tries in its bounds, else its middle.
pub(super) fn point_in(scribe: &Scribe<'_>, grid: &Area, random: &mut StdRng) -> Point {
    let Some(boundary) = &grid.boundary else { return Point::new(0.0, 0.0).expect("a place on Earth") };
    let b = boundary.bbox();
    let any = |random: &mut StdRng| {
        Point::new(random.random_range(b.west..b.east), random.random_range(b.south..b.north)).ok()
    };
    let found = (0..POINT_TRIES).find_map(|_| any(random).filter(|point| scribe.lies_in(*point, grid)));
    found.unwrap_or_else(|| boundary.label_point()).round(6)
}

/// The place of a building of an estate, in rows from its middle; none where that leaves the grid.
fn beside(scribe: &Scribe<'_>, grid: &Area, middle: Point, number: usize) -> Option<Point> {
    let (column, row) = ((number % BUILDINGS_IN_ROW) as f64, (number / BUILDINGS_IN_ROW) as f64);
    let lon = middle.lon() + column * BUILDING_STEP.0;
    let point = Point::new(lon, middle.lat() - row * BUILDING_STEP.1).ok()?.round(6);
    scribe.lies_in(point, grid).then_some(point)
}
