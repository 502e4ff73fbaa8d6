//! The layer that hands a sandbox's calls to its recorder, and says of each answer that all in it is invented.

use crate::exchange::{
    EXCERPT_BYTES_MAX, Excerpt, Exchange, Recorder, Recorders, Way, headers_that_matter, masked,
};
use crate::who::Authenticator;
use crate::{Districts, Edge};
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use futures_util::{StreamExt, stream};
use platform::{Problem, Words};
use std::sync::Arc;
use std::time::Instant;

/// Said with every answer of a sandbox.
const SANDBOX: HeaderName = HeaderName::from_static("mulin-sandbox");
/// Routes by which other systems come in.
const OF_SYSTEMS: [&str; 2] = ["/api/", "/open311/"];
/// Looking at the record is not recorded.
const OF_THE_SANDBOX: &str = "/api/linkage/sandbox";

pub(crate) async fn record(State(edge): State<Edge>, request: Request, next: Next) -> Response {
    let recorders = edge.fixture::<Recorders>();
    if recorders.is_empty() {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let Some(recorder) = recorder_of(&edge, &recorders, &parts) else {
        return next.run(Request::from_parts(parts, body)).await;
    };
    let mut response = if is_of_a_system(&edge, &parts) {
        run_recorded(&edge, recorder, parts, body, next).await
    } else {
        next.run(Request::from_parts(parts, body)).await
    };
    response.headers_mut().insert(SANDBOX, HeaderValue::from_static("1"));
    response
}

/// The recorder of the sandbox a request is about: its credentials say so first, as everywhere in the house.
fn recorder_of<'a>(edge: &Edge, recorders: &'a Recorders, parts: &Parts) -> Option<&'a Arc<Recorder>> {
    let shown = edge.fixtures().find::<Authenticator>().and_then(|known| known.0.shown(parts));
    let district = match shown {
        Some(shown) => shown.district,
        None => edge.fixture::<Districts>().of_request(&parts.headers).ok()?.district,
    };
    recorders.of(district)
}

/// Whether a program calls and no person: a key, good or not, or a signature.
fn is_of_a_system(edge: &Edge, parts: &Parts) -> bool {
    let path = parts.uri.path();
    if !OF_SYSTEMS.iter().any(|begin| path.starts_with(begin)) || path.starts_with(OF_THE_SANDBOX) {
        return false;
    }
    let shown = edge.fixtures().find::<Authenticator>().and_then(|known| known.0.shown(parts));
    let has = |name: &str| parts.headers.contains_key(name);
    match shown {
        Some(shown) => shown.is_key && has(header::AUTHORIZATION.as_str()),
        None => {
            path.starts_with("/open311/") || has(header::AUTHORIZATION.as_str()) || has("webhook-signature")
        }
    }
}

async fn run_recorded(
    edge: &Edge,
    recorder: &Recorder,
    mut parts: Parts,
    body: Body,
    next: Next,
) -> Response {
    let (at, begun) = (edge.now(), Instant::now());
    let (body, sent) = peek(body).await;
    let headers = parts.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
    let exchange = Exchange {
        way: Way::In,
        at,
        method: parts.method.to_string(),
        address: parts.uri.path().to_owned(),
        query: masked(parts.uri.query().unwrap_or_default()),
        headers: headers_that_matter(headers),
        body: Excerpt::of(&sent),
        status: None,
        answer: Excerpt::default(),
        took: begun.elapsed(),
        why: None,
    };
    // What is recorded is to be read.
    parts.headers.remove(header::ACCEPT_ENCODING);
    let response = next.run(Request::from_parts(parts, body)).await;
    let why = response.extensions().get::<Problem>().map(words_of);
    let (head, body) = response.into_parts();
    let status = Some(head.status.as_u16());
    // A live line has no end to wait for.
    let is_live = head
        .headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"));
    let (body, answered) = if is_live { (body, Vec::new()) } else { peek(body).await };
    recorder.note(Exchange {
        status,
        answer: Excerpt::of(&answered),
        took: begun.elapsed(),
        why,
        ..exchange
    });
    Response::from_parts(head, body)
}

fn words_of(problem: &Problem) -> Words {
    let zh = format!("{}{}", problem.title, problem.detail.as_deref().unwrap_or_default());
    let en = format!("{} {}", problem.title_en, problem.detail_en.as_deref().unwrap_or_default());
    Words::new(zh, en.trim_end().to_owned())
}

/// The beginning of a body, and the body as it was: no more of it is held than is recorded.
async fn peek(body: Body) -> (Body, Vec<u8>) {
    let mut rest = body.into_data_stream();
    let (mut first, mut seen) = (Vec::<Result<Bytes, axum::Error>>::new(), Vec::new());
    while seen.len() <= EXCERPT_BYTES_MAX {
        match rest.next().await {
            Some(Ok(bytes)) => {
                seen.extend_from_slice(&bytes);
                first.push(Ok(bytes));
            }
            Some(Err(e)) => {
                first.push(Err(e));
                break;
            }
            None => break,
        }
    }
    (Body::from_stream(stream::iter(first).chain(rest)), seen)
}
