//! What has changed from one state of a record to the next, field by field.

use super::record::KEEPING;
use super::{Content, Fields, Origin};
use serde_json::Value;

/// A field that is otherwise than before, with where the new value is from.
#[derive(Clone, PartialEq, Debug)]
pub struct FieldChange {
    pub key: String,
    pub is_sealed: bool,
    pub before: Option<Value>,
    pub after: Option<Value>,
    /// Of the new value; none where it was taken out.
    pub origin: Option<Origin>,
}

/// The fields that differ, by key; a value that was only confirmed counts as none.
pub fn changes_between(before: &Content, after: &Content) -> Vec<FieldChange> {
    let mut changes = differing(&before.open, &after.open, false);
    changes.extend(differing(before.secret.open(KEEPING), after.secret.open(KEEPING), true));
    changes
}

fn differing(before: &Fields, after: &Fields, is_sealed: bool) -> Vec<FieldChange> {
    let new =
        after.iter().filter(|(key, value, _)| before.get(key) != Some(value)).map(|(key, value, origin)| {
            FieldChange {
                key: key.to_owned(),
                is_sealed,
                before: before.get(key).cloned(),
                after: Some(value.clone()),
                origin: Some(origin.clone()),
            }
        });
    let gone = before.iter().filter(|(key, ..)| after.get(key).is_none()).map(|(key, value, _)| {
        FieldChange { key: key.to_owned(), is_sealed, before: Some(value.clone()), after: None, origin: None }
    });
    let mut changes: Vec<_> = new.chain(gone).collect();
    changes.sort_by(|a, b| a.key.cmp(&b.key));
    changes
}
