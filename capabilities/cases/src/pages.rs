//! Resident pages of cases: home, report in steps that also work without a script, receipt, follow, answer, rate.

mod answer;
mod case;
mod file;
mod follow;
mod shared;

use crate::intake;
use crate::photos::{PHOTO_BYTES_MAX, PHOTOS_MAX};
use askama::Template;
use axum::Router;
use axum::routing::{get, post};
use edge::{Edge, Html, Page};
use platform::limits::MIB;

pub fn routes() -> Router<Edge> {
    Router::new()
        .route("/", get(home))
        .route("/help", get(help))
        .route("/report", get(file::show).post(file::send).layer(intake::form_limit()))
        .route("/receipt/{number}", get(follow::receipt))
        .route("/follow", get(follow::show).post(follow::open))
        .route("/my", get(follow::my))
        .route("/case/{number}", get(case::show))
        .route("/case/{number}/{action}", post(answer::send).layer(intake::form_limit()))
        .route("/case/{number}/me-too", post(case::me_too))
        .route("/photo/{number}/{file}", get(case::photo))
}

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage {
    page: Page,
}

async fn home(page: Page) -> Html<HomePage> {
    Html(HomePage { page: page.titled("首页", "Home") })
}

#[derive(Template)]
#[template(path = "help.html")]
struct HelpPage {
    page: Page,
    photos_max: usize,
    photo_mib_max: u64,
}

async fn help(page: Page) -> Html<HelpPage> {
    let page = page.titled("求助与说明", "Help");
    Html(HelpPage { page, photos_max: PHOTOS_MAX, photo_mib_max: PHOTO_BYTES_MAX / MIB })
}
