//! What people read: every catalogue of words has Chinese and English, and every catalog file says where it is from.

use super::Finding;
use super::house::House;

const MEND_SOURCE: &str =
    "open the file with `source = \"…\"`: the public document, or \"written for Mulin\"";

pub fn check(house: &House) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in house.below("catalog/", ".toml") {
        findings.extend(check_catalog(path, text));
    }
    findings
}

fn check_catalog(path: &str, text: &str) -> Vec<Finding> {
    let table: toml::Table = match text.parse() {
        Ok(table) => table,
        Err(error) => return vec![Finding::at(path, error.to_string(), "write valid TOML")],
    };
    let catalog = toml::Value::Table(table);
    let mut findings = Vec::new();
    if !has_source(&catalog) {
        findings.push(Finding::at(path, "does not say where it is from", MEND_SOURCE));
    }
    let mut half = Vec::new();
    collect_half_words(&catalog, String::new(), &mut half);
    let mend = "say it in both languages: { zh = \"…\", en = \"…\" }";
    findings.extend(
        half.into_iter().map(|key| Finding::at(path, format!("{key} is said in one language only"), mend)),
    );
    findings
}

/// A file says its source once at the top, or beside what it claims (a deadline, a duty).
fn has_source(value: &toml::Value) -> bool {
    match value {
        toml::Value::Table(table) => {
            let here = table.get("source").and_then(toml::Value::as_str);
            here.is_some_and(|source| !source.trim().is_empty()) || table.values().any(has_source)
        }
        toml::Value::Array(items) => items.iter().any(has_source),
        _ => false,
    }
}

/// Every table with a `zh` and no `en`, or the other way round.
fn collect_half_words(value: &toml::Value, key: String, half: &mut Vec<String>) {
    match value {
        toml::Value::Table(table) => {
            if table.contains_key("zh") != table.contains_key("en") {
                half.push(key.clone());
            }
            for (name, inner) in table {
                collect_half_words(inner, format!("{key}.{name}"), half);
            }
        }
        toml::Value::Array(items) => {
            for (number, inner) in items.iter().enumerate() {
                collect_half_words(inner, format!("{key}[{number}]"), half);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_found, assert_kept};

    #[test]
    fn people_read_both_languages_and_the_source() {
        assert_kept(super::check);
    }

    #[test]
    fn a_half_word_and_a_missing_source_are_found() {
        let files = [
            ("catalog/roles.toml", "source = \"written for Mulin\"\n[[role]]\nname = { zh = \"网格员\" }"),
            ("catalog/types.toml", "[[type]]\nname = { zh = \"井盖\", en = \"Manhole cover\" }"),
        ];
        assert_found(super::check, &files, &["catalog/roles.toml", "catalog/types.toml"]);
    }
}
