//! What makes the worker's face a program on the phone: the address of its service worker, and the manifest that names it.

use crate::{Assets, Edge, Page};
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderName, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::json;

/// The built script that keeps the face on the phone.
const WORKER: &str = "grid-sw.js";
/// How far the service worker reaches: `/grid` itself too, which people type and keep as a bookmark. It leaves `/grids` alone.
const REACH: &str = "/grid";
const THEME: &str = "#0b6a5f";
const GROUND: &str = "#f4f6f2";

/// Beside the shell of the worker's face, which has all other addresses below `/grid`.
pub(crate) fn routes() -> Router<Edge> {
    Router::new().route("/grid/sw.js", get(service_worker)).route("/grid/app.webmanifest", get(manifest))
}

/// An address that never changes, as a service worker's must; the script behind it bears its version in its name. A browser
/// compares this line with the one it has, and so hears of a new version.
async fn service_worker(State(edge): State<Edge>) -> Response {
    let script = format!("importScripts({});\n", json!(edge.fixture::<Assets>().address(WORKER)));
    let headers = [
        (header::CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (header::CACHE_CONTROL, "no-cache"),
        (HeaderName::from_static("service-worker-allowed"), REACH),
    ];
    (headers, script).into_response()
}

async fn manifest(page: Page) -> Response {
    let name = format!("{} · {}", page.tr("睦邻网格员", "Mulin grid worker"), page.district_name);
    let manifest = json!({
        "id": "/grid/",
        "name": name,
        "short_name": page.tr("网格员", "Grid worker"),
        "lang": page.lang,
        "start_url": "/grid/",
        "scope": "/grid/",
        "display": "standalone",
        "theme_color": THEME,
        "background_color": GROUND,
        "icons": [{ "src": page.asset("mark.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any" }],
    });
    let headers = [(header::CONTENT_TYPE, "application/manifest+json"), (header::CACHE_CONTROL, "no-cache")];
    (headers, manifest.to_string()).into_response()
}
