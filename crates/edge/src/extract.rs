//! Bodies, paths and queries that refuse with a problem instead of a bare line of text.

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use bytes::Bytes;
use http_body_util::{BodyExt, Limited};
use platform::{Problem, Words, limits};
use serde::de::DeserializeOwned;
use std::io::Read;

/// A JSON body. Unknown fields are refused where the type says so; a wrong field is named.
#[derive(Clone, Copy, Debug, Default)]
pub struct Body<T>(pub T);

impl<T: DeserializeOwned, S: Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let bytes = read_body(request, limits::JSON_BODY_BYTES_MAX).await?;
        parse_json(&bytes).map(Body)
    }
}

/// As [`Body`], up to a limit of the route's own; it may come gzipped. The limit is of what was unpacked.
#[derive(Clone, Copy, Debug, Default)]
pub struct BodyUpTo<T, const BYTES_MAX: u64>(pub T);

impl<T: DeserializeOwned, S: Sync, const BYTES_MAX: u64> FromRequest<S> for BodyUpTo<T, BYTES_MAX> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let is_packed = request.headers().get(header::CONTENT_ENCODING).is_some_and(|how| how == "gzip");
        let bytes = read_body(request, BYTES_MAX).await?;
        if !is_packed {
            return parse_json(&bytes).map(Self);
        }
        let unpacked = tokio::task::spawn_blocking(move || unpack(&bytes, BYTES_MAX)).await;
        parse_json(&unpacked.map_err(|_| broken_body())??).map(Self)
    }
}

/// Unpacks a gzipped body: never more than the limit, whatever it would unfold to.
fn unpack(packed: &[u8], bytes_max: u64) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    let read = flate2::read::MultiGzDecoder::new(packed).take(bytes_max + 1).read_to_end(&mut bytes);
    read.map_err(|_| broken_body())?;
    if bytes.len() as u64 > bytes_max {
        return Err(too_large(bytes_max));
    }
    Ok(bytes)
}

/// A body of bytes, up to a limit.
#[derive(Clone, Debug, Default)]
pub struct BytesUpTo<const BYTES_MAX: u64>(pub Bytes);

impl<S: Sync, const BYTES_MAX: u64> FromRequest<S> for BytesUpTo<BYTES_MAX> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        read_body(request, BYTES_MAX).await.map(Self)
    }
}

/// Reads a whole body up to a limit.
pub(crate) async fn read_body(request: Request, bytes_max: u64) -> Result<Bytes, Problem> {
    let limited = Limited::new(request.into_body(), usize::try_from(bytes_max).unwrap_or(usize::MAX));
    match limited.collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(e) if e.is::<http_body_util::LengthLimitError>() => Err(too_large(bytes_max)),
        Err(_) => Err(broken_body()),
    }
}

fn broken_body() -> Problem {
    Problem::new(
        StatusCode::BAD_REQUEST,
        "body_broken",
        Words::of("请求没有传完整。", "The request did not arrive whole."),
    )
}

pub(crate) fn too_large(bytes_max: u64) -> Problem {
    Problem::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "too_large",
        Words::new(
            format!("内容太大，最多 {} KiB。", bytes_max / limits::KIB),
            format!("Too large: at most {} KiB.", bytes_max / limits::KIB),
        ),
    )
    .with("bytes_max", bytes_max)
}

fn parse_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    if std::str::from_utf8(bytes).is_err() {
        return Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "not_utf8",
            Words::of("内容不是有效的 UTF-8 文字。", "The body is not valid UTF-8."),
        ));
    }
    let mut json = serde_json::Deserializer::from_slice(bytes);
    serde_path_to_error::deserialize(&mut json).map_err(|e| {
        let field = e.path().to_string();
        let inner = e.inner();
        let (status, code) = if inner.is_data() {
            (StatusCode::UNPROCESSABLE_ENTITY, "bad_field")
        } else {
            (StatusCode::BAD_REQUEST, "bad_json")
        };
        Problem::new(
            status,
            code,
            Words::of("提交的内容不合要求。", "The body does not hold what is expected."),
        )
        .detail(Words::new(inner.to_string(), inner.to_string()))
        .field(if field == "." { "body".to_owned() } else { field })
    })
}

/// Path parameters.
#[derive(Clone, Copy, Debug)]
pub struct PathOf<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for PathOf<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        // An address that names nothing possible is simply not there.
        axum::extract::Path::from_request_parts(parts, state)
            .await
            .map(|axum::extract::Path(value)| Self(value))
            .map_err(|_| Problem::not_found())
    }
}

/// Query parameters.
#[derive(Clone, Copy, Debug)]
pub struct QueryOf<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for QueryOf<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        axum::extract::Query::try_from_uri(&parts.uri).map(|axum::extract::Query(value)| Self(value)).map_err(
            |e| {
                Problem::new(
                    StatusCode::BAD_REQUEST,
                    "bad_query",
                    Words::of("网址里的条件不对。", "A parameter of the address is wrong."),
                )
                .detail(Words::new(e.body_text(), e.body_text()))
            },
        )
    }
}
