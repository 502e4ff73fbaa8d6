//! The papers tell what is: every decision is in the index, every table in the glossary, every command in the Makefile.

use super::Finding;
use super::house::House;

const DECISIONS: &str = "docs/decisions/";
const INDEX: &str = "docs/decisions/index.md";
const GLOSSARY: &str = "GLOSSARY.md";

pub fn check(house: &House) -> Vec<Finding> {
    let mut findings = check_decisions(house);
    findings.extend(check_glossary(house));
    findings.extend(check_commands(house));
    findings.extend(check_links(house));
    findings
}

fn check_decisions(house: &House) -> Vec<Finding> {
    let index = house.text(INDEX).unwrap_or_default();
    house
        .below(DECISIONS, ".md")
        .filter(|(path, _)| *path != INDEX && !index.contains(&format!("({})", &path[DECISIONS.len()..])))
        .map(|(path, _)| Finding::at(path, "is not in the index", "add its line to docs/decisions/index.md"))
        .collect()
}

fn check_glossary(house: &House) -> Vec<Finding> {
    let glossary = house.text(GLOSSARY).unwrap_or_default();
    let mend = "add a row to GLOSSARY.md: 中文, English, table, API field";
    let mut findings = Vec::new();
    for (path, text) in house.below("", ".sql").filter(|(path, _)| path.contains("/migrations/")) {
        for (number, line) in text.lines().enumerate() {
            let table = created_table(line).filter(|table| !glossary.contains(&format!("`{table}`")));
            if let Some(table) = table {
                let what = format!("the table {table} is not in the glossary");
                findings.push(Finding::at_line(path, number, what, mend));
            }
        }
    }
    findings
}

/// The name in a line that creates a table, plain or virtual.
fn created_table(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let rest = line.strip_prefix("create table ").or_else(|| line.strip_prefix("create virtual table "))?;
    rest.trim_start_matches("if not exists ").split([' ', '(']).next()
}

/// Every `make …` and `cargo xtask …` a paper tells the reader to type exists.
fn check_commands(house: &House) -> Vec<Finding> {
    let makefile = house.text("Makefile").unwrap_or_default();
    let verbs = house.text("xtask/src/main.rs").unwrap_or_default();
    let has_target = |name: &str| makefile.lines().any(|line| line.starts_with(&format!("{name}:")));
    let has_verb = |name: &str| verbs.contains(&format!("name: \"{name}\""));
    let mut findings = Vec::new();
    for (path, text) in house.below("", ".md") {
        for (number, line) in text.lines().enumerate() {
            let wrong =
                words_after(line, "`make ").find(|name| !has_target(name)).map(|name| format!("make {name}"));
            let wrong = wrong.or_else(|| {
                words_after(line, "cargo xtask ")
                    .find(|name| !has_verb(name))
                    .map(|name| format!("cargo xtask {name}"))
            });
            if let Some(command) = wrong {
                let mend = "name a target of the Makefile, or a verb of xtask/src/main.rs";
                findings.push(Finding::at_line(path, number, format!("`{command}` does not exist"), mend));
            }
        }
    }
    findings
}

/// The lower-case words that follow a start in a line: `make run`, `cargo xtask pg`.
fn words_after<'a>(line: &'a str, start: &'a str) -> impl Iterator<Item = &'a str> {
    line.split(start)
        .skip(1)
        .map(|rest| rest.split(|c: char| !(c.is_ascii_lowercase() || c == '-')).next().unwrap_or_default())
        .filter(|word| !word.is_empty())
}

/// Every relative link of a paper leads to a file.
fn check_links(house: &House) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in house.below("", ".md") {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for (number, line) in text.lines().enumerate() {
            for link in line.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next()) {
                if link.is_empty() || link.contains(':') || leads_somewhere(house, &joined(folder, link)) {
                    continue;
                }
                findings.push(Finding::at_line(
                    path,
                    number,
                    format!("the link to {link} is dead"),
                    "mend the link",
                ));
            }
        }
    }
    findings
}

fn leads_somewhere(house: &House, path: &str) -> bool {
    let folder = format!("{path}/");
    house.text(path).is_some() || house.files().any(|(file, _)| file.starts_with(&folder))
}

fn joined(folder: &str, link: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in link.trim_end_matches('/').split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_found, assert_kept};

    #[test]
    fn papers_tell_what_is() {
        assert_kept(super::check);
    }

    #[test]
    fn a_forgotten_decision_table_command_or_link_is_found() {
        let files = [
            ("docs/decisions/index.md", "- [one](0001-one.md)"),
            ("docs/decisions/0001-one.md", "One. [Two](0002-two.md), [house](../../Makefile)."),
            ("docs/decisions/0002-two.md", "Two. [Gone](../gone.md)."),
            ("capabilities/a/migrations/0001_open.sql", "create table a_thing (\ncreate table a_other ("),
            ("GLOSSARY.md", "| 物 | thing | `a_thing` | things |"),
            ("Makefile", "run: ; @cargo xtask run"),
            ("README.md", "`make run` or `make all`"),
        ];
        let places = [
            "README.md:1",
            "capabilities/a/migrations/0001_open.sql:2",
            "docs/decisions/0002-two.md",
            "docs/decisions/0002-two.md:1",
        ];
        assert_found(super::check, &files, &places);
    }
}
