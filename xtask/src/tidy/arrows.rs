//! Who may use whom: every manifest is held against the table of arrows in ARCHITECTURE.md.
//!
//! The table's order is the order of the house, lowest first: an arrow may only point to a line above, so there is
//! no way round in a circle. An arrow nobody uses is a finding too: the table tells what is, not what might be.

use std::collections::{BTreeMap, BTreeSet};

use super::Finding;
use super::house::House;

const PAPER: &str = "ARCHITECTURE.md";
const TABLE_START: &str = "```arrows\n";
const MEND_MANIFEST: &str = "remove the dependency; or, if the arrow is meant, add it to the table in ARCHITECTURE.md \
                             with a decision record";
const MEND_TABLE: &str = "bring the table in ARCHITECTURE.md and the manifests together";

/// Crate → the crates of ours it may use, in the order of the table.
type Arrows<'a> = Vec<(&'a str, BTreeSet<&'a str>)>;

pub fn check(house: &House) -> Vec<Finding> {
    let Some(arrows) = house.text(PAPER).and_then(parse_table) else {
        return vec![Finding::at(PAPER, "has no table of arrows (a block ```arrows)", MEND_TABLE)];
    };
    let mut findings = check_order(&arrows);
    let manifests = manifests(house);
    let known: BTreeSet<&str> = manifests.keys().copied().collect();
    for (name, path) in &manifests {
        let Some((_, allowed)) = arrows.iter().find(|(line, _)| line == name) else {
            findings.push(Finding::at(*path, format!("{name} is not in the table of arrows"), MEND_TABLE));
            continue;
        };
        findings.extend(check_manifest(house, path, &known, allowed));
    }
    for (name, _) in arrows.iter().filter(|(name, _)| !known.contains(name)) {
        findings.push(Finding::at(
            PAPER,
            format!("the table names {name}, which does not exist"),
            MEND_TABLE,
        ));
    }
    findings
}

fn parse_table(paper: &str) -> Option<Arrows<'_>> {
    let table = paper.split_once(TABLE_START)?.1.split_once("```")?.0;
    Some(
        table
            .lines()
            .filter_map(|line| line.split_once("->"))
            .map(|(name, uses)| (name.trim(), uses.split_whitespace().collect()))
            .collect(),
    )
}

fn check_order(arrows: &Arrows<'_>) -> Vec<Finding> {
    let mut above = BTreeSet::new();
    let mut findings = Vec::new();
    for (name, uses) in arrows {
        for used in uses.difference(&above) {
            let what = format!("{name} -> {used} points to a line that is not above it");
            findings.push(Finding::at(PAPER, what, "turn the need into a fact the upper one reacts to"));
        }
        above.insert(*name);
    }
    findings
}

/// Every crate of ours: name → path of its manifest.
fn manifests(house: &House) -> BTreeMap<&str, &str> {
    house
        .below("", "/Cargo.toml")
        .filter_map(|(path, _)| Some((path.strip_suffix("/Cargo.toml")?.rsplit('/').next()?, path)))
        .collect()
}

fn check_manifest(
    house: &House,
    path: &str,
    known: &BTreeSet<&str>,
    allowed: &BTreeSet<&str>,
) -> Vec<Finding> {
    let manifest: toml::Table = match house.text(path).unwrap_or_default().parse() {
        Ok(manifest) => manifest,
        Err(error) => return vec![Finding::at(path, error.to_string(), "write valid TOML")],
    };
    let ours = |section: &str| -> BTreeSet<&str> {
        let names =
            manifest.get(section).and_then(toml::Value::as_table).into_iter().flat_map(toml::Table::keys);
        names.filter_map(|name| known.get(name.as_str()).copied()).collect()
    };
    let (uses, tests_use) = (ours("dependencies"), ours("dev-dependencies"));
    let forbidden = uses.difference(allowed).map(|name| format!("uses {name} without an arrow"));
    let unused =
        allowed.difference(&uses).map(|name| format!("does not use {name}, though the table has the arrow"));
    let strange = tests_use.iter().filter(|name| **name != "testkit" && !allowed.contains(*name));
    let strange = strange.map(|name| format!("its tests use {name} without an arrow"));
    let forbidden = forbidden.chain(strange).map(|what| Finding::at(path, what, MEND_MANIFEST));
    forbidden.chain(unused.map(|what| Finding::at(path, what, MEND_TABLE))).collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_found, assert_kept};

    #[test]
    fn the_house_keeps_its_arrows() {
        assert_kept(super::check);
    }

    #[test]
    fn an_arrow_upwards_is_found() {
        let table = "```arrows\nplatform ->\nstore -> platform\ncases -> store\n```";
        let files = [
            ("ARCHITECTURE.md", table),
            ("crates/platform/Cargo.toml", "[dependencies]\ncases.workspace = true"),
            (
                "crates/store/Cargo.toml",
                "[dependencies]\nplatform = { path = \"../platform\" }\nserde = \"1\"",
            ),
            (
                "capabilities/cases/Cargo.toml",
                "[dependencies]\n[dev-dependencies]\nplatform.workspace = true",
            ),
        ];
        let cases = "capabilities/cases/Cargo.toml";
        assert_found(super::check, &files, &[cases, cases, "crates/platform/Cargo.toml"]);
    }

    #[test]
    fn a_table_with_a_circle_is_found() {
        let files = [
            ("ARCHITECTURE.md", "```arrows\na -> b\nb ->\n```"),
            ("crates/a/Cargo.toml", "[dependencies]\nb.workspace = true"),
            ("crates/b/Cargo.toml", ""),
        ];
        assert_found(super::check, &files, &["ARCHITECTURE.md"]);
    }
}
