//! The body of an XForm: which control asks for which node. ODK XForms specification, "Body".

use super::Findings;
use super::dom::Element;
use super::model::Model;
use crate::feature::Feature;
use std::collections::HashMap;

/// By the path of a node from below the root.
#[derive(Default)]
pub(super) struct Body<'x> {
    pub controls: HashMap<String, &'x Element>,
    pub groups: HashMap<String, &'x Element>,
    pub repeats: HashMap<String, &'x Element>,
    /// Defaults that are worked out.
    pub first_values: HashMap<String, String>,
}

const CONTROLS: &[&str] = &["input", "select1", "select", "rank", "upload", "trigger", "range", "secret"];

impl<'x> Body<'x> {
    pub(super) fn of(element: &'x Element, model: &Model<'x>, findings: &mut Findings) -> Self {
        let mut body = Self { first_values: model.first_values.clone(), ..Self::default() };
        body.walk(element, "", model, findings);
        body
    }

    fn walk(&mut self, element: &'x Element, above: &str, model: &Model<'x>, findings: &mut Findings) {
        for child in element.children() {
            let path = model.path_of(child, above);
            let inner = path.clone().unwrap_or_else(|| above.to_owned());
            match (child.name.as_str(), path) {
                ("group", path) => {
                    if let Some(path) = path {
                        self.groups.insert(path, child);
                    }
                    self.walk(child, &inner, model, findings);
                }
                ("repeat", Some(path)) => {
                    self.repeats.insert(path, child);
                    self.walk(child, &inner, model, findings);
                }
                ("setvalue" | "setgeopoint" | "recordaudio", _) => {
                    self.first_values.extend(model.first_value(child, above, findings));
                }
                (name, Some(path)) if CONTROLS.contains(&name) => {
                    self.controls.insert(path, child);
                    self.tell_of_actions(child, &inner, model, findings);
                }
                ("label" | "hint", _) => {}
                (other, _) => findings.unsupported(Feature::UnknownColumn, other),
            }
        }
    }

    /// Actions within a control run when its answer changes.
    fn tell_of_actions(
        &mut self,
        control: &'x Element,
        above: &str,
        model: &Model<'x>,
        findings: &mut Findings,
    ) {
        for action in control.children().filter(|child| child.has_attribute("event")) {
            self.first_values.extend(model.first_value(action, above, findings));
        }
    }
}
