//! Words by language: the block `itext`, and the ids by which it is asked. ODK XForms specification, "Languages".

use super::print::path_to;
use super::xml::Xml;
use crate::form::{Choice, Node};
use crate::plan::{ItemId, Piece, Plan, pieces};
use crate::text::{NO_LANGUAGE, Text};
use std::collections::BTreeMap;

/// What of a node is written for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wording {
    Label,
    Hint,
    Required,
    Constraint,
}

impl Wording {
    const ALL: [Self; 4] = [Self::Label, Self::Hint, Self::Required, Self::Constraint];

    fn word(self) -> &'static str {
        match self {
            Self::Label => "label",
            Self::Hint => "hint",
            Self::Required => "requiredMsg",
            Self::Constraint => "constraintMsg",
        }
    }

    fn text(self, node: &Node) -> &Text {
        match self {
            Self::Label => &node.label,
            Self::Hint => &node.hint,
            Self::Required => &node.required_message,
            Self::Constraint => &node.constraint_message,
        }
    }
}

/// `jr:itext('…')`, where the node has such words.
pub(super) fn reference(plan: &Plan, item: ItemId, wording: Wording) -> Option<String> {
    has(plan.node(item), wording).then(|| format!("jr:itext('{}')", id_of(plan, item, wording)))
}

/// The id of a choice's label.
pub(super) fn choice_id(list: &str, index: usize) -> String {
    format!("{list}-{index}")
}

fn has(node: &Node, wording: Wording) -> bool {
    let more = match wording {
        Wording::Label => !node.media.is_empty(),
        Wording::Hint => !node.guidance.is_empty(),
        _ => false,
    };
    more || !wording.text(node).is_empty()
}

fn id_of(plan: &Plan, item: ItemId, wording: Wording) -> String {
    format!("{}:{}", plan.path(item), wording.word())
}

pub(super) fn write(plan: &Plan, xml: &mut Xml) {
    let form = plan.form();
    let names: Vec<(&str, &str)> = match form.languages.as_slice() {
        [] => vec![(NO_LANGUAGE, "default")],
        languages => {
            languages.iter().map(|language| (language.code.as_str(), language.name.as_str())).collect()
        }
    };
    xml.open("itext", &[]);
    for (index, (code, name)) in names.iter().enumerate() {
        let mut attributes = vec![("lang", *name)];
        if index == 0 {
            attributes.push(("default", "true()"));
        }
        xml.open("translation", &attributes);
        write_language(plan, code, xml);
        xml.close();
    }
    xml.close();
}

fn write_language(plan: &Plan, language: &str, xml: &mut Xml) {
    for item in plan.items() {
        let node = plan.node(item);
        for wording in Wording::ALL.into_iter().filter(|wording| has(node, *wording)) {
            xml.open("text", &[("id", &id_of(plan, item, wording))]);
            write_value(plan, item, wording.text(node), language, None, xml);
            match wording {
                Wording::Label => write_media(&node.media, language, xml),
                Wording::Hint if !node.guidance.is_empty() => {
                    write_value(plan, item, &node.guidance, language, Some("guidance"), xml);
                }
                _ => {}
            }
            xml.close();
        }
    }
    for (list, choices) in &plan.form().lists {
        for (index, choice) in choices.iter().enumerate() {
            write_choice(&choice_id(list, index), choice, language, xml);
        }
    }
}

fn write_choice(id: &str, choice: &Choice, language: &str, xml: &mut Xml) {
    xml.open("text", &[("id", id)]);
    xml.leaf("value", &[], choice.label.get(language));
    write_media(&choice.media, language, xml);
    xml.close();
}

fn write_media(media: &BTreeMap<String, Text>, language: &str, xml: &mut Xml) {
    for (form, file) in media {
        let folder = match form.as_str() {
            "image" | "big-image" => "images",
            other => other,
        };
        xml.leaf("value", &[("form", form)], &format!("jr://{folder}/{}", file.get(language)));
    }
}

/// Words with the answers in them as `output`.
fn write_value(plan: &Plan, item: ItemId, text: &Text, language: &str, form: Option<&str>, xml: &mut Xml) {
    let attributes: Vec<(&str, &str)> = form.map(|form| ("form", form)).into_iter().collect();
    xml.open("value", &attributes);
    for piece in pieces(text.get(language)) {
        match piece {
            Piece::Words(words) => xml.text(words),
            Piece::Answer(name) => {
                let target = plan.find_name(name);
                let path = target.map(|target| path_to(plan, item, target, false)).unwrap_or_default();
                xml.empty("output", &[("value", &path)]);
            }
        }
    }
    xml.close();
}
