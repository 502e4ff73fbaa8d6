//! `begin loop over LIST`: the same questions once for each choice of a list, each in a group of its own, as pyxform unrolls it.

use crate::form::{Choice, Kind, Node};
use crate::text::Text;

/// A choice of this name stands for none of them, and nothing is asked of it.
const NONE: &str = "none";
/// The groups of a loop: each named and labelled as its choice, with `%(name)s` and `%(label)s` in the words of its questions put in.
pub(super) fn unrolled(choices: &[Choice], nodes: &[Node]) -> Vec<Node> {
    let asked = choices.iter().filter(|choice| choice.name != NONE);
    let group = |choice: &Choice| {
        let nodes = nodes.iter().map(|node| of_choice(node, choice)).collect();
        let mut group = Node::of(choice.name.clone(), Kind::Group { nodes });
        group.label.clone_from(&choice.label);
        group
    };
    asked.map(group).collect()
}

/// How many nodes that would be.
pub(super) fn count(choices: &[Choice], nodes: &[Node]) -> usize {
    choices.len().saturating_mul(1 + count_nodes(nodes))
}

fn count_nodes(nodes: &[Node]) -> usize {
    let within = |node: &Node| match &node.kind {
        Kind::Group { nodes } | Kind::Repeat { nodes, .. } => count_nodes(nodes),
        _ => 0,
    };
    nodes.iter().map(|node| 1 + within(node)).sum()
}

fn of_choice(node: &Node, choice: &Choice) -> Node {
    let mut node = node.clone();
    for text in [&mut node.label, &mut node.hint, &mut node.guidance] {
        put_in(text, choice);
    }
    if let Kind::Group { nodes } | Kind::Repeat { nodes, .. } = &mut node.kind {
        *nodes = nodes.iter().map(|node| of_choice(node, choice)).collect();
    }
    node
}

fn put_in(text: &mut Text, choice: &Choice) {
    for (language, words) in &mut text.0 {
        *words = words.replace("%(name)s", &choice.name).replace("%(label)s", choice.label.get(language));
    }
}
