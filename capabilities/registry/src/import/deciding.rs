//! What becomes of each row of a part of a table: new, changed, unchanged, in conflict or wrong; and the records that follow from it.

use super::book::{Table, Target};
use super::columns::Columns;
use super::compare::Joined;
use super::draft::Draft;
use super::known::Known;
use super::places::Places;
use super::places_new::Maker;
use super::subjects::Subjects;
use super::trouble::Trouble;
use crate::model::address::Parts;
use crate::model::{Content, Kind, Record, RecordId};
use crate::view::Viewer;
use platform::{Scope, Words};
use seal::Keyring;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use utoipa::ToSchema;

/// The scope of those who may bring records into the whole district.
pub(crate) const EVERYWHERE: &str = "*";

/// All that decisions rest on, beside the register.
pub(crate) struct Deciding<'a> {
    pub columns: &'a Columns,
    pub maker: &'a Maker,
    pub keys: &'a Keyring,
    pub viewer: &'a Viewer,
    /// The areas the sender may bring records into.
    pub scopes: &'a [String],
    pub takes_conflicts: bool,
}

/// What becomes of a row.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
// Of a task there is an outcome too.
#[schema(as = RowOutcome)]
pub enum Outcome {
    New,
    Changed,
    /// The register says the same already.
    Unchanged,
    /// The register says something else, and the sender did not say that the table is right.
    Conflict,
    Wrong,
}

/// What becomes of a row, and why.
#[derive(Clone, Debug)]
pub(crate) struct Decision {
    pub outcome: Outcome,
    pub troubles: Vec<Trouble>,
    /// The person whose registered values the troubles tell.
    pub compared: Option<RecordId>,
}

impl Decision {
    pub fn of(outcome: Outcome) -> Self {
        Self { outcome, troubles: Vec::new(), compared: None }
    }

    pub fn wrong(trouble: Trouble) -> Self {
        Self { outcome: Outcome::Wrong, troubles: vec![trouble], compared: None }
    }
}

/// The decisions on a part of a table, and what they change.
#[derive(Debug, Default)]
pub(crate) struct Part {
    pub new: Vec<Record>,
    /// Before and after.
    pub changed: Vec<(Record, Record)>,
    /// One for each row.
    pub decisions: Vec<Decision>,
    touched: HashSet<RecordId>,
}

impl Part {
    /// The records it changes: one deed makes one version of each.
    pub fn touched(&self) -> HashSet<RecordId> {
        self.changed.iter().map(|(before, _)| before.id).collect()
    }

    /// The next version of a record; one deed makes one version of each.
    pub fn change(&mut self, maker: &Maker, before: &Record, content: Content, has_changed: bool) {
        if has_changed && self.touched.insert(before.id) {
            self.changed.push((before.clone(), before.next(content, maker.act, maker.now)));
        }
    }
}

impl Deciding<'_> {
    /// Decides on rows that follow each other. What was `touched` is being changed already.
    pub fn decide(
        &self,
        drafts: &[Draft],
        known: &Known,
        places: &mut Places,
        subjects: &mut Subjects,
        touched: HashSet<RecordId>,
    ) -> Part {
        let mut part = Part { touched, ..Part::default() };
        for draft in drafts {
            let decision = self.decide_one(draft, known, places, subjects, &mut part);
            part.decisions.push(decision);
        }
        part
    }

    fn decide_one(
        &self,
        draft: &Draft,
        known: &Known,
        places: &mut Places,
        subjects: &mut Subjects,
        part: &mut Part,
    ) -> Decision {
        if !draft.is_clean() {
            return Decision { outcome: Outcome::Wrong, troubles: draft.troubles.clone(), compared: None };
        }
        if !draft.area.is_empty() && self.area_of(draft).is_none() {
            let words = Words::of("没有这个网格或社区的编码。", "There is no area of this code.");
            return Decision::wrong(Trouble::new(
                "registry.no_such_area",
                self.columns.of_target(&Target::Area),
                words,
            ));
        }
        match self.columns.table {
            Table::People => self.person(draft, known, places, part),
            Table::Homes => self.home_of_table(draft, known, places, part),
            Table::Organisations | Table::Things => self.subject(draft, known, places, subjects, part),
        }
    }

    /// The path of the area a row names by its code.
    pub fn area_of(&self, draft: &Draft) -> Option<String> {
        let code = Some(draft.area.as_str()).filter(|code| !code.is_empty())?;
        self.viewer.places.by_code(code).map(|area| area.path.clone())
    }

    /// Refuses a row for an area that is not the sender's.
    pub fn refuse_area(&self, path: &str, column: Option<u16>) -> Option<Trouble> {
        let covers = |scope: &String| scope == EVERYWHERE || Scope::covers_path(scope, path);
        let words = Words::of("不在您管辖的区域内。", "This is in an area that is not yours.");
        (!self.scopes.iter().any(covers)).then(|| Trouble::new("registry.not_your_area", column, words))
    }

    /// A row's values of one kind as a record has them.
    pub fn content_of(&self, draft: &Draft, kind: Kind, area_path: &str) -> Content {
        let book = self.columns.catalogue.kind(kind);
        let mut content = Content::new(area_path.to_owned());
        for (key, value) in draft.values.get(&kind).into_iter().flatten() {
            let is_sealed = book.field(key).is_some_and(|field| field.sealed);
            content.set(is_sealed, key, Some(value.clone()), &self.maker.origin);
        }
        content
    }

    /// What becomes of a row about a record that is there.
    pub fn decide_joined(&self, record: &Record, joined: Joined, part: &mut Part) -> Decision {
        if let Some(fault) = joined.faults.into_iter().next() {
            return Decision::wrong(fault);
        }
        if !joined.conflicts.is_empty() && !self.takes_conflicts {
            return Decision { outcome: Outcome::Conflict, troubles: joined.conflicts, compared: None };
        }
        let has_changed = joined.has_changed && record.act != self.maker.act;
        let mut content = joined.content;
        if matches!(record.kind, Kind::Organisation | Kind::Thing) {
            content.label = crate::commands::label_of(record.kind, &content, None);
        }
        part.change(self.maker, record, content, has_changed);
        Decision::of(if has_changed { Outcome::Changed } else { Outcome::Unchanged })
    }

    pub fn no_address(&self) -> Trouble {
        let words = Words::of("没有地址，不知道住在哪里。", "There is no address.");
        Trouble::new("registry.no_address", self.columns.of_address(), words)
    }

    pub fn unknown_building(&self, candidates: Vec<String>) -> Trouble {
        let words = match candidates.is_empty() {
            true => Words::of(
                "没有登记这栋楼。请先导入房屋表（带网格编码），或改正地址。",
                "This building is not registered. Bring in its homes first, with the grid's code, or mend the address.",
            ),
            false => Words::new(
                format!("没有登记这栋楼；相近的有：{}。", candidates.join("、")),
                format!("This building is not registered; near to it: {}.", candidates.join(", ")),
            ),
        };
        Trouble::new("registry.unknown_building", self.columns.of_address(), words)
    }

    /// A building of several homes, and none is written: which of them, with some as they would be written.
    pub fn room_missing(&self, building: RecordId, parts: &Parts, places: &Places) -> Trouble {
        let (written, count) = places.rooms_written(building, parts.unit.as_deref());
        let (zh, en) = such_as(&written);
        let words = Words::new(
            format!("这里有 {count} 户，请写明是哪一户{zh}。"),
            format!("There are {count} homes here; say which{en}."),
        );
        Trouble::new("registry.room_missing", self.columns.of_address(), words)
    }

    /// A building with units, and none is written: which of them, with the rooms that may be meant.
    pub fn unit_missing(&self, building: RecordId, rooms: &[RecordId], places: &Places) -> Trouble {
        let above = places.entry(building).map_or("", |entry| entry.label.as_str());
        let label = |id: &RecordId| places.entry(*id).map(|entry| entry.label.as_str());
        let rooms = rooms.iter().filter_map(label).map(|label| label.strip_prefix(above).unwrap_or(label));
        let mut rooms: Vec<&str> = rooms.collect();
        rooms.sort_unstable();
        let (zh, en) = such_as(&rooms);
        let words = Words::new(
            format!("这栋楼有几个单元，请写明单元{zh}。"),
            format!("The building has several units; say which{en}."),
        );
        Trouble::new("registry.unit_missing", self.columns.of_address(), words)
    }

    pub fn several_buildings(&self, ids: &[RecordId], places: &Places) -> Trouble {
        let area_of = |id: &RecordId| {
            let path = &places.entry(*id)?.area_path;
            Some(self.viewer.area(path).name)
        };
        let areas: Vec<String> = ids.iter().filter_map(area_of).collect();
        let words = Words::new(
            format!("有几栋楼是这个地址（{}），请填网格编码。", areas.join("、")),
            format!("Several buildings have this address ({}); name the grid by its code.", areas.join(", ")),
        );
        Trouble::new("registry.several_buildings", self.columns.of_address(), words)
    }
}

/// Some of what may be meant, behind a sentence in each language; nothing where there is nothing to name.
fn such_as(written: &[&str]) -> (String, String) {
    match written {
        [] => (String::new(), String::new()),
        _ => (format!("，例如：{}", written.join("、")), format!(", such as {}", written.join(", "))),
    }
}
