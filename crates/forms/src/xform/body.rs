//! The body of an XForm: what is shown, in which control. ODK XForms specification, "Body", "Groups", "Repeats".

use super::guise::Guise;
use super::head::{beside, count_helper, counted_node, in_repeat, write_first_value};
use super::itext::{self, Wording};
use super::print::{absolute, print_filter};
use super::xml::Xml;
use crate::expression::text_of_number;
use crate::form::Kind;
use crate::plan::{ItemId, Plan};

type Attributes = Vec<(&'static str, String)>;

pub(super) fn write(plan: &Plan, guise: &Guise<'_>, xml: &mut Xml) {
    let attributes: Vec<(&str, &str)> =
        plan.form().style.iter().map(|style| ("class", style.as_str())).collect();
    xml.open("h:body", &attributes);
    for item in plan.children(None) {
        write_item(plan, item, guise, xml);
    }
    xml.close();
}

fn write_item(plan: &Plan, item: ItemId, guise: &Guise<'_>, xml: &mut Xml) {
    match &plan.node(item).kind {
        Kind::Group { .. } => write_group(plan, item, guise, xml),
        Kind::Repeat { .. } => write_repeat(plan, item, guise, xml),
        _ => write_question(plan, item, guise, xml),
    }
}

fn write_group(plan: &Plan, item: ItemId, guise: &Guise<'_>, xml: &mut Xml) {
    open(xml, "group", &with_look(plan, item, vec![("ref", absolute(plan, item))]));
    write_words(plan, item, xml);
    for child in plan.children(Some(item)) {
        write_item(plan, child, guise, xml);
    }
    xml.close();
}

fn write_repeat(plan: &Plan, item: ItemId, guise: &Guise<'_>, xml: &mut Xml) {
    open(xml, "group", &vec![("ref", absolute(plan, item))]);
    write_words(plan, item, xml);
    let mut attributes = with_look(plan, item, vec![("nodeset", absolute(plan, item))]);
    if let Some(count) = count_path(plan, item) {
        attributes.push(("jr:count", count));
    }
    open(xml, "repeat", &attributes);
    for child in plan.children(Some(item)) {
        write_item(plan, child, guise, xml);
    }
    xml.close();
    xml.close();
}

fn count_path(plan: &Plan, item: ItemId) -> Option<String> {
    if let Some(helper) = count_helper(plan, item) {
        return Some(beside(plan, item, &helper));
    }
    let target = counted_node(plan, plan.item(item).rules.count.as_ref()?)?;
    Some(absolute(plan, target))
}

fn write_question(plan: &Plan, item: ItemId, guise: &Guise<'_>, xml: &mut Xml) {
    let node = plan.node(item);
    if in_repeat(plan, item) {
        write_first_value(plan, item, "odk-new-repeat", xml);
    }
    let is_shown = node.kind.is_question() || matches!(node.kind, Kind::Note);
    if !is_shown {
        return;
    }
    let (control, more) = control(&node.kind);
    let mut attributes = with_look(plan, item, vec![("ref", absolute(plan, item))]);
    attributes.extend(more);
    open(xml, control, &attributes);
    write_words(plan, item, xml);
    if let Some((list, _)) = node.kind.list() {
        write_choices(plan, item, list, guise, xml);
    }
    xml.close();
}

fn control(kind: &Kind) -> (&'static str, Attributes) {
    let upload = |mediatype: &str| ("upload", vec![("mediatype", mediatype.to_owned())]);
    match kind {
        Kind::SelectOne { .. } => ("select1", Vec::new()),
        Kind::SelectMany { .. } => ("select", Vec::new()),
        Kind::Rank { .. } => ("odk:rank", Vec::new()),
        Kind::Photo { .. } | Kind::Signature => upload("image/*"),
        Kind::Audio => upload("audio/*"),
        Kind::Video => upload("video/*"),
        Kind::File => upload("application/*"),
        Kind::Acknowledge => ("trigger", Vec::new()),
        Kind::Range { start, end, step } => {
            let bound = |name, number: f64| (name, text_of_number(number));
            ("range", vec![bound("start", *start), bound("end", *end), bound("step", *step)])
        }
        _ => ("input", Vec::new()),
    }
}

fn with_look(plan: &Plan, item: ItemId, mut attributes: Attributes) -> Attributes {
    let node = plan.node(item);
    let mut look = node.appearance.clone();
    let is_drawn = look.split_whitespace().any(|word| matches!(word, "signature" | "draw" | "annotate"));
    if matches!(node.kind, Kind::Signature) && !is_drawn {
        look = format!("signature {look}").trim().to_owned();
    }
    if !look.is_empty() {
        attributes.push(("appearance", look));
    }
    attributes
}

fn write_words(plan: &Plan, item: ItemId, xml: &mut Xml) {
    for (element, wording) in [("label", Wording::Label), ("hint", Wording::Hint)] {
        if let Some(reference) = itext::reference(plan, item, wording) {
            xml.empty(element, &[("ref", &reference)]);
        }
    }
}

fn write_choices(plan: &Plan, item: ItemId, list: &str, guise: &Guise<'_>, xml: &mut Xml) {
    let filter = plan.item(item).rules.filter.as_ref().map(|filter| print_filter(plan, item, filter));
    let filter = filter.map_or(String::new(), |filter| format!("[{filter}]"));
    xml.open("itemset", &[("nodeset", &format!("instance('{list}')/root/item{filter}"))]);
    xml.empty("value", &[("ref", "name")]);
    let label = if guise.is_apart(plan, list) { "label" } else { "jr:itext(itextId)" };
    xml.empty("label", &[("ref", label)]);
    xml.close();
}

fn open(xml: &mut Xml, element: &str, attributes: &Attributes) {
    let attributes: Vec<(&str, &str)> =
        attributes.iter().map(|(name, value)| (*name, value.as_str())).collect();
    xml.open(element, &attributes);
}
