//! A call of the standard, read once: who calls, for which jurisdiction, with which parameters.

use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use edge::{District, Districts, Edge, PathOf, Who};
use http::{HeaderMap, Method, StatusCode, Uri, header};
use platform::{Actor, ActorKind, Problem, Via, Words, limits};
use std::sync::Arc;

/// A parameter's value; the words of a report are the longest.
const VALUE_CHARS_MAX: usize = 10_000;

/// A call as every method gets it.
#[derive(Debug)]
pub struct Call {
    pub actor: Actor,
    pub district: Arc<District>,
    pub params: Params,
    pub headers: HeaderMap,
    pub uri: Uri,
    /// The body as it came, for comparing a repeated call with its first.
    pub body: Vec<u8>,
    file: Option<String>,
}

impl Call {
    pub async fn read(edge: &Edge, request: Request) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let bytes_max = usize::try_from(limits::JSON_BODY_BYTES_MAX).unwrap_or(usize::MAX);
        let body = axum::body::to_bytes(body, bytes_max).await.map_err(|_| too_large())?;
        let params = Params::read(&parts, &body)?;
        let file = PathOf::<String>::from_request_parts(&mut parts, edge).await.ok().map(|PathOf(file)| file);
        let (actor, district) = identify(edge, &mut parts, &params).await?;
        Ok(Self { actor, district, params, headers: parts.headers, uri: parts.uri, body: body.into(), file })
    }

    /// What the path names after its resource, without the format's extension.
    pub fn item(&self) -> Result<&str, Problem> {
        let file = self.file.as_deref().ok_or_else(Problem::not_found)?;
        let item = file.strip_suffix(".json").or_else(|| file.strip_suffix(".xml")).unwrap_or(file);
        if item.is_empty() || item.len() > limits::TOKEN_CHARS_MAX {
            Err(Problem::not_found())
        } else {
            Ok(item)
        }
    }

    /// Whether another system calls, with a key of its own.
    pub fn is_keyed(&self) -> bool {
        matches!(self.actor.kind, ActorKind::Service | ActorKind::Staff)
    }

    /// `https://host`, as the caller sees this server.
    pub fn origin(&self, edge: &Edge) -> String {
        let text = |name: &str| self.headers.get(name).and_then(|v| v.to_str().ok());
        let https = edge.settings().behind_proxy && text("x-forwarded-proto") == Some("https");
        format!("{}://{}", if https { "https" } else { "http" }, text("host").unwrap_or("localhost"))
    }
}

/// The jurisdiction named, and who calls there: by `api_key` or bearer token, else nobody known. Cookies do not count:
/// they would let another site report in somebody's name.
async fn identify(
    edge: &Edge,
    parts: &mut Parts,
    params: &Params,
) -> Result<(Actor, Arc<District>), Problem> {
    parts.headers.remove(header::COOKIE);
    let Who(caller) = Who::from_request_parts(parts, edge).await?;
    let districts = edge.fixture::<Districts>();
    let district = match params.get("jurisdiction_id") {
        Some(code) => districts.by_code(code).ok_or_else(|| unknown("jurisdiction_id"))?,
        None => districts.find(caller.district).ok_or_else(Problem::not_found)?,
    };
    if caller.account.is_some() && caller.district == district.district {
        return Ok((caller, district.clone()));
    }
    let asked = Actor::anonymous(district.district, Via::Open311, caller.lang, &caller.source);
    let actor = match params.get("api_key") {
        Some(key) => identity::actor_of_key(edge, key, &asked).await.map_err(|_| bad_key())?,
        None => asked,
    };
    if !matches!(actor.kind, ActorKind::Service | ActorKind::Anonymous) {
        return Err(bad_key());
    }
    Ok((actor, district.clone()))
}

fn bad_key() -> Problem {
    Problem::forbidden().field("api_key").detail(Words::of(
        "api_key 无效、已停用或不属于这个区。",
        "The api_key is not valid, has ended, or is another jurisdiction's.",
    ))
}

/// 404 for a code that names nothing.
pub fn unknown(field: &'static str) -> Problem {
    Problem::not_found().field(field)
}

/// 400 for a parameter that is missing or does not hold.
pub fn bad(field: &'static str, zh: &'static str, en: &'static str) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "cases.open311_parameter", Words::of(zh, en)).field(field)
}

fn too_large() -> Problem {
    Problem::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "too_large",
        Words::of("内容太大或没有传完整。", "The body is too large or did not arrive whole."),
    )
}

/// Parameters of the address and of the form, in their order.
#[derive(Clone, Debug, Default)]
pub struct Params(Vec<(String, String)>);

impl Params {
    fn read(parts: &Parts, body: &[u8]) -> Result<Self, Problem> {
        let mut all = Self::parse(parts.uri.query().unwrap_or_default().as_bytes())?;
        if parts.method == Method::POST && !body.is_empty() {
            let kind =
                parts.headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
            if !kind.starts_with("application/x-www-form-urlencoded") {
                return Err(bad(
                    "Content-Type",
                    "请按 application/x-www-form-urlencoded 提交。",
                    "Please send application/x-www-form-urlencoded.",
                ));
            }
            all.0.extend(Self::parse(body)?.0);
        }
        Ok(all)
    }

    fn parse(text: &[u8]) -> Result<Self, Problem> {
        let broken = || {
            bad("body", "参数无法读取，须为 UTF-8。", "The parameters cannot be read; they must be UTF-8.")
        };
        let pairs: Vec<(String, String)> = serde_urlencoded::from_bytes(text).map_err(|_| broken())?;
        if pairs.iter().any(|(_, value)| value.len() > VALUE_CHARS_MAX * 4) {
            return Err(bad("body", "参数太长。", "A parameter is too long."));
        }
        Ok(Self(pairs))
    }

    /// The first value of that name without white space at its ends; none where it is empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        let mut values = self.0.iter().filter(|(key, _)| key == name).map(|(_, value)| value.trim());
        values.find(|value| !value.is_empty())
    }

    /// The value that must be there.
    pub fn need(&self, name: &'static str) -> Result<&str, Problem> {
        self.get(name).ok_or_else(|| bad(name, "缺少这个参数。", "This parameter was not provided."))
    }

    /// A list separated by commas; none where the parameter is missing.
    pub fn list(&self, name: &str) -> Option<Vec<String>> {
        let text = self.get(name)?;
        Some(text.split(',').map(|v| v.trim().to_owned()).filter(|v| !v.is_empty()).collect())
    }

    /// The parameters as a query, one of them replaced. A key does not travel in an address we make.
    pub fn with(&self, name: &str, value: &str) -> String {
        let kept = self
            .0
            .iter()
            .filter(|(key, _)| key != name && key != "api_key")
            .map(|(k, v)| (k.as_str(), v.as_str()));
        let all: Vec<(&str, &str)> = kept.chain([(name, value)]).collect();
        // Pairs of texts: writing them as a query cannot fail.
        serde_urlencoded::to_string(all).unwrap_or_default()
    }

    /// `attribute[CODE]=value`, and `attribute[CODE][]=value` once for each choice: the code with all its values.
    pub fn attributes(&self) -> Vec<(String, Vec<String>)> {
        let mut found: Vec<(String, Vec<String>)> = Vec::new();
        for (key, value) in &self.0 {
            let Some(rest) = key.strip_prefix("attribute[") else { continue };
            let Some(code) = rest.strip_suffix("[]").unwrap_or(rest).strip_suffix(']') else { continue };
            let value = value.trim().to_owned();
            if value.is_empty() {
                continue;
            }
            match found.iter_mut().find(|(known, _)| known == code) {
                Some((_, values)) => values.push(value),
                None => found.push((code.to_owned(), vec![value])),
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    //! Parameters as clients send them.
    use super::Params;

    #[test]
    fn attributes_are_gathered_by_code() {
        let text =
            b"attribute[KIND]=a&attribute[ALL][]=x&attribute[ALL][]=y&attribute[]=&attribute[E]=+&other=1";
        let params = Params::parse(text).unwrap();
        let expected = [("KIND", vec!["a"]), ("ALL", vec!["x", "y"])];
        let expected =
            expected.map(|(code, all)| (code.to_owned(), all.into_iter().map(str::to_owned).collect()));
        assert_eq!(params.attributes(), expected);
    }

    #[test]
    fn empty_is_missing_and_lists_are_split() {
        let params = Params::parse("a=&a=+b+&l=1,%202,,3".as_bytes()).unwrap();
        assert_eq!(params.get("a"), Some("b"));
        assert_eq!(params.list("l").unwrap(), ["1", "2", "3"]);
        assert!(params.list("none").is_none());
    }
}
