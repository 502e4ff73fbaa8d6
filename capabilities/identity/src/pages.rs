//! Residents' pages of identity: signing in by phone, signing out, and the demo's inbox.

use crate::commands;
use crate::error::IdentityError;
use crate::http::{OwnSession, session_cookie};
use crate::model::Limits;
use crate::queries;
use ::store::{Conn, Tx};
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use edge::{Edge, Html, Multipart, Page, QueryOf, Trouble};
use platform::{Personal, Phone, Problem, Time};
use serde::Deserialize;

/// Where one goes after signing in, when no page asked for it.
const HOME: &str = "/my";
/// Letters of an address to go back to.
const NEXT_CHARS_MAX: usize = 500;

pub(crate) fn routes() -> Router<Edge> {
    Router::new()
        .route("/sign-in", get(show_sign_in).post(send_code))
        .route("/sign-in/code", get(async || Redirect::to("/sign-in")).post(redeem_code))
        .route("/sign-out", post(sign_out))
        .route("/inbox", get(show_inbox))
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    page: Page,
    phone: String,
    next: String,
    trouble: Vec<Trouble>,
}

#[derive(Template)]
#[template(path = "sign_in_code.html")]
struct SignInCodePage {
    page: Page,
    phone: String,
    phone_words: String,
    next: String,
    minutes: u32,
    trouble: Vec<Trouble>,
}

#[derive(Template)]
#[template(path = "inbox.html")]
struct InboxPage {
    page: Page,
    messages: Vec<InboxMessage>,
}

struct InboxMessage {
    to_words: String,
    at: Moment,
    words: String,
    /// A page of this house that the words name, and what stands behind it.
    link: Option<(String, String)>,
    code: Option<String>,
}

/// Pages of this house that messages lead to: a message's own, and a partner's answer.
const LINKED: [&str; 2] = ["/m/", "/answer/"];

/// Words up to the page they name, that page's path, and the rest.
fn with_link(words: &str) -> (String, Option<(String, String)>) {
    let Some(at) = LINKED.iter().filter_map(|path| words.find(path)).min() else {
        return (words.to_owned(), None);
    };
    let is_token = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_');
    let end = words[at..].find(|c| !is_token(c)).map_or(words.len(), |length| at + length);
    (words[..at].to_owned(), Some((words[at..end].to_owned(), words[end..].to_owned())))
}

struct Moment {
    iso: String,
    words: String,
}

impl Moment {
    fn of(at: Time) -> Self {
        Self { iso: at.to_string(), words: at.local().strftime("%Y-%m-%d %H:%M").to_string() }
    }
}

#[derive(Deserialize)]
struct NextQuery {
    next: Option<String>,
}

/// A path of this site, never an address of another.
fn safe_next(asked: Option<&str>) -> String {
    let fits = |next: &&str| {
        next.starts_with('/')
            && !next.starts_with("//")
            && next.len() <= NEXT_CHARS_MAX
            && !next.contains(|c: char| c == '\\' || c.is_control() || c.is_whitespace())
    };
    asked.filter(fits).unwrap_or(HOME).to_owned()
}

fn titled(page: Page) -> Page {
    page.titled("用手机号登录", "Sign in by phone")
}

async fn show_sign_in(page: Page, QueryOf(query): QueryOf<NextQuery>) -> Response {
    let next = safe_next(query.next.as_deref());
    Html(SignInPage { page: titled(page), phone: String::new(), next, trouble: Vec::new() }).into_response()
}

/// The trouble of a refusal, at the field it concerns.
fn trouble_at(page: &Page, field: &str, problem: &Problem) -> Vec<Trouble> {
    let trouble = Trouble::of(page, problem);
    vec![if trouble.field.is_empty() { Trouble { field: field.to_owned(), ..trouble } } else { trouble }]
}

async fn send_code(page: Page, State(edge): State<Edge>, form: Multipart) -> Result<Response, Problem> {
    page.check_csrf(form.text("_csrf"))?;
    let page = titled(page);
    let typed = form.text("phone").unwrap_or_default();
    let next = safe_next(form.text("next"));
    let sent = match Phone::parse(typed) {
        Some(phone) => commands::send_code(&edge, &page.actor, &phone).await.map(|()| phone),
        None => Err(IdentityError::BadPhone { mobile: true }),
    };
    match sent {
        Ok(phone) => Ok(Html(code_page(page, &edge, phone, next, Vec::new())).into_response()),
        Err(IdentityError::Fault(fault)) => Err(IdentityError::Fault(fault).into()),
        Err(refusal) => {
            let problem = Problem::from(refusal);
            let trouble = trouble_at(&page, "phone", &problem);
            let phone = typed.to_owned();
            Ok(Html(SignInPage { page, phone, next, trouble }).with_status(problem.status()))
        }
    }
}

fn code_page(page: Page, edge: &Edge, phone: Phone, next: String, trouble: Vec<Trouble>) -> SignInCodePage {
    let minutes = edge.fixture::<Limits>().code.minutes;
    let text = phone.as_str().to_owned();
    SignInCodePage { page, phone: text, phone_words: Personal::new(phone).masked(), next, minutes, trouble }
}

async fn redeem_code(page: Page, State(edge): State<Edge>, form: Multipart) -> Result<Response, Problem> {
    page.check_csrf(form.text("_csrf"))?;
    let page = titled(page);
    let next = safe_next(form.text("next"));
    let phone = form.text("phone").and_then(Phone::parse);
    let Some(phone) = phone else { return Ok(Redirect::to("/sign-in").into_response()) };
    let typed = form.text("code").unwrap_or_default();
    match commands::redeem_code(&edge, &page.actor, &phone, typed).await {
        Ok(done) => {
            let seconds = done.expires_at.since(edge.now()).as_secs();
            Ok(redirect(session_cookie(done.token, seconds, page.secure), &next))
        }
        Err(IdentityError::Fault(fault)) => Err(IdentityError::Fault(fault).into()),
        Err(refusal) => {
            let problem = Problem::from(refusal);
            let trouble = trouble_at(&page, "code", &problem);
            Ok(Html(code_page(page, &edge, phone, next, trouble)).with_status(problem.status()))
        }
    }
}

fn redirect(cookie: HeaderMap, to: &str) -> Response {
    (StatusCode::SEE_OTHER, cookie, [(header::LOCATION, to.to_owned())]).into_response()
}

async fn sign_out(
    page: Page,
    own: OwnSession,
    State(edge): State<Edge>,
    form: Multipart,
) -> Result<Response, Problem> {
    page.check_csrf(form.text("_csrf"))?;
    if let (Some(session), Some(_)) = (own.id(), page.actor.account) {
        edge.db.write(&page.actor, async move |tx: &mut Tx| commands::sign_out(tx, session).await).await?;
    }
    Ok(redirect(session_cookie(String::new(), 0, page.secure), "/"))
}

/// Only in a demo; anywhere else there is no such page.
async fn show_inbox(page: Page, State(edge): State<Edge>) -> Result<Response, Problem> {
    if !edge.settings().demo {
        return Err(Problem::not_found());
    }
    let page = page.titled("演示收件箱", "Demo inbox");
    let district = page.actor.district;
    let found = edge
        .db
        .read(async move |conn: &mut Conn| {
            queries::list_inbox(conn, district).await.map_err(IdentityError::from)
        })
        .await?;
    let message = |m: queries::Message| {
        let (words, link) = with_link(page.words(&m.words));
        InboxMessage { to_words: m.to, at: Moment::of(m.at), words, link, code: m.code }
    };
    let messages = found.into_iter().map(message).collect();
    Ok(Html(InboxPage { page: page.clone(), messages }).into_response())
}

#[cfg(test)]
mod tests {
    use super::safe_next;

    #[test]
    fn one_stays_on_this_site() {
        for (asked, next) in [
            (None, "/my"),
            (Some("/cases/1?x=2"), "/cases/1?x=2"),
            (Some("//evil.example"), "/my"),
            (Some("/\\evil.example"), "/my"),
            (Some("https://evil.example"), "/my"),
            (Some("/a\nb"), "/my"),
        ] {
            assert_eq!(safe_next(asked), next, "{asked:?}");
        }
    }
}
