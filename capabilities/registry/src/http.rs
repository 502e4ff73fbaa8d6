//! The JSON routes of registry: parse, call, answer.

use edge::Edge;
use utoipa_axum::router::OpenApiRouter;

/// All routes, paths from `/api/…` on.
pub fn routes() -> OpenApiRouter<Edge> {
    OpenApiRouter::new()
}
