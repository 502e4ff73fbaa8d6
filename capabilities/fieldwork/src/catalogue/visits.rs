//! Whom workers visit by rule: catalog/visits/rules.toml, from the program or from a district's own folder, checked when loaded.

use super::parse;
use crate::model::{Basis, Every, VisitRule};
use edge::Settings;
use platform::{Fault, Words};
use registry::{Catalogue, Ground};
use serde::Deserialize;

const RULES: (&str, &str) = ("visits/rules.toml", include_str!("../../../../catalog/visits/rules.toml"));
/// Rules of one district: each is asked of every grid each night.
const RULES_MAX: usize = 40;
/// A visit of a day is a mistake of the file.
const MINUTES_MAX: i64 = 480;
const WEEK_MINUTES_MAX: i64 = 7 * 24 * 60;

/// The rules, on the shelf.
#[derive(Clone, Debug)]
pub struct VisitBook {
    /// Where the rules are from.
    pub source: String,
    pub version: String,
    /// In their order: the first are planned first where hours are short.
    pub rules: Vec<VisitRule>,
    /// What one worker has for visits in a week.
    pub minutes_per_week: i64,
    /// Where that number is from.
    pub hours_source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    source: String,
    version: String,
    hours: Hours,
    #[serde(default)]
    rule: Vec<Rule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Hours {
    minutes_per_week: i64,
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    key: String,
    zh: String,
    en: String,
    whom: Whom,
    every: Every,
    minutes: i64,
    service: Option<Words>,
    basis: BasisWords,
    reason: Words,
    asks: Words,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Whom {
    fact: Option<String>,
    age_from: Option<i32>,
    #[serde(default)]
    alone: bool,
    child_below_months: Option<i32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BasisWords {
    #[serde(default)]
    consent: bool,
    law: Option<String>,
}

impl VisitBook {
    /// Reads and checks the file.
    ///
    /// # Errors
    /// A fault that names the file, the rule and what is wrong with it: a fact that the register does not know or of which workers are not
    /// told, a rule without a service, without or with two grounds, without or with two bases, a number that cannot be meant.
    pub fn load(settings: &Settings, catalogue: &Catalogue) -> Result<Self, Fault> {
        Self::read(&settings.catalogue_text(RULES)?, catalogue)
    }

    fn read(text: &str, catalogue: &Catalogue) -> Result<Self, Fault> {
        let file: File = parse(RULES.0, text)?;
        let mut faults = faults_of(&file);
        let mut rules = Vec::new();
        for rule in file.rule {
            let key = rule.key.clone();
            match rule.checked(catalogue) {
                Ok(rule) => rules.push(rule),
                Err(what) => faults.push(format!("{key} {what}")),
            }
        }
        if !faults.is_empty() {
            return Err(Fault::broken(format!("{}: {}", RULES.0, faults.join("; "))));
        }
        let Hours { minutes_per_week, source: hours_source } = file.hours;
        Ok(Self { source: file.source, version: file.version, rules, minutes_per_week, hours_source })
    }

    /// The rule of a key, while it is in force.
    pub fn rule(&self, key: &str) -> Option<&VisitRule> {
        self.rules.iter().find(|rule| rule.key == key)
    }
}

fn faults_of(file: &File) -> Vec<String> {
    let mut faults = Vec::new();
    if file.source.trim().is_empty() || file.version.trim().is_empty() || file.hours.source.trim().is_empty()
    {
        faults.push("says no source or version".to_owned());
    }
    if !(0..=WEEK_MINUTES_MAX).contains(&file.hours.minutes_per_week) {
        faults.push(format!("a week has no {} minutes", file.hours.minutes_per_week));
    }
    if file.rule.len() > RULES_MAX {
        faults.push(format!("has more than {RULES_MAX} rules"));
    }
    let keys = file.rule.iter().enumerate();
    let twice = keys.filter(|(at, rule)| file.rule[..*at].iter().any(|other| other.key == rule.key));
    faults.extend(twice.map(|(_, rule)| format!("{} is there twice", rule.key)));
    faults
}

impl Rule {
    fn checked(self, catalogue: &Catalogue) -> Result<VisitRule, String> {
        let is_key = !self.key.is_empty()
            && self.key.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        if !is_key {
            return Err("is no key: small letters, digits and _".to_owned());
        }
        let is_said = |words: &Words| !words.zh.trim().is_empty() && !words.en.trim().is_empty();
        let service = self
            .service
            .filter(is_said)
            .ok_or("names no service: a visit is to be of use to who is visited")?;
        let words = Words::new(self.zh, self.en);
        if ![&words, &self.reason, &self.asks].into_iter().all(is_said) {
            return Err("lacks words in one of the languages".to_owned());
        }
        if !(1..=MINUTES_MAX).contains(&self.minutes) {
            return Err(format!("takes {} minutes", self.minutes));
        }
        let basis = match (self.basis.consent, self.basis.law.filter(|law| !law.trim().is_empty())) {
            (true, None) => Basis::Consent,
            (false, Some(law)) => Basis::Law(law),
            _ => return Err("has one basis: consent, or a law".to_owned()),
        };
        let ground = self.whom.ground(catalogue)?;
        let (key, every, minutes, reason, asks) =
            (self.key, self.every, self.minutes, self.reason, self.asks);
        Ok(VisitRule { key, words, ground, every, minutes, service, basis, reason, asks })
    }
}

impl Whom {
    fn ground(self, catalogue: &Catalogue) -> Result<Ground, String> {
        const YEARS_MAX: i32 = 120;
        const MONTHS_MAX: i32 = 18 * 12;
        match (self.fact, self.age_from, self.child_below_months) {
            (Some(key), None, None) if !self.alone => {
                let fact =
                    catalogue.fact(&key).ok_or_else(|| format!("is for {key}, which is no service fact"))?;
                // Who visits learns why: that is no way to a fact that is not for workers.
                if !fact.to.iter().any(|to| to == "grid") {
                    return Err(format!("is for {key}, of which workers are not told"));
                }
                Ok(Ground::Fact(key))
            }
            (None, Some(years), None) if (1..=YEARS_MAX).contains(&years) => {
                Ok(Ground::AgeFrom { years, is_alone: self.alone })
            }
            (None, None, Some(months)) if (1..=MONTHS_MAX).contains(&months) && !self.alone => {
                Ok(Ground::ChildBelow { months })
            }
            _ => Err("has one ground: fact, age_from (alone or not), or child_below_months".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    //! The file of the house holds; what is wrong in one is named with the rule.
    use super::{RULES, VisitBook};
    use crate::model::{Basis, Every};
    use edge::Settings;
    use registry::{Catalogue, Ground};

    fn catalogue() -> Catalogue {
        Catalogue::load(&Settings::default()).expect("the register's catalogue holds")
    }

    #[test]
    fn the_file_of_the_house_holds() {
        let book = VisitBook::read(RULES.1, &catalogue()).expect("the file holds");
        let rule = book.rule("lives_alone_80").expect("the first rule");
        assert_eq!((rule.every, &rule.ground), (Every::Week, &Ground::Fact("lives_alone_80".to_owned())));
        assert!(matches!(&rule.basis, Basis::Law(law) if law.contains("73")));
        assert!(book.rule("new_baby").is_some_and(|rule| rule.needs_consent()));
    }

    #[test]
    fn what_is_wrong_in_the_file_is_named() {
        let service = RULES.1.lines().find(|line| line.starts_with("service = ")).expect("a service");
        let wrong = [
            (
                "fact = \"lives_alone_80\"",
                "fact = \"suspicious\"",
                "lives_alone_80 is for suspicious, which is no service fact",
            ),
            ("fact = \"lives_alone_80\"", "fact = \"veteran\"", "of which workers are not told"),
            (service, "", "lives_alone_80 names no service"),
            ("child_below_months = 12", "child_below_months = 12, age_from = 60", "new_baby has one ground"),
            ("whom = { age_from = 90 }", "whom = { age_from = 900 }", "aged_90 has one ground"),
            ("minutes = 15", "minutes = 0", "lives_alone takes 0 minutes"),
            ("key = \"aged_90\"", "key = \"new_baby\"", "new_baby is there twice"),
            ("minutes_per_week = 600", "minutes_per_week = 600000", "a week has no"),
            ("basis = { consent = true }", "basis = { }", "lives_alone has one basis"),
            ("every = \"week\"", "every = \"hour\"", "cannot be read"),
        ];
        for (right, replaced, said) in wrong {
            let fault = VisitBook::read(&RULES.1.replacen(right, replaced, 1), &catalogue()).expect_err(said);
            let told = format!("{fault:?}");
            assert!(told.contains(said) && told.contains("visits/rules.toml"), "{told}");
        }
    }
}
