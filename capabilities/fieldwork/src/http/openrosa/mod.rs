//! OpenRosa 1.0, so that ODK Collect and other clients fill the same forms: forms listed, handed out, and filled. The address of the
//! server holds the client's key: `/openrosa/KEY`. docs/forms.md tells the routes.

mod documents;
mod submission;

use crate::access::FILL;
use crate::error::FieldworkError;
use crate::model::CollectKey;
use crate::store;
use ::store::Conn;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use edge::{Edge, Quota, Rates, Who};
use platform::{Actor, Fault, Problem, Via, Words, limits};
use std::time::Duration;

/// Requests of one key: a morning's forms and photos at once, ten a second in the long run.
const PER_KEY: Quota = Quota { name: "fieldwork.collect_key", burst: 600, every: Duration::from_millis(100) };
/// OpenRosa, "HTTP Requests and Responses".
const VERSION: (HeaderName, HeaderValue) =
    (HeaderName::from_static("x-openrosa-version"), HeaderValue::from_static("1.0"));
const ACCEPTED_BYTES: HeaderName = HeaderName::from_static("x-openrosa-accept-content-length");
/// Bytes of one request of a submission; a client that has more sends several.
const REQUEST_BYTES_MAX: u64 = limits::FORM_BODY_BYTES_MAX;

/// All routes; none of them is in the description of the API, since their shapes are OpenRosa's.
pub fn routes() -> Router<Edge> {
    let bytes_max = usize::try_from(REQUEST_BYTES_MAX).unwrap_or(usize::MAX);
    Router::new()
        .route("/openrosa/{key}/formList", get(documents::list_forms))
        .route("/openrosa/{key}/forms/{form}/{number}/form.xml", get(documents::show_form))
        .route("/openrosa/{key}/forms/{form}/{number}/manifest", get(documents::show_manifest))
        .route("/openrosa/{key}/forms/{form}/{number}/{list}", get(documents::show_list))
        .route(
            "/openrosa/{key}/submission",
            get(submission::tell).head(submission::tell).post(submission::take),
        )
        .layer(DefaultBodyLimit::max(bytes_max))
}

/// Whoever carries the key, as the account is now.
async fn enter(edge: &Edge, who: &Who, key: &str) -> Result<Actor, Problem> {
    let key = CollectKey::parse(key).ok_or_else(refused)?;
    let (district, hash) = (key.district, key.hash());
    let read = async move |conn: &mut Conn| store::keys::find(conn, district, hash.clone()).await;
    let row = edge.db.read::<_, Fault, _>(read).await.map_err(FieldworkError::from)?;
    let now = edge.now();
    let row = row.filter(|row| row.revoked_at.is_none() && row.ends_at > now).ok_or_else(refused)?;
    edge.fixture::<Rates>().check(PER_KEY, &row.id.to_string(), now)?;
    let asked = Actor { district, via: Via::Api, ..who.0.clone() };
    let actor = edge.actor_of_account(row.account, asked).await?.ok_or_else(refused)?;
    if actor.holds(&FILL) { Ok(actor) } else { Err(FieldworkError::Forbidden(&FILL).into()) }
}

/// The same for a key that never was, is over, or whose account is closed.
fn refused() -> Problem {
    Problem::new(
        StatusCode::FORBIDDEN,
        "fieldwork.key_refused",
        Words::of("采集码无效或已停用，请重新扫码。", "This key is not good any more: scan a new code."),
    )
}

/// Where this server is, as its client knows it.
pub(super) fn base_url(edge: &Edge, headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|v| v.to_str().ok()).unwrap_or("localhost");
    let scheme = if edge::is_secure(edge, headers) { "https" } else { "http" };
    format!("{scheme}://{host}")
}

/// A document of OpenRosa, with the headers that stand in every answer.
fn document(status: StatusCode, xml: String) -> Response {
    let mut response = (status, [(header::CONTENT_TYPE, "text/xml; charset=utf-8")], xml).into_response();
    mark(&mut response);
    response
}

fn mark(response: &mut Response) {
    let headers = response.headers_mut();
    headers.insert(VERSION.0, VERSION.1);
    headers.insert(ACCEPTED_BYTES, HeaderValue::from(REQUEST_BYTES_MAX));
    headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static("zh"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
}

/// A refusal in the envelope that clients show as it is: the sentence, what to do, and each answer that does not hold.
fn refusal(problem: &Problem) -> Response {
    let (mut zh, mut en) = (problem.title.clone(), problem.title_en.clone());
    if let (Some(detail), Some(detail_en)) = (&problem.detail, &problem.detail_en) {
        zh.push_str(detail);
        en.push_str(detail_en);
    }
    for fault in problem.extra.get("faults").and_then(|faults| faults.as_array()).into_iter().flatten() {
        let part = |key: &str| fault["words"][key].as_str().unwrap_or_default().to_owned();
        let address = fault["address"].as_str().unwrap_or_default();
        zh.push_str(&format!(" {address}：{}", part("zh")));
        en.push_str(&format!(" {address}: {}", part("en")));
    }
    document(problem.status(), forms::xform::write_message("error", &Words::new(zh, en)))
}
