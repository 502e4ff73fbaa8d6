//! The part of `/my/messages` about devices: which take notices, one taken off, and the script by which a browser shows them.

use super::{Moment, signed_in};
use crate::commands::devices as commands;
use crate::model::PushDeviceId;
use crate::store::DeviceRow;
use ::store::Tx;
use axum::extract::State;
use axum::http::{HeaderName, header};
use axum::response::{IntoResponse, Redirect, Response};
use edge::{Assets, Edge, Multipart, Page, PathOf};
use platform::Problem;
use serde_json::json;

/// The built script of the service worker.
const WORKER: &str = "push-sw.js";
/// How far it reaches: it answers no request, and needs no more.
const REACH: &str = "/my/messages";

/// A device as its owner sees it.
pub(super) struct Line {
    pub id: PushDeviceId,
    pub label: String,
    pub added: Moment,
}

impl Line {
    pub fn of(row: DeviceRow) -> Self {
        Self { id: row.id, label: row.label, added: Moment::of(row.added_at) }
    }
}

/// An address that never changes, as a service worker's must; the script behind it bears its version in its name.
pub(super) async fn service_worker(State(edge): State<Edge>) -> Response {
    let script = format!("importScripts({});\n", json!(edge.fixture::<Assets>().address(WORKER)));
    let headers = [
        (header::CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (header::CACHE_CONTROL, "no-cache"),
        (HeaderName::from_static("service-worker-allowed"), REACH),
    ];
    (headers, script).into_response()
}

pub(super) async fn remove(
    page: Page,
    State(edge): State<Edge>,
    PathOf(device): PathOf<PushDeviceId>,
    form: Multipart,
) -> Result<Response, Problem> {
    page.check_csrf(form.text("_csrf"))?;
    let account = match signed_in(&page) {
        Ok(account) => account,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let remove = async move |tx: &mut Tx| commands::remove(tx, account, device).await;
    edge.db.write(&page.actor, remove).await?;
    Ok(Redirect::to(&format!("/my/messages?saved=1&removed={device}")).into_response())
}
