//! What every resident page needs: language, elder mode, the district's names and phones, the guard against forged forms.

use crate::{Assets, Cookies, District, Districts, Edge, Who, who};
use askama::Template;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use platform::{Actor, Fault, Lang, Problem, Words};
use std::sync::Arc;

/// The general line of public services, for all of mainland China.
const HOTLINE: &str = "12345";

/// A page in the making.
#[derive(Clone, Debug)]
pub struct Page {
    pub lang: &'static str,
    pub elder: bool,
    pub title: String,
    pub district_name: String,
    /// 12345, where the district has no line of its own.
    pub hotline: String,
    /// The phone of the community or desk, where the page knows one.
    pub phone: Option<String>,
    /// The address without its query, for the switches of language and size.
    pub path: String,
    /// The hidden field `_csrf` of every form.
    pub csrf: String,
    /// The resident's masked phone, when signed in.
    pub account: Option<String>,
    pub demo: bool,
    /// Everything in this district is invented: it is an integrator's.
    pub sandbox: bool,
    /// Whether it is shown over HTTPS: then its cookies stay there.
    pub secure: bool,
    pub actor: Actor,
    pub district: Arc<District>,
    assets: Arc<Assets>,
}

impl Page {
    /// The sentence in the page's language: both stand side by side in the template, so none can be missing.
    pub fn tr<'a>(&self, zh: &'a str, en: &'a str) -> &'a str {
        if self.actor.lang == Lang::En { en } else { zh }
    }

    pub fn words<'a>(&self, words: &'a Words) -> &'a str {
        words.get(self.actor.lang)
    }

    /// The address of a built web file.
    pub fn asset(&self, name: &str) -> String {
        self.assets.address(name)
    }

    /// Names the page in both languages.
    #[must_use]
    pub fn titled(mut self, zh: &str, en: &str) -> Self {
        self.title = self.tr(zh, en).to_owned();
        self
    }

    /// Refuses a form that another site sent: the field must hold what our own page put there.
    pub fn check_csrf(&self, field: Option<&str>) -> Result<(), Problem> {
        let same = field.is_some_and(|f| f.len() == self.csrf.len() && constant_time_eq(f, &self.csrf));
        if same && !self.csrf.is_empty() {
            return Ok(());
        }
        Err(Problem::new(
            StatusCode::FORBIDDEN,
            "csrf",
            Words::of(
                "页面已过期，请刷新后再提交一次。",
                "This page has expired. Please reload it and send again.",
            ),
        ))
    }

    /// The page of an error, with what to do next.
    pub fn problem(&self, problem: &Problem) -> Response {
        let mut page = self.clone();
        let sentence = page.tr(&problem.title, &problem.title_en).to_owned();
        page.title.clone_from(&sentence);
        let detail = match (&problem.detail, &problem.detail_en) {
            (Some(zh), Some(en)) => Some(page.tr(zh, en).to_owned()),
            _ => None,
        };
        let status = problem.status;
        Html(ErrorPage { page, sentence, detail, status }).with_status(problem.status())
    }
}

fn constant_time_eq(a: &str, b: &str) -> bool {
    a.bytes().zip(b.bytes()).fold(0, |acc, (x, y)| acc | (x ^ y)) == 0
}

impl FromRequestParts<Edge> for Page {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, edge: &Edge) -> Result<Self, Problem> {
        let Who(mut actor) = Who::from_request_parts(parts, edge).await?;
        actor.lang = who::lang_of(parts);
        let districts = edge.fixture::<Districts>();
        let district = districts.find(actor.district).ok_or_else(Problem::not_found)?.clone();
        let cookies = Cookies::of(&parts.headers);
        let query = parts.uri.query().unwrap_or_default();
        let elder = match query.split('&').find_map(|p| p.strip_prefix("elder=")) {
            Some(asked) => asked == "1",
            None => cookies.get("elder") == Some("1"),
        };
        let name = if actor.lang == Lang::En { &district.name_en } else { &district.name };
        Ok(Self {
            lang: actor.lang.tag(),
            elder,
            title: name.clone(),
            district_name: name.clone(),
            hotline: district.setting("hotline").unwrap_or(HOTLINE).to_owned(),
            phone: district.setting("phone").map(str::to_owned),
            path: parts.uri.path().to_owned(),
            csrf: cookies.get("csrf").or_else(|| fresh_csrf(parts)).unwrap_or_default().to_owned(),
            account: actor.account.map(|_| actor.name.to_string()),
            demo: edge.settings().demo,
            sandbox: district.sandbox().is_some(),
            secure: crate::guard::is_secure(edge, &parts.headers),
            actor,
            district,
            assets: edge.fixture(),
        })
    }
}

/// The token the guard made for this very answer, on a first visit.
fn fresh_csrf(parts: &Parts) -> Option<&str> {
    parts.extensions.get::<crate::guard::FreshCsrf>().map(|f| f.0.as_str())
}

/// A rendered template as an answer.
#[derive(Clone, Copy, Debug)]
pub struct Html<T>(pub T);

impl<T: Template> Html<T> {
    pub fn with_status(self, status: StatusCode) -> Response {
        match self.0.render() {
            Ok(text) => {
                let html = HeaderValue::from_static("text/html; charset=utf-8");
                (status, [(header::CONTENT_TYPE, html)], text).into_response()
            }
            Err(e) => {
                let fault = Fault::broken("a page could not be rendered").because(e);
                tracing::error!("A page could not be rendered: {fault:?}");
                Problem::from(&fault).into_response()
            }
        }
    }
}

impl<T: Template> IntoResponse for Html<T> {
    fn into_response(self) -> Response {
        self.with_status(StatusCode::OK)
    }
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    page: Page,
    sentence: String,
    detail: Option<String>,
    status: u16,
}

/// A field of a form that does not hold, as the page shows it: on top, and at the field.
#[derive(Clone, Debug)]
pub struct Trouble {
    pub field: String,
    pub words: String,
}

impl Trouble {
    /// The refusal as trouble of one field.
    pub fn of(page: &Page, problem: &Problem) -> Self {
        let sentence = page.tr(&problem.title, &problem.title_en);
        let detail = match (&problem.detail, &problem.detail_en) {
            (Some(zh), Some(en)) => page.tr(zh, en),
            _ => "",
        };
        Self { field: problem.field.clone().unwrap_or_default(), words: format!("{sentence}{detail}") }
    }
}
