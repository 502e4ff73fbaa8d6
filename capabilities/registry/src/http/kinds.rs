//! What the register keeps, and by what right: for forms, and for whoever asks.

use super::staff;
use crate::access::VIEW;
use crate::catalogue::{Catalogue, FactBook, FieldBook, KindBook};
use crate::model::{Kind, Shape};
use axum::Json;
use axum::extract::State;
use edge::{Edge, Who};
use platform::{Problem, Words};
use serde::Serialize;
use utoipa::ToSchema;

/// The catalogue of the register.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct KindsView {
    /// A change of what is kept is a new version.
    pub version: String,
    pub kinds: Vec<KindView>,
    pub facts: Vec<FactKindView>,
    pub purposes: Vec<LookPurposeView>,
}

/// A kind of record.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct KindView {
    pub kind: Kind,
    pub words: Words,
    pub fields: Vec<FieldKindView>,
}

/// A value that may be kept.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FieldKindView {
    pub key: String,
    pub words: Words,
    pub shape: Shape,
    pub choices: Vec<ChoiceView>,
    pub sealed: bool,
    pub required: bool,
    pub purpose: Words,
    /// Law and article, or standard.
    pub basis: String,
    pub age_months: Option<i32>,
    /// Months after the record's end.
    pub keep_months: i32,
    /// `grid`, `desk`, or keys of organisations.
    pub to: Vec<String>,
}

/// One of the values that may be chosen.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChoiceView {
    pub code: String,
    pub words: Words,
}

/// A fact a service needs to know.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FactKindView {
    pub key: String,
    pub words: Words,
    pub service: Words,
    pub basis: String,
    pub evidence: Words,
    pub details: Vec<DetailView>,
    pub from_age: Option<i32>,
    pub until_age: Option<i32>,
    pub age_months: i32,
    pub to: Vec<String>,
}

/// A detail of a fact.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DetailView {
    pub key: String,
    pub words: Words,
    pub choices: Vec<ChoiceView>,
}

/// A reason to open a record.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LookPurposeView {
    pub key: String,
    pub words: Words,
    /// What it opens: sealed values of a person, or `facts`.
    pub opens: Vec<String>,
}

/// 登记目录：登记什么、为什么、依据什么。What the register may keep, and by what right.
#[utoipa::path(get, path = "/api/registry/kinds", tag = "registry",
    responses((status = 200, body = KindsView), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub async fn list_kinds(State(edge): State<Edge>, who: Who) -> Result<Json<KindsView>, Problem> {
    staff(&who, &VIEW)?;
    let catalogue = edge.fixture::<Catalogue>();
    Ok(Json(KindsView::of(&catalogue)))
}

impl KindsView {
    /// The whole catalogue, for whoever asks.
    pub(crate) fn of(catalogue: &Catalogue) -> Self {
        let purposes = catalogue.purposes.iter().map(|purpose| LookPurposeView {
            key: purpose.key.clone(),
            words: purpose.words.clone(),
            opens: purpose.opens.clone(),
        });
        Self {
            version: catalogue.version.clone(),
            kinds: catalogue.kinds().iter().map(KindView::of).collect(),
            facts: catalogue.facts.iter().map(FactKindView::from).collect(),
            purposes: purposes.collect(),
        }
    }
}

impl KindView {
    pub(crate) fn of(book: &KindBook) -> Self {
        Self {
            kind: book.kind,
            words: book.words.clone(),
            fields: book.fields.iter().map(FieldKindView::from).collect(),
        }
    }
}

fn choices_of(choices: &[(String, Words)]) -> Vec<ChoiceView> {
    choices.iter().map(|(code, words)| ChoiceView { code: code.clone(), words: words.clone() }).collect()
}

impl From<&FieldBook> for FieldKindView {
    fn from(field: &FieldBook) -> Self {
        Self {
            key: field.key.clone(),
            words: field.words.clone(),
            shape: field.shape,
            choices: choices_of(&field.choices),
            sealed: field.sealed,
            required: field.required,
            purpose: field.purpose.clone(),
            basis: field.basis.clone(),
            age_months: field.age_months,
            keep_months: field.keep_months,
            to: field.to.clone(),
        }
    }
}

impl From<&FactBook> for FactKindView {
    fn from(fact: &FactBook) -> Self {
        let details = fact.details.iter().map(|detail| DetailView {
            key: detail.key.clone(),
            words: detail.words.clone(),
            choices: choices_of(&detail.choices),
        });
        Self {
            key: fact.key.clone(),
            words: fact.words.clone(),
            service: fact.service.clone(),
            basis: fact.basis.clone(),
            evidence: fact.evidence.clone(),
            details: details.collect(),
            from_age: fact.from_age,
            until_age: fact.until_age,
            age_months: fact.age_months,
            to: fact.to.clone(),
        }
    }
}
