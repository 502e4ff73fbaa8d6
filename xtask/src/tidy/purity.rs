//! `model.rs` decides and does nothing else: no waiting, no clock, no SQL. And `flow`, `forms`, `geo` and `platform`, which
//! are pure as a whole, do no IO.

use super::Finding;
use super::house::House;

const MEND_MODEL: &str = "pass the value in as an argument; load and save in store.rs, wait in commands.rs";
const MEND_FLOOR: &str = "leave IO to the caller; this crate takes values and gives values";

/// What a model may not contain, and why.
const NOT_IN_A_MODEL: &[(&str, &str)] = &[
    (".await", "waits"),
    ("async fn", "waits"),
    ("::now(", "reads a clock"),
    (".now(", "reads a clock"),
    ("sql!", "contains SQL"),
    ("&mut Tx", "writes"),
    ("&mut Conn", "reads"),
    ("axum::", "knows HTTP"),
    ("std::fs", "reads files"),
];

const NOT_IN_A_PURE_CRATE: &[(&str, &str)] = &[
    (".await", "waits"),
    ("std::fs", "reads files"),
    ("std::net", "uses the network"),
    ("std::env::var", "reads the environment"),
    ("sql!", "contains SQL"),
];

const PURE_CRATES: &[&str] =
    &["crates/platform/src/", "crates/flow/src/", "crates/forms/src/", "crates/geo/src/"];

pub fn check(house: &House) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in house.rust() {
        if is_model(path) {
            findings.extend(forbidden(path, text, NOT_IN_A_MODEL, MEND_MODEL));
        }
        if PURE_CRATES.iter().any(|folder| path.starts_with(folder)) {
            findings.extend(forbidden(path, text, NOT_IN_A_PURE_CRATE, MEND_FLOOR));
        }
    }
    findings
}

fn is_model(path: &str) -> bool {
    path.starts_with("capabilities/") && (path.ends_with("/src/model.rs") || path.contains("/src/model/"))
}

fn forbidden(path: &str, text: &str, words: &[(&str, &str)], mend: &'static str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    for (number, line) in code.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//")) {
        for (word, what) in words.iter().filter(|(word, _)| line.contains(word)) {
            findings.push(Finding::at_line(path, number, format!("{what} (`{word}`)"), mend));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_found, assert_kept};

    #[test]
    fn models_are_pure() {
        assert_kept(super::check);
    }

    #[test]
    fn a_waiting_model_is_found() {
        let files = [
            (
                "capabilities/cases/src/model.rs",
                "//! Rules.\nfn a() {\n    tx.load().await;\n}\n// .await in words is fine\n",
            ),
            ("capabilities/cases/src/model/clock.rs", "let now = Time::now();"),
            ("capabilities/cases/src/commands.rs", "tx.load().await"),
            ("crates/geo/src/lib.rs", "use std::fs;\n#[cfg(test)]\nmod tests { use std::fs; }"),
        ];
        let places = [
            "capabilities/cases/src/model.rs:3",
            "capabilities/cases/src/model/clock.rs:1",
            "crates/geo/src/lib.rs:1",
        ];
        assert_found(super::check, &files, &places);
    }
}
