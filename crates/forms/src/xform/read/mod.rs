//! A form from an XForm: its model and body put together into a definition. ODK XForms specification.

mod body;
mod dom;
mod lists;
mod model;
mod words;

use crate::fault::{At, FormFault, Trouble};
use crate::feature::{Feature, Unsupported};
use crate::form::{FORMAT, Form};
use crate::plan::Plan;
use crate::text::Text;
use crate::xform::source::XmlFault;
use crate::xlsform::Loaded;
use body::Body;
use dom::Element;
use model::Model;
use platform::Words;
use words::Itext;

/// Why an XForm gives no form.
#[derive(Debug)]
pub enum XFormRefused {
    Xml(XmlFault),
    /// Well-formed, and no form, or one with faults; `told` is what was found besides.
    Form {
        faults: Vec<FormFault>,
        told: Vec<Unsupported>,
    },
}

impl XFormRefused {
    /// A sentence for each thing that is wrong.
    pub fn words(&self) -> Vec<Words> {
        match self {
            Self::Xml(fault) => vec![fault.words()],
            Self::Form { faults, .. } => faults.iter().map(FormFault::words).collect(),
        }
    }
}

/// Reads an XForm.
///
/// # Errors
/// [`XFormRefused`], with everything that is wrong.
pub fn read_form(xml: &[u8]) -> Result<Loaded, XFormRefused> {
    let html = dom::read(xml).map_err(XFormRefused::Xml)?;
    let mut findings = Findings::default();
    let model = html.child("head").and_then(|head| head.child("model"));
    let (Some(model), Some(body)) = (model, html.child("body")) else {
        return Err(findings.refused(vec![FormFault::form(Trouble::NoForm)]));
    };
    let title =
        html.child("head").and_then(|head| head.child("title")).map(Element::text).unwrap_or_default();
    let element = model;
    let model = Model::of(element, &mut findings);
    let Some(root) = model.root else {
        return Err(findings.refused(vec![FormFault::form(Trouble::NoForm)]));
    };
    let itext = Itext::of(element, root);
    let body = Body::of(body, &model, &mut findings);
    let mut form = Form {
        format: FORMAT,
        id: root.attribute("id").unwrap_or(&root.name).to_owned(),
        version: root.attribute("version").unwrap_or_default().to_owned(),
        title: Text::plain(title.trim()),
        languages: itext.languages.clone(),
        root: root.name.clone(),
        instance_name: model.instance_name(),
        ..Form::default()
    };
    form.nodes = model.nodes(&body, &itext, &mut form.lists, &mut findings);
    findings.finish(form)
}

#[derive(Default)]
struct Findings {
    faults: Vec<FormFault>,
    told: Vec<Unsupported>,
}

impl Findings {
    fn unsupported(&mut self, what: Feature, detail: &str) {
        let detail: String = detail.chars().take(80).collect();
        if what.is_refused() {
            self.faults.push(FormFault::form(Trouble::Unsupported { feature: what, detail }));
        } else if !self.told.iter().any(|told| told.what == what && told.detail == detail) {
            self.told.push(Unsupported { what, at: At::Form, detail });
        }
    }

    fn refused(self, mut faults: Vec<FormFault>) -> XFormRefused {
        faults.extend(self.faults);
        XFormRefused::Form { faults, told: self.told }
    }

    fn finish(self, form: Form) -> Result<Loaded, XFormRefused> {
        if !self.faults.is_empty() {
            return Err(self.refused(Vec::new()));
        }
        match Plan::of(form) {
            Ok(plan) => Ok(Loaded { warnings: plan.warnings().to_vec(), plan, told: self.told }),
            Err(faults) => Err(self.refused(faults)),
        }
    }
}
