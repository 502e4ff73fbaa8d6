//! Evaluating an expression over answers. Pure: the moment, the language and chance are given by the caller.

use super::ast::{Expression, Operator};
use super::compare::compare;
use super::date::Moment;
use super::fault::ExpressionFault;
use super::functions;
use super::number::text_of_number;
use super::path;
use super::pattern::Pattern;
use super::random::Random;
use super::tree::{NodeId, Tree};
use super::value::{NodeRef, Plain, Value};
use crate::limits::EVALUATION_STEPS_MAX;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::sync::Arc;

/// What a form knows beyond the answers themselves.
pub(crate) trait Surroundings {
    /// The names from below the root to the question `${name}` stands for.
    fn path_of(&self, name: &str) -> Option<&[Arc<str>]>;
    /// The choices of a list as a tree `root/item/…`, and the list's number from 0.
    fn list(&self, name: &str) -> Option<u32>;
    fn list_tree(&self, number: u32) -> &Tree;
    /// The label of a choice of the question with this name or path; `None` where there is no such question or choice.
    fn choice_label(&self, question: &str, choice: &str, language: &str) -> Option<String>;
}

/// Everything an expression may ask for. Made for a batch of evaluations, as chance and costs run on from one to the next.
pub struct World<'a> {
    pub(super) tree: &'a Tree,
    pub(super) surroundings: &'a dyn Surroundings,
    pub(super) language: &'a str,
    now: Moment,
    random: RefCell<Random>,
    patterns: RefCell<HashMap<String, Pattern>>,
    steps: Cell<u64>,
}

/// What the expression is about.
#[derive(Clone, Copy, Debug)]
pub struct Focus {
    pub node: NodeRef,
    /// Of the node among those a predicate goes through, from 1.
    pub(super) position: usize,
    pub(super) size: usize,
    /// The node the whole expression is about: `current()`.
    pub(super) current: NodeRef,
}

impl Focus {
    pub fn on(node: NodeId) -> Self {
        let node = NodeRef::answer(node);
        Self { node, position: 1, size: 1, current: node }
    }

    /// A choice, on behalf of a question: filters of choices.
    pub(crate) fn on_choice(choice: NodeRef, question: NodeId) -> Self {
        Self { node: choice, position: 1, size: 1, current: NodeRef::answer(question) }
    }
}

impl<'a> World<'a> {
    pub(crate) fn of(
        tree: &'a Tree,
        surroundings: &'a dyn Surroundings,
        now: Moment,
        language: &'a str,
        seed: u64,
    ) -> Self {
        Self {
            tree,
            surroundings,
            language,
            now,
            random: RefCell::new(Random::of_seed(seed)),
            patterns: RefCell::default(),
            steps: Cell::new(0),
        }
    }

    /// The value of an expression.
    ///
    /// # Errors
    /// A reference to nothing, a pattern that is none, or more work than is allowed.
    pub fn evaluate(&self, expression: &Expression, focus: &Focus) -> Result<Value, ExpressionFault> {
        match expression {
            Expression::Number(number) => Ok(Value::Number(*number)),
            Expression::Text(text) => Ok(Value::text(&**text)),
            Expression::Call(function, arguments) => functions::call(self, *function, arguments, focus),
            Expression::Pair(operator, pair) => self.pair(*operator, &pair.0, &pair.1, focus),
            Expression::Negative(inner) => Ok(Value::Number(-self.number(inner, focus)?)),
            Expression::Path(path) => path::nodes_of(self, path, focus).map(Value::Nodes),
        }
    }

    fn pair(
        &self,
        operator: Operator,
        left: &Expression,
        right: &Expression,
        focus: &Focus,
    ) -> Result<Value, ExpressionFault> {
        let bool = |value: bool| Ok(Value::Bool(value));
        let numbers = || Ok::<_, ExpressionFault>((self.number(left, focus)?, self.number(right, focus)?));
        match operator {
            Operator::Or => bool(self.bool(left, focus)? || self.bool(right, focus)?),
            Operator::And => bool(self.bool(left, focus)? && self.bool(right, focus)?),
            Operator::Plus => numbers().map(|(left, right)| Value::Number(left + right)),
            Operator::Minus => numbers().map(|(left, right)| Value::Number(left - right)),
            Operator::Times => numbers().map(|(left, right)| Value::Number(left * right)),
            Operator::Div => numbers().map(|(left, right)| Value::Number(left / right)),
            // The sign of the result is that of the left one, as in Java and ECMAScript (section 3.5).
            Operator::Mod => numbers().map(|(left, right)| Value::Number(left % right)),
            Operator::Union => {
                let mut nodes = self.nodes(left, focus, "|")?;
                nodes.extend(self.nodes(right, focus, "|")?);
                path::sort(self, &mut nodes);
                Ok(Value::Nodes(nodes))
            }
            _ => {
                let (left, right) = (self.evaluate(left, focus)?, self.evaluate(right, focus)?);
                self.step(width(&left) * width(&right))?;
                bool(compare(self, operator, &left, &right))
            }
        }
    }

    /// The value as text.
    ///
    /// # Errors
    /// As [`World::evaluate`].
    pub fn text(&self, expression: &Expression, focus: &Focus) -> Result<String, ExpressionFault> {
        Ok(self.to_text(&self.evaluate(expression, focus)?))
    }

    /// The value as a number; NaN where it is none.
    ///
    /// # Errors
    /// As [`World::evaluate`].
    pub fn number(&self, expression: &Expression, focus: &Focus) -> Result<f64, ExpressionFault> {
        Ok(self.to_number(&self.evaluate(expression, focus)?))
    }

    /// The value as a truth.
    ///
    /// # Errors
    /// As [`World::evaluate`].
    pub fn bool(&self, expression: &Expression, focus: &Focus) -> Result<bool, ExpressionFault> {
        Ok(self.to_bool(&self.evaluate(expression, focus)?))
    }

    pub(super) fn nodes(
        &self,
        expression: &Expression,
        focus: &Focus,
        whose: &str,
    ) -> Result<Vec<NodeRef>, ExpressionFault> {
        match self.evaluate(expression, focus)? {
            Value::Nodes(nodes) => Ok(nodes),
            _ => Err(ExpressionFault::NeedsNodes { name: whose.to_owned() }),
        }
    }

    /// What a calculation puts into a node: text, and nothing where there is no number.
    pub(crate) fn stored_text(&self, value: &Value) -> String {
        match value {
            Value::Number(number) if number.is_nan() => String::new(),
            other => self.to_text(other),
        }
    }

    pub(super) fn to_text(&self, value: &Value) -> String {
        match value {
            Value::Nodes(nodes) => nodes.first().map_or(String::new(), |node| self.text_of(*node)),
            Value::Number(number) => text_of_number(*number),
            Value::Text(text) => text.clone(),
            Value::Bool(value) => value.to_string(),
        }
    }

    pub(super) fn to_number(&self, value: &Value) -> f64 {
        match value {
            Value::Number(number) => *number,
            Value::Bool(value) => f64::from(u8::from(*value)),
            other => Plain::Text(self.to_text(other)).to_number(&self.now),
        }
    }

    pub(super) fn to_bool(&self, value: &Value) -> bool {
        match value {
            Value::Nodes(nodes) => !nodes.is_empty(),
            Value::Number(number) => *number != 0.0 && !number.is_nan(),
            Value::Text(text) => !text.is_empty(),
            Value::Bool(value) => *value,
        }
    }

    pub(super) fn tree_of(&self, node: NodeRef) -> &Tree {
        match node.tree.checked_sub(1) {
            None => self.tree,
            Some(list) => self.surroundings.list_tree(list),
        }
    }

    pub(crate) fn text_of(&self, node: NodeRef) -> String {
        self.tree_of(node).whole_text(node.node)
    }

    pub(super) fn moment(&self) -> &Moment {
        &self.now
    }

    pub(super) fn random(&self) -> std::cell::RefMut<'_, Random> {
        self.random.borrow_mut()
    }

    pub(super) fn pattern_fits(&self, pattern: &str, text: &str) -> Result<bool, ExpressionFault> {
        let mut patterns = self.patterns.borrow_mut();
        if let Some(pattern) = patterns.get(pattern) {
            return Ok(pattern.fits(text));
        }
        let read = Pattern::of(pattern)?;
        let fits = read.fits(text);
        patterns.insert(pattern.to_owned(), read);
        Ok(fits)
    }

    /// Counts work; see [`EVALUATION_STEPS_MAX`].
    pub(super) fn step(&self, count: usize) -> Result<(), ExpressionFault> {
        let steps = self.steps.get() + count as u64;
        self.steps.set(steps);
        if steps > EVALUATION_STEPS_MAX { Err(ExpressionFault::TooCostly) } else { Ok(()) }
    }

    /// Begins to count anew: the limit is one evaluation's.
    pub(crate) fn rest(&self) {
        self.steps.set(0);
    }
}

fn width(value: &Value) -> usize {
    match value {
        Value::Nodes(nodes) => nodes.len(),
        _ => 1,
    }
}
