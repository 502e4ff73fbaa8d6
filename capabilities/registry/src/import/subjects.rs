//! An organisation or thing of a table: known by its code, else by its name and place.

use super::book::{Table, Target};
use super::compare;
use super::deciding::{Deciding, Decision, Outcome, Part};
use super::draft::Draft;
use super::known::Known;
use super::places::Places;
use super::trouble::Trouble;
use crate::model::{Fields, Kind, Record, RecordId};
use crate::queries::batches::SubjectRow;
use platform::Words;
use std::collections::HashMap;

/// The district's organisations or things in memory, by what tells one from another.
#[derive(Debug, Default)]
pub(crate) struct Subjects {
    by_code: HashMap<String, RecordId>,
    by_name: HashMap<String, Vec<(RecordId, Stand)>>,
}

/// Where one stands, as far as it is known.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Stand {
    place: Option<RecordId>,
    area_path: String,
    point: Option<(f64, f64)>,
    has_code: bool,
}

/// Degrees within which two points are the same: about a metre.
const SAME_POINT_DEGREES: f64 = 0.00001;

impl Stand {
    fn is_at(&self, other: &Self) -> bool {
        let near = |(a, b): ((f64, f64), (f64, f64))| {
            (a.0 - b.0).abs() < SAME_POINT_DEGREES && (a.1 - b.1).abs() < SAME_POINT_DEGREES
        };
        match (self.point.zip(other.point), self.place.zip(other.place)) {
            (Some(points), _) => near(points),
            (None, Some((a, b))) => a == b,
            (None, None) => self.area_path == other.area_path,
        }
    }
}

impl Subjects {
    pub fn take(&mut self, kind: Kind, rows: Vec<SubjectRow>) {
        for row in rows {
            let point = row.lon.zip(row.lat);
            self.put(kind, row.id, &row.fields.0, row.place_id, row.area_path, point);
        }
    }

    fn take_record(&mut self, record: &Record) {
        let content = &record.content;
        let (place, area_path) = (content.links.place, content.area_path.clone());
        self.put(record.kind, record.id, &content.open, place, area_path, content.point);
    }

    fn put(
        &mut self,
        kind: Kind,
        id: RecordId,
        fields: &Fields,
        place: Option<RecordId>,
        area_path: String,
        point: Option<(f64, f64)>,
    ) {
        let code = if kind == Kind::Organisation { fields.text("code") } else { "" };
        if !code.is_empty() {
            self.by_code.insert(code.to_owned(), id);
        }
        let stand = Stand { place, area_path, point, has_code: !code.is_empty() };
        let name = name_key(kind, fields.text("component"), fields.text("name"));
        self.by_name.entry(name).or_default().push((id, stand));
    }

    /// Everything that may be what the row is about, to be read before it is decided.
    pub fn candidates(&self, draft: &Draft) -> Vec<RecordId> {
        /// Of one name: shops called alike, lamps without numbers.
        const ALIKE_MAX: usize = 100;
        let by_code = self.by_code.get(draft.text(Kind::Organisation, "code")).copied();
        let named = names_of(draft).into_iter().filter_map(|name| self.by_name.get(&name)).flatten();
        by_code.into_iter().chain(named.map(|(id, _)| *id).take(ALIKE_MAX)).collect()
    }

    fn find(&self, kind: Kind, draft: &Draft, stand: &Stand) -> Option<RecordId> {
        let code = draft.text(Kind::Organisation, "code");
        if let Some(id) = self.by_code.get(code) {
            return Some(*id);
        }
        let name = name_key(kind, draft.text(kind, "component"), draft.text(kind, "name"));
        // A code nobody knows is not that of one who has another.
        let is_it = |other: &Stand| other.is_at(stand) && (code.is_empty() || !other.has_code);
        self.by_name.get(&name)?.iter().find(|(_, other)| is_it(other)).map(|(id, _)| *id)
    }
}

fn name_key(kind: Kind, component: &str, name: &str) -> String {
    format!("{}|{component}|{name}", kind.as_str())
}

fn names_of(draft: &Draft) -> Vec<String> {
    let key = |kind| name_key(kind, draft.text(kind, "component"), draft.text(kind, "name"));
    [Kind::Organisation, Kind::Thing]
        .into_iter()
        .filter(|kind| draft.values.contains_key(kind))
        .map(key)
        .collect()
}

impl Deciding<'_> {
    /// Decides on one organisation or thing of a table.
    pub(super) fn subject(
        &self,
        draft: &Draft,
        known: &Known,
        places: &mut Places,
        subjects: &mut Subjects,
        part: &mut Part,
    ) -> Decision {
        let kind = if self.columns.table == Table::Organisations { Kind::Organisation } else { Kind::Thing };
        let stand = match self.stand(draft, places) {
            Ok(stand) => stand,
            Err(trouble) => return Decision::wrong(trouble),
        };
        if let Some(trouble) = self.refuse_area(&stand.area_path, self.columns.of_address()) {
            return Decision::wrong(trouble);
        }
        let Some(id) = subjects.find(kind, draft, &stand) else {
            let mut content = self.content_of(draft, kind, &stand.area_path);
            content.links.place = stand.place;
            content.point = stand.point;
            let record = self.maker.with_label(kind, content);
            subjects.take_record(&record);
            part.new.push(record);
            return Decision::of(Outcome::New);
        };
        let Some(record) = known.record(id).filter(|record| record.act != self.maker.act) else {
            return Decision::wrong(Trouble::new(
                "registry.duplicate_in_file",
                self.columns.of_field(kind, "name"),
                Words::of("表中前面已有一行相同的。", "An earlier row is about the same."),
            ));
        };
        if let Some(trouble) = self.refuse_area(&record.content.area_path, self.columns.of_address()) {
            return Decision::wrong(trouble);
        }
        let values = draft.values.get(&kind);
        let joined =
            compare::join(self.columns, self.viewer, kind, &record.content, values, &self.maker.origin);
        self.decide_joined(record, joined, part)
    }

    /// Where it stands: at a registered building, at a point, or anywhere in a named area.
    fn stand(&self, draft: &Draft, places: &mut Places) -> Result<Stand, Trouble> {
        let has_code = !draft.text(Kind::Organisation, "code").is_empty();
        let point = draft.point.map(|point| (point.lon(), point.lat()));
        let by_point =
            draft.point.and_then(|point| self.viewer.places.deepest(point).map(|area| area.path.clone()));
        let area = self.area_of(draft).or(by_point);
        let place = match &draft.address {
            None => None,
            Some(parts) => match places.find_building(parts, area.as_deref())[..] {
                [place] => Some(place),
                [] if area.is_some() => None,
                [] => return Err(self.unknown_building(places.candidates(parts))),
                ref several => return Err(self.several_buildings(several, places)),
            },
        };
        let of_place = place.and_then(|place| places.entry(place)).map(|entry| entry.area_path.to_string());
        let Some(area_path) = of_place.or(area) else {
            return Err(Trouble::new(
                "registry.no_area",
                self.columns.of_target(&Target::Area).or(self.columns.of_address()),
                Words::of("要填地址、网格编码或经纬度，才知道归哪个网格。", "Say in which grid this is."),
            ));
        };
        Ok(Stand { place, area_path, point, has_code })
    }
}
