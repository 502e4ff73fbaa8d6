//! Queues, counts, search, and one case whole.

use super::{Answer, case_id, mark_of, viewer};
use crate::commands;
use crate::error::CaseError;
use crate::model::FollowerKind;
use crate::queries::{self, Filter, Queue};
use crate::rules::Rules;
use crate::view::{CaseLine, CaseView};
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use edge::{Edge, PathOf, QueryOf, Who};
use platform::{Actor, Cursor, OrganisationId, Page, PostId, Problem, limits};
use serde::{Deserialize, Serialize};
use store::Conn;
use utoipa::{IntoParams, ToSchema};

/// Which cases, in which order, from where on.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListCases {
    /// `mine` (default: my posts, what is due first), `newest` (my posts, newest first), `area` (open, newest first), `due` (open,
    /// what is due first), `overdue`, `waiting` (for the reporter's word), `all`, `unit`, `reported` (a resident's own)
    queue: Option<String>,
    /// A post, for `mine` and `newest`.
    post: Option<PostId>,
    /// An area's path, for `area`, `due`, `overdue`, `waiting` and `all`.
    area: Option<String>,
    /// A type's code, for all queues but `newest`, `area` and `reported`.
    #[serde(rename = "type")]
    #[param(rename = "type")]
    type_code: Option<String>,
    /// A state, for the same queues.
    state: Option<String>,
    organisation: Option<OrganisationId>,
    after: Option<String>,
    /// 1 to 100, 50 if absent.
    limit: Option<u32>,
}

/// 事件列表（按队列）。 · Lists the cases of a queue, page by page.
#[utoipa::path(get, path = "/api/cases", tag = "cases", operation_id = "list_cases", params(ListCases),
    responses((status = 200, body = Page<CaseLine>), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub async fn list_cases(
    State(edge): State<Edge>,
    who: Who,
    QueryOf(query): QueryOf<ListCases>,
) -> Answer<Page<CaseLine>> {
    let actor = who.signed_in()?.clone();
    let queue = queue(&edge.fixture::<Rules>(), &actor, &query)?;
    queries::check_queue(&actor, &queue)?;
    let (now, district) = (edge.now(), actor.district);
    let limit = query.limit.unwrap_or(limits::PAGE_ROWS_DEFAULT);
    let after = query.after.map(Cursor);
    queries::check_cursor(&queue, after.as_ref())?;
    if matches!(queue, Queue::Account(_)) && after.is_none() {
        edge.db.write(&actor, commands::claim_reports).await?;
    }
    let page = edge
        .db
        .read(async move |conn: &mut Conn| {
            queries::list(conn, district, &queue, now, after.as_ref(), limit).await
        })
        .await
        .map_err(CaseError::from)?;
    let viewer = viewer(&edge, &actor);
    Ok(Json(Page { items: page.items.iter().map(|l| viewer.line(l)).collect(), next: page.next }))
}

fn queue(rules: &Rules, actor: &Actor, query: &ListCases) -> Result<Queue, CaseError> {
    let posts = || query.post.map_or_else(|| actor.posts.to_vec(), |p| vec![p]);
    let area = || query.area.clone().unwrap_or_else(|| actor.district.to_string());
    let filter = Filter {
        type_code: query.type_code.clone().filter(|t| !t.is_empty()),
        states: query.state.clone().filter(|s| !s.is_empty()).into_iter().collect(),
        overdue: false,
    };
    let queue = match query.queue.as_deref() {
        None if query.post.is_none() => default_queue(actor, &filter)?,
        None | Some("mine") => Queue::PostsDue(posts(), filter.clone()),
        Some("newest") => Queue::Posts(posts()),
        Some("area") => Queue::Area(area()),
        Some("due") => Queue::AreaDue(area(), filter.clone()),
        Some("overdue") => Queue::AreaDue(area(), Filter { overdue: true, ..filter.clone() }),
        Some("waiting") => Queue::AreaDue(area(), waiting(rules.reporter_states(), &filter)?),
        Some("all") => Queue::AreaAll(area(), filter.clone()),
        Some("unit") => Queue::Unit(query.organisation.ok_or(CaseError::NotFound)?, filter.clone()),
        Some("reported") => Queue::Account(actor.account.ok_or(CaseError::Forbidden(&crate::access::VIEW))?),
        Some(_) => {
            return Err(CaseError::invalid(
                "queue",
                "cases.unknown_queue",
                "没有这个队列。",
                "There is no such queue.",
            ));
        }
    };
    check_filter(&queue, &filter)?;
    Ok(queue)
}

/// Those the reporter has the word on, or of them the one state asked for.
fn waiting(states: Vec<String>, filter: &Filter) -> Result<Filter, CaseError> {
    if filter.states.is_empty() {
        return Ok(Filter { states, ..filter.clone() });
    }
    if filter.states.iter().all(|s| states.contains(s)) {
        return Ok(filter.clone());
    }
    Err(no_filter("state"))
}

fn default_queue(actor: &Actor, filter: &Filter) -> Result<Queue, CaseError> {
    Ok(match queries::default_queue(actor)? {
        Queue::PostsDue(posts, _) => Queue::PostsDue(posts, filter.clone()),
        Queue::Unit(unit, _) => Queue::Unit(unit, filter.clone()),
        other => other,
    })
}

/// A filter that would be passed over in silence is refused: the list would claim to be what it is not.
fn check_filter(queue: &Queue, filter: &Filter) -> Result<(), CaseError> {
    let filters =
        matches!(queue, Queue::PostsDue(..) | Queue::AreaDue(..) | Queue::AreaAll(..) | Queue::Unit(..));
    match (&filter.type_code, filter.states.first()) {
        (Some(_), _) if !filters => Err(no_filter("type")),
        (_, Some(_)) if !filters => Err(no_filter("state")),
        _ => Ok(()),
    }
}

fn no_filter(field: &'static str) -> CaseError {
    CaseError::invalid(
        field,
        "cases.no_filter",
        "这个队列不能这样筛选，请换“在办”“超时”“全部”或“我的”。",
        "This queue cannot be filtered so; take the open, the overdue, all, or your own.",
    )
}

/// Open cases of one area.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AreaOpen {
    pub area_path: String,
    pub open: i64,
    pub overdue: i64,
    /// The highest rank of urging among them.
    pub level_max: i64,
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CountCases {
    /// The area's path; absent: the district.
    area: Option<String>,
}

/// 各网格在办数。 · Counts open cases by grid.
#[utoipa::path(get, path = "/api/cases/counts", tag = "cases", operation_id = "count_cases", params(CountCases),
    responses((status = 200, body = Vec<AreaOpen>), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub async fn count_cases(
    State(edge): State<Edge>,
    who: Who,
    QueryOf(query): QueryOf<CountCases>,
) -> Answer<Vec<AreaOpen>> {
    let actor = who.signed_in()?.clone();
    let path = query.area.unwrap_or_else(|| actor.district.to_string());
    queries::check_queue(&actor, &Queue::Area(path.clone()))?;
    let (now, district) = (edge.now(), actor.district);
    let counts = edge
        .db
        .read(async move |conn: &mut Conn| queries::count_by_area(conn, district, &path, now).await)
        .await
        .map_err(CaseError::from)?;
    let view = |c: queries::AreaCount| AreaOpen {
        area_path: c.area_path,
        open: c.open,
        overdue: c.overdue,
        level_max: c.level_max,
    };
    Ok(Json(counts.into_iter().map(view).collect()))
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SearchCases {
    /// Words, a number, a place; a reporter's phone for those who may see reporters.
    q: String,
    limit: Option<u32>,
}

/// 搜索事件。 · Finds cases by words, number or place.
#[utoipa::path(get, path = "/api/cases/search", tag = "cases", operation_id = "search_cases", params(SearchCases),
    responses((status = 200, body = Vec<CaseLine>), (status = 401, body = Problem)))]
pub async fn search_cases(
    State(edge): State<Edge>,
    who: Who,
    QueryOf(query): QueryOf<SearchCases>,
) -> Answer<Vec<CaseLine>> {
    let actor = who.signed_in()?.clone();
    let asking = actor.clone();
    let limit = query.limit.unwrap_or(limits::PAGE_ROWS_DEFAULT);
    let lines = edge
        .db
        .read(async move |conn: &mut Conn| queries::find_words(conn, &asking, &query.q, limit).await)
        .await
        .map_err(CaseError::from)?;
    let viewer = viewer(&edge, &actor);
    Ok(Json(lines.iter().map(|l| viewer.line(l)).collect()))
}

/// 一件事的全部：时间线、时限、可做的操作。 · One case whole: timeline, clock, what may be done.
#[utoipa::path(get, path = "/api/cases/{id}", tag = "cases", operation_id = "find_case",
    params(("id" = String, Path, description = "id or number")),
    responses((status = 200, body = CaseView), (status = 404, body = Problem)))]
pub async fn find_case(
    State(edge): State<Edge>,
    Who(actor): Who,
    headers: HeaderMap,
    PathOf(id): PathOf<String>,
) -> Answer<CaseView> {
    let id = case_id(&edge, &actor, &id).await?;
    let mark = mark_of(&edge, &actor, id, &headers).await?;
    let asking = actor.clone();
    let whole =
        edge.db.read(async move |conn: &mut Conn| queries::find_whole(conn, &asking, id, mark).await).await?;
    let following = following(&whole, &actor, mark);
    Ok(Json(viewer(&edge, &actor).case(&whole, following)))
}

/// What the viewer is to the case they have read.
pub(crate) fn following(
    whole: &queries::Whole,
    actor: &Actor,
    mark: Option<crate::model::FollowerId>,
) -> Option<FollowerKind> {
    let by_mark = |f: &&crate::store::Follower| Some(f.id) == mark;
    let by_account = |f: &&crate::store::Follower| actor.account.is_some() && f.account_id == actor.account;
    whole.followers.iter().find(|f| by_mark(f) || by_account(f)).map(|f| f.kind)
}
