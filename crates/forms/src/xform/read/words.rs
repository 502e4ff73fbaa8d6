//! Words of an XForm: inline, or by id from its `itext`. ODK XForms specification, "Languages" and "Media".

use super::Findings;
use super::dom::{Content, Element};
use crate::feature::Feature;
use crate::text::{Language, NO_LANGUAGE, Text};
use std::collections::{BTreeMap, HashMap, HashSet};

/// All words by id, language and form (`image`, `guidance`; the plain one has none).
#[derive(Debug, Default)]
pub(super) struct Itext<'x> {
    pub languages: Vec<Language>,
    /// Names several nodes have: `${name}` would not say which.
    shared_names: HashSet<&'x str>,
    values: HashMap<&'x str, Vec<Value<'x>>>,
}

/// Its language, its form, and the element with the words.
type Value<'x> = (String, Option<&'x str>, &'x Element);

/// The words of a label, hint or message.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub text: Text,
    pub guidance: Text,
    pub media: BTreeMap<String, Text>,
}

impl<'x> Itext<'x> {
    pub(super) fn of(model: &'x Element, root: &'x Element) -> Self {
        let mut itext = Self { shared_names: shared_names(root), ..Self::default() };
        let translations =
            model.child("itext").into_iter().flat_map(|itext| itext.children_named("translation"));
        for translation in translations {
            let language = Language::of(translation.attribute("lang").unwrap_or_default());
            let code = language.code.clone();
            let place = if translation.has_attribute("default") { 0 } else { itext.languages.len() };
            if code != NO_LANGUAGE {
                itext.languages.insert(place, language);
            }
            for text in translation.children_named("text") {
                let values = itext.values.entry(text.attribute("id").unwrap_or_default()).or_default();
                let said = text.children_named("value");
                values.extend(said.map(|value| (code.clone(), value.attribute("form"), value)));
            }
        }
        itext
    }

    /// Of a `label` or `hint`: its own words, or those its `ref` asks for.
    pub(super) fn said(&self, element: Option<&Element>, findings: &mut Findings) -> Said {
        let Some(element) = element else { return Said::default() };
        match element.attribute("ref").and_then(id_of) {
            Some(id) => self.by_id(id, findings),
            None => Said { text: plain(self.words(element, findings)), ..Said::default() },
        }
    }

    /// Of an attribute: text as it is, or `jr:itext('id')`.
    pub(super) fn message(&self, attribute: Option<&str>, findings: &mut Findings) -> Text {
        match attribute.and_then(id_of) {
            Some(id) => self.by_id(id, findings).text,
            None => plain(attribute.unwrap_or_default().to_owned()),
        }
    }

    pub(super) fn by_id(&self, id: &str, findings: &mut Findings) -> Said {
        let mut said = Said::default();
        for (language, form, value) in self.values.get(id).into_iter().flatten() {
            let words = self.words(value, findings);
            if words.is_empty() {
                continue;
            }
            match *form {
                None | Some("long" | "short") => said.text.set(language, words),
                Some("guidance") => said.guidance.set(language, words),
                Some(form) => {
                    let file = words.rsplit('/').next().unwrap_or_default().to_owned();
                    said.media.entry(form.to_owned()).or_default().set(language, file);
                }
            }
        }
        said
    }

    /// Words with `output` as `${name}`: it has to name one question.
    fn words(&self, element: &Element, findings: &mut Findings) -> String {
        let mut words = String::new();
        for content in &element.content {
            match content {
                Content::Text(text) => words.push_str(text),
                Content::Element(output) if output.name == "output" => {
                    let value = output.attribute("value").or(output.attribute("ref")).unwrap_or_default();
                    match last_name(value).filter(|name| !self.shared_names.contains(name)) {
                        Some(name) => words.push_str(&format!("${{{name}}}")),
                        None => findings.unsupported(Feature::OutputExpression, value),
                    }
                }
                Content::Element(other) => words.push_str(&other.text()),
            }
        }
        words.trim().to_owned()
    }
}

fn plain(words: String) -> Text {
    if words.is_empty() { Text::default() } else { Text::plain(words) }
}

/// The id in `jr:itext('id')`.
fn id_of(reference: &str) -> Option<&str> {
    let inner = reference.trim().strip_prefix("jr:itext(")?.strip_suffix(')')?.trim();
    inner.strip_prefix(['\'', '"'])?.strip_suffix(['\'', '"'])
}

/// The name at the end of a plain path.
fn last_name(path: &str) -> Option<&str> {
    let name = path.trim().rsplit('/').next().unwrap_or_default();
    let is_plain =
        !path.contains(['(', '[', ' ', '\'', '*']) && name.starts_with(crate::expression::is_name_start);
    is_plain.then_some(name)
}

/// A repeat that is there several times has its names once.
fn shared_names(root: &Element) -> HashSet<&str> {
    let mut paths: HashMap<&str, HashSet<String>> = HashMap::new();
    let mut waiting = vec![(root, String::new())];
    while let Some((element, path)) = waiting.pop() {
        for child in element.children() {
            let path = format!("{path}/{}", child.name);
            paths.entry(&child.name).or_default().insert(path.clone());
            waiting.push((child, path));
        }
    }
    paths.into_iter().filter(|(_, paths)| paths.len() > 1).map(|(name, _)| name).collect()
}
