//! Choices of an XForm: secondary instances, and items written into a control. ODK XForms specification, "Secondary instances".

use super::Findings;
use super::dom::Element;
use super::words::Itext;
use crate::feature::Feature;
use crate::form::Choice;
use crate::text::Text;
use std::collections::BTreeMap;

pub(super) type Lists = BTreeMap<String, Vec<Choice>>;

/// What choices are made from.
pub(super) struct Sources<'s, 'x> {
    pub instances: &'s BTreeMap<&'x str, &'x Element>,
    pub itext: &'s Itext<'x>,
}

/// The list a control offers, made where it is not there yet, and its filter. `None` where it cannot be one here.
pub(super) fn of_control(
    control: &Element,
    name: &str,
    sources: &Sources<'_, '_>,
    lists: &mut Lists,
    findings: &mut Findings,
) -> Option<(String, Option<String>)> {
    let Some(itemset) = control.child("itemset") else {
        let items =
            control.children_named("item").map(|item| inline_choice(item, sources.itext, findings)).collect();
        let list = free_name(name, lists);
        lists.insert(list.clone(), items);
        return Some((list, None));
    };
    let nodeset = itemset.attribute("nodeset").unwrap_or_default().trim();
    let shuffled = nodeset.strip_prefix("randomize(").and_then(|inner| inner.rsplit_once(')'));
    if shuffled.is_some() {
        findings.unsupported(Feature::Randomize, "randomize");
    }
    let Some((list, filter)) = instance_of(shuffled.map_or(nodeset, |(inner, _)| inner)) else {
        findings.unsupported(Feature::ChoicesFromRepeat, nodeset);
        return None;
    };
    let value = itemset.child("value").and_then(|value| value.attribute("ref")).unwrap_or("name");
    if let Some(instance) = sources.instances.get(list.as_str()) {
        lists.insert(list.clone(), of_instance(instance, value, sources.itext, findings));
    }
    Some((list, filter))
}

/// The name of the question, or with a number where a list has it already.
fn free_name(name: &str, lists: &Lists) -> String {
    let numbered = (2..).map(|number| format!("{name}_{number}"));
    let mut names = std::iter::once(name.to_owned()).chain(numbered);
    names.find(|name| !lists.contains_key(name)).unwrap_or_default()
}

/// `instance('list')/root/item[filter]`.
fn instance_of(nodeset: &str) -> Option<(String, Option<String>)> {
    let inner = nodeset.trim().strip_prefix("instance(")?.trim_start();
    let quote = inner.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    let (list, rest) = inner[1..].split_once(quote)?;
    let rest = rest.trim_start().strip_prefix(')')?.trim();
    // A seed of the shuffling stands behind the last bracket.
    let filter =
        rest.split_once('[').and_then(|(_, filter)| filter.rsplit_once(']')).map(|(filter, _)| filter);
    Some((list.to_owned(), filter.map(str::to_owned)))
}

/// Whether an instance is what a list is here: `root` with `item`s.
pub(super) fn is_list(instance: &Element) -> bool {
    instance
        .children()
        .next()
        .is_none_or(|root| root.name == "root" && root.children().all(|item| item.name == "item"))
}

/// The items of a secondary instance; `value` is the element that holds what is kept.
pub(super) fn of_instance(
    instance: &Element,
    value: &str,
    itext: &Itext<'_>,
    findings: &mut Findings,
) -> Vec<Choice> {
    let items = instance.children().next().into_iter().flat_map(Element::children);
    let choice = |item: &Element| {
        let text = |name: &str| item.child(name).map(|child| child.text().trim().to_owned());
        let said = text("itextId").map(|id| itext.by_id(&id, findings)).unwrap_or_default();
        let inline = || text("label").map(Text::plain).unwrap_or_default();
        let label = if said.text.is_empty() { inline() } else { said.text };
        let others =
            item.children().filter(|child| !matches!(child.name.as_str(), "name" | "label" | "itextId"));
        let columns = others.map(|child| (child.name.clone(), child.text().trim().to_owned()));
        let name =
            text(value).or_else(|| text("name")).or_else(|| item.children().next().map(|first| first.text()));
        Choice { name: name.unwrap_or_default(), label, media: said.media, columns: columns.collect() }
    };
    items.map(choice).collect()
}

fn inline_choice(item: &Element, itext: &Itext<'_>, findings: &mut Findings) -> Choice {
    let said = itext.said(item.child("label"), findings);
    let name = item.child("value").map(|value| value.text().trim().to_owned()).unwrap_or_default();
    Choice { name, label: said.text, media: said.media, ..Choice::default() }
}
