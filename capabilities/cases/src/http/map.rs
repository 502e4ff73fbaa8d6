//! What the map shows: figures that are unusual first, the cases behind each, and where they are. Never words or people.
//!
//! Cases reach a map as cells and single places in JSON, the same for every way of drawing; the areas come as vector tiles.

use super::{Answer, viewer};
use crate::access;
use crate::error::CaseError;
use crate::map::chart::{Mark, Shown, Sight, Spot, View, is};
use crate::map::figures::{Figure, Moment};
use crate::queries::map::{self, Charts, Kept};
use crate::rules::Rules;
use crate::view::{CaseLine, Viewer, words};
use axum::Json;
use axum::extract::State;
use edge::{Edge, PathOf, QueryOf, Who};
use platform::{Actor, Cursor, Lang, OrganisationId, Page, Permission, Problem, Scope, Time, Words, limits};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::Conn;
use territory::Area;
use utoipa::{IntoParams, ToSchema};

/// A part of the ground, and whose cases.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ShowMap {
    west: f64,
    south: f64,
    east: f64,
    north: f64,
    /// As web maps count it, with tiles of 512 pixels.
    zoom: f64,
    /// An area's path; absent: as far as one may see.
    area: Option<String>,
    /// A figure's key; absent: all open cases.
    show: Option<String>,
}

/// Cases that lie close together at this zoom.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CellView {
    /// The middle of the cell.
    pub lon: f64,
    pub lat: f64,
    pub count: u32,
    pub overdue: u32,
    /// The highest rank of urging among them.
    pub level_max: u8,
}

/// A case on the map.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlacedCase {
    pub id: crate::CaseId,
    pub number: String,
    pub lon: f64,
    pub lat: f64,
    pub type_words: Words,
    pub state_words: Words,
    pub due_at: Option<Time>,
    pub overdue: bool,
    pub level: u8,
}

/// What lies in a part of the ground: cells where there are many cases, single ones where there are few.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MapView {
    pub at: Time,
    pub cells: Vec<CellView>,
    pub cases: Vec<PlacedCase>,
    /// Cases asked for that have no place, anywhere in the area: they are in the list only.
    pub unplaced: usize,
}

/// 地图上的在办事件：多时按格合并，少时逐件。 · Open cases of a part of the ground: cells where many, single cases where few.
#[utoipa::path(get, path = "/api/cases/map", tag = "cases", operation_id = "show_map", params(ShowMap),
    responses((status = 200, body = MapView), (status = 401, body = Problem), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub async fn show_map(
    State(edge): State<Edge>,
    who: Who,
    QueryOf(query): QueryOf<ShowMap>,
) -> Answer<MapView> {
    let actor = who.signed_in()?.clone();
    let figure = figure_of(query.show.as_deref())?;
    let view = view_of(&query)?;
    let sight = sight_of(&actor, query.area, FIGURES)?;
    let kept = current(&edge, &actor).await?;
    let (viewer, now) = (viewer(&edge, &actor), edge.now());
    let moment = Moment::at(now);
    let holds = |spot: &Spot| figure.holds(spot, &moment);
    let chart = kept.chart.read();
    let (mut cells, mut cases) = (Vec::new(), Vec::new());
    match chart.show(&sight, &view, now, holds) {
        Shown::Cells(found) => cells = found.iter().map(CellView::from).collect(),
        Shown::Single(marks) if !actor.holds(&access::VIEW) => {
            cells = marks.iter().filter_map(|mark| alone(mark, now)).collect();
        }
        Shown::Single(marks) => cases = marks.iter().filter_map(|mark| placed(&viewer, mark)).collect(),
    }
    let mut unplaced = 0;
    chart.sweep(&sight, |spot| holds(spot) && !spot.has(is::PLACED), |_, _| unplaced += 1);
    Ok(Json(MapView { at: now, cells, cases, unplaced }))
}

impl From<&crate::map::chart::Cell> for CellView {
    fn from(cell: &crate::map::chart::Cell) -> Self {
        let centre = cell.centre.round(PLACE_DECIMALS);
        Self {
            lon: centre.lon(),
            lat: centre.lat(),
            count: cell.count,
            overdue: cell.overdue,
            level_max: cell.level_max,
        }
    }
}

/// Six decimals of a degree are a decimetre.
const PLACE_DECIMALS: u32 = 6;

/// Three decimals of a degree are about a hundred metres: where on the map, and not at whose door.
const BLURRED_DECIMALS: u32 = 3;

/// A single case for those who see figures alone: a cell of one.
fn alone(mark: &Mark, now: Time) -> Option<CellView> {
    let place = geo::Point::new(mark.lon?, mark.lat?).ok()?.round(BLURRED_DECIMALS);
    let overdue = u32::from(mark.due_at.is_some_and(|due| due < now));
    Some(CellView { lon: place.lon(), lat: place.lat(), count: 1, overdue, level_max: mark.level })
}

fn placed(viewer: &Viewer, mark: &Mark) -> Option<PlacedCase> {
    Some(PlacedCase {
        id: mark.id,
        number: mark.number.clone(),
        lon: mark.lon?,
        lat: mark.lat?,
        type_words: viewer.type_words(&mark.type_code),
        state_words: viewer.state_words(mark.workflow_version, &mark.state),
        due_at: mark.due_at,
        overdue: mark.due_at.is_some_and(|due| due < viewer.now),
        level: mark.level,
    })
}

fn view_of(query: &ShowMap) -> Result<View, CaseError> {
    let corner = |lon: f64, lat: f64| geo::Point::new(lon, lat).is_ok();
    let is_ground = corner(query.west, query.south) && corner(query.east, query.north);
    if !is_ground || query.west >= query.east || query.south >= query.north || !query.zoom.is_finite() {
        return Err(CaseError::invalid(
            "west",
            "cases.bad_view",
            "地图范围不对。",
            "This is no part of the ground.",
        ));
    }
    let bounds = geo::Bbox { west: query.west, south: query.south, east: query.east, north: query.north };
    Ok(View { bounds, zoom: query.zoom })
}

/// Whose figures.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListExceptions {
    /// An area's path; absent: as far as one may see.
    area: Option<String>,
}

/// An area by which a map is moved.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AreaPlace {
    pub path: String,
    pub code: String,
    pub name: Words,
    pub level: territory::AreaLevel,
    pub level_words: Words,
    /// West, south, east, north; none where it has no boundary.
    pub bounds: Option<[f64; 4]>,
    /// Where its name stands: longitude, latitude.
    pub label: Option<[f64; 2]>,
}

/// One figure: whether it is unusual, who acts, and where the rows behind it are.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FigureView {
    pub key: String,
    pub words: Words,
    pub value: usize,
    /// More than this is unusual; none where every number is usual.
    pub threshold: Option<i64>,
    /// What is usual at this hour, where it is compared.
    pub normal: Option<f64>,
    pub unusual: bool,
    /// What exactly is counted, and how "unusual" is told.
    pub explain: Words,
    pub who: Words,
    /// The map with the rows behind it.
    pub href: String,
}

/// Open cases of one of the areas within.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AreaFigures {
    #[serde(flatten)]
    pub place: AreaPlace,
    pub open: u32,
    pub overdue: u32,
    pub due_today: u32,
    /// How many are at each level of urging, from none up.
    pub levels: Vec<u32>,
}

/// An area at a glance: what is unusual first.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ExceptionsView {
    pub at: Time,
    pub area: AreaPlace,
    /// From the widest area one may see down to the one above this.
    pub above: Vec<AreaPlace>,
    pub figures: Vec<FigureView>,
    /// The areas directly within, by code.
    pub areas: Vec<AreaFigures>,
    /// The levels of urging, as `levels` counts them.
    pub levels: Vec<Words>,
}

/// 异常优先的数字（最多 9 个）和下级区域的在办数。 · At most nine figures, the unusual first, and the areas within.
#[utoipa::path(get, path = "/api/cases/exceptions", tag = "cases", operation_id = "list_exceptions", params(ListExceptions),
    responses((status = 200, body = ExceptionsView), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn list_exceptions(
    State(edge): State<Edge>,
    who: Who,
    QueryOf(query): QueryOf<ListExceptions>,
) -> Answer<ExceptionsView> {
    let actor = who.signed_in()?.clone();
    let sight = sight_of(&actor, query.area, FIGURES)?;
    let viewer = viewer(&edge, &actor);
    let area = viewer.places.by_path(&sight.area).ok_or(CaseError::NotFound)?;
    let (path, district, now, unit) = (sight.area.clone(), actor.district, edge.now(), unit_of(&sight));
    let usual = edge
        .db
        .read(async move |conn: &mut Conn| map::usual_hour(conn, district, &path, unit, now).await)
        .await
        .map_err(CaseError::from)?;
    let kept = current(&edge, &actor).await?;
    let children: Vec<&Area> = viewer.places.children(&area.path).collect();
    let sums = sum_up(&kept, &sight, now, &children, viewer.rules.workflow().levels.len());
    let above = viewer.places.ancestors(&area.path).filter(|a| a.path != area.path);
    Ok(Json(ExceptionsView {
        at: now,
        area: place_of(area),
        above: above.filter(|a| sees_area(&sight, &a.path)).map(place_of).collect(),
        figures: figures_of(&sums.counts, usual, &sight.area),
        areas: sums.areas,
        levels: viewer.rules.workflow().levels.iter().map(|level| words(&level.words)).collect(),
    }))
}

struct Sums {
    counts: [usize; Figure::ALL.len()],
    areas: Vec<AreaFigures>,
}

/// All figures and those of the areas within, in one sweep.
fn sum_up(kept: &Kept, sight: &Sight, now: Time, children: &[&Area], levels: usize) -> Sums {
    let moment = Moment::at(now);
    let mut counts = [0; Figure::ALL.len()];
    let mut areas: BTreeMap<&str, AreaFigures> =
        children.iter().map(|area| (area.path.as_str(), empty_figures(area, levels))).collect();
    kept.chart.read().sweep(
        sight,
        |_| true,
        |spot, path| {
            for (count, figure) in counts.iter_mut().zip(Figure::ALL) {
                *count += usize::from(figure.holds(spot, &moment));
            }
            let child =
                path[sight.area.len()..].match_indices('/').nth(1).map(|(at, _)| sight.area.len() + at);
            if let Some(area) = areas.get_mut(&path[..child.unwrap_or(path.len())]) {
                area.add(spot, &moment);
            }
        },
    );
    Sums { counts, areas: areas.into_values().collect() }
}

fn empty_figures(area: &Area, levels: usize) -> AreaFigures {
    AreaFigures { place: place_of(area), open: 0, overdue: 0, due_today: 0, levels: vec![0; levels] }
}

impl AreaFigures {
    fn add(&mut self, spot: &Spot, moment: &Moment) {
        if !Figure::Open.holds(spot, moment) {
            return;
        }
        self.open += 1;
        self.overdue += u32::from(Figure::Overdue.holds(spot, moment));
        self.due_today += u32::from(Figure::DueToday.holds(spot, moment));
        if let Some(level) = self.levels.get_mut(usize::from(spot.level)) {
            *level += 1;
        }
    }
}

/// The unusual first; among their equals in the order of [`Figure::ALL`].
fn figures_of(counts: &[usize], usual: f64, area: &str) -> Vec<FigureView> {
    let view = |(figure, value): (Figure, &usize)| {
        let normal = (figure == Figure::Incoming).then_some(usual);
        let threshold = figure.threshold(normal);
        FigureView {
            key: figure.key().to_owned(),
            words: figure.words(),
            value: *value,
            threshold,
            normal,
            unusual: threshold.is_some_and(|most| *value as i64 > most),
            explain: figure.explain(),
            who: figure.who(),
            href: format!("/map?area={area}&show={}", figure.key()),
        }
    };
    let mut figures: Vec<FigureView> = Figure::ALL.into_iter().zip(counts).map(view).collect();
    figures.sort_by_key(|figure| !figure.unusual);
    figures
}

/// Which rows of a figure.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListBehind {
    /// An area's path; absent: as far as one may see.
    area: Option<String>,
    after: Option<String>,
    /// 1 to 100, 50 if absent.
    limit: Option<u32>,
}

/// The rows a figure counts.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Behind {
    /// All of them, on every page: the value of the figure.
    pub total: usize,
    #[serde(flatten)]
    pub page: Page<CaseLine>,
}

/// 一个数字背后的事件，先到期的在前。 · The cases a figure counts, what is due first.
#[utoipa::path(get, path = "/api/cases/exceptions/{figure}", tag = "cases", operation_id = "list_behind",
    params(("figure" = String, Path, description = "a figure's key"), ListBehind),
    responses((status = 200, body = Behind), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn list_behind(
    State(edge): State<Edge>,
    who: Who,
    PathOf(figure): PathOf<String>,
    QueryOf(query): QueryOf<ListBehind>,
) -> Answer<Behind> {
    let actor = who.signed_in()?.clone();
    let figure = Figure::parse(&figure).ok_or(CaseError::NotFound)?;
    let sight = sight_of(&actor, query.area, ROWS)?;
    let rows_max = query.limit.unwrap_or(limits::PAGE_ROWS_DEFAULT).clamp(1, limits::PAGE_ROWS_MAX) as usize;
    let after: Option<(i64, crate::CaseId)> = query.after.map(Cursor).and_then(|cursor| cursor.key());
    let kept = current(&edge, &actor).await?;
    let (total, keys) = {
        let moment = Moment::at(edge.now());
        let chart = kept.chart.read();
        let marks = chart.by_due(&sight, |spot| figure.holds(spot, &moment));
        let rest = marks.iter().map(|mark| mark.order()).filter(|key| after.is_none_or(|after| *key > after));
        (marks.len(), rest.take(rows_max + 1).collect::<Vec<_>>())
    };
    let page = Page::cut(keys, rows_max, Cursor::of);
    let ids: Vec<crate::CaseId> = page.items.iter().map(|(_, id)| *id).collect();
    let district = actor.district;
    let lines = edge
        .db
        .read(async move |conn: &mut Conn| map::lines_of(conn, district, ids.clone()).await)
        .await
        .map_err(CaseError::from)?;
    let viewer = viewer(&edge, &actor);
    let items = lines.iter().map(|line| viewer.line(line)).collect();
    Ok(Json(Behind { total, page: Page { items, next: page.next } }))
}

/// The chart of the actor's district, as of now.
async fn current(edge: &Edge, actor: &Actor) -> Result<Arc<Kept>, CaseError> {
    let (charts, rules) = (edge.fixture::<Charts>(), edge.fixture::<Rules>());
    Ok(charts.current(&edge.db, &rules, actor.district).await?)
}

fn figure_of(key: Option<&str>) -> Result<Figure, CaseError> {
    let Some(key) = key else { return Ok(Figure::Open) };
    Figure::parse(key).ok_or_else(|| {
        CaseError::invalid("show", "cases.unknown_figure", "没有这个数字。", "There is no such figure.")
    })
}

/// Either of these shows figures.
const FIGURES: &[&Permission] = &[&access::VIEW, &access::VIEW_FIGURES];
/// The rows behind them are cases.
const ROWS: &[&Permission] = &[&access::VIEW];

/// Whose cases the actor looks at: the area asked for, or the widest one their scope gives.
fn sight_of(actor: &Actor, area: Option<String>, by: &[&Permission]) -> Result<Sight, CaseError> {
    let held = by.iter().flat_map(|permission| actor.scopes(permission));
    let scopes: Vec<Scope> = held.filter(|s| **s != Scope::Own).cloned().collect();
    let forbidden = CaseError::Forbidden(&access::VIEW);
    let widest = scopes.iter().map(|scope| match scope {
        Scope::Area { path } => path.clone(),
        Scope::District | Scope::Unit { .. } | Scope::Own => actor.district.to_string(),
    });
    let Some(widest) = widest.min_by_key(String::len) else { return Err(forbidden) };
    let sight = Sight { area: area.unwrap_or(widest), scopes };
    if sees_area(&sight, &sight.area) { Ok(sight) } else { Err(forbidden) }
}

/// Whether some case of an area may be seen: the area is the viewer's, or the viewer's unit works in all of them.
fn sees_area(sight: &Sight, path: &str) -> bool {
    sight.scopes.iter().any(|scope| match scope {
        Scope::District | Scope::Unit { .. } => true,
        Scope::Area { path: scope } => Scope::covers_path(scope, path),
        Scope::Own => false,
    })
}

/// The unit, where somebody sees no more than what it is asked to do.
fn unit_of(sight: &Sight) -> Option<OrganisationId> {
    let by_area = |scope: &Scope| matches!(scope, Scope::District | Scope::Area { .. });
    let mut units = sight.scopes.iter().filter_map(|scope| match scope {
        Scope::Unit { organisation } => Some(*organisation),
        _ => None,
    });
    units.next_back().filter(|_| !sight.scopes.iter().any(by_area))
}

fn place_of(area: &Area) -> AreaPlace {
    let name = |lang| area.name_in(lang).to_owned();
    let bounds = area.boundary.as_ref().map(|boundary| boundary.bbox());
    let label = area.boundary.as_ref().map(|boundary| boundary.label_point().round(PLACE_DECIMALS));
    AreaPlace {
        path: area.path.clone(),
        code: area.code.clone(),
        name: Words::new(name(Lang::Zh), name(Lang::En)),
        level: area.level,
        level_words: area.level.words(),
        bounds: bounds.map(|b| [b.west, b.south, b.east, b.north]),
        label: label.map(|point| [point.lon(), point.lat()]),
    }
}
