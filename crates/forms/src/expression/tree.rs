//! What paths walk on: answers, or the choices of a list, as named nodes within each other.

use std::collections::HashMap;
use std::sync::Arc;

/// A node of one [`Tree`]. Valid as long as the node was not removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(u32);

impl NodeId {
    /// The node that has all others within it.
    pub const ROOT: Self = Self(0);
}

/// Nodes in an arena. Children of one name lie together, in slots, and the slots in the order of the form.
#[derive(Clone, Debug)]
pub struct Tree {
    nodes: Vec<TreeNode>,
    free: Vec<NodeId>,
}

#[derive(Clone, Debug)]
struct TreeNode {
    name: Arc<str>,
    parent: Option<NodeId>,
    slots: Vec<Slot>,
    /// Only where there are many slots; a few are found faster by looking.
    by_name: HashMap<Arc<str>, usize>,
    text: String,
    relevant: bool,
    tag: u32,
}

#[derive(Clone, Debug)]
struct Slot {
    name: Arc<str>,
    nodes: Vec<NodeId>,
}

/// So many slots are looked through one by one.
const SLOTS_SCANNED_MAX: usize = 12;

impl Tree {
    pub fn new(root: impl Into<Arc<str>>) -> Self {
        Self { nodes: vec![TreeNode::of(root.into(), None)], free: Vec::new() }
    }

    /// Adds a node as the last of its name.
    pub fn add(&mut self, parent: NodeId, name: &Arc<str>) -> NodeId {
        let slot = self.slot_for(parent, name);
        let node = TreeNode::of(Arc::clone(name), Some(parent));
        let id = match self.free.pop() {
            Some(id) => {
                self.nodes[id.0 as usize] = node;
                id
            }
            None => {
                self.nodes.push(node);
                NodeId(u32::try_from(self.nodes.len() - 1).expect("limits are far below 2^32 nodes"))
            }
        };
        self.node_mut(parent).slots[slot].nodes.push(id);
        id
    }

    /// Makes a place for nodes of a name, so that the order of the form is kept where there are none yet.
    pub fn slot_for(&mut self, parent: NodeId, name: &Arc<str>) -> usize {
        if let Some(slot) = self.find_slot(parent, name) {
            return slot;
        }
        let node = self.node_mut(parent);
        node.slots.push(Slot { name: Arc::clone(name), nodes: Vec::new() });
        let slot = node.slots.len() - 1;
        if node.slots.len() > SLOTS_SCANNED_MAX {
            let start = node.by_name.len();
            node.by_name
                .extend(node.slots.iter().enumerate().skip(start).map(|(at, slot)| (slot.name.clone(), at)));
        }
        slot
    }

    /// Takes a node and all below it out; their ids are used again.
    pub fn remove(&mut self, id: NodeId) {
        if let Some(parent) = self.parent(id) {
            let slot = self.find_slot(parent, &self.name_arc(id));
            let slot = slot.expect("a node is in the slot of its name");
            self.node_mut(parent).slots[slot].nodes.retain(|node| *node != id);
        }
        let mut waiting = vec![id];
        while let Some(id) = waiting.pop() {
            waiting.extend(self.children(id));
            self.node_mut(id).slots.clear();
            self.free.push(id);
        }
    }

    pub fn name(&self, id: NodeId) -> &str {
        &self.node(id).name
    }

    pub(crate) fn name_arc(&self, id: NodeId) -> Arc<str> {
        Arc::clone(&self.node(id).name)
    }

    pub fn parent(&self, id: NodeId) -> Option<NodeId> {
        self.node(id).parent
    }

    /// All children, in the order of the form.
    pub fn children(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        self.node(id).slots.iter().flat_map(|slot| slot.nodes.iter().copied())
    }

    /// The children of a name.
    pub fn children_named(&self, id: NodeId, name: &str) -> &[NodeId] {
        self.find_slot(id, name).map_or(&[], |slot| &self.node(id).slots[slot].nodes)
    }

    pub fn has_children(&self, id: NodeId) -> bool {
        !self.node(id).slots.is_empty()
    }

    /// What the node itself holds.
    pub fn text(&self, id: NodeId) -> &str {
        &self.node(id).text
    }

    /// Gives the node back.
    pub fn set_text(&mut self, id: NodeId, text: impl Into<String>) -> NodeId {
        self.node_mut(id).text = text.into();
        id
    }

    /// Its string-value: its own text, or that of all below it (XPath 1.0, section 5.2).
    pub fn whole_text(&self, id: NodeId) -> String {
        let mut whole = self.text(id).to_owned();
        for child in self.children(id) {
            whole.push_str(&self.whole_text(child));
        }
        whole
    }

    /// What the owner of the tree keeps with a node.
    pub(crate) fn tag(&self, id: NodeId) -> u32 {
        self.node(id).tag
    }

    pub(crate) fn set_tag(&mut self, id: NodeId, tag: u32) {
        self.node_mut(id).tag = tag;
    }

    /// Whether the node's own rule says that it is asked; see [`Tree::is_relevant`].
    pub fn own_relevance(&self, id: NodeId) -> bool {
        self.node(id).relevant
    }

    /// Gives the node back.
    pub fn set_relevance(&mut self, id: NodeId, relevant: bool) -> NodeId {
        self.node_mut(id).relevant = relevant;
        id
    }

    /// Whether the node and all it lies in are asked.
    pub fn is_relevant(&self, id: NodeId) -> bool {
        let mut at = Some(id);
        while let Some(id) = at {
            if !self.own_relevance(id) {
                return false;
            }
            at = self.parent(id);
        }
        true
    }

    /// From 1, among the nodes of its name.
    pub fn position(&self, id: NodeId) -> usize {
        let Some(parent) = self.parent(id) else { return 1 };
        let siblings = self.children_named(parent, self.name(id));
        siblings.iter().position(|node| *node == id).map_or(1, |at| at + 1)
    }

    /// The node's ancestors and the node, from the root.
    pub fn chain(&self, id: NodeId) -> Vec<NodeId> {
        let mut chain: Vec<NodeId> = std::iter::successors(Some(id), |id| self.parent(*id)).collect();
        chain.reverse();
        chain
    }

    pub fn is_within(&self, id: NodeId, ancestor: NodeId) -> bool {
        std::iter::successors(Some(id), |id| self.parent(*id)).any(|node| node == ancestor)
    }

    /// Sorts as the nodes stand in the document (XPath 1.0, section 5).
    pub fn order_key(&self, id: NodeId) -> Vec<(usize, usize)> {
        let chain = self.chain(id);
        let key = chain.iter().filter_map(|id| {
            let slot = self.find_slot(self.parent(*id)?, self.name(*id))?;
            Some((slot, self.position(*id)))
        });
        key.collect()
    }

    /// `/household/member[2]/age`: without the root, positions from 1 where there are several of a name.
    pub fn address(&self, id: NodeId) -> String {
        let mut address = String::new();
        for id in self.chain(id).into_iter().skip(1) {
            address.push('/');
            address.push_str(self.name(id));
            let siblings =
                self.parent(id).map_or(0, |parent| self.children_named(parent, self.name(id)).len());
            if siblings > 1 {
                address.push_str(&format!("[{}]", self.position(id)));
            }
        }
        address
    }

    /// The node at an address; the first of a name where no position is said.
    pub fn find(&self, address: &str) -> Option<NodeId> {
        let mut at = NodeId::ROOT;
        for step in address.split('/').filter(|step| !step.is_empty()) {
            let (name, position) = match step.split_once('[') {
                Some((name, rest)) => (name, rest.strip_suffix(']')?.parse::<usize>().ok()?),
                None => (step, 1),
            };
            at = *self.children_named(at, name).get(position.checked_sub(1)?)?;
        }
        Some(at)
    }

    /// Nodes in use.
    pub fn count(&self) -> usize {
        self.nodes.len() - self.free.len()
    }

    fn find_slot(&self, parent: NodeId, name: &str) -> Option<usize> {
        let node = self.node(parent);
        if node.by_name.is_empty() {
            return node.slots.iter().position(|slot| *slot.name == *name);
        }
        node.by_name.get(name).copied()
    }

    fn node(&self, id: NodeId) -> &TreeNode {
        &self.nodes[id.0 as usize]
    }

    fn node_mut(&mut self, id: NodeId) -> &mut TreeNode {
        &mut self.nodes[id.0 as usize]
    }
}

impl TreeNode {
    fn of(name: Arc<str>, parent: Option<NodeId>) -> Self {
        Self {
            name,
            parent,
            slots: Vec::new(),
            by_name: HashMap::new(),
            text: String::new(),
            relevant: true,
            tag: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{NodeId, Tree};
    use std::sync::Arc;

    #[test]
    fn many_slots_are_found_like_few() {
        let mut tree = Tree::new("data");
        let names: Vec<Arc<str>> = (0..40).map(|number| Arc::from(format!("q{number}"))).collect();
        let ids: Vec<NodeId> = names.iter().map(|name| tree.add(NodeId::ROOT, name)).collect();
        for (name, id) in names.iter().zip(&ids) {
            assert_eq!(tree.children_named(NodeId::ROOT, name), &[*id], "{name}");
        }
        assert!(tree.children_named(NodeId::ROOT, "q40").is_empty());
        assert_eq!(tree.children(NodeId::ROOT).collect::<Vec<_>>(), ids);
    }

    #[test]
    fn an_address_leads_back() {
        let (mut tree, member, age) = (Tree::new("data"), Arc::from("member"), Arc::from("age"));
        let first = tree.add(NodeId::ROOT, &member);
        let second = tree.add(NodeId::ROOT, &member);
        let age = tree.add(second, &age);
        assert_eq!(tree.address(age), "/member[2]/age");
        assert_eq!(tree.find("/member[2]/age"), Some(age));
        assert_eq!(tree.find("/member[3]/age"), None);
        tree.remove(first);
        assert_eq!((tree.address(age).as_str(), tree.count()), ("/member/age", 3));
        assert_eq!(tree.add(NodeId::ROOT, &member), first, "its id is used again");
    }
}
