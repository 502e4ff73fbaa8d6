//! What stands outside: a gateway of texts over HTTP, in the hand of a test.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use parking_lot::Mutex;
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::net::TcpListener;

/// How a gateway answers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mood {
    Well,
    /// 200, and an error inside: its account is empty.
    Poor,
    /// 200, and a refusal of this very number inside.
    Refusing,
    /// It takes the text, and its answer is lost on the way.
    Lost,
    Broken,
    Busy,
    /// 200 with a page, as a portal in between would.
    Page,
}

/// A gateway of texts.
#[derive(Clone, Debug)]
pub struct Gateway {
    pub url: String,
    inner: Arc<Mutex<Inner>>,
}

#[derive(Debug)]
struct Inner {
    mood: Mood,
    /// What was asked of it, each time.
    asked: Vec<Value>,
    /// What it sent on; what it is asked twice it sends once, knowing our id.
    sent: Vec<Value>,
    keys: Vec<String>,
}

impl Gateway {
    pub async fn open() -> Self {
        let inner = Inner { mood: Mood::Well, asked: Vec::new(), sent: Vec::new(), keys: Vec::new() };
        let inner = Arc::new(Mutex::new(inner));
        let routes = Router::new().route("/sms", post(take)).with_state(inner.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}/sms", listener.local_addr().expect("bound"));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { url, inner }
    }

    pub fn be(&self, mood: Mood) {
        self.inner.lock().mood = mood;
    }

    pub fn sent(&self) -> Vec<Value> {
        self.inner.lock().sent.clone()
    }

    pub fn asked(&self) -> usize {
        self.inner.lock().asked.len()
    }

    pub fn keys(&self) -> Vec<String> {
        self.inner.lock().keys.clone()
    }
}

async fn take(State(inner): State<Arc<Mutex<Inner>>>, headers: HeaderMap, body: Bytes) -> Response {
    let mut inner = inner.lock();
    let body: Value = serde_json::from_slice(&body).expect("JSON");
    let key = headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
    inner.keys.push(key.to_owned());
    inner.asked.push(body.clone());
    let mood = inner.mood;
    if matches!(mood, Mood::Well | Mood::Lost)
        && !inner.sent.iter().any(|known| known["request_id"] == body["request_id"])
    {
        inner.sent.push(body);
    }
    match mood {
        Mood::Well => json!({ "code": "OK" }).to_string().into_response(),
        Mood::Poor => json!({ "code": "NO_BALANCE", "message": "余额不足" }).to_string().into_response(),
        Mood::Refusing => {
            let number = body_number(&inner);
            json!({ "code": "INVALID_NUMBER", "message": format!("空号 {number}") })
                .to_string()
                .into_response()
        }
        Mood::Lost | Mood::Broken => StatusCode::BAD_GATEWAY.into_response(),
        Mood::Busy => (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "90")]).into_response(),
        Mood::Page => "<html>登录</html>".into_response(),
    }
}

fn body_number(inner: &Inner) -> String {
    inner.asked.last().and_then(|body| body["mobile"].as_str()).unwrap_or_default().to_owned()
}
