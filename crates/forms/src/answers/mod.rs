//! The answers to a form: a tree of what was filled, kept in step with the form's rules.

mod check;
mod evaluate;
mod json;
mod known;
mod offer;
mod scene;
mod settle;
mod value;

pub use check::{AnswerFault, AnswerTrouble};
pub use evaluate::Given;
pub use json::Stranger;
pub use known::{Known, NotAsked};
pub use scene::Scene;
pub use settle::FillingFault;
pub use value::Answer;

use crate::expression::{ExpressionFault, NodeId, Tree, World};
use crate::form::{Device, Kind};
use crate::limits::ANSWER_NODES_MAX;
use crate::plan::{Aspect, ItemId, Plan};
use std::sync::Arc;

/// The answers to one version of a form, complete or under way. Addresses are paths with positions from 1 in repeats:
/// `/household/member[2]/age`.
#[derive(Clone, Debug)]
pub struct Answers {
    plan: Arc<Plan>,
    pub(crate) tree: Tree,
}

impl Answers {
    /// Empty answers: no defaults, and no instance of any repeat.
    pub fn empty(plan: &Arc<Plan>) -> Self {
        let root = plan.form().root.as_str();
        let mut answers = Self { plan: Arc::clone(plan), tree: Tree::new(root) };
        answers.grow(NodeId::ROOT, None, 0);
        answers
    }

    /// Answers as a form begins: defaults set, everything worked out, and one instance of each repeat whose count nobody
    /// gives.
    ///
    /// # Errors
    /// A rule that gives no value; see [`ExpressionFault`].
    pub fn begin(plan: &Arc<Plan>, scene: &Scene<'_>) -> Result<Self, ExpressionFault> {
        let root = plan.form().root.as_str();
        let mut answers = Self { plan: Arc::clone(plan), tree: Tree::new(root) };
        let grown = answers.grow(NodeId::ROOT, None, 1);
        answers.set_first_values(&grown, scene)?;
        answers.settle_all(scene)?;
        Ok(answers)
    }

    pub fn plan(&self) -> &Arc<Plan> {
        &self.plan
    }

    /// What the node at an address holds; `None` where there is none.
    pub fn text(&self, address: &str) -> Option<&str> {
        self.tree.find(address).map(|node| self.tree.text(node))
    }

    /// Whether the node at an address is asked.
    pub fn is_relevant(&self, address: &str) -> Option<bool> {
        self.tree.find(address).map(|node| self.tree.is_relevant(node))
    }

    /// How many instances a repeat has within one parent: the address is the repeat's, without a position at its end.
    pub fn count_instances(&self, address: &str) -> usize {
        let (parent, name) = address.rsplit_once('/').unwrap_or(("", address));
        self.tree.find(parent).map_or(0, |parent| self.tree.children_named(parent, name).len())
    }

    /// Works out every rule: after answers came from elsewhere.
    ///
    /// # Errors
    /// A rule that gives no value.
    pub fn settle_whole(&mut self, scene: &Scene<'_>) -> Result<(), ExpressionFault> {
        self.settle_all(scene).map(drop)
    }

    /// The item a node belongs to; the root has none.
    pub(crate) fn item(&self, node: NodeId) -> Option<ItemId> {
        self.tree.tag(node).checked_sub(1).map(ItemId)
    }

    /// Every node of an item, in all instances of the repeats around it.
    pub(crate) fn nodes_of(&self, item: ItemId) -> Vec<NodeId> {
        let mut nodes = vec![NodeId::ROOT];
        for name in &self.plan.item(item).names {
            nodes = nodes.iter().flat_map(|node| self.tree.children_named(*node, name)).copied().collect();
        }
        nodes
    }

    pub(crate) fn world<'a>(&'a self, scene: &Scene<'a>) -> World<'a> {
        World::of(&self.tree, &*self.plan, scene.now, scene.language, scene.seed)
    }

    /// Adds the children of a new node, and so on down. Gives the new nodes.
    fn grow(&mut self, node: NodeId, item: Option<ItemId>, repeats: usize) -> Vec<NodeId> {
        let plan = Arc::clone(&self.plan);
        let mut grown = Vec::new();
        for child in plan.children(item) {
            let counted = plan.item(child).rules.count.is_some();
            let times = match plan.node(child).kind.is_repeat() {
                true if counted => 0,
                true => repeats,
                false => 1,
            };
            let name = &plan.item(child).names[plan.item(child).names.len() - 1];
            self.tree.slot_for(node, name);
            for _ in 0..times {
                grown.extend(self.grow_one(node, child, repeats));
            }
        }
        grown
    }

    /// Adds one node of an item with all that belongs in it.
    fn grow_one(&mut self, parent: NodeId, item: ItemId, repeats: usize) -> Vec<NodeId> {
        let names = &self.plan.item(item).names;
        let name = Arc::clone(&names[names.len() - 1]);
        let node = self.tree.add(parent, &name);
        self.tree.set_tag(node, item.0 + 1);
        let mut grown = vec![node];
        grown.extend(self.grow(node, Some(item), repeats));
        grown
    }

    /// Adds one instance that is empty, where the limits allow it.
    pub(crate) fn add_empty(&mut self, parent: NodeId, item: ItemId) -> Option<NodeId> {
        let fits = self.tree.count() < ANSWER_NODES_MAX;
        fits.then(|| self.grow_one(parent, item, 0)[0])
    }

    /// Defaults and what the device knows, for nodes that are new.
    fn set_first_values(&mut self, nodes: &[NodeId], scene: &Scene<'_>) -> Result<(), ExpressionFault> {
        let plan = Arc::clone(&self.plan);
        for node in nodes {
            let Some(item) = self.item(*node) else { continue };
            let text = match (&plan.node(item).kind, &plan.item(item).rules.default) {
                (Kind::Device { what: Device::Start }, _) => scene.now_text(),
                (Kind::Device { what: Device::Today }, _) => scene.today_text(),
                (_, Some(default)) => self.value_of(default, *node, scene)?,
                _ => plan.node(item).default.clone().unwrap_or_default(),
            };
            if !text.is_empty() {
                self.tree.set_text(*node, text);
            }
        }
        Ok(())
    }

    /// First values for nodes of these items that are empty: questions an older version did not have.
    pub(crate) fn set_missing_defaults(
        &mut self,
        is_new: impl Fn(ItemId) -> bool,
        scene: &Scene<'_>,
    ) -> Result<(), ExpressionFault> {
        let items = self.plan.items().filter(|item| is_new(*item) && !self.plan.node(*item).kind.is_group());
        let nodes: Vec<NodeId> = items.flat_map(|item| self.nodes_of(item)).collect();
        self.set_first_values(&nodes, scene)
    }

    fn settle_all(&mut self, scene: &Scene<'_>) -> Result<Vec<NodeId>, ExpressionFault> {
        let aspects = self.plan.items().flat_map(|item| [Aspect::Value(item), Aspect::Relevant(item)]);
        let aspects: Vec<Aspect> = aspects.collect();
        self.settle(aspects, scene)
    }
}
