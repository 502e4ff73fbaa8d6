//! Walking paths. XPath 1.0, section 2, and two things of the ODK XForms specification: nodes that are not relevant are not
//! there, and a path from the top stays in the instance of a repeat that the expression stands in.

use super::Expression;
use super::ast::{Axis, Path, Start, Step};
use super::evaluate::{Focus, World};
use super::fault::ExpressionFault;
use super::tree::NodeId;
use super::value::{NodeRef, Value};
use std::sync::Arc;

pub(super) fn nodes_of(
    world: &World<'_>,
    path: &Path,
    focus: &Focus,
) -> Result<Vec<NodeRef>, ExpressionFault> {
    walk(world, path, focus, true)
}

/// The same without staying in one's own instance: what `indexed-repeat()` chooses from.
pub(super) fn all_nodes_of(
    world: &World<'_>,
    path: &Path,
    focus: &Focus,
) -> Result<Vec<NodeRef>, ExpressionFault> {
    walk(world, path, focus, false)
}

fn walk(world: &World<'_>, path: &Path, focus: &Focus, bound: bool) -> Result<Vec<NodeRef>, ExpressionFault> {
    let (mut nodes, steps) = match &path.start {
        Start::Here => (vec![focus.node], path.steps.as_slice()),
        Start::Top => from_top(world, &path.steps, focus, bound)?,
        Start::Named(name) if bound => (named(world, name, focus)?, path.steps.as_slice()),
        Start::Named(name) => (descend(world, NodeId::ROOT, path_of(world, name)?)?, path.steps.as_slice()),
        Start::Of(inner, predicates) => {
            let nodes = world.nodes(inner, focus, "/")?;
            (narrowed(world, nodes, predicates, focus)?, path.steps.as_slice())
        }
    };
    for step in steps {
        nodes = take_step(world, &nodes, step, focus)?;
    }
    nodes.retain(|node| node.tree != 0 || world.tree.is_relevant(node.node));
    Ok(nodes)
}

/// `${name}`: the question in the instances of repeats both lie in, and in all instances of others.
pub(super) fn named(
    world: &World<'_>,
    name: &Arc<str>,
    focus: &Focus,
) -> Result<Vec<NodeRef>, ExpressionFault> {
    let path = path_of(world, name)?;
    let (from, shared) = shared_start(world, path, focus);
    let mut nodes = descend(world, from, &path[shared..])?;
    nodes.retain(|node| world.tree.is_relevant(node.node));
    Ok(nodes)
}

fn path_of<'w>(world: &'w World<'_>, name: &str) -> Result<&'w [Arc<str>], ExpressionFault> {
    let path = world.surroundings.path_of(name);
    path.ok_or_else(|| ExpressionFault::UnknownReference { name: name.to_owned() })
}

/// The deepest ancestor of the focus that lies on the way to the path's end, and how many names lead there. The last name is
/// never shared: whoever names a repeat means all its instances.
fn shared_start(world: &World<'_>, path: &[Arc<str>], focus: &Focus) -> (NodeId, usize) {
    let own = if focus.node.tree == 0 { focus.node } else { focus.current };
    let chain = world.tree.chain(own.node);
    let candidates = path.iter().take(path.len().saturating_sub(1)).zip(chain.iter().skip(1));
    let shared = candidates.take_while(|(name, node)| ***name == *world.tree.name(**node)).count();
    (chain[shared], shared)
}

fn descend(world: &World<'_>, from: NodeId, names: &[Arc<str>]) -> Result<Vec<NodeRef>, ExpressionFault> {
    let mut nodes = vec![from];
    for name in names {
        nodes = nodes.iter().flat_map(|node| world.tree.children_named(*node, name)).copied().collect();
        world.step(nodes.len() + 1)?;
    }
    Ok(nodes.into_iter().map(NodeRef::answer).collect())
}

type Begun<'s> = (Vec<NodeRef>, &'s [Step]);

/// `/data/…`: the first step names the root. Names without predicates that follow are walked like `${…}`.
fn from_top<'s>(
    world: &World<'_>,
    steps: &'s [Step],
    focus: &Focus,
    bound: bool,
) -> Result<Begun<'s>, ExpressionFault> {
    let root = NodeRef::answer(NodeId::ROOT);
    let Some(first) = steps.first() else { return Ok((vec![root], steps)) };
    if first.axis == Axis::Below {
        return Ok((vec![root], steps));
    }
    let is_root = first.name.as_ref().is_none_or(|name| **name == *world.tree.name(NodeId::ROOT));
    if !is_root || first.axis != Axis::Child {
        return Ok((Vec::new(), &steps[1..]));
    }
    let plain = steps[1..]
        .iter()
        .take_while(|step| step.axis == Axis::Child && step.name.is_some() && step.predicates.is_empty());
    let names: Vec<Arc<str>> = plain.filter_map(|step| step.name.clone()).collect();
    let rest = &steps[1 + names.len()..];
    // With a predicate next, the step before it is a choice among all, not one's own.
    let (from, shared) = if bound { shared_start(world, &names, focus) } else { (NodeId::ROOT, 0) };
    Ok((descend(world, from, &names[shared..])?, rest))
}

fn take_step(
    world: &World<'_>,
    from: &[NodeRef],
    step: &Step,
    focus: &Focus,
) -> Result<Vec<NodeRef>, ExpressionFault> {
    let mut nodes = Vec::new();
    for node in from {
        let reached = reach(world, *node, step)?;
        nodes.extend(narrowed(world, reached, &step.predicates, focus)?);
    }
    // Only these may reach a node twice, or out of order.
    if from.len() > 1 && matches!(step.axis, Axis::Parent | Axis::Below) {
        sort(world, &mut nodes);
    }
    Ok(nodes)
}

fn reach(world: &World<'_>, node: NodeRef, step: &Step) -> Result<Vec<NodeRef>, ExpressionFault> {
    let tree = world.tree_of(node);
    let found: Vec<NodeId> = match (step.axis, &step.name) {
        (Axis::Child, Some(name)) => tree.children_named(node.node, name).to_vec(),
        (Axis::Child, None) => tree.children(node.node).collect(),
        (Axis::Own, name) => {
            vec![node.node].into_iter().filter(|node| named_so(tree.name(*node), name)).collect()
        }
        (Axis::Parent, name) => {
            tree.parent(node.node).into_iter().filter(|node| named_so(tree.name(*node), name)).collect()
        }
        (Axis::Below, _) => {
            let mut below = Vec::new();
            collect_below(world, node, &mut below)?;
            below
        }
    };
    world.step(found.len() + 1)?;
    Ok(found.into_iter().map(|id| NodeRef { tree: node.tree, node: id }).collect())
}

fn named_so(name: &str, wanted: &Option<Arc<str>>) -> bool {
    wanted.as_ref().is_none_or(|wanted| **wanted == *name)
}

fn collect_below(world: &World<'_>, node: NodeRef, below: &mut Vec<NodeId>) -> Result<(), ExpressionFault> {
    world.step(1)?;
    below.push(node.node);
    for child in world.tree_of(node).children(node.node) {
        collect_below(world, NodeRef { tree: node.tree, node: child }, below)?;
    }
    Ok(())
}

/// Predicates, one after the other: a number is a position (XPath 1.0, section 2.4).
fn narrowed(
    world: &World<'_>,
    mut nodes: Vec<NodeRef>,
    predicates: &[Expression],
    focus: &Focus,
) -> Result<Vec<NodeRef>, ExpressionFault> {
    for predicate in predicates {
        world.step(nodes.len())?;
        let size = nodes.len();
        let mut kept = Vec::new();
        for (index, node) in nodes.into_iter().enumerate() {
            let inner = Focus { node, position: index + 1, size, current: focus.current };
            let keep = match world.evaluate(predicate, &inner)? {
                Value::Number(number) => number == inner.position as f64,
                other => world.to_bool(&other),
            };
            if keep {
                kept.push(node);
            }
        }
        nodes = kept;
    }
    Ok(nodes)
}

/// In the order of the document, each once.
pub(super) fn sort(world: &World<'_>, nodes: &mut Vec<NodeRef>) {
    nodes.sort_by_cached_key(|node| (node.tree, world.tree_of(*node).order_key(node.node)));
    nodes.dedup();
}
