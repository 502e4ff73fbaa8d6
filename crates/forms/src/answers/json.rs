//! Answers as JSON: groups are objects, repeats lists of objects, numbers numbers, several choices a list of names, the rest text.

use super::Answers;
use crate::expression::NodeId;
use crate::form::Kind;
use crate::limits::{REPEAT_INSTANCES_MAX, UNKNOWN_NODES_MAX};
use crate::plan::{ItemId, Plan};
use serde_json::{Map, Number, Value};
use std::sync::Arc;

/// Something no question of the form asks for: kept beside the answers, never among them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stranger {
    pub path: String,
    pub text: String,
}

impl Answers {
    /// What was answered. With `relevant_only`, without what is not asked: the ODK XForms specification, "relevant".
    pub fn to_json(&self, relevant_only: bool) -> Value {
        Value::Object(self.object(NodeId::ROOT, relevant_only))
    }

    fn object(&self, node: NodeId, relevant_only: bool) -> Map<String, Value> {
        let mut object = Map::new();
        for child in self.tree.children(node) {
            if relevant_only && !self.tree.own_relevance(child) {
                continue;
            }
            let Some(item) = self.item(child) else { continue };
            let kind = &self.plan.node(item).kind;
            let name = self.tree.name(child);
            if kind.is_repeat() {
                let list = object.entry(name).or_insert_with(|| Value::Array(Vec::new()));
                if let Value::Array(list) = list {
                    list.push(Value::Object(self.object(child, relevant_only)));
                }
            } else if kind.is_group() {
                object.insert(name.to_owned(), Value::Object(self.object(child, relevant_only)));
            } else if !self.tree.text(child).is_empty() {
                object.insert(name.to_owned(), leaf(kind, self.tree.text(child)));
            }
        }
        object
    }

    /// Answers from JSON, and what in it no question asks for. Values are put as they are: [`Answers::check`] judges them,
    /// and nothing is worked out before [`Answers::settle_whole`].
    pub fn from_json(plan: &Arc<Plan>, json: &Value) -> (Self, Vec<Stranger>) {
        let mut answers = Self::empty(plan);
        let mut strangers = Vec::new();
        answers.put_object(NodeId::ROOT, None, json, &mut strangers);
        strangers.truncate(UNKNOWN_NODES_MAX);
        (answers, strangers)
    }

    fn put_object(
        &mut self,
        node: NodeId,
        item: Option<ItemId>,
        json: &Value,
        strangers: &mut Vec<Stranger>,
    ) {
        let Value::Object(object) = json else { return };
        let plan = Arc::clone(&self.plan);
        let children = plan.children(item);
        for (name, value) in object {
            let known = children.iter().find(|child| plan.node(**child).name == *name);
            match known {
                Some(child) => self.put(node, *child, value, strangers),
                None => strangers.push(self.stranger(node, name, value)),
            }
        }
    }

    fn put(&mut self, parent: NodeId, item: ItemId, value: &Value, strangers: &mut Vec<Stranger>) {
        let plan = Arc::clone(&self.plan);
        let (kind, name) = (&plan.node(item).kind, plan.node(item).name.as_str());
        if let (Kind::Repeat { .. }, Value::Array(instances)) = (kind, value) {
            for (index, instance) in instances.iter().enumerate() {
                let room = index < REPEAT_INSTANCES_MAX;
                match self.add_empty(parent, item).filter(|_| room) {
                    Some(node) => self.put_object(node, Some(item), instance, strangers),
                    None => strangers.push(self.stranger(parent, name, instance)),
                }
            }
            return;
        }
        let Some(node) = self.tree.children_named(parent, name).first().copied() else { return };
        match (kind, text_of(value)) {
            (Kind::Group { .. }, _) if value.is_object() => {
                self.put_object(node, Some(item), value, strangers)
            }
            (kind, Some(text)) if !kind.is_group() => drop(self.tree.set_text(node, text)),
            _ => strangers.push(self.stranger(parent, name, value)),
        }
    }

    fn stranger(&self, parent: NodeId, name: &str, value: &Value) -> Stranger {
        let text = text_of(value).unwrap_or_else(|| value.to_string());
        Stranger { path: format!("{}/{name}", self.tree.address(parent)), text }
    }
}

/// Numbers that are none stay text, so that nothing is lost.
fn leaf(kind: &Kind, text: &str) -> Value {
    let number = match kind {
        Kind::Integer => text.parse::<i64>().ok().map(Number::from),
        Kind::Decimal | Kind::Range { .. } => text.parse::<f64>().ok().and_then(Number::from_f64),
        kind if kind.is_many() => {
            return text.split_ascii_whitespace().map(|name| Value::String(name.to_owned())).collect();
        }
        _ => None,
    };
    number.map_or_else(|| Value::String(text.to_owned()), Value::Number)
}

/// The text an answer is kept as; `None` where there is none.
fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some(String::new()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => Some(whole.to_string()),
            (None, Some(number)) => Some(crate::expression::text_of_number(number)),
            (None, None) => None,
        },
        Value::String(text) => Some(text.clone()),
        Value::Array(names) => {
            let names: Option<Vec<&str>> = names.iter().map(Value::as_str).collect();
            names.map(|names| names.join(" "))
        }
        Value::Object(_) => None,
    }
}
