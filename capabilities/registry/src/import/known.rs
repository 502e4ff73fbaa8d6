//! What the register has of the rows of one part of a table: asked for together, a few questions for some hundreds of rows.

use super::book::Table;
use super::draft::Draft;
use super::places::{Found, Places};
use super::subjects::Subjects;
use crate::model::{Kind, Record, RecordId};
use crate::queries::batches;
use crate::store::apart::{among, ordered};
use crate::store::rights::restricted_among;
use ::store::Conn;
use platform::{DistrictId, Fault};
use seal::{Blind, Keyring};
use std::collections::{BTreeSet, HashMap, HashSet};

/// What is asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asked {
    blinds: Vec<Blind>,
    dwellings: BTreeSet<RecordId>,
    subjects: BTreeSet<RecordId>,
}

/// What there is.
#[derive(Debug, Default)]
pub(crate) struct Known {
    by_blind: HashMap<Blind, Vec<RecordId>>,
    records: HashMap<RecordId, Record>,
    /// Residences, shares and facts.
    of_person: HashMap<RecordId, Vec<Record>>,
    residences_in: HashMap<RecordId, Vec<Record>>,
    restricted: HashSet<RecordId>,
    /// Pairs told apart, each in its order.
    apart: HashSet<(RecordId, RecordId)>,
}

impl Asked {
    /// What must be known to decide on these rows.
    pub fn of(table: Table, drafts: &[Draft], places: &Places, subjects: &Subjects, keys: &Keyring) -> Self {
        let mut asked = Self::default();
        for draft in drafts.iter().filter(|draft| draft.is_clean()) {
            asked.blinds.extend(batches::document_blinds(keys, draft.documents()));
            let place = draft.address.as_ref().map(|parts| places.find(parts, None));
            if let (Table::People | Table::Homes, Some(Found::Place(place))) = (table, place) {
                asked.dwellings.extend(places.dwelling_at(place));
            }
            asked.subjects.extend(subjects.candidates(draft));
        }
        asked
    }
}

impl Known {
    pub async fn gather(
        conn: &mut Conn,
        keys: &Keyring,
        district: DistrictId,
        asked: Asked,
    ) -> Result<Self, Fault> {
        let mut known = Self::default();
        for (blind, id) in batches::by_blinds(conn, district, &asked.blinds).await? {
            known.by_blind.entry(blind).or_default().push(id);
        }
        let dwellings: Vec<RecordId> = asked.dwellings.iter().copied().collect();
        for residence in batches::residences_in(conn, keys, district, dwellings).await? {
            if let Some(dwelling) = residence.content.links.dwelling {
                known.residences_in.entry(dwelling).or_default().push(residence);
            }
        }
        let residents =
            known.residences_in.values().flatten().filter_map(|record| record.content.links.person);
        let people: BTreeSet<RecordId> =
            known.by_blind.values().flatten().copied().chain(residents).collect();
        for record in batches::of_people(conn, keys, district, people.iter().copied().collect()).await? {
            if let Some(person) = record.content.links.person {
                known.of_person.entry(person).or_default().push(record);
            }
        }
        known.restricted = restricted_among(conn, district, people.iter().copied()).await?;
        known.apart = among(conn, district, people.iter().copied()).await?;
        let all = people.into_iter().chain(asked.dwellings).chain(asked.subjects).collect();
        let records = batches::records(conn, keys, district, all).await?;
        known.records = records.into_iter().map(|record| (record.id, record)).collect();
        Ok(known)
    }

    /// A live record.
    pub fn record(&self, id: RecordId) -> Option<&Record> {
        self.records.get(&id).filter(|record| record.is_live())
    }

    /// The live people with one of these documents.
    pub fn people_with(&self, blinds: &[Blind]) -> BTreeSet<RecordId> {
        let ids = blinds.iter().filter_map(|blind| self.by_blind.get(blind)).flatten();
        ids.copied().filter(|id| self.record(*id).is_some_and(|record| record.kind == Kind::Person)).collect()
    }

    /// Whether the person asked that the record is only stored.
    pub fn is_restricted(&self, person: RecordId) -> bool {
        self.restricted.contains(&person)
    }

    /// Whether each of these was told apart from each other.
    pub fn are_told_apart(&self, people: &[&Record]) -> bool {
        let is_apart = |one: &Record, other: &Record| self.apart.contains(&ordered(one.id, other.id));
        people.iter().enumerate().all(|(at, one)| people[at + 1..].iter().all(|other| is_apart(one, other)))
    }

    /// What belongs to a person.
    pub fn of_person(&self, person: RecordId) -> &[Record] {
        self.of_person.get(&person).map_or(&[], Vec::as_slice)
    }

    /// Who lives in a dwelling.
    pub fn residences_in(&self, dwelling: RecordId) -> &[Record] {
        self.residences_in.get(&dwelling).map_or(&[], Vec::as_slice)
    }
}
