//! What can be checked of a form without its references: names, lists, lengths, counts.

use crate::expression::{is_name_char, is_name_start};
use crate::fault::{At, Counted, FormFault, Part, Trouble};
use crate::form::{Choice, Form, Kind, Node};
use crate::limits::{CHOICES_MAX, LANGUAGES_MAX, NAME_CHARS_MAX, TEXT_CHARS_MAX};
use crate::text::Text;
use std::collections::HashSet;

pub(super) fn check_form(form: &Form, faults: &mut Vec<FormFault>) {
    let too_many = |what, max| FormFault::form(Trouble::TooMany { what, max });
    if form.nodes.is_empty() {
        faults.push(FormFault::form(Trouble::NoQuestions));
    }
    if form.id.trim().is_empty() {
        faults.push(FormFault::form(Trouble::NoId));
    }
    if form.languages.len() > LANGUAGES_MAX {
        faults.push(too_many(Counted::Languages, LANGUAGES_MAX));
    }
    if form.count_choices() > CHOICES_MAX {
        faults.push(too_many(Counted::Choices, CHOICES_MAX));
    }
    check_length(&form.title, &At::Form, faults);
    for (list, choices) in &form.lists {
        check_list(list, choices, faults);
    }
    let mut spaced = HashSet::new();
    check_nodes(form, &form.nodes, "", &mut spaced, faults);
}

fn check_nodes<'f>(
    form: &'f Form,
    nodes: &'f [Node],
    above: &str,
    spaced: &mut HashSet<&'f str>,
    faults: &mut Vec<FormFault>,
) {
    for node in nodes {
        let path = format!("{above}/{}", node.name);
        check_name(&node.name, &path, above.is_empty(), faults);
        for (text, part) in [
            (&node.label, Part::Label),
            (&node.hint, Part::Hint),
            (&node.guidance, Part::Hint),
            (&node.constraint_message, Part::Message),
            (&node.required_message, Part::Message),
        ] {
            check_length(text, &At::Node { path: path.clone(), part }, faults);
        }
        check_kind(form, node, &path, spaced, faults);
        check_nodes(form, node.children(), &path, spaced, faults);
    }
}

/// Names become elements of XML; `meta` beside the questions is the form's own.
fn check_name(name: &str, path: &str, at_top: bool, faults: &mut Vec<FormFault>) {
    let fits = name.starts_with(is_name_start)
        && name.chars().all(is_name_char)
        && name.chars().count() <= NAME_CHARS_MAX
        && !(at_top && name == "meta");
    let trouble = match (name.is_empty(), fits) {
        (true, _) => Trouble::MissingName,
        (false, true) => return,
        (false, false) => Trouble::BadName { name: name.to_owned() },
    };
    faults.push(FormFault::node(path, Part::Name, trouble));
}

fn check_kind<'f>(
    form: &'f Form,
    node: &'f Node,
    path: &str,
    spaced: &mut HashSet<&'f str>,
    faults: &mut Vec<FormFault>,
) {
    if let Kind::Range { start, end, step } = node.kind {
        let fits = start.is_finite() && end.is_finite() && step.is_finite() && step > 0.0;
        if !fits {
            let trouble = Trouble::BadParameter { name: "step".to_owned(), value: step.to_string() };
            faults.push(FormFault::node(path, Part::Kind, trouble));
        }
    }
    let Some((list, _)) = node.kind.list() else { return };
    let Some((list, choices)) = form.lists.get_key_value(list) else {
        faults.push(FormFault::node(path, Part::Kind, Trouble::UnknownList { list: list.to_owned() }));
        return;
    };
    if node.kind.is_many() && spaced.insert(list) {
        let with_space = choices.iter().filter(|choice| choice.name.contains(char::is_whitespace));
        faults.extend(with_space.map(|choice| {
            let what = Trouble::SpacedChoice { list: list.clone(), name: choice.name.clone() };
            FormFault { at: At::List { list: list.clone() }, what }
        }));
    }
}

/// A name may be there again where other columns tell the two apart: filters of cascades do so.
fn check_list(list: &str, choices: &[Choice], faults: &mut Vec<FormFault>) {
    let mut known = HashSet::with_capacity(choices.len());
    for choice in choices {
        let at = At::List { list: list.to_owned() };
        check_length(&choice.label, &at, faults);
        if choice.name.is_empty() {
            faults.push(FormFault { at, what: Trouble::MissingChoiceName { list: list.to_owned() } });
        } else if !known.insert((&choice.name, &choice.columns)) {
            let what = Trouble::DuplicateChoice { list: list.to_owned(), name: choice.name.clone() };
            faults.push(FormFault { at, what });
        }
    }
}

fn check_length(text: &Text, at: &At, faults: &mut Vec<FormFault>) {
    if text.0.values().any(|text| text.chars().count() > TEXT_CHARS_MAX) {
        faults.push(FormFault { at: at.clone(), what: Trouble::TooLong { chars_max: TEXT_CHARS_MAX } });
    }
}
