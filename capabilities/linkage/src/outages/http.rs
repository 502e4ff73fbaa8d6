//! The JSON routes of outages: parse, call, answer.

use super::catalogue::OutageBook;
use super::concern::{Concern, concern};
use super::view::{
    BUILDINGS_SHOWN_MAX, OutageBuilding, OutageDetail, OutagePlace, OutagePreview, OutageVersionView,
    OutageView,
};
use crate::access::{PLAN_OUTAGES, may_plan_for, units_planned_for};
use crate::commands::outages::{self as commands, Draft};
use crate::error::LinkageError;
use crate::model::outage::{Content, Extent, Outage, OutageId, Service};
use crate::queries::outages as queries;
use crate::store::outages as store;
use ::store::{Conn, Tx};
use axum::Json;
use axum::extract::State;
use edge::{Body, Edge, PathOf, QueryOf, Who};
use platform::{Actor, Cursor, Fault, OrganisationId, Page, Problem, Time, limits};
use serde::Deserialize;
use territory::{AreaLevel, Map};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub(crate) fn routes() -> OpenApiRouter<Edge> {
    OpenApiRouter::new()
        .routes(routes!(list_outages, draft_outage))
        .routes(routes!(preview_outage))
        .routes(routes!(show_outage, change_outage))
        .routes(routes!(list_outage_buildings))
        .routes(routes!(publish_outage))
        .routes(routes!(end_outage))
        .routes(routes!(withdraw_outage))
        .routes(routes!(list_outage_places))
}

/// What is announced.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OutageContentBody {
    pub service: Service,
    /// It came by itself and may have begun; else it is planned and begins later.
    #[serde(default)]
    pub sudden: bool,
    pub from: Time,
    /// When the service is expected back: at most 7 days after it goes.
    pub to: Time,
    /// Why, in Chinese: 2 to 200 characters.
    pub reason: String,
    /// Why, in English: at most 400 characters.
    pub reason_en: Option<String>,
    /// Whom everybody may call.
    pub phone: String,
    pub extent: Extent,
}

/// An announcement to be kept as a draft.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OutageDraftBody {
    /// Made by the sender: the same twice is one draft.
    pub id: Option<OutageId>,
    /// The key of the unit that announces; who serves one unit need not say it.
    pub unit: Option<String>,
    pub content: OutageContentBody,
}

/// An announcement written anew.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OutageChangeBody {
    /// The version that was seen.
    pub version: i64,
    pub content: OutageContentBody,
}

/// The version that was seen.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OutageStepBody {
    pub version: i64,
}

/// Ground or places to be counted.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OutagePreviewBody {
    pub extent: Extent,
}

/// From where on.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct OutagesQuery {
    pub after: Option<String>,
    pub limit: Option<u32>,
}

/// Which grid.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct OutagePlacesQuery {
    /// The path of a grid.
    pub area: String,
}

impl From<OutageContentBody> for Content {
    fn from(body: OutageContentBody) -> Self {
        Self {
            service: body.service,
            sudden: body.sudden,
            from: body.from,
            to: body.to,
            reason: body.reason,
            reason_en: body.reason_en,
            phone: body.phone,
            extent: body.extent,
        }
    }
}

/// Somebody who announces outages somewhere.
fn planner(who: &Who) -> Result<&Actor, Problem> {
    let actor = who.signed_in()?;
    if actor.holds(&PLAN_OUTAGES) { Ok(actor) } else { Err(LinkageError::Forbidden(&PLAN_OUTAGES).into()) }
}

/// The unit that announces: the one that is named, or the only one the actor announces for.
fn unit_of(edge: &Edge, actor: &Actor, key: Option<&str>) -> Result<OrganisationId, LinkageError> {
    let refuse = |code, zh: &str, en: &str| Err(LinkageError::invalid("unit", code, zh, en));
    match (key, units_planned_for(actor).as_deref()) {
        (Some(key), _) => match edge.fixture::<Map>().of(actor.district).organisation(key) {
            Some(unit) if may_plan_for(actor, unit.id) => Ok(unit.id),
            _ => refuse(
                "linkage.unknown_unit",
                "没有这个单位，或者您不能替它发布。",
                "No such unit, or you do not announce for it.",
            ),
        },
        (None, Some([only])) => Ok(*only),
        (None, _) => refuse("linkage.unit_missing", "请写明是哪个单位发布。", "Say which unit announces."),
    }
}

/// An outage of the actor's own units, or not there.
async fn found(edge: &Edge, actor: &Actor, id: OutageId) -> Result<Outage, LinkageError> {
    let district = actor.district;
    let read = async move |conn: &mut Conn| store::find(conn, district, id).await;
    let one = edge.db.read(read).await?;
    one.filter(|one| may_plan_for(actor, one.unit)).ok_or(LinkageError::NotFound)
}

fn shown(edge: &Edge, actor: &Actor, one: &Outage) -> OutageView {
    let places = edge.fixture::<Map>().of(actor.district);
    OutageView::of(one, (&edge.fixture::<OutageBook>(), &places), edge.now())
}

/// 停水停电停气公告，新的在前（只列本单位的）。Announcements of one's units, the newest first.
#[utoipa::path(get, path = "/api/linkage/outages", tag = "linkage", params(OutagesQuery),
    responses((status = 200, body = Page<OutageView>), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub(crate) async fn list_outages(
    State(edge): State<Edge>,
    who: Who,
    QueryOf(query): QueryOf<OutagesQuery>,
) -> Result<Json<Page<OutageView>>, Problem> {
    let actor = planner(&who)?;
    let rows = query.limit.unwrap_or(limits::PAGE_ROWS_DEFAULT).clamp(1, limits::PAGE_ROWS_MAX) as usize;
    let before: Option<OutageId> = query.after.map(Cursor).and_then(|cursor| cursor.key());
    let before = before.unwrap_or(OutageId(Uuid::max()));
    let (district, units) = (actor.district, units_planned_for(actor));
    let read = async move |conn: &mut Conn| {
        queries::list(conn, district, units.clone(), before, rows as i64 + 1).await
    };
    let found = edge.db.read(read).await.map_err(LinkageError::from)?;
    let page = Page::cut(found, rows, |one| Cursor::of(&one.id));
    let items = page.items.iter().map(|one| shown(&edge, actor, one)).collect();
    Ok(Json(Page { items, next: page.next }))
}

/// 起草公告。Keeps an announcement as a draft that nobody else sees.
#[utoipa::path(post, path = "/api/linkage/outages", tag = "linkage", request_body = OutageDraftBody,
    responses((status = 200, body = OutageView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn draft_outage(
    State(edge): State<Edge>,
    who: Who,
    Body(body): Body<OutageDraftBody>,
) -> Result<Json<OutageView>, Problem> {
    let actor = planner(&who)?;
    let unit = unit_of(&edge, actor, body.unit.as_deref())?;
    let content = Content::from(body.content);
    let concern = concern(&edge, actor.district, &content.extent).await?;
    let order = Draft { id: body.id, unit, content, concern };
    let one = edge.db.write(actor, async move |tx: &mut Tx| commands::draft(tx, order.clone()).await).await?;
    Ok(Json(shown(&edge, actor, &one)))
}

/// 影响多少户（按楼栋和网格，不含任何个人信息）。How many homes some ground or places concern, by building and grid; nothing about who.
#[utoipa::path(post, path = "/api/linkage/outages/preview", tag = "linkage", request_body = OutagePreviewBody,
    responses((status = 200, body = OutagePreview), (status = 401, body = Problem), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn preview_outage(
    State(edge): State<Edge>,
    who: Who,
    Body(body): Body<OutagePreviewBody>,
) -> Result<Json<OutagePreview>, Problem> {
    let actor = planner(&who)?;
    let extent = body.extent.checked()?;
    let concern = concern(&edge, actor.district, &extent).await?;
    let preview = OutagePreview::of(&concern, &edge.fixture::<Map>().of(actor.district));
    let note = async move |tx: &mut Tx| commands::note_preview(tx, &concern).await;
    edge.db.write(actor, note).await.map_err(LinkageError::from)?;
    Ok(Json(preview))
}

/// 一条公告，含历次内容和楼栋。An announcement with what it was before, and its buildings.
#[utoipa::path(get, path = "/api/linkage/outages/{id}", tag = "linkage", params(("id" = OutageId, Path)),
    responses((status = 200, body = OutageDetail), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn show_outage(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<OutageId>,
) -> Result<Json<OutageDetail>, Problem> {
    let actor = planner(&who)?;
    let one = found(&edge, actor, id).await?;
    let district = actor.district;
    let read = async move |conn: &mut Conn| {
        let versions = queries::versions(conn, district, id).await?;
        let buildings = queries::buildings(conn, district, id, 0, BUILDINGS_SHOWN_MAX as i64).await?;
        let messages = messages::about(conn, district, id.0).await?;
        Ok::<_, Fault>((versions, buildings, messages, queries::count_cases(conn, district, id).await?))
    };
    let (versions, buildings, messages, reports) = edge.db.read(read).await.map_err(LinkageError::from)?;
    Ok(Json(OutageDetail {
        outage: shown(&edge, actor, &one),
        page: one.published_at.map(|_| format!("/outages/{id}")),
        extent: one.content.extent,
        versions: versions.into_iter().map(OutageVersionView::from).collect(),
        building_list: buildings.into_iter().map(OutageBuilding::from).collect(),
        reports,
        messages,
    }))
}

/// 公告涉及的楼栋，按名称。The buildings of an announcement, by name.
#[utoipa::path(get, path = "/api/linkage/outages/{id}/buildings", tag = "linkage", params(("id" = OutageId, Path), OutagesQuery),
    responses((status = 200, body = Page<OutageBuilding>), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn list_outage_buildings(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<OutageId>,
    QueryOf(query): QueryOf<OutagesQuery>,
) -> Result<Json<Page<OutageBuilding>>, Problem> {
    let actor = planner(&who)?;
    found(&edge, actor, id).await?;
    let rows = query.limit.unwrap_or(limits::PAGE_ROWS_DEFAULT).clamp(1, limits::PAGE_ROWS_MAX) as usize;
    let behind: i64 = query.after.map(Cursor).and_then(|cursor| cursor.key()).unwrap_or(0);
    let district = actor.district;
    let read =
        async move |conn: &mut Conn| queries::buildings(conn, district, id, behind, rows as i64 + 1).await;
    let found = edge.db.read(read).await.map_err(LinkageError::from)?;
    let page = Page::cut(found, rows, |row| Cursor::of(&row.rank));
    let items = page.items.into_iter().map(OutageBuilding::from).collect();
    Ok(Json(Page { items, next: page.next }))
}

/// 修改公告；已发布的记为“已变更”，历次内容都保留。Writes an announcement anew; one that was published is marked as changed, and every version stays.
#[utoipa::path(put, path = "/api/linkage/outages/{id}", tag = "linkage", params(("id" = OutageId, Path)), request_body = OutageChangeBody,
    responses((status = 200, body = OutageView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn change_outage(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<OutageId>,
    Body(body): Body<OutageChangeBody>,
) -> Result<Json<OutageView>, Problem> {
    let actor = planner(&who)?;
    found(&edge, actor, id).await?;
    let content = Content::from(body.content);
    let concern = concern(&edge, actor.district, &content.extent).await?;
    let change = async move |tx: &mut Tx| {
        commands::change(tx, id, body.version, content.clone(), concern.clone()).await
    };
    let one = edge.db.write(actor, change).await?;
    Ok(Json(shown(&edge, actor, &one)))
}

/// 发布公告：居民页面和各种订阅立即可见。Tells everybody, on the page and in the feeds.
#[utoipa::path(post, path = "/api/linkage/outages/{id}/publish", tag = "linkage", params(("id" = OutageId, Path)), request_body = OutageStepBody,
    responses((status = 200, body = OutageView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn publish_outage(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<OutageId>,
    Body(body): Body<OutageStepBody>,
) -> Result<Json<OutageView>, Problem> {
    let actor = planner(&who)?;
    let seen = found(&edge, actor, id).await?;
    let concern: Concern = concern(&edge, actor.district, &seen.content.extent).await?;
    let publish = async move |tx: &mut Tx| commands::publish(tx, id, body.version, concern.clone()).await;
    let one = edge.db.write(actor, publish).await?;
    Ok(Json(shown(&edge, actor, &one)))
}

/// 已恢复。The service is back.
#[utoipa::path(post, path = "/api/linkage/outages/{id}/end", tag = "linkage", params(("id" = OutageId, Path)), request_body = OutageStepBody,
    responses((status = 200, body = OutageView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn end_outage(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<OutageId>,
    Body(body): Body<OutageStepBody>,
) -> Result<Json<OutageView>, Problem> {
    let actor = planner(&who)?;
    let one =
        edge.db.write(actor, async move |tx: &mut Tx| commands::end(tx, id, body.version).await).await?;
    Ok(Json(shown(&edge, actor, &one)))
}

/// 取消。It does not take place.
#[utoipa::path(post, path = "/api/linkage/outages/{id}/withdraw", tag = "linkage", params(("id" = OutageId, Path)), request_body = OutageStepBody,
    responses((status = 200, body = OutageView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn withdraw_outage(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<OutageId>,
    Body(body): Body<OutageStepBody>,
) -> Result<Json<OutageView>, Problem> {
    let actor = planner(&who)?;
    let withdraw = async move |tx: &mut Tx| commands::withdraw(tx, id, body.version).await;
    let one = edge.db.write(actor, withdraw).await?;
    Ok(Json(shown(&edge, actor, &one)))
}

/// 一个网格里可选的小区、楼栋、单元。The estates, buildings and units of a grid that can be picked.
#[utoipa::path(get, path = "/api/linkage/outage-places", tag = "linkage", params(OutagePlacesQuery),
    responses((status = 200, body = Vec<OutagePlace>), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn list_outage_places(
    State(edge): State<Edge>,
    who: Who,
    QueryOf(query): QueryOf<OutagePlacesQuery>,
) -> Result<Json<Vec<OutagePlace>>, Problem> {
    let actor = planner(&who)?;
    let places = edge.fixture::<Map>().of(actor.district);
    let grid = places.by_path(&query.area).filter(|area| area.level == AreaLevel::Grid);
    let (district, path) = (actor.district, grid.ok_or(LinkageError::NotFound)?.path.clone());
    let read = async move |conn: &mut Conn| registry::nameable_in(conn, district, &path).await;
    let found = edge.db.read(read).await.map_err(LinkageError::from)?;
    Ok(Json(found.into_iter().map(OutagePlace::from).collect()))
}
