//! What several resident pages show: owners, moments, states, photos; and the marks a browser keeps of the cases it follows.

use crate::model::{CaseId, FollowerId, parse_number};
use crate::view::{PhotoView, PostRef, Viewer, moment, words};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use edge::{Cookies, Edge, Page, SetCookie};
use platform::{Problem, Time};

/// How long a browser remembers the cases it follows.
const MARK_SECONDS: u64 = 180 * 24 * 3600;

/// The post responsible, as residents may read it.
#[derive(Clone, Debug)]
pub(super) struct Owner {
    pub post: String,
    pub name: Option<String>,
    pub phone: Option<String>,
}

impl From<PostRef> for Owner {
    fn from(post: PostRef) -> Self {
        Self { post: post.name, name: post.holder, phone: post.phone }
    }
}

/// A moment for people and for programs.
#[derive(Clone, Debug)]
pub(super) struct Moment {
    pub iso: String,
    pub words: String,
}

impl Moment {
    pub fn of(page: &Page, at: Time) -> Self {
        Self { iso: at.to_string(), words: moment(at).get(page.actor.lang).to_owned() }
    }
}

/// A state with its tone: words first, colour only beside them.
#[derive(Clone, Debug)]
pub(super) struct StateView {
    pub words: String,
    pub tone: &'static str,
    pub icon: &'static str,
}

impl StateView {
    pub fn of(viewer: &Viewer, state: &str, overdue: bool) -> Self {
        let workflow = viewer.rules.workflow();
        let text = workflow
            .state(state)
            .map_or_else(|| state.to_owned(), |s| words(&s.words).get(viewer.actor.lang).to_owned());
        let (tone, icon) = match state {
            "closed" | "confirming" | "answered" => ("good", "check"),
            "refused" => ("bad", "alert"),
            "held" | "withdrawn" | "merged" | "archived" => ("", "info"),
            _ if overdue => ("warn", "alert"),
            _ => ("", "clock"),
        };
        Self { words: text, tone, icon }
    }
}

/// A photo of a page.
#[derive(Clone, Debug)]
pub(super) struct Photo {
    pub href: String,
    pub src: String,
    pub alt: String,
}

impl Photo {
    pub fn of(page: &Page, photo: &PhotoView, number: usize) -> Self {
        let alt = format!("{} {number}", page.tr("现场照片", "Photo"));
        Self { href: photo.href.clone(), src: photo.thumbnail.clone(), alt }
    }
}

/// The number of an address that named a case, as an address may hold it: people type it with anything between the digits.
pub(super) fn number_of_address(text: &str, id: CaseId) -> String {
    parse_number(text).unwrap_or_else(|| id.0.to_string())
}

/// The cookie that holds the mark of one case.
pub(super) fn mark_cookie(number: &str) -> String {
    format!("case_{}", number.replace('-', ""))
}

/// Redirects, leaving the browser the proof that it follows the case.
pub(super) fn redirect_with_mark(page: &Page, to: &str, number: &str, mark: &str) -> Response {
    let mut response = Redirect::to(to).into_response();
    let name = mark_cookie(number);
    let cookie = SetCookie::new(name, mark.to_owned(), Some(MARK_SECONDS), page.secure);
    if let Some((header, value)) = cookie.header() {
        response.headers_mut().append(header, value);
    }
    response
}

/// The follower this browser has proved to be, if any.
pub(super) async fn mark_of(
    edge: &Edge,
    page: &Page,
    headers: &HeaderMap,
    id: CaseId,
    number: &str,
) -> Result<Option<FollowerId>, Problem> {
    match mark_text(headers, number) {
        Some(text) => Ok(crate::http::read_mark(edge, &page.actor, id, &text).await?),
        None => Ok(None),
    }
}

/// The mark of a case as the browser keeps it, not yet checked.
pub(super) fn mark_text(headers: &HeaderMap, number: &str) -> Option<String> {
    Cookies::of(headers).get(&mark_cookie(number)).map(str::to_owned)
}
