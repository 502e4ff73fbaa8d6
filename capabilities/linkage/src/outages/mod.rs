//! Planned work and outages 停水停电停气: what an operator announces, the homes it concerns, the notice and its feeds.

use axum::Router;
use edge::Edge;
use utoipa_axum::router::OpenApiRouter;

pub(crate) fn routes() -> OpenApiRouter<Edge> {
    OpenApiRouter::new()
}

pub(crate) fn pages() -> Router<Edge> {
    Router::new()
}
