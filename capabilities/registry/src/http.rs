//! The JSON routes of the register: parse, call, answer. Answers of deeds carry ids and versions only, never a value.

mod alarms;
pub(crate) mod basis;
mod counts;
mod deeds;
mod duplicates;
mod exports;
mod history;
pub(crate) mod homes;
mod imports;
mod kinds;
mod people;
mod plates;
mod records;
pub(crate) mod rights;
mod search;
mod sync;

pub use deeds::{EnterBody, GivenBody};

use crate::access::require;
use crate::catalogue::Catalogue;
use crate::error::RegistryError;
use crate::view::Viewer;
use ::store::Tx;
use axum::extract::DefaultBodyLimit;
use axum::http::HeaderMap;
use edge::{Edge, Who};
use platform::{Actor, Permission, Problem};
use serde::{Serialize, de::DeserializeOwned};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// All routes, paths from `/api/…` on.
pub fn routes() -> OpenApiRouter<Edge> {
    OpenApiRouter::new()
        .routes(routes!(kinds::list_kinds))
        .routes(routes!(records::show_record))
        .routes(routes!(history::show_history))
        .routes(routes!(people::show_person))
        .routes(routes!(homes::show_home))
        .routes(routes!(homes::show_building))
        .routes(routes!(search::search_records))
        .routes(routes!(search::match_addresses))
        .routes(routes!(counts::count_records))
        .routes(routes!(counts::list_stale))
        .routes(routes!(counts::count_affected))
        .routes(routes!(duplicates::list_duplicates))
        .routes(routes!(duplicates::list_told_apart, duplicates::tell_apart))
        .routes(routes!(plates::list_plates, plates::issue_plates))
        .routes(routes!(plates::print_plates))
        .routes(routes!(plates::find_plate))
        .routes(routes!(deeds::enter_record))
        .routes(routes!(deeds::amend_record))
        .routes(routes!(deeds::confirm_record))
        .routes(routes!(deeds::end_record))
        .routes(routes!(deeds::move_in))
        .routes(routes!(deeds::move_out))
        .routes(routes!(deeds::merge_records))
        .routes(routes!(deeds::undo_deed))
        .merge(imported())
        .routes(routes!(exports::export_records))
        .routes(routes!(exports::list_copies))
        .routes(routes!(sync::list_changes))
        .routes(routes!(sync::send_bulk))
        .routes(routes!(rights::list_requests, rights::take_down_request))
        .routes(routes!(rights::show_request))
        .routes(routes!(rights::decide_request))
        .routes(routes!(rights::list_mandates, rights::grant_mandate))
        .routes(routes!(rights::end_mandate))
        .routes(routes!(alarms::list_alarms))
        .routes(routes!(alarms::acknowledge_alarm))
        .routes(routes!(basis::show_basis))
        .routes(routes!(basis::show_impact))
        .routes(routes!(basis::list_sweeps))
}

/// Tables brought in; a form may be as large as the largest of them.
fn imported() -> OpenApiRouter<Edge> {
    let form_bytes_max = usize::try_from(platform::limits::FORM_BODY_BYTES_MAX).unwrap_or(usize::MAX);
    let sending = OpenApiRouter::new()
        .routes(routes!(imports::send_table, imports::list_tables))
        .layer(DefaultBodyLimit::max(form_bytes_max));
    OpenApiRouter::new()
        .merge(sending)
        .routes(routes!(imports::show_table, imports::drop_table))
        .routes(routes!(imports::list_sheets))
        .routes(routes!(imports::check_table))
        .routes(routes!(imports::save_table))
        .routes(routes!(imports::undo_table))
        .routes(routes!(imports::download_errors))
        .routes(routes!(imports::download_template))
}

/// The actor, signed in and holding the permission somewhere; where exactly is asked of each record.
fn staff<'a>(who: &'a Who, permission: &'static Permission) -> Result<&'a Actor, RegistryError> {
    let actor = who.signed_in()?;
    if actor.holds(permission) { Ok(actor) } else { Err(RegistryError::Forbidden(permission)) }
}

/// What is needed to show records to an actor.
pub fn viewer(edge: &Edge, actor: &Actor) -> Viewer {
    Viewer {
        catalogue: edge.fixture::<Catalogue>(),
        places: edge.fixture::<territory::Map>().of(actor.district),
        reader: actor.clone(),
        now: edge.now(),
    }
}

/// Runs a write once for its `Idempotency-Key`.
async fn write_once<B, T>(
    edge: &Edge,
    actor: &Actor,
    headers: HeaderMap,
    body: B,
    work: impl AsyncFn(&mut Tx, B) -> Result<T, RegistryError> + Send + 'static,
) -> Result<T, RegistryError>
where
    B: Serialize + Clone + Send + Sync + 'static,
    T: Serialize + DeserializeOwned + Send + 'static,
{
    let request = serde_json::to_vec(&body).unwrap_or_default();
    let written = edge.db.write(actor, async move |tx: &mut Tx| {
        let body = body.clone();
        edge::idempotent(tx, &headers, &request, async |tx: &mut Tx| work(tx, body).await).await
    });
    written.await
}

/// Refuses a read of an area that is not the actor's.
fn require_area(actor: &Actor, permission: &'static Permission, path: &str) -> Result<(), Problem> {
    Ok(require(actor, permission, path)?)
}
