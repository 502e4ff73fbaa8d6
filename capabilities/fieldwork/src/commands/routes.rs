//! Patrol routes made, changed and ended; their rounds opened by the clock, and inspections of things with them.

use crate::access::{PLAN_ROUTES, require};
use crate::error::FieldworkError;
use crate::facts::{FieldworkFact, INSPECTIONS_OPENED, ROUND_OPENED, ROUTE_AMENDED, ROUTE_ENDED, ROUTE_MADE};
use crate::model::{NewTask, Route, RouteContent, RouteId, RouteState, TaskKind, TaskState, cause_of};
use crate::queries;
use crate::store;
use ::store::Tx;
use jiff::civil::Date;
use platform::{Fault, Scope, Time};
use registry::{Behind, PlacePoint, RecordId};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use territory::{AreaLevel, Map};
use uuid::Uuid;

/// A round begins.
pub(crate) const ROUTE_ROUND: &str = "fieldwork.route_round";
/// Things whose inspection is near are put among the stops.
pub(crate) const INSPECTIONS: &str = "fieldwork.inspections";
/// Days before an inspection is due at which it becomes a stop.
const INSPECTION_DAYS: i64 = 14;
const INSPECTION: &str = "inspection";

/// Makes a route in a grid.
///
/// # Errors
/// No right to it there, no grid, content that does not hold, stops of another grid.
pub(crate) async fn make_route(
    tx: &mut Tx,
    area_path: &str,
    content: RouteContent,
) -> Result<RouteId, FieldworkError> {
    require(tx.actor(), &PLAN_ROUTES, area_path)?;
    check(tx, area_path, &content).await?;
    let next_on = Some(content.next_from(today(tx)));
    let one = Route {
        id: RouteId::new(tx.now()),
        area_path: area_path.to_owned(),
        state: RouteState::Active,
        version: 1,
        content,
        next_on,
        round_on: None,
        changed_at: tx.now(),
    };
    store::routes::insert(tx, &one).await?;
    wind_up(tx, &one).await?;
    let data = json!({ "stops": one.content.stops.len() });
    tx.record(&FieldworkFact::of_route(ROUTE_MADE, one.id, area_path, data)).await?;
    Ok(one.id)
}

/// Changes a route from the version that was seen. A round that is open goes on but for stops that were taken out; where the days changed,
/// what is left of it is closed.
///
/// # Errors
/// As [`make_route`]; ended, changed since.
pub(crate) async fn amend_route(
    tx: &mut Tx,
    id: RouteId,
    version: i64,
    content: RouteContent,
) -> Result<(), FieldworkError> {
    let one = active(store::routes::load_for(tx, id, &PLAN_ROUTES).await?)?;
    check(tx, &one.area_path, &content).await?;
    let days = |content: &RouteContent| (content.every_days, content.from_on);
    let goes_on = days(&content) == days(&one.content);
    let is_out = |stop: &RecordId| !(goes_on && content.stops.contains(stop));
    close_stops(tx, &one, one.content.stops.iter().copied().filter(is_out).collect()).await?;
    let first = one.round_on.and_then(|round_on| round_on.tomorrow().ok());
    let next_on = Some(content.next_from(first.max(Some(today(tx))).unwrap_or_else(|| today(tx))));
    let one = Route { version, content, next_on, round_on: one.round_on.filter(|_| goes_on), ..one };
    save(tx, &one).await?;
    wind_up(tx, &one).await?;
    let data = json!({ "version": version + 1, "stops": one.content.stops.len() });
    tx.record(&FieldworkFact::of_route(ROUTE_AMENDED, id, &one.area_path, data)).await?;
    Ok(())
}

/// Ends a route: its open stops are closed.
///
/// # Errors
/// Not there, not theirs, ended before.
pub(crate) async fn end_route(tx: &mut Tx, id: RouteId) -> Result<(), FieldworkError> {
    let one = active(store::routes::load_for(tx, id, &PLAN_ROUTES).await?)?;
    close_round(tx, &one).await?;
    let one = Route { state: RouteState::Ended, next_on: None, round_on: None, ..one };
    save(tx, &one).await?;
    tx.cancel_timer(ROUTE_ROUND, id.0).await?;
    tx.record(&FieldworkFact::of_route(ROUTE_ENDED, id, &one.area_path, json!({}))).await?;
    Ok(())
}

fn active(one: Route) -> Result<Route, FieldworkError> {
    if one.state == RouteState::Active {
        return Ok(one);
    }
    Err(FieldworkError::RouteEnded)
}

async fn save(tx: &mut Tx, one: &Route) -> Result<(), FieldworkError> {
    if store::routes::save(tx, one).await? {
        return Ok(());
    }
    let district = tx.district();
    let present = store::routes::find(tx, district, one.id).await?.map_or(0, |present| present.version);
    Err(FieldworkError::Stale { present })
}

async fn check(tx: &mut Tx, area_path: &str, content: &RouteContent) -> Result<(), FieldworkError> {
    content.check()?;
    let district = tx.district();
    let places = tx.fixture::<Map>().of(district);
    if places.by_path(area_path).is_none_or(|area| area.level != AreaLevel::Grid) {
        return Err(FieldworkError::invalid(
            "area",
            "fieldwork.no_grid",
            "巡查路线在一个网格里。",
            "A route lies in one grid.",
        ));
    }
    let found = registry::points_of(tx, district, &content.stops).await?;
    let is_here = |stop: &PlacePoint| stop.area_path == area_path;
    if found.len() < content.stops.len() || !found.iter().all(is_here) {
        return Err(FieldworkError::invalid(
            "stops",
            "fieldwork.no_stop",
            "点位要是本网格登记的地址或部件。",
            "Stops are places and things registered in this grid.",
        ));
    }
    let Some(form) = content.form else { return Ok(()) };
    let form = store::find_form(tx, district, form).await?;
    if form.is_some_and(|form| Scope::covers_path(&form.area_path, area_path)) {
        return Ok(());
    }
    Err(FieldworkError::invalid(
        "form",
        "fieldwork.not_used_here",
        "这个表单不在这个区域使用。",
        "This form is not used in this area.",
    ))
}

fn today(tx: &Tx) -> Date {
    tx.now().local().date()
}

/// Sets the clock for the next round.
async fn wind_up(tx: &mut Tx, one: &Route) -> Result<(), Fault> {
    let Some(next_on) = one.next_on else { return Ok(()) };
    let due_at = beginning_of(next_on, tx.now());
    tx.set_timer(ROUTE_ROUND, one.id.0, due_at, json!({})).await
}

/// Midnight in China before a day.
fn beginning_of(day: Date, now: Time) -> Time {
    day.to_zoned(now.local().time_zone().clone()).map_or(now, |midnight| Time::from(midnight.timestamp()))
}

/// Opens the round of a day: a task for each stop, in their order. What is left of the round before is closed.
///
/// # Errors
/// The database.
pub(crate) async fn open_round(tx: &mut Tx, id: RouteId) -> Result<(), FieldworkError> {
    let (district, today) = (tx.district(), today(tx));
    let found = store::routes::find(tx, district, id).await?;
    let Some(one) = found.filter(|one| one.state == RouteState::Active) else { return Ok(()) };
    close_round(tx, &one).await?;
    let stops = registry::points_of(tx, district, &one.content.stops).await?;
    let task = |stop: &PlacePoint| NewTask {
        kind: TaskKind::Patrol,
        cause: cause_of(id),
        campaign: None,
        form: one.content.form,
        area_path: one.area_path.clone(),
        subject: stop.id,
        place: None,
        from_on: today,
        due_on: one.content.due_of(today),
        errand: None,
    };
    let tasks: Vec<NewTask> = stops.iter().map(task).collect();
    let opened = store::tasks::insert(tx, &tasks).await?;
    let next_on = today.tomorrow().ok().map(|tomorrow| one.content.next_from(tomorrow));
    let one = Route { round_on: Some(today), next_on, ..one };
    save(tx, &one).await?;
    wind_up(tx, &one).await?;
    tx.record(&FieldworkFact::of_route(ROUND_OPENED, id, &one.area_path, json!({ "stops": opened }))).await?;
    Ok(())
}

async fn close_round(tx: &mut Tx, one: &Route) -> Result<(), Fault> {
    close_stops(tx, one, one.content.stops.clone()).await
}

/// Closes those of some stops that are open in the round of a route.
async fn close_stops(tx: &mut Tx, one: &Route, stops: Vec<RecordId>) -> Result<(), Fault> {
    let Some(round_on) = one.round_on else { return Ok(()) };
    let (district, due_on) = (tx.district(), one.content.due_of(round_on).to_string());
    let stops = queries::routes::stops(tx, district, &cause_of(one.id), stops, &due_on).await?;
    let open = stops.into_iter().filter(|stop| stop.state == TaskState::Open).map(|stop| stop.id).collect();
    store::campaigns::close_doors(tx, open).await
}

/// Puts the next things whose inspection is near among the stops; the next step is due at once, the next walk the next night. Planned
/// once for each day an inspection is due by.
///
/// # Errors
/// The database.
pub(crate) async fn open_inspections(tx: &mut Tx, data: &Value) -> Result<(), Fault> {
    let (district, now, today) = (tx.district(), tx.now(), today(tx));
    let root = territory::root_path(district);
    let behind = data.get("behind").and_then(|behind| serde_json::from_value(behind.clone()).ok());
    let behind: Behind = behind.unwrap_or_else(|| Behind::start(&root));
    let until = today.checked_add(jiff::Span::new().days(INSPECTION_DAYS)).unwrap_or(today);
    let (due, next) = registry::inspections_until(tx, district, &root, until, &behind).await?;
    let task = |one: &registry::Inspection| NewTask {
        kind: TaskKind::Patrol,
        cause: INSPECTION.to_owned(),
        campaign: None,
        form: None,
        area_path: one.area_path.clone(),
        subject: one.id,
        place: one.place,
        from_on: today.min(one.by),
        due_on: one.by,
        errand: None,
    };
    let tasks: Vec<NewTask> = due.iter().map(task).collect();
    let opened = store::tasks::insert(tx, &tasks).await?;
    if opened > 0 {
        let data = json!({ "things": opened });
        tx.record(&FieldworkFact::of_district(INSPECTIONS_OPENED, data)).await?;
    }
    match next {
        Some(behind) => tx.set_timer(INSPECTIONS, Uuid::nil(), now, json!({ "behind": behind })).await,
        None => {
            let tomorrow = beginning_of(today.tomorrow().unwrap_or(today), now);
            tx.set_timer(INSPECTIONS, Uuid::nil(), tomorrow, json!({})).await
        }
    }
}

/// A way that is short to walk over some places and things of a grid.
#[derive(Clone, Debug)]
pub(crate) struct SuggestedWay {
    pub stops: Vec<PlacePoint>,
    /// As the crow flies.
    pub metres: f64,
}

/// Puts places and things in an order that is short to walk; those without a point come last, as they were given.
///
/// # Errors
/// The database.
pub(crate) async fn suggest_way(
    conn: &mut ::store::Conn,
    district: platform::DistrictId,
    stops: &[RecordId],
) -> Result<SuggestedWay, Fault> {
    let found = registry::points_of(conn, district, stops).await?;
    let (mut placed, mut nowhere) = (Vec::new(), Vec::new());
    for stop in found {
        match stop.lon.zip(stop.lat).and_then(|(lon, lat)| geo::Point::new(lon, lat).ok()) {
            Some(point) => placed.push((point, stop)),
            None => nowhere.push(stop),
        }
    }
    let points: Vec<geo::Point> = placed.iter().map(|(point, _)| *point).collect();
    let order = crate::model::suggest_order(&points);
    let metres = crate::model::metres_of(&points, &order);
    let mut by_place: BTreeMap<usize, PlacePoint> =
        placed.into_iter().enumerate().map(|(at, (_, stop))| (at, stop)).collect();
    let ordered = order.iter().filter_map(|at| by_place.remove(at));
    Ok(SuggestedWay { stops: ordered.chain(nowhere).collect(), metres })
}
