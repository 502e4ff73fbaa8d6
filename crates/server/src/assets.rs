//! The web's built files inside the binary: served by their hashed names, compressed as they were built.

use crate::failure::{Failure, Outcome};
use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use edge::Assets;
use platform::Problem;
use rust_embed::RustEmbed;
use std::collections::HashMap;
use std::sync::LazyLock;

#[derive(RustEmbed)]
#[folder = "../../web/dist"]
#[exclude = ".inputs"]
struct Built;

/// A file and its compressed forms, ready to be sent.
#[derive(Debug, Default)]
pub(crate) struct Sendable {
    pub(crate) kind: String,
    pub(crate) plain: Bytes,
    pub(crate) gzip: Option<Bytes>,
    pub(crate) brotli: Option<Bytes>,
    /// With its quotation marks.
    pub(crate) etag: String,
    pub(crate) cache: &'static str,
}

/// Their names hold the content's hash: what has been fetched once is never asked for again.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

static FILES: LazyLock<HashMap<String, Sendable>> = LazyLock::new(load);

fn load() -> HashMap<String, Sendable> {
    let names =
        Built::iter().filter(|n| n.starts_with("assets/") && !n.ends_with(".br") && !n.ends_with(".gz"));
    names.filter_map(|name| Some((name.to_string(), sendable(&name)?))).collect()
}

fn sendable(name: &str) -> Option<Sendable> {
    let file = Built::get(name)?;
    let kind = mime_guess::from_path(name).first_or_octet_stream();
    let text = kind.type_() == "text" || kind.subtype() == "javascript" || kind.subtype() == "json";
    let hash = file.metadata.sha256_hash();
    let compressed = |ending: &str| Built::get(&format!("{name}.{ending}")).map(|f| bytes_of(f.data));
    Some(Sendable {
        kind: if text { format!("{kind}; charset=utf-8") } else { kind.to_string() },
        plain: bytes_of(file.data),
        gzip: compressed("gz"),
        brotli: compressed("br"),
        etag: format!("\"{}\"", hash[..8].iter().map(|b| format!("{b:02x}")).collect::<String>()),
        cache: FOR_EVER,
    })
}

fn bytes_of(data: std::borrow::Cow<'static, [u8]>) -> Bytes {
    match data {
        std::borrow::Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        std::borrow::Cow::Owned(bytes) => Bytes::from(bytes),
    }
}

/// The built files by their plain names. Empty where the web was not built.
pub(crate) fn names() -> Outcome<Assets> {
    let Some(file) = Built::get("manifest.json") else {
        tracing::warn!("The web was not built into this binary: pages come without their look");
        return Ok(Assets::default());
    };
    let names: HashMap<String, String> = serde_json::from_slice(&file.data)
        .map_err(|e| Failure::because("the web's manifest cannot be read", &e))?;
    Ok(Assets::new(names.into_iter().map(|(name, path)| (name, format!("/{path}")))))
}

pub(crate) fn routes() -> Router {
    Router::new().route("/assets/{*name}", get(send_file))
}

async fn send_file(Path(name): Path<String>, headers: HeaderMap) -> Response {
    match FILES.get(&format!("assets/{name}")) {
        Some(file) => file.send(&headers),
        None => Problem::not_found().into_response(),
    }
}

impl Sendable {
    /// The smallest form the caller understands, or 304 where it has it already.
    pub(crate) fn send(&self, asked: &HeaderMap) -> Response {
        let text = |name| asked.get(name).and_then(|v: &HeaderValue| v.to_str().ok()).unwrap_or_default();
        let known = text(header::IF_NONE_MATCH)
            .split(',')
            .any(|tag| tag.trim().trim_start_matches("W/") == self.etag);
        let accepts = |coding: &str| {
            text(header::ACCEPT_ENCODING).split(',').any(|part| {
                let mut words = part.split(';').map(str::trim);
                words.next() == Some(coding) && !words.any(|w| w == "q=0" || w == "q=0.0")
            })
        };
        let (body, coding) = match (&self.brotli, &self.gzip) {
            (Some(bytes), _) if accepts("br") => (bytes, Some("br")),
            (_, Some(bytes)) if accepts("gzip") => (bytes, Some("gzip")),
            _ => (&self.plain, None),
        };
        let mut response = match known {
            true => StatusCode::NOT_MODIFIED.into_response(),
            false => body.clone().into_response(),
        };
        let headers = response.headers_mut();
        let mut put = |name, value: &str| {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(name, value);
            }
        };
        put(header::ETAG, &self.etag);
        put(header::CACHE_CONTROL, self.cache);
        put(header::VARY, "accept-encoding");
        if !known {
            put(header::CONTENT_TYPE, &self.kind);
            if let Some(coding) = coding {
                put(header::CONTENT_ENCODING, coding);
            }
        }
        response
    }
}
