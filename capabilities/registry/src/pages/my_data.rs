//! My data: proving who one is, then what is held, from where and why, and who read it.

use super::subject::{self, Extent, READINGS_MAX, Subject};
use crate::commands::rights::{self, Claim, own_person, owns};
use crate::error::RegistryError;
use crate::http::viewer;
use crate::model::RecordId;
use ::store::Tx;
use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use edge::{Edge, Html, Multipart, Page, PathOf, QueryOf, Quota, Rates, Trouble};
use platform::{Actor, ActorKind, FactId, Personal, Problem, Purpose};
use serde::Deserialize;
use std::time::Duration;

/// Claims one account may try: five at once, then one each ten minutes. Who is registered is not found out by trying.
const PER_ACCOUNT: Quota = Quota { name: "registry.claims", burst: 5, every: Duration::from_secs(600) };
/// Claims from one source: a help desk's tablet, not a search for victims.
const PER_SOURCE: Quota =
    Quota { name: "registry.claims_source", burst: 20, every: Duration::from_secs(120) };
const SHOWING_BACK: Purpose = Purpose("showing a person's own words back");

#[derive(Template)]
#[template(path = "my_data.html")]
struct ClaimPage {
    page: Page,
    name: String,
    people: Vec<Known>,
    trouble: Vec<Trouble>,
}

/// Somebody whose data the account may see.
struct Known {
    id: RecordId,
    label: String,
    standing: String,
}

#[derive(Template)]
#[template(path = "my_data_person.html")]
struct PersonPage {
    page: Page,
    id: RecordId,
    subject: Subject,
    said: Option<&'static str>,
    next: Option<String>,
}

/// Sends whoever is not signed in as a resident to the door, and back here.
pub(super) fn sign_in_first(page: &Page) -> Option<Response> {
    let is_in = page.actor.account.is_some() && page.actor.kind == ActorKind::Resident;
    (!is_in).then(|| Redirect::to(&format!("/sign-in?next={}", page.path)).into_response())
}

fn titled(page: Page) -> Page {
    page.titled("我的信息", "My data")
}

pub(super) async fn show_claim(State(edge): State<Edge>, page: Page) -> Result<Response, Problem> {
    if let Some(door) = sign_in_first(&page) {
        return Ok(door);
    }
    let page = titled(page);
    let people = known(&edge, &page).await?;
    Ok(Html(ClaimPage { page, name: String::new(), people, trouble: Vec::new() }).into_response())
}

async fn known(edge: &Edge, page: &Page) -> Result<Vec<Known>, Problem> {
    let owned = edge.db.write(&page.actor, async |tx: &mut Tx| owns(tx).await).await?;
    let rights = edge.fixture::<crate::catalogue::Rights>();
    let known = owned.into_iter().map(|(id, own)| Known {
        id,
        label: crate::model::spelling::mask_name(&own.person.content.label),
        standing: match rights.mandate(&own.standing) {
            Some(mandate) => page.words(&mandate.words).to_owned(),
            None => page.tr("本人", "Yourself").to_owned(),
        },
    });
    Ok(known.collect())
}

pub(super) async fn send_claim(
    State(edge): State<Edge>,
    page: Page,
    form: Multipart,
) -> Result<Response, Problem> {
    if let Some(door) = sign_in_first(&page) {
        return Ok(door);
    }
    page.check_csrf(form.text("_csrf"))?;
    let page = titled(page);
    let text = |name| Personal::new(form.text(name).unwrap_or_default().to_owned());
    let claim = Claim { name: text("name"), number: text("number") };
    match prove(&edge, &page.actor, claim.clone()).await {
        Ok(id) => Ok(Redirect::to(&format!("/my/data/{id}")).into_response()),
        Err(RegistryError::Fault(fault)) => Err(RegistryError::Fault(fault).into()),
        Err(refusal) => {
            let problem = Problem::from(refusal);
            let trouble = vec![Trouble { field: "number".to_owned(), ..Trouble::of(&page, &problem) }];
            let people = known(&edge, &page).await?;
            let name = claim.name.open(SHOWING_BACK).clone();
            Ok(Html(ClaimPage { page, name, people, trouble }).with_status(problem.status()))
        }
    }
}

async fn prove(edge: &Edge, actor: &Actor, claim: Claim) -> Result<RecordId, RegistryError> {
    let (rates, now) = (edge.fixture::<Rates>(), edge.now());
    let account = actor.account.map(|account| account.to_string()).unwrap_or_default();
    rates.check(PER_ACCOUNT, &account, now)?;
    rates.check(PER_SOURCE, &actor.source, now)?;
    edge.db.write(actor, async move |tx: &mut Tx| rights::claim(tx, claim.clone()).await).await?
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct ShowQuery {
    /// Show what is sealed.
    open: Option<String>,
    /// Looks before this one.
    before: Option<FactId>,
    /// What was done on the page before this.
    done: Option<String>,
}

pub(super) async fn show(
    State(edge): State<Edge>,
    page: Page,
    PathOf(id): PathOf<RecordId>,
    QueryOf(query): QueryOf<ShowQuery>,
) -> Result<Response, Problem> {
    if let Some(door) = sign_in_first(&page) {
        return Ok(door);
    }
    let page = titled(page);
    let (viewer, reader) = (viewer(&edge, &page.actor), page.clone());
    let (is_open, before) = (query.open.as_deref() == Some("1"), query.before);
    let read = async move |tx: &mut Tx| {
        let own = own_person(tx, id).await?;
        let extent = Extent { is_open, readings_max: READINGS_MAX, before };
        subject::read(tx, &reader, &viewer, own, extent).await
    };
    let subject = edge.db.write(&page.actor, read).await?;
    let said = query.done.as_deref().and_then(|done| done_words(&page, done));
    let next = subject.older.map(|older| format!("/my/data/{id}?before={older}"));
    Ok(Html(PersonPage { page, id, subject, said, next }).into_response())
}

/// What an address may thank for: nothing that somebody made up.
fn done_words(page: &Page, done: &str) -> Option<&'static str> {
    let (zh, en) = match done {
        "asked" => (
            "已收到，在下面看得到进度；有答复会发短信。",
            "Received: follow it below. You are texted when it is answered.",
        ),
        "withdrawn" => ("已撤回。", "Taken back."),
        "lifted" => ("已恢复使用。", "Your data is used again."),
        _ => return None,
    };
    Some(if page.lang == "en" { en } else { zh })
}
