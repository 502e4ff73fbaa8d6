//! Two versions of a form side by side, and a draft taken from one to the other.

mod draft;
mod pairs;

pub use draft::{Lost, LostWhy, Migrated, migrate};

use crate::fault::Part;
use crate::form::{Choice, Node};
use crate::plan::{ItemId, Plan};
use pairs::Pairs;
use std::collections::BTreeMap;

/// One difference between two versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The node's path in the newer version, of a removed one in the older; of a list its name.
    pub path: String,
    pub what: Change,
}

/// What is different.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    Added,
    Removed,
    /// Into another group, with the same name.
    Moved {
        from: String,
    },
    Type {
        from: &'static str,
        to: &'static str,
    },
    /// What people read: labels, hints, messages, pictures.
    Words {
        parts: Vec<Part>,
    },
    /// What holds: rules, defaults, looks, fields of the register.
    Rules {
        parts: Vec<Part>,
    },
    /// Choices of a list by name.
    Choices {
        added: Vec<String>,
        removed: Vec<String>,
        reworded: Vec<String>,
    },
}

/// What differs, in the order of the newer form; what is gone and the lists at the end.
pub fn differences(old: &Plan, new: &Plan) -> Vec<Difference> {
    let pairs = Pairs::of(old, new);
    let mut found = Vec::new();
    for item in new.items() {
        match pairs.old_of(item) {
            None => found.push(Difference { path: new.path(item), what: Change::Added }),
            Some(before) => compare(old, before, new, item, &mut found),
        }
    }
    let removed = old.items().filter(|item| pairs.new_of(*item).is_none());
    found.extend(removed.map(|item| Difference { path: old.path(item), what: Change::Removed }));
    compare_lists(&old.form().lists, &new.form().lists, &mut found);
    found
}

fn compare(old: &Plan, before: ItemId, new: &Plan, after: ItemId, found: &mut Vec<Difference>) {
    let path = new.path(after);
    let mut add = |what| found.push(Difference { path: path.clone(), what });
    if old.path(before) != path {
        add(Change::Moved { from: old.path(before) });
    }
    let (before, after) = (old.node(before), new.node(after));
    if before.kind.word() != after.kind.word() {
        add(Change::Type { from: before.kind.word(), to: after.kind.word() });
    }
    let words = changed_words(before, after);
    if !words.is_empty() {
        add(Change::Words { parts: words });
    }
    let rules = changed_rules(before, after);
    if !rules.is_empty() {
        add(Change::Rules { parts: rules });
    }
}

fn changed_words(before: &Node, after: &Node) -> Vec<Part> {
    let parts = [
        (Part::Label, before.label != after.label || before.media != after.media),
        (Part::Hint, before.hint != after.hint || before.guidance != after.guidance),
        (
            Part::Message,
            before.constraint_message != after.constraint_message
                || before.required_message != after.required_message,
        ),
    ];
    parts.into_iter().filter(|(_, changed)| *changed).map(|(part, _)| part).collect()
}

fn changed_rules(before: &Node, after: &Node) -> Vec<Part> {
    let is_group = before.kind.is_group() || after.kind.is_group();
    let parts = [
        (Part::Relevant, before.relevant != after.relevant),
        (Part::Required, before.required != after.required),
        (Part::Constraint, before.constraint != after.constraint),
        (Part::Calculation, before.calculation != after.calculation),
        (Part::Default, before.default != after.default),
        (Part::ReadOnly, before.read_only != after.read_only),
        (Part::Register, before.register != after.register),
        // Bounds, lists, filters: what the type itself says. Groups differ by what is in them, which is told of the nodes.
        (Part::Kind, !is_group && before.kind.word() == after.kind.word() && before.kind != after.kind),
    ];
    parts.into_iter().filter(|(_, changed)| *changed).map(|(part, _)| part).collect()
}

type Lists = BTreeMap<String, Vec<Choice>>;

fn compare_lists(old: &Lists, new: &Lists, found: &mut Vec<Difference>) {
    for (list, choices) in new {
        let Some(before) = old.get(list) else {
            let added = choices.iter().map(|choice| choice.name.clone()).collect();
            let what = Change::Choices { added, removed: Vec::new(), reworded: Vec::new() };
            found.push(Difference { path: list.clone(), what });
            continue;
        };
        let (old_by_name, new_by_name) = (by_name(before), by_name(choices));
        let gone = |from: &BTreeMap<&str, &Choice>, of: &BTreeMap<&str, &Choice>| -> Vec<String> {
            from.keys().filter(|name| !of.contains_key(*name)).map(|name| (*name).to_owned()).collect()
        };
        let (added, removed) = (gone(&new_by_name, &old_by_name), gone(&old_by_name, &new_by_name));
        let same = new_by_name
            .iter()
            .filter(|(name, choice)| old_by_name.get(*name).is_some_and(|before| before != *choice));
        let reworded: Vec<String> = same.map(|(name, _)| (*name).to_owned()).collect();
        if !(added.is_empty() && removed.is_empty() && reworded.is_empty()) {
            let what = Change::Choices { added, removed, reworded };
            found.push(Difference { path: list.clone(), what });
        }
    }
}

fn by_name(choices: &[Choice]) -> BTreeMap<&str, &Choice> {
    choices.iter().map(|choice| (choice.name.as_str(), choice)).collect()
}
