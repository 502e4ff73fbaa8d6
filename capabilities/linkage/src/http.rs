//! The JSON routes of linkage, room by room.

use crate::{hotline, outages, partners, sandbox, sensors};
use edge::Edge;
use utoipa_axum::router::OpenApiRouter;

/// All routes, paths from `/api/…` on.
pub(crate) fn routes() -> OpenApiRouter<Edge> {
    OpenApiRouter::new()
        .merge(hotline::routes())
        .merge(outages::routes())
        .merge(partners::routes())
        .merge(sensors::routes())
        .merge(sandbox::routes())
}
