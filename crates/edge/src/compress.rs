//! Answers of the API, made small for slow lines. Only what is read, and only where it pays.

use axum::Router;
use axum::body::HttpBody;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, Response, header};
use axum::middleware::{Next, from_fn};
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{Predicate, SizeAbove};

/// Below this the head of the answer is most of it.
const COMPRESSED_BYTES_MIN: u64 = 1024;

/// Compresses what is read through these routes, where the caller asks for it.
pub(crate) fn reads<S: Clone + Send + Sync + 'static>(routes: Router<S>) -> Router<S> {
    let worth = SizeAbove::new(COMPRESSED_BYTES_MIN).and(IsText);
    // The quickest level: lists of cases shrink to a sixth by it, and the best one takes five times as long for a tenth more.
    let layer = CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(worth);
    routes.layer(layer).layer(from_fn(leave_writes_alone))
}

/// A secret (a session's token, a service key, a follow code) is told once, in answer to the write that made it. How well such an
/// answer shrinks would tell of the secret to whoever can guess at it and measure (BREACH), so what a write answers stays as it is.
///
/// The layer is asked for gzip or for nothing: who refuses everything else (`identity;q=0`) is answered plainly, not with 406.
async fn leave_writes_alone(mut request: Request, next: Next) -> axum::response::Response {
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    let is_wanted = is_read && takes_gzip(request.headers());
    let headers = request.headers_mut();
    headers.remove(header::ACCEPT_ENCODING);
    if is_wanted {
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
    }
    next.run(request).await
}

fn takes_gzip(headers: &HeaderMap) -> bool {
    let asked = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    asked.flat_map(|value| value.split(',')).any(|part| {
        let mut words = part.split(';').map(str::trim);
        words.next() == Some("gzip") && !words.any(|word| word.trim_end_matches(['0', '.']) == "q=")
    })
}

/// JSON, text and vector tiles. Photos are small already, and a live line must not wait for a block to be full.
#[derive(Clone, Copy, Debug)]
struct IsText;

impl Predicate for IsText {
    fn should_compress<B: HttpBody>(&self, response: &Response<B>) -> bool {
        let kind =
            response.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        match kind.split_once('/') {
            Some(("text", "event-stream")) => false,
            Some(("text", _)) => true,
            Some(("application", of)) => {
                of.ends_with("json") || of.ends_with("xml") || of == "vnd.mapbox-vector-tile"
            }
            _ => false,
        }
    }
}
