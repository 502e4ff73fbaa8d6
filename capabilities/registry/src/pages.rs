//! Residents' pages of the register: my data, what may be asked about it, the public notice; and the sheets a desk prints.

mod ask;
mod copy;
mod my_data;
mod notice;
mod plate;
mod sheets;
mod subject;

use axum::Router;
use axum::routing::{get, post};
use edge::{Edge, Page};
use platform::Time;

pub(crate) fn routes() -> Router<Edge> {
    Router::new()
        .route("/my/data", get(my_data::show_claim).post(my_data::send_claim))
        .route("/my/data/{person}", get(my_data::show))
        .route("/my/data/{person}/ask", get(ask::show).post(ask::send))
        .route("/my/data/{person}/withdraw", post(ask::withdraw))
        .route("/my/data/{person}/lift", post(ask::lift))
        .route("/my/data/{person}/copy", get(sheets::own_copy))
        .route("/my/data/{person}/copy.pdf", get(sheets::own_copy_pdf))
        .route("/my/data/{person}/copy.json", get(sheets::own_copy_json))
        .route("/privacy", get(notice::show))
        .route("/p", get(plate::find))
        .route("/p/{code}", get(plate::open))
        .route("/print/data/{person}", get(sheets::desk_copy))
        .route("/print/impact/{kind}", get(sheets::impact))
}

/// A moment for people and for programs.
#[derive(Clone, Debug)]
struct Moment {
    iso: String,
    words: String,
}

impl Moment {
    fn of(at: Time) -> Self {
        Self { iso: at.to_string(), words: at.local().strftime("%Y-%m-%d %H:%M").to_string() }
    }

    /// The day only.
    fn day(at: Time) -> Self {
        Self { iso: at.to_string(), words: at.local().strftime("%Y-%m-%d").to_string() }
    }
}

/// A law or standard as people read it: the catalogue's marks for its keepers, `[V]` and `[unverified]`, in words or not at all.
fn cited(page: &Page, source: &str) -> String {
    let mut parts = source.split('[');
    let mut words = parts.next().unwrap_or_default().trim_end().to_owned();
    for part in parts {
        let (mark, rest) = part.split_once(']').unwrap_or((part, ""));
        if mark.contains("unverified") {
            words.push_str(page.tr("（原文待核对）", " (to be checked)"));
        }
        words.push_str(rest.trim_end());
    }
    words
}

/// Months as people say them, after something has ended.
fn kept_words(page: &Page, months: i32) -> String {
    match months {
        0 => page.tr("注销即删除", "Removed when it ends").to_owned(),
        months if months % 12 == 0 => {
            let years = months / 12;
            format!("{}{years}{}", page.tr("注销后 ", "For "), page.tr(" 年", " years after it ends"))
        }
        months => {
            format!("{}{months}{}", page.tr("注销后 ", "For "), page.tr(" 个月", " months after it ends"))
        }
    }
}
