//! A type of case: what it is called, who may answer it, by when, with what proof, and what to ask the reporter.

use super::duty_list::ItemKey;
use flow::Deadline;
use platform::Words;
use serde::{Deserialize, Serialize};

/// One leaf of the two trees. Codes never change meaning: city matters carry the taxonomy's code ("06010"), people's matters ours ("P01002").
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct CaseType {
    pub code: String,
    /// The class it hangs on: "06", "P01".
    pub class: String,
    pub name: Words,
    /// What a resident reads on the report page: the short everyday name, or the name itself.
    pub short: Words,
    /// One plain sentence on what belongs here and what does not.
    pub hint: Option<Words>,
    /// The component of the city this matter is about (01037 路灯), if any.
    pub component: Option<Words>,
    /// Words that people use, for the suggester. "水管+爆" wants both in one sentence.
    pub words: Vec<String>,
    /// Items of the duty lists, in the order in which they are asked. Never empty.
    pub answers: Vec<ItemKey>,
    /// Treatments in their order, each with its own limit; the last one ends the matter. Never empty.
    pub measures: Vec<Measure>,
    pub proof: Proof,
    pub urgency: Urgency,
    /// Keys of [`EmergencyNumber`]s shown before the form.
    pub call_first: Vec<String>,
    pub duplicates: Duplicates,
    /// Whether neighbours may see such a case. Disputes never.
    pub public: bool,
    /// Whether one may report without a phone number.
    pub anonymous: bool,
    /// Whether residents are offered it; staff, sensors and other systems may always use it.
    pub offered: bool,
    /// Whether it stands on the resident's home page.
    pub common: bool,
    /// Asked of the reporter beyond words, place and photos (attributes of Open311).
    pub questions: Vec<Question>,
    /// Danger to others: such a report cannot be taken back by the one who made it.
    pub hazard: bool,
    /// Where name and code come from.
    pub source: String,
}

impl CaseType {
    /// The words as single key words, for lists and for Open311: phrases of several parts are left out.
    pub fn keywords(&self) -> impl Iterator<Item = &str> {
        self.words.iter().map(String::as_str).filter(|word| !word.contains('+'))
    }

    /// A treatment by its key.
    pub fn measure(&self, key: &str) -> Option<&Measure> {
        self.measures.iter().find(|m| m.key == key)
    }

    /// The treatment that ends the matter; its limit is what the reporter is told.
    pub fn final_measure(&self) -> &Measure {
        self.measures.last().expect("the loader refuses a type without measures")
    }
}

/// One treatment with its legal clock.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Measure {
    /// "handle", "stop_work"; unique within the type.
    pub key: String,
    pub words: Words,
    /// Counted from the moment the case is taken on.
    pub within: Deadline,
    /// Where the limit comes from.
    pub source: String,
}

/// What must be shown when the work is done.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// Words are enough.
    None,
    /// At least one photo taken after the work.
    PhotoAfter,
    /// At least one photo before and one after.
    PhotosBeforeAfter,
    /// A signed paper, photographed or attached.
    Document,
}

/// How fast somebody must look.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Urgency {
    Normal,
    Urgent,
    /// Life or property in danger: numbers to call come before the form.
    Emergency,
}

impl Urgency {
    /// The word of the catalogue's files and of answers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Urgent => "urgent",
            Self::Emergency => "emergency",
        }
    }
}

/// Where and how far back open cases of the same type are offered before a new one is filed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Duplicates {
    /// Metres, 1 ..= [`DUPLICATE_RADIUS_M_MAX`].
    pub radius_m: u32,
    /// Natural days, 1 ..= [`DUPLICATE_DAYS_MAX`].
    pub days: u32,
}

/// Farther than this is not the same thing.
pub const DUPLICATE_RADIUS_M_MAX: u32 = 5_000;
/// Longer ago than this is a new occurrence.
pub const DUPLICATE_DAYS_MAX: u32 = 365;

/// A question to the reporter; the attribute of an Open311 service definition.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Unique within the type, `[a-z0-9_]`.
    pub code: String,
    pub datatype: Datatype,
    #[serde(default)]
    pub required: bool,
    pub zh: String,
    pub en: String,
    /// The choices of the two list datatypes; empty otherwise.
    #[serde(default)]
    pub values: Vec<Choice>,
}

impl Question {
    pub fn words(&self) -> Words {
        Words::new(self.zh.clone(), self.en.clone())
    }
}

/// The six datatypes of GeoReport v2 that the catalogue uses.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Datatype {
    String,
    Number,
    Datetime,
    Text,
    SingleValueList,
    MultiValueList,
}

impl Datatype {
    /// Whether the answer is chosen from `values`.
    pub const fn is_list(self) -> bool {
        matches!(self, Self::SingleValueList | Self::MultiValueList)
    }

    /// The word of the GeoReport v2 specification.
    pub const fn name(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Number => "number",
            Self::Datetime => "datetime",
            Self::Text => "text",
            Self::SingleValueList => "singlevaluelist",
            Self::MultiValueList => "multivaluelist",
        }
    }
}

/// One choice of a list question.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    pub key: String,
    pub zh: String,
    pub en: String,
}

impl Choice {
    pub fn words(&self) -> Words {
        Words::new(self.zh.clone(), self.en.clone())
    }
}

/// A number to call before anything is typed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct EmergencyNumber {
    /// "119", or a word ("gas") for a unit's own number.
    pub key: String,
    pub words: Words,
    /// What to dial. Absent when it is a unit's number and the district has not filled it in.
    pub phone: Option<String>,
    /// Where it comes from, when it is more than a national short number.
    pub source: Option<String>,
}

/// What is not handled here, and where it belongs: shown, never filed under.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Elsewhere {
    pub key: String,
    /// Words that call the notice up.
    pub words: Vec<String>,
    pub notice: Words,
}
