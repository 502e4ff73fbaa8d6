//! A record of the register: what is known of one subject, as of one version.

use super::{ActId, Fields, Origin, RecordId};
use crate::catalogue::KindBook;
use jiff::civil::Date;
use platform::{Personal, Purpose, Time};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::text_enum;

/// The register itself reads what it keeps: to change it, to keep its history, to find it again.
pub const KEEPING: Purpose = Purpose("keeping the register");

text_enum! {
    /// What a record is about.
    pub Kind {
        Place = "place",
        Dwelling = "dwelling",
        Household = "household",
        Person = "person",
        Residence = "residence",
        Share = "share",
        Organisation = "organisation",
        Thing = "thing",
        ServiceFact = "service_fact",
    }
}

text_enum! {
    /// Whether a record holds.
    pub State {
        Live = "live",
        /// The person died or left, the house was pulled down, the residence is over.
        Ended = "ended",
        /// It was the same as another, which goes on.
        Merged = "merged",
        /// It was entered by mistake and taken back.
        Withdrawn = "withdrawn",
        /// Its time had run out, or the law asked for it: nothing is left but that it was.
        Erased = "erased",
    }
}

/// What a record belongs to. Which of them a kind uses: a place its parent, a home and an organisation their place, a residence person,
/// home and household, a share person or organisation and home, a service fact its person, a thing its place and owner.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Links {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<RecordId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<RecordId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dwelling: Option<RecordId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub household: Option<RecordId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<RecordId>,
}

/// All that a version of a record says; what history keeps and gives back.
#[derive(Clone, PartialEq, Debug)]
pub struct Content {
    pub state: State,
    /// The path of the grid it is in.
    pub area_path: String,
    pub links: Links,
    pub from_on: Option<Date>,
    pub to_on: Option<Date>,
    /// WGS-84 longitude and latitude.
    pub point: Option<(f64, f64)>,
    pub merged_into: Option<RecordId>,
    /// The name it is listed by; of a place or home the address in full. Made from the rest, kept for lists.
    pub label: String,
    /// What may be shown in a list to those whose area it is.
    pub open: Fields,
    /// What is kept encrypted, and opens for a purpose.
    pub secret: Personal<Fields>,
}

impl Content {
    /// An empty record of an area.
    pub fn new(area_path: String) -> Self {
        Self {
            state: State::Live,
            area_path,
            links: Links::default(),
            from_on: None,
            to_on: None,
            point: None,
            merged_into: None,
            label: String::new(),
            open: Fields::default(),
            secret: Personal::new(Fields::default()),
        }
    }

    /// Where a field's values are kept.
    pub fn fields(&self, is_sealed: bool) -> &Fields {
        if is_sealed { self.secret.open(KEEPING) } else { &self.open }
    }

    /// A field's value, sealed or not.
    pub fn value(&self, book: &KindBook, key: &str) -> Option<&Value> {
        self.fields(book.field(key)?.sealed).get(key)
    }

    /// Puts a value in, or takes it out.
    pub fn set(&mut self, is_sealed: bool, key: &str, value: Option<Value>, origin: &Origin) {
        let change = |fields: &mut Fields| match value {
            Some(value) => fields.set(key, value, origin),
            None => {
                fields.remove(key);
            }
        };
        if is_sealed {
            let mut fields = self.secret.open(KEEPING).clone();
            change(&mut fields);
            self.secret = Personal::new(fields);
        } else {
            change(&mut self.open);
        }
    }

    /// When the first of its values is to be confirmed; nothing where none ages.
    pub fn stale_at(&self, book: &KindBook) -> Option<Time> {
        let held = self.open.iter().chain(self.secret.open(KEEPING).iter());
        held.filter_map(|(key, _, origin)| book.field(key)?.stale_at(origin.at)).min()
    }
}

/// A record as it was loaded or is to be saved.
#[derive(Clone, PartialEq, Debug)]
pub struct Record {
    pub id: RecordId,
    pub kind: Kind,
    /// 1 and upwards; an update names the version it saw.
    pub version: i64,
    /// The deed that made this version.
    pub act: ActId,
    pub changed_at: Time,
    pub content: Content,
}

impl Record {
    /// The next version, with other content.
    pub fn next(&self, content: Content, act: ActId, now: Time) -> Self {
        Self { id: self.id, kind: self.kind, version: self.version + 1, act, changed_at: now, content }
    }

    /// The person it is about: oneself, or whose residence, share or service fact it is.
    pub fn person(&self) -> Option<RecordId> {
        if self.kind == Kind::Person { Some(self.id) } else { self.content.links.person }
    }

    pub fn is_live(&self) -> bool {
        self.content.state == State::Live
    }
}
