//! Asking for a correction, an objection, a deletion or a restriction: one form, one page, one tap to send.

use super::my_data::sign_in_first;
use super::subject::value_of_form;
use crate::catalogue::{Catalogue, FieldBook, Rights};
use crate::commands::rights::{self, AskFor, own_person};
use crate::error::RegistryError;
use crate::http::rights::purpose_words;
use crate::http::viewer;
use crate::model::{Ask, Record, RecordId, RequestId, Shape};
use crate::queries::rights::{find_reading, records_of};
use crate::view::masked;
use ::store::Tx;
use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use edge::{Edge, Html, Multipart, Page, PathOf, QueryOf, Trouble};
use platform::{FactId, Problem};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "my_data_ask.html")]
struct AskPage {
    page: Page,
    id: RecordId,
    /// The page above.
    up: String,
    form: AskForm,
    about: About,
    answer_days: u16,
    trouble: Vec<Trouble>,
}

/// What stands in the form.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct AskForm {
    what: String,
    record: Option<RecordId>,
    #[serde(default)]
    field: String,
    look: Option<FactId>,
    #[serde(default)]
    value: String,
    #[serde(default)]
    words: String,
    #[serde(default)]
    evidence: String,
}

/// What is asked about, in words.
#[derive(Clone, Debug)]
struct About {
    title: String,
    basis: String,
    field: Option<String>,
    present: String,
    /// Of a choice: codes and words.
    choices: Vec<(String, String)>,
    shape: &'static str,
    look: Option<String>,
}

impl AskForm {
    fn ask(&self) -> Result<Ask, Problem> {
        Ask::parse(&self.what).ok_or_else(Problem::not_found)
    }

    fn field(&self) -> Option<&str> {
        Some(self.field.as_str()).filter(|field| !field.is_empty())
    }

    fn of(form: &Multipart) -> Self {
        let text = |name: &str| form.text(name).unwrap_or_default().to_owned();
        Self {
            what: text("what"),
            record: form.text("record").and_then(|id| id.parse().ok()),
            field: text("field"),
            look: form.text("look").and_then(|id| id.parse().ok()),
            value: text("value"),
            words: text("words"),
            evidence: text("evidence"),
        }
    }
}

pub(super) async fn show(
    State(edge): State<Edge>,
    page: Page,
    PathOf(id): PathOf<RecordId>,
    QueryOf(form): QueryOf<AskForm>,
) -> Result<Response, Problem> {
    if let Some(door) = sign_in_first(&page) {
        return Ok(door);
    }
    Ok(Html(form_page(&edge, page, id, form, Vec::new()).await?).into_response())
}

async fn form_page(
    edge: &Edge,
    page: Page,
    id: RecordId,
    form: AskForm,
    trouble: Vec<Trouble>,
) -> Result<AskPage, Problem> {
    let ask = form.ask()?;
    let rights = edge.fixture::<Rights>();
    let page = {
        let words = rights.words_of(ask);
        page.titled(&words.zh, &words.en)
    };
    let (asked, reader) = (form.clone(), page.clone());
    let viewer = viewer(edge, &page.actor);
    let about = async move |tx: &mut Tx| {
        let own = own_person(tx, id).await?;
        let record = record_of(tx, &own.person, id, asked.record).await?;
        let look = match asked.look {
            Some(look) => {
                let district = tx.district();
                find_reading(tx, district, look).await?.map(|(_, reading)| reading)
            }
            None => None,
        };
        let book = viewer.catalogue.kind(record.kind);
        let field = asked.field().and_then(|key| book.field(key));
        Ok::<_, RegistryError>(About {
            title: reader.title.clone(),
            basis: super::cited(&reader, &basis_of(&tx.fixture::<Rights>(), ask)),
            field: field.map(|field| reader.words(&field.words).to_owned()),
            present: field.map(|field| present(&reader, &viewer, &record, field)).unwrap_or_default(),
            choices: field.map(|field| choices(&reader, field)).unwrap_or_default(),
            shape: field.map_or("none", |field| control_of(field.shape)),
            look: look.map(|look| {
                let purpose = purpose_words(&viewer.catalogue, &look.purpose);
                format!("{} · {} · {}", super::Moment::of(look.at).words, look.by, reader.words(&purpose))
            }),
        })
    };
    let about = edge.db.write(&page.actor, about).await?;
    Ok(AskPage {
        page,
        id,
        up: format!("/my/data/{id}"),
        form,
        about,
        answer_days: rights.answer_days,
        trouble,
    })
}

/// The person's own record, or one of theirs.
async fn record_of(
    tx: &mut Tx,
    person: &Record,
    claimed: RecordId,
    asked: Option<RecordId>,
) -> Result<Record, RegistryError> {
    let Some(asked) = asked.filter(|id| *id != person.id && *id != claimed) else {
        return Ok(person.clone());
    };
    let all = records_of(tx, person.id).await?;
    all.into_iter().find(|record| record.id == asked).ok_or(RegistryError::NotFound)
}

fn basis_of(rights: &Rights, ask: Ask) -> String {
    rights.asks.iter().find(|book| book.ask == ask).map(|book| book.basis.clone()).unwrap_or_default()
}

/// The value as it stands there, masked where it is sealed: a form is no look.
fn present(page: &Page, viewer: &crate::view::Viewer, record: &Record, field: &FieldBook) -> String {
    let Some(value) = record.content.fields(field.sealed).get(&field.key) else { return String::new() };
    let shown = if field.sealed { masked(field, value, viewer.now) } else { viewer.shown(field, value) };
    page.words(&shown).to_owned()
}

fn choices(page: &Page, field: &FieldBook) -> Vec<(String, String)> {
    let mut choices: Vec<_> =
        field.choices.iter().map(|(code, words)| (code.clone(), page.words(words).to_owned())).collect();
    if field.shape == Shape::Yes {
        choices = vec![
            ("yes".to_owned(), page.tr("是", "Yes").to_owned()),
            ("no".to_owned(), page.tr("否", "No").to_owned()),
        ];
    }
    choices
}

/// Which control asks for a shape.
fn control_of(shape: Shape) -> &'static str {
    match shape {
        Shape::Choice | Shape::Yes => "choice",
        Shape::Choices => "choices",
        Shape::Date => "date",
        Shape::Contact => "contact",
        Shape::Names | Shape::Documents | Shape::Phones => "list",
        Shape::Name
        | Shape::Text
        | Shape::Whole
        | Shape::Area
        | Shape::OrganisationCode
        | Shape::Code
        | Shape::Fact
        | Shape::Details => "text",
    }
}

pub(super) async fn send(
    State(edge): State<Edge>,
    page: Page,
    PathOf(id): PathOf<RecordId>,
    body: Multipart,
) -> Result<Response, Problem> {
    if let Some(door) = sign_in_first(&page) {
        return Ok(door);
    }
    page.check_csrf(body.text("_csrf"))?;
    let form = AskForm::of(&body);
    match put(&edge, &page, id, &form, &body).await {
        Ok(_) => Ok(Redirect::to(&format!("/my/data/{id}?done=asked#requests")).into_response()),
        Err(RegistryError::Fault(fault)) => Err(RegistryError::Fault(fault).into()),
        Err(RegistryError::NotFound) => Err(Problem::not_found()),
        Err(refusal) => {
            let problem = Problem::from(refusal);
            let status = problem.status();
            let trouble = Trouble::of(&page, &problem);
            let is_of_form = ["value", "words", "evidence"].contains(&trouble.field.as_str());
            let field = if is_of_form { trouble.field.clone() } else { "words".to_owned() };
            let shown = form_page(&edge, page, id, form, vec![Trouble { field, ..trouble }]).await?;
            Ok(Html(shown).with_status(status))
        }
    }
}

async fn put(
    edge: &Edge,
    page: &Page,
    id: RecordId,
    form: &AskForm,
    body: &Multipart,
) -> Result<RequestId, RegistryError> {
    let what = form.ask().map_err(|_| RegistryError::NotFound)?;
    let catalogue = edge.fixture::<Catalogue>();
    let (form, body) = (form.clone(), body.clone());
    let work = async move |tx: &mut Tx| {
        let own = own_person(tx, id).await?;
        let record = record_of(tx, &own.person, id, form.record).await?;
        let field = form.field().and_then(|key| catalogue.kind(record.kind).field(key));
        let order = AskFor {
            person: id,
            record: record.id,
            what,
            field: form.field().map(str::to_owned),
            look: form.look,
            value: field.filter(|_| what == Ask::Correct).and_then(|field| value_of_form(field, &body)),
            words: form.words.clone(),
            evidence: form.evidence.clone(),
        };
        rights::ask(tx, order).await
    };
    edge.db.write(&page.actor, work).await
}

pub(super) async fn withdraw(
    State(edge): State<Edge>,
    page: Page,
    PathOf(id): PathOf<RecordId>,
    form: Multipart,
) -> Result<Response, Problem> {
    page.check_csrf(form.text("_csrf"))?;
    let request = form.text("request").and_then(|id| id.parse().ok()).ok_or_else(Problem::not_found)?;
    edge.db.write(&page.actor, async move |tx: &mut Tx| rights::withdraw(tx, request).await).await?;
    Ok(Redirect::to(&format!("/my/data/{id}?done=withdrawn#requests")).into_response())
}

pub(super) async fn lift(
    State(edge): State<Edge>,
    page: Page,
    PathOf(id): PathOf<RecordId>,
    form: Multipart,
) -> Result<Response, Problem> {
    page.check_csrf(form.text("_csrf"))?;
    edge.db.write(&page.actor, async move |tx: &mut Tx| rights::lift_restriction(tx, id).await).await?;
    Ok(Redirect::to(&format!("/my/data/{id}?done=lifted")).into_response())
}
