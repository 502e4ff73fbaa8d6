//! One's own day, made from what was done anyway: nobody fills in a report about it.

use super::{Answer, viewer};
use crate::error::CaseError;
use crate::queries::day;
use crate::stage;
use crate::view::Viewer;
use axum::Json;
use axum::extract::State;
use edge::{Edge, QueryOf, Who};
use jiff::civil::Date;
use platform::{Fault, Problem, Time, Words};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use store::Conn;
use utoipa::{IntoParams, ToSchema};

/// China has had no daylight saving since 1991.
const DAY: Duration = Duration::from_secs(24 * 3600);

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ShowDay {
    /// `2026-11-21`, a day in China.
    date: String,
}

/// A step one took.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeedView {
    pub at: Time,
    pub number: String,
    pub action: String,
    pub action_words: Words,
    pub type_words: Words,
    pub place: String,
    pub note: Option<String>,
}

/// A day of the caller's own.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DayView {
    /// Newest first.
    pub deeds: Vec<DeedView>,
    /// Cases finished, answered or checked that day.
    pub done: usize,
    /// Cases that wait for the caller's posts now.
    pub open: i64,
}

/// 我这一天办了什么。 · What the caller did on a day.
#[utoipa::path(get, path = "/api/cases/day", tag = "cases", operation_id = "show_day", params(ShowDay),
    responses((status = 200, body = DayView), (status = 401, body = Problem), (status = 422, body = Problem)))]
pub async fn show_day(
    State(edge): State<Edge>,
    who: Who,
    QueryOf(query): QueryOf<ShowDay>,
) -> Answer<DayView> {
    let actor = who.signed_in()?.clone();
    let from = start_of(&query.date).ok_or_else(|| {
        CaseError::invalid("date", "cases.bad_date", "日期写成 2026-11-21。", "Write the date as 2026-11-21.")
    })?;
    let (district, account) = (actor.district, actor.account.ok_or_else(Problem::sign_in)?);
    let posts = actor.posts.clone();
    let (rows, open) = edge
        .db
        .read(async move |conn: &mut Conn| {
            let rows = day::list_deeds(conn, district, account, from, from.after(DAY)).await?;
            Ok::<_, Fault>((rows, day::count_open(conn, district, &posts).await?))
        })
        .await
        .map_err(CaseError::from)?;
    let viewer = viewer(&edge, &actor);
    let deeds: Vec<DeedView> = rows.iter().map(|row| deed(&viewer, row)).collect();
    let is_done = |row: &&day::DeedRow| {
        stage::is_work_done(viewer.rules.workflow_at(row.workflow_version), &row.action)
    };
    let done = rows.iter().filter(is_done).count();
    Ok(Json(DayView { deeds, done, open }))
}

/// Midnight in China.
fn start_of(date: &str) -> Option<Time> {
    let midnight = date.parse::<Date>().ok()?.at(0, 0, 0, 0);
    let zone = Time::from_micros(0).local().time_zone().clone();
    Some(Time::from_micros(midnight.to_zoned(zone).ok()?.timestamp().as_microsecond()))
}

fn deed(viewer: &Viewer, row: &day::DeedRow) -> DeedView {
    DeedView {
        at: row.at,
        number: row.number.clone(),
        action: row.action.clone(),
        action_words: viewer.action_words(row.workflow_version, &row.action),
        type_words: viewer.type_words(&row.type_code),
        place: viewer.place_words(&row.area_path, row.address.as_deref()),
        note: row.note.clone(),
    }
}
