//! Making a plan: items in order, rules parsed, then everything checked.

use super::{Item, ItemId, Plan, Rules, check, lists::ListTrees, order, references};
use crate::expression::{Expression, parse};
use crate::fault::{Counted, FormFault, Part, Trouble};
use crate::form::{Form, Kind, Node};
use crate::limits::{FAULTS_MAX, GROUPS_DEEP_MAX, NODES_MAX};
use crate::plan::order::Order;
use std::collections::HashMap;
use std::sync::Arc;

pub(super) fn build(form: Form) -> Result<Plan, Vec<FormFault>> {
    let mut faults = Vec::new();
    let mut items = Vec::new();
    if let Err(fault) = collect(&form.nodes, &Place::default(), &mut items) {
        return Err(vec![fault]);
    }
    check::check_form(&form, &mut faults);
    let lists = ListTrees::of(&form);
    let mut plan = Plan {
        form,
        items,
        by_path: HashMap::new(),
        by_name: HashMap::new(),
        lists,
        order: Order::default(),
        instance_name: None,
        warnings: Vec::new(),
    };
    index(&mut plan, &mut faults);
    parse_rules(&mut plan, &mut faults);
    plan.instance_name = parse_instance_name(&plan.form, &mut faults);
    let found = references::check(&plan, &mut faults);
    if faults.is_empty() {
        match order::order(&plan, &found) {
            Ok(order) => plan.order = order,
            Err(fault) => faults.push(fault),
        }
    }
    plan.warnings = found.warnings;
    plan.warnings.truncate(FAULTS_MAX);
    faults.truncate(FAULTS_MAX);
    if faults.is_empty() { Ok(plan) } else { Err(faults) }
}

/// Where the walk through the form is.
#[derive(Default)]
struct Place {
    trail: Vec<usize>,
    names: Vec<Arc<str>>,
    parent: Option<ItemId>,
}

fn collect(nodes: &[Node], place: &Place, items: &mut Vec<Item>) -> Result<(), FormFault> {
    let too_many = |what, max| Err(FormFault::form(Trouble::TooMany { what, max }));
    if place.trail.len() > GROUPS_DEEP_MAX {
        return too_many(Counted::Levels, GROUPS_DEEP_MAX);
    }
    for (index, node) in nodes.iter().enumerate() {
        if items.len() == NODES_MAX {
            return too_many(Counted::Nodes, NODES_MAX);
        }
        let id = ItemId(items.len() as u32);
        let mut inner = Place { trail: place.trail.clone(), names: place.names.clone(), parent: Some(id) };
        inner.trail.push(index);
        inner.names.push(Arc::from(node.name.as_str()));
        if let Some(parent) = place.parent {
            items[parent.0 as usize].children.push(id);
        }
        items.push(Item {
            trail: inner.trail.clone(),
            names: inner.names.clone(),
            parent: place.parent,
            children: Vec::new(),
            rules: Rules::default(),
        });
        collect(node.children(), &inner, items)?;
    }
    Ok(())
}

fn index(plan: &mut Plan, faults: &mut Vec<FormFault>) {
    for id in plan.items() {
        let path = plan.path(id);
        let name = plan.node(id).name.clone();
        if let Some(first) = plan.by_path.insert(path.clone(), id) {
            plan.by_path.insert(path.clone(), first);
            faults.push(FormFault::node(path, Part::Name, Trouble::DuplicateName { name: name.clone() }));
        }
        plan.by_name.entry(name).or_default().push(id);
    }
}

fn parse_rules(plan: &mut Plan, faults: &mut Vec<FormFault>) {
    for id in plan.items() {
        let rules = rules_of(plan.node(id), &plan.path(id), faults);
        plan.items[id.0 as usize].rules = rules;
    }
}

fn parse_instance_name(form: &Form, faults: &mut Vec<FormFault>) -> Option<Expression> {
    match parse(form.instance_name.as_deref()?) {
        Ok(expression) => Some(expression),
        Err(fault) => {
            faults.push(FormFault::form(Trouble::Expression(fault)));
            None
        }
    }
}

fn rules_of(node: &Node, path: &str, faults: &mut Vec<FormFault>) -> Rules {
    let mut read = |text: &Option<String>, part: Part| match parse(text.as_deref()?) {
        Ok(expression) => Some(expression),
        Err(fault) => {
            faults.push(FormFault::node(path, part, Trouble::Expression(fault)));
            None
        }
    };
    let count = match &node.kind {
        Kind::Repeat { count, .. } => read(count, Part::Count),
        _ => None,
    };
    let filter = node.kind.list().and_then(|(_, filter)| read(&filter.map(str::to_owned), Part::Filter));
    Rules {
        relevant: read(&node.relevant, Part::Relevant),
        required: read(&node.required, Part::Required),
        constraint: read(&node.constraint, Part::Constraint),
        calculation: read(&node.calculation, Part::Calculation),
        default: node.default.as_deref().and_then(dynamic_default),
        read_only: read(&node.read_only, Part::ReadOnly),
        filter,
        count,
    }
}

/// A default is worked out where it names a question or calls a function; else it is the text itself. ODK documentation,
/// "Dynamic defaults". `2020-01-01` and `first-class` are text, though they could be read as expressions.
fn dynamic_default(text: &str) -> Option<Expression> {
    let expression = parse(text).ok()?;
    let mut calls = text.contains("${");
    expression.each_call(&mut |_, _| calls = true);
    calls.then_some(expression)
}
