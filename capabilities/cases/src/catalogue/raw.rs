//! The catalogue files as they are written: optional fields, checked later. Unknown fields are refused, so a misspelt one is not lost.

use super::case_type::{Duplicates, Proof, Question, Urgency};
use super::duty_list::{ItemKey, PostSelector, UnitKind};
use flow::Deadline;
use jiff::civil::Date;
use serde::Deserialize;

#[derive(Deserialize, Clone, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct RawWords {
    pub zh: String,
    pub en: String,
}

#[derive(Deserialize, Clone, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct RawMeasure {
    pub key: String,
    pub zh: String,
    pub en: String,
    pub within: Deadline,
    pub source: String,
}

/// What a tree, a class, an override and a type may all say; the nearest one wins, field by field.
#[derive(Deserialize, Clone, Default, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct Traits {
    pub short: Option<RawWords>,
    pub hint: Option<RawWords>,
    pub words: Option<Vec<String>>,
    pub answers: Option<Vec<ItemKey>>,
    pub measures: Option<Vec<RawMeasure>>,
    pub proof: Option<Proof>,
    pub urgency: Option<Urgency>,
    pub call_first: Option<Vec<String>>,
    pub duplicates: Option<Duplicates>,
    pub public: Option<bool>,
    pub anonymous: Option<bool>,
    pub offered: Option<bool>,
    pub common: Option<bool>,
    pub hazard: Option<bool>,
    pub questions: Option<Vec<Question>>,
}

impl Traits {
    /// Takes from `nearer` whatever it says.
    pub fn overlaid_by(&self, nearer: &Self) -> Self {
        macro_rules! nearest {
            ($($field:ident),*) => { Self { $($field: nearer.$field.clone().or_else(|| self.$field.clone())),* } };
        }
        nearest!(
            short, hint, words, answers, measures, proof, urgency, call_first, duplicates, public, anonymous,
            offered, common, hazard, questions
        )
    }
}

#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct RawUnit {
    pub key: String,
    pub kind: UnitKind,
    pub zh: String,
    pub en: String,
    pub phone: Option<String>,
}

/// The head of a duty list, without its items.
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct RawList {
    pub key: String,
    pub zh: String,
    pub en: String,
    pub version: String,
    pub published_on: Date,
    pub effective_from: Date,
    #[serde(default)]
    pub default: bool,
    pub notice_zh: Option<String>,
    pub notice_en: Option<String>,
    pub source: String,
}

#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct RawItem {
    pub number: String,
    pub who: PostSelector,
    pub zh: String,
    pub en: String,
    pub basis: Option<String>,
    pub effective_from: Option<Date>,
    pub effective_to: Option<Date>,
    pub source: Option<String>,
}

#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct RawNumber {
    pub key: String,
    pub zh: String,
    pub en: String,
    /// A unit whose own phone is dialled; without it the key is the number.
    pub unit: Option<String>,
    pub source: Option<String>,
}

#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct RawElsewhere {
    pub key: String,
    pub words: Vec<String>,
    pub zh: String,
    pub en: String,
}

/// What holds for the first look at every urgency.
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct RawFirstLook {
    pub source: String,
    pub clocks: Vec<String>,
}

#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct RawUrgency {
    pub key: Urgency,
    pub first_look: Deadline,
}

/// The head of a tree of types, without classes, types and overrides.
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct RawTree {
    pub tree: String,
    pub zh: String,
    pub en: String,
    pub source: String,
    #[serde(default)]
    pub defaults: Traits,
    /// Code table whose rows are the types of this tree, and the table of components they speak of.
    pub matters: Option<String>,
    pub components: Option<String>,
}

/// One row of a code table.
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct RawRow {
    pub class: String,
    pub code: String,
    pub zh: String,
    pub en: String,
    pub source: String,
}
