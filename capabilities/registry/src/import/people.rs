//! A person of a table: known or new, at home where the register has them or elsewhere.

use super::compare::{self, Joined};
use super::deciding::{Deciding, Decision, Outcome, Part};
use super::draft::Draft;
use super::known::Known;
use super::places::{Found, Places};
use super::trouble::Trouble;
use crate::model::spelling::fold_name;
use crate::model::{Content, Kind, Links, Record, RecordId, State};
use crate::queries::batches::document_blinds;
use platform::Words;
use serde_json::Value;

/// Where the row says that the person lives.
#[derive(Clone, Copy)]
enum Spot {
    Place(RecordId),
    NewRoom(RecordId),
}

impl Deciding<'_> {
    /// Decides on one person of a table.
    pub(super) fn person(
        &self,
        draft: &Draft,
        known: &Known,
        places: &mut Places,
        part: &mut Part,
    ) -> Decision {
        let spot = match self.spot(draft, places) {
            Ok(spot) => spot,
            Err(trouble) => return Decision::wrong(trouble),
        };
        let (Spot::Place(place) | Spot::NewRoom(place)) = spot;
        let dwelling = match spot {
            Spot::Place(place) => places.dwelling_at(place),
            Spot::NewRoom(_) => None,
        };
        let area_path = places.entry(place).map_or_else(String::new, |entry| entry.area_path.to_string());
        if let Some(trouble) = self.refuse_area(&area_path, self.columns.of_address()) {
            return Decision::wrong(trouble);
        }
        let person = match self.find_person(draft, known, dwelling) {
            Ok(person) => person,
            Err(trouble) => return Decision::wrong(trouble),
        };
        if let Some(trouble) = self.refuse_second_head(draft, known, places, dwelling, person) {
            return Decision::wrong(trouble);
        }
        match person {
            None => {
                let (home, household) = self.home(spot, draft, known, places, part);
                let person = self.new_person(draft, &area_path);
                part.new.push(self.new_residence(draft, person.id, home, household, &area_path));
                part.new.push(person);
                Decision::of(Outcome::New)
            }
            Some(person) => self.known_person(person, spot, &area_path, draft, known, places, part),
        }
    }

    fn spot(&self, draft: &Draft, places: &mut Places) -> Result<Spot, Trouble> {
        let Some(parts) = &draft.address else { return Err(self.no_address()) };
        match places.find(parts, self.area_of(draft).as_deref()) {
            Found::Place(place) => Ok(Spot::Place(place)),
            Found::NewRoom(building) => Ok(Spot::NewRoom(building)),
            Found::UnitMissing(building, rooms) => Err(self.unit_missing(building, &rooms, places)),
            Found::RoomMissing(building) => Err(self.room_missing(building, parts, places)),
            Found::Unknown => Err(self.unknown_building(places.candidates(parts))),
            Found::Several(ids) => Err(self.several_buildings(&ids, places)),
        }
    }

    /// The person the row is about: by a document, else by name and birth among those who live there.
    fn find_person<'a>(
        &self,
        draft: &Draft,
        known: &'a Known,
        dwelling: Option<RecordId>,
    ) -> Result<Option<&'a Record>, Trouble> {
        let column = self.columns.of_field(Kind::Person, "documents");
        let name = fold_name(draft.text(Kind::Person, "name"));
        let by_document = known.people_with(&document_blinds(self.keys, draft.documents()));
        let has_document = !by_document.is_empty();
        let mut found: Vec<&Record> = by_document.into_iter().filter_map(|id| known.record(id)).collect();
        // Two with one number who are known to be two people: the row means the one of its name.
        if found.len() > 1 && known.are_told_apart(&found) {
            found.retain(|person| names_of(person).contains(&name));
        }
        let is_another = match found[..] {
            [] => has_document,
            [person] => !names_of(person).contains(&name),
            _ => false,
        };
        if is_another {
            let words = Words::of(
                "这个证件号码已登记给另一个姓名的人，请核对。",
                "This document is registered for somebody of another name.",
            );
            return Err(Trouble::new("registry.document_of_another", column, words));
        }
        if found.is_empty() {
            let residents = dwelling.map(|dwelling| known.residences_in(dwelling)).unwrap_or_default();
            let people =
                residents.iter().filter_map(|residence| known.record(residence.content.links.person?));
            found = people.filter(|person| is_same_person(person, draft, &name)).collect();
            found.dedup_by_key(|person| person.id);
        }
        match found[..] {
            [] => Ok(None),
            [person] if person.act == self.maker.act => Err(Trouble::new(
                "registry.duplicate_in_file",
                self.columns.of_field(Kind::Person, "name"),
                Words::of("这个人在表中前面已有一行。", "An earlier row is about the same person."),
            )),
            [person] if known.is_restricted(person.id) => Err(Trouble::new(
                "registry.restricted",
                self.columns.of_field(Kind::Person, "name"),
                Words::of(
                    "本人要求限制使用，这一行不能导入。",
                    "This person asked that the record is only stored.",
                ),
            )),
            [person] => match self.refuse_area(&person.content.area_path, None) {
                None => Ok(Some(person)),
                Some(_) => Err(Trouble::new(
                    "registry.elsewhere",
                    column,
                    Words::of(
                        "这个人登记在您管辖以外的区域，请与当地联系后办理迁移。",
                        "This person is registered in an area that is not yours.",
                    ),
                )),
            },
            _ if known.are_told_apart(&found) => Err(Trouble::new(
                "registry.several_people",
                column,
                Words::of(
                    "登记中有几个人都符合，已查明不是同一个人；请填能区分的证件号码。",
                    "Several people of the register fit, and they are known to be different; give a document that tells them apart.",
                ),
            )),
            _ => Err(Trouble::new(
                "registry.several_match",
                column,
                Words::of(
                    "登记中有多条可能是同一个人，请先合并。",
                    "Several records may be this person; merge them first.",
                ),
            )),
        }
    }

    fn refuse_second_head(
        &self,
        draft: &Draft,
        known: &Known,
        places: &Places,
        dwelling: Option<RecordId>,
        person: Option<&Record>,
    ) -> Option<Trouble> {
        if draft.text(Kind::Residence, "relation") != "head" {
            return None;
        }
        let dwelling = dwelling?;
        let own = person.and_then(|person| residence_at(known, person.id, dwelling));
        let household = match own.and_then(|residence| residence.content.links.household) {
            Some(household) => household,
            None => match places.households_of(dwelling)[..] {
                [only] if draft.household.is_empty() => only,
                _ => return None,
            },
        };
        let is_other_head = |residence: &&Record| {
            residence.content.links.household == Some(household)
                && residence.content.open.text("relation") == "head"
                && residence.content.links.person != person.map(|person| person.id)
        };
        known.residences_in(dwelling).iter().find(is_other_head)?;
        let words = Words::of("这一户已登记了另一位户主。", "This household has another head already.");
        Some(Trouble::new("registry.second_head", self.columns.of_field(Kind::Residence, "relation"), words))
    }

    #[expect(clippy::too_many_arguments, reason = "all that is known of one row, and where it is put")]
    fn known_person(
        &self,
        person: &Record,
        spot: Spot,
        area_path: &str,
        draft: &Draft,
        known: &Known,
        places: &mut Places,
        part: &mut Part,
    ) -> Decision {
        let join = |kind, before: &Content| {
            compare::join(
                self.columns,
                self.viewer,
                kind,
                before,
                draft.values.get(&kind),
                &self.maker.origin,
            )
        };
        let Joined { mut content, mut has_changed, mut conflicts, faults } =
            join(Kind::Person, &person.content);
        let residences = known.of_person(person.id).iter().filter(|record| record.kind == Kind::Residence);
        let dwelling = match spot {
            Spot::Place(place) => places.dwelling_at(place),
            Spot::NewRoom(_) => None,
        };
        let here = dwelling.and_then(|dwelling| residence_at(known, person.id, dwelling));
        let elsewhere: Vec<&Record> =
            residences.filter(|residence| here.is_none_or(|here| here.id != residence.id)).collect();
        let staying = here.map(|here| (here, join(Kind::Residence, &here.content)));
        if let Some((_, joined)) = &staying {
            conflicts.extend(joined.conflicts.iter().cloned());
        } else if let Some(old) = elsewhere.first() {
            conflicts.push(self.lives_elsewhere(old, draft, places));
        }
        if let Some(fault) = faults.into_iter().next() {
            return Decision::wrong(fault);
        }
        if !conflicts.is_empty() && !self.takes_conflicts {
            return Decision { outcome: Outcome::Conflict, troubles: conflicts, compared: Some(person.id) };
        }
        match staying {
            Some((here, joined)) => {
                has_changed |= joined.has_changed;
                part.change(self.maker, here, joined.content, joined.has_changed);
            }
            None => {
                has_changed = true;
                content.area_path = area_path.to_owned();
                self.leave(&elsewhere, known.of_person(person.id), area_path, part);
                let (home, household) = self.home(spot, draft, known, places, part);
                part.new.push(self.new_residence(draft, person.id, home, household, area_path));
            }
        }
        let is_changed = content != person.content;
        content.label = crate::commands::label_of(Kind::Person, &content, None);
        part.change(self.maker, person, content, is_changed);
        Decision {
            outcome: if has_changed { Outcome::Changed } else { Outcome::Unchanged },
            troubles: Vec::new(),
            compared: None,
        }
    }

    fn lives_elsewhere(&self, old: &Record, draft: &Draft, places: &Places) -> Trouble {
        let is_head =
            old.content.open.text("relation") == "head" && draft.text(Kind::Residence, "relation") == "head";
        let address = old.content.links.dwelling.and_then(|dwelling| places.label_of_dwelling(dwelling));
        let address = address.unwrap_or_default();
        let words = match is_head {
            true => Words::new(
                format!("这个人已登记为“{address}”一户的户主；采用本表就办理迁居。"),
                format!(
                    "Registered as the head of a household at “{address}”; taking this row moves the person."
                ),
            ),
            false => Words::new(
                format!("登记住在“{address}”；采用本表就办理迁居。"),
                format!("Registered at “{address}”; taking this row moves the person."),
            ),
        };
        let code = if is_head { "registry.head_elsewhere" } else { "registry.lives_elsewhere" };
        Trouble::new(code, self.columns.of_address(), words)
    }

    /// Ends the residences a move leaves, and takes what is known of the person along to the new grid.
    fn leave(&self, residences: &[&Record], belongings: &[Record], area_path: &str, part: &mut Part) {
        for residence in residences {
            let mut content = residence.content.clone();
            content.state = State::Ended;
            content.to_on =
                Some(content.from_on.map_or(self.columns.today, |from| from.max(self.columns.today)));
            part.change(self.maker, residence, content, true);
        }
        for fact in belongings.iter().filter(|record| record.kind == Kind::ServiceFact) {
            let mut content = fact.content.clone();
            content.area_path = area_path.to_owned();
            let is_moved = content != fact.content;
            part.change(self.maker, fact, content, is_moved);
        }
    }

    /// The dwelling and the household of a row, made where they are not there.
    fn home(
        &self,
        spot: Spot,
        draft: &Draft,
        known: &Known,
        places: &mut Places,
        part: &mut Part,
    ) -> (RecordId, RecordId) {
        let place = match (spot, &draft.address) {
            (Spot::NewRoom(building), Some(parts)) => self.maker.room(places, building, parts, &mut part.new),
            (Spot::Place(place) | Spot::NewRoom(place), _) => place,
        };
        let dwelling = match places.dwelling_at(place) {
            Some(dwelling) => {
                self.furnish(dwelling, draft, known, part);
                dwelling
            }
            None => {
                let content = self.content_of(draft, Kind::Dwelling, "");
                self.maker.dwelling(places, place, content, &mut part.new)
            }
        };
        let above = places.entry(place).map(|entry| {
            let mut content = Content::new(entry.area_path.to_string());
            content.label = entry.label.clone();
            content
        });
        let above = above.unwrap_or_else(|| Content::new(String::new()));
        let household = self.maker.household(places, dwelling, &draft.household, &above, &mut part.new);
        (dwelling, household)
    }

    /// What the row says of a dwelling that is there: only what the register lacks. A table of people is no survey of homes.
    fn furnish(&self, dwelling: RecordId, draft: &Draft, known: &Known, part: &mut Part) {
        let Some(record) = known.record(dwelling).filter(|record| record.act != self.maker.act) else {
            return;
        };
        let joined = compare::join(
            self.columns,
            self.viewer,
            Kind::Dwelling,
            &record.content,
            draft.values.get(&Kind::Dwelling),
            &self.maker.origin,
        );
        if joined.conflicts.is_empty() && joined.faults.is_empty() {
            part.change(self.maker, record, joined.content, joined.has_changed);
        }
    }

    fn new_person(&self, draft: &Draft, area_path: &str) -> Record {
        self.maker.with_label(Kind::Person, self.content_of(draft, Kind::Person, area_path))
    }

    fn new_residence(
        &self,
        draft: &Draft,
        person: RecordId,
        dwelling: RecordId,
        household: RecordId,
        area_path: &str,
    ) -> Record {
        let mut content = self.content_of(draft, Kind::Residence, area_path);
        content.links = Links {
            person: Some(person),
            dwelling: Some(dwelling),
            household: Some(household),
            ..Links::default()
        };
        content.from_on = draft.from_on;
        self.maker.record(Kind::Residence, content)
    }
}

fn residence_at(known: &Known, person: RecordId, dwelling: RecordId) -> Option<&Record> {
    let is_there =
        |record: &&Record| record.kind == Kind::Residence && record.content.links.dwelling == Some(dwelling);
    known.of_person(person).iter().find(is_there)
}

/// The folded names of a person, former ones too.
fn names_of(person: &Record) -> Vec<String> {
    let former = person.content.open.get("former_names").and_then(Value::as_array);
    let former = former.into_iter().flatten().filter_map(Value::as_str);
    std::iter::once(person.content.open.text("name")).chain(former).map(fold_name).collect()
}

/// The same name, no other day of birth, and no other number of the same kind of document.
fn is_same_person(person: &Record, draft: &Draft, name: &str) -> bool {
    let birth = (person.content.open.text("birth_on"), draft.text(Kind::Person, "birth_on"));
    let has_same_birth = birth.0.is_empty() || birth.1.is_empty() || birth.0 == birth.1;
    let held = person.content.secret.open(crate::model::KEEPING).get("documents").and_then(Value::as_array);
    let given = draft.value(Kind::Person, "documents").and_then(Value::as_array);
    let contradicts = |given: &Value| {
        held.into_iter()
            .flatten()
            .any(|held| held["kind"] == given["kind"] && held["number"] != given["number"])
    };
    names_of(person).iter().any(|known| known == name)
        && has_same_birth
        && !given.into_iter().flatten().any(contradicts)
}
