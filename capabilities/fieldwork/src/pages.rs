//! What a resident reads who scans the code a worker shows: why somebody is here, by what right, who it is; and the way to say whether
//! somebody came. The page knows the task and says nothing of the person: whoever finds the code learns no more than the rule.

use crate::catalogue::VisitBook;
use crate::commands::answer_visit;
use crate::error::FieldworkError;
use crate::model::{Basis, Said, Task, VisitRule, rule_of};
use crate::model::{Worker, worker_of};
use crate::store;
use ::store::{Conn, Tx};
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use edge::{Edge, Html, Multipart, Page, PathOf};
use platform::{Fault, Problem, Words};
use territory::Map;

pub(crate) fn routes() -> Router<Edge> {
    Router::new().route("/v/{code}", get(show_visit).post(say))
}

#[derive(Template)]
#[template(path = "visit.html")]
struct VisitPage {
    page: Page,
    code: String,
    rule: Option<VisitRule>,
    /// A law; none where the basis is consent, or there is no rule.
    law: Option<String>,
    /// What is to be done, where no rule says it.
    kind: Words,
    /// The grid, and who serves it.
    grid: String,
    worker: Option<Worker>,
    /// When it was done and by whom, for people.
    done: Option<(String, String)>,
    said: Option<Said>,
}

#[derive(Template)]
#[template(path = "visit_unknown.html")]
struct UnknownPage {
    page: Page,
}

async fn show_visit(
    State(edge): State<Edge>,
    page: Page,
    PathOf(code): PathOf<String>,
) -> Result<Response, Problem> {
    let page = page.titled("为什么来走访", "Why somebody is here");
    let (district, asked) = (page.actor.district, code.clone());
    let keys = edge.fixture::<seal::Vault>().of(district).map_err(FieldworkError::from)?;
    let read = async move |conn: &mut Conn| {
        let row = store::tasks::find_by_code(conn, district, &asked).await?;
        row.map(|row| row.open(&keys, district)).transpose()
    };
    let found: Option<Task> = edge.db.read::<_, Fault, _>(read).await.map_err(FieldworkError::from)?;
    Ok(match found {
        Some(task) => Html(visit_page(&edge, page, code, &task)).into_response(),
        None => Html(UnknownPage { page }).with_status(StatusCode::NOT_FOUND),
    })
}

fn visit_page(edge: &Edge, page: Page, code: String, task: &Task) -> VisitPage {
    let places = edge.fixture::<Map>().of(page.actor.district);
    let book = edge.fixture::<VisitBook>();
    let rule = rule_of(&task.cause).and_then(|key| book.rule(key)).cloned();
    let law = rule.as_ref().and_then(|rule| match &rule.basis {
        Basis::Law(law) => Some(cited(&page, law)),
        Basis::Consent => None,
    });
    let grid = places.by_path(&task.area_path).map(|area| area.name_in(page.actor.lang).to_owned());
    let day = task.done_on_arrival.map(|at| at.local().strftime("%Y-%m-%d").to_string());
    VisitPage {
        law,
        rule,
        kind: task.kind.words(),
        grid: grid.unwrap_or_default(),
        worker: worker_of(&places, &task.area_path, edge.now()),
        done: day.zip(task.done_by_name.clone()),
        said: task.said,
        code,
        page,
    }
}

/// A law as people read it: the catalogue's mark for its keepers in words.
fn cited(page: &Page, law: &str) -> String {
    law.replace(" [unverified]", page.tr("（原文待核对）", " (to be checked)"))
}

/// "I was visited", "nobody came".
async fn say(
    State(edge): State<Edge>,
    page: Page,
    PathOf(code): PathOf<String>,
    form: Multipart,
) -> Result<Response, Problem> {
    if let Err(problem) = page.check_csrf(form.text("_csrf")) {
        return Ok(page.problem(&problem));
    }
    let Some(said) = form.text("said").and_then(Said::parse) else {
        return Ok(Redirect::to(&format!("/v/{code}")).into_response());
    };
    let asked = code.clone();
    let write = async move |tx: &mut Tx| answer_visit(tx, &asked, said).await;
    match edge.db.write(&page.actor, write).await {
        Ok(()) => Ok(Redirect::to(&format!("/v/{code}")).into_response()),
        Err(refused) => Ok(page.problem(&Problem::from(refused))),
    }
}
