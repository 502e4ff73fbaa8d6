//! Which node of one version is which of the other: the same path, else the same name where each version has it once.

use crate::plan::{ItemId, Plan};
use std::collections::HashMap;

pub(super) struct Pairs {
    to_new: HashMap<ItemId, ItemId>,
    to_old: HashMap<ItemId, ItemId>,
}

impl Pairs {
    pub(super) fn of(old: &Plan, new: &Plan) -> Self {
        let mut pairs = Self { to_new: HashMap::new(), to_old: HashMap::new() };
        for item in old.items() {
            if let Some(same) = new.find_path(&old.path(item)) {
                pairs.add(item, same);
            }
        }
        for item in old.items() {
            let moved =
                new.find_name(&old.node(item).name).filter(|_| old.find_name(&old.node(item).name).is_some());
            if let Some(moved) = moved
                && pairs.new_of(item).is_none()
                && pairs.old_of(moved).is_none()
                && old.node(item).kind.is_group() == new.node(moved).kind.is_group()
            {
                pairs.add(item, moved);
            }
        }
        pairs
    }

    fn add(&mut self, old: ItemId, new: ItemId) {
        self.to_new.insert(old, new);
        self.to_old.insert(new, old);
    }

    pub(super) fn new_of(&self, old: ItemId) -> Option<ItemId> {
        self.to_new.get(&old).copied()
    }

    pub(super) fn old_of(&self, new: ItemId) -> Option<ItemId> {
        self.to_old.get(&new).copied()
    }
}
