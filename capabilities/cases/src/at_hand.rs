//! Cases for the lists of other capabilities: those whose next step is somebody's, and those of an address.

use crate::access;
use crate::error::CaseError;
use crate::http::viewer;
use crate::queries::{self, Queue};
use crate::view::CaseLine;
use ::store::Conn;
use edge::Edge;
use platform::{Actor, limits};

/// The first page of the cases that an actor's posts own; of whoever may see no cases, none.
///
/// # Errors
/// A fault of the database.
pub async fn list_at_hand(edge: &Edge, actor: &Actor) -> Result<Vec<CaseLine>, CaseError> {
    if actor.posts.is_empty() || !actor.holds(&access::VIEW) {
        return Ok(Vec::new());
    }
    let (now, district) = (edge.now(), actor.district);
    let queue = Queue::PostsDue(actor.posts.to_vec(), queries::Filter::default());
    let read = async move |conn: &mut Conn| {
        queries::list(conn, district, &queue, now, None, limits::PAGE_ROWS_MAX).await
    };
    let page = edge.db.read(read).await.map_err(CaseError::from)?;
    let viewer = viewer(edge, actor);
    Ok(page.items.iter().map(|line| viewer.line(line)).collect())
}

/// Open cases that name an address, the latest first, of those the actor may see.
///
/// # Errors
/// A fault of the database.
pub async fn list_at_address(
    edge: &Edge,
    actor: &Actor,
    address: &str,
    rows_max: usize,
) -> Result<Vec<CaseLine>, CaseError> {
    if !actor.holds(&access::VIEW) {
        return Ok(Vec::new());
    }
    let (reader, address) = (actor.clone(), address.to_owned());
    let read = async move |conn: &mut Conn| {
        queries::find_words(conn, &reader, &address, limits::PAGE_ROWS_MAX).await
    };
    let found = edge.db.read(read).await.map_err(CaseError::from)?;
    let viewer = viewer(edge, actor);
    Ok(found.iter().filter(|line| line.open).take(rows_max).map(|line| viewer.line(line)).collect())
}
