//! The pages of linkage that need no sign-in, room by room.

use crate::{outages, partners};
use axum::Router;
use edge::Edge;

pub(crate) fn routes() -> Router<Edge> {
    outages::pages().merge(partners::pages())
}
