//! Calling a function: which of the subjects it belongs to.

mod date;
mod logic;
mod nodes;
mod number;
mod select;
mod text;

use super::ast::Expression;
use super::evaluate::{Focus, World};
use super::fault::ExpressionFault;
use super::function::Function as F;
use super::value::Value;

/// One call: what the functions of every subject are handed.
struct Call<'c, 'w> {
    world: &'c World<'w>,
    function: F,
    arguments: &'c [Expression],
    focus: &'c Focus,
}

type Answer = Result<Value, ExpressionFault>;

pub(super) fn call(world: &World<'_>, function: F, arguments: &[Expression], focus: &Focus) -> Answer {
    let call = Call { world, function, arguments, focus };
    match function {
        F::Boolean
        | F::BooleanFromString
        | F::Checklist
        | F::Coalesce
        | F::False
        | F::If
        | F::Not
        | F::Once
        | F::True
        | F::WeightedChecklist => logic::call(&call),
        F::Abs
        | F::Acos
        | F::Asin
        | F::Atan
        | F::Atan2
        | F::Ceiling
        | F::Cos
        | F::Exp
        | F::Exp10
        | F::Floor
        | F::Int
        | F::Log
        | F::Log10
        | F::Number
        | F::Pi
        | F::Pow
        | F::Random
        | F::Round
        | F::Sin
        | F::Sqrt
        | F::Tan => number::call(&call),
        F::Concat
        | F::Contains
        | F::EndsWith
        | F::Join
        | F::NormalizeSpace
        | F::Regex
        | F::StartsWith
        | F::StringOf
        | F::StringLength
        | F::Substr
        | F::Substring
        | F::SubstringAfter
        | F::SubstringBefore
        | F::Translate
        | F::Uuid => text::call(&call),
        F::Date
        | F::DateTime
        | F::DecimalDateTime
        | F::DecimalTime
        | F::FormatDate
        | F::FormatDateTime
        | F::Now
        | F::Today => date::call(&call),
        F::Area
        | F::Count
        | F::CountNonEmpty
        | F::Current
        | F::Distance
        | F::IndexedRepeat
        | F::Instance
        | F::Last
        | F::Max
        | F::Min
        | F::Position
        | F::Sum => nodes::call(&call),
        F::ChoiceName | F::CountSelected | F::Selected | F::SelectedAt => select::call(&call),
    }
}

impl Call<'_, '_> {
    fn value(&self, index: usize) -> Answer {
        self.world.evaluate(&self.arguments[index], self.focus)
    }

    fn text(&self, index: usize) -> Result<String, ExpressionFault> {
        self.world.text(&self.arguments[index], self.focus)
    }

    fn number(&self, index: usize) -> Result<f64, ExpressionFault> {
        self.world.number(&self.arguments[index], self.focus)
    }

    fn bool(&self, index: usize) -> Result<bool, ExpressionFault> {
        self.world.bool(&self.arguments[index], self.focus)
    }

    fn nodes(&self, index: usize) -> Result<Vec<super::NodeRef>, ExpressionFault> {
        self.world.nodes(&self.arguments[index], self.focus, self.function.name())
    }

    /// The first argument, or the node the expression is about (XPath 1.0, sections 4.2 and 4.4).
    fn text_or_own(&self) -> Result<String, ExpressionFault> {
        if self.arguments.is_empty() { Ok(self.world.text_of(self.focus.node)) } else { self.text(0) }
    }

    /// All texts of the arguments from one on: of every node where one gives nodes.
    fn texts_from(&self, first: usize) -> Result<Vec<String>, ExpressionFault> {
        let mut texts = Vec::new();
        for index in first..self.arguments.len() {
            match self.value(index)? {
                Value::Nodes(nodes) => texts.extend(nodes.iter().map(|node| self.world.text_of(*node))),
                other => texts.push(self.world.to_text(&other)),
            }
        }
        Ok(texts)
    }
}
