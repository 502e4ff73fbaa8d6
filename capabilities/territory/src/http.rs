//! JSON routes of the territory, thin.

use edge::Edge;
use utoipa_axum::router::OpenApiRouter;

/// All routes with their OpenAPI.
pub fn routes() -> OpenApiRouter<Edge> {
    OpenApiRouter::new()
}
