//! Comparing. XPath 1.0, section 3.4: nodes compare by any of them, the rest by the simpler of the two types.

use super::ast::Operator;
use super::evaluate::World;
use super::value::{Plain, Value};

pub(super) fn compare(world: &World<'_>, operator: Operator, left: &Value, right: &Value) -> bool {
    // Nodes against a boolean count as one thing: whether there are any.
    if let (Value::Nodes(_), Value::Bool(_)) | (Value::Bool(_), Value::Nodes(_)) = (left, right) {
        let (left, right) = (world.to_bool(left), world.to_bool(right));
        return compare_plain(world, operator, &Plain::Bool(left), &Plain::Bool(right));
    }
    let (left, right) = (plains(world, left), plains(world, right));
    left.iter().any(|left| right.iter().any(|right| compare_plain(world, operator, left, right)))
}

fn plains(world: &World<'_>, value: &Value) -> Vec<Plain> {
    match value {
        Value::Nodes(nodes) => nodes.iter().map(|node| Plain::Text(world.text_of(*node))).collect(),
        Value::Number(number) => vec![Plain::Number(*number)],
        Value::Text(text) => vec![Plain::Text(text.clone())],
        Value::Bool(value) => vec![Plain::Bool(*value)],
    }
}

fn compare_plain(world: &World<'_>, operator: Operator, left: &Plain, right: &Plain) -> bool {
    let numbers = || (left.to_number(world.moment()), right.to_number(world.moment()));
    match operator {
        Operator::Equal => equal(world, left, right),
        // Not the opposite for NaN: that differs from itself, and `equal` says so already.
        Operator::NotEqual => !equal(world, left, right),
        Operator::Less => numbers().0 < numbers().1,
        Operator::LessOrEqual => numbers().0 <= numbers().1,
        Operator::Greater => numbers().0 > numbers().1,
        Operator::GreaterOrEqual => numbers().0 >= numbers().1,
        _ => false,
    }
}

fn equal(world: &World<'_>, left: &Plain, right: &Plain) -> bool {
    match (left, right) {
        (Plain::Bool(_), _) | (_, Plain::Bool(_)) => left.to_bool() == right.to_bool(),
        (Plain::Number(_), _) | (_, Plain::Number(_)) => {
            left.to_number(world.moment()) == right.to_number(world.moment())
        }
        (Plain::Text(left), Plain::Text(right)) => left == right,
    }
}
