//! How far a campaign is, by area and by building, as tables and as a layer of the map; and the closing report.

use super::campaigns::see;
use super::staff;
use crate::access::{FILL, RUN_CAMPAIGNS, require};
use crate::campaigns::{CampaignReport, TableFormat, report, write_table};
use crate::error::FieldworkError;
use crate::model::{
    AreaCoverage, BuildingCoverage, Campaign, CampaignId, DoorTally, by_area, by_building, total,
};
use crate::queries::campaigns::count_doors;
use ::store::Conn;
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use edge::{Edge, PathOf, QueryOf, Who};
use platform::{Actor, Fault, Problem, Scope};
use registry::RecordId;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::HashMap;
use territory::{AreaLevel, Map};
use utoipa::{IntoParams, ToSchema};

/// Buildings of one answer; a community has some hundreds.
const BUILDINGS_MAX: usize = 10_000;

/// Of which area.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CoverageQuery {
    /// A path within the campaign's area; none: all of it.
    pub area: Option<String>,
}

/// How far a campaign is in an area.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CoverageView {
    pub area_path: String,
    pub name: String,
    pub total: DoorTally,
    /// The areas directly below, in their own order.
    pub areas: Vec<AreaCoverage>,
    /// Of a community or a grid: its buildings.
    pub buildings: Vec<BuildingCoverage>,
}

/// The part of a campaign an actor may see: a desk all of its own, a worker the grid.
async fn see_part(
    edge: &Edge,
    who: &Who,
    id: CampaignId,
    asked: Option<String>,
) -> Result<(Campaign, String), FieldworkError> {
    let actor = staff(who, &[&RUN_CAMPAIGNS, &FILL])?;
    let one = see(edge, actor, id).await?;
    let area = asked.unwrap_or_else(|| one.area_path.clone());
    if !Scope::covers_path(&one.area_path, &area) {
        return Err(FieldworkError::NotFound);
    }
    if !actor.holds_at(&FILL, &area) {
        require(actor, &RUN_CAMPAIGNS, &area)?;
    }
    Ok((one, area))
}

async fn counted(
    edge: &Edge,
    actor: &Actor,
    id: CampaignId,
    area: &str,
) -> Result<Vec<crate::model::Counted>, FieldworkError> {
    let (district, area) = (actor.district, area.to_owned());
    let read = async move |conn: &mut Conn| count_doors(conn, district, id, &area).await;
    Ok(edge.db.read_long::<_, Fault, _>(read).await?)
}

/// Puts names and points to buildings; those that are gone from the register keep their figures.
async fn name_buildings(
    edge: &Edge,
    actor: &Actor,
    mut lines: Vec<BuildingCoverage>,
) -> Result<Vec<BuildingCoverage>, FieldworkError> {
    lines.truncate(BUILDINGS_MAX);
    let ids: Vec<RecordId> = lines.iter().filter_map(|line| line.building).collect();
    let district = actor.district;
    let read = async move |conn: &mut Conn| registry::points_of(conn, district, &ids).await;
    let points = edge.db.read_long::<_, Fault, _>(read).await?;
    let points: HashMap<RecordId, registry::PlacePoint> =
        points.into_iter().map(|point| (point.id, point)).collect();
    for line in &mut lines {
        if let Some(point) = line.building.and_then(|id| points.get(&id)) {
            line.label.clone_from(&point.label);
            (line.lon, line.lat) = (point.lon, point.lat);
        }
    }
    Ok(lines)
}

/// 覆盖情况：应到、完成、没人、不愿、未去，按区域逐级和楼栋。How far it is, area by area and building by building; never by worker.
#[utoipa::path(get, path = "/api/fieldwork/campaigns/{id}/coverage", tag = "fieldwork", operation_id = "show_coverage",
    params(("id" = CampaignId, Path), CoverageQuery),
    responses((status = 200, body = CoverageView), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn show_coverage(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<CampaignId>,
    QueryOf(query): QueryOf<CoverageQuery>,
) -> Result<Json<CoverageView>, Problem> {
    let (_, area_path) = see_part(&edge, &who, id, query.area).await?;
    let actor = who.signed_in()?;
    let counted = counted(&edge, actor, id, &area_path).await?;
    let places = edge.fixture::<Map>().of(actor.district);
    let area = places.by_path(&area_path).ok_or(FieldworkError::NotFound)?;
    let is_small = matches!(area.level, AreaLevel::Community | AreaLevel::Grid);
    let lines = if is_small { by_building(&counted) } else { Vec::new() };
    Ok(Json(CoverageView {
        name: area.name.clone(),
        total: total(&counted),
        areas: by_area(&places, &area_path, &counted),
        buildings: name_buildings(&edge, actor, lines).await?,
        area_path,
    }))
}

/// 覆盖情况的地图图层（GeoJSON，每栋楼一个点）。The same as a layer of the map: a point for each building.
#[utoipa::path(get, path = "/api/fieldwork/campaigns/{id}/coverage/buildings", tag = "fieldwork", operation_id = "map_coverage",
    params(("id" = CampaignId, Path), CoverageQuery),
    responses((status = 200, content_type = "application/geo+json", body = Object), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn map_coverage(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<CampaignId>,
    QueryOf(query): QueryOf<CoverageQuery>,
) -> Result<Response, Problem> {
    let (_, area_path) = see_part(&edge, &who, id, query.area).await?;
    let actor = who.signed_in()?;
    let lines = by_building(&counted(&edge, actor, id, &area_path).await?);
    let lines = name_buildings(&edge, actor, lines).await?;
    let features: Vec<Value> = lines.iter().filter_map(feature_of).collect();
    let layer = json!({ "type": "FeatureCollection", "features": features });
    Ok(([(header::CONTENT_TYPE, "application/geo+json")], layer.to_string()).into_response())
}

fn feature_of(line: &BuildingCoverage) -> Option<Value> {
    let (lon, lat) = line.lon.zip(line.lat)?;
    let tally = serde_json::to_value(line.tally).ok()?;
    let mut properties = tally.as_object().cloned().unwrap_or_default();
    properties.insert("label".to_owned(), json!(line.label));
    properties.insert("area_path".to_owned(), json!(line.area_path));
    let geometry = json!({ "type": "Point", "coordinates": [lon, lat] });
    Some(json!({ "type": "Feature", "id": line.building, "geometry": geometry, "properties": properties }))
}

/// 专项任务的小结：数字、实际负担、发现了什么；少于 5 的不列。The report: figures, what it really cost, what was found; no figure below 5.
#[utoipa::path(get, path = "/api/fieldwork/campaigns/{id}/report", tag = "fieldwork", operation_id = "report_campaign", params(("id" = CampaignId, Path)),
    responses((status = 200, body = CampaignReport), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn report_campaign(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<CampaignId>,
) -> Result<Json<CampaignReport>, Problem> {
    let (actor, one) = see_all(&edge, &who, id).await?;
    Ok(Json(report(&edge, actor.district, &one).await?))
}

/// What the table is written as.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ReportTableQuery {
    #[serde(default)]
    #[param(inline)]
    pub format: TableFormat,
}

/// 小结的表格（XLSX 或 CSV）。The report as a table to take along.
#[utoipa::path(get, path = "/api/fieldwork/campaigns/{id}/report/table", tag = "fieldwork", operation_id = "export_campaign_report",
    params(("id" = CampaignId, Path), ReportTableQuery),
    responses((status = 200, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", body = Vec<u8>),
        (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn export_campaign_report(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<CampaignId>,
    QueryOf(query): QueryOf<ReportTableQuery>,
) -> Result<Response, Problem> {
    let (actor, one) = see_all(&edge, &who, id).await?;
    let told = report(&edge, actor.district, &one).await?;
    let bytes = write_table(one, told, query.format).await.map_err(FieldworkError::from)?;
    let headers = [
        (header::CONTENT_TYPE, query.format.media_type()),
        (header::CONTENT_DISPOSITION, query.format.disposition()),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, bytes).into_response())
}

/// A campaign whose desk an actor is.
async fn see_all<'w>(
    edge: &Edge,
    who: &'w Who,
    id: CampaignId,
) -> Result<(&'w Actor, Campaign), FieldworkError> {
    let actor = staff(who, &[&RUN_CAMPAIGNS])?;
    let one = see(edge, actor, id).await?;
    require(actor, &RUN_CAMPAIGNS, &one.area_path)?;
    Ok((actor, one))
}
