//! What is wrong with a catalogue: every fault names its file and place, in both languages, and all are told at once.

use platform::{Lang, Words};
use serde::Serialize;
use std::fmt;

/// One thing wrong in one catalogue file. Loading gathers all of them, so a district mends its files in one go.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, thiserror::Error)]
pub struct CatalogueFault {
    /// The file's name as given to the loader, e.g. `duty_lists/grid_matters.toml`.
    pub file: String,
    /// The place inside: `type P01003`, `item 3.2`, `rule gas-leak`, `line 12`; empty for the file as a whole.
    pub key: String,
    /// What is wrong and what to do.
    pub words: Words,
}

impl CatalogueFault {
    pub fn new(
        file: impl Into<String>,
        key: impl Into<String>,
        zh: impl Into<String>,
        en: impl Into<String>,
    ) -> Self {
        Self { file: file.into(), key: key.into(), words: Words::new(zh, en) }
    }

    /// `file, key: sentence` in one language, as the command line prints it.
    pub fn sentence(&self, lang: Lang) -> String {
        match (lang, self.key.is_empty()) {
            (Lang::Zh, true) => format!("{}：{}", self.file, self.words.zh),
            (Lang::Zh, false) => format!("{}（{}）：{}", self.file, self.key, self.words.zh),
            (Lang::En, true) => format!("{}: {}", self.file, self.words.en),
            (Lang::En, false) => format!("{} ({}): {}", self.file, self.key, self.words.en),
        }
    }
}

impl fmt::Display for CatalogueFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence(Lang::En))
    }
}

/// Gathers the faults of one load.
#[derive(Default, Debug)]
pub(crate) struct Faults(pub Vec<CatalogueFault>);

impl Faults {
    pub fn add(&mut self, file: &str, key: impl Into<String>, zh: impl Into<String>, en: impl Into<String>) {
        self.0.push(CatalogueFault::new(file, key, zh, en));
    }

    /// The value, or the fault and nothing.
    pub fn keep<T>(
        &mut self,
        file: &str,
        key: impl Into<String>,
        result: Result<T, impl fmt::Display>,
    ) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                let detail = error.to_string();
                let detail = detail.trim();
                self.add(file, key, format!("读不懂：{detail}"), format!("cannot be read: {detail}"));
                None
            }
        }
    }
}
