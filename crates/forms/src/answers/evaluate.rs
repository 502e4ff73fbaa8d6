//! Trying an expression on answers: what an editor of forms shows, and what the vectors hold the evaluators to.

use super::{Answers, Scene};
use crate::expression::{ExpressionFault, Focus, NodeId, Value, parse};

/// What an expression gave, without ties to the answers.
#[derive(Clone, Debug, PartialEq)]
pub enum Given {
    Nodes(Vec<String>),
    Number(f64),
    Text(String),
    Bool(bool),
}

impl Answers {
    /// Evaluates an expression as if it stood at an address.
    ///
    /// # Errors
    /// Any [`ExpressionFault`].
    pub fn evaluate(
        &self,
        expression: &str,
        address: &str,
        scene: &Scene<'_>,
    ) -> Result<Given, ExpressionFault> {
        let expression = parse(expression)?;
        let node = self.tree.find(address).unwrap_or(NodeId::ROOT);
        let world = self.world(scene);
        Ok(match world.evaluate(&expression, &Focus::on(node))? {
            Value::Nodes(nodes) => Given::Nodes(nodes.iter().map(|node| world.text_of(*node)).collect()),
            Value::Number(number) => Given::Number(number),
            Value::Text(text) => Given::Text(text),
            Value::Bool(value) => Given::Bool(value),
        })
    }
}
