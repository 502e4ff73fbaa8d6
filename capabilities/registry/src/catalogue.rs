//! What the register may keep, and by what right: kinds and their values, service facts, purposes of a look. From the program, or file by
//! file from a district's own folder; checked as a whole when loaded.

mod notice;
mod rights;

pub use notice::{Kept, changes};
pub use rights::{AskBook, GroundBook, MandateBook, Rights};

use crate::model::{Content, Kind, Shape};
use edge::Settings;
use jiff::ToSpan;
use platform::{Fault, Time, Words};
use serde::Deserialize;
use std::collections::BTreeSet;

const KINDS: (&str, &str) = ("register/kinds.toml", include_str!("../../../catalog/register/kinds.toml"));
const FACTS: (&str, &str) =
    ("register/service_facts.toml", include_str!("../../../catalog/register/service_facts.toml"));
const PURPOSES: (&str, &str) =
    ("register/purposes.toml", include_str!("../../../catalog/register/purposes.toml"));

/// The part of a look that opens service facts; the others are keys of sealed fields of a person.
pub const FACTS_PART: &str = "facts";

/// All of it, on the shelf.
#[derive(Clone, Debug)]
pub struct Catalogue {
    /// Of the kinds' file: a change of what is kept is a new version, and a new notice.
    pub version: String,
    kinds: Vec<KindBook>,
    pub facts: Vec<FactBook>,
    pub purposes: Vec<PurposeBook>,
}

/// A kind of record and the values it may have.
#[derive(Clone, Debug)]
pub struct KindBook {
    pub kind: Kind,
    pub words: Words,
    pub fields: Vec<FieldBook>,
}

/// A value the register may keep, and why.
#[derive(Clone, Debug)]
pub struct FieldBook {
    pub key: String,
    pub words: Words,
    pub shape: Shape,
    /// Code and words of each choice.
    pub choices: Vec<(String, Words)>,
    pub sealed: bool,
    pub required: bool,
    pub purpose: Words,
    /// Law and article, or standard.
    pub basis: String,
    pub age_months: Option<i32>,
    /// Months after the record's end.
    pub keep_months: i32,
    /// `grid`, `desk`, or keys of organisations.
    pub to: Vec<String>,
}

/// A fact a service needs to know of a person.
#[derive(Clone, Debug)]
pub struct FactBook {
    pub key: String,
    pub words: Words,
    pub service: Words,
    pub basis: String,
    pub evidence: Words,
    pub details: Vec<DetailBook>,
    /// The years of life within which it can hold.
    pub from_age: Option<i32>,
    pub until_age: Option<i32>,
    pub age_months: i32,
    pub to: Vec<String>,
}

/// Something a service needs to know of a fact: of a disability its class and grade.
#[derive(Clone, Debug)]
pub struct DetailBook {
    pub key: String,
    pub words: Words,
    /// Code and words of each choice.
    pub choices: Vec<(String, Words)>,
}

/// Why a record may be opened, and what that opens.
#[derive(Clone, Debug)]
pub struct PurposeBook {
    pub key: String,
    pub words: Words,
    pub opens: Vec<String>,
}

impl Catalogue {
    /// Reads and checks the three files.
    ///
    /// # Errors
    /// A fault that names the file and what is wrong in it: a value without purpose, basis, period or recipients, a service fact
    /// without a service, a choice without choices, a purpose that opens what does not exist.
    pub fn load(settings: &Settings) -> Result<Self, Fault> {
        let text = |file| settings.catalogue_text(file);
        Self::read(&text(KINDS)?, &text(FACTS)?, &text(PURPOSES)?)
    }

    fn read(kinds: &str, facts: &str, purposes: &str) -> Result<Self, Fault> {
        let kinds_file: KindsFile = parse(KINDS.0, kinds)?;
        let facts_file: FactsFile = parse(FACTS.0, facts)?;
        let purposes_file: PurposesFile = parse(PURPOSES.0, purposes)?;
        let catalogue = Self {
            version: kinds_file.version,
            kinds: kinds_file.kind.into_iter().map(KindEntry::book).collect(),
            facts: facts_file.fact.into_iter().map(FactEntry::book).collect(),
            purposes: purposes_file.purpose.into_iter().map(PurposeEntry::book).collect(),
        };
        refuse(KINDS.0, catalogue.kind_faults())?;
        refuse(FACTS.0, catalogue.fact_faults())?;
        refuse(PURPOSES.0, catalogue.purpose_faults())?;
        Ok(catalogue)
    }

    /// The values of a kind. Every kind has its entry: the loader sees to it.
    pub fn kind(&self, kind: Kind) -> &KindBook {
        static NONE: KindBook = KindBook { kind: Kind::Thing, words: Words::of("", ""), fields: Vec::new() };
        self.kinds.iter().find(|book| book.kind == kind).unwrap_or(&NONE)
    }

    pub fn kinds(&self) -> &[KindBook] {
        &self.kinds
    }

    pub fn fact(&self, key: &str) -> Option<&FactBook> {
        self.facts.iter().find(|fact| fact.key == key)
    }

    /// A detail of whichever fact has it, by its key and one of its codes.
    pub fn detail(&self, key: &str, code: &str) -> Option<(&DetailBook, &Words)> {
        let mut all = self.facts.iter().flat_map(|fact| &fact.details).filter(|detail| detail.key == key);
        all.find_map(|detail| Some((detail, detail.choice(code)?)))
    }

    pub fn purpose(&self, key: &str) -> Option<&PurposeBook> {
        self.purposes.iter().find(|purpose| purpose.key == key)
    }

    /// When the first value of a record is to be confirmed; a service fact ages as its kind of fact does.
    pub fn stale_at(&self, kind: Kind, content: &Content) -> Option<Time> {
        if kind != Kind::ServiceFact {
            return content.stale_at(self.kind(kind));
        }
        let fields = content.fields(true);
        let fact = self.fact(fields.text("fact"))?;
        after_months(fields.origin("fact")?.at, fact.age_months)
    }

    fn kind_faults(&self) -> Vec<String> {
        let missing = Kind::ALL.iter().filter(|kind| !self.kinds.iter().any(|book| book.kind == **kind));
        let mut faults: Vec<_> =
            missing.map(|kind| format!("the kind {} is missing", kind.as_str())).collect();
        for book in &self.kinds {
            let mut seen = BTreeSet::new();
            for field in &book.fields {
                let name = format!("{}.{}", book.kind.as_str(), field.key);
                if !seen.insert(&field.key) {
                    faults.push(format!("{name} stands there twice"));
                }
                faults.extend(field.faults().into_iter().map(|fault| format!("{name} {fault}")));
            }
        }
        faults
    }

    fn fact_faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        for fact in &self.facts {
            if fact.service.zh.trim().is_empty() || fact.basis.trim().is_empty() || fact.to.is_empty() {
                faults.push(format!("{} names no service, no basis or no recipient", fact.key));
            }
            if fact.age_months <= 0 {
                faults.push(format!("{} never has to be confirmed", fact.key));
            }
        }
        faults
    }

    fn purpose_faults(&self) -> Vec<String> {
        let sealed = |part: &str| self.kind(Kind::Person).field(part).is_some_and(|field| field.sealed);
        let parts =
            self.purposes.iter().flat_map(|purpose| purpose.opens.iter().map(move |part| (purpose, part)));
        parts
            .filter(|(_, part)| *part != FACTS_PART && !sealed(part))
            .map(|(purpose, part)| {
                format!("{} opens {part}, which is no sealed value of a person", purpose.key)
            })
            .collect()
    }
}

impl KindBook {
    pub fn field(&self, key: &str) -> Option<&FieldBook> {
        self.fields.iter().find(|field| field.key == key)
    }
}

impl DetailBook {
    /// The words of a choice's code.
    pub fn choice(&self, code: &str) -> Option<&Words> {
        self.choices.iter().find(|(known, _)| known == code).map(|(_, words)| words)
    }
}

impl FieldBook {
    /// When a value brought at a moment is to be confirmed.
    pub fn stale_at(&self, brought_at: Time) -> Option<Time> {
        after_months(brought_at, self.age_months?)
    }

    /// The words of a choice's code.
    pub fn choice(&self, code: &str) -> Option<&Words> {
        self.choices.iter().find(|(known, _)| known == code).map(|(_, words)| words)
    }

    fn faults(&self) -> Vec<&'static str> {
        let needs_choices = matches!(self.shape, Shape::Choice | Shape::Choices);
        let checks = [
            (self.purpose.zh.trim().is_empty(), "says no purpose"),
            (self.basis.trim().is_empty(), "says no basis"),
            (self.to.is_empty(), "says nobody it is told to"),
            (self.keep_months < 0, "is kept for a negative time"),
            (
                needs_choices == self.choices.is_empty(),
                "has choices without being one, or the other way round",
            ),
            (self.shape.must_be_sealed() && !self.sealed, "must be sealed"),
        ];
        checks.into_iter().filter(|(is_wrong, _)| *is_wrong).map(|(_, fault)| fault).collect()
    }
}

fn after_months(at: Time, months: i32) -> Option<Time> {
    at.local().checked_add(months.months()).ok().map(|then| then.timestamp().into())
}

pub(crate) fn parse<T: serde::de::DeserializeOwned>(name: &str, text: &str) -> Result<T, Fault> {
    toml::from_str(text).map_err(|e| Fault::broken(format!("{name} cannot be read")).because(e))
}

pub(crate) fn refuse(name: &str, faults: Vec<String>) -> Result<(), Fault> {
    if faults.is_empty() { Ok(()) } else { Err(Fault::broken(format!("{name}: {}", faults.join("; ")))) }
}

// ---- the files as they are written ------------------------------------------------------------------------------------

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KindsFile {
    #[expect(dead_code, reason = "for readers and for tidy")]
    source: String,
    version: String,
    kind: Vec<KindEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KindEntry {
    key: Kind,
    zh: String,
    en: String,
    field: Vec<FieldEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FieldEntry {
    key: String,
    shape: Shape,
    zh: String,
    en: String,
    purpose: WordsEntry,
    basis: String,
    keep: i32,
    to: Vec<String>,
    #[serde(default)]
    choices: Vec<(String, String, String)>,
    #[serde(default)]
    sealed: bool,
    #[serde(default)]
    required: bool,
    age_months: Option<i32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WordsEntry {
    zh: String,
    en: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FactsFile {
    #[expect(dead_code, reason = "for readers and for tidy")]
    source: String,
    #[expect(dead_code, reason = "for readers; the notice goes by the kinds' version")]
    version: String,
    fact: Vec<FactEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FactEntry {
    key: String,
    zh: String,
    en: String,
    service: WordsEntry,
    basis: String,
    evidence: WordsEntry,
    #[serde(default)]
    details: Vec<DetailEntry>,
    from_age: Option<i32>,
    until_age: Option<i32>,
    age_months: i32,
    to: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PurposesFile {
    #[expect(dead_code, reason = "for readers and for tidy")]
    source: String,
    #[expect(dead_code, reason = "for readers")]
    version: String,
    purpose: Vec<PurposeEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PurposeEntry {
    key: String,
    zh: String,
    en: String,
    opens: Vec<String>,
}

impl WordsEntry {
    fn words(self) -> Words {
        Words::new(self.zh, self.en)
    }
}

impl KindEntry {
    fn book(self) -> KindBook {
        KindBook {
            kind: self.key,
            words: Words::new(self.zh, self.en),
            fields: self.field.into_iter().map(FieldEntry::book).collect(),
        }
    }
}

impl FieldEntry {
    fn book(self) -> FieldBook {
        FieldBook {
            key: self.key,
            words: Words::new(self.zh, self.en),
            shape: self.shape,
            choices: self.choices.into_iter().map(|(code, zh, en)| (code, Words::new(zh, en))).collect(),
            sealed: self.sealed,
            required: self.required,
            purpose: self.purpose.words(),
            basis: self.basis,
            age_months: self.age_months,
            keep_months: self.keep,
            to: self.to,
        }
    }
}

impl FactEntry {
    fn book(self) -> FactBook {
        FactBook {
            key: self.key,
            words: Words::new(self.zh, self.en),
            service: self.service.words(),
            basis: self.basis,
            evidence: self.evidence.words(),
            details: self.details.into_iter().map(detail_book).collect(),
            from_age: self.from_age,
            until_age: self.until_age,
            age_months: self.age_months,
            to: self.to,
        }
    }
}

/// Key, Chinese, English, and the choices in the same form.
type DetailEntry = (String, String, String, Vec<(String, String, String)>);

fn detail_book((key, zh, en, choices): DetailEntry) -> DetailBook {
    let choices = choices.into_iter().map(|(code, zh, en)| (code, Words::new(zh, en)));
    DetailBook { key, words: Words::new(zh, en), choices: choices.collect() }
}

impl PurposeEntry {
    fn book(self) -> PurposeBook {
        PurposeBook { key: self.key, words: Words::new(self.zh, self.en), opens: self.opens }
    }
}

#[cfg(test)]
pub(crate) fn built_in() -> Catalogue {
    Catalogue::read(KINDS.1, FACTS.1, PURPOSES.1).expect("the built-in register holds")
}

#[cfg(test)]
mod tests {
    //! The built-in catalogue holds; what has no purpose, no basis or no service cannot be loaded.
    use super::{Catalogue, FACTS, KINDS, PURPOSES, built_in};
    use crate::model::Kind;

    fn refused(kinds: &str, facts: &str, purposes: &str) -> String {
        format!("{:?}", Catalogue::read(kinds, facts, purposes).expect_err("it is refused"))
    }

    #[test]
    fn every_kind_is_described() {
        let catalogue = built_in();
        for kind in Kind::ALL {
            assert!(!catalogue.kind(*kind).fields.is_empty(), "{kind:?}");
        }
    }

    #[test]
    fn a_value_without_a_purpose_is_refused() {
        let text = KINDS.1.replacen("purpose = { zh = \"找到和写出一处地址\"", "purpose = { zh = \" \"", 1);
        assert!(refused(&text, FACTS.1, PURPOSES.1).contains("place.name says no purpose"));
        let text = KINDS.1.replacen("basis = \"GB 32100-2015\"\n", "", 1);
        assert!(refused(&text, FACTS.1, PURPOSES.1).contains("missing field `basis`"));
        let text = KINDS.1.replacen("shape = \"documents\"\nsealed = true", "shape = \"documents\"", 1);
        assert!(refused(&text, FACTS.1, PURPOSES.1).contains("person.documents must be sealed"));
    }

    #[test]
    fn a_category_without_a_service_is_refused() {
        let text = FACTS.1.replacen("service = { zh = \"每周探访，助餐送餐\"", "service = { zh = \"\"", 1);
        assert!(refused(KINDS.1, &text, PURPOSES.1).contains("lives_alone names no service"));
    }

    #[test]
    fn a_purpose_opens_only_what_is_sealed() {
        let text = PURPOSES.1.replacen("\"documents\"", "\"birth_on\"", 1);
        assert!(refused(KINDS.1, FACTS.1, &text).contains("opens birth_on"));
    }
}
