//! Cases as the map sees them, in memory: where, until when, how far along. No words, no people. Pure.
//!
//! One sweep over all of them answers a view or all figures, so what is swept is packed: 100 000 cases are 6 MB.

use crate::model::CaseId;
use platform::{OrganisationId, Scope, Time};
use std::collections::HashMap;
use std::sync::Arc;

/// Cells of one answer. More would be smaller than a finger, and take longer to draw than to look at.
pub const CELLS_MAX: usize = 3000;
/// Up to so many cases in view are shown one by one.
pub const SINGLE_CASES_MAX: usize = 500;
/// The side of a cell on the screen, at 512 pixels a tile.
const CELL_PIXELS: f64 = 48.0;
const TILE_PIXELS: f64 = 512.0;
const ZOOM_MAX: f64 = 22.0;

/// What holds for a case, as bits.
pub mod is {
    /// Not ended.
    pub const OPEN: u8 = 1;
    /// Opened again by its reporter, at least once.
    pub const REOPENED: u8 = 2;
    /// Nobody has decided yet whether it is accepted.
    pub const UNACCEPTED: u8 = 4;
    /// Its reporter is asked whether it is done.
    pub const CONFIRMING: u8 = 8;
    /// Supervised, yellow or red.
    pub const SUPERVISED: u8 = 16;
    /// Ended as done, not withdrawn, merged or refused.
    pub const DONE: u8 = 32;
    /// Has a place on the map.
    pub const PLACED: u8 = 64;
}

/// A case in the sweep. Moments are microseconds, `i64::MAX` where there is none.
#[derive(Clone, Copy, Debug)]
pub struct Spot {
    /// On the square map of the world, in 2^32 parts of its side.
    x: u32,
    y: u32,
    /// Number of its area's path, and of its unit.
    area: u32,
    unit: u32,
    pub due: i64,
    pub reported: i64,
    pub closed: i64,
    pub level: u8,
    pub flags: u8,
}

/// A case as it comes from the database, with the rest of what the map tells of one.
#[derive(Clone, Debug)]
pub struct Mark {
    pub id: CaseId,
    pub number: String,
    pub workflow_version: i64,
    pub state: String,
    pub type_code: String,
    pub area_path: Arc<str>,
    pub unit: Option<OrganisationId>,
    pub lon: Option<f64>,
    pub lat: Option<f64>,
    pub due_at: Option<Time>,
    pub reported_at: Time,
    pub closed_at: Option<Time>,
    pub level: u8,
    pub flags: u8,
}

/// The open cases of a district, and those closed lately.
#[derive(Debug, Default)]
pub struct Chart {
    marks: Vec<Mark>,
    spots: Vec<Spot>,
    places: HashMap<CaseId, usize>,
    areas: Numbers<Arc<str>>,
    units: Numbers<Option<OrganisationId>>,
}

/// Numbers for values that come again and again.
#[derive(Debug)]
struct Numbers<T> {
    values: Vec<T>,
    known: HashMap<T, u32>,
}

impl<T> Default for Numbers<T> {
    fn default() -> Self {
        Self { values: Vec::new(), known: HashMap::new() }
    }
}

impl<T: Clone + Eq + std::hash::Hash> Numbers<T> {
    fn of(&mut self, value: &T) -> u32 {
        if let Some(known) = self.known.get(value) {
            return *known;
        }
        let number = self.values.len() as u32;
        self.values.push(value.clone());
        self.known.insert(value.clone(), number);
        number
    }
}

/// Whose cases are looked at: within an area, and within what the viewer may see.
#[derive(Clone, Debug)]
pub struct Sight {
    pub area: String,
    pub scopes: Vec<Scope>,
}

/// A sight as bits for each number of an area and of a unit.
struct Seen {
    areas: Vec<u8>,
    units: Vec<bool>,
}

const WITHIN: u8 = 1;
const BY_AREA: u8 = 2;

impl Seen {
    fn sees(&self, spot: &Spot) -> bool {
        let area = self.areas[spot.area as usize];
        area & WITHIN != 0 && (area & BY_AREA != 0 || self.units[spot.unit as usize])
    }
}

/// A part of the ground as a screen shows it.
#[derive(Clone, Copy, Debug)]
pub struct View {
    pub bounds: geo::Bbox,
    pub zoom: f64,
}

/// Cases that lie close together on the screen.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Cell {
    pub centre: geo::Point,
    pub count: u32,
    pub overdue: u32,
    pub level_max: u8,
}

/// What a view shows.
#[derive(Debug)]
pub enum Shown<'a> {
    Single(Vec<&'a Mark>),
    Cells(Vec<Cell>),
}

impl Chart {
    /// Takes a case in, or what has become of it.
    pub fn put(&mut self, mark: Mark) {
        let spot = self.spot(&mark);
        match self.places.get(&mark.id) {
            Some(at) => {
                self.spots[*at] = spot;
                self.marks[*at] = mark;
            }
            None => {
                self.places.insert(mark.id, self.marks.len());
                self.spots.push(spot);
                self.marks.push(mark);
            }
        }
    }

    pub fn len(&self) -> usize {
        self.marks.len()
    }

    fn spot(&mut self, mark: &Mark) -> Spot {
        let place = geo::Point::new(mark.lon.unwrap_or(f64::NAN), mark.lat.unwrap_or(f64::NAN));
        let at = place.ok().and_then(geo::mercator);
        let (x, y) = at.map_or((0, 0), |(x, y)| (part(x), part(y)));
        Spot {
            x,
            y,
            area: self.areas.of(&mark.area_path),
            unit: self.units.of(&mark.unit),
            due: mark.due_at.map_or(i64::MAX, Time::micros),
            reported: mark.reported_at.micros(),
            closed: mark.closed_at.map_or(i64::MAX, Time::micros),
            level: mark.level,
            flags: mark.flags | if at.is_some() { is::PLACED } else { 0 },
        }
    }

    fn seen(&self, sight: &Sight) -> Seen {
        let by_area = |path: &str| {
            sight.scopes.iter().any(|scope| match scope {
                Scope::District => true,
                Scope::Area { path: scope } => Scope::covers_path(scope, path),
                Scope::Unit { .. } | Scope::Own => false,
            })
        };
        let by_unit = |unit: &Option<OrganisationId>| {
            let is_unit =
                |scope: &Scope| matches!(scope, Scope::Unit { organisation } if Some(*organisation) == *unit);
            sight.scopes.iter().any(is_unit)
        };
        let bits = |path: &Arc<str>| {
            let within = if Scope::covers_path(&sight.area, path) { WITHIN } else { 0 };
            within | if by_area(path) { BY_AREA } else { 0 }
        };
        Seen {
            areas: self.areas.values.iter().map(bits).collect(),
            units: self.units.values.iter().map(by_unit).collect(),
        }
    }

    /// Hands over every case in sight for which `holds`, with the path of its area.
    pub fn sweep(&self, sight: &Sight, holds: impl Fn(&Spot) -> bool, mut take: impl FnMut(&Spot, &str)) {
        let seen = self.seen(sight);
        for spot in self.spots.iter().filter(|spot| holds(spot) && seen.sees(spot)) {
            take(spot, &self.areas.values[spot.area as usize]);
        }
    }

    /// The cases in sight for which `holds`, what is due first.
    pub fn by_due(&self, sight: &Sight, holds: impl Fn(&Spot) -> bool) -> Vec<&Mark> {
        let seen = self.seen(sight);
        let found = self.spots.iter().zip(&self.marks).filter(|(spot, _)| holds(spot) && seen.sees(spot));
        let mut marks: Vec<&Mark> = found.map(|(_, mark)| mark).collect();
        marks.sort_unstable_by_key(|mark| mark.order());
        marks
    }

    /// What a view shows: each case by itself while they are few, cells of a common lattice otherwise.
    pub fn show(&self, sight: &Sight, view: &View, now: Time, holds: impl Fn(&Spot) -> bool) -> Shown<'_> {
        let seen = self.seen(sight);
        let Some(lattice) = Lattice::over(view) else { return Shown::Single(Vec::new()) };
        let (mut cells, mut single) = (lattice.cells(), Vec::with_capacity(SINGLE_CASES_MAX));
        let (mut count, now) = (0, now.micros());
        for (at, spot) in self.spots.iter().enumerate() {
            let Some(cell) = lattice.cell(spot) else { continue };
            if !holds(spot) || !seen.sees(spot) {
                continue;
            }
            count += 1;
            if count <= SINGLE_CASES_MAX {
                single.push(at);
            }
            cells[cell].add(spot, now);
        }
        if count <= SINGLE_CASES_MAX {
            return Shown::Single(single.into_iter().map(|at| &self.marks[at]).collect());
        }
        Shown::Cells(lattice.filled(&cells))
    }
}

impl Mark {
    /// By what is due first; what has no clock comes last.
    pub fn order(&self) -> (i64, CaseId) {
        (self.due_at.map_or(i64::MAX, Time::micros), self.id)
    }
}

impl Spot {
    pub fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }
}

/// A share of the world's side as a whole number.
fn part(share: f64) -> u32 {
    (share * SIDE).clamp(0.0, SIDE - 1.0) as u32
}

/// Parts of the world's side.
const SIDE: f64 = 4_294_967_296.0;

/// Cells over a view. They lie on a lattice of the whole world, so that moving the view moves no case into another cell.
struct Lattice {
    west: u32,
    north: u32,
    east: u32,
    south: u32,
    /// Parts of a cell's side, as a power of two.
    shift: u32,
    columns: usize,
    rows: usize,
}

#[derive(Clone, Copy, Default)]
struct Sum {
    count: u32,
    overdue: u32,
    level_max: u8,
}

impl Sum {
    fn add(&mut self, spot: &Spot, now: i64) {
        self.count += 1;
        self.overdue += u32::from(spot.due < now && spot.has(is::OPEN));
        self.level_max = self.level_max.max(spot.level);
    }
}

impl Lattice {
    /// Cells as small as the zoom allows and as large as their number demands; none for a view without ground.
    fn over(view: &View) -> Option<Self> {
        let corner = |lon: f64, lat: f64| {
            let point = geo::Point::new(lon, lat.clamp(-85.0, 85.0)).ok()?;
            geo::mercator(point).map(|(x, y)| (part(x), part(y)))
        };
        let (west, north) = corner(view.bounds.west, view.bounds.north)?;
        let (east, south) = corner(view.bounds.east, view.bounds.south)?;
        if east < west || south < north {
            return None;
        }
        let pixels = TILE_PIXELS * view.zoom.clamp(0.0, ZOOM_MAX).exp2();
        let mut shift = ((SIDE * CELL_PIXELS / pixels).log2().round().clamp(0.0, 31.0)) as u32;
        loop {
            let wide = |from: u32, to: u32| ((to >> shift) - (from >> shift) + 1) as usize;
            let (columns, rows) = (wide(west, east), wide(north, south));
            if columns.saturating_mul(rows) <= CELLS_MAX || shift == 31 {
                return Some(Self { west, north, east, south, shift, columns, rows });
            }
            shift += 1;
        }
    }

    fn cells(&self) -> Vec<Sum> {
        vec![Sum::default(); self.columns * self.rows]
    }

    fn cell(&self, spot: &Spot) -> Option<usize> {
        let is_inside = spot.has(is::PLACED)
            && (self.west..=self.east).contains(&spot.x)
            && (self.north..=self.south).contains(&spot.y);
        let column = (spot.x >> self.shift).wrapping_sub(self.west >> self.shift) as usize;
        let row = (spot.y >> self.shift).wrapping_sub(self.north >> self.shift) as usize;
        is_inside.then_some(row * self.columns + column)
    }

    /// The cells in which something lies.
    fn filled(&self, cells: &[Sum]) -> Vec<Cell> {
        let side = f64::from(self.shift).exp2();
        let middle = |first: u32, n: usize| (f64::from(first >> self.shift) + n as f64 + 0.5) * side / SIDE;
        let filled = cells.iter().enumerate().filter(|(_, sum)| sum.count > 0);
        let cell = |(n, sum): (usize, &Sum)| Cell {
            centre: geo::from_mercator(
                middle(self.west, n % self.columns),
                middle(self.north, n / self.columns),
            ),
            count: sum.count,
            overdue: sum.overdue,
            level_max: sum.level_max,
        };
        filled.map(cell).collect()
    }
}
