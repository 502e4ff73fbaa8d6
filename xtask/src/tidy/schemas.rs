//! Names in the description of the API: two shapes of one name would stand in one another's place there, and clients would read the wrong one.

use super::Finding;
use super::house::House;
use std::collections::BTreeMap;

const MEND: &str = "give one of them a name that says what it is, in Rust or by `#[schema(as = …)]`";
const NAMES: [&str; 3] = ["struct ", "enum ", "type "];

pub fn check(house: &House) -> Vec<Finding> {
    let mut first: BTreeMap<String, &str> = BTreeMap::new();
    let mut findings = Vec::new();
    for (path, text) in house.below("capabilities/", ".rs").chain(house.below("crates/", ".rs")) {
        for (line, name) in described(text) {
            match first.get(&name) {
                Some(other) => {
                    let what = format!("the description has a {name} already, from {other}");
                    findings.push(Finding::at_line(path, line, what, MEND));
                }
                None => drop(first.insert(name, path)),
            }
        }
    }
    findings
}

/// Types that stand in the description, with the line of their `derive`.
fn described(text: &str) -> Vec<(usize, String)> {
    let lines: Vec<&str> = text.lines().collect();
    let derives = lines
        .iter()
        .enumerate()
        .filter(|(_, line)| line.starts_with("#[derive(") && line.contains("ToSchema"));
    derives.filter_map(|(at, _)| Some((at, name_behind(&lines[at + 1..])?))).collect()
}

fn name_behind(lines: &[&str]) -> Option<String> {
    let mut told = None;
    for line in lines {
        if let Some((_, rest)) = line.split_once("schema(as = ") {
            told = Some(word(rest));
        }
        if line.starts_with("pub") {
            let own = NAMES.iter().find_map(|kind| line.split_once(kind)).map(|(_, rest)| word(rest));
            return told.or(own);
        }
    }
    None
}

fn word(text: &str) -> String {
    text.chars().take_while(|one| one.is_alphanumeric() || *one == '_').collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_found, assert_kept};

    #[test]
    fn every_shape_of_the_description_has_a_name_of_its_own() {
        assert_kept(super::check);
    }

    #[test]
    fn two_shapes_of_one_name_are_found() {
        let files = [
            (
                "capabilities/a/src/one.rs",
                "#[derive(Serialize, ToSchema)]\n/// Doors.\npub struct Tally {\n}\n",
            ),
            (
                "capabilities/b/src/two.rs",
                "#[derive(Debug, ToSchema)]\n#[schema(as = Tally)]\npub(crate) enum Rows {\n}\n",
            ),
            (
                "capabilities/b/src/three.rs",
                "#[derive(Debug, ToSchema)]\n#[schema(as = Lines)]\npub struct Tally {\n}\n",
            ),
        ];
        assert_found(super::check, &files, &["capabilities/b/src/two.rs:1"]);
    }
}
