//! What is otherwise between two versions, item by item.

use super::version::{Content, DutyItem};
use serde::Serialize;
use utoipa::ToSchema;

/// What became of an item.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DutyChange)]
pub enum Change {
    Added,
    Removed,
    Changed,
}

/// An item as it was and as it is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
#[schema(as = DutyItemChange)]
pub struct ItemChange {
    pub number: String,
    pub change: Change,
    /// What changed: `words`, `who`, `basis`, `types`, `effective_until`, `source`
    pub fields: Vec<String>,
    pub before: Option<DutyItem>,
    pub after: Option<DutyItem>,
}

/// In the order of the newer version; what is gone comes last.
pub fn diff(before: &Content, after: &Content) -> Vec<ItemChange> {
    let mut changes: Vec<ItemChange> =
        after.items.iter().filter_map(|item| changed(before.find_item(&item.number), item)).collect();
    let gone = before.items.iter().filter(|item| after.find_item(&item.number).is_none());
    changes.extend(gone.map(|item| ItemChange {
        number: item.number.clone(),
        change: Change::Removed,
        fields: Vec::new(),
        before: Some(item.clone()),
        after: None,
    }));
    changes
}

fn changed(before: Option<&DutyItem>, after: &DutyItem) -> Option<ItemChange> {
    let fields = before.map(|old| fields(old, after)).unwrap_or_default();
    if before.is_some() && fields.is_empty() {
        return None;
    }
    Some(ItemChange {
        number: after.number.clone(),
        change: if before.is_some() { Change::Changed } else { Change::Added },
        fields,
        before: before.cloned(),
        after: Some(after.clone()),
    })
}

fn fields(old: &DutyItem, new: &DutyItem) -> Vec<String> {
    // The order in which types are named says nothing.
    let sorted = |item: &DutyItem| {
        let mut types = item.types.clone();
        types.sort_unstable();
        types
    };
    let all = [
        ("words", old.words != new.words),
        ("who", old.who != new.who),
        ("basis", old.basis != new.basis),
        ("types", sorted(old) != sorted(new)),
        ("effective_until", old.effective_until != new.effective_until),
        ("source", old.source != new.source),
    ];
    all.into_iter().filter(|(_, is_other)| *is_other).map(|(name, _)| name.to_owned()).collect()
}
