//! The shells of the staff faces: a page that holds nothing but the language, the size and the entry of the web project.
//!
//! What a face shows comes from the API under the rights of whoever is signed in; the shell itself is for everybody.

use crate::{Edge, Html, Page, install};
use askama::Template;
use axum::Router;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use platform::Words;

/// An entry of the web project with the addresses below it.
struct Face {
    name: &'static str,
    /// The plain name of its script.
    entry: &'static str,
    title: Words,
}

static FACES: [Face; 4] = [
    Face { name: "grid", entry: "grid.js", title: Words::of("网格员", "Grid worker") },
    Face { name: "desk", entry: "desk.js", title: Words::of("工作台", "Desk") },
    Face { name: "map", entry: "map.js", title: Words::of("一张图", "District map") },
    Face { name: "admin", entry: "admin.js", title: Words::of("管理", "Administration") },
];

#[derive(Template)]
#[template(path = "face.html")]
struct Shell {
    page: Page,
    name: &'static str,
    entry: &'static str,
}

/// `/grid`, `/desk`, `/map`, `/admin` and every address below them: the web project reads the rest of it.
pub(crate) fn routes() -> Router<Edge> {
    let mut router = install::routes();
    for face in &FACES {
        let show = async |page: Page| shell(page, face);
        let root = format!("/{}", face.name);
        for below in ["", "/", "/{*rest}"] {
            router = router.route(&format!("{root}{below}"), get(show));
        }
    }
    router
}

fn shell(page: Page, face: &'static Face) -> Response {
    let page = page.titled(face.title.get(platform::Lang::Zh), face.title.get(platform::Lang::En));
    let mut response = Html(Shell { page, name: face.name, entry: face.entry }).into_response();
    // It names the present version of the entry, so it is asked for again each time.
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}
