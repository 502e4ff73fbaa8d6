//! A row beside the record it is about: what the register lacks, what it has, and where the two say different things.

use super::columns::Columns;
use super::trouble::Trouble;
use crate::model::spelling::fold_name;
use crate::model::{Content, Kind, Origin, Shape, rules};
use crate::view::{Viewer, masked};
use platform::Words;
use serde_json::Value;
use std::collections::BTreeMap;

/// A record as the row would have it.
#[derive(Debug)]
pub(crate) struct Joined {
    pub content: Content,
    pub has_changed: bool,
    /// Where the register says something else: old and new.
    pub conflicts: Vec<Trouble>,
    /// What cannot be, even where the row is believed.
    pub faults: Vec<Trouble>,
}

/// Puts a row's values into a record: what is missing is filled, lists are joined, what differs is told and taken.
pub(crate) fn join(
    columns: &Columns,
    viewer: &Viewer,
    kind: Kind,
    before: &Content,
    values: Option<&BTreeMap<String, Value>>,
    origin: &Origin,
) -> Joined {
    let book = columns.catalogue.kind(kind);
    let mut joined =
        Joined { content: before.clone(), has_changed: false, conflicts: Vec::new(), faults: Vec::new() };
    for (key, value) in values.into_iter().flatten() {
        let Some(field) = book.field(key) else { continue };
        let held = before.fields(field.sealed).get(key);
        let kept = match held {
            Some(held) if is_same(field.shape, held, value) => continue,
            Some(held) if is_list(field.shape) => match union(held, value) {
                Some(all) => all,
                None => continue,
            },
            Some(held) => {
                let shown = |value| {
                    if field.sealed { masked(field, value, viewer.now) } else { viewer.shown(field, value) }
                };
                joined.conflicts.push(differs(
                    columns.of_field(kind, key),
                    &field.words,
                    &shown(held),
                    &shown(value),
                ));
                value.clone()
            }
            None => value.clone(),
        };
        joined.content.set(field.sealed, key, Some(kept), origin);
        joined.has_changed = true;
    }
    if joined.has_changed
        && let Err((field, fault)) =
            rules::check_record(&columns.catalogue, kind, &joined.content, columns.today)
    {
        joined.faults.push(Trouble::new(fault.code, columns.of_field(kind, field), fault.words));
    }
    joined
}

fn is_same(shape: Shape, held: &Value, value: &Value) -> bool {
    match (shape, held.as_str(), value.as_str()) {
        (Shape::Name, Some(held), Some(value)) => fold_name(held) == fold_name(value),
        _ => held == value,
    }
}

fn is_list(shape: Shape) -> bool {
    matches!(shape, Shape::Names | Shape::Choices | Shape::Documents | Shape::Phones)
}

/// Both lists as one; nothing where the first has all of the second. A document is the same by its number.
fn union(held: &Value, value: &Value) -> Option<Value> {
    let mut all = held.as_array()?.clone();
    let before = all.len();
    for entry in value.as_array()? {
        let is_entry = |known: &Value| {
            known == entry || (entry["number"].is_string() && known["number"] == entry["number"])
        };
        if !all.iter().any(is_entry) {
            all.push(entry.clone());
        }
    }
    (all.len() > before).then_some(Value::Array(all))
}

pub(crate) fn differs(column: Option<u16>, what: &Words, old: &Words, new: &Words) -> Trouble {
    let words = Words::new(
        format!("{}：登记为“{}”，表中为“{}”。", what.zh, old.zh, new.zh),
        format!("{}: registered as “{}”, here “{}”.", what.en, old.en, new.en),
    );
    Trouble::new("registry.differs", column, words)
}
