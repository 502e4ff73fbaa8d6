//! Places: which grid a point is in, and the outline to point at. Public.

use super::current;
use super::views::{AreaRef, PersonView, people_of};
use crate::TerritoryError;
use crate::model::{AreaLevel, Drawn, root_path};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use edge::{Edge, QueryOf, Who};
use geo::{CoordinateSystem, Point};
use platform::Problem;
use serde::{Deserialize, Serialize};
use std::hash::{DefaultHasher, Hash, Hasher};

/// A place.
#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LocatePlace {
    /// Longitude in degrees, east positive.
    lon: f64,
    /// Latitude in degrees, north positive.
    lat: f64,
    /// WGS-84 (also when left out), CGCS2000, GCJ-02 or BD-09.
    crs: Option<String>,
}

/// The grid a place is in.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Located {
    pub grid: LocatedGrid,
    /// From the district down to the grid's community.
    pub above: Vec<AreaRef>,
}

/// A grid and who serves it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct LocatedGrid {
    pub code: String,
    pub name: String,
    pub path: String,
    /// Who serves it now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub worker: Option<PersonView>,
    /// Who leads its community's grids.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub leader: Option<PersonView>,
}

/// 一个位置属于哪个网格、谁在负责。Which grid a place is in, and who serves it.
#[utoipa::path(get, path = "/api/territory/locate", tag = "territory", params(LocatePlace),
    responses((status = 200, body = Located), (status = 422, body = Problem, description = "`territory.outside`: not in this district")))]
pub async fn locate_place(
    State(edge): State<Edge>,
    who: Who,
    QueryOf(query): QueryOf<LocatePlace>,
) -> Result<Json<Located>, Problem> {
    let system = match &query.crs {
        Some(name) => name.parse().map_err(TerritoryError::Geo)?,
        None => CoordinateSystem::Wgs84,
    };
    let point = system.to_wgs84(Point::new(query.lon, query.lat).map_err(TerritoryError::Geo)?);
    let snapshot = current(&edge, who.0.district).await?;
    let Some(grid) = snapshot.locate(point) else {
        if let Some(area) = snapshot.deepest(point) {
            return Err(TerritoryError::NoGrid { area: area.name.clone() }.into());
        }
        let nearest = snapshot.nearest(point).map(|near| (near.area.name.clone(), near.metres));
        return Err(TerritoryError::Outside { nearest }.into());
    };
    let now = edge.now();
    let serving = |post| people_of(&snapshot, post, now).into_iter().find(|person| person.serves);
    Ok(Json(Located {
        above: snapshot
            .ancestors(&grid.path)
            .filter(|area| area.code != grid.code)
            .map(AreaRef::from)
            .collect(),
        grid: LocatedGrid {
            code: grid.code.clone(),
            name: grid.name.clone(),
            path: grid.path.clone(),
            worker: serving(snapshot.worker_post(&grid.path)),
            leader: serving(snapshot.leader_post(&grid.path)),
        },
    }))
}

/// Which outline.
#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DrawOutline {
    /// The code of an area; the district when left out.
    area: Option<String>,
    /// Which of the areas in it are drawn; grids when left out.
    level: Option<AreaLevel>,
}

/// 轮廓图：一级区域的 SVG 路径和坐标换算。The outline of areas as SVG paths in a frame; cached by its `ETag`.
#[utoipa::path(get, path = "/api/territory/outline", tag = "territory", params(DrawOutline),
    responses((status = 200, body = Drawn), (status = 304, description = "as the caller has it"), (status = 404, body = Problem)))]
pub async fn draw_outline(
    State(edge): State<Edge>,
    who: Who,
    headers: HeaderMap,
    QueryOf(query): QueryOf<DrawOutline>,
) -> Result<Response, Problem> {
    let snapshot = current(&edge, who.0.district).await?;
    let path = match query.area {
        Some(code) => match snapshot.by_code(&code) {
            Some(area) => area.path.clone(),
            None => return Err(TerritoryError::NoSuchArea { code }.into()),
        },
        None => root_path(who.0.district),
    };
    let drawn = snapshot.drawn(&path, query.level.unwrap_or(AreaLevel::Grid));
    let body = serde_json::to_vec(&*drawn).unwrap_or_default();
    Ok(cached(&headers, "application/json", body))
}

/// The body with its `ETag`, or 304 where the caller has it already.
pub(super) fn cached(headers: &HeaderMap, kind: &'static str, body: Vec<u8>) -> Response {
    let mut hash = DefaultHasher::new();
    body.hash(&mut hash);
    let tag = format!("\"{:016x}\"", hash.finish());
    let known = headers.get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let is_known = known.split(',').any(|one| one.trim().trim_start_matches("W/") == tag);
    let mut response = match is_known {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => ([(header::CONTENT_TYPE, kind)], body).into_response(),
    };
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=60"));
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("mulin-district"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}
