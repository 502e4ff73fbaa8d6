//! The pages of linkage apart from the desk, room by room.

use crate::{outages, partners, sandbox};
use axum::Router;
use edge::Edge;

pub(crate) fn routes() -> Router<Edge> {
    outages::pages().merge(partners::pages()).merge(sandbox::pages())
}
