//! What an expression gives, and how one kind of value becomes another. XPath 1.0, sections 1 and 4.

use super::date::Moment;
use super::number::number_of_text;
use super::tree::NodeId;

/// A node of the answers (tree 0) or of a list (the others).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeRef {
    pub tree: u32,
    pub node: NodeId,
}

impl NodeRef {
    pub fn answer(node: NodeId) -> Self {
        Self { tree: 0, node }
    }
}

/// XPath 1.0, section 1: the four types. Nodes are in the order of the document, and each is there once.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Nodes(Vec<NodeRef>),
    Number(f64),
    Text(String),
    Bool(bool),
}

impl Value {
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }
}

/// A value that is no nodes any more.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Plain {
    Number(f64),
    Text(String),
    Bool(bool),
}

impl Plain {
    pub(super) fn to_number(&self, now: &Moment) -> f64 {
        match self {
            Self::Number(number) => *number,
            Self::Text(text) => number_of_text(text, now),
            Self::Bool(value) => f64::from(u8::from(*value)),
        }
    }

    pub(super) fn to_bool(&self) -> bool {
        match self {
            Self::Number(number) => *number != 0.0 && !number.is_nan(),
            Self::Text(text) => !text.is_empty(),
            Self::Bool(value) => *value,
        }
    }
}
