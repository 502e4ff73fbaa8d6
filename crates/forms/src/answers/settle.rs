//! Changing an answer, and working out what depends on it: nothing more, and everything after what it reads.

use super::{Answers, Scene};
use crate::expression::{Expression, ExpressionFault, Focus, NodeId, Tree, World};
use crate::limits::{ANSWER_CHARS_MAX, REPEAT_INSTANCES_MAX};
use crate::plan::{Aspect, ItemId};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashSet};
use std::sync::Arc;

/// Rules that one change may set going: enough for every rule of a form, for each instance count that changes.
const RULES_RUN_MAX: u64 = 1_000_000;

/// Why a change is not made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FillingFault {
    #[error("there is nothing at {address}")]
    NoSuchNode { address: String },
    #[error("more than {chars_max} characters")]
    TooLong { chars_max: usize },
    /// More instances of a repeat, or nodes altogether, than there may be.
    #[error("no more than {instances_max} instances")]
    TooMany { instances_max: usize },
    /// How many instances there are is worked out, not chosen.
    #[error("the number of instances is worked out")]
    Counted,
    #[error(transparent)]
    Expression(#[from] ExpressionFault),
}

impl Answers {
    /// Puts text into a node and works out what follows. Gives the addresses of all nodes whose value or relevance changed,
    /// its own first. An address may be named before it: changes come in the order they were made.
    ///
    /// # Errors
    /// [`FillingFault`]; nothing is changed then but what was worked out until there.
    pub fn set(&mut self, address: &str, text: &str, scene: &Scene<'_>) -> Result<Vec<String>, FillingFault> {
        let (node, item) = self.find(address)?;
        if self.plan.node(item).kind.is_group() {
            return Err(FillingFault::NoSuchNode { address: address.to_owned() });
        }
        if text.chars().count() > ANSWER_CHARS_MAX {
            return Err(FillingFault::TooLong { chars_max: ANSWER_CHARS_MAX });
        }
        if self.tree.text(node) == text {
            return Ok(Vec::new());
        }
        self.tree.set_text(node, text);
        let aspects = self.plan.order().readers(Aspect::Value(item)).collect();
        let changed = self.settle(aspects, scene)?;
        Ok(self.addresses([node].into_iter().chain(changed)))
    }

    /// Adds an instance at the end of a repeat: `/household/member`. Gives what changed, the new instance first.
    ///
    /// # Errors
    /// [`FillingFault`].
    pub fn add_instance(&mut self, address: &str, scene: &Scene<'_>) -> Result<Vec<String>, FillingFault> {
        let (parent, repeat) = self.find_repeat(address)?;
        if self.plan.item(repeat).rules.count.is_some() {
            return Err(FillingFault::Counted);
        }
        let grown = self.add_grown(parent, repeat, scene)?;
        let aspects = self.aspects_after_growing(repeat);
        let changed = self.settle(aspects, scene)?;
        Ok(self.addresses(grown.into_iter().take(1).chain(changed)))
    }

    /// Takes an instance out: `/household/member[2]`. Gives what changed elsewhere.
    ///
    /// # Errors
    /// [`FillingFault`].
    pub fn remove_instance(&mut self, address: &str, scene: &Scene<'_>) -> Result<Vec<String>, FillingFault> {
        let (node, item) = self.find(address)?;
        if !self.plan.node(item).kind.is_repeat() {
            return Err(FillingFault::NoSuchNode { address: address.to_owned() });
        }
        if self.plan.item(item).rules.count.is_some() {
            return Err(FillingFault::Counted);
        }
        self.tree.remove(node);
        let changed = self.settle(self.readers_of_all_in(item), scene)?;
        Ok(self.addresses(changed))
    }

    /// Says anew what is asked, from the values as they are: what a submission is checked with, whose calculations were made
    /// where it was filled.
    ///
    /// # Errors
    /// A rule that gives no value.
    pub fn settle_relevance(&mut self, scene: &Scene<'_>) -> Result<(), ExpressionFault> {
        let plan = Arc::clone(&self.plan);
        let mut aspects: Vec<Aspect> = plan.items().map(Aspect::Relevant).collect();
        aspects.sort_by_key(|aspect| plan.order().rank(*aspect));
        for aspect in aspects {
            self.run(aspect, scene)?;
        }
        Ok(())
    }

    fn find(&self, address: &str) -> Result<(NodeId, ItemId), FillingFault> {
        let node = self.tree.find(address);
        let found = node.and_then(|node| Some((node, self.item(node)?)));
        found.ok_or_else(|| FillingFault::NoSuchNode { address: address.to_owned() })
    }

    /// The parent of a repeat's instances, and the repeat.
    fn find_repeat(&self, address: &str) -> Result<(NodeId, ItemId), FillingFault> {
        let (above, name) = address.rsplit_once('/').unwrap_or(("", address));
        let parent = self.tree.find(above);
        let found = parent.and_then(|parent| {
            let items = self.plan.children(self.item(parent)).into_iter();
            let repeats = items.filter(|item| self.plan.node(*item).kind.is_repeat());
            Some((parent, repeats.into_iter().find(|item| self.plan.node(*item).name == name)?))
        });
        found.ok_or_else(|| FillingFault::NoSuchNode { address: address.to_owned() })
    }

    /// A new instance with its first values.
    fn add_grown(
        &mut self,
        parent: NodeId,
        repeat: ItemId,
        scene: &Scene<'_>,
    ) -> Result<Vec<NodeId>, FillingFault> {
        let instances = self.tree.children_named(parent, &self.plan.node(repeat).name).len();
        if instances >= REPEAT_INSTANCES_MAX || self.tree.count() >= crate::limits::ANSWER_NODES_MAX {
            return Err(FillingFault::TooMany { instances_max: REPEAT_INSTANCES_MAX });
        }
        let grown = self.grow_one(parent, repeat, 1);
        self.set_first_values(&grown, &scene.stirred(self.tree.count() as u64))?;
        Ok(grown)
    }

    /// Everything to be worked out in a new instance, and everything that reads it.
    fn aspects_after_growing(&self, repeat: ItemId) -> Vec<Aspect> {
        let plan = &self.plan;
        let within = plan.items().filter(|item| plan.upwards(*item).any(|up| up == repeat));
        let mut aspects: Vec<Aspect> =
            within.flat_map(|item| [Aspect::Value(item), Aspect::Relevant(item)]).collect();
        aspects.extend(self.readers_of_all_in(repeat));
        aspects
    }

    fn readers_of_all_in(&self, repeat: ItemId) -> Vec<Aspect> {
        let plan = &self.plan;
        let within = plan.items().filter(|item| plan.upwards(*item).any(|up| up == repeat));
        within.flat_map(|item| plan.order().readers(Aspect::Value(item))).collect()
    }

    fn addresses(&self, nodes: impl IntoIterator<Item = NodeId>) -> Vec<String> {
        let mut known = HashSet::new();
        nodes.into_iter().filter(|node| known.insert(*node)).map(|node| self.tree.address(node)).collect()
    }

    pub(super) fn value_of(
        &self,
        rule: &Expression,
        node: NodeId,
        scene: &Scene<'_>,
    ) -> Result<String, ExpressionFault> {
        let world = self.world(scene);
        Ok(world.stored_text(&world.evaluate(rule, &Focus::on(node))?))
    }

    /// Runs the rules of these aspects, and of what reads what they change, in the order of the plan. Gives the nodes that
    /// changed.
    pub(super) fn settle(
        &mut self,
        aspects: Vec<Aspect>,
        scene: &Scene<'_>,
    ) -> Result<Vec<NodeId>, ExpressionFault> {
        let plan = Arc::clone(&self.plan);
        let entry = |aspect: Aspect| Reverse((plan.order().rank(aspect), aspect));
        let mut waiting: BinaryHeap<_> = aspects.into_iter().map(entry).collect();
        let (mut changed, mut run) = (Vec::new(), 0_u64);
        while let Some(Reverse((_, aspect))) = waiting.pop() {
            if waiting.peek().is_some_and(|Reverse((_, next))| *next == aspect) {
                continue;
            }
            run += 1;
            if run > RULES_RUN_MAX {
                return Err(ExpressionFault::TooCostly);
            }
            let (nodes, grown) = self.run(aspect, &scene.stirred(run))?;
            if !nodes.is_empty() {
                waiting.extend(plan.order().readers(aspect).map(entry));
            }
            if let Some(repeat) = grown {
                waiting.extend(
                    self.aspects_after_growing(repeat).into_iter().filter(|new| *new != aspect).map(entry),
                );
            }
            changed.extend(nodes);
        }
        changed.retain(|node| self.is_alive(*node));
        Ok(changed)
    }

    fn is_alive(&self, node: NodeId) -> bool {
        self.tree.find(&self.tree.address(node)) == Some(node)
    }

    /// The nodes that changed, and the repeat whose instances became more or fewer.
    fn run(
        &mut self,
        aspect: Aspect,
        scene: &Scene<'_>,
    ) -> Result<(Vec<NodeId>, Option<ItemId>), ExpressionFault> {
        let plan = Arc::clone(&self.plan);
        match aspect {
            Aspect::Relevant(item) => match &plan.item(item).rules.relevant {
                Some(rule) => Ok((self.run_relevant(item, rule, scene)?, None)),
                None => Ok((Vec::new(), None)),
            },
            Aspect::Value(item) => {
                let rules = &plan.item(item).rules;
                match (&rules.count, &rules.calculation) {
                    (Some(rule), _) => {
                        let parents = self.run_count(item, rule, scene)?;
                        let grown = (!parents.is_empty()).then_some(item);
                        Ok((parents, grown))
                    }
                    (None, Some(rule)) => Ok((self.run_calculation(item, rule, scene)?, None)),
                    (None, None) => Ok((Vec::new(), None)),
                }
            }
        }
    }

    fn run_relevant(
        &mut self,
        item: ItemId,
        rule: &Expression,
        scene: &Scene<'_>,
    ) -> Result<Vec<NodeId>, ExpressionFault> {
        let is_new = |tree: &Tree, node, relevant: &bool| *relevant != tree.own_relevance(node);
        let news = self.run_each(item, scene, |world, focus| world.bool(rule, focus), is_new)?;
        Ok(news.into_iter().map(|(node, relevant)| self.tree.set_relevance(node, relevant)).collect())
    }

    fn run_calculation(
        &mut self,
        item: ItemId,
        rule: &Expression,
        scene: &Scene<'_>,
    ) -> Result<Vec<NodeId>, ExpressionFault> {
        let stored = |world: &World<'_>, focus: &Focus| Ok(world.stored_text(&world.evaluate(rule, focus)?));
        let is_new = |tree: &Tree, node, text: &String| text != tree.text(node);
        let news = self.run_each(item, scene, stored, is_new)?;
        Ok(news.into_iter().map(|(node, text)| self.tree.set_text(node, text)).collect())
    }

    /// What a rule gives anew, in all instances: evaluated on the answers as they are, and put in place by the caller.
    fn run_each<T>(
        &self,
        item: ItemId,
        scene: &Scene<'_>,
        evaluate: impl Fn(&World<'_>, &Focus) -> Result<T, ExpressionFault>,
        is_new: impl Fn(&Tree, NodeId, &T) -> bool,
    ) -> Result<Vec<(NodeId, T)>, ExpressionFault> {
        let world = self.world(scene);
        let mut news = Vec::new();
        for node in self.nodes_of(item) {
            world.rest();
            let value = evaluate(&world, &Focus::on(node))?;
            if is_new(&self.tree, node, &value) {
                news.push((node, value));
            }
        }
        Ok(news)
    }

    /// Brings a repeat to its count in each of its parents. Gives the parents where it changed.
    fn run_count(
        &mut self,
        item: ItemId,
        rule: &Expression,
        scene: &Scene<'_>,
    ) -> Result<Vec<NodeId>, ExpressionFault> {
        let plan = Arc::clone(&self.plan);
        let parents = plan.parent(item).map_or(vec![NodeId::ROOT], |parent| self.nodes_of(parent));
        let mut changed = Vec::new();
        for parent in parents {
            let wanted = self.world(scene).number(rule, &Focus::on(parent))?;
            let wanted = if wanted >= 0.0 { wanted.min(REPEAT_INSTANCES_MAX as f64) as usize } else { 0 };
            if self.bring_to(parent, item, wanted, scene)? {
                changed.push(parent);
            }
        }
        Ok(changed)
    }

    fn bring_to(
        &mut self,
        parent: NodeId,
        item: ItemId,
        wanted: usize,
        scene: &Scene<'_>,
    ) -> Result<bool, ExpressionFault> {
        let name = self.plan.node(item).name.clone();
        let mut changed = false;
        loop {
            let instances = self.tree.children_named(parent, &name);
            match instances.len().cmp(&wanted) {
                std::cmp::Ordering::Equal => return Ok(changed),
                std::cmp::Ordering::Greater => {
                    let last = instances[instances.len() - 1];
                    self.tree.remove(last);
                }
                std::cmp::Ordering::Less => match self.add_grown(parent, item, scene) {
                    Err(FillingFault::Expression(fault)) => return Err(fault),
                    Err(_) => return Ok(changed),
                    Ok(_) => {}
                },
            }
            changed = true;
        }
    }
}
