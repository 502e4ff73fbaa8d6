//! The house's rules, as tests. A rule reads the checkout as text and says where it is broken and how to mend it.
//!
//! Each rule group is one file here with a `check`; every group is tested twice: the house keeps it, and a house
//! that breaks it is told so.

mod arrows;
mod files;
mod house;
mod migrations;
mod papers;
mod purity;
mod schemas;
mod shape;
mod sql;
mod words;

pub use migrations::lock_migrations;

use std::fmt;

use crate::shell::Outcome;
use house::House;

/// One broken rule: where, what, and how to mend it.
#[derive(Debug, PartialEq)]
pub struct Finding {
    place: String,
    what: String,
    mend: &'static str,
}

impl Finding {
    fn at(place: impl Into<String>, what: impl Into<String>, mend: &'static str) -> Self {
        Self { place: place.into(), what: what.into(), mend }
    }

    fn at_line(path: &str, line: usize, what: impl Into<String>, mend: &'static str) -> Self {
        Self::at(format!("{path}:{}", line + 1), what, mend)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}\n    mend: {}", self.place, self.what, self.mend)
    }
}

type Rule = fn(&House) -> Vec<Finding>;

const RULES: &[Rule] = &[
    arrows::check,
    files::check,
    migrations::check,
    papers::check,
    purity::check,
    schemas::check,
    shape::check,
    sql::check,
    words::check,
];

/// The verb `tidy`: the same rules as the tests, for the impatient.
///
/// # Errors
/// A rule is broken; every finding is printed.
pub fn all(_words: &[String]) -> Outcome {
    let house = House::read()?;
    let findings: Vec<Finding> = RULES.iter().flat_map(|rule| rule(&house)).collect();
    for finding in &findings {
        println!("{finding}");
    }
    if findings.is_empty() { Ok(()) } else { Err(format!("{} places are not tidy", findings.len())) }
}

#[cfg(test)]
mod testing {
    //! The two tests every group has.

    use super::{House, Rule};

    /// The checkout itself keeps the rule.
    pub fn assert_kept(rule: Rule) {
        let findings = rule(&House::read().expect("the checkout can be read"));
        let told: Vec<String> = findings.iter().map(ToString::to_string).collect();
        assert!(told.is_empty(), "\n{}\n", told.join("\n"));
    }

    /// A made-up house breaks the rule in exactly the places named.
    pub fn assert_found(rule: Rule, files: &[(&str, &str)], places: &[&str]) {
        let findings = rule(&House::of(files));
        let mut found: Vec<&str> = findings.iter().map(|finding| finding.place.as_str()).collect();
        found.sort_unstable();
        assert_eq!(found, places, "{findings:#?}");
    }
}
