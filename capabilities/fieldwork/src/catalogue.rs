//! Its part of the catalogue, from the program or from a district's own folder, checked when loaded: what forms are measured by
//! (catalog/forms), what campaigns begin with (campaigns), whom workers visit by rule (visits), what phones carry (fieldwork).

mod campaigns;
mod carried;
mod visits;

pub use campaigns::{CampaignBook, TemplateEntry};
pub use carried::CarriedBook;
pub use visits::VisitBook;

mod day;
mod sheets;

pub use day::DayBook;
pub use sheets::{Remark, SheetBook};

use edge::Settings;
use platform::Fault;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;

const BURDEN: (&str, &str) = ("forms/burden.toml", include_str!("../../../catalog/forms/burden.toml"));
/// Types of questions, each of which has its seconds.
const QUESTIONS: [&str; 19] = [
    "text",
    "integer",
    "decimal",
    "date",
    "time",
    "date_time",
    "select_one",
    "select_many",
    "rank",
    "photo",
    "audio",
    "video",
    "file",
    "signature",
    "place",
    "barcode",
    "acknowledge",
    "range",
    "look_up",
];
/// An hour for one question is a mistake of the file.
const SECONDS_MAX: u64 = 3_600;

/// How long questions take, in seconds; on the shelf.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BurdenBook {
    /// Where the numbers are from; shown with the meter.
    pub source: String,
    #[expect(dead_code, reason = "for readers")]
    version: String,
    /// To read an answer that is known.
    pub known_seconds: u64,
    /// How often a repeat is taken to be filled.
    pub repeat_instances: u64,
    seconds: BTreeMap<String, u64>,
}

impl BurdenBook {
    /// Reads and checks the file.
    ///
    /// # Errors
    /// A fault that names the file and what is wrong in it: a type without seconds, an unknown type, a number that cannot be meant.
    pub fn load(settings: &Settings) -> Result<Self, Fault> {
        Self::read(&settings.catalogue_text(BURDEN)?)
    }

    fn read(text: &str) -> Result<Self, Fault> {
        let book: Self = parse(BURDEN.0, text)?;
        let missing = QUESTIONS.iter().filter(|kind| !book.seconds.contains_key(**kind));
        let mut faults: Vec<String> = missing.map(|kind| format!("{kind} has no seconds")).collect();
        let unknown = book.seconds.keys().filter(|kind| !QUESTIONS.contains(&kind.as_str()));
        faults.extend(unknown.map(|kind| format!("{kind} is no type of question")));
        let wrong = book.seconds.iter().filter(|(_, seconds)| !(1..=SECONDS_MAX).contains(*seconds));
        faults.extend(wrong.map(|(kind, seconds)| format!("{kind} takes {seconds} seconds")));
        if book.source.trim().is_empty() || book.repeat_instances == 0 {
            faults.push("says no source, or repeats nothing".to_owned());
        }
        if faults.is_empty() {
            Ok(book)
        } else {
            Err(Fault::broken(format!("{}: {}", BURDEN.0, faults.join("; "))))
        }
    }

    /// Of a type by the word of crates/forms; what nobody is asked for takes no time.
    pub fn seconds_of(&self, kind: &str) -> u64 {
        self.seconds.get(kind).copied().unwrap_or(0)
    }
}

fn parse<T: DeserializeOwned>(name: &str, text: &str) -> Result<T, Fault> {
    toml::from_str(text).map_err(|e| Fault::broken(format!("{name} cannot be read")).because(e))
}

#[cfg(test)]
mod tests {
    use super::{BURDEN, BurdenBook};

    #[test]
    fn the_file_of_the_house_holds() {
        let book = BurdenBook::read(BURDEN.1).expect("the file holds");
        assert!(book.seconds_of("text") > book.known_seconds);
        assert_eq!(book.seconds_of("note"), 0);
    }

    #[test]
    fn what_is_wrong_in_the_file_is_named() {
        let wrong = [
            (BURDEN.1.replace("text = 15\n", ""), "text has no seconds"),
            (BURDEN.1.replace("rank = 15", "rank = 0"), "rank takes 0 seconds"),
            (format!("{}\nspeech = 4\n", BURDEN.1), "speech is no type"),
            (BURDEN.1.replace("repeat_instances = 3", "repeat_instances = 0"), "repeats nothing"),
        ];
        for (text, said) in wrong {
            let fault = BurdenBook::read(&text).expect_err(said);
            assert!(format!("{fault:?}").contains(said), "{fault:?}");
        }
    }
}
