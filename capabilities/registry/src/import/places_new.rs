//! Places, homes and households a table brings along: what is needed above a record that is new.

use super::BatchId;
use super::places::Places;
use crate::commands::label_of;
use crate::model::address::{self, NONE, Parts};
use crate::model::{ActId, Content, Kind, Links, Origin, Record, RecordId};
use platform::Time;
use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Makes records of one batch.
#[derive(Clone, Debug)]
pub(crate) struct Maker {
    pub batch: BatchId,
    pub act: ActId,
    pub now: Time,
    pub origin: Origin,
}

impl Maker {
    pub fn record(&self, kind: Kind, content: Content) -> Record {
        self.record_of(RecordId::new(self.now), kind, content)
    }

    fn record_of(&self, id: RecordId, kind: Kind, content: Content) -> Record {
        Record { id, kind, version: 1, act: self.act, changed_at: self.now, content }
    }

    /// A level of an address below another, or on its own in an area.
    fn place(
        &self,
        places: &Places,
        level: &str,
        name: &str,
        parent: Option<RecordId>,
        area_path: &str,
    ) -> Record {
        let mut content = Content::new(area_path.to_owned());
        content.links.place = parent;
        content.open.set("level", json!(level), &self.origin);
        content.open.set("name", json!(name), &self.origin);
        let above = parent.and_then(|parent| places.entry(parent)).map_or("", |entry| entry.label.as_str());
        content.label = format!("{above}{}", address::without_none(name));
        self.record(Kind::Place, content)
    }

    fn add_place(
        &self,
        places: &mut Places,
        (level, name): (&str, &str),
        parent: Option<RecordId>,
        area_path: &str,
        new: &mut Vec<Record>,
    ) -> RecordId {
        let record = self.place(places, level, name, parent, area_path);
        places.take_record(&record);
        new.push(record);
        new.last().map_or(RecordId(Uuid::nil()), |record| record.id)
    }

    /// A room of a building, with its unit where the building has none of that number yet.
    pub fn room(
        &self,
        places: &mut Places,
        building: RecordId,
        parts: &Parts,
        new: &mut Vec<Record>,
    ) -> RecordId {
        let area_path = places.entry(building).map_or_else(String::new, |entry| entry.area_path.to_string());
        let unit = parts.unit.as_deref().filter(|unit| *unit != NONE);
        let above = match unit {
            None => places.unit(building, NONE).unwrap_or(building),
            Some(key) => match places.unit(building, key) {
                Some(unit) => unit,
                None => {
                    self.add_place(places, ("unit", &format!("{key}单元")), Some(building), &area_path, new)
                }
            },
        };
        let name = format!("{}室", parts.room.as_deref().unwrap_or_default());
        self.add_place(places, ("room", &name), Some(above), &area_path, new)
    }

    /// A building with its street or estate, in an area. Nothing where the address names neither.
    pub fn building(
        &self,
        places: &mut Places,
        parts: &Parts,
        area_path: &str,
        new: &mut Vec<Record>,
    ) -> Option<RecordId> {
        let (level, root_name) = match (&parts.estate, &parts.road) {
            (Some(estate), _) => ("estate", estate.as_str()),
            (None, Some(road)) => ("road", road.as_str()),
            (None, None) => return None,
        };
        let name = own_name(parts)?;
        let mut above = match places.root(root_name, area_path) {
            Some(root) => root,
            None => self.add_place(places, (level, root_name), None, area_path, new),
        };
        if let Some(key) = &parts.group {
            above = match places.group(above, key) {
                Some(group) => group,
                None => self.add_place(places, ("group", &format!("{key}组")), Some(above), area_path, new),
            };
        }
        Some(self.add_place(places, ("building", &name), Some(above), area_path, new))
    }

    /// A home at a place.
    pub fn dwelling(
        &self,
        places: &mut Places,
        place: RecordId,
        mut content: Content,
        new: &mut Vec<Record>,
    ) -> RecordId {
        if let Some(entry) = places.entry(place) {
            content.label = entry.label.clone();
            content.area_path = entry.area_path.to_string();
        }
        content.links = Links { place: Some(place), ..Links::default() };
        if content.open.get("use").is_none() {
            content.open.set("use", json!("residential"), &self.origin);
        }
        let record = self.record(Kind::Dwelling, content);
        places.take_record(&record);
        let id = record.id;
        new.push(record);
        id
    }

    /// The household of a home with that number, made where it is not there. Its id follows from batch, home and number: after a
    /// break the rest of a family finds it again.
    pub fn household(
        &self,
        places: &mut Places,
        dwelling: RecordId,
        number: &str,
        above: &Content,
        new: &mut Vec<Record>,
    ) -> RecordId {
        let id = self.household_id(dwelling, number);
        let known = places.households_of(dwelling);
        if known.contains(&id) {
            return id;
        }
        if let ([only], "") = (&known[..], number) {
            return *only;
        }
        let mut content = Content::new(above.area_path.clone());
        content.links.dwelling = Some(dwelling);
        content.open.set("kind", json!("family"), &self.origin);
        content.label = above.label.clone();
        let record = self.record_of(id, Kind::Household, content);
        places.take_record(&record);
        new.push(record);
        id
    }

    fn household_id(&self, dwelling: RecordId, number: &str) -> RecordId {
        const CHANCE_BITS: u128 = (1 << 62) - 1;
        let hash =
            Sha256::new().chain_update(self.batch.0).chain_update(dwelling.0).chain_update(number).finalize();
        let chance = hash.iter().take(16).fold(0u128, |bits, byte| bits << 8 | u128::from(*byte));
        // The home's own moment, version and variant in front (RFC 9562, 5.7): in an index it stands beside the home.
        RecordId(Uuid::from_u128((dwelling.0.as_u128() & !CHANCE_BITS) | (chance & CHANCE_BITS)))
    }

    /// A record with values, named as its kind is.
    pub fn with_label(&self, kind: Kind, mut content: Content) -> Record {
        content.label = label_of(kind, &content, None);
        self.record(kind, content)
    }
}

/// What a building is called below its street or estate: 5栋, 28号, 128号附3号.
fn own_name(parts: &Parts) -> Option<String> {
    match (&parts.building, &parts.number) {
        (Some(key), _) if key != NONE => {
            let is_lettered = key.bytes().all(|b| b.is_ascii_alphabetic());
            Some(format!("{key}{}", if is_lettered { "座" } else { "栋" }))
        }
        (_, Some(number)) => {
            let annex = parts.annex.as_ref().map(|annex| format!("附{annex}号")).unwrap_or_default();
            Some(format!("{}{number}号{annex}", parts.lane.as_deref().unwrap_or_default()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    //! Homes a table brings are found again by their address, however it is written.
    use super::super::places::{Found, Places};
    use super::{ActId, Maker, Time, Uuid};
    use crate::import::BatchId;
    use crate::model::address::parse;
    use crate::model::{Origin, Source};

    fn maker() -> Maker {
        let now = Time::from_micros(1_772_416_800_000_000);
        let origin = Origin { source: Source::Import, at: now, by: None, evidence: None };
        Maker { batch: BatchId::new(now), act: ActId::new(now), now, origin }
    }

    #[test]
    fn a_new_building_and_its_rooms_are_found() {
        let (maker, mut places, mut new) = (maker(), Places::default(), Vec::new());
        let area = "430204/430204001/430204001001/43020400100101";
        for (address, other) in [
            ("田心三村5栋2单元301室", "三村不对"),
            ("清石村3组28号", "清石村3组29号"),
            ("建设北路128号附3号", "建设北路128号"),
        ] {
            let parts = parse(address);
            assert_eq!(places.find(&parts, None), Found::Unknown, "{address}");
            let building = maker.building(&mut places, &parts, area, &mut new).expect("it has a name");
            if parts.room.is_some() {
                assert_eq!(places.find(&parts, None), Found::NewRoom(building));
                let room = maker.room(&mut places, building, &parts, &mut new);
                assert_eq!(places.find(&parse("田心三村五栋2-301"), None), Found::Place(room));
                assert_eq!(
                    places.find(&parse("田心三村5栋301"), None),
                    Found::Place(room),
                    "only one unit has it"
                );
                assert_eq!(
                    places.find(&parse("田心三村5栋302"), None),
                    Found::UnitMissing(building, Vec::new())
                );
                assert_eq!(places.find(&parse("田心三村5栋"), None), Found::RoomMissing(building));
            } else {
                assert_eq!(places.find(&parts, Some(area)), Found::Place(building), "{address}");
            }
            assert_eq!(places.find(&parse(other), None), Found::Unknown, "{other}");
            assert_eq!(places.find(&parts, Some("430204/430204002")), Found::Unknown, "another subdistrict");
        }
        assert_eq!(places.candidates(&parse("田心三村6栋1单元101"))[..1], ["田心三村5栋".to_owned()]);
    }

    #[test]
    fn a_household_keeps_its_id() {
        let maker = maker();
        let dwelling = crate::model::RecordId::new(maker.now);
        let id = maker.household_id(dwelling, "1");
        assert_eq!(id, maker.household_id(dwelling, "1"));
        assert_ne!(id, maker.household_id(dwelling, "2"));
        assert_eq!(id.0.get_version_num(), 7);
        assert_ne!(id.0, Uuid::nil());
    }
}
