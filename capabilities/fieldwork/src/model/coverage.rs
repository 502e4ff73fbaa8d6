//! How far a campaign is: counted by area, level by level, and by building. Never by worker, and in no order but that of the areas.

use super::{Outcome, TaskState};
use platform::Scope;
use registry::RecordId;
use serde::Serialize;
use std::collections::BTreeMap;
use territory::{Area, Snapshot};
use utoipa::ToSchema;

/// Doors by what became of them; they add up to `doors`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct DoorTally {
    pub doors: i64,
    pub done: i64,
    /// Called at, nobody was at home; somebody calls again.
    pub absent: i64,
    /// Called at as often as the campaign says, never met.
    pub not_reached: i64,
    /// The resident did not want it.
    pub refused: i64,
    /// Nobody was there yet; after the end: nobody was.
    pub left: i64,
}

/// Doors of one grid, building, state and outcome.
#[derive(Clone, Debug)]
pub struct Counted {
    pub area_path: String,
    pub building: Option<RecordId>,
    pub state: TaskState,
    pub outcome: Option<Outcome>,
    /// Somebody called there and met nobody.
    pub is_tried: bool,
    pub doors: i64,
}

/// An area and its doors.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct AreaCoverage {
    pub path: String,
    pub name: String,
    /// district, subdistrict, community, grid
    pub level: String,
    #[serde(flatten)]
    pub tally: DoorTally,
}

/// A building and its doors.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct BuildingCoverage {
    /// None: doors that stand in no building.
    pub building: Option<RecordId>,
    pub label: String,
    pub area_path: String,
    pub lon: Option<f64>,
    pub lat: Option<f64>,
    #[serde(flatten)]
    pub tally: DoorTally,
}

impl DoorTally {
    /// Takes in some doors.
    pub fn add(&mut self, counted: &Counted) {
        self.doors += counted.doors;
        *self.place_of(counted) += counted.doors;
    }

    fn place_of(&mut self, counted: &Counted) -> &mut i64 {
        match (counted.state, counted.outcome) {
            (_, Some(Outcome::Refused)) => &mut self.refused,
            (TaskState::Done, _) => &mut self.done,
            (TaskState::Open, _) if counted.is_tried => &mut self.absent,
            (TaskState::Closed, _) if counted.is_tried => &mut self.not_reached,
            (TaskState::Open | TaskState::Closed, _) => &mut self.left,
        }
    }

    /// Doors of which it is known what became of them.
    pub fn settled(&self) -> i64 {
        self.done + self.refused + self.not_reached
    }
}

/// The doors of an area as a whole.
pub fn total(counted: &[Counted]) -> DoorTally {
    let mut tally = DoorTally::default();
    counted.iter().for_each(|some| tally.add(some));
    tally
}

/// The doors of each area directly below one; of a grid nothing is below.
pub fn by_area(places: &Snapshot, path: &str, counted: &[Counted]) -> Vec<AreaCoverage> {
    let line = |area: &Area| {
        let mut tally = DoorTally::default();
        counted
            .iter()
            .filter(|some| Scope::covers_path(&area.path, &some.area_path))
            .for_each(|some| tally.add(some));
        AreaCoverage {
            path: area.path.clone(),
            name: area.name.clone(),
            level: area.level.as_str().to_owned(),
            tally,
        }
    };
    places.children(path).map(line).filter(|line| line.tally.doors > 0).collect()
}

/// The doors of each building, grid by grid; the labels and points are still to be put in.
pub fn by_building(counted: &[Counted]) -> Vec<BuildingCoverage> {
    let mut tallies: BTreeMap<(&str, Option<RecordId>), DoorTally> = BTreeMap::new();
    for some in counted {
        tallies.entry((&some.area_path, some.building)).or_default().add(some);
    }
    let line = |((area_path, building), tally): ((&str, Option<RecordId>), DoorTally)| BuildingCoverage {
        building,
        label: String::new(),
        area_path: area_path.to_owned(),
        lon: None,
        lat: None,
        tally,
    };
    tallies.into_iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    //! Each door counts once.
    use super::{Counted, DoorTally, by_building, total};
    use crate::model::{Outcome, TaskState};
    use registry::RecordId;
    use uuid::Uuid;

    fn counted(
        building: u128,
        state: TaskState,
        outcome: Option<Outcome>,
        is_tried: bool,
        doors: i64,
    ) -> Counted {
        let building = Some(RecordId(Uuid::from_u128(building)));
        Counted { area_path: "430204".to_owned(), building, state, outcome, is_tried, doors }
    }

    #[test]
    fn every_state_has_its_place_and_all_add_up() {
        use TaskState::{Closed, Done, Open};
        let rows = [
            counted(1, Done, Some(Outcome::Fine), false, 1),
            counted(1, Done, Some(Outcome::Trouble), true, 2),
            counted(1, Open, None, true, 4),
            counted(2, Closed, None, true, 8),
            counted(2, Closed, Some(Outcome::Refused), true, 16),
            counted(2, Open, None, false, 32),
            counted(2, Closed, None, false, 64),
        ];
        let expected = DoorTally { doors: 127, done: 3, absent: 4, not_reached: 8, refused: 16, left: 96 };
        assert_eq!(total(&rows), expected);
        let buildings = by_building(&rows);
        assert_eq!(buildings.iter().map(|line| line.tally.doors).collect::<Vec<_>>(), [7, 120]);
        assert_eq!(total(&rows).settled(), 27);
        let sum =
            |tally: DoorTally| tally.done + tally.absent + tally.not_reached + tally.refused + tally.left;
        assert!(buildings.iter().all(|line| sum(line.tally) == line.tally.doors));
    }
}
