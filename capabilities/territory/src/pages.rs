//! The public pages: who serves my home, and the page of a grid. Thin.

mod find;
mod grid;
mod outline;

use crate::TerritoryError;
use crate::model::Snapshot;
use crate::queries::Map;
use axum::Router;
use axum::routing::get;
use edge::{Edge, Page};
use platform::{Problem, Time};
use std::sync::Arc;

/// All pages.
pub fn routes() -> Router<Edge> {
    Router::new().route("/grids", get(find::find_grids)).route("/grids/{code}", get(grid::show_grid))
}

/// A step of the way from the district to here.
struct Crumb {
    name: String,
    href: String,
}

/// A line that leads to an area.
struct AreaLink {
    name: String,
    note: String,
    href: String,
}

async fn current(edge: &Edge, page: &Page) -> Result<Arc<Snapshot>, Problem> {
    let district = page.district.district;
    let map = edge.fixture::<Map>();
    map.current(&edge.db, district).await.map_err(|fault| TerritoryError::from(fault).into())
}

/// The way down to a path, itself left out.
fn crumbs_to(page: &Page, snapshot: &Snapshot, path: &str) -> Vec<Crumb> {
    let above = snapshot.ancestors(path).filter(|area| area.path != path);
    above
        .map(|area| Crumb {
            name: match (&area.parent, &area.name_en) {
                // The district's own record has its English name where the boundary file has none.
                (None, None) => page.district_name.clone(),
                _ => area.name_in(page.actor.lang).to_owned(),
            },
            href: match area.parent {
                None => "/grids".to_owned(),
                Some(_) => format!("/grids?area={}", area.code),
            },
        })
        .collect()
}

/// Whether the boundaries are schematic, as the district says of itself.
fn is_schematic(page: &Page) -> bool {
    let setting = page.district.settings.0.get("schematic");
    setting.is_some_and(|value| value.as_bool() == Some(true) || value.as_str() == Some("true"))
}

/// A day as people read it.
fn day_words(page: &Page, at: Time) -> String {
    let day = at.local().date();
    let (year, month, date) = (day.year(), day.month(), day.day());
    let zh = format!("{year}年{month}月{date}日");
    let en = format!("{year}-{month:02}-{date:02}");
    page.tr(&zh, &en).to_owned()
}
