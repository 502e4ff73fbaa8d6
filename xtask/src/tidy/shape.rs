//! Every capability has the same inner shape, so that who knows one knows all.

use super::Finding;
use super::house::House;
use std::collections::BTreeMap;

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
    let mut findings: Vec<Finding> =
        house.capabilities().into_iter().flat_map(|name| check_capability(house, name)).collect();
    findings.extend(check_schema_names(house));
    findings
}

/// The API's description keeps one shape per name: of two types with the same name it would silently describe only one.
fn check_schema_names(house: &House) -> Vec<Finding> {
    let mut known: BTreeMap<String, &str> = BTreeMap::new();
    let mut findings = Vec::new();
    for (path, text) in house.rust() {
        for name in schema_names(text) {
            if let Some(first) = known.insert(name.clone(), path) {
                let what = format!("describes {name} to the API; so does {first}");
                findings.push(Finding::at(path, what, "give one of them another name"));
            }
        }
    }
    findings
}

/// Names of the types that derive `ToSchema`.
fn schema_names(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut derived = false;
    for line in text.lines().map(str::trim_start) {
        derived |= line.starts_with("#[derive(") && line.contains("ToSchema");
        let words: Vec<&str> = line.split([' ', '<', '(', '{', ';']).collect();
        if let Some(at) = words.iter().position(|word| matches!(*word, "struct" | "enum"))
            && !line.starts_with("//")
        {
            if derived && let Some(name) = words.get(at + 1) {
                names.push((*name).to_owned());
            }
            derived = false;
        }
    }
    names
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

    #[test]
    fn two_shapes_of_one_name_are_found() {
        let one = "#[derive(Debug, Serialize, ToSchema)]\npub struct PostView {";
        let files =
            [("capabilities/cases/src/view.rs", one), ("capabilities/territory/src/http/views.rs", one)];
        let found = super::check_schema_names(&super::House::of(&files));
        assert_eq!(found.len(), 1, "{found:?}");
        let alone = [("capabilities/cases/src/view.rs", one), ("crates/x/src/lib.rs", "struct PostView {")];
        assert!(super::check_schema_names(&super::House::of(&alone)).is_empty());
    }
}
