//! The public pages of grids, thin.

use axum::Router;
use edge::Edge;

/// All pages.
pub fn routes() -> Router<Edge> {
    Router::new()
}
