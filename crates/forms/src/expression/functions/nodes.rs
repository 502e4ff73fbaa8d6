//! Nodes: counting, adding up, choosing among repeats, and places. ODK XForms specification, "Node-set functions".

use super::{Answer, Call, F};
use crate::expression::ast::Expression;
use crate::expression::fault::ExpressionFault;
use crate::expression::path::all_nodes_of;
use crate::expression::place::{Point, area, length, parse_points};
use crate::expression::tree::NodeId;
use crate::expression::value::{NodeRef, Plain, Value};

pub(super) fn call(call: &Call<'_, '_>) -> Answer {
    let number = |number: f64| Ok(Value::Number(number));
    match call.function {
        F::Count => number(call.nodes(0)?.len() as f64),
        F::CountNonEmpty => {
            let texts = call.nodes(0)?.into_iter().map(|node| call.world.text_of(node));
            number(texts.filter(|text| !text.is_empty()).count() as f64)
        }
        F::Sum => number(numbers(call)?.into_iter().fold(0.0, |sum, number| sum + number)),
        F::Max => number(extreme(&numbers(call)?, |number, best| number > best)),
        F::Min => number(extreme(&numbers(call)?, |number, best| number < best)),
        F::Last => number(call.focus.size as f64),
        F::Position if call.arguments.is_empty() => number(call.focus.position as f64),
        F::Position => {
            let first = call.nodes(0)?.first().copied();
            number(first.map_or(f64::NAN, |node| call.world.tree_of(node).position(node.node) as f64))
        }
        F::Current => Ok(Value::Nodes(vec![call.focus.current])),
        F::Instance => instance(call),
        F::IndexedRepeat => indexed_repeat(call).map(Value::Nodes),
        F::Area => number(points(call)?.map_or(f64::NAN, |points| area(&points))),
        _ => number(points(call)?.map_or(f64::NAN, |points| length(&points))),
    }
}

/// The numbers of all arguments. What is not answered is left out, as in JavaRosa: XPath alone would make the whole sum no number.
fn numbers(call: &Call<'_, '_>) -> Result<Vec<f64>, ExpressionFault> {
    let texts = call.texts_from(0)?.into_iter().filter(|text| !text.is_empty());
    Ok(texts.map(|text| Plain::Text(text).to_number(call.world.moment())).collect())
}

/// Not a number as soon as one is none, or where there are none.
fn extreme(numbers: &[f64], is_better: impl Fn(f64, f64) -> bool) -> f64 {
    if numbers.iter().any(|number| number.is_nan()) {
        return f64::NAN;
    }
    let best =
        numbers.iter().copied().reduce(|best, number| if is_better(number, best) { number } else { best });
    best.unwrap_or(f64::NAN)
}

fn instance(call: &Call<'_, '_>) -> Answer {
    let name = call.text(0)?;
    match call.world.surroundings.list(&name) {
        Some(list) => Ok(Value::Nodes(vec![NodeRef { tree: list + 1, node: NodeId::ROOT }])),
        None => Err(ExpressionFault::UnknownList { name }),
    }
}

/// The nodes of the first argument within the chosen instance of each repeat, which are given from the outside in.
fn indexed_repeat(call: &Call<'_, '_>) -> Result<Vec<NodeRef>, ExpressionFault> {
    let mut within: Option<NodeRef> = None;
    for index in (1..call.arguments.len()).step_by(2) {
        let instances = kept_within(call, all_nodes(call, index)?, within);
        let position = call.number(index + 1)?;
        let chosen = if position >= 1.0 { instances.get(position as usize - 1) } else { None };
        let Some(chosen) = chosen else { return Ok(Vec::new()) };
        within = Some(*chosen);
    }
    Ok(kept_within(call, all_nodes(call, 0)?, within))
}

fn all_nodes(call: &Call<'_, '_>, index: usize) -> Result<Vec<NodeRef>, ExpressionFault> {
    match &call.arguments[index] {
        Expression::Path(path) => all_nodes_of(call.world, path, call.focus),
        _ => call.nodes(index),
    }
}

fn kept_within(call: &Call<'_, '_>, nodes: Vec<NodeRef>, ancestor: Option<NodeRef>) -> Vec<NodeRef> {
    let Some(ancestor) = ancestor else { return nodes };
    let is_within = |node: &NodeRef| {
        node.tree == ancestor.tree && call.world.tree_of(*node).is_within(node.node, ancestor.node)
    };
    nodes.into_iter().filter(is_within).collect()
}

/// The points of one place, or of many nodes that are points, or of several arguments.
fn points(call: &Call<'_, '_>) -> Result<Option<Vec<Point>>, ExpressionFault> {
    let texts = call.texts_from(0)?;
    let all: Option<Vec<Vec<Point>>> =
        texts.iter().filter(|text| !text.is_empty()).map(|text| parse_points(text)).collect();
    Ok(all.map(|points| points.concat()))
}
