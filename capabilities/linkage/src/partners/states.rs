//! The tables by which words of other systems are understood: read from the catalogue, and refused with every hole named.

use crate::model::partner::Meaning;
use edge::Settings;
use platform::{Fault, Words};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

const FILE: (&str, &str) = ("linkage/states.toml", include_str!("../../../../catalog/linkage/states.toml"));
const TABLES_MAX: usize = 100;
const STATES_MAX: usize = 200;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: String,
    table: Vec<Table>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    key: String,
    zh: String,
    en: String,
    source: String,
    theirs: Vec<String>,
    means: BTreeMap<String, String>,
    ours: BTreeMap<String, String>,
}

/// A table, whole.
#[derive(Clone, Debug)]
pub(crate) struct StateTable {
    pub key: String,
    pub words: Words,
    pub source: String,
    means: BTreeMap<String, Meaning>,
    ours: BTreeMap<String, String>,
}

/// Every table there is.
#[derive(Clone, Debug)]
pub(crate) struct StateTables {
    pub version: String,
    tables: Vec<StateTable>,
}

impl StateTable {
    /// What a word of theirs means; none where the table does not know it. Case and spaces do not count.
    pub(crate) fn meaning(&self, theirs: &str) -> Option<Meaning> {
        self.means.get(&folded(theirs)).copied()
    }

    /// Their word for a state of ours.
    pub(crate) fn theirs(&self, ours: &str) -> Option<&str> {
        self.ours.get(ours).map(String::as_str)
    }
}

fn folded(word: &str) -> String {
    word.trim().to_lowercase().replace([' ', '-'], "_")
}

impl StateTables {
    /// Reads and checks the file against the states of the workflow.
    ///
    /// # Errors
    /// A fault that names every hole: a word without a meaning, a meaning without a word, a state of ours without a word.
    pub(crate) fn load(settings: &Settings, workflow_states: &BTreeSet<String>) -> Result<Self, Fault> {
        let text = settings.catalogue_text(FILE)?;
        Self::read(&text, workflow_states)
    }

    pub(crate) fn read(text: &str, workflow_states: &BTreeSet<String>) -> Result<Self, Fault> {
        let file: File = toml::from_str(text)
            .map_err(|e| Fault::broken(format!("{} cannot be read", FILE.0)).because(e))?;
        let mut faults = Vec::new();
        if file.table.len() > TABLES_MAX {
            faults.push(format!("has more than {TABLES_MAX} tables"));
        }
        let mut tables: Vec<StateTable> = Vec::new();
        for table in file.table {
            if tables.iter().any(|known| known.key == table.key) {
                faults.push(format!("{} is there twice", table.key));
            }
            faults.extend(
                holes_of(&table, workflow_states).into_iter().map(|what| format!("{}: {what}", table.key)),
            );
            tables.push(table.whole());
        }
        if faults.is_empty() {
            return Ok(Self { version: file.version, tables });
        }
        Err(Fault::broken(format!("{}: {}", FILE.0, faults.join("; "))))
    }

    pub(crate) fn table(&self, key: &str) -> Option<&StateTable> {
        self.tables.iter().find(|table| table.key == key)
    }

    pub(crate) fn all(&self) -> &[StateTable] {
        &self.tables
    }
}

impl Table {
    fn whole(self) -> StateTable {
        let means =
            self.means.iter().filter_map(|(word, meaning)| Some((word.clone(), Meaning::parse(meaning)?)));
        StateTable {
            means: means.collect(),
            key: self.key,
            words: Words::new(self.zh, self.en),
            source: self.source,
            ours: self.ours,
        }
    }
}

fn holes_of(table: &Table, workflow_states: &BTreeSet<String>) -> Vec<String> {
    let mut holes = Vec::new();
    if table.source.trim().is_empty() {
        holes.push("says no source".to_owned());
    }
    if table.theirs.len() > STATES_MAX {
        holes.push(format!("has more than {STATES_MAX} words"));
    }
    let theirs: BTreeSet<&String> = table.theirs.iter().collect();
    let without = theirs.iter().filter(|word| !table.means.contains_key(**word));
    holes.extend(without.map(|word| format!("'{word}' means nothing yet")));
    let unknown = table.means.keys().filter(|word| !theirs.contains(word));
    holes.extend(unknown.map(|word| format!("'{word}' is no word of theirs")));
    let unfolded = theirs.iter().filter(|word| folded(word) != ***word);
    holes.extend(unfolded.map(|word| format!("'{word}' is to be written '{}'", folded(word))));
    let wrong = table.means.iter().filter(|(_, meaning)| Meaning::parse(meaning).is_none());
    holes.extend(wrong.map(|(word, meaning)| format!("'{word}' cannot mean '{meaning}'")));
    let missing = workflow_states.iter().filter(|state| !table.ours.contains_key(*state));
    holes.extend(missing.map(|state| format!("our state '{state}' has no word")));
    let foreign = table.ours.iter().filter(|(_, word)| !theirs.contains(word));
    holes.extend(
        foreign.map(|(state, word)| format!("our state '{state}' is '{word}', which is no word of theirs")),
    );
    holes
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATES: &[&str] = &[
        "reported",
        "held",
        "accepted",
        "with_dispatcher",
        "assigned",
        "objected",
        "handling",
        "paused",
        "verifying",
        "confirming",
        "answered",
        "closed",
        "refused",
        "withdrawn",
        "merged",
        "archived",
    ];

    fn states() -> BTreeSet<String> {
        STATES.iter().map(|state| (*state).to_owned()).collect()
    }

    #[test]
    fn the_file_of_the_house_holds() {
        let tables = StateTables::read(FILE.1, &states()).expect("the file holds");
        let table = tables.table("updates").expect("the extended table");
        assert_eq!(table.meaning("Not councils responsibility"), Some(Meaning::NotOurs));
        assert_eq!(table.meaning("FIXED"), Some(Meaning::Done));
        assert_eq!(table.meaning("exploded"), None);
        assert_eq!(table.theirs("handling"), Some("in_progress"));
    }

    #[test]
    fn every_hole_is_named() {
        let wrong = [
            (FILE.1.replace("closed = \"done\"\n[table.ours]", "[table.ours]"), "'closed' means nothing yet"),
            (FILE.1.replacen("open = \"taken\"", "opened = \"taken\"", 1), "'opened' is no word of theirs"),
            (FILE.1.replacen("open = \"taken\"", "open = \"token\"", 1), "'open' cannot mean 'token'"),
            (FILE.1.replacen("paused = \"open\"\n", "", 1), "our state 'paused' has no word"),
            (
                FILE.1.replacen("paused = \"open\"", "paused = \"asleep\"", 1),
                "'asleep', which is no word of theirs",
            ),
            (FILE.1.replacen("key = \"updates\"", "key = \"georeport\"", 1), "georeport is there twice"),
            (
                FILE.1.replace("source = \"this project: docs/integrating.md\"", "source = \"\""),
                "says no source",
            ),
        ];
        for (text, said) in wrong {
            let fault = StateTables::read(&text, &states()).expect_err(said);
            assert!(format!("{fault:?}").contains(said), "{said}: {fault:?}");
        }
    }
}
