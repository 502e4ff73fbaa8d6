//! What stands before and behind every route: headers, forged requests, refusals turned into pages, panics.

use crate::{Cookies, Edge, Page, SetCookie, compress, key_use, recording};
use axum::Router;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use platform::{Fault, Problem, Words};
use std::time::Duration;
use tower_http::catch_panic::CatchPanicLayer;

/// How long a choice of language or size is remembered.
const PREFERENCE_SECONDS: u64 = 400 * 24 * 3600;
/// How long a route may take to begin its answer.
const ROUTE_SECONDS_MAX: Duration = Duration::from_secs(60);

/// Sent with every answer.
pub const SECURITY_HEADERS: [(&str, &str); 5] = [
    (
        "content-security-policy",
        "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; worker-src 'self'; manifest-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'self'; form-action 'self'",
    ),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("permissions-policy", "camera=(self), geolocation=(self), microphone=(self)"),
];

/// The token made for a first visit, so that its very first form can be sent.
#[derive(Clone, Debug)]
pub(crate) struct FreshCsrf(pub(crate) String);

pub(crate) fn api(routes: Router<Edge>, _edge: &Edge) -> Router<Edge> {
    compress::reads(routes.layer(from_fn(refuse_other_sites)))
}

pub(crate) fn pages(routes: Router<Edge>, edge: &Edge) -> Router<Edge> {
    routes
        .fallback(async || Problem::not_found())
        .layer(from_fn_with_state(edge.clone(), pages_of_problems))
        .layer(from_fn_with_state(edge.clone(), preferences))
}

pub(crate) fn all(routes: Router<Edge>, edge: &Edge) -> Router<Edge> {
    routes
        .layer(from_fn_with_state(edge.clone(), key_use::count))
        .layer(from_fn_with_state(edge.clone(), recording::record))
        .layer(CatchPanicLayer::custom(|_: Box<dyn std::any::Any + Send>| {
            tracing::error!("A route panicked");
            Problem::from(&Fault::broken("a route panicked")).into_response()
        }))
        .layer(from_fn(in_time))
        .layer(from_fn(secure))
}

async fn in_time(request: Request, next: Next) -> Response {
    match tokio::time::timeout(ROUTE_SECONDS_MAX, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::from(&Fault::new(platform::FaultKind::Unavailable, "a route took too long"))
            .into_response(),
    }
}

async fn secure(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    for (name, value) in SECURITY_HEADERS {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// A browser sends its cookies along with what another site makes it send: such a write is refused.
async fn refuse_other_sites(request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let by_cookie = request.headers().contains_key(header::COOKIE)
        && !request.headers().contains_key(header::AUTHORIZATION);
    if !reads && by_cookie && !same_site(request.headers()) {
        return Problem::new(
            StatusCode::FORBIDDEN,
            "csrf",
            Words::of(
                "这个请求来自别的网站，已拒绝。",
                "This request came from another site and was refused.",
            ),
        )
        .into_response();
    }
    next.run(request).await
}

fn same_site(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    match (text("origin"), text("host")) {
        (Some(origin), Some(host)) => origin.split_once("://").is_some_and(|(_, o)| o == host),
        // A form of our own page or a program with a cookie jar: forms carry their own token, programs no foreign origin.
        (None, _) => true,
        (Some(_), None) => false,
    }
}

/// Whether the browser came over HTTPS, as the proxy in front says.
pub fn is_secure(edge: &Edge, headers: &HeaderMap) -> bool {
    edge.settings().behind_proxy && headers.get("x-forwarded-proto").is_some_and(|v| v.as_bytes() == b"https")
}

/// Remembers `?lang=` and `?elder=`, and gives a first visitor the token of its forms.
async fn preferences(State(edge): State<Edge>, mut request: Request, next: Next) -> Response {
    let query = request.uri().query().unwrap_or_default().to_owned();
    let asked = |key: &str| query.split('&').find_map(|p| p.strip_prefix(key)).map(str::to_owned);
    let mut set = Vec::new();
    let secure = is_secure(&edge, request.headers());
    let preference = |name: &str, value: &str| SetCookie {
        name: name.to_owned(),
        value: value.to_owned(),
        seconds: Some(PREFERENCE_SECONDS),
        readable: true,
        secure,
    };
    if let Some(lang) = asked("lang=") {
        set.push(preference("lang", if lang.starts_with("en") { "en" } else { "zh" }));
    }
    if let Some(elder) = asked("elder=") {
        set.push(preference("elder", if elder == "1" { "1" } else { "0" }));
    }
    let mut fresh = None;
    if Cookies::of(request.headers()).get("csrf").is_none() {
        let token = uuid::Uuid::new_v4().simple().to_string();
        fresh = Some(SetCookie::new("csrf".to_owned(), token.clone(), None, secure));
        request.extensions_mut().insert(FreshCsrf(token));
    }
    let mut response = next.run(request).await;
    // A picture or a feed has no form, and goes to programs too: it leaves nothing behind.
    set.extend(fresh.filter(|_| is_page(&response)));
    for (name, value) in set.iter().filter_map(SetCookie::header) {
        response.headers_mut().append(name, value);
    }
    response
}

fn is_page(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("text/html"))
}

/// A refusal of a page becomes a page: the same sentence, and what to do now.
async fn pages_of_problems(State(edge): State<Edge>, request: Request, next: Next) -> Response {
    let wants_html = request
        .headers()
        .get(header::ACCEPT)
        .and_then(|v| v.to_str().ok())
        .is_some_and(|v| v.contains("text/html"));
    let (mut parts, body) = request.into_parts();
    let page = if wants_html { Page::from_request_parts(&mut parts, &edge).await.ok() } else { None };
    let response = next.run(Request::from_parts(parts, body)).await;
    match (page, response.extensions().get::<Problem>()) {
        (Some(page), Some(problem)) => page.problem(problem),
        _ => response,
    }
}
