//! Every capability has the same inner shape, so that who knows one knows all.

use super::Finding;
use super::house::House;

/// The files of a capability's `src/` in reading order (each may be a folder of the same name). A capability with subjects of its
/// own (photos, routing) gives each a file or folder too, and introduces it by name in its README: there a reader looks.
const FILES: &[&str] = &[
    "lib",
    "model",
    "access",
    "commands",
    "queries",
    "store",
    "catalogue",
    "http",
    "pages",
    "reactions",
    "error",
];
/// Those no capability can do without.
const NEEDED: &[&str] = &["lib", "model", "access", "commands", "queries", "store", "http", "error"];
const README_LINES_MAX: usize = 60;

pub fn check(house: &House) -> Vec<Finding> {
    house.capabilities().into_iter().flat_map(|name| check_capability(house, name)).collect()
}

fn check_capability(house: &House, name: &str) -> Vec<Finding> {
    let folder = format!("capabilities/{name}/");
    let mut findings = Vec::new();
    for file in NEEDED {
        let is_there = house.below(&format!("{folder}src/{file}"), ".rs").next().is_some();
        if !is_there {
            findings.push(Finding::at(
                format!("{folder}src/{file}.rs"),
                "is missing",
                "see docs/adding-a-capability.md",
            ));
        }
    }
    let introduced = house.text(&format!("{folder}README.md")).unwrap_or_default();
    for (path, _) in house.below(&format!("{folder}src/"), ".rs") {
        let part = path[folder.len() + "src/".len()..].split(['/', '.']).next().unwrap_or_default();
        if !FILES.contains(&part) && !introduced.contains(&format!("`{part}`")) {
            let mend = "put it in the folder of the kind it belongs to (say src/model/), or introduce `its name` in the README";
            findings.push(Finding::at(path, "is a new kind of file", mend));
        }
    }
    let readme = format!("{folder}README.md");
    match house.text(&readme).map(|text| text.lines().count()) {
        None => findings.push(Finding::at(
            readme,
            "is missing",
            "write its words, its rules, who may, what it publishes",
        )),
        Some(lines) if lines > README_LINES_MAX => {
            findings.push(Finding::at(
                readme,
                format!("has {lines} lines"),
                "keep it short; details belong beside the code",
            ));
        }
        Some(_) => {}
    }
    if house.below(&format!("{folder}migrations/"), ".sql").next().is_none() {
        findings.push(Finding::at(
            format!("{folder}migrations/"),
            "is empty",
            "see docs/adding-a-capability.md",
        ));
    }
    if !house
        .text("crates/server/src/capabilities.rs")
        .is_some_and(|list| list.contains(&format!("{name}::CAPABILITY")))
    {
        let place = "crates/server/src/capabilities.rs";
        findings.push(Finding::at(place, format!("does not list {name}::CAPABILITY"), "add its line"));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_found, assert_kept};

    #[test]
    fn capabilities_have_the_one_shape() {
        assert_kept(super::check);
    }

    #[test]
    fn a_new_kind_of_file_is_found() {
        let src = |name: &str| format!("capabilities/cases/src/{name}");
        let mut files: Vec<(String, &str)> = [
            "lib.rs",
            "model/a.rs",
            "access.rs",
            "commands.rs",
            "queries.rs",
            "store.rs",
            "http.rs",
            "manager.rs",
        ]
        .map(|name| (src(name), "//! x"))
        .to_vec();
        files.push(("capabilities/cases/Cargo.toml".into(), ""));
        files.push(("capabilities/cases/README.md".into(), "Words."));
        files.push(("crates/server/src/capabilities.rs".into(), "&cases::CAPABILITY"));
        let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), *text)).collect();
        let places = [
            "capabilities/cases/migrations/",
            "capabilities/cases/src/error.rs",
            "capabilities/cases/src/manager.rs",
        ];
        assert_found(super::check, &files, &places);
    }
}
