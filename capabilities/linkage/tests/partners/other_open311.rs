//! A small Open311 server of somebody else's, after the published GeoReport v2 and the service-request-updates extension, in memory.

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use parking_lot::Mutex;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;

/// How it behaves.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mood {
    Well,
    /// It gives a token first, and the number later.
    Tokens,
    Down,
    /// 200 and a page.
    Page,
    Empty,
    /// It takes a request and its answer is lost.
    Forgetful,
}

/// A request it has.
#[derive(Clone, Debug)]
pub struct Theirs {
    pub id: String,
    pub fields: HashMap<String, String>,
    pub status: String,
    pub notes: Option<String>,
    pub media_url: Option<String>,
    pub updates: Vec<HashMap<String, String>>,
}

#[derive(Debug, Default)]
struct Desk {
    requests: Vec<Theirs>,
    /// By idempotency key: the same again is the same.
    known: HashMap<String, String>,
}

impl Theirs {
    /// Our number, as their people read it at the end of the words.
    pub fn number(&self) -> String {
        let (_, number) = self.fields["description"].rsplit_once('（').expect("a number at the end");
        number.trim_end_matches('）').to_owned()
    }
}

#[derive(Clone, Debug)]
pub struct OtherOpen311 {
    pub url: String,
    desk: Arc<Mutex<Desk>>,
    mood: Arc<Mutex<Mood>>,
}

impl OtherOpen311 {
    pub async fn open() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}/v2", listener.local_addr().expect("bound"));
        let server = Self { url, desk: Arc::default(), mood: Arc::new(Mutex::new(Mood::Well)) };
        let routes = Router::new()
            .route("/v2/requests.json", post(take_request).get(list_requests))
            .route("/v2/tokens/{file}", get(find_token))
            .route("/v2/servicerequestupdates.json", post(take_update))
            .route("/v2/photo.png", get(async || crate::town::png()))
            .route("/v2/page.png", get(async || "<html>sign in</html>"))
            .with_state(server.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        server
    }

    pub fn be(&self, mood: Mood) {
        *self.mood.lock() = mood;
    }

    pub fn requests(&self) -> Vec<Theirs> {
        self.desk.lock().requests.clone()
    }

    /// Their people work on the n-th request.
    pub fn says(&self, n: usize, status: &str, notes: Option<&str>) {
        let request = &mut self.desk.lock().requests[n];
        request.status = status.to_owned();
        request.notes = notes.map(str::to_owned);
    }

    /// Their people add a photo to the n-th request; `path` is where it lies on their server.
    pub fn shows(&self, n: usize, path: &str) {
        self.desk.lock().requests[n].media_url = Some(format!("{}/{path}", self.url));
    }

    fn strange(&self) -> Option<Response> {
        match *self.mood.lock() {
            Mood::Down => Some((StatusCode::SERVICE_UNAVAILABLE, "later").into_response()),
            Mood::Page => {
                Some(([(header::CONTENT_TYPE, "text/html")], "<html>sign in</html>").into_response())
            }
            Mood::Empty => Some(Json(json!([])).into_response()),
            Mood::Well | Mood::Tokens | Mood::Forgetful => None,
        }
    }
}

fn fields(body: &[u8]) -> HashMap<String, String> {
    serde_urlencoded::from_bytes(body).expect("a form")
}

fn errors(status: StatusCode, words: &str) -> Response {
    (status, Json(json!([{ "code": status.as_u16(), "description": words }]))).into_response()
}

async fn take_request(State(server): State<OtherOpen311>, headers: HeaderMap, body: Bytes) -> Response {
    if let Some(strange) = server.strange() {
        return strange;
    }
    let fields = fields(&body);
    if fields.get("api_key").map(String::as_str) != Some("their-key") {
        return errors(StatusCode::FORBIDDEN, "api_key");
    }
    if !fields.contains_key("service_code")
        || !(fields.contains_key("lat") || fields.contains_key("address_string"))
    {
        return errors(StatusCode::BAD_REQUEST, "service_code and a place are needed");
    }
    let key = headers["idempotency-key"].to_str().expect("a key").to_owned();
    let mut desk = server.desk.lock();
    let next = format!("W-{}", desk.requests.len() + 1);
    let id = desk.known.entry(key).or_insert(next).clone();
    if !desk.requests.iter().any(|r| r.id == id) {
        desk.requests.push(Theirs {
            id: id.clone(),
            fields,
            status: "open".to_owned(),
            notes: None,
            media_url: None,
            updates: Vec::new(),
        });
    }
    match *server.mood.lock() {
        Mood::Forgetful => errors(StatusCode::BAD_GATEWAY, "the answer was lost on the way"),
        Mood::Tokens => Json(json!([{ "token": format!("t/{id}") }])).into_response(),
        _ => (StatusCode::CREATED, Json(json!([{ "service_request_id": id, "service_notice": "" }])))
            .into_response(),
    }
}

async fn list_requests(
    State(server): State<OtherOpen311>,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    if let Some(strange) = server.strange() {
        return strange;
    }
    let asked: Vec<&str> =
        query.get("service_request_id").map(|ids| ids.split(',').collect()).unwrap_or_default();
    let desk = server.desk.lock();
    let found = desk.requests.iter().filter(|r| asked.contains(&r.id.as_str()));
    let shown: Vec<Value> = found
        .map(|r| json!({ "service_request_id": r.id, "status": r.status, "status_notes": r.notes, "media_url": r.media_url, "service_name": "x", "service_code": "x" }))
        .collect();
    // One that nobody asked for, as careless servers add.
    let stray = json!({ "service_request_id": "W-999", "status": "closed", "status_notes": "not yours" });
    Json(json!(shown.into_iter().chain([stray]).collect::<Vec<_>>())).into_response()
}

async fn find_token(State(server): State<OtherOpen311>, Path(file): Path<String>) -> Response {
    let token = file.strip_suffix(".json").unwrap_or(&file);
    let desk = server.desk.lock();
    match desk.requests.iter().find(|r| format!("t/{}", r.id) == token) {
        Some(request) => Json(json!([{ "service_request_id": request.id, "token": token }])).into_response(),
        None => errors(StatusCode::NOT_FOUND, "token"),
    }
}

async fn take_update(State(server): State<OtherOpen311>, body: Bytes) -> Response {
    if let Some(strange) = server.strange() {
        return strange;
    }
    let fields = fields(&body);
    let mut desk = server.desk.lock();
    let Some(request) = desk.requests.iter_mut().find(|r| Some(&r.id) == fields.get("service_request_id"))
    else {
        return errors(StatusCode::NOT_FOUND, "service_request_id");
    };
    let id = fields.get("update_id").cloned();
    if !request.updates.iter().any(|u| u.get("update_id") == id.as_ref()) {
        request.updates.push(fields);
    }
    Json(json!([{ "update_id": id }])).into_response()
}
