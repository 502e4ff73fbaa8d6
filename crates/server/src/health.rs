//! `/healthz`: the process lives. `/readyz`: it can do its work. `/metrics`: how it does.

use crate::metering;
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use edge::Edge;
use platform::{DistrictId, FactId, Fault, FaultKind, Time};
use std::time::Duration;
use store::{Conn, FactRow};

/// How long the database may take to answer before the server says that it is not ready.
const READY_WAIT_MAX: Duration = Duration::from_secs(2);

pub(crate) fn routes() -> Router<Edge> {
    Router::new()
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
}

/// Ready: the database answers. Migrations are done before the server listens at all.
async fn ready(State(edge): State<Edge>) -> Response {
    match reach_database(&edge).await {
        Ok(()) => (StatusCode::OK, "ready\n").into_response(),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n").into_response(),
    }
}

async fn reach_database(edge: &Edge) -> Result<(), Fault> {
    let read = edge.db.read(async |conn: &mut Conn| {
        FactRow::find(conn, DistrictId(0), FactId::new(Time::from_micros(0))).await.map(drop)
    });
    within_wait(read).await
}

async fn within_wait<T>(read: impl Future<Output = Result<T, Fault>>) -> Result<T, Fault> {
    match tokio::time::timeout(READY_WAIT_MAX, read).await {
        Ok(outcome) => outcome,
        Err(_) => Err(Fault::new(FaultKind::Unavailable, "the database does not answer")),
    }
}

/// The outbox is asked for here and not by the background work: it grows when just that stands still.
async fn metrics(State(edge): State<Edge>) -> Response {
    let backlog = within_wait(edge.db.outbox_backlog()).await;
    metering::note_backlog(backlog.ok(), edge.now());
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], metering::text()).into_response()
}
