//! Areas as lists and one by one: public, since the district publishes them.

use super::views::{AreaDetail, AreaRef, AreaView, people_of};
use super::{Moment, current};
use crate::model::{Area, AreaLevel, Land, PostKind, Snapshot};
use crate::{TerritoryError, queries};
use axum::Json;
use axum::extract::State;
use edge::{Edge, PathOf, QueryOf, Who};
use platform::{Cursor, DistrictId, Page, Problem, Scope, Time, limits};
use serde::Deserialize;
use std::sync::Arc;
use store::Conn;

/// Which areas.
#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListAreas {
    /// Only of this level.
    level: Option<AreaLevel>,
    /// Only those directly below this code.
    parent: Option<String>,
    /// Only those anywhere below this code.
    below: Option<String>,
    /// As they were then: a date or a time. None: now.
    #[param(value_type = Option<String>)]
    at: Option<Moment>,
    /// `next` of the page before.
    #[param(value_type = Option<String>)]
    after: Option<Cursor>,
    /// Rows of the page, 100 at most.
    limit: Option<u32>,
}

/// 区域列表：上级在前，下级在后。List the areas, a parent before its children.
#[utoipa::path(get, path = "/api/territory/areas", tag = "territory", params(ListAreas),
    responses((status = 200, body = Page<AreaView>), (status = 400, body = Problem)))]
pub async fn list_areas(
    State(edge): State<Edge>,
    who: Who,
    QueryOf(query): QueryOf<ListAreas>,
) -> Result<Json<Page<AreaView>>, Problem> {
    let snapshot = snapshot_at(&edge, who.0.district, query.at).await?;
    let rows_max = query.limit.unwrap_or(limits::PAGE_ROWS_DEFAULT).clamp(1, limits::PAGE_ROWS_MAX) as usize;
    let after = query.after.as_ref().and_then(Cursor::key::<String>).unwrap_or_default();
    let below = query.below.as_deref().map(|code| snapshot.by_code(code).map(|area| area.path.clone()));
    let is_wanted = |area: &&Area| {
        area.path > after
            && query.level.is_none_or(|level| area.level == level)
            && query.parent.as_ref().is_none_or(|code| area.parent.as_ref() == Some(code))
            && below.as_ref().is_none_or(|path| {
                path.as_ref().is_some_and(|path| area.path != *path && Scope::covers_path(path, &area.path))
            })
    };
    let rows: Vec<AreaView> =
        snapshot.areas().iter().filter(is_wanted).take(rows_max + 1).map(AreaView::from).collect();
    Ok(Json(Page::cut(rows, rows_max, |area| Cursor::of(&area.path))))
}

/// The territory as it stands, or as it stood.
async fn snapshot_at(
    edge: &Edge,
    district: DistrictId,
    at: Option<Moment>,
) -> Result<Arc<Snapshot>, Problem> {
    let Some(Moment(at)) = at else { return current(edge, district).await };
    let areas = edge
        .db
        .read_long(async move |conn: &mut Conn| queries::load_areas_at(conn, district, at).await)
        .await
        .map_err(TerritoryError::from)?;
    let land = Arc::new(Land::listed(areas));
    Ok(Arc::new(Snapshot { at, land, ..Snapshot::empty(district) }))
}

/// 一个区域：边界、上下级、谁在负责；已不再有效的，给出现在的网格。One area, with its boundary and who serves it.
#[utoipa::path(get, path = "/api/territory/areas/{code}", tag = "territory",
    params(("code" = String, Path, description = "430204001008J003")),
    responses((status = 200, body = AreaDetail), (status = 404, body = Problem)))]
pub async fn find_area(
    State(edge): State<Edge>,
    who: Who,
    PathOf(code): PathOf<String>,
) -> Result<Json<AreaDetail>, Problem> {
    let snapshot = current(&edge, who.0.district).await?;
    if let Some(area) = snapshot.by_code(&code) {
        return Ok(Json(detail(&snapshot, area, edge.now())));
    }
    let past = last_version(&edge, who.0.district, code).await?;
    Ok(Json(detail(&snapshot, &past, edge.now())))
}

/// The newest version of an area that is not in force now.
pub async fn last_version(edge: &Edge, district: DistrictId, code: String) -> Result<Area, Problem> {
    let asked = code.clone();
    let versions = edge
        .db
        .read(async move |conn: &mut Conn| queries::list_versions(conn, district, &asked).await)
        .await
        .map_err(TerritoryError::from)?;
    versions.into_iter().next().ok_or_else(|| TerritoryError::NoSuchArea { code }.into())
}

fn detail(snapshot: &Snapshot, area: &Area, now: Time) -> AreaDetail {
    let is_in_force = snapshot.area(area.id).is_some();
    let above = snapshot.ancestors(&area.path).filter(|a| a.code != area.code).map(AreaRef::from).collect();
    let below =
        if is_in_force { snapshot.children(&area.path).map(AreaRef::from).collect() } else { Vec::new() };
    let boundary = area.boundary.as_deref();
    let successors = match boundary {
        Some(boundary) if !is_in_force => {
            snapshot.successors(boundary).into_iter().map(AreaRef::from).collect()
        }
        _ => Vec::new(),
    };
    let mut people = Vec::new();
    if is_in_force {
        people.extend(people_of(snapshot, snapshot.worker_post(&area.path), now));
        people.extend(people_of(snapshot, snapshot.leader_post(&area.path), now));
        let desk = snapshot.desk_post(&area.path).filter(|post| post.kind == PostKind::SubdistrictDesk);
        people.extend(people_of(snapshot, desk, now));
    }
    AreaDetail {
        area: AreaView::from(area),
        boundary: boundary.map(|boundary| boundary.to_geojson()),
        square_metres: boundary.map(|boundary| boundary.area_square_metres().round()),
        above,
        below,
        people,
        successors,
    }
}

/// 一个编码的历次版本，新的在前。All versions of an area, the newest first.
#[utoipa::path(get, path = "/api/territory/areas/{code}/versions", tag = "territory",
    params(("code" = String, Path, description = "430204001008J003")),
    responses((status = 200, body = Vec<AreaView>), (status = 404, body = Problem)))]
pub async fn list_versions(
    State(edge): State<Edge>,
    who: Who,
    PathOf(code): PathOf<String>,
) -> Result<Json<Vec<AreaView>>, Problem> {
    let (district, asked) = (who.0.district, code.clone());
    let versions = edge
        .db
        .read(async move |conn: &mut Conn| queries::list_versions(conn, district, &asked).await)
        .await
        .map_err(TerritoryError::from)?;
    if versions.is_empty() {
        return Err(TerritoryError::NoSuchArea { code }.into());
    }
    Ok(Json(versions.iter().map(AreaView::from).collect()))
}
