//! Another system in the hand of a test: it takes, refuses, breaks, drips, floods, and remembers what it was told.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use courier::signature::{self, Headers, Secret};
use parking_lot::Mutex;
use serde_json::Value;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::net::TcpListener;

/// How it answers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mood {
    Well,
    /// 200 with a page, as a portal in between would; nothing is taken.
    Page,
    /// 200 and a word, told as a page: what a small script does that cares for no type.
    Plain,
    /// The beginning of an answer, and then a byte a second for ever.
    Drip,
    Broken,
    Refusing,
    /// It takes the message and never answers.
    Deaf,
    /// It sends us to an address of its own network.
    Elsewhere,
    /// More than anybody wants to read.
    Flood,
    /// It takes the message, and its answer breaks off on the way.
    Lost,
    /// It asks to be left alone for a minute and a half.
    Busy,
}

/// A message it took.
#[derive(Clone, Debug)]
pub struct Taken {
    pub id: String,
    pub kind: String,
    pub data: Value,
}

#[derive(Clone, Debug)]
pub struct OtherSide {
    pub url: String,
    pub secret: String,
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    mood: Mutex<Mood>,
    taken: Mutex<Vec<Taken>>,
    calls: AtomicUsize,
    at_once: AtomicUsize,
    most_at_once: AtomicUsize,
    secret: Secret,
}

impl OtherSide {
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        Self::open_at(address, listener)
    }

    /// One that listens there and is called at an address that may be another.
    pub fn open_at(address: SocketAddr, listener: TcpListener) -> Self {
        let secret = Secret::make();
        let text = secret.text();
        let inner = Arc::new(Inner {
            mood: Mutex::new(Mood::Well),
            taken: Mutex::default(),
            calls: AtomicUsize::new(0),
            at_once: AtomicUsize::new(0),
            most_at_once: AtomicUsize::new(0),
            secret,
        });
        let routes = Router::new().route("/hook", post(take)).with_state(inner.clone());
        let url = format!("http://{address}/hook");
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { url, secret: text, inner }
    }

    pub fn be(&self, mood: Mood) {
        *self.inner.mood.lock() = mood;
    }

    pub fn taken(&self) -> Vec<Taken> {
        self.inner.taken.lock().clone()
    }

    pub fn calls(&self) -> usize {
        self.inner.calls.load(Ordering::SeqCst)
    }

    /// The most messages that were with it at once since it was last asked.
    pub fn most_at_once(&self) -> usize {
        self.inner.most_at_once.swap(0, Ordering::SeqCst)
    }
}

async fn take(State(inner): State<Arc<Inner>>, headers: HeaderMap, body: Bytes) -> Response {
    inner.calls.fetch_add(1, Ordering::SeqCst);
    let now = inner.at_once.fetch_add(1, Ordering::SeqCst) + 1;
    inner.most_at_once.fetch_max(now, Ordering::SeqCst);
    tokio::time::sleep(Duration::from_millis(5)).await;
    let answer = answer(&inner, &headers, &body).await;
    inner.at_once.fetch_sub(1, Ordering::SeqCst);
    answer
}

async fn answer(inner: &Inner, headers: &HeaderMap, body: &Bytes) -> Response {
    let mood = *inner.mood.lock();
    match mood {
        Mood::Broken => return (StatusCode::INTERNAL_SERVER_ERROR, "<h1>down</h1>").into_response(),
        Mood::Refusing => return (StatusCode::UNPROCESSABLE_ENTITY, "no such place").into_response(),
        Mood::Busy => return (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "90")]).into_response(),
        Mood::Elsewhere => {
            return (StatusCode::FOUND, [(header::LOCATION, "http://169.254.169.254/")]).into_response();
        }
        Mood::Flood => return Body::from(vec![b'x'; 3 << 20]).into_response(),
        Mood::Page => return page("\u{feff}<!DOCTYPE html><html>welcome</html>"),
        Mood::Drip => return drip(),
        Mood::Well | Mood::Plain | Mood::Deaf | Mood::Lost => {}
    }
    let get = |name: &str| headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let told = Headers {
        id: get(signature::ID_HEADER),
        timestamp: get(signature::TIMESTAMP_HEADER),
        signatures: get(signature::SIGNATURE_HEADER),
    };
    let sent_at = platform::Time::from_micros(told.timestamp.parse::<i64>().unwrap_or(0) * 1_000_000);
    if signature::verify(std::slice::from_ref(&inner.secret), told, body, sent_at).is_err() {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let message: Value = serde_json::from_slice(body).unwrap_or_default();
    let kind = message["type"].as_str().unwrap_or_default().to_owned();
    inner.taken.lock().push(Taken { id: told.id.to_owned(), kind, data: message["data"].clone() });
    match mood {
        Mood::Deaf => std::future::pending().await,
        Mood::Plain => page("ok"),
        _ => StatusCode::NO_CONTENT.into_response(),
    }
}

fn page(text: &'static str) -> Response {
    (StatusCode::OK, [(header::CONTENT_TYPE, "text/html")], text).into_response()
}

fn drip() -> Response {
    let drops = futures_util::stream::unfold((), |()| async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        Some((Ok::<_, std::io::Error>(Bytes::from_static(b" ")), ()))
    });
    Body::from_stream(drops).into_response()
}
