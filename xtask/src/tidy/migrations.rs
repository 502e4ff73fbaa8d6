//! A migration that was committed is history: `migrations.lock` holds the hash of each, and a changed one is refused.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::Finding;
use super::house::House;
use crate::shell::{Outcome, at, root};

const LOCK: &str = "migrations.lock";
const MEND_CHANGED: &str =
    "put the old text back and write a new migration; databases in service have run the old one";
const MEND_NEW: &str = "cargo xtask lock-migrations";

pub fn check(house: &House) -> Vec<Finding> {
    let locked: BTreeMap<&str, &str> = house
        .text(LOCK)
        .unwrap_or_default()
        .lines()
        .filter_map(|line| line.split_once("  "))
        .map(|(h, p)| (p, h))
        .collect();
    let mut findings = Vec::new();
    for (path, text) in migrations(house) {
        match locked.get(path) {
            None => findings.push(Finding::at(path, "is not locked", MEND_NEW)),
            Some(hash) if **hash != hash_of(text) => {
                findings.push(Finding::at(path, "was edited", MEND_CHANGED))
            }
            Some(_) => {}
        }
    }
    for path in locked.keys().filter(|path| house.text(path).is_none()) {
        findings.push(Finding::at(*path, "was removed", MEND_CHANGED));
    }
    findings
}

/// The verb `lock-migrations`: adds the new migrations to the lock. It never replaces the hash of one already locked.
///
/// # Errors
/// A file cannot be read or written.
pub fn lock_migrations(_words: &[String]) -> Outcome {
    let house = House::read()?;
    let old = house.text(LOCK).unwrap_or_default();
    let is_new = |path: &str| !old.lines().any(|line| line.ends_with(&format!("  {path}")));
    let mut lines: Vec<String> = old.lines().map(str::to_string).collect();
    lines.extend(
        migrations(&house)
            .filter(|(path, _)| is_new(path))
            .map(|(path, text)| format!("{}  {path}", hash_of(text))),
    );
    lines.sort_by(|a, b| a.split("  ").last().cmp(&b.split("  ").last()));
    let path = root().join(LOCK);
    std::fs::write(&path, lines.join("\n") + "\n").map_err(at(&path))
}

fn migrations(house: &House) -> impl Iterator<Item = (&str, &str)> {
    house.below("", ".sql").filter(|(path, _)| path.contains("/migrations/"))
}

fn hash_of(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_found, assert_kept};
    use super::hash_of;

    #[test]
    fn no_migration_was_edited() {
        assert_kept(super::check);
    }

    #[test]
    fn an_edited_migration_is_found() {
        let lock = format!(
            "{}  capabilities/a/migrations/0001_open.sql\n{}  capabilities/a/migrations/0002_gone.sql\n",
            hash_of("create table a_b ()"),
            hash_of("")
        );
        let files = [
            ("migrations.lock", lock.as_str()),
            ("capabilities/a/migrations/0001_open.sql", "create table a_c ()"),
            ("capabilities/a/migrations/0003_new.sql", "create table a_d ()"),
        ];
        let places = [
            "capabilities/a/migrations/0001_open.sql",
            "capabilities/a/migrations/0002_gone.sql",
            "capabilities/a/migrations/0003_new.sql",
        ];
        assert_found(super::check, &files, &places);
    }
}
