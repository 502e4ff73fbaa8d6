//! Reads the files of a catalogue in the order in which they refer to each other, and gathers every fault on the way.

use super::first_look;
use super::load_lists::{self, Lists};
use super::load_types;
use super::{CaseType, Catalogue, CatalogueFault, DutyList, Faults, SOMETHING_ELSE};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Bytes of one catalogue file. The largest default has about 40 KiB.
pub const CATALOGUE_FILE_BYTES_MAX: usize = 1024 * 1024;
/// Types of case in a catalogue.
pub const CATALOGUE_TYPES_MAX: usize = 5_000;

pub(super) fn load(files: &[(&str, &str)]) -> Result<Catalogue, Vec<CatalogueFault>> {
    let mut faults = Faults::default();
    let mut files: Vec<(&str, &str)> = files.iter().copied().filter(|(name, _)| is_ours(name)).collect();
    files.sort_unstable();
    refuse_large(&files, &mut faults);
    if !faults.0.is_empty() {
        return Err(faults.0);
    }
    let lists = load_lists::load(&files, &mut faults);
    let types = load_types::load(&files, &lists, &mut faults);
    let first_look = first_look::load(&files, &mut faults);
    if types.types.get(SOMETHING_ELSE).is_none_or(|t| !t.offered) {
        faults.add(
            "case_types",
            format!("type {SOMETHING_ELSE}"),
            "必须有供居民选择的“说不清、其他”类型",
            "there must be this type, offered to residents, for what nobody can name",
        );
    }
    let Lists { units, mut lists, numbers, elsewhere } = lists;
    for case_type in types.types.values() {
        name_in_items(case_type, &mut lists);
    }
    if faults.0.is_empty() {
        let hash = hash_of(&files);
        let (trees, types) = (types.trees, types.types);
        Ok(Catalogue { hash, trees, types, units, lists, numbers, elsewhere, first_look })
    } else {
        Err(faults.0)
    }
}

/// An item knows the types that name it: who reads a list sees what it is about.
fn name_in_items(case_type: &CaseType, lists: &mut BTreeMap<String, DutyList>) {
    for key in &case_type.answers {
        let item = lists.get_mut(&key.list).and_then(|l| l.items.iter_mut().find(|i| i.number == key.number));
        if let Some(item) = item {
            item.types.push(case_type.code.clone());
        }
    }
}

/// The routing rules are read by the router, roles and workflows by their own subjects.
fn is_ours(name: &str) -> bool {
    let (folder, rest) = name.split_once('/').unwrap_or(("", name));
    match folder {
        "case_types" => rest.ends_with(".toml"),
        "duty_lists" => rest.ends_with(".toml") && rest != "routing.toml",
        "taxonomy" => rest.ends_with(".csv"),
        _ => false,
    }
}

fn refuse_large(files: &[(&str, &str)], faults: &mut Faults) {
    for (name, text) in files {
        if text.len() > CATALOGUE_FILE_BYTES_MAX {
            faults.add(
                name,
                "",
                format!("文件超过 {CATALOGUE_FILE_BYTES_MAX} 字节"),
                format!("the file has more than {CATALOGUE_FILE_BYTES_MAX} bytes"),
            );
        }
    }
}

fn hash_of(files: &[(&str, &str)]) -> String {
    let mut hasher = Sha256::new();
    for (name, text) in files {
        // Lengths keep ("ab", "c") and ("a", "bc") apart.
        hasher.update((name.len() as u64).to_be_bytes());
        hasher.update(name);
        hasher.update((text.len() as u64).to_be_bytes());
        hasher.update(text);
    }
    hasher.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// A file as a table, or its one syntax fault.
pub(crate) fn read_table(file: &str, text: &str, faults: &mut Faults) -> Option<toml::Table> {
    // A byte order mark is what Windows editors leave behind; it is no fault.
    faults.keep(file, "", text.trim_start_matches('\u{feff}').parse::<toml::Table>())
}

/// Takes the array of tables `field` out of `table` and reads each row by itself, so that one bad row hides no other.
/// `name_field` names a row in a fault: `type P01003`.
pub(crate) fn read_rows<T: DeserializeOwned>(
    file: &str,
    table: &mut toml::Table,
    field: &str,
    name_field: &str,
    faults: &mut Faults,
) -> Vec<T> {
    take_rows(file, table, field, faults)
        .into_iter()
        .enumerate()
        .filter_map(|(i, row)| {
            let key = row_name(&row, field, name_field, i);
            faults.keep(file, key, row.try_into())
        })
        .collect()
}

/// The rows of an array of tables, not yet read.
pub(super) fn take_rows(
    file: &str,
    table: &mut toml::Table,
    field: &str,
    faults: &mut Faults,
) -> Vec<toml::Table> {
    let Some(value) = table.remove(field) else { return Vec::new() };
    let rows = match value {
        toml::Value::Array(rows) => rows,
        _ => {
            faults.add(file, field, format!("应写成 [[{field}]]"), format!("must be written as [[{field}]]"));
            return Vec::new();
        }
    };
    let total = rows.len();
    let tables: Vec<_> = rows
        .into_iter()
        .filter_map(|row| match row {
            toml::Value::Table(row) => Some(row),
            _ => None,
        })
        .collect();
    if tables.len() != total {
        faults.add(
            file,
            field,
            format!("每一项都应写成 [[{field}]]"),
            format!("every one must be a [[{field}]]"),
        );
    }
    tables
}

/// `type P01003`, or `type #4` when it has no name.
pub(super) fn row_name(row: &toml::Table, field: &str, name_field: &str, index: usize) -> String {
    match row.get(name_field) {
        Some(toml::Value::String(name)) => format!("{field} {name}"),
        Some(toml::Value::Array(names)) => {
            let names: Vec<&str> = names.iter().filter_map(toml::Value::as_str).collect();
            format!("{field} {}", names.join(", "))
        }
        _ => format!("{field} #{}", index + 1),
    }
}
