//! The page behind a plate: opens the report with the place filled in. Anybody may scan it, so it tells what a passer-by can see.

use crate::error::RegistryError;
use crate::model::PlateCode;
use crate::queries::plates::{Spot, of_code, spot_of};
use ::store::Conn;
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use edge::{Edge, Html, Page, PathOf, QueryOf};
use geo::Point;
use platform::Problem;
use serde::{Deserialize, Serialize};
use territory::{AreaLevel, Map};

/// Why a code does not open the report.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Failing {
    /// No code has such letters.
    Mistyped,
    Unknown,
    /// What it hung at is no longer registered.
    Over,
}

#[derive(Template)]
#[template(path = "plate.html")]
struct PlatePage {
    page: Page,
    typed: String,
    failing: Option<Failing>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct PlateQuery {
    code: Option<String>,
}

/// A field to type a code into, for those without a camera.
pub(super) async fn find(page: Page, QueryOf(query): QueryOf<PlateQuery>) -> Response {
    match query.code {
        None => shown(page, String::new(), None),
        Some(typed) => match PlateCode::parse(&typed) {
            Some(code) => Redirect::to(&format!("/p/{}", code.letters())).into_response(),
            None => shown(page, typed, Some(Failing::Mistyped)),
        },
    }
}

/// What a scanned plate opens.
pub(super) async fn open(
    State(edge): State<Edge>,
    page: Page,
    PathOf(typed): PathOf<String>,
) -> Result<Response, Problem> {
    let Some(code) = PlateCode::parse(&typed) else { return Ok(shown(page, typed, Some(Failing::Mistyped))) };
    let (district, asked) = (page.actor.district, code.clone());
    let read = async move |conn: &mut Conn| match of_code(conn, district, &asked).await? {
        None => Ok(Err(Failing::Unknown)),
        Some(record) => Ok(spot_of(conn, district, record).await?.ok_or(Failing::Over)),
    };
    Ok(match edge.db.read(read).await.map_err(RegistryError::Fault)? {
        Ok(spot) => report_at(&edge, &page, spot, &code),
        Err(failing) => shown(page, code.to_string(), Some(failing)),
    })
}

/// The place of a report, as the page of reports takes it.
#[derive(Serialize)]
struct Place {
    address: String,
    grid: Option<String>,
    lon: Option<f64>,
    lat: Option<f64>,
}

/// The plate's code is part of the address: whoever handles the case finds the very door by it, where they may.
fn report_at(edge: &Edge, page: &Page, spot: Spot, code: &PlateCode) -> Response {
    let map = edge.fixture::<Map>().of(page.actor.district);
    let grid = map.by_path(&spot.area_path).filter(|area| area.level == AreaLevel::Grid);
    // Where somebody decided on another grid than the map says, the grid counts and not the point.
    let is_there = |(lon, lat): &(f64, f64)| {
        let found = Point::new(*lon, *lat).ok().and_then(|point| map.deepest(point));
        found.is_some_and(|area| area.path == spot.area_path)
    };
    let point = spot.point.filter(is_there);
    let place = Place {
        address: format!("{}（牌号 {code}）", spot.address),
        grid: grid.map(|grid| grid.code.clone()),
        lon: point.map(|point| point.0),
        lat: point.map(|point| point.1),
    };
    let query = serde_urlencoded::to_string(&place).unwrap_or_default();
    Redirect::to(&format!("/report?{query}")).into_response()
}

fn shown(page: Page, typed: String, failing: Option<Failing>) -> Response {
    let status = match failing {
        None => StatusCode::OK,
        Some(Failing::Mistyped | Failing::Unknown) => StatusCode::NOT_FOUND,
        Some(Failing::Over) => StatusCode::GONE,
    };
    let page = page.titled("按牌号报事", "Report by a plate");
    Html(PlatePage { page, typed, failing }).with_status(status)
}
