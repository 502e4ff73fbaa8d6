//! What a foreign file's columns mean: a TOML file with its source, checked before the first row is read.

use super::OwnType;
use crate::rules::Rules;
use geo::CoordinateSystem;
use jiff::tz::TimeZone;
use platform::Words;
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap, HashSet};

/// A type's code, as it stands in addresses.
const CODE_CHARS_MAX: usize = 32;
/// To handle a case of a type that says nothing of it (working days).
const WORKING_DAYS_DEFAULT: u32 = 5;

/// A mapping as it is written. Unknown fields are refused, so that a misspelt one is not lost.
#[derive(Clone, Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// Where the file comes from, and its licence.
    pub source: String,
    /// The zone of its times: "America/New_York".
    pub zone: String,
    /// As in `strftime`: "%Y-%m-%d %H:%M:%S".
    pub date_format: String,
    /// The system of its coordinates. Always declared: a wrong guess moves cases by streets.
    pub coordinates: CoordinateSystem,
    /// The district to found where there is none of the code asked for.
    pub district: Option<Names>,
    pub columns: Columns,
    /// The file's words for a status → the state of our workflow.
    pub status: BTreeMap<String, String>,
    #[serde(rename = "type")]
    pub types: Vec<TypeRule>,
}

/// A name in two languages.
#[derive(Clone, Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub struct Names {
    pub zh: String,
    pub en: String,
}

/// Which columns hold what. Those that are lists are joined.
#[derive(Clone, Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub struct Columns {
    pub external_id: String,
    pub reported_at: String,
    pub due_at: Option<String>,
    pub closed_at: Option<String>,
    pub status: String,
    #[serde(rename = "type")]
    pub kind: Vec<String>,
    pub longitude: Option<String>,
    pub latitude: Option<String>,
    #[serde(default)]
    pub address: Vec<String>,
    pub words: Vec<String>,
    /// How it ended: a note of the last line of the history.
    pub outcome: Option<String>,
}

impl Columns {
    /// The names of all columns that must be in the file.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        let single = [&self.external_id, &self.reported_at, &self.status].into_iter();
        let optional = [&self.due_at, &self.closed_at, &self.longitude, &self.latitude, &self.outcome];
        let lists = self.kind.iter().chain(&self.address).chain(&self.words);
        single.chain(optional.into_iter().flatten()).chain(lists).map(String::as_str)
    }
}

/// Which rows are of which type.
#[derive(Clone, Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub struct TypeRule {
    /// What the type columns hold, one text for each of them.
    pub is: Vec<String>,
    pub code: String,
    /// With names it is a type of this district's own; without, one of the catalogue.
    pub zh: Option<String>,
    pub en: Option<String>,
    pub working_days: Option<u32>,
    pub public: Option<bool>,
}

/// What does not hold in a mapping, in one sentence.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{0}")]
pub struct MappingFault(pub String);

fn fault<T>(what: impl Into<String>) -> Result<T, MappingFault> {
    Err(MappingFault(what.into()))
}

/// A mapping that has been checked, ready for rows.
#[derive(Clone, Debug)]
pub struct Plan {
    pub mapping: Mapping,
    pub zone: TimeZone,
    /// The types this district brings with it.
    pub own_types: Vec<OwnType>,
    codes: HashMap<Vec<String>, String>,
}

impl Plan {
    /// Reads and checks a mapping against the rule book.
    ///
    /// # Errors
    /// The first thing that does not hold.
    pub fn from_toml(text: &str, rules: &Rules) -> Result<Self, MappingFault> {
        let mapping: Mapping =
            toml::from_str(text.trim_start_matches('\u{feff}')).map_err(|e| MappingFault(e.to_string()))?;
        let zone = TimeZone::get(&mapping.zone).map_err(|_| {
            MappingFault(format!("zone: '{}' is not known; is the package tzdata installed?", mapping.zone))
        })?;
        check_columns(&mapping.columns)?;
        check_states(&mapping, rules)?;
        let own_types = own_types(&mapping, rules)?;
        let codes: HashMap<_, _> =
            mapping.types.iter().map(|rule| (rule.is.clone(), rule.code.clone())).collect();
        if codes.len() != mapping.types.len() {
            return fault("type: two of them have the same `is`");
        }
        Ok(Self { mapping, zone, own_types, codes })
    }

    /// The type of a row by what its type columns hold.
    pub fn type_of(&self, held: &[String]) -> Option<&str> {
        self.codes.get(held).map(String::as_str)
    }
}

fn check_columns(columns: &Columns) -> Result<(), MappingFault> {
    if columns.kind.is_empty() || columns.words.is_empty() {
        return fault("columns: `type` and `words` each need at least one column");
    }
    if columns.longitude.is_some() != columns.latitude.is_some() {
        return fault("columns: longitude and latitude go together");
    }
    Ok(())
}

fn check_states(mapping: &Mapping, rules: &Rules) -> Result<(), MappingFault> {
    for (status, state) in &mapping.status {
        if rules.workflow().state(state).is_none() {
            return fault(format!("status: '{status}' becomes '{state}', which is no state of the workflow"));
        }
    }
    if mapping.status.is_empty() { fault("status: is empty") } else { Ok(()) }
}

fn own_types(mapping: &Mapping, rules: &Rules) -> Result<Vec<OwnType>, MappingFault> {
    let mut own = Vec::new();
    let mut seen = HashSet::new();
    for rule in &mapping.types {
        let code = &rule.code;
        if rule.is.len() != mapping.columns.kind.len() {
            return fault(format!("type {code}: `is` must name one text for each of the type columns"));
        }
        let in_catalogue = rules.catalogue.find_type(code).is_some();
        match (&rule.zh, &rule.en) {
            (None, None) if in_catalogue || seen.contains(code) => {}
            (None, None) => {
                return fault(format!("type {code}: the catalogue has no such type; name it (zh, en)"));
            }
            (Some(_), Some(_)) if in_catalogue => {
                return fault(format!("type {code}: the catalogue has a type of this code already"));
            }
            (Some(zh), Some(en)) => {
                check_code(code)?;
                if !seen.insert(code.clone()) {
                    return fault(format!("type {code}: is named twice"));
                }
                own.push(OwnType {
                    code: code.clone(),
                    name: Words::new(zh.clone(), en.clone()),
                    working_days: rule.working_days.unwrap_or(WORKING_DAYS_DEFAULT).max(1),
                    public: rule.public.unwrap_or(true),
                    source: mapping.source.clone(),
                });
            }
            _ => return fault(format!("type {code}: a name needs both languages (zh, en)")),
        }
    }
    Ok(own)
}

fn check_code(code: &str) -> Result<(), MappingFault> {
    let holds = (1..=CODE_CHARS_MAX).contains(&code.len())
        && code.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    if holds { Ok(()) } else { fault(format!("type '{code}': a code has letters, digits, - and _ only")) }
}
