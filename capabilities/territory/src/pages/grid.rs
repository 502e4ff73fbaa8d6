//! The public posting of one grid: name, outline, who serves it, how to complain (滨州网格条例 art. 6).

use super::find::successors_page;
use super::outline::{Outline, href_of, outline_of};
use super::{Crumb, crumbs_to, current, day_words, is_schematic};
use crate::http::last_version;
use crate::model::{Area, AreaLevel, HoldingRole, Post, Snapshot, parent_path};
use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use edge::{Edge, Html, Page, PathOf};
use platform::{Problem, Time};

struct PostPerson {
    post: String,
    name: String,
    phone: Option<String>,
}

#[derive(Template)]
#[template(path = "grid.html")]
struct GridPage {
    page: Page,
    code: String,
    name: String,
    kind_words: String,
    crumbs: Vec<Crumb>,
    people: Vec<PostPerson>,
    supervision_phone: Option<String>,
    households: Option<u32>,
    since_words: String,
    outline: Option<Outline>,
    schematic: bool,
}

/// `GET /grids/{code}`
pub async fn show_grid(
    State(edge): State<Edge>,
    page: Page,
    PathOf(code): PathOf<String>,
) -> Result<Response, Problem> {
    let snapshot = current(&edge, &page).await?;
    let now = edge.now();
    match snapshot.by_code(&code) {
        Some(area) if area.level == AreaLevel::Grid => {
            Ok(Html(grid_page(page, &snapshot, area, now)).into_response())
        }
        Some(area) => Ok(Redirect::to(&href_of(area.level, &area.code)).into_response()),
        None => {
            let past = last_version(&edge, page.district.district, code).await?;
            Ok(Html(successors_page(page, &snapshot, &past, now)).into_response())
        }
    }
}

fn grid_page(page: Page, snapshot: &Snapshot, grid: &Area, now: Time) -> GridPage {
    let name = grid.name_in(page.actor.lang).to_owned();
    let mut page = page.titled(&name, &name);
    let desk = snapshot.desk_post(&grid.path);
    page.phone = desk.and_then(|post| post.phone.clone()).or(page.phone);
    let around = parent_path(&grid.path).unwrap_or(&grid.path);
    GridPage {
        code: grid.code.clone(),
        name,
        kind_words: page.words(&grid.kind.words()).to_owned(),
        crumbs: crumbs_to(&page, snapshot, &grid.path),
        people: people(&page, snapshot, grid, desk, now),
        supervision_phone: page.district.setting("supervision_phone").map(str::to_owned),
        households: grid.households,
        since_words: day_words(&page, grid.valid_from),
        outline: outline_of(&page, snapshot, around, AreaLevel::Grid, Some(&grid.code)),
        schematic: is_schematic(&page),
        page,
    }
}

/// The worker and the stand-in, the leader, and the desk of the subdistrict.
fn people(page: &Page, snapshot: &Snapshot, grid: &Area, desk: Option<&Post>, now: Time) -> Vec<PostPerson> {
    let posts = [snapshot.worker_post(&grid.path), snapshot.leader_post(&grid.path)];
    let mut people = Vec::new();
    for post in posts.into_iter().flatten() {
        for holding in snapshot.holders(post.id, now) {
            let kind = match holding.role {
                HoldingRole::Main => page.words(&post.kind.words()).to_owned(),
                HoldingRole::StandIn => page.tr("替班（AB岗）", "Stand-in").to_owned(),
            };
            let away = if holding.is_present_at(now) { "" } else { page.tr("（请假中）", " (away)") };
            people.push(PostPerson {
                post: format!("{kind}{away}"),
                name: holding.name.clone(),
                phone: holding.phone.clone().or_else(|| post.phone.clone()),
            });
        }
    }
    if let Some(desk) = desk.filter(|desk| desk.phone.is_some()) {
        let name = if page.actor.lang == platform::Lang::En { desk.name_en.as_ref() } else { None };
        people.push(PostPerson {
            post: page.words(&desk.kind.words()).to_owned(),
            name: name.unwrap_or(&desk.name).clone(),
            phone: desk.phone.clone(),
        });
    }
    people
}
