//! A draft taken to a newer version: what fits is kept, what does not is told and kept aside. Nothing is lost in silence.

use super::pairs::Pairs;
use crate::answers::{Answer, Answers, Scene};
use crate::expression::{ExpressionFault, NodeId};
use crate::form::Node;
use crate::plan::{ItemId, Plan};
use std::sync::Arc;

/// A draft in the newer version.
#[derive(Clone, Debug)]
pub struct Migrated {
    pub answers: Answers,
    /// Answers that are there again.
    pub kept: usize,
    pub lost: Vec<Lost>,
}

/// An answer that has no place in the newer version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lost {
    /// In the older version.
    pub address: String,
    pub text: String,
    pub why: LostWhy,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LostWhy {
    /// The question is gone.
    Removed,
    /// It is asked in another repeat, or in one where it was asked once.
    OtherRepeat,
    /// The answer is not of the new type.
    Type,
    /// The choice is gone.
    Choice,
    /// More instances than there may be.
    TooMany,
}

/// Takes a draft to a newer version of its form. Questions that are new begin with their defaults; what is worked out is worked
/// out anew.
///
/// # Errors
/// A rule of the newer version that gives no value.
pub fn migrate(old: &Answers, new: &Arc<Plan>, scene: &Scene<'_>) -> Result<Migrated, ExpressionFault> {
    let pairs = Pairs::of(old.plan(), new);
    let mut moving = Moving { old, pairs: &pairs, new: Answers::empty(new), kept: 0, lost: Vec::new() };
    moving.below(NodeId::ROOT);
    let Moving { new: mut answers, kept, lost, .. } = moving;
    answers.set_missing_defaults(|item| pairs.old_of(item).is_none(), scene)?;
    answers.settle_whole(scene)?;
    Ok(Migrated { answers, kept, lost })
}

struct Moving<'m> {
    old: &'m Answers,
    pairs: &'m Pairs,
    new: Answers,
    kept: usize,
    lost: Vec<Lost>,
}

impl Moving<'_> {
    fn below(&mut self, node: NodeId) {
        let old = self.old;
        for child in old.tree.children(node) {
            let Some(item) = old.item(child) else { continue };
            let is_group = old.plan().node(item).kind.is_group();
            if is_group {
                self.open_instance(child, item);
                self.below(child);
            } else if !old.tree.text(child).is_empty() {
                self.leaf(child, item);
            }
        }
    }

    /// An instance is taken along though it be empty.
    fn open_instance(&mut self, node: NodeId, item: ItemId) {
        if let (true, Some(target)) = (self.old.plan().node(item).kind.is_repeat(), self.pairs.new_of(item)) {
            let _ = self.place(node, item, target);
        }
    }

    fn leaf(&mut self, node: NodeId, item: ItemId) {
        let text = self.old.tree.text(node).to_owned();
        match self.target(node, item, &text) {
            Ok(Some(target)) => {
                self.new.tree.set_text(target, text);
                self.kept += 1;
            }
            // It is worked out in the newer version: there is nothing to keep.
            Ok(None) => {}
            Err(why) => self.lost.push(Lost { address: self.old.tree.address(node), text, why }),
        }
    }

    fn target(&mut self, node: NodeId, item: ItemId, text: &str) -> Result<Option<NodeId>, LostWhy> {
        let was_worked_out = self.old.plan().item(item).rules.calculation.is_some();
        let Some(target) = self.pairs.new_of(item) else {
            return if was_worked_out { Ok(None) } else { Err(LostWhy::Removed) };
        };
        let plan = Arc::clone(self.new.plan());
        if plan.item(target).rules.calculation.is_some() || was_worked_out {
            return Ok(None);
        }
        if Answer::read(&plan.node(target).kind, text).is_none() {
            return Err(LostWhy::Type);
        }
        if !has_choices(&plan, plan.node(target), text) {
            return Err(LostWhy::Choice);
        }
        self.place(node, item, target).map(Some)
    }

    /// The node of the newer version: in the instances that stand for those the older node lies in.
    fn place(&mut self, node: NodeId, item: ItemId, target: ItemId) -> Result<NodeId, LostWhy> {
        let positions = self.positions(node, item, target)?;
        let plan = Arc::clone(self.new.plan());
        let mut way: Vec<ItemId> = plan.upwards(target).collect();
        way.reverse();
        let (mut at, mut positions) = (NodeId::ROOT, positions.into_iter());
        for step in way {
            let name = &plan.node(step).name;
            let is_repeat = plan.node(step).kind.is_repeat();
            let position = if is_repeat { positions.next().ok_or(LostWhy::OtherRepeat)? } else { 1 };
            while is_repeat && self.new.tree.children_named(at, name).len() < position {
                self.new.add_empty(at, step).ok_or(LostWhy::TooMany)?;
            }
            at = *self.new.tree.children_named(at, name).get(position - 1).ok_or(LostWhy::TooMany)?;
        }
        Ok(at)
    }

    /// Positions from the outside in, where the repeats around both nodes are the same.
    fn positions(&self, node: NodeId, item: ItemId, target: ItemId) -> Result<Vec<usize>, LostWhy> {
        let (old, new) = (self.old.plan(), self.new.plan());
        let repeats = |plan: &Plan, item: ItemId| -> Vec<ItemId> {
            plan.upwards(item).filter(|up| plan.node(*up).kind.is_repeat()).collect()
        };
        let before: Option<Vec<ItemId>> =
            repeats(old, item).into_iter().map(|repeat| self.pairs.new_of(repeat)).collect();
        if before != Some(repeats(new, target)) {
            return Err(LostWhy::OtherRepeat);
        }
        let chain = self.old.tree.chain(node);
        let is_repeat =
            |id: &&NodeId| self.old.item(**id).is_some_and(|item| old.node(item).kind.is_repeat());
        Ok(chain.iter().filter(is_repeat).map(|id| self.old.tree.position(*id)).collect())
    }
}

/// Whether every chosen name is in the list; the filter is the check's to judge.
fn has_choices(plan: &Plan, node: &Node, text: &str) -> bool {
    let Some(choices) = node.kind.list().and_then(|(list, _)| plan.form().lists.get(list)) else {
        return true;
    };
    match Answer::read(&node.kind, text) {
        Some(Answer::Chosen(names)) => {
            names.iter().all(|name| choices.iter().any(|choice| choice.name == *name))
        }
        _ => true,
    }
}
