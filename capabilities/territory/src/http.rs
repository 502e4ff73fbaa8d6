//! JSON routes of the territory, thin: parse, call, answer.

mod areas;
mod changes;
mod files;
mod places;
mod posts;
mod seats;
mod tiles;
mod views;

pub(crate) use areas::last_version;
pub(crate) use tiles::TileShelf;

use crate::model::Snapshot;
use crate::queries::Map;
use crate::{TerritoryError, write};
use axum::extract::DefaultBodyLimit;
use axum::http::HeaderMap;
use edge::{Edge, Who};
use platform::{Actor, DistrictId, Permission, Problem, Time};
use serde::{Deserialize, Deserializer, Serialize, de::DeserializeOwned, de::Error as _};
use std::sync::Arc;
use store::Tx;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// All routes with their OpenAPI.
pub fn routes() -> OpenApiRouter<Edge> {
    let files = OpenApiRouter::new()
        .routes(routes!(files::check_areas))
        .routes(routes!(files::import_areas))
        // Files of areas have a limit of their own, larger than the framework's.
        .layer(DefaultBodyLimit::disable());
    OpenApiRouter::new()
        .routes(routes!(areas::list_areas))
        .routes(routes!(areas::find_area))
        .routes(routes!(areas::list_versions))
        .routes(routes!(places::locate_place))
        .routes(routes!(places::draw_outline))
        .routes(routes!(tiles::show_tile))
        .merge(files)
        .routes(routes!(files::export_areas))
        .routes(routes!(posts::list_posts, posts::open_post))
        .routes(routes!(posts::close_post))
        .routes(routes!(posts::list_organisations, posts::add_organisation))
        .routes(routes!(posts::change_organisation))
        .routes(routes!(seats::hold_post))
        .routes(routes!(seats::end_holding))
        .routes(routes!(seats::note_absence))
        .routes(routes!(seats::hand_over))
        .routes(routes!(seats::undo_hand_over))
}

/// The territory as it stands, for a request.
async fn current(edge: &Edge, district: DistrictId) -> Result<Arc<Snapshot>, Problem> {
    let map = edge.fixture::<Map>();
    map.current(&edge.db, district).await.map_err(|fault| TerritoryError::from(fault).into())
}

/// The actor, signed in and holding the permission somewhere; where exactly is asked of each thing.
fn staff<'a>(who: &'a Who, permission: &Permission) -> Result<&'a Actor, TerritoryError> {
    let actor = who.signed_in()?;
    if actor.holds(permission) { Ok(actor) } else { Err(TerritoryError::Forbidden) }
}

/// Runs a write once for its `Idempotency-Key`, and lets the map see it.
async fn write_once<B, T>(
    edge: &Edge,
    actor: &Actor,
    headers: HeaderMap,
    body: B,
    work: impl AsyncFn(&mut Tx, B) -> Result<T, TerritoryError> + Send + 'static,
) -> Result<T, Problem>
where
    B: Serialize + Clone + Send + Sync + 'static,
    T: Serialize + DeserializeOwned + Send + 'static,
{
    let request = serde_json::to_vec(&body).unwrap_or_default();
    let done = write(&edge.db, actor, async move |tx: &mut Tx| {
        let body = body.clone();
        edge::idempotent(tx, &headers, &request, async |tx: &mut Tx| work(tx, body).await).await
    });
    Ok(done.await?)
}

/// A moment as people write it: a date (its first moment in China) or a time with its offset.
#[derive(Clone, Copy, Debug)]
struct Moment(Time);

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        let text = text.trim();
        let is_date = text.len() == "2026-03-02".len();
        let time = if is_date { format!("{text}T00:00:00+08:00").parse() } else { text.parse() };
        let entered = |time: &Time| (Time::ENTERED_MIN..=Time::ENTERED_MAX).contains(time);
        match time.ok().filter(entered) {
            Some(time) => Ok(Self(time)),
            None => Err(D::Error::custom(
                "a date such as 2026-03-02, or a time with its offset, from 1900 to 2200",
            )),
        }
    }
}

impl Serialize for Moment {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(to)
    }
}

/// Nothing more to say.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, utoipa::ToSchema)]
struct Done {
    done: bool,
}
