//! `/openapi.json`, and `/api`: the same description as a page a person can read, with the capabilities as its chapters.

use crate::assets::Sendable;
use crate::capabilities::LIST;
use crate::failure::{Failure, Outcome};
use crate::openapi;
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use bytes::Bytes;
use edge::{Edge, Html, Page};
use flate2::{Compression, write::GzEncoder};
use platform::Words;
use serde_json::Value;
use std::io::Write;
use std::sync::{Arc, OnceLock};
use utoipa::openapi::OpenApi;

/// The verbs of a path, in the order in which they are shown.
const METHODS: &[&str] = &["get", "post", "put", "patch", "delete"];

/// What `/api` shows of one capability.
#[derive(Debug)]
struct Chapter {
    name: &'static str,
    words: Words,
    operations: Vec<Operation>,
}

#[derive(Debug)]
struct Operation {
    id: String,
    method: String,
    path: String,
    summary: String,
    description: String,
    parameters: Vec<Parameter>,
    body: String,
    answers: Vec<(String, String)>,
}

#[derive(Debug)]
struct Parameter {
    name: String,
    place: String,
    needed: bool,
    description: String,
}

/// Fixed once the document is made; the server makes it once.
static CHAPTERS: OnceLock<Arc<Vec<Chapter>>> = OnceLock::new();

pub(crate) fn routes(document: &OpenApi) -> Outcome<Router<Edge>> {
    let file = Arc::new(description_file(document)?);
    let json = serde_json::to_value(document)
        .map_err(|e| Failure::because("the description cannot be written", &e))?;
    CHAPTERS.get_or_init(|| Arc::new(chapters(&json)));
    let send = move |headers: HeaderMap| std::future::ready(file.send(&headers));
    Ok(Router::new().route("/openapi.json", get(send)).route("/api", get(show_api)))
}

fn description_file(document: &OpenApi) -> Outcome<Sendable> {
    let text = openapi::text(document);
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(text.as_bytes())?;
    Ok(Sendable {
        kind: "application/json".to_owned(),
        etag: format!("\"{}-{}\"", env!("CARGO_PKG_VERSION"), text.len()),
        plain: Bytes::from(text),
        gzip: Some(Bytes::from(gzip.finish()?)),
        brotli: None,
        cache: "no-cache",
    })
}

fn chapters(document: &Value) -> Vec<Chapter> {
    let of = |capability: &'static edge::Capability| {
        let own = (capability.api)().split_for_parts().1;
        let operations = own.paths.paths.keys().flat_map(|path| operations(document, path)).collect();
        Chapter { name: capability.name, words: capability.words.clone(), operations }
    };
    LIST.iter().copied().map(of).filter(|chapter: &Chapter| !chapter.operations.is_empty()).collect()
}

fn operations(document: &Value, path: &str) -> Vec<Operation> {
    let item = &document["paths"][path];
    let found = METHODS.iter().filter_map(|method| Some((method, item.get(method)?)));
    found.map(|(method, operation)| read_operation(method, path, operation)).collect()
}

fn read_operation(method: &str, path: &str, operation: &Value) -> Operation {
    let parameters = operation["parameters"].as_array().into_iter().flatten().map(|p| Parameter {
        name: text(&p["name"]),
        place: text(&p["in"]),
        needed: p["required"].as_bool().unwrap_or_default(),
        description: text(&p["description"]),
    });
    let body = operation["requestBody"]["content"].as_object().into_iter().flatten();
    let body: Vec<String> = body.map(|(kind, media)| format!("{kind} {}", schema_name(media))).collect();
    let answers = operation["responses"].as_object().into_iter().flatten();
    Operation {
        id: text(&operation["operationId"]),
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: text(&operation["summary"]),
        description: text(&operation["description"]),
        parameters: parameters.collect(),
        body: body.join(", "),
        answers: answers.map(|(status, answer)| (status.clone(), text(&answer["description"]))).collect(),
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// The schema's last name, where it has one.
fn schema_name(media: &Value) -> String {
    let reference = media["schema"]["$ref"].as_str().unwrap_or_default();
    reference.rsplit('/').next().unwrap_or_default().to_owned()
}

#[derive(Template)]
#[template(path = "api.html")]
struct ApiPage {
    page: Page,
    chapters: Arc<Vec<Chapter>>,
}

async fn show_api(State(_): State<Edge>, page: Page) -> Response {
    let page = page.titled("开放接口", "Open interface");
    let chapters = CHAPTERS.get().cloned().unwrap_or_default();
    Html(ApiPage { page, chapters }).with_status(axum::http::StatusCode::OK)
}
