//! Enters the demo's records by the rules of any other, in memory: each is held against the one it belongs to.

use crate::commands::{Drafting, Enter, Given};
use crate::error::RegistryError;
use crate::model::{ActId, Kind, Links, Origin, Record, RecordId, Source};
use geo::Point;
use jiff::civil::Date;
use platform::Time;
use serde_json::Value;
use territory::Area;
use uuid::Uuid;

/// What stands as proof with every value of the demo.
const SPECIMEN: &str = "演示样本，不是真实信息";

/// Writes records down in the order in which they are entered.
pub(super) struct Scribe<'a> {
    rules: Drafting<'a>,
    serial: usize,
    act: ActId,
    origin: Origin,
    pub records: Vec<Record>,
}

/// A record to be, with what it belongs to.
#[derive(Default)]
pub(super) struct Entry<'v> {
    pub links: Links,
    /// The place in [`Scribe::records`] of what it belongs to.
    pub upper: Option<usize>,
    pub values: &'v [(&'static str, Value)],
    pub point: Option<Point>,
    pub area_path: Option<&'v str>,
    pub from_on: Option<Date>,
}

impl<'a> Scribe<'a> {
    /// `serial` tells the acts and ids of one demo apart.
    pub(super) fn new(rules: Drafting<'a>, serial: usize) -> Self {
        let origin = origin(Source::Door, rules.now);
        Self { act: ActId(id_of(rules.now, serial, 0)), rules, serial, origin, records: Vec::new() }
    }

    /// What is entered from here on was learned then, in that way.
    pub(super) fn came(&mut self, source: Source, at: Time) {
        self.origin = origin(source, at);
    }

    pub(super) fn today(&self) -> Date {
        self.rules.today
    }

    pub(super) fn now(&self) -> Time {
        self.rules.now
    }

    /// Whether the map says that a place is in a grid.
    pub(super) fn lies_in(&self, point: Point, grid: &Area) -> bool {
        self.rules.map.locate(point).is_some_and(|found| found.id == grid.id)
    }

    /// The details a kind of service fact may have.
    pub(super) fn details_of(&self, fact: &str) -> &[crate::catalogue::DetailBook] {
        self.rules.catalogue.fact(fact).map_or(&[], |book| &book.details)
    }

    /// Enters a record; answers its place in [`Scribe::records`].
    pub(super) fn enter(&mut self, kind: Kind, entry: Entry<'_>) -> Result<usize, RegistryError> {
        let upper = entry.upper.and_then(|at| self.records.get(at));
        self.enter_below(kind, entry, upper.cloned().as_ref())
    }

    /// As [`Scribe::enter`], below a record that was entered elsewhere.
    pub(super) fn enter_below(
        &mut self,
        kind: Kind,
        entry: Entry<'_>,
        upper: Option<&Record>,
    ) -> Result<usize, RegistryError> {
        let id = RecordId(id_of(self.rules.now, self.serial, self.records.len() + 1));
        let values = entry.values.iter().map(|(key, value)| ((*key).to_owned(), value.clone()));
        let new = Enter {
            id: Some(id),
            kind,
            values: values.collect(),
            links: entry.links,
            from_on: entry.from_on,
            to_on: None,
            point: entry.point,
            area_path: entry.area_path.map(str::to_owned),
            given: Given { source: self.origin.source, evidence: None },
        };
        let draft = self.rules.values(new, &self.origin)?;
        let mut record = self.rules.place(draft, upper, self.act)?;
        record.changed_at = self.origin.at;
        self.records.push(record);
        Ok(self.records.len() - 1)
    }

    pub(super) fn id(&self, at: usize) -> RecordId {
        self.records[at].id
    }
}

fn origin(source: Source, at: Time) -> Origin {
    Origin { source, at, by: None, evidence: Some(SPECIMEN.to_owned()) }
}

/// An id of version 7 that is the same every time: the moment, the batch, the number within it.
fn id_of(now: Time, serial: usize, number: usize) -> Uuid {
    let millis = u128::from(now.micros().max(0) as u64 / 1_000);
    let (serial, number) = (serial as u128 & 0xfff, number as u128 & 0xffff_ffff);
    Uuid::from_u128(millis << 80 | 0x7 << 76 | serial << 64 | 0b10 << 62 | number)
}
