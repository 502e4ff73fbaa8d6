//! Work orders of a hotline (12345): taken in once, worked on as cases, answered with result and satisfaction.

use edge::Edge;
use utoipa_axum::router::OpenApiRouter;

pub(crate) fn routes() -> OpenApiRouter<Edge> {
    OpenApiRouter::new()
}
