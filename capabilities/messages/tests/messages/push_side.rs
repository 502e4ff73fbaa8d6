//! A push service over HTTP, and browsers with devices of their own: what is pushed is opened as a browser opens it (RFC 8291), and who pushes is
//! looked at as a service does (RFC 8292).

use aes_gcm::aead::{Aead as _, KeyInit as _};
use aes_gcm::{Aes128Gcm, Nonce};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hkdf::Hkdf;
use p256::ecdsa::signature::Verifier as _;
use p256::ecdsa::{Signature, VerifyingKey};
use p256::elliptic_curve::Generate as _;
use p256::elliptic_curve::sec1::ToSec1Point as _;
use p256::{PublicKey, SecretKey};
use parking_lot::Mutex;
use serde_json::{Value, json};
use sha2::Sha256;
use std::collections::HashMap;
use std::sync::Arc;
use tokio::net::TcpListener;

/// What came for a device.
#[derive(Clone, Debug)]
pub struct Pushed {
    pub device: String,
    pub headers: HashMap<String, String>,
    pub body: Vec<u8>,
}

#[derive(Debug, Default)]
struct Inner {
    pushed: Vec<Pushed>,
    /// What is answered for a device; else it is taken.
    answers: HashMap<String, u16>,
}

/// A push service.
#[derive(Clone, Debug)]
pub struct Service {
    pub origin: String,
    inner: Arc<Mutex<Inner>>,
}

impl Service {
    pub async fn open() -> Self {
        let inner = Arc::new(Mutex::new(Inner::default()));
        let routes = Router::new().route("/push/{device}", post(take)).with_state(inner.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let origin = format!("http://{}", listener.local_addr().expect("bound"));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { origin, inner }
    }

    /// Answers this for a device from now on.
    pub fn answers(&self, device: &Device, status: u16) {
        self.inner.lock().answers.insert(device.name.clone(), status);
    }

    /// What it took for a device, the latest last.
    pub fn taken(&self, device: &Device) -> Vec<Pushed> {
        self.inner.lock().pushed.iter().filter(|one| one.device == device.name).cloned().collect()
    }
}

async fn take(
    State(inner): State<Arc<Mutex<Inner>>>,
    Path(device): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let mut inner = inner.lock();
    let status = inner.answers.get(&device).copied().unwrap_or(201);
    if status == 201 {
        let headers =
            headers.iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap_or("").to_owned()));
        inner.pushed.push(Pushed { device, headers: headers.collect(), body: body.to_vec() });
    }
    let status = StatusCode::from_u16(status).expect("a status");
    (status, [("retry-after", "90")]).into_response()
}

/// A browser with a subscription of its own.
#[derive(Clone, Debug)]
pub struct Device {
    pub name: String,
    origin: String,
    secret: SecretKey,
    auth: [u8; 16],
}

impl Device {
    pub fn at(service: &Service, name: &str) -> Self {
        let (origin, secret) = (service.origin.clone(), SecretKey::generate());
        Self { name: name.to_owned(), origin, secret, auth: *uuid::Uuid::new_v4().as_bytes() }
    }

    pub fn endpoint(&self) -> String {
        format!("{}/push/{}", self.origin, self.name)
    }

    /// What a page hands to the server.
    pub fn body(&self) -> Value {
        let key = URL_SAFE_NO_PAD.encode(self.point());
        json!({ "endpoint": self.endpoint(), "p256dh": key, "auth": URL_SAFE_NO_PAD.encode(self.auth) })
    }

    fn point(&self) -> Vec<u8> {
        self.secret.public_key().to_sec1_point(false).as_bytes().to_vec()
    }

    /// Opens what came, as the browser would before it wakes the service worker.
    pub fn opens(&self, pushed: &Pushed) -> Value {
        assert_eq!(pushed.headers["content-encoding"], "aes128gcm");
        let (salt, rest) = pushed.body.split_at(16);
        let (size, rest) = rest.split_at(4);
        let size = u32::from_be_bytes(size.try_into().expect("four bytes"));
        assert!(pushed.body.len() <= size as usize && size <= 4_096, "one record");
        let (theirs, sealed) = rest[1..].split_at(usize::from(rest[0]));
        let shared = self.secret.diffie_hellman(&PublicKey::from_sec1_bytes(theirs).expect("a point"));
        let info = [b"WebPush: info\0".as_slice(), &self.point(), theirs].concat();
        let input = derived::<32>(&self.auth, shared.raw_secret_bytes(), &info);
        let key = derived::<16>(salt, &input, b"Content-Encoding: aes128gcm\0");
        let nonce = derived::<12>(salt, &input, b"Content-Encoding: nonce\0");
        let cipher = Aes128Gcm::new_from_slice(&key).expect("a key");
        let plain = cipher.decrypt(&Nonce::from(nonce), sealed).expect("meant for this device");
        assert_eq!(plain.last(), Some(&2), "the last record");
        serde_json::from_slice(&plain[..plain.len() - 1]).expect("JSON")
    }
}

fn derived<const N: usize>(salt: &[u8], input: &[u8], info: &[u8]) -> [u8; N] {
    let mut key = [0; N];
    Hkdf::<Sha256>::new(Some(salt), input).expand(info, &mut key).expect("short enough");
    key
}

/// Who pushed, as its word says it, once the signature holds: the key, and what is claimed.
pub fn who_pushed(pushed: &Pushed) -> (String, Value) {
    let said = pushed.headers["authorization"].strip_prefix("vapid t=").expect("a word").to_owned();
    let (token, key) = said.split_once(", k=").expect("a key");
    let (signed, signature) = token.rsplit_once('.').expect("a signature");
    let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).expect("base64");
    let signature = Signature::from_slice(&bytes(signature)).expect("64 bytes");
    let verifier = VerifyingKey::from_sec1_bytes(&bytes(key)).expect("a point");
    verifier.verify(signed.as_bytes(), &signature).expect("signed with the key it names");
    let claims = serde_json::from_slice(&bytes(signed.split_once('.').expect("two parts").1));
    (key.to_owned(), claims.expect("JSON"))
}
