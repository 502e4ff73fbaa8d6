//! Patrol routes: made, changed, ended, and the stops of the round that is open.

use super::staff;
use crate::access::{FILL, PERMISSIONS, PLAN_ROUTES, only_area, sees_form, widest};
use crate::commands::{self, SuggestedWay};
use crate::error::FieldworkError;
use crate::model::{
    Outcome, Route, RouteContent, RouteId, RouteState, STOPS_MAX, TaskId, TaskState, cause_of,
};
use crate::queries;
use crate::store;
use ::store::{Conn, Tx};
use axum::Json;
use axum::extract::State;
use edge::{Body, Edge, PathOf, QueryOf, Who};
use jiff::civil::Date;
use platform::{Actor, Cursor, Fault, Page, Problem, Scope, Time, limits};
use registry::{PlacePoint, RecordId};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// A route without its stops.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RouteView {
    pub id: RouteId,
    /// The grid.
    pub area_path: String,
    pub state: RouteState,
    /// To be sent along with a change.
    pub version: i64,
    #[serde(flatten)]
    pub content: RouteContent,
    #[schema(value_type = Option<String>, format = Date)]
    pub next_on: Option<Date>,
    /// The round whose stops are open.
    #[schema(value_type = Option<String>, format = Date)]
    pub round_on: Option<Date>,
}

/// A stop in its order.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StopView {
    pub subject: RecordId,
    pub label: String,
    pub lon: Option<f64>,
    pub lat: Option<f64>,
    /// Of the round that is open; none before the first, and of a stop that was added since.
    pub task: Option<TaskId>,
    pub state: Option<TaskState>,
    pub outcome: Option<Outcome>,
    pub done_at: Option<Time>,
}

/// A route with its stops.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RouteWithStops {
    #[serde(flatten)]
    pub route: RouteView,
    pub walk: Vec<StopView>,
}

impl From<Route> for RouteView {
    fn from(one: Route) -> Self {
        Self {
            id: one.id,
            area_path: one.area_path,
            state: one.state,
            version: one.version,
            content: one.content,
            next_on: one.next_on,
            round_on: one.round_on,
        }
    }
}

async fn shown(edge: &Edge, actor: &Actor, id: RouteId) -> Result<Json<RouteWithStops>, Problem> {
    let district = actor.district;
    let read = async move |conn: &mut Conn| {
        let Some(one) = store::routes::find(conn, district, id).await? else { return Ok(None) };
        let points = registry::points_of(conn, district, &one.content.stops).await?;
        let tasks = match one.round_on {
            Some(round_on) => {
                let (stops, due_on) = (one.content.stops.clone(), one.content.due_of(round_on).to_string());
                queries::routes::stops(conn, district, &cause_of(id), stops, &due_on).await?
            }
            None => Vec::new(),
        };
        Ok::<_, Fault>(Some((one, points, tasks)))
    };
    let found = edge.db.read(read).await.map_err(FieldworkError::from)?;
    let (one, points, tasks) =
        found.filter(|(one, ..)| sees_form(actor, &one.area_path)).ok_or(FieldworkError::NotFound)?;
    let mut tasks: HashMap<RecordId, queries::routes::StopRow> =
        tasks.into_iter().map(|task| (task.subject_id, task)).collect();
    let walk = points.into_iter().map(|point| stop_of(tasks.remove(&point.id), point)).collect();
    Ok(Json(RouteWithStops { route: one.into(), walk }))
}

fn stop_of(task: Option<queries::routes::StopRow>, point: PlacePoint) -> StopView {
    StopView {
        subject: point.id,
        label: point.label,
        lon: point.lon,
        lat: point.lat,
        task: task.as_ref().map(|task| task.id),
        state: task.as_ref().map(|task| task.state),
        outcome: task.as_ref().and_then(|task| task.outcome),
        done_at: task.and_then(|task| task.done_at),
    }
}

/// Of which area, and from where on.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RoutesQuery {
    /// A path; none: the widest area where one works.
    pub area: Option<String>,
    pub after: Option<String>,
}

/// 巡查路线，按网格。Patrol routes, grid by grid.
#[utoipa::path(get, path = "/api/fieldwork/routes", tag = "fieldwork", operation_id = "list_routes", params(RoutesQuery),
    responses((status = 200, body = Page<RouteView>), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn list_routes(
    State(edge): State<Edge>,
    who: Who,
    QueryOf(query): QueryOf<RoutesQuery>,
) -> Result<Json<Page<RouteView>>, Problem> {
    let actor = staff(&who, PERMISSIONS)?;
    let root = territory::root_path(actor.district);
    let area =
        query.area.or_else(|| widest(actor, &FILL, &root)).or_else(|| widest(actor, &PLAN_ROUTES, &root));
    let area = area.filter(|area| sees_form(actor, area)).ok_or(FieldworkError::NotFound)?;
    let behind: Option<(String, RouteId)> = query.after.map(Cursor).and_then(|cursor| cursor.key());
    // A cursor of another area would lead out of this one.
    let behind = behind.filter(|behind| Scope::covers_path(&area, &behind.0));
    let behind = behind.unwrap_or_else(|| (area.clone(), RouteId(Uuid::nil())));
    let (district, rows_max) = (actor.district, limits::PAGE_ROWS_DEFAULT as usize);
    let read = async move |conn: &mut Conn| {
        queries::routes::list(conn, district, &area, behind.clone(), rows_max as i64 + 1).await
    };
    let rows = edge.db.read::<_, Fault, _>(read).await.map_err(FieldworkError::from)?;
    let page = Page::cut(rows, rows_max, |row| Cursor::of(&(&row.area_path, row.id)));
    let seen = page.items.into_iter().filter(|row| sees_form(actor, &row.area_path));
    Ok(Json(Page { items: seen.map(|row| RouteView::from(Route::from(row))).collect(), next: page.next }))
}

/// A route that is made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRouteBody {
    /// The path of a grid; none: the only one of whoever makes it.
    pub area: Option<String>,
    pub content: RouteContent,
}

/// 定巡查路线。Make a patrol route.
#[utoipa::path(post, path = "/api/fieldwork/routes", tag = "fieldwork", operation_id = "make_route", request_body = NewRouteBody,
    responses((status = 200, body = RouteWithStops), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 422, body = Problem)))]
pub async fn make_route(
    State(edge): State<Edge>,
    who: Who,
    Body(body): Body<NewRouteBody>,
) -> Result<Json<RouteWithStops>, Problem> {
    let actor = staff(&who, &[&PLAN_ROUTES])?;
    let area = body.area.or_else(|| only_area(actor, &PLAN_ROUTES)).ok_or(FieldworkError::NotFound)?;
    let make = async move |tx: &mut Tx| commands::make_route(tx, &area, body.content.clone()).await;
    let id = edge.db.write(actor, make).await?;
    shown(&edge, actor, id).await
}

/// 看一条巡查路线和这一轮的点位。A patrol route with the stops of its round.
#[utoipa::path(get, path = "/api/fieldwork/routes/{id}", tag = "fieldwork", operation_id = "show_route", params(("id" = RouteId, Path)),
    responses((status = 200, body = RouteWithStops), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn show_route(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<RouteId>,
) -> Result<Json<RouteWithStops>, Problem> {
    let actor = staff(&who, PERMISSIONS)?;
    shown(&edge, actor, id).await
}

/// A route as it is to be.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RouteBody {
    /// The version that was seen.
    pub version: i64,
    pub content: RouteContent,
}

/// 改巡查路线（点位、顺序、间隔）。Change a patrol route: its stops, their order, how often.
#[utoipa::path(put, path = "/api/fieldwork/routes/{id}", tag = "fieldwork", operation_id = "amend_route", params(("id" = RouteId, Path)),
    request_body = RouteBody,
    responses((status = 200, body = RouteWithStops), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn amend_route(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<RouteId>,
    Body(body): Body<RouteBody>,
) -> Result<Json<RouteWithStops>, Problem> {
    let actor = staff(&who, &[&PLAN_ROUTES])?;
    let amend =
        async move |tx: &mut Tx| commands::amend_route(tx, id, body.version, body.content.clone()).await;
    edge.db.write(actor, amend).await?;
    shown(&edge, actor, id).await
}

/// 停用巡查路线。End a patrol route.
#[utoipa::path(post, path = "/api/fieldwork/routes/{id}/end", tag = "fieldwork", operation_id = "end_route", params(("id" = RouteId, Path)),
    responses((status = 200, body = RouteWithStops), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
pub async fn end_route(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<RouteId>,
) -> Result<Json<RouteWithStops>, Problem> {
    let actor = staff(&who, &[&PLAN_ROUTES])?;
    edge.db.write(actor, async move |tx: &mut Tx| commands::end_route(tx, id).await).await?;
    shown(&edge, actor, id).await
}

/// Stops to be put in order.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WayQuery {
    /// Ids of places and things with commas between; the first stays the first.
    pub stops: String,
}

/// An order that is short to walk.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WayView {
    pub stops: Vec<RecordId>,
    /// As the crow flies.
    pub metres: f64,
}

/// 给点位排一个好走的顺序；可再改。An order of stops that is short to walk; to be changed as one likes.
#[utoipa::path(get, path = "/api/fieldwork/route-order", tag = "fieldwork", operation_id = "suggest_route_order", params(WayQuery),
    responses((status = 200, body = WayView), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 422, body = Problem)))]
pub async fn suggest_route_order(
    State(edge): State<Edge>,
    who: Who,
    QueryOf(query): QueryOf<WayQuery>,
) -> Result<Json<WayView>, Problem> {
    let actor = staff(&who, &[&PLAN_ROUTES])?;
    let stops: Result<Vec<RecordId>, _> =
        query.stops.split(',').map(|id| id.trim().parse::<Uuid>().map(RecordId)).collect();
    let stops = stops.ok().filter(|stops| stops.len() <= STOPS_MAX).ok_or_else(|| {
        FieldworkError::invalid("stops", "fieldwork.bad_route", "点位最多 60 个。", "At most 60 stops.")
    })?;
    let district = actor.district;
    let read = async move |conn: &mut Conn| commands::suggest_way(conn, district, &stops).await;
    let SuggestedWay { stops, metres } =
        edge.db.read::<_, Fault, _>(read).await.map_err(FieldworkError::from)?;
    if !stops.iter().all(|stop| actor.holds_at(&PLAN_ROUTES, &stop.area_path)) {
        return Err(FieldworkError::NotFound.into());
    }
    Ok(Json(WayView { stops: stops.into_iter().map(|stop| stop.id).collect(), metres }))
}
