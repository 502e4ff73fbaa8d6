//! What stands outside: a gateway of relayed calls over HTTP, in the hand of a test.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use parking_lot::Mutex;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::net::TcpListener;

/// How it answers when it is asked for a number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RelayMood {
    Well,
    /// 200, and an error inside: it has no number left.
    Poor,
    /// 200, and a refusal of this very telephone inside, which it repeats.
    Refusing,
    /// It binds, and its answer is lost on the way.
    Lost,
    /// It takes the connection and says nothing.
    Silent,
    /// Success, and a number nobody can dial.
    Nonsense,
    /// Success, and the called telephone itself as the number.
    Leaking,
}

/// A gateway of relayed calls.
#[derive(Clone, Debug)]
pub struct Relays {
    pub url: String,
    inner: Arc<Mutex<Inner>>,
}

#[derive(Debug)]
struct Inner {
    mood: RelayMood,
    asked: Vec<Value>,
    /// By our id: asked twice it binds once.
    bound: BTreeMap<String, Value>,
    released: Vec<String>,
    keys: Vec<String>,
}

impl Relays {
    pub async fn open() -> Self {
        let inner = Inner {
            mood: RelayMood::Well,
            asked: Vec::new(),
            bound: BTreeMap::new(),
            released: Vec::new(),
            keys: Vec::new(),
        };
        let inner = Arc::new(Mutex::new(inner));
        let routes = Router::new()
            .route("/v1/bind", post(bind))
            .route("/v1/unbind", post(unbind))
            .with_state(inner.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}/v1", listener.local_addr().expect("bound"));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { url, inner }
    }

    pub fn be(&self, mood: RelayMood) {
        self.inner.lock().mood = mood;
    }

    pub fn asked(&self) -> Vec<Value> {
        self.inner.lock().asked.clone()
    }

    /// What it was told of each number it has bound.
    pub fn bound(&self) -> Vec<Value> {
        self.inner.lock().bound.values().cloned().collect()
    }

    pub fn released(&self) -> Vec<String> {
        self.inner.lock().released.clone()
    }

    pub fn keys(&self) -> Vec<String> {
        self.inner.lock().keys.clone()
    }
}

async fn bind(State(inner): State<Arc<Mutex<Inner>>>, headers: HeaderMap, body: Bytes) -> Response {
    let body: Value = serde_json::from_slice(&body).expect("JSON");
    let (mood, answer) = {
        let mut inner = inner.lock();
        let key = headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
        inner.keys.push(key.to_owned());
        inner.asked.push(body.clone());
        let id = body["request_id"].as_str().expect("our id").to_owned();
        let called = body["called"].as_str().expect("a telephone").to_owned();
        if matches!(inner.mood, RelayMood::Well | RelayMood::Lost) {
            inner.bound.entry(id.clone()).or_insert(body);
        }
        let place = inner.bound.keys().position(|known| *known == id).unwrap_or_default();
        let number = match inner.mood {
            RelayMood::Nonsense => "<b>none</b>".to_owned(),
            RelayMood::Leaking => format!("+86{called}"),
            _ => format!("9501300000{place}"),
        };
        let data = json!({ "number": number, "extension": "12", "binding_id": format!("b-{id}") });
        let answer = match inner.mood {
            RelayMood::Poor => json!({ "code": "NO_NUMBER_LEFT", "message": "号码池已空" }),
            RelayMood::Refusing => json!({ "code": "INVALID_NUMBER", "message": format!("空号 {called}") }),
            _ => json!({ "code": "OK", "data": data }),
        };
        (inner.mood, answer)
    };
    match mood {
        RelayMood::Lost => StatusCode::BAD_GATEWAY.into_response(),
        RelayMood::Silent => std::future::pending().await,
        _ => answer.to_string().into_response(),
    }
}

async fn unbind(State(inner): State<Arc<Mutex<Inner>>>, body: Bytes) -> Response {
    let body: Value = serde_json::from_slice(&body).expect("JSON");
    inner.lock().released.push(body["binding_id"].as_str().expect("a binding").to_owned());
    json!({ "code": 0 }).to_string().into_response()
}
