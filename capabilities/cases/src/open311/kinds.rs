//! Types of case as services, and their questions as attributes.

use super::answer::Answer;
use super::call::{Call, unknown};
use crate::catalogue::{CaseType, Catalogue, Question};
use crate::rules::Rules;
use edge::Edge;
use platform::{Lang, Problem};
use serde::Serialize;

#[derive(Serialize)]
struct Service<'a> {
    service_code: &'a str,
    service_name: &'a str,
    description: &'a str,
    metadata: bool,
    #[serde(rename = "type")]
    kind: &'static str,
    keywords: String,
    group: &'a str,
}

#[derive(Serialize)]
struct Definition<'a> {
    service_code: &'a str,
    attributes: Vec<Attribute<'a>>,
}

#[derive(Serialize)]
struct Attribute<'a> {
    variable: bool,
    code: &'a str,
    datatype: &'static str,
    required: bool,
    datatype_description: Option<&'a str>,
    /// From 1.
    order: usize,
    description: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    values: Vec<Choice<'a>>,
}

#[derive(Serialize)]
struct Choice<'a> {
    key: &'a str,
    name: &'a str,
}

/// Whether the caller may report under this type: those offered to residents, and with a key all that are public.
pub fn serves(case_type: &CaseType, call: &Call) -> bool {
    case_type.public && (case_type.offered || call.is_keyed())
}

pub async fn list(edge: Edge, call: Call) -> Result<Answer, Problem> {
    let rules = edge.fixture::<Rules>();
    let all = rules.catalogue.types().chain(rules.own_types(call.district.district));
    let served = all.filter(|t| serves(t, &call));
    let services: Vec<Service<'_>> = served.map(|t| service(t, &rules.catalogue, call.actor.lang)).collect();
    Answer::new("services", &services).map_err(|f| Problem::from(&f))
}

fn service<'a>(case_type: &'a CaseType, catalogue: &'a Catalogue, lang: Lang) -> Service<'a> {
    let name = case_type.short.get(lang);
    let keywords: Vec<String> = case_type.words.iter().map(|w| w.replace('+', " ")).collect();
    Service {
        service_code: &case_type.code,
        service_name: name,
        description: case_type.hint.as_ref().map_or(case_type.name.get(lang), |hint| hint.get(lang)),
        metadata: !case_type.questions.is_empty(),
        kind: "realtime",
        keywords: keywords.join(", "),
        group: catalogue.find_class(&case_type.class).map_or("", |class| class.name.get(lang)),
    }
}

pub async fn define(edge: Edge, call: Call) -> Result<Answer, Problem> {
    let rules = edge.fixture::<Rules>();
    let code = call.item()?;
    let found = rules.find_type(call.district.district, code).filter(|t| {
        serves(t, &call) || rules.own_types(call.district.district).any(|own| own.code == t.code)
    });
    let case_type = found.ok_or_else(|| unknown("service_code"))?;
    let lang = call.actor.lang;
    let attributes =
        case_type.questions.iter().zip(1..).map(|(q, order)| attribute(q, order, lang)).collect();
    let definition = Definition { service_code: &case_type.code, attributes };
    Answer::new("service_definition", &definition).map_err(|f| Problem::from(&f))
}

fn attribute(question: &Question, order: usize, lang: Lang) -> Attribute<'_> {
    let pick = |zh, en| if lang == Lang::En { en } else { zh };
    let values = question.values.iter();
    Attribute {
        variable: true,
        code: &question.code,
        datatype: question.datatype.name(),
        required: question.required,
        datatype_description: None,
        order,
        description: pick(&question.zh, &question.en),
        values: values.map(|v| Choice { key: &v.key, name: pick(&v.zh, &v.en) }).collect(),
    }
}
