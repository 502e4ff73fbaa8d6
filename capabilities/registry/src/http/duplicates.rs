//! The queue of people who may be registered twice; the two are then looked at side by side, and merged or told apart.

use super::counts::area_asked;
use super::{staff, viewer, write_once};
use crate::access::MERGE;
use crate::commands;
use crate::error::RegistryError;
use crate::model::{ActId, Kind, PairId, RecordId};
use crate::queries::apart::{self, ApartRow};
use crate::queries::duplicates::{self, Likeness, Side, Twins};
use crate::view::{AreaName, Viewer, listed_label};
use ::store::{Conn, Tx};
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use edge::{Body, Edge, QueryOf, Who};
use platform::{Cursor, DistrictId, Fault, Page, Problem, Scope, Time, limits};
use seal::{Keyring, Vault};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

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

/// Two records that are of two subjects.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NotSameBody {
    pub one: RecordId,
    pub other: RecordId,
    /// What they were told apart by, in 2 to 200 characters; kept sealed.
    pub reason: String,
}

/// The deed that told two records apart.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
pub struct NotSameView {
    /// Takes it back: `POST /api/registry/acts/{act}/undo`.
    pub act: ActId,
}

/// 判为不是同一个。Tell two records apart: they are not offered for merging again, and are not merged until this is taken back.
#[utoipa::path(post, path = "/api/registry/duplicates/not-same", tag = "registry", request_body = NotSameBody,
    responses((status = 200, body = NotSameView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn tell_apart(
    State(edge): State<Edge>,
    who: Who,
    headers: HeaderMap,
    Body(body): Body<NotSameBody>,
) -> Result<Json<NotSameView>, Problem> {
    let actor = staff(&who, &MERGE)?;
    let tell = async |tx: &mut Tx, body: NotSameBody| {
        let order = commands::TellApart { one: body.one, other: body.other, reason: body.reason };
        Ok(NotSameView { act: commands::tell_apart(tx, order).await? })
    };
    Ok(Json(write_once(&edge, actor, headers, body, tell).await?))
}

/// From where on.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct NotSameQuery {
    #[param(value_type = Option<String>)]
    pub after: Option<Cursor>,
}

/// Two records that were told apart.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ToldApartView {
    pub kind: Kind,
    pub one: TwinView,
    pub other: TwinView,
    pub at: Time,
    /// The post that told them apart.
    pub by: String,
    pub reason: String,
    /// Takes it back: `POST /api/registry/acts/{act}/undo`.
    pub act: ActId,
}

/// 已判为不是同一个的。Pairs that were told apart, the newest first.
#[utoipa::path(get, path = "/api/registry/duplicates/not-same", tag = "registry", params(NotSameQuery),
    responses((status = 200, body = Page<ToldApartView>), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn list_told_apart(
    State(edge): State<Edge>,
    who: Who,
    QueryOf(query): QueryOf<NotSameQuery>,
) -> Result<Json<Page<ToldApartView>>, Problem> {
    let actor = staff(&who, &MERGE)?;
    let viewer = viewer(&edge, actor);
    let rows_max = limits::PAGE_ROWS_DEFAULT as usize;
    let before = query.after.as_ref().map_or(Some(PairId(Uuid::max())), Cursor::key);
    let before = before.ok_or_else(Problem::not_found)?;
    let (reader, keys) =
        (actor.clone(), edge.fixture::<Vault>().of(actor.district).map_err(RegistryError::Fault)?);
    let read = async move |conn: &mut Conn| apart::told_apart(conn, &reader, before, rows_max + 1).await;
    let rows = edge.db.read_long(read).await.map_err(RegistryError::Fault)?;
    let page = Page::cut(rows, rows_max, |row| Cursor::of(&row.id));
    let items: Result<Vec<_>, Fault> =
        page.items.into_iter().map(|row| ToldApartView::of(row, &keys, actor.district, &viewer)).collect();
    Ok(Json(Page { items: items.map_err(RegistryError::Fault)?, next: page.next }))
}

impl ToldApartView {
    fn of(row: ApartRow, keys: &Keyring, district: DistrictId, viewer: &Viewer) -> Result<Self, Fault> {
        let reason = row.reason(keys, district)?;
        let side = |id, label: &str, path: &str| TwinView {
            id,
            label: listed_label(row.kind, label),
            area: viewer.area(path),
        };
        Ok(Self {
            one: side(row.one_id, &row.one_label, &row.one_path),
            other: side(row.other_id, &row.other_label, &row.other_path),
            kind: row.kind,
            at: row.at,
            by: row.by_name,
            reason,
            act: row.act,
        })
    }
}
