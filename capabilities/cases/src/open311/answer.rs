//! Answers and errors in the format that was asked for.

use super::call::Call;
use super::xml;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use edge::Edge;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use platform::{Fault, Lang, Problem};
use serde::Serialize;

/// The two formats of the specification.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    Json,
    Xml,
}

impl Format {
    /// By the path's extension, else by what the caller accepts first, else JSON.
    pub fn of(path: &str, headers: &HeaderMap) -> Self {
        if path.ends_with(".xml") {
            return Self::Xml;
        }
        let accept = headers.get(header::ACCEPT).and_then(|v| v.to_str().ok()).unwrap_or_default();
        match (accept.find("xml"), accept.find("json")) {
            _ if path.ends_with(".json") => Self::Json,
            (Some(xml), json) if json.is_none_or(|json| xml < json) => Self::Xml,
            _ => Self::Json,
        }
    }

    const fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json; charset=utf-8",
            Self::Xml => "text/xml; charset=utf-8",
        }
    }
}

/// What a method answers: one tree, and the name of its root in XML.
#[derive(Debug)]
pub struct Answer {
    status: StatusCode,
    root: &'static str,
    tree: serde_json::Value,
    json: String,
    /// The address of the next page.
    next: Option<String>,
}

impl Answer {
    pub fn new(root: &'static str, value: &impl Serialize) -> Result<Self, Fault> {
        let broken = |e| Fault::broken("an answer cannot be written").because(e);
        let tree = serde_json::to_value(value).map_err(broken)?;
        // Written from the value itself: its fields stay in the order of the specification.
        let json = serde_json::to_string(value).map_err(broken)?;
        Ok(Self { status: StatusCode::OK, root, tree, json, next: None })
    }

    pub fn created(mut self) -> Self {
        self.status = StatusCode::CREATED;
        self
    }

    pub fn next(mut self, address: Option<String>) -> Self {
        self.next = address;
        self
    }

    fn response(self, format: Format) -> Response {
        let body = match format {
            Format::Json => self.json.into_bytes(),
            // Writing into memory does not fail.
            Format::Xml => xml::write(self.root, &self.tree).unwrap_or_default(),
        };
        let kind = HeaderValue::from_static(format.content_type());
        // Clients of the standard run in pages of other sites. Nothing here hangs on a cookie, so they may read it.
        let anybody = HeaderValue::from_static("*");
        let headers = [(header::CONTENT_TYPE, kind), (header::ACCESS_CONTROL_ALLOW_ORIGIN, anybody)];
        let mut response = (self.status, headers, body).into_response();
        let link = self.next.map(|next| format!("<{next}>; rel=\"next\""));
        if let Some(link) = link.and_then(|l| HeaderValue::from_str(&l).ok()) {
            response.headers_mut().insert(header::LINK, link);
        }
        response
    }
}

/// Runs a method of the standard and answers in the caller's format, refusals too.
pub async fn answer<F, R>(edge: Edge, request: Request, method: F) -> Response
where
    F: FnOnce(Edge, Call) -> R,
    R: Future<Output = Result<Answer, Problem>>,
{
    let format = Format::of(request.uri().path(), request.headers());
    let call = Call::read(&edge, request).await;
    let lang = call.as_ref().map_or(Lang::En, |call| call.actor.lang);
    let answered = match call {
        Ok(call) => method(edge, call).await,
        Err(problem) => Err(problem),
    };
    match answered {
        Ok(answer) => answer.response(format),
        Err(problem) => refuse(&problem, lang, format),
    }
}

#[derive(Serialize)]
struct ErrorShape {
    code: u16,
    description: String,
}

fn refuse(problem: &Problem, lang: Lang, format: Format) -> Response {
    let status = status_of(problem);
    let (title, detail) = match lang {
        Lang::Zh => (&problem.title, &problem.detail),
        Lang::En => (&problem.title_en, &problem.detail_en),
    };
    let mut description = match &problem.field {
        Some(field) => format!("{field}: {title}"),
        None => title.clone(),
    };
    if let Some(detail) = detail {
        description.push(' ');
        description.push_str(detail);
    }
    let errors = [ErrorShape { code: status.as_u16(), description }];
    let mut response = match Answer::new("errors", &errors) {
        Ok(answer) => Answer { status, ..answer }.response(format),
        Err(fault) => return Problem::from(&fault).into_response(),
    };
    if let Some(seconds) = problem.extra.get("retry_after_s").and_then(serde_json::Value::as_i64) {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// The specification knows 400 for whatever does not hold in a request.
fn status_of(problem: &Problem) -> StatusCode {
    match problem.status() {
        StatusCode::UNPROCESSABLE_ENTITY => StatusCode::BAD_REQUEST,
        other => other,
    }
}
