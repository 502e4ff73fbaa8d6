//! The head of an XForm: title, words, instances, bindings. ODK XForms specification, "Structure", "Instance", "Bindings".

use super::guise::Guise;
use super::itext::{self, Wording};
use super::print::{absolute, print};
use super::xml::Xml;
use crate::expression::{Axis, Expression, Start};
use crate::form::{Choice, Device, Kind, Shape};
use crate::plan::{ItemId, Plan};

/// The version of the specification that is followed.
const XFORMS_VERSION: &str = "1.0.0";

pub(super) fn write(plan: &Plan, guise: &Guise<'_>, xml: &mut Xml) {
    xml.open("h:head", &[]);
    xml.leaf("h:title", &[], plan.form().title.get(plan.form().first_language()));
    xml.open("model", &[("odk:xforms-version", XFORMS_VERSION)]);
    itext::write(plan, xml);
    write_primary(plan, guise, xml);
    for (list, choices) in &plan.form().lists {
        match guise.is_apart(plan, list) {
            true => xml.empty("instance", &[("id", list), ("src", &format!("jr://file-csv/{list}.csv"))]),
            false => write_list(plan, list, choices, xml),
        }
    }
    for item in plan.items() {
        write_bind(plan, item, xml);
    }
    write_meta_binds(plan, xml);
    for item in plan.items() {
        write_first_value(plan, item, "odk-instance-first-load", xml);
    }
    xml.close();
    xml.close();
}

fn write_primary(plan: &Plan, guise: &Guise<'_>, xml: &mut Xml) {
    let form = plan.form();
    xml.open("instance", &[]);
    let version = guise.version.unwrap_or(&form.version);
    xml.open(&form.root, &[("id", &form.id), ("version", version)]);
    for item in plan.children(None) {
        write_node(plan, item, xml);
    }
    xml.open("orx:meta", &[]);
    xml.empty("orx:instanceID", &[]);
    if form.instance_name.is_some() {
        xml.empty("orx:instanceName", &[]);
    }
    xml.close();
    xml.close();
    xml.close();
}

/// A repeat is there as a template, and once more as its first instance where nobody gives its count.
fn write_node(plan: &Plan, item: ItemId, xml: &mut Xml) {
    let node = plan.node(item);
    match &node.kind {
        Kind::Repeat { count, .. } => {
            if let Some(helper) = count_helper(plan, item) {
                xml.empty(&helper, &[]);
            }
            write_group(plan, item, &[("jr:template", "")], xml);
            if count.is_none() {
                write_group(plan, item, &[], xml);
            }
        }
        Kind::Group { .. } => write_group(plan, item, &[], xml),
        _ => {
            let is_dynamic = plan.item(item).rules.default.is_some();
            let first = node.default.as_deref().filter(|_| !is_dynamic).unwrap_or("");
            xml.leaf(&node.name, &[], first);
        }
    }
}

fn write_group(plan: &Plan, item: ItemId, attributes: &[(&str, &str)], xml: &mut Xml) {
    xml.open(&plan.node(item).name, attributes);
    for child in plan.children(Some(item)) {
        write_node(plan, child, xml);
    }
    xml.close();
}

/// Each choice has its label in the first language besides the id of its words, for expressions that read it.
fn write_list(plan: &Plan, list: &str, choices: &[Choice], xml: &mut Xml) {
    xml.open("instance", &[("id", list)]);
    xml.open("root", &[]);
    for (index, choice) in choices.iter().enumerate() {
        xml.open("item", &[]);
        xml.leaf("itextId", &[], &itext::choice_id(list, index));
        xml.leaf("name", &[], &choice.name);
        xml.leaf("label", &[], choice.label.get(plan.form().first_language()));
        for (column, value) in &choice.columns {
            xml.leaf(column, &[], value);
        }
        xml.close();
    }
    xml.close();
    xml.close();
}

fn write_bind(plan: &Plan, item: ItemId, xml: &mut Xml) {
    let (kind, rules) = (&plan.node(item).kind, &plan.item(item).rules);
    let printed = |rule: &Option<Expression>| rule.as_ref().map(|rule| print(plan, item, rule));
    let mut attributes: Vec<(&str, String)> = vec![("nodeset", absolute(plan, item))];
    attributes.extend(type_of(kind).map(|word| ("type", word.to_owned())));
    let rules = [
        ("relevant", printed(&rules.relevant)),
        ("required", printed(&rules.required)),
        ("jr:requiredMsg", itext::reference(plan, item, Wording::Required)),
        ("constraint", printed(&rules.constraint)),
        ("jr:constraintMsg", itext::reference(plan, item, Wording::Constraint)),
        ("calculate", printed(&rules.calculation)),
        (
            "readonly",
            if matches!(kind, Kind::Note) { Some("true()".to_owned()) } else { printed(&rules.read_only) },
        ),
    ];
    attributes.extend(rules.into_iter().filter_map(|(name, value)| Some((name, value?))));
    if let Kind::Device { what } = kind {
        let (preload, parameters) = preload(*what);
        attributes.extend([("jr:preload", preload.to_owned()), ("jr:preloadParams", parameters.to_owned())]);
    }
    if let Kind::Photo { pixels_max: Some(pixels) } = kind {
        attributes.push(("orx:max-pixels", pixels.to_string()));
    }
    write_attributes("bind", &attributes, xml);
    if let (Some(helper), Some(count)) = (count_helper(plan, item), &plan.item(item).rules.count) {
        write_count_helper(plan, item, &helper, count, xml);
    }
}

fn write_attributes(element: &str, attributes: &[(&str, String)], xml: &mut Xml) {
    let attributes: Vec<(&str, &str)> =
        attributes.iter().map(|(name, value)| (*name, value.as_str())).collect();
    xml.empty(element, &attributes);
}

/// `jr:count` names a node, so that a count that is worked out needs one. Nobody answers it; a submission has it.
pub(super) fn count_helper(plan: &Plan, item: ItemId) -> Option<String> {
    let count = plan.item(item).rules.count.as_ref()?;
    if counted_node(plan, count).is_some() {
        return None;
    }
    let name = &plan.node(item).name;
    let above = plan.parent(item).map_or(String::new(), |parent| plan.path(parent));
    let numbered = (2..).map(|number| format!("{name}_count_{number}"));
    let mut names = std::iter::once(format!("{name}_count")).chain(numbered);
    names.find(|name| plan.find_path(&format!("{above}/{name}")).is_none())
}

/// The node a count names, where it is nothing but a name or a plain path.
pub(super) fn counted_node(plan: &Plan, count: &Expression) -> Option<ItemId> {
    let Expression::Path(path) = count else { return None };
    if let Some(name) = path.named() {
        return plan.find_name(name);
    }
    let is_plain = path.steps.iter().all(|step| step.axis == Axis::Child && step.predicates.is_empty());
    if !is_plain || path.start != Start::Top {
        return None;
    }
    let names = path.steps.iter().skip(1).filter_map(|step| step.name.as_deref());
    plan.find_path(&names.fold(String::new(), |path, name| path + "/" + name))
}

/// The path of a node beside a repeat.
pub(super) fn beside(plan: &Plan, item: ItemId, name: &str) -> String {
    let path = absolute(plan, item);
    let above = path.rsplit_once('/').map_or("", |(above, _)| above);
    format!("{above}/{name}")
}

/// The count is read from where the repeat stands, one step above its instances; so is the helper.
fn write_count_helper(plan: &Plan, item: ItemId, helper: &str, count: &Expression, xml: &mut Xml) {
    let nodeset = beside(plan, item, helper);
    let calculate = print(plan, item, count);
    xml.empty(
        "bind",
        &[("nodeset", &nodeset), ("type", "string"), ("readonly", "true()"), ("calculate", &calculate)],
    );
}

/// A default that is worked out: in the model for what is there at first, within a repeat for each new instance. ODK XForms
/// specification, "Events and actions".
pub(super) fn write_first_value(plan: &Plan, item: ItemId, event: &str, xml: &mut Xml) {
    let Some(default) = &plan.item(item).rules.default else { return };
    let (path, value) = (absolute(plan, item), print(plan, item, default));
    xml.empty("setvalue", &[("event", event), ("ref", &path), ("value", &value)]);
}

pub(super) fn in_repeat(plan: &Plan, item: ItemId) -> bool {
    plan.upwards(item).skip(1).any(|up| plan.node(up).kind.is_repeat())
}

fn write_meta_binds(plan: &Plan, xml: &mut Xml) {
    let meta = format!("/{}/orx:meta", plan.form().root);
    let id = format!("{meta}/orx:instanceID");
    xml.empty("bind", &[("nodeset", &id), ("type", "string"), ("readonly", "true()"), ("jr:preload", "uid")]);
    if let (Some(name), Some(first)) = (plan.instance_name(), plan.items().next()) {
        let nodeset = format!("{meta}/orx:instanceName");
        let calculate = print(plan, first, name);
        xml.empty("bind", &[("nodeset", &nodeset), ("type", "string"), ("calculate", &calculate)]);
    }
}

/// ODK XForms specification, "Data types"; `None` for groups.
pub(super) fn type_of(kind: &Kind) -> Option<&'static str> {
    let is_whole = |numbers: [f64; 3]| numbers.iter().all(|number| number.fract() == 0.0);
    Some(match kind {
        Kind::Group { .. } | Kind::Repeat { .. } => return None,
        Kind::Integer => "int",
        Kind::Range { start, end, step } if is_whole([*start, *end, *step]) => "int",
        Kind::Decimal | Kind::Range { .. } => "decimal",
        Kind::Date | Kind::Device { what: Device::Today } => "date",
        Kind::Time => "time",
        Kind::DateTime | Kind::Device { what: Device::Start | Device::End } => "dateTime",
        Kind::Rank { .. } => "odk:rank",
        Kind::Photo { .. } | Kind::Audio | Kind::Video | Kind::File | Kind::Signature => "binary",
        Kind::Place { shape: Shape::Point } => "geopoint",
        Kind::Place { shape: Shape::Trace } => "geotrace",
        Kind::Place { shape: Shape::Shape } => "geoshape",
        Kind::Barcode => "barcode",
        _ => "string",
    })
}

/// ODK XForms specification, "Preload attributes".
fn preload(device: Device) -> (&'static str, &'static str) {
    match device {
        Device::Start => ("timestamp", "start"),
        Device::End => ("timestamp", "end"),
        Device::Today => ("date", "today"),
        other => ("property", other.word()),
    }
}
