//! Open311 GeoReport v2 at `/open311/v2`, so that existing clients of the standard work unchanged.
//!
//! Specification: <https://wiki.open311.org/GeoReport_v2>. A jurisdiction is a district, by its division code; coordinates
//! are WGS-84. What the standard leaves open, decided here:
//!
//! - Only what neighbours may see is listed. A hidden case is answered by its number alone, without words and place;
//!   a case of a type that is never public is not there, except for a key that may see it. Names and phones never leave.
//! - Updates tell the steps after which a case stands otherwise, in the words of its states; notes go to keys that may see the case.
//! - Longer lists go on: `page_size` (at most 1000) and `after`, with the next page's address in the `Link` header.
//! - `media_url` of a report is kept as words and never fetched; no photo is published.
//! - Without an `api_key` a report counts as a resident's: only types offered to residents, and few at a time.

mod answer;
mod call;
mod discovery;
mod kinds;
mod period;
mod requests;
mod send;
mod updates;
mod xml;

pub(crate) use period::w3c;
pub(crate) use send::without_link;

use answer::answer;
use axum::Router;
use axum::extract::{Request, State};
use axum::response::Response;
use axum::routing::get;
use edge::Edge;

/// All routes of the standard, with the extension that names the format and without.
pub fn routes() -> Router<Edge> {
    let mut router = Router::new()
        .route("/open311/v2/services/{file}", get(define_service))
        .route("/open311/v2/requests/{file}", get(find_request))
        .route("/open311/v2/tokens/{file}", get(find_token));
    for extension in ["", ".json", ".xml"] {
        router = router
            .route(&format!("/open311/discovery{extension}"), get(discover))
            .route(&format!("/open311/v2/discovery{extension}"), get(discover))
            .route(&format!("/open311/v2/services{extension}"), get(list_services))
            .route(&format!("/open311/v2/requests{extension}"), get(list_requests).post(send_request))
            .route(
                &format!("/open311/v2/servicerequestupdates{extension}"),
                get(list_updates).post(add_update),
            );
    }
    router
}

async fn discover(State(edge): State<Edge>, request: Request) -> Response {
    answer(edge, request, discovery::discover).await
}

async fn list_services(State(edge): State<Edge>, request: Request) -> Response {
    answer(edge, request, kinds::list).await
}

async fn define_service(State(edge): State<Edge>, request: Request) -> Response {
    answer(edge, request, kinds::define).await
}

async fn list_requests(State(edge): State<Edge>, request: Request) -> Response {
    answer(edge, request, requests::list).await
}

async fn find_request(State(edge): State<Edge>, request: Request) -> Response {
    answer(edge, request, requests::find).await
}

async fn find_token(State(edge): State<Edge>, request: Request) -> Response {
    answer(edge, request, requests::find_token).await
}

async fn send_request(State(edge): State<Edge>, request: Request) -> Response {
    answer(edge, request, send::send).await
}

async fn list_updates(State(edge): State<Edge>, request: Request) -> Response {
    answer(edge, request, updates::list).await
}

async fn add_update(State(edge): State<Edge>, request: Request) -> Response {
    answer(edge, request, updates::add).await
}
