//! The district's places and homes in memory, so that a quarter of a million addresses are found without asking the database for each.

use crate::model::address::{self, NONE, Parts, Score};
use crate::model::{Fields, Kind, Record, RecordId, State};
use crate::queries::batches::PlaceRow;
use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Candidates named for an unknown building.
const CANDIDATES_MAX: usize = 3;
/// Unknown buildings for which candidates are looked for; a table of another district would have thousands.
const LOOKED_FOR_MAX: usize = 500;
/// The least score of a candidate, of 1000.
const CANDIDATE_POINTS_MIN: u16 = 400;
/// Levels of the tree that are climbed at most.
const LEVELS_MAX: usize = 12;

/// A place as far as addresses need it.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub parent: Option<RecordId>,
    pub level: String,
    pub name: String,
    others: Vec<String>,
    pub label: String,
    pub area_path: Arc<str>,
}

/// Where an address leads.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Found {
    /// A registered place; a home may stand there.
    Place(RecordId),
    /// A building that has no such room yet.
    NewRoom(RecordId),
    Unknown,
    Several(Vec<RecordId>),
    /// The building has units, and none is written: these may be meant, where a room is.
    UnitMissing(RecordId, Vec<RecordId>),
    /// The building has rooms, and none is written.
    RoomMissing(RecordId),
}

/// All of them, by what is written of them.
#[derive(Debug, Default)]
pub(crate) struct Places {
    entries: HashMap<RecordId, Entry>,
    /// Roads and estates by name.
    roots: HashMap<String, Vec<RecordId>>,
    groups: HashMap<(RecordId, String), RecordId>,
    buildings: HashMap<String, Vec<RecordId>>,
    units: HashMap<(RecordId, String), RecordId>,
    /// By building, unit and room.
    rooms: HashMap<(RecordId, String, String), RecordId>,
    rooms_of_any_unit: HashMap<(RecordId, String), Vec<RecordId>>,
    rooms_in: HashMap<RecordId, Vec<RecordId>>,
    with_units: HashSet<RecordId>,
    /// Dwellings by their place, households by their dwelling.
    dwellings: HashMap<RecordId, RecordId>,
    place_of_dwelling: HashMap<RecordId, RecordId>,
    households: HashMap<RecordId, Vec<RecordId>>,
    gone: HashSet<RecordId>,
    /// Places whose upper place has not come yet.
    waiting: Vec<RecordId>,
    looked_for: HashMap<String, Vec<String>>,
}

/// The key of a building's address: what stands above its units.
pub(crate) fn building_key(parts: &Parts) -> String {
    let levels =
        [&parts.road, &parts.lane, &parts.number, &parts.annex, &parts.estate, &parts.group, &parts.building];
    levels.map(|level| level.as_deref().unwrap_or_default()).join("|")
}

/// The key of a home's address.
pub(crate) fn home_key(parts: &Parts) -> String {
    let or_none = |level: &Option<String>| level.clone().unwrap_or_else(|| NONE.to_owned());
    format!("{}|{}|{}", building_key(parts), or_none(&parts.unit), or_none(&parts.room))
}

impl Places {
    /// Takes rows of the register in, in any order.
    pub fn take(&mut self, rows: Vec<PlaceRow>) {
        for row in rows {
            match row.state {
                State::Live => {
                    self.put(
                        row.id,
                        row.kind,
                        row.place_id,
                        row.dwelling_id,
                        &row.fields.0,
                        row.label,
                        &row.area_path,
                    );
                }
                _ => {
                    self.gone.insert(row.id);
                }
            }
        }
        self.settle();
    }

    /// Takes a record in that is about to be saved.
    pub fn take_record(&mut self, record: &Record) {
        let content = &record.content;
        let (place, dwelling) = (content.links.place, content.links.dwelling);
        self.put(
            record.id,
            record.kind,
            place,
            dwelling,
            &content.open,
            content.label.clone(),
            &content.area_path,
        );
        self.settle();
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "the columns of a row and the parts of a record, under one name"
    )]
    fn put(
        &mut self,
        id: RecordId,
        kind: Kind,
        place: Option<RecordId>,
        dwelling: Option<RecordId>,
        fields: &Fields,
        label: String,
        area_path: &str,
    ) {
        match (kind, place, dwelling) {
            (Kind::Place, parent, _) => {
                let others = fields.get("other_names").and_then(serde_json::Value::as_array);
                let others = others.into_iter().flatten().filter_map(|name| name.as_str().map(str::to_owned));
                let (level, name) = (fields.text("level").to_owned(), fields.text("name").to_owned());
                let entry = Entry {
                    parent,
                    level,
                    name,
                    others: others.collect(),
                    label,
                    area_path: area_path.into(),
                };
                self.entries.insert(id, entry);
                self.waiting.push(id);
            }
            (Kind::Dwelling, Some(place), _) => {
                self.dwellings.insert(place, id);
                self.place_of_dwelling.insert(id, place);
            }
            (Kind::Household, _, Some(dwelling)) => {
                let households = self.households.entry(dwelling).or_default();
                if !households.contains(&id) {
                    households.push(id);
                }
            }
            _ => {}
        }
    }

    /// Enters the places that came, as far as what is above them is known.
    fn settle(&mut self) {
        let waiting = std::mem::take(&mut self.waiting);
        for id in waiting {
            if self.index(id).is_none() {
                self.waiting.push(id);
            }
        }
    }

    fn index(&mut self, id: RecordId) -> Option<()> {
        let entry = self.entries.get(&id)?.clone();
        let key = address::part_key(&entry.name);
        match entry.level.as_str() {
            "road" | "estate" => {
                for name in std::iter::once(&entry.name).chain(&entry.others) {
                    push_new(self.roots.entry(address::part_key(name)).or_default(), id);
                }
            }
            "group" => {
                if let Some(parent) = entry.parent {
                    self.groups.insert((parent, key), id);
                }
            }
            "building" => {
                for text in self.texts(&entry)? {
                    push_new(self.buildings.entry(building_key(&address::parse(&text))).or_default(), id);
                }
            }
            "unit" => {
                let building = self.above(&entry, "building")?;
                if key != NONE {
                    self.with_units.insert(building);
                }
                self.units.insert((building, key), id);
            }
            "room" => {
                let building = self.above(&entry, "building")?;
                let unit = self.above(&entry, "unit").and_then(|unit| self.entries.get(&unit));
                let unit = unit.map_or_else(|| NONE.to_owned(), |unit| address::part_key(&unit.name));
                push_new(self.rooms_of_any_unit.entry((building, key.clone())).or_default(), id);
                self.rooms.insert((building, unit, key), id);
                push_new(self.rooms_in.entry(building).or_default(), id);
            }
            _ => {}
        }
        Some(())
    }

    /// The address of a building, and what it would be by other names of its street, estate or itself.
    fn texts(&self, entry: &Entry) -> Option<Vec<String>> {
        let mut texts = vec![entry.label.clone()];
        texts.extend(
            entry
                .others
                .iter()
                .filter_map(|name| Some(format!("{}{name}", entry.label.strip_suffix(entry.name.as_str())?))),
        );
        if let Some(parent) = entry.parent {
            let parent = self.entries.get(&parent)?;
            let behind = entry.label.strip_prefix(parent.label.as_str()).unwrap_or(&entry.name);
            texts.extend(parent.others.iter().map(|name| format!("{name}{behind}")));
        }
        Some(texts)
    }

    /// The nearest place of a level above.
    fn above(&self, entry: &Entry, level: &str) -> Option<RecordId> {
        let mut parent = entry.parent?;
        for _ in 0..LEVELS_MAX {
            let upper = self.entries.get(&parent)?;
            if upper.level == level {
                return Some(parent);
            }
            parent = upper.parent?;
        }
        None
    }

    pub fn entry(&self, id: RecordId) -> Option<&Entry> {
        self.entries.get(&id)
    }

    /// The dwelling at a place.
    pub fn dwelling_at(&self, place: RecordId) -> Option<RecordId> {
        self.dwellings.get(&place).copied().filter(|id| !self.gone.contains(id))
    }

    /// The address of a dwelling.
    pub fn label_of_dwelling(&self, dwelling: RecordId) -> Option<&str> {
        let place = self.place_of_dwelling.get(&dwelling)?;
        self.entries.get(place).map(|entry| entry.label.as_str())
    }

    /// The households of a dwelling.
    pub fn households_of(&self, dwelling: RecordId) -> Vec<RecordId> {
        let all = self.households.get(&dwelling).into_iter().flatten();
        all.copied().filter(|id| !self.gone.contains(id)).collect()
    }

    /// Where an address leads, within an area where one is given.
    pub fn find(&self, parts: &Parts, within: Option<&str>) -> Found {
        let building = match self.find_building(parts, within)[..] {
            [] => return Found::Unknown,
            [building] => building,
            ref several => return Found::Several(several.to_vec()),
        };
        self.find_in(building, parts)
    }

    /// The buildings an address may mean: as it is written, then by its estate alone, then by its street alone.
    pub fn find_building(&self, parts: &Parts, within: Option<&str>) -> Vec<RecordId> {
        let there = |way: &Parts| {
            let found = self.buildings.get(&building_key(way)).into_iter().flatten().copied();
            found.filter(|id| self.is_there(*id, within)).collect::<Vec<_>>()
        };
        ways(parts).iter().map(there).find(|found| !found.is_empty()).unwrap_or_default()
    }

    /// All buildings an address may mean, in whatever area.
    pub fn buildings_meant(&self, parts: &Parts) -> impl Iterator<Item = RecordId> {
        let found = ways(parts).into_iter().filter_map(|way| self.buildings.get(&building_key(&way)));
        found.flatten().copied()
    }

    fn is_there(&self, id: RecordId, within: Option<&str>) -> bool {
        let covers = |path: &str| within.is_none_or(|scope| platform::Scope::covers_path(scope, path));
        !self.gone.contains(&id) && self.entries.get(&id).is_some_and(|entry| covers(&entry.area_path))
    }

    fn find_in(&self, building: RecordId, parts: &Parts) -> Found {
        let Some(room) = &parts.room else {
            let has_rooms = self.rooms_in(building).next().is_some();
            return if has_rooms { Found::RoomMissing(building) } else { Found::Place(building) };
        };
        if let Some(unit) = &parts.unit {
            let known = self.rooms.get(&(building, unit.clone(), room.clone()));
            return known
                .filter(|id| !self.gone.contains(id))
                .map_or(Found::NewRoom(building), |id| Found::Place(*id));
        }
        let any = self.rooms_of_any_unit.get(&(building, room.clone())).into_iter().flatten();
        match any.copied().filter(|id| !self.gone.contains(id)).collect::<Vec<_>>()[..] {
            [one] => Found::Place(one),
            [] if self.with_units.contains(&building) => Found::UnitMissing(building, Vec::new()),
            [] => Found::NewRoom(building),
            ref several => Found::UnitMissing(building, several.to_vec()),
        }
    }

    /// The rooms of a building.
    fn rooms_in(&self, building: RecordId) -> impl Iterator<Item = RecordId> {
        let all = self.rooms_in.get(&building).into_iter().flatten().copied();
        all.filter(|id| !self.gone.contains(id))
    }

    /// What is written behind a building's address for its rooms, or for those of a unit that is written: the first ones by name, and how
    /// many there are.
    pub fn rooms_written(&self, building: RecordId, unit: Option<&str>) -> (Vec<&str>, usize) {
        let above = self.entries.get(&building).map_or("", |entry| entry.label.as_str());
        let unit = unit.and_then(|key| self.unit(building, key));
        let is_meant = |entry: &&Entry| unit.is_none() || self.above(entry, "unit") == unit;
        let rooms = self.rooms_in(building).filter_map(|id| self.entries.get(&id)).filter(is_meant);
        let mut written: Vec<&str> =
            rooms.map(|room| room.label.strip_prefix(above).unwrap_or(&room.name)).collect();
        let count = written.len();
        written.sort_unstable();
        written.truncate(CANDIDATES_MAX);
        (written, count)
    }

    pub fn unit(&self, building: RecordId, key: &str) -> Option<RecordId> {
        self.units.get(&(building, key.to_owned())).copied().filter(|id| !self.gone.contains(id))
    }

    /// The road or estate of a name within an area.
    pub fn root(&self, name: &str, within: &str) -> Option<RecordId> {
        let known = self.roots.get(&address::part_key(name)).into_iter().flatten();
        // An estate may reach over several grids of its community.
        let community = within.rsplit_once('/').map_or(within, |(upper, _)| upper);
        known.copied().find(|id| self.is_there(*id, Some(community)))
    }

    pub fn group(&self, root: RecordId, key: &str) -> Option<RecordId> {
        self.groups.get(&(root, key.to_owned())).copied().filter(|id| !self.gone.contains(id))
    }

    /// The buildings that come nearest to an unknown one, best first.
    pub fn candidates(&mut self, parts: &Parts) -> Vec<String> {
        let key = building_key(parts);
        if let Some(known) = self.looked_for.get(&key) {
            return known.clone();
        }
        if self.looked_for.len() >= LOOKED_FOR_MAX {
            return Vec::new();
        }
        let asked = Parts { unit: None, floor: None, room: None, ..parts.clone() };
        let buildings =
            self.entries.iter().filter(|(id, entry)| entry.level == "building" && !self.gone.contains(id));
        let mut scored: Vec<(u16, &str)> = buildings
            .map(|(_, entry)| {
                let Score { points, .. } = address::score(&asked, &address::parse(&entry.label));
                (points, entry.label.as_str())
            })
            .filter(|(points, _)| *points >= CANDIDATE_POINTS_MIN)
            .collect();
        scored.sort_unstable_by_key(|(points, label)| (Reverse(*points), *label));
        let best: Vec<String> =
            scored.into_iter().take(CANDIDATES_MAX).map(|(_, label)| label.to_owned()).collect();
        self.looked_for.insert(key, best.clone());
        best
    }
}

/// How the building of an address may be registered: as it is written, by its estate alone, by its street alone.
fn ways(parts: &Parts) -> Vec<Parts> {
    let by_estate = Parts { road: None, lane: None, number: None, annex: None, ..parts.clone() };
    let by_street = Parts { estate: None, group: None, ..parts.clone() };
    let mut ways = vec![parts.clone()];
    ways.extend(parts.estate.is_some().then_some(by_estate));
    ways.extend((parts.road.is_some() && parts.number.is_some()).then_some(by_street));
    ways
}

fn push_new(ids: &mut Vec<RecordId>, id: RecordId) {
    if !ids.contains(&id) {
        ids.push(id);
    }
}
