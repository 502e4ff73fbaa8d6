//! 谁负责我家: by words, by list, by the outline.

use super::outline::{Outline, href_of, outline_of, tint_of};
use super::{AreaLink, Crumb, crumbs_to, current, is_schematic};
use crate::TerritoryError;
use crate::model::{Area, AreaLevel, Snapshot};
use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use edge::{Edge, Html, Page, QueryOf};
use platform::{Problem, Time};
use serde::Deserialize;

/// Places a search shows; who sees more writes one more word.
const FOUND_MAX: usize = 40;
const QUERY_CHARS_MAX: usize = 100;

#[derive(Deserialize)]
pub struct FindGrids {
    area: Option<String>,
    q: Option<String>,
}

struct AreaGroup {
    name: String,
    /// Its colour on the outline.
    tint: Option<usize>,
    areas: Vec<AreaLink>,
}

#[derive(Template)]
#[template(path = "grids.html")]
pub struct GridsPage {
    page: Page,
    heading: String,
    crumbs: Vec<Crumb>,
    query: String,
    found: Option<Vec<AreaLink>>,
    groups: Vec<AreaGroup>,
    outline: Option<Outline>,
    schematic: bool,
}

/// `GET /grids`
pub async fn find_grids(
    State(edge): State<Edge>,
    page: Page,
    QueryOf(query): QueryOf<FindGrids>,
) -> Result<Response, Problem> {
    let snapshot = current(&edge, &page).await?;
    let asked: String = query.q.unwrap_or_default().trim().chars().take(QUERY_CHARS_MAX).collect();
    let area = match &query.area {
        Some(code) => match snapshot.by_code(code) {
            Some(area) if area.level == AreaLevel::Grid => {
                return Ok(Redirect::to(&href_of(AreaLevel::Grid, code)).into_response());
            }
            Some(area) => Some(area),
            None => return Err(TerritoryError::NoSuchArea { code: code.clone() }.into()),
        },
        None => snapshot.root(),
    };
    let found = (!asked.is_empty()).then(|| search(&page, &snapshot, &asked, edge.now()));
    let mut grids = grids_page(page, &snapshot, area, edge.now());
    grids.query = asked;
    grids.found = found;
    Ok(Html(grids).into_response())
}

/// The page of an area: what lies in it as a list and as an outline.
fn grids_page(page: Page, snapshot: &Snapshot, area: Option<&Area>, now: Time) -> GridsPage {
    let is_root = area.is_none_or(|area| area.parent.is_none());
    let page = page.titled("谁负责我家", "Who serves my home");
    let heading = match area.filter(|_| !is_root) {
        Some(area) => area.name_in(page.actor.lang).to_owned(),
        None => page.title.clone(),
    };
    let path = area.map(|area| area.path.as_str()).unwrap_or_default();
    GridsPage {
        heading,
        crumbs: if is_root { Vec::new() } else { crumbs_to(&page, snapshot, path) },
        query: String::new(),
        found: None,
        groups: area.map(|area| groups_in(&page, snapshot, area, now)).unwrap_or_default(),
        outline: area.and_then(|area| outline_of(&page, snapshot, path, level_drawn(snapshot, area), None)),
        schematic: is_schematic(&page),
        page,
    }
}

/// The page of a grid that is no longer in force: the grids that lie there now.
pub fn successors_page(page: Page, snapshot: &Snapshot, past: &Area, now: Time) -> GridsPage {
    let successors = past.boundary.as_ref().map(|boundary| snapshot.successors(boundary)).unwrap_or_default();
    let above = crate::model::parent_path(&past.path).and_then(|path| snapshot.by_path(path));
    let found = successors.into_iter().map(|grid| link_to(&page, snapshot, grid, now)).collect();
    let mut grids = grids_page(page, snapshot, above.or(snapshot.root()), now);
    let name = past.name_in(grids.page.actor.lang).to_owned();
    let (zh, en) = (format!("{name}已重新划分，现在是："), format!("{name} has been redrawn. It is now:"));
    grids.heading = grids.page.tr(&zh, &en).to_owned();
    grids.found = Some(found);
    grids
}

/// The finest level that still gives every area room on a phone: communities of a whole, grids of a community.
fn level_drawn(snapshot: &Snapshot, area: &Area) -> AreaLevel {
    let is_middle = |a: &Area| matches!(a.level, AreaLevel::Community | AreaLevel::Village);
    let has_middle = snapshot.subtree(&area.path).any(|a| a.path != area.path && is_middle(a));
    if has_middle { AreaLevel::Community } else { AreaLevel::Grid }
}

/// Areas directly below, or where those are divided further, grouped by them.
fn groups_in(page: &Page, snapshot: &Snapshot, area: &Area, now: Time) -> Vec<AreaGroup> {
    let link = |area: &Area| link_to(page, snapshot, area, now);
    let is_grouped = area.parent.is_none()
        && snapshot.children(&area.path).all(|child| child.level == AreaLevel::Subdistrict);
    if !is_grouped {
        let areas = snapshot.children(&area.path).map(link).collect();
        return vec![AreaGroup { name: String::new(), tint: None, areas }];
    }
    let is_one_of_several = snapshot.children(&area.path).nth(1).is_some();
    let group = |(n, child): (usize, &Area)| AreaGroup {
        name: child.name_in(page.actor.lang).to_owned(),
        tint: is_one_of_several.then(|| tint_of(n)),
        areas: snapshot.children(&child.path).map(link).collect(),
    };
    snapshot.children(&area.path).enumerate().map(group).collect()
}

fn link_to(page: &Page, snapshot: &Snapshot, area: &Area, now: Time) -> AreaLink {
    AreaLink {
        name: area.name_in(page.actor.lang).to_owned(),
        note: note_of(page, snapshot, area, now),
        href: href_of(area.level, &area.code),
    }
}

/// Who serves a grid; how many grids are in anything larger.
fn note_of(page: &Page, snapshot: &Snapshot, area: &Area, now: Time) -> String {
    if area.level != AreaLevel::Grid {
        let grids = snapshot.subtree(&area.path).filter(|a| a.level == AreaLevel::Grid).count();
        let (zh, en) = (format!("{grids} 个网格"), format!("{grids} grids"));
        return page.tr(&zh, &en).to_owned();
    }
    let worker = snapshot.worker_post(&area.path).and_then(|post| snapshot.who_serves(post.id, now));
    match worker {
        Some(worker) => format!("{} {}", page.tr("网格员", "Worker"), worker.name),
        None => page.tr("岗位空缺，请打社区电话", "Vacant; please call the community").to_owned(),
    }
}

/// Areas whose name or code holds the words, larger ones first.
fn search(page: &Page, snapshot: &Snapshot, asked: &str, now: Time) -> Vec<AreaLink> {
    let words: Vec<String> = asked.split_whitespace().map(str::to_lowercase).collect();
    let holds = |area: &&Area| {
        let name = area.name.to_lowercase();
        let name_en = area.name_en.as_deref().unwrap_or_default().to_lowercase();
        let code = area.code.to_lowercase();
        words.iter().all(|word| name.contains(word) || name_en.contains(word) || code.starts_with(word))
    };
    let mut found: Vec<&Area> =
        snapshot.areas().iter().filter(|area| area.parent.is_some()).filter(holds).collect();
    found.sort_by_key(|area| area.level.rank());
    found.into_iter().take(FOUND_MAX).map(|area| link_to(page, snapshot, area, now)).collect()
}
