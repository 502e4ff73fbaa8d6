//! What every file keeps: a purpose in its first line, a bearable length, a name that says something, nothing left over.

use super::Finding;
use super::house::House;

const LINES_MAX: usize = 600;

/// Files allowed past [`LINES_MAX`]. It only shrinks: an entry that is no longer needed is a finding.
const LONG_ALLOWED: &[&str] = &[];

/// Names that say nothing about what is inside.
const EMPTY_NAMES: &[&str] = &["utils", "util", "common", "helpers", "helper", "services", "misc", "manager"];

/// Leftovers. Split, so that this file does not find itself.
const LEFTOVERS: &[&str] =
    &[concat!("todo", "!("), concat!("unimplemented", "!("), concat!("dbg", "!("), concat!("FIX", "ME")];

/// Places that exist on one machine only. Split for the same reason.
const MACHINE_PATHS: &[&str] =
    &[concat!("/wo", "rk/"), concat!("/ho", "me/"), concat!("/ro", "ot/"), concat!("/Us", "ers/")];

pub fn check(house: &House) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in house.files() {
        if path.ends_with(".rs") && !text.starts_with("//!") {
            findings.push(Finding::at(
                path,
                "does not open with its purpose",
                "say in a first line `//! …` what it is for",
            ));
        }
        if is_code(path) {
            findings.extend(check_length(path, text));
            findings.extend(check_leftovers(path, text));
        }
        if !path.ends_with("package-lock.json") {
            findings.extend(find_words(
                path,
                text,
                MACHINE_PATHS,
                "a path of one machine",
                "make it relative",
            ));
        }
        findings.extend(check_name(path));
    }
    findings.extend(check_allowed(house));
    findings.extend(check_registries(house));
    findings
}

/// What people write. Declarations (`.d.ts`) are made by a program.
fn is_code(path: &str) -> bool {
    let written = [".rs", ".ts", ".mjs", ".vue", ".css", ".html"].iter().any(|ending| path.ends_with(ending));
    written && !path.ends_with(".d.ts")
}

fn check_length(path: &str, text: &str) -> Option<Finding> {
    let lines = text.lines().count();
    let mend = "make it a folder of the same name, one file per verb or per thing";
    (lines > LINES_MAX && !LONG_ALLOWED.contains(&path))
        .then(|| Finding::at(path, format!("has {lines} lines, the limit is {LINES_MAX}"), mend))
}

fn check_allowed(house: &House) -> Vec<Finding> {
    let is_long = |path: &&&str| house.text(path).is_some_and(|text| text.lines().count() > LINES_MAX);
    let stale = LONG_ALLOWED.iter().filter(|path| !is_long(path));
    stale
        .map(|path| {
            Finding::at(*path, "is no longer long", "take it out of LONG_ALLOWED in xtask/src/tidy/files.rs")
        })
        .collect()
}

fn check_leftovers(path: &str, text: &str) -> Vec<Finding> {
    find_words(path, text, LEFTOVERS, "a leftover", "finish it, or take it out")
}

fn check_name(path: &str) -> Option<Finding> {
    let empty = path
        .split('/')
        .map(|part| part.split('.').next().unwrap_or_default())
        .find(|part| EMPTY_NAMES.contains(part))?;
    Some(Finding::at(
        path,
        format!("the name `{empty}` says nothing"),
        "name it after the one thing it is about",
    ))
}

/// Packages come from wherever the reader's tools get them: no lock or setting may name a host.
fn check_registries(house: &House) -> Vec<Finding> {
    let resolved = |text: &str| text.lines().position(|line| line.contains("\"resolved\": \"http"));
    let mut findings = Vec::new();
    for (path, text) in house.below("", "package-lock.json") {
        if let Some(line) = resolved(text) {
            let mend = "npm config set omit-lockfile-registry-resolved true, then npm install";
            findings.push(Finding::at_line(path, line, "names a registry host", mend));
        }
    }
    for (path, _) in house.below("", ".npmrc") {
        findings.push(Finding::at(path, "settings of one machine", "remove it"));
    }
    findings
}

fn find_words(path: &str, text: &str, words: &[&str], what: &str, mend: &'static str) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (number, line) in text.lines().enumerate() {
        for word in words.iter().filter(|word| holds_word(line, word)) {
            findings.push(Finding::at_line(path, number, format!("{what} (`{word}`)"), mend));
        }
    }
    findings
}

/// Behind a bracket it is a step of another kind of path: that of a form's list of choices begins so.
fn holds_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| !line[..at].ends_with(')'))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_found, assert_kept};

    #[test]
    fn files_are_short_named_and_finished() {
        assert_kept(super::check);
    }

    #[test]
    fn a_long_nameless_unfinished_file_is_found() {
        let long = format!("//! Long.\n{}", "\n".repeat(600));
        let files = [
            ("crates/a/src/long.rs", long.as_str()),
            ("crates/a/src/utils.rs", "//! Things."),
            ("crates/a/src/bare.rs", concat!("fn a() {\n    to", "do!()\n}")),
            ("web/package-lock.json", "{\n\"resolved\": \"https://somewhere/a.tgz\""),
            ("docs/operating.md", concat!("look in /ro", "ot/mulin")),
        ];
        let places = [
            "crates/a/src/bare.rs",
            "crates/a/src/bare.rs:2",
            "crates/a/src/long.rs",
            "crates/a/src/utils.rs",
            "docs/operating.md:1",
            "web/package-lock.json:2",
        ];
        let files = files.map(|(path, text)| (path, text.to_string()));
        let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
        assert_found(super::check, &files, &places);
    }
}
