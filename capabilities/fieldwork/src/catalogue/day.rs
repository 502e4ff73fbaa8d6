//! The sentences of a day report: catalog/fieldwork/day.toml, checked when loaded.

use crate::model::{DayLine, DayTold};
use edge::Settings;
use platform::{Fault, Words};
use serde::Deserialize;
use std::collections::BTreeMap;

const DAY: (&str, &str) = ("fieldwork/day.toml", include_str!("../../../../catalog/fieldwork/day.toml"));

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    source: String,
    #[expect(dead_code, reason = "for readers")]
    version: String,
    nothing: Words,
    group: Vec<RawGroup>,
    line: Vec<RawLine>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawGroup {
    key: String,
    zh: String,
    en: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLine {
    key: String,
    group: String,
    zh: String,
    en: String,
}

/// The words of day reports; on the shelf.
#[derive(Clone, Debug)]
pub struct DayBook {
    /// Of a day on which nothing was recorded.
    pub nothing: Words,
    /// Key and words, in the order of the report.
    pub groups: Vec<(String, Words)>,
    lines: BTreeMap<DayLine, Sentence>,
}

#[derive(Clone, Debug)]
struct Sentence {
    group: String,
    zh: String,
    en: String,
}

impl DayBook {
    /// Reads and checks the file.
    ///
    /// # Errors
    /// A fault that names the file and what is wrong in it: a sentence that is missing, unknown or of no group, one without its number.
    pub fn load(settings: &Settings) -> Result<Self, Fault> {
        Self::read(&settings.catalogue_text(DAY)?)
    }

    fn read(text: &str) -> Result<Self, Fault> {
        let raw: Raw = toml::from_str(text)
            .map_err(|e| Fault::broken(format!("{} cannot be read", DAY.0)).because(e))?;
        let faults = faults_of(&raw);
        if !faults.is_empty() {
            return Err(Fault::broken(format!("{}: {}", DAY.0, faults.join("; "))));
        }
        let sentence = |line: RawLine| {
            Some((DayLine::parse(&line.key)?, Sentence { group: line.group, zh: line.zh, en: line.en }))
        };
        Ok(Self {
            nothing: raw.nothing,
            groups: raw.group.into_iter().map(|group| (group.key, Words::new(group.zh, group.en))).collect(),
            lines: raw.line.into_iter().filter_map(sentence).collect(),
        })
    }

    /// The group a sentence stands in.
    pub fn group_of(&self, line: DayLine) -> &str {
        self.lines.get(&line).map_or("", |sentence| sentence.group.as_str())
    }

    /// The sentence of what was done.
    pub fn words_of(&self, told: &DayTold) -> Words {
        let Some(sentence) = self.lines.get(&told.line) else { return Words::default() };
        let joined = |with: &str, part: fn(&Words) -> &str| {
            told.parts.iter().map(|(words, n)| format!("{} {n}", part(words))).collect::<Vec<_>>().join(with)
        };
        let fill = |text: &str, parts: String| {
            text.replace("{n}", &told.count.to_string()).replace("{parts}", &parts)
        };
        Words::new(
            fill(&sentence.zh, joined("、", |words| &words.zh)),
            fill(&sentence.en, joined(", ", |words| &words.en)),
        )
    }
}

fn faults_of(raw: &Raw) -> Vec<String> {
    let mut faults = Vec::new();
    let missing = DayLine::ALL.iter().filter(|line| !raw.line.iter().any(|one| one.key == line.as_str()));
    faults.extend(missing.map(|line| format!("{} has no sentence", line.as_str())));
    for line in &raw.line {
        if DayLine::parse(&line.key).is_none() {
            faults.push(format!("{} is no sentence", line.key));
        }
        if !raw.group.iter().any(|group| group.key == line.group) {
            faults.push(format!("{} is of no group", line.key));
        }
        if ![&line.zh, &line.en].iter().all(|text| text.contains("{n}")) {
            faults.push(format!("{} does not say how many", line.key));
        }
    }
    if raw.source.trim().is_empty() {
        faults.push("says no source".to_owned());
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::{DAY, DayBook};
    use crate::model::{DayLine, DayTold};
    use platform::Words;

    #[test]
    fn the_file_of_the_house_holds_and_makes_sentences() {
        let book = DayBook::read(DAY.1).expect("the file holds");
        let parts = vec![(Words::of("无变化", "unchanged"), 3), (Words::of("有变化", "changed"), 1)];
        let told = DayTold { line: DayLine::VisitsDone, count: 4, parts, deeds: Vec::new() };
        let words = book.words_of(&told);
        assert_eq!(words.zh, "走访 4 户：无变化 3、有变化 1。");
        assert_eq!(words.en, "Visits made: 4 (unchanged 3, changed 1).");
        assert_eq!(book.group_of(DayLine::FormsFilled), "register");
    }

    #[test]
    fn what_is_wrong_in_the_file_is_named() {
        let wrong = [
            (DAY.1.replace("key = \"forms_filled\"", "key = \"forms\""), "forms_filled has no sentence"),
            (DAY.1.replace("key = \"forms_filled\"", "key = \"forms\""), "forms is no sentence"),
            (DAY.1.replace("key = \"patrols\"", "key = \"rounds\""), "patrols_done is of no group"),
            (DAY.1.replace("上报 {n} 件", "上报了"), "cases_reported does not say how many"),
        ];
        for (text, said) in wrong {
            let fault = DayBook::read(&text).expect_err(said);
            assert!(format!("{fault:?}").contains(said), "{fault:?}");
        }
    }
}
