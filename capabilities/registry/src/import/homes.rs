//! A home of a table: known or new, in a building that is known or comes with its place.

use super::compare;
use super::deciding::{Deciding, Decision, Outcome, Part};
use super::draft::Draft;
use super::known::Known;
use super::places::{Found, Places};
use super::trouble::Trouble;
use crate::model::address::Parts;
use crate::model::{Kind, RecordId};

impl Deciding<'_> {
    /// Decides on one home of a table.
    pub(super) fn home_of_table(
        &self,
        draft: &Draft,
        known: &Known,
        places: &mut Places,
        part: &mut Part,
    ) -> Decision {
        let Some(parts) = &draft.address else { return Decision::wrong(self.no_address()) };
        let column = self.columns.of_address();
        let area = self.area_of(draft);
        let place = match places.find(parts, area.as_deref()) {
            Found::Place(place) => place,
            Found::NewRoom(building) => {
                if let Some(trouble) = self.refuse_area(&area_of_place(places, building), column) {
                    return Decision::wrong(trouble);
                }
                self.maker.room(places, building, parts, &mut part.new)
            }
            Found::UnitMissing(building, rooms) => {
                return Decision::wrong(self.unit_missing(building, &rooms, places));
            }
            Found::RoomMissing(building) => {
                return Decision::wrong(self.room_missing(building, parts, places));
            }
            Found::Several(ids) => return Decision::wrong(self.several_buildings(&ids, places)),
            Found::Unknown => match self.new_building(draft, parts, area, places, part) {
                Ok(place) => place,
                Err(trouble) => return Decision::wrong(trouble),
            },
        };
        if let Some(trouble) = self.refuse_area(&area_of_place(places, place), column) {
            return Decision::wrong(trouble);
        }
        match places.dwelling_at(place).and_then(|dwelling| known.record(dwelling)) {
            Some(dwelling) => {
                let values = draft.values.get(&Kind::Dwelling);
                let joined = compare::join(
                    self.columns,
                    self.viewer,
                    Kind::Dwelling,
                    &dwelling.content,
                    values,
                    &self.maker.origin,
                );
                self.decide_joined(dwelling, joined, part)
            }
            None if places.dwelling_at(place).is_some() => Decision::of(Outcome::Unchanged),
            None => {
                let content = self.content_of(draft, Kind::Dwelling, "");
                self.maker.dwelling(places, place, content, &mut part.new);
                Decision::of(Outcome::New)
            }
        }
    }

    /// A building nobody registered yet: only where the table says in which grid it stands, or at which point.
    fn new_building(
        &self,
        draft: &Draft,
        parts: &Parts,
        area: Option<String>,
        places: &mut Places,
        part: &mut Part,
    ) -> Result<RecordId, Trouble> {
        let by_point =
            draft.point.and_then(|point| self.viewer.places.deepest(point).map(|area| area.path.clone()));
        let Some(area_path) = area.or(by_point) else {
            return Err(self.unknown_building(places.candidates(parts)));
        };
        if let Some(trouble) = self.refuse_area(&area_path, self.columns.of_address()) {
            return Err(trouble);
        }
        let Some(building) = self.maker.building(places, parts, &area_path, &mut part.new) else {
            return Err(self.unknown_building(Vec::new()));
        };
        if let (Some(point), Some(record)) =
            (draft.point, part.new.iter_mut().find(|record| record.id == building))
        {
            record.content.point = Some((point.lon(), point.lat()));
        }
        Ok(match &parts.room {
            Some(_) => self.maker.room(places, building, parts, &mut part.new),
            None => building,
        })
    }
}

fn area_of_place(places: &Places, place: RecordId) -> String {
    places.entry(place).map_or_else(String::new, |entry| entry.area_path.to_string())
}
