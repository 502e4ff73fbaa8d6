//! What people may ask about their data, by what article, and when the answer may be no: catalog/register/rights.toml.

use super::{Catalogue, parse, refuse};
use crate::model::{Ask, Content, Kind, retention};
use edge::Settings;
use platform::{Fault, Words};
use serde::Deserialize;

const RIGHTS: (&str, &str) =
    ("register/rights.toml", include_str!("../../../../catalog/register/rights.toml"));
/// GB/T 35273-2020 8.7: within 30 days \[unverified\].
const ANSWER_DAYS_MAX: u16 = 30;

/// The rights of people about their data, on the shelf.
#[derive(Clone, Debug)]
pub struct Rights {
    /// Days of the calendar within which a desk answers, and the article.
    pub answer_days: u16,
    pub answer_basis: String,
    pub asks: Vec<AskBook>,
    pub grounds: Vec<GroundBook>,
    pub duties: Vec<DutyBook>,
    pub mandates: Vec<MandateBook>,
}

/// Something that may be asked.
#[derive(Clone, Debug)]
pub struct AskBook {
    pub ask: Ask,
    pub words: Words,
    pub basis: String,
}

/// A reason for which a desk may say no.
#[derive(Clone, Debug)]
pub struct GroundBook {
    pub key: String,
    pub asks: Vec<Ask>,
    pub words: Words,
    pub basis: String,
}

/// What the law wants kept while a record holds.
#[derive(Clone, Debug)]
pub struct DutyBook {
    pub kind: Kind,
    /// Empty: every value of the kind.
    pub fields: Vec<String>,
    pub words: Words,
    pub basis: String,
}

/// Who may ask for another.
#[derive(Clone, Debug)]
pub struct MandateBook {
    pub key: String,
    pub words: Words,
    pub months: i32,
    /// For somebody who has died.
    pub after_death: bool,
    pub basis: String,
}

impl Rights {
    /// Reads and checks the file.
    ///
    /// # Errors
    /// A fault that names what is wrong in it: a clock the law does not allow, a right without its article, a duty for a value nobody
    /// keeps.
    pub fn load(settings: &Settings, catalogue: &Catalogue) -> Result<Self, Fault> {
        Self::read(&settings.catalogue_text(RIGHTS)?, catalogue)
    }

    fn read(text: &str, catalogue: &Catalogue) -> Result<Self, Fault> {
        let file: RightsFile = parse(RIGHTS.0, text)?;
        let rights = Self {
            answer_days: file.clock.answer_days,
            answer_basis: file.clock.basis,
            asks: file.right.into_iter().map(AskEntry::book).collect(),
            grounds: file.ground.into_iter().map(GroundEntry::book).collect(),
            duties: file.duty.into_iter().map(DutyEntry::book).collect(),
            mandates: file.mandate.into_iter().map(MandateEntry::book).collect(),
        };
        refuse(RIGHTS.0, rights.faults(catalogue))?;
        Ok(rights)
    }

    pub fn mandate(&self, key: &str) -> Option<&MandateBook> {
        self.mandates.iter().find(|mandate| mandate.key == key)
    }

    /// A reason for saying no to such a request.
    pub fn ground(&self, key: &str, ask: Ask) -> Option<&GroundBook> {
        self.grounds.iter().find(|ground| ground.key == key && ground.asks.contains(&ask))
    }

    /// The words of something that may be asked.
    pub fn words_of(&self, ask: Ask) -> Words {
        self.asks.iter().find(|book| book.ask == ask).map_or(Words::of("", ""), |book| book.words.clone())
    }

    /// What the law wants kept of a record that holds: of one field, or of any it has.
    pub fn duty(&self, kind: Kind, content: &Content, field: Option<&str>) -> Option<&DutyBook> {
        let is_held = |key: &str| match field {
            Some(field) => field == key,
            None => retention::held(content).any(|held| held == key),
        };
        self.duties.iter().find(|duty| {
            duty.kind == kind && (duty.fields.is_empty() || duty.fields.iter().any(|key| is_held(key)))
        })
    }

    fn faults(&self, catalogue: &Catalogue) -> Vec<String> {
        let mut faults = Vec::new();
        if !(1..=ANSWER_DAYS_MAX).contains(&self.answer_days) {
            faults.push(format!("an answer is due within 1 to {ANSWER_DAYS_MAX} days"));
        }
        for ask in Ask::ALL {
            if !self.asks.iter().any(|book| book.ask == *ask && !book.basis.trim().is_empty()) {
                faults.push(format!("the right to {} has no article", ask.as_str()));
            }
            if !self.grounds.iter().any(|ground| ground.asks.contains(ask)) {
                faults.push(format!("no ground says when {} is refused", ask.as_str()));
            }
        }
        for duty in &self.duties {
            let book = catalogue.kind(duty.kind);
            let unknown = duty.fields.iter().filter(|key| book.field(key).is_none());
            faults.extend(
                unknown.map(|key| format!("a duty keeps {}.{key}, which is not kept", duty.kind.as_str())),
            );
        }
        let short = self.mandates.iter().filter(|mandate| mandate.months <= 0);
        faults.extend(short.map(|mandate| format!("the mandate {} never holds", mandate.key)));
        faults
    }
}

// ---- the file as it is written ----------------------------------------------------------------------------------------

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RightsFile {
    #[expect(dead_code, reason = "for readers and for tidy")]
    source: String,
    #[expect(dead_code, reason = "for readers; the notice goes by the kinds' version")]
    version: String,
    clock: ClockEntry,
    right: Vec<AskEntry>,
    ground: Vec<GroundEntry>,
    duty: Vec<DutyEntry>,
    mandate: Vec<MandateEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClockEntry {
    answer_days: u16,
    basis: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AskEntry {
    key: Ask,
    zh: String,
    en: String,
    basis: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GroundEntry {
    key: String,
    rights: Vec<Ask>,
    zh: String,
    en: String,
    basis: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DutyEntry {
    kind: Kind,
    fields: Vec<String>,
    zh: String,
    en: String,
    basis: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MandateEntry {
    key: String,
    zh: String,
    en: String,
    months: i32,
    after_death: bool,
    basis: String,
}

impl AskEntry {
    fn book(self) -> AskBook {
        AskBook { ask: self.key, words: Words::new(self.zh, self.en), basis: self.basis }
    }
}

impl GroundEntry {
    fn book(self) -> GroundBook {
        GroundBook {
            key: self.key,
            asks: self.rights,
            words: Words::new(self.zh, self.en),
            basis: self.basis,
        }
    }
}

impl DutyEntry {
    fn book(self) -> DutyBook {
        DutyBook {
            kind: self.kind,
            fields: self.fields,
            words: Words::new(self.zh, self.en),
            basis: self.basis,
        }
    }
}

impl MandateEntry {
    fn book(self) -> MandateBook {
        let Self { key, zh, en, months, after_death, basis } = self;
        MandateBook { key, words: Words::new(zh, en), months, after_death, basis }
    }
}

#[cfg(test)]
mod tests {
    //! The built-in rights hold; what the law does not allow cannot be loaded.
    use super::{RIGHTS, Rights};
    use crate::catalogue::built_in;
    use crate::model::{Ask, Content, Kind, Origin, Source};
    use platform::Time;
    use serde_json::json;

    #[test]
    fn an_answer_may_not_be_put_off_for_ever() {
        let read = |text: &str| Rights::read(text, &built_in()).map_err(|fault| format!("{fault:?}"));
        assert!(read(RIGHTS.1).is_ok());
        let late = read(&RIGHTS.1.replace("answer_days = 15", "answer_days = 60"));
        assert!(late.expect_err("refused").contains("1 to 30 days"));
        let silent = RIGHTS.1.replace("\"correct\", \"object\", \"delete\", \"restrict\"", "\"object\"");
        let silent = silent.replace("rights = [\"delete\"]", "rights = [\"object\"]");
        assert!(read(&silent).expect_err("refused").contains("no ground says when delete is refused"));
        let unknown = RIGHTS.1.replace("\"former_names\"", "\"religion\"");
        assert!(read(&unknown).expect_err("refused").contains("person.religion, which is not kept"));
    }

    #[test]
    fn a_duty_keeps_what_it_names_and_no_more() {
        let rights = Rights::read(RIGHTS.1, &built_in()).expect("they hold");
        let origin = Origin { source: Source::Door, at: Time::from_micros(0), by: None, evidence: None };
        let mut person = Content::new(String::new());
        person.set(true, "phones", Some(json!(["13800000000"])), &origin);
        assert!(rights.duty(Kind::Person, &person, None).is_none(), "nothing it has is under a duty");
        person.set(false, "name", Some(json!("张伟")), &origin);
        for (field, is_kept) in [(Some("phones"), false), (Some("documents"), true), (None, true)] {
            assert_eq!(rights.duty(Kind::Person, &person, field).is_some(), is_kept, "{field:?}");
        }
        assert!(rights.duty(Kind::Residence, &person, Some("kind")).is_some(), "all of a residence");
        assert!(rights.duty(Kind::ServiceFact, &person, Some("fact")).is_none());
        assert_eq!(rights.ground("must_be_kept", Ask::Correct).map(|g| &g.key), None, "of another request");
    }
}
