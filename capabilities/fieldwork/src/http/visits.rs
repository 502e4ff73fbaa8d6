//! A visit: the home with who lives there and how old each fact is, what was reported there, what the home wishes; looked at for a purpose.

use super::today::{About, TaskLine, line_of};
use super::{face_of, staff};
use crate::access::WORK;
use crate::catalogue::VisitBook;
use crate::commands;
use crate::error::FieldworkError;
use crate::model::{
    Basis, Consent, Outcome, Said, TASK_KEEPING, Task, TaskId, TaskNote, TaskState, VisitRule, Wishes,
    rule_of,
};
use crate::store;
use ::store::{Conn, Tx};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use cases::CaseLine;
use edge::{Body, Edge, PathOf, Who};
use platform::{Fault, Problem, Time, Words};
use registry::{HomeView, RecordId};
use serde::Serialize;
use utoipa::ToSchema;

/// Why somebody looks who visits.
const VISIT: &str = "visit";
/// Cases of one home that are shown.
const CASES_MAX: usize = 10;

/// A visit rule, for who visits and for who is visited.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RuleView {
    pub key: String,
    pub words: Words,
    /// Shown to the resident: why, and what is asked.
    pub reason: Words,
    pub asks: Words,
    pub service: Words,
    /// The law; none where the basis is consent.
    pub law: Option<String>,
    /// The basis is consent: the first visit asks, and without a yes there is no second.
    pub needs_consent: bool,
    pub every: crate::model::Every,
    /// Of one visit, with the way there.
    pub minutes: i64,
}

impl From<&VisitRule> for RuleView {
    fn from(rule: &VisitRule) -> Self {
        Self {
            key: rule.key.clone(),
            words: rule.words.clone(),
            reason: rule.reason.clone(),
            asks: rule.asks.clone(),
            service: rule.service.clone(),
            law: match &rule.basis {
                Basis::Law(law) => Some(law.clone()),
                Basis::Consent => None,
            },
            needs_consent: rule.needs_consent(),
            every: rule.every,
            minutes: rule.minutes,
        }
    }
}

/// What was said of a task at the door.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NoteView {
    pub at: Time,
    pub by: String,
    pub outcome: Outcome,
    pub words: Option<String>,
}

impl From<&TaskNote> for NoteView {
    fn from(note: &TaskNote) -> Self {
        Self { at: note.at, by: note.by_name.clone(), outcome: note.outcome, words: note.words.clone() }
    }
}

/// A home's wishes, and who wrote them down when.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct WishesView {
    #[serde(flatten)]
    pub wishes: Wishes,
    pub changed_at: Option<Time>,
    pub changed_by: Option<String>,
}

impl From<store::wishes::KeptWishes> for WishesView {
    fn from(kept: store::wishes::KeptWishes) -> Self {
        Self { wishes: kept.wishes, changed_at: Some(kept.changed_at), changed_by: Some(kept.changed_by) }
    }
}

/// A task as it is done.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct VisitView {
    pub task: TaskLine,
    pub state: TaskState,
    pub outcome: Option<Outcome>,
    pub done_at: Option<Time>,
    pub done_by: Option<String>,
    pub notes: Vec<NoteView>,
    /// What the resident said, and when.
    pub said: Option<Said>,
    pub said_at: Option<Time>,
    pub rule: Option<RuleView>,
    /// What was said to a rule that needs consent; none: ask first.
    pub consent: Option<Consent>,
    /// The home with who lives there; each value tells how old it is.
    pub home: Option<HomeView>,
    pub wishes: WishesView,
    /// Open cases that name the address.
    pub cases: Vec<CaseLine>,
    /// What the resident may scan to read why somebody is there.
    pub page: String,
}

/// 一次走访：住的人、每项信息多久没确认、在办事件、走访意愿（留痕）。A task as it is done: who lives there, how old each fact is, open cases, wishes. A look with purpose `visit`.
#[utoipa::path(get, path = "/api/fieldwork/tasks/{id}", tag = "fieldwork", operation_id = "show_task", params(("id" = TaskId, Path)),
    responses((status = 200, body = VisitView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 429, body = Problem)))]
pub async fn show_task(
    State(edge): State<Edge>,
    who: Who,
    headers: HeaderMap,
    PathOf(id): PathOf<TaskId>,
) -> Result<Json<VisitView>, Problem> {
    let actor = staff(&who, &[&WORK])?;
    registry::looks::slow_down(&edge, actor).await?;
    let viewer = registry::viewer(&edge, actor);
    let now = edge.now();
    let look = async move |tx: &mut Tx| {
        let (district, keys) = (tx.district(), store::keys(tx)?);
        let task = store::tasks::load_for(tx, id, &WORK).await?;
        let book = tx.fixture::<VisitBook>();
        let about = About::read(tx, &keys, &book, district, std::slice::from_ref(&task)).await?;
        let home = match about.home_of(&task) {
            Some(home) => registry::look_at_home(tx, home, VISIT, &viewer).await.map(Some),
            None => Ok(None),
        };
        let home = home.map_err(|e| FieldworkError::from(Problem::from(e)))?;
        let wishes = match home.as_ref().map(|home| home.dwelling.id) {
            Some(home) => store::wishes::of_homes(tx, &keys, district, &[home]).await?.remove(&home),
            None => None,
        };
        let line = line_of(&task, &about, now.local().date(), now).ok_or(FieldworkError::NotFound)?;
        Ok::<_, FieldworkError>((task, line, home, wishes))
    };
    let (task, line, home, wishes) = edge.db.write(actor, look).await?;
    let cases = match &home {
        Some(home) => cases::list_at_address(&edge, actor, &home.dwelling.label, CASES_MAX).await?,
        None => Vec::new(),
    };
    let page = format!("{}/v/{}", face_of(&edge, actor.district, &headers), task.code);
    let wishes = wishes.map(WishesView::from).unwrap_or_default();
    Ok(Json(visit_of(&edge, task, line, home, wishes, cases, page)))
}

fn visit_of(
    edge: &Edge,
    task: Task,
    line: TaskLine,
    home: Option<HomeView>,
    wishes: WishesView,
    cases: Vec<CaseLine>,
    page: String,
) -> VisitView {
    let book = edge.fixture::<VisitBook>();
    let rule = rule_of(&task.cause).and_then(|key| book.rule(key));
    VisitView {
        state: task.state,
        outcome: task.outcome,
        done_at: task.done_at,
        done_by: task.done_by_name.clone(),
        notes: task.notes.open(TASK_KEEPING).iter().map(NoteView::from).collect(),
        said: task.said,
        said_at: task.said_at,
        consent: rule.and_then(|rule| wishes.wishes.consent(&rule.key)),
        rule: rule.map(RuleView::from),
        task: line,
        home,
        wishes,
        cases,
        page,
    }
}

/// 任务的二维码（给居民扫）：打开说明来由的页面。The code a resident may scan: opens the page that tells why somebody is there.
#[utoipa::path(get, path = "/api/fieldwork/tasks/{id}/code.svg", tag = "fieldwork", operation_id = "draw_task_code", params(("id" = TaskId, Path)),
    responses((status = 200, content_type = "image/svg+xml", body = String), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn draw_task_code(
    State(edge): State<Edge>,
    who: Who,
    headers: HeaderMap,
    PathOf(id): PathOf<TaskId>,
) -> Result<Response, Problem> {
    let actor = staff(&who, &[&WORK])?;
    let district = actor.district;
    let read = async move |conn: &mut Conn| store::tasks::find(conn, district, id).await;
    let row = edge.db.read::<_, Fault, _>(read).await.map_err(FieldworkError::from)?;
    let row = row.ok_or(FieldworkError::NotFound)?;
    crate::access::require(actor, &WORK, &row.area_path)?;
    let url = format!("{}/v/{}", face_of(&edge, district, &headers), row.code);
    let code = paper::Code::of(&url)
        .ok_or_else(|| FieldworkError::from(Fault::broken("an address is too long for a code")))?;
    let (side, path) = (code.squares(), code.svg_path());
    let svg = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" shape-rendering="crispEdges"><rect width="{side}" height="{side}" fill="white"/><path d="{path}"/></svg>"#
    );
    Ok(([(header::CONTENT_TYPE, "image/svg+xml"), (header::CACHE_CONTROL, "no-store")], svg).into_response())
}

/// 一户的走访意愿：免打扰时间、同意与否、怎么来。What a home wishes for visits: quiet times, consent, how to come. A look with purpose `visit`.
#[utoipa::path(get, path = "/api/fieldwork/homes/{id}/wishes", tag = "fieldwork", operation_id = "show_wishes", params(("id" = RecordId, Path)),
    responses((status = 200, body = WishesView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 429, body = Problem)))]
pub async fn show_wishes(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<RecordId>,
) -> Result<Json<WishesView>, Problem> {
    let actor = staff(&who, &[&WORK])?;
    registry::looks::slow_down(&edge, actor).await?;
    let viewer = registry::viewer(&edge, actor);
    let look = async move |tx: &mut Tx| {
        let home = registry::look_at_home(tx, id, VISIT, &viewer).await;
        let home = home.map_err(|e| FieldworkError::from(Problem::from(e)))?.dwelling.id;
        let (district, keys) = (tx.district(), store::keys(tx)?);
        let kept = store::wishes::of_homes(tx, &keys, district, &[home]).await?.remove(&home);
        Ok::<_, FieldworkError>(kept.map(WishesView::from).unwrap_or_default())
    };
    Ok(Json(edge.db.write(actor, look).await?))
}

/// 记下一户的走访意愿。Writes down what a home wishes for visits, in the place of what was there.
#[utoipa::path(put, path = "/api/fieldwork/homes/{id}/wishes", tag = "fieldwork", operation_id = "save_wishes", params(("id" = RecordId, Path)),
    request_body = Wishes,
    responses((status = 200, body = Wishes), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn save_wishes(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<RecordId>,
    Body(wishes): Body<Wishes>,
) -> Result<Json<Wishes>, Problem> {
    let actor = staff(&who, &[&WORK])?;
    let save = async move |tx: &mut Tx| commands::save_wishes(tx, id, wishes.clone()).await;
    Ok(Json(edge.db.write(actor, save).await?))
}
