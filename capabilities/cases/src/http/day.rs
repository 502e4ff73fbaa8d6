//! One's own day, made from what was done anyway: nobody fills in a report about it.

use super::Answer;
use crate::day::{DEEDS_OF_DAY_MAX, Deed, deeds_of};
use crate::error::CaseError;
use crate::queries::day;
use axum::Json;
use axum::extract::State;
use edge::{Edge, QueryOf, Who};
use platform::{DAY, Fault, Problem, Time, Words};
use serde::{Deserialize, Serialize};
use store::Conn;
use utoipa::{IntoParams, ToSchema};

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
    let from = query.date.parse().map(Time::start_of).map_err(|_| {
        CaseError::invalid("date", "cases.bad_date", "日期写成 2026-11-21。", "Write the date as 2026-11-21.")
    })?;
    let (district, account) = (actor.district, actor.account.ok_or_else(Problem::sign_in)?);
    let posts = actor.posts.clone();
    let deeds = deeds_of(&edge, &actor, account, (from, from.after(DAY)), DEEDS_OF_DAY_MAX).await;
    let deeds = deeds.map_err(CaseError::from)?;
    let count = async move |conn: &mut Conn| day::count_open(conn, district, &posts).await;
    let open = edge.db.read::<_, Fault, _>(count).await.map_err(CaseError::from)?;
    let done = deeds.iter().filter(|deed| deed.is_work_done).count();
    Ok(Json(DayView { deeds: deeds.into_iter().map(DeedView::from).collect(), done, open }))
}

impl From<Deed> for DeedView {
    fn from(deed: Deed) -> Self {
        Self {
            at: deed.at,
            number: deed.number,
            action: deed.action,
            action_words: deed.action_words,
            type_words: deed.type_words,
            place: deed.place,
            note: deed.note,
        }
    }
}
