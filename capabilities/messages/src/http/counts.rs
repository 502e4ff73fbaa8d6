//! Routes about what was sent: numbers of a day, the rows behind each, and what a fact caused. Never to whom.

use crate::access::{VIEW_COUNTS, may};
use crate::catalogue::TemplateBook;
use crate::error::MessageError;
use crate::model::{MessageState, Why, start_of_day};
use crate::queries::{self, DayCount, SentRow};
use ::store::Conn;
use axum::Json;
use axum::extract::State;
use edge::{Edge, PathOf, QueryOf, Who};
use jiff::civil::Date;
use platform::{DAY, FactId, Problem, Time, Words};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

const LINES_MAX: i64 = 100;

pub(crate) fn routes() -> OpenApiRouter<Edge> {
    OpenApiRouter::new().routes(routes!(count_sent)).routes(routes!(list_sent)).routes(routes!(list_caused))
}

/// How many messages of one kind have come how far.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SentCount {
    pub template: String,
    pub words: Words,
    pub state: MessageState,
    pub why: Option<Why>,
    pub why_words: Option<Words>,
    pub count: i64,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SentCounts {
    pub day: String,
    pub items: Vec<SentCount>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SentMessages {
    pub items: Vec<SentRow>,
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct DayQuery {
    /// `2026-03-02`, a day in China; today where it is not said.
    day: Option<String>,
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct BehindQuery {
    /// `2026-03-02`, a day in China; today where it is not said.
    day: Option<String>,
    template: String,
    #[param(inline)]
    state: MessageState,
}

/// 某天发出多少消息。How many messages were made on a day, by template and state.
#[utoipa::path(get, path = "/api/messages/counts", tag = "messages", operation_id = "count_messages", params(DayQuery),
    responses((status = 200, body = SentCounts), (status = 401, body = Problem), (status = 403, body = Problem), (status = 422, body = Problem)))]
async fn count_sent(
    State(edge): State<Edge>,
    Who(actor): Who,
    QueryOf(query): QueryOf<DayQuery>,
) -> Result<Json<SentCounts>, Problem> {
    may(&actor, &VIEW_COUNTS)?;
    let (day, window) = window_of(query.day.as_deref(), edge.now())?;
    let district = actor.district;
    let read = async move |conn: &mut Conn| queries::of_day(conn, district, window).await;
    let found = edge.db.read(read).await.map_err(|fault| Problem::from(&fault))?;
    let book = edge.fixture::<TemplateBook>();
    let view = |row: DayCount| SentCount {
        words: book
            .find(&row.template)
            .map_or_else(|| Words::new(row.template.clone(), row.template.clone()), |t| t.words.clone()),
        template: row.template,
        state: row.state,
        why_words: row.why.map(Why::words),
        why: row.why,
        count: row.n,
    };
    Ok(Json(SentCounts { day: day.to_string(), items: found.into_iter().map(view).collect() }))
}

/// 一个数字背后的消息（最多100条）。The messages behind a number, at most 100.
#[utoipa::path(get, path = "/api/messages/sent", tag = "messages", operation_id = "list_messages", params(BehindQuery),
    responses((status = 200, body = SentMessages), (status = 401, body = Problem), (status = 403, body = Problem), (status = 422, body = Problem)))]
async fn list_sent(
    State(edge): State<Edge>,
    Who(actor): Who,
    QueryOf(query): QueryOf<BehindQuery>,
) -> Result<Json<SentMessages>, Problem> {
    may(&actor, &VIEW_COUNTS)?;
    let (_, window) = window_of(query.day.as_deref(), edge.now())?;
    let (district, behind) = (actor.district, (query.template, query.state));
    let read =
        async move |conn: &mut Conn| queries::behind(conn, district, window, behind.clone(), LINES_MAX).await;
    let items = edge.db.read(read).await.map_err(|fault| Problem::from(&fault))?;
    Ok(Json(SentMessages { items }))
}

/// 一件事引起的消息（最多100条）。The messages a fact caused, at most 100.
#[utoipa::path(get, path = "/api/messages/of-fact/{fact}", tag = "messages", operation_id = "list_messages_of_fact",
    params(("fact" = uuid::Uuid, Path)),
    responses((status = 200, body = SentMessages), (status = 401, body = Problem), (status = 403, body = Problem)))]
async fn list_caused(
    State(edge): State<Edge>,
    Who(actor): Who,
    PathOf(fact): PathOf<uuid::Uuid>,
) -> Result<Json<SentMessages>, Problem> {
    may(&actor, &VIEW_COUNTS)?;
    let district = actor.district;
    let read = async move |conn: &mut Conn| queries::of_fact(conn, district, FactId(fact), LINES_MAX).await;
    let items = edge.db.read(read).await.map_err(|fault| Problem::from(&fault))?;
    Ok(Json(SentMessages { items }))
}

/// From midnight to midnight.
fn window_of(day: Option<&str>, now: Time) -> Result<(Date, (Time, Time)), MessageError> {
    let today = now.local().date();
    let day = match day {
        None => today,
        Some(text) => text.parse().map_err(|_| {
            MessageError::invalid("day", "messages.bad_day", "日期写成 2026-03-02。", "A day is 2026-03-02.")
        })?,
    };
    let midnight = format!("{day}T00:00:00+08:00");
    let from: Time = midnight.parse().unwrap_or_else(|_| start_of_day(now));
    Ok((day, (from, from.after(DAY))))
}
