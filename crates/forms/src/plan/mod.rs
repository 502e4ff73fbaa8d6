//! A form made ready: every rule parsed, every reference looked up, and the order in which values are worked out.

mod build;
mod check;
mod lists;
mod order;
mod references;
mod template;

pub(crate) use order::Aspect;
pub use template::{Piece, pieces};

use crate::expression::{Expression, Surroundings, Tree};
use crate::fault::FormFault;
use crate::form::{Form, Node};
use lists::ListTrees;
use order::Order;
use std::collections::HashMap;
use std::sync::Arc;

/// A node of a form by its place in the form's order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemId(pub(crate) u32);

/// A form that was checked and can be filled. Shared by everybody who fills it.
#[derive(Debug)]
pub struct Plan {
    form: Form,
    items: Vec<Item>,
    by_path: HashMap<String, ItemId>,
    /// Of a name that several have, all.
    by_name: HashMap<String, Vec<ItemId>>,
    lists: ListTrees,
    order: Order,
    instance_name: Option<Expression>,
    warnings: Vec<FormFault>,
}

/// A node with its rules parsed.
#[derive(Debug)]
pub(crate) struct Item {
    /// Which child of which child: the way to the [`Node`].
    trail: Vec<usize>,
    /// The names from below the root to the node.
    pub names: Vec<Arc<str>>,
    pub parent: Option<ItemId>,
    pub children: Vec<ItemId>,
    pub rules: Rules,
}

/// The parsed expressions of one node.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    pub relevant: Option<Expression>,
    pub required: Option<Expression>,
    pub constraint: Option<Expression>,
    pub calculation: Option<Expression>,
    /// A first value that is worked out, not written.
    pub default: Option<Expression>,
    pub read_only: Option<Expression>,
    pub filter: Option<Expression>,
    pub count: Option<Expression>,
}

impl Plan {
    /// Checks a form and makes it ready.
    ///
    /// # Errors
    /// Everything that is wrong with it, at most [`crate::limits::FAULTS_MAX`] faults.
    pub fn of(form: Form) -> Result<Self, Vec<FormFault>> {
        build::build(form)
    }

    pub fn form(&self) -> &Form {
        &self.form
    }

    /// What is probably not meant, and does no harm.
    pub fn warnings(&self) -> &[FormFault] {
        &self.warnings
    }

    /// Every node in the order of the form, groups before what is in them.
    pub fn items(&self) -> impl Iterator<Item = ItemId> + use<> {
        (0..u32::try_from(self.items.len()).unwrap_or(u32::MAX)).map(ItemId)
    }

    /// The definition of a node.
    ///
    /// # Panics
    /// With an id of another plan.
    pub fn node(&self, id: ItemId) -> &Node {
        let (first, rest) = self.item(id).trail.split_first().expect("a trail has at least one step");
        rest.iter().fold(&self.form.nodes[*first], |node, step| &node.children()[*step])
    }

    /// `/household/age`, without the root.
    pub fn path(&self, id: ItemId) -> String {
        path_of(&self.item(id).names)
    }

    pub fn find_path(&self, path: &str) -> Option<ItemId> {
        self.by_path.get(path).copied()
    }

    /// The node `${name}` stands for; `None` where there is none, or several.
    pub fn find_name(&self, name: &str) -> Option<ItemId> {
        match self.by_name.get(name).map(Vec::as_slice) {
            Some([only]) => Some(*only),
            _ => None,
        }
    }

    pub fn parent(&self, id: ItemId) -> Option<ItemId> {
        self.item(id).parent
    }

    /// The nodes right below one, or below the root.
    pub fn children(&self, id: Option<ItemId>) -> Vec<ItemId> {
        match id {
            Some(id) => self.item(id).children.clone(),
            None => self.items().filter(|id| self.item(*id).parent.is_none()).collect(),
        }
    }

    pub(crate) fn item(&self, id: ItemId) -> &Item {
        &self.items[id.0 as usize]
    }

    pub(crate) fn instance_name(&self) -> Option<&Expression> {
        self.instance_name.as_ref()
    }

    pub(crate) fn order(&self) -> &Order {
        &self.order
    }

    /// The node and all it lies in, from the inside out.
    pub(crate) fn upwards(&self, id: ItemId) -> impl Iterator<Item = ItemId> + '_ {
        std::iter::successors(Some(id), |id| self.parent(*id))
    }

    /// By its name or its path, as the second argument of `jr:choice-name()` says it. A relative path counts by its end, which
    /// has to be a name nobody shares.
    pub(crate) fn find_question(&self, question: &str) -> Option<ItemId> {
        let below_root =
            |path: &str| path.strip_prefix('/')?.split_once('/').map(|(_, rest)| format!("/{rest}"));
        if let (true, Some((_, name))) = (question.starts_with('.'), question.rsplit_once('/')) {
            return self.find_name(name);
        }
        let by_path = || self.find_path(question).or_else(|| self.find_path(&below_root(question)?));
        self.find_name(question).or_else(by_path)
    }
}

pub(crate) fn path_of(names: &[Arc<str>]) -> String {
    names.iter().fold(String::new(), |path, name| path + "/" + name)
}

impl Surroundings for Plan {
    fn path_of(&self, name: &str) -> Option<&[Arc<str>]> {
        self.find_name(name).map(|id| self.item(id).names.as_slice())
    }

    fn list(&self, name: &str) -> Option<u32> {
        self.lists.find(name)
    }

    fn list_tree(&self, number: u32) -> &Tree {
        self.lists.tree(number)
    }

    fn choice_label(&self, question: &str, choice: &str, language: &str) -> Option<String> {
        let (list, _) = self.node(self.find_question(question)?).kind.list()?;
        let choices = self.form.lists.get(list)?;
        let found = choices.iter().find(|known| known.name == choice)?;
        Some(found.label.get(language).to_owned())
    }
}
