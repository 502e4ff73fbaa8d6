//! The sandbox's own page, for an integrator without a desk: entered by the key, works without a script.

use super::sensors::{self, SandboxSensors};
use super::view::{self, ExchangeLine, ExchangeView, ExchangesQuery, SandboxView};
use crate::access::unit_of_sandbox;
use crate::commands::partners::{self as partners, SetPartner};
use crate::commands::sandbox::{self as commands, OtherSide};
use crate::error::LinkageError;
use crate::model::exchange::{ExchangeId, WayName};
use crate::model::partner::Rung;
use crate::store::partners as rows;
use ::store::Tx;
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use cases::demo::invented_photo;
use courier::signature::Secret;
use edge::{Edge, Html, Multipart, Page, PathOf, QueryOf, Recorders, Trouble};
use platform::{Problem, Refusal, Sandbox};
use seal::Zeroizing;
use serde::Deserialize;

const HOME: &str = "/sandbox";

pub(crate) fn pages() -> Router<Edge> {
    Router::new()
        .route(HOME, get(show).post(enter))
        .route("/sandbox/address", post(set_address))
        .route("/sandbox/cases", post(let_come))
        .route("/sandbox/cases/{number}", post(play))
        .route("/sandbox/exchanges/{exchange}", get(show_exchange).post(send_again))
}

#[derive(Template)]
#[template(path = "sandbox_enter.html")]
struct EnterPage {
    page: Page,
    trouble: Vec<Trouble>,
}

#[derive(Template)]
#[template(path = "sandbox.html")]
struct SandboxPage {
    page: Page,
    sandbox: SandboxView,
    sensors: SandboxSensors,
    lines: Vec<Line>,
    next: Option<String>,
    path: String,
    status: String,
    is_filtered: bool,
    /// Where messages go, as typed or as it is.
    address: String,
    /// The secret by which messages are signed, shown this once.
    secret: Option<String>,
    trouble: Vec<Trouble>,
}

/// An exchange as a line of the page.
struct Line {
    id: ExchangeId,
    is_in: bool,
    at: Moment,
    method: String,
    address: String,
    status: String,
    is_good: bool,
    took_ms: i64,
    why: Option<String>,
}

#[derive(Template)]
#[template(path = "sandbox_exchange.html")]
struct ExchangePage {
    page: Page,
    line: Line,
    exchange: ExchangeView,
}

/// A moment for people and for programs.
struct Moment {
    iso: String,
    words: String,
}

impl Line {
    fn of(page: &Page, line: &ExchangeLine) -> Self {
        let words = line.at.local().strftime("%m-%d %H:%M:%S").to_string();
        Self {
            id: line.id,
            is_in: line.way == WayName::In,
            at: Moment { iso: line.at.to_string(), words },
            method: line.method.clone(),
            address: line.address.clone(),
            status: line
                .status
                .map_or_else(|| page.tr("没有答复", "no answer").to_owned(), |s| s.to_string()),
            is_good: line.status.is_some_and(|status| (200..400).contains(&status)),
            took_ms: line.took_ms,
            why: line.why.as_ref().map(|why| page.words(why).to_owned()),
        }
    }
}

/// The sandbox of whoever came in by a key of one; nothing for everybody else.
fn of_visitor(page: &Page) -> Option<Sandbox> {
    page.district.sandbox().filter(|_| unit_of_sandbox(&page.actor).is_ok())
}

/// As [`of_visitor`], for a form that was sent.
fn of_form(page: &Page, form: &Multipart) -> Result<Sandbox, Problem> {
    page.check_csrf(form.text("_csrf"))?;
    of_visitor(page).ok_or_else(Problem::sign_in)
}

/// A house without a sandbox has no such page.
fn refuse_without(edge: &Edge) -> Result<(), Problem> {
    if edge.fixture::<Recorders>().is_empty() { Err(Problem::not_found()) } else { Ok(()) }
}

fn enter_page(page: Page, trouble: Vec<Trouble>) -> EnterPage {
    EnterPage { page: page.titled("对接沙箱", "Integrators' sandbox"), trouble }
}

async fn show(
    State(edge): State<Edge>,
    page: Page,
    QueryOf(asked): QueryOf<Asked>,
) -> Result<Response, Problem> {
    refuse_without(&edge)?;
    let query = ExchangesQuery { path: asked.path, status: asked.status, after: asked.after };
    match of_visitor(&page) {
        None => Ok(Html(enter_page(page, Vec::new())).into_response()),
        Some(sandbox) => whole(&edge, page, sandbox, &query, Outcome::default()).await,
    }
}

/// Which exchanges, beside what every page is asked (language, size).
#[derive(Debug, Default, Deserialize)]
struct Asked {
    path: Option<String>,
    status: Option<String>,
    after: Option<String>,
}

/// What a form of the page came to.
#[derive(Default)]
struct Outcome {
    address: Option<String>,
    secret: Option<String>,
    trouble: Vec<Trouble>,
}

async fn whole(
    edge: &Edge,
    page: Page,
    sandbox: Sandbox,
    query: &ExchangesQuery,
    outcome: Outcome,
) -> Result<Response, Problem> {
    let page = page.titled("对接沙箱", "Integrators' sandbox");
    let mut trouble = outcome.trouble;
    let found = match view::list(edge, &page.actor, sandbox, query).await {
        Err(refusal @ LinkageError::Invalid { .. }) => {
            trouble.push(Trouble::of(&page, &refusal.problem()));
            view::list(edge, &page.actor, sandbox, &ExchangesQuery::default()).await?
        }
        found => found?,
    };
    let shown = view::sandbox(edge, &page.actor, sandbox).await?;
    let sensors = sensors::view(edge, &page.actor, sandbox).await?;
    let status = if trouble.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let (path, asked) = (query.path.clone().unwrap_or_default(), query.status.clone().unwrap_or_default());
    let view = SandboxPage {
        lines: found.items.iter().map(|line| Line::of(&page, line)).collect(),
        next: found.next.map(|cursor| cursor.0),
        is_filtered: !path.is_empty() || !asked.is_empty(),
        address: outcome.address.or_else(|| shown.address.clone()).unwrap_or_default(),
        secret: outcome.secret,
        path,
        status: asked,
        sandbox: shown,
        sensors,
        trouble,
        page,
    };
    let mut response = Html(view).with_status(status);
    response.headers_mut().insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    Ok(response)
}

async fn enter(
    State(edge): State<Edge>,
    page: Page,
    headers: HeaderMap,
    form: Multipart,
) -> Result<Response, Problem> {
    refuse_without(&edge)?;
    page.check_csrf(form.text("_csrf"))?;
    let secure = edge::is_secure(&edge, &headers);
    match identity::enter_sandbox(&edge, &page.actor, form.text("key").unwrap_or_default(), secure).await {
        Ok((actor, cookie)) if unit_of_sandbox(&actor).is_ok() => {
            Ok((cookie, Redirect::to(HOME)).into_response())
        }
        Ok(_) => Err(Problem::forbidden()),
        Err(identity::IdentityError::Fault(fault)) => Err(Problem::from(&fault)),
        Err(refusal) => {
            let problem = Problem::from(refusal);
            let trouble = Trouble { field: "key".to_owned(), ..Trouble::of(&page, &problem) };
            Ok(Html(enter_page(page, vec![trouble])).with_status(problem.status()))
        }
    }
}

/// Where messages go from now on, and by which secret they are signed: a new one each time.
async fn set_address(State(edge): State<Edge>, page: Page, form: Multipart) -> Result<Response, Problem> {
    let sandbox = of_form(&page, &form)?;
    let address = form.text("address").unwrap_or_default().to_owned();
    let secret = Secret::make().text();
    let unit = unit_of_sandbox(&page.actor)?;
    let (to, key) = (address.clone(), secret.clone());
    let set = async move |tx: &mut Tx| {
        let district = tx.district();
        let known = rows::partner(tx, district, unit).await?.ok_or(LinkageError::NotFound)?;
        let order = SetPartner {
            organisation: unit,
            rung: Rung::Webhook,
            address: Some(to.clone()),
            key: Some(Zeroizing::new(key.clone())),
            states: known.states,
            settings: known.settings.0,
            version: Some(known.version),
        };
        partners::set(tx, order).await
    };
    let outcome = match edge.db.write(&page.actor, set).await {
        Ok(_) => Outcome { secret: Some(secret), ..Outcome::default() },
        Err(refusal @ LinkageError::Invalid { .. }) => {
            let trouble = vec![Trouble::of(&page, &refusal.problem())];
            Outcome { address: Some(address), trouble, ..Outcome::default() }
        }
        Err(other) => return Err(other.into()),
    };
    crate::partners::follow(&edge.db).await.map_err(|fault| Problem::from(&fault))?;
    whole(&edge, page, sandbox, &ExchangesQuery::default(), outcome).await
}

async fn let_come(State(edge): State<Edge>, page: Page, form: Multipart) -> Result<Redirect, Problem> {
    let sandbox = of_form(&page, &form)?;
    let unit = unit_of_sandbox(&page.actor)?;
    let photo = invented_photo(edge.settings().data.clone(), sandbox.district()).await;
    let photo = photo.map_err(|fault| Problem::from(&fault))?;
    let come = async move |tx: &mut Tx| commands::let_come(tx, sandbox, unit, photo.clone()).await;
    edge.db.write(&page.actor, come).await?;
    Ok(Redirect::to(HOME))
}

async fn play(
    State(edge): State<Edge>,
    page: Page,
    PathOf(number): PathOf<String>,
    form: Multipart,
) -> Result<Response, Problem> {
    let sandbox = of_form(&page, &form)?;
    let unit = unit_of_sandbox(&page.actor)?;
    let deed = form.text("verb").and_then(OtherSide::parse).ok_or_else(Problem::not_found)?;
    let play = async move |tx: &mut Tx| commands::play(tx, sandbox, unit, &number, deed).await;
    match edge.db.write(&page.actor, play).await {
        Ok(_) => Ok(Redirect::to(HOME).into_response()),
        Err(LinkageError::Fault(fault)) => Err(Problem::from(&fault)),
        Err(refusal) => {
            let trouble = Trouble { field: "cases".to_owned(), ..Trouble::of(&page, &refusal.problem()) };
            let outcome = Outcome { trouble: vec![trouble], ..Outcome::default() };
            whole(&edge, page, sandbox, &ExchangesQuery::default(), outcome).await
        }
    }
}

async fn show_exchange(
    State(edge): State<Edge>,
    page: Page,
    PathOf(id): PathOf<ExchangeId>,
) -> Result<Response, Problem> {
    let Some(sandbox) = of_visitor(&page) else { return Ok(Redirect::to(HOME).into_response()) };
    let exchange = view::find(&edge, &page.actor, sandbox, id).await?;
    let page = page.titled("一次往来", "An exchange");
    let line = Line::of(&page, &exchange.line);
    Ok(Html(ExchangePage { page, line, exchange }).into_response())
}

async fn send_again(
    State(edge): State<Edge>,
    page: Page,
    PathOf(id): PathOf<ExchangeId>,
    form: Multipart,
) -> Result<Redirect, Problem> {
    let sandbox = of_form(&page, &form)?;
    edge.db.write(&page.actor, async move |tx: &mut Tx| commands::send_again(tx, sandbox, id).await).await?;
    Ok(Redirect::to(HOME))
}
