//! The model of an XForm: its instances and bindings, and the nodes they make with the body.

use super::Findings;
use super::body::Body;
use super::dom::Element;
use super::lists::{self, Lists, Sources};
use super::words::Itext;
use crate::feature::Feature;
use crate::form::{Device, Kind, Node, Shape};
use std::collections::{BTreeMap, HashMap};

#[derive(Default)]
pub(super) struct Model<'x> {
    /// The root of the primary instance.
    pub root: Option<&'x Element>,
    instances: BTreeMap<&'x str, &'x Element>,
    /// By path from below the root.
    binds: HashMap<String, &'x Element>,
    ids: HashMap<&'x str, String>,
    pub first_values: HashMap<String, String>,
}

impl<'x> Model<'x> {
    pub(super) fn of(element: &'x Element, findings: &mut Findings) -> Self {
        let mut model = Self::default();
        for instance in element.children_named("instance") {
            let id = instance.attribute("id");
            if let Some(source) = instance.attribute("src") {
                findings.unsupported(Feature::ExternalInstance, source);
            } else if model.root.is_none() {
                model.root = instance.children().next();
            } else if !lists::is_list(instance) {
                findings.unsupported(Feature::InstanceShape, id.unwrap_or_default());
            } else if let Some(id) = id {
                model.instances.insert(id, instance);
            }
        }
        for bind in element.children_named("bind") {
            if let Some(path) = model.path_of(bind, "") {
                model.ids.extend(bind.attribute("id").map(|id| (id, path.clone())));
                model.binds.insert(path, bind);
            }
        }
        for action in element.children().filter(|child| child.has_attribute("event")) {
            let first = model.first_value(action, "", findings);
            model.first_values.extend(first);
        }
        if element
            .children_named("submission")
            .any(|submission| submission.has_attribute("base64RsaPublicKey"))
        {
            findings.unsupported(Feature::Encryption, "base64RsaPublicKey");
        }
        model
    }

    /// The path an element is about, from below the root: `ref`, `nodeset` or the id of a binding.
    pub(super) fn path_of(&self, element: &Element, above: &str) -> Option<String> {
        if let Some(id) = element.attribute("bind") {
            return self.ids.get(id).cloned();
        }
        let reference = element.attribute("ref").or(element.attribute("nodeset"))?;
        let plain: Vec<&str> =
            reference.split('/').map(|name| name.trim().rsplit(':').next().unwrap_or_default()).collect();
        match plain.as_slice() {
            ["", _, rest @ ..] => Some(rest.iter().fold(String::new(), |path, name| path + "/" + name)),
            names => {
                let below = names.iter().filter(|name| !matches!(**name, "" | "."));
                Some(below.fold(above.to_owned(), |path, name| path + "/" + name))
            }
        }
    }

    /// A default that is worked out when the form or an instance begins; other actions are told.
    pub(super) fn first_value(
        &self,
        action: &Element,
        above: &str,
        findings: &mut Findings,
    ) -> Option<(String, String)> {
        let event = action.attribute("event").unwrap_or_default();
        if action.name != "setvalue" {
            findings.unsupported(Feature::Background, &action.name);
            return None;
        }
        if event.split_whitespace().any(|word| !matches!(word, "odk-instance-first-load" | "odk-new-repeat"))
        {
            findings.unsupported(Feature::ActionOnChange, event);
            return None;
        }
        let value = action.attribute("value").map_or_else(|| action.text().trim().to_owned(), str::to_owned);
        Some((self.path_of(action, above)?, value))
    }

    pub(super) fn instance_name(&self) -> Option<String> {
        let bind = self.binds.get("/meta/instanceName")?;
        bind.attribute("calculate").map(str::to_owned)
    }

    /// All nodes of the form.
    pub(super) fn nodes(
        &self,
        body: &Body<'x>,
        itext: &Itext<'x>,
        lists: &mut Lists,
        findings: &mut Findings,
    ) -> Vec<Node> {
        for (name, instance) in &self.instances {
            lists.insert((*name).to_owned(), lists::of_instance(instance, "name", itext, findings));
        }
        let mut making = Making { model: self, body, itext, lists, findings };
        self.root.map_or(Vec::new(), |root| making.below(root, ""))
    }
}

struct Making<'m, 'x> {
    model: &'m Model<'x>,
    body: &'m Body<'x>,
    itext: &'m Itext<'x>,
    lists: &'m mut Lists,
    findings: &'m mut Findings,
}

impl Making<'_, '_> {
    /// A repeat may be there several times, as a template and as instances: the first counts.
    fn below(&mut self, element: &Element, above: &str) -> Vec<Node> {
        let mut nodes: Vec<Node> = Vec::new();
        for child in element.children() {
            let is_meta = above.is_empty() && child.name == "meta";
            if !is_meta && !nodes.iter().any(|known| known.name == child.name) {
                nodes.push(self.node(child, &format!("{above}/{}", child.name)));
            }
        }
        nodes
    }

    fn node(&mut self, element: &Element, path: &str) -> Node {
        let control = self.body.controls.get(path).or(self.body.groups.get(path)).copied();
        let bind = self.model.binds.get(path).copied();
        let rule = |name: &str| bind.and_then(|bind| bind.attribute(name)).map(str::to_owned);
        let label = self.itext.said(control.and_then(|control| control.child("label")), self.findings);
        let hint = self.itext.said(control.and_then(|control| control.child("hint")), self.findings);
        let message = |name: &str| bind.and_then(|bind| bind.attribute(name));
        let text = element.text().trim().to_owned();
        let first = Some(text).filter(|text| !text.is_empty() && element.children().next().is_none());
        let never = |rule: Option<String>| rule.filter(|rule| rule != "false()");
        Node {
            name: element.name.clone(),
            kind: self.kind(element, path),
            label: label.text,
            hint: hint.text,
            guidance: hint.guidance,
            media: label.media,
            relevant: rule("relevant").filter(|rule| rule != "true()"),
            required: never(rule("required")),
            required_message: self.itext.message(message("requiredMsg"), self.findings),
            constraint: rule("constraint"),
            constraint_message: self.itext.message(message("constraintMsg"), self.findings),
            calculation: rule("calculate"),
            default: self.body.first_values.get(path).cloned().or(first),
            read_only: never(rule("readonly")),
            appearance: control
                .and_then(|control| control.attribute("appearance"))
                .unwrap_or_default()
                .to_owned(),
            register: None,
        }
    }

    fn kind(&mut self, element: &Element, path: &str) -> Kind {
        if let Some(repeat) = self.body.repeats.get(path) {
            let count = repeat.attribute("count").map(str::to_owned);
            return Kind::Repeat { nodes: self.below(element, path), count };
        }
        if element.children().next().is_some() {
            return Kind::Group { nodes: self.below(element, path) };
        }
        match self.body.controls.get(path).copied() {
            Some(control) => self.asked(control, element, path),
            None => self.not_asked(path),
        }
    }

    fn bind_type(&self, path: &str) -> &str {
        let written = self.model.binds.get(path).and_then(|bind| bind.attribute("type")).unwrap_or("string");
        written.strip_prefix("xsd:").or(written.strip_prefix("xs:")).unwrap_or(written)
    }

    fn asked(&mut self, control: &Element, element: &Element, path: &str) -> Kind {
        match control.name.as_str() {
            "select1" | "select" | "rank" => self.choice(control, element),
            "upload" => upload(control),
            "trigger" => Kind::Acknowledge,
            "range" => {
                let number = |name: &str, usual: f64| {
                    control.attribute(name).map_or(Some(usual), |text| text.parse().ok()).unwrap_or(f64::NAN)
                };
                Kind::Range {
                    start: number("start", 0.0),
                    end: number("end", 10.0),
                    step: number("step", 1.0),
                }
            }
            _ => self.typed(path),
        }
    }

    fn choice(&mut self, control: &Element, element: &Element) -> Kind {
        let sources = Sources { instances: &self.model.instances, itext: self.itext };
        let made = lists::of_control(control, &element.name, &sources, self.lists, self.findings);
        let (list, filter) = made.unwrap_or_default();
        match control.name.as_str() {
            "select1" => Kind::SelectOne { list, filter },
            "select" => Kind::SelectMany { list, filter },
            _ => Kind::Rank { list, filter },
        }
    }

    fn typed(&self, path: &str) -> Kind {
        let bind = self.model.binds.get(path);
        let is_fixed = bind.is_some_and(|bind| bind.attribute("readonly") == Some("true()"))
            && bind.is_some_and(|bind| bind.attribute("calculate").is_none());
        match self.bind_type(path) {
            "int" | "integer" => Kind::Integer,
            "decimal" => Kind::Decimal,
            "date" => Kind::Date,
            "time" => Kind::Time,
            "dateTime" | "datetime" => Kind::DateTime,
            "geopoint" => Kind::Place { shape: Shape::Point },
            "geotrace" => Kind::Place { shape: Shape::Trace },
            "geoshape" => Kind::Place { shape: Shape::Shape },
            "barcode" => Kind::Barcode,
            _ if is_fixed => Kind::Note,
            _ => Kind::Text,
        }
    }

    fn not_asked(&self, path: &str) -> Kind {
        let Some(bind) = self.model.binds.get(path) else { return Kind::Hidden };
        let device = match (bind.attribute("preload"), bind.attribute("preloadParams")) {
            (Some("date"), _) => Some(Device::Today),
            (Some(_), Some(word)) => {
                let word = word.replace(' ', "");
                Device::ALL.iter().find(|(_, known)| *known == word).map(|(device, _)| *device)
            }
            _ => None,
        };
        match (device, bind.attribute("calculate")) {
            (Some(what), _) => Kind::Device { what },
            (None, Some(_)) => Kind::Calculate,
            (None, None) => Kind::Hidden,
        }
    }
}

fn upload(control: &Element) -> Kind {
    let drawn = control.attribute("appearance").unwrap_or_default();
    let is_drawn = drawn.split_whitespace().any(|word| matches!(word, "signature" | "draw" | "annotate"));
    match control.attribute("mediatype").and_then(|mediatype| mediatype.split('/').next()) {
        Some("image") if is_drawn => Kind::Signature,
        Some("image") => Kind::Photo { pixels_max: None },
        Some("audio") => Kind::Audio,
        Some("video") => Kind::Video,
        _ => Kind::File,
    }
}
