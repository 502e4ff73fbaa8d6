//! The queue of people who may be registered twice; the two are then looked at side by side and merged.

use super::counts::area_asked;
use super::{staff, viewer};
use crate::access::MERGE;
use crate::error::RegistryError;
use crate::model::{Kind, RecordId};
use crate::queries::duplicates::{self, Likeness, Side, Twins};
use crate::view::{AreaName, Viewer, listed_label};
use ::store::Conn;
use axum::Json;
use axum::extract::State;
use edge::{Edge, QueryOf, Who};
use platform::{Cursor, Page, Problem, Scope};
use seal::Vault;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Grids examined for one page, and pairs after which no further grid is.
const GRIDS_MAX: usize = 5;
const PAIRS_ENOUGH: usize = 50;

/// Of which area, and from where on.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DuplicatesQuery {
    /// A path; none: the widest area where one may merge.
    pub area: Option<String>,
    pub after: Option<String>,
}

/// Two records that may be of one person.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TwinsView {
    pub likeness: Likeness,
    pub one: TwinView,
    pub other: TwinView,
}

/// One of the two, masked.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TwinView {
    pub id: RecordId,
    pub label: String,
    pub area: AreaName,
}

/// 可能重复登记的人。People who may be registered twice, grid by grid; a page may be empty and yet not the last.
#[utoipa::path(get, path = "/api/registry/duplicates", tag = "registry", params(DuplicatesQuery),
    responses((status = 200, body = Page<TwinsView>), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn list_duplicates(
    State(edge): State<Edge>,
    who: Who,
    QueryOf(query): QueryOf<DuplicatesQuery>,
) -> Result<Json<Page<TwinsView>>, Problem> {
    let actor = staff(&who, &MERGE)?;
    let viewer = viewer(&edge, actor);
    let path = area_asked(actor, &MERGE, &viewer.places, query.area)?;
    let after: String = query.after.map(Cursor).and_then(|cursor| cursor.key()).unwrap_or_default();
    let grids = viewer.places.subtree(&path).map(|area| area.path.clone()).filter(|path| *path > after);
    let grids: Vec<String> = grids.collect();
    let (district, within) = (actor.district, path.clone());
    let keys = edge.fixture::<Vault>().of(district).map_err(RegistryError::Fault)?;
    let read = async move |conn: &mut Conn| {
        let mut pairs = Vec::new();
        for (examined, grid) in grids.iter().enumerate() {
            if examined == GRIDS_MAX || pairs.len() >= PAIRS_ENOUGH {
                return Ok::<_, platform::Fault>((pairs, Some(Cursor::of(&grids[examined - 1]))));
            }
            let found = duplicates::of_grid(conn, &keys, district, grid).await?;
            pairs.extend(found.into_iter().filter(|pair| !is_listed(pair, &within, grid)));
        }
        Ok((pairs, None))
    };
    let (pairs, next) = edge.db.read_long(read).await.map_err(RegistryError::Fault)?;
    let seen =
        |pair: &Twins| [&pair.one, &pair.other].iter().all(|side| actor.holds_at(&MERGE, &side.area_path));
    let items = pairs.into_iter().filter(seen).map(|pair| TwinsView::of(pair, &viewer));
    Ok(Json(Page { items: items.collect(), next }))
}

/// Whether a pair over two grids stood with the first of them already.
fn is_listed(pair: &Twins, within: &str, grid: &str) -> bool {
    let sides = [&pair.one, &pair.other];
    sides.iter().any(|side| side.area_path.as_str() < grid && Scope::covers_path(within, &side.area_path))
}

impl TwinsView {
    fn of(pair: Twins, viewer: &Viewer) -> Self {
        let side = |side: Side| TwinView {
            id: side.id,
            label: listed_label(Kind::Person, &side.label),
            area: viewer.area(&side.area_path),
        };
        Self { likeness: pair.likeness, one: side(pair.one), other: side(pair.other) }
    }
}
