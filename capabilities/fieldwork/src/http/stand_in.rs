//! AB 岗: "I am away", who takes over and what comes along, and handing back with what was done meanwhile. A post's own people hold no
//! permission for it, and a stand-in may hold none at all before: the post decides.

use super::days::{DayReport, report};
use super::today::{TaskLine, lines_of};
use crate::commands::{self, BeginStandIn};
use crate::days::{Span, deeds_of};
use crate::error::FieldworkError;
use crate::model::{KEEPING_REASONS, StandIn, StandInId};
use crate::store;
use ::store::{Conn, Tx};
use axum::Json;
use axum::extract::State;
use cases::CaseLine;
use edge::{Body, Edge, PathOf, Who};
use platform::{AccountId, Actor, Fault, PostId, Problem, Time};
use seal::Vault;
use serde::{Deserialize, Serialize};
use territory::{HoldingRole, Map, PostKind, STAND_IN};
use utoipa::ToSchema;

/// Who is away, and until when.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StandInBody {
    /// The post; or the grid whose worker's post is meant; neither: every grid one is the worker of.
    pub post: Option<PostId>,
    /// The path of a grid.
    pub grid: Option<String>,
    /// None: from now on.
    pub from: Option<Time>,
    pub until: Time,
    /// Who is to stand in at a post that has no stand-in: somebody who holds a post of the district. Only who arranges it says so.
    pub by: Option<AccountId>,
    /// At most 200 characters; nobody has to say why. Kept sealed.
    #[serde(default)]
    pub reason: String,
}

/// A post that somebody else serves for a time.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StandInView {
    pub id: StandInId,
    pub post: PostId,
    pub post_name: String,
    pub area_path: String,
    /// Who is away.
    pub main: String,
    /// Who serves.
    pub by: String,
    pub from: Time,
    pub until: Time,
    pub ended_at: Option<Time>,
    /// Shown to those it concerns; may be empty.
    pub reason: String,
    /// Whether the caller is the one who serves.
    pub by_me: bool,
}

/// What comes along with a post.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ComesAlong {
    /// Open tasks of the grid, what is due first.
    pub tasks: Vec<TaskLine>,
    /// Cases whose next step is the post's, what is due first.
    pub cases: Vec<CaseLine>,
}

/// A post that was taken over, and what comes along.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TakenOver {
    #[serde(flatten)]
    pub stand_in: StandInView,
    pub along: ComesAlong,
}

/// A post that was handed back, and what was done at it meanwhile.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HandedBack {
    #[serde(flatten)]
    pub stand_in: StandInView,
    pub done: DayReport,
}

/// 顶岗：一步交给 B 岗，连同任务和事件。Have the stand-in serve a post for a time: its tasks, its cases and what its phone carries come along.
#[utoipa::path(post, path = "/api/fieldwork/stand-in", tag = "fieldwork", operation_id = "begin_stand_in", request_body = StandInBody,
    responses((status = 200, body = Vec<TakenOver>), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem, description = "`territory.no_stand_in`"), (status = 422, body = Problem)))]
pub async fn begin_stand_in(
    State(edge): State<Edge>,
    who: Who,
    Body(body): Body<StandInBody>,
) -> Result<Json<Vec<TakenOver>>, Problem> {
    let actor = who.signed_in()?;
    let posts = posts_meant(&edge, actor, &body)?;
    let from = body.from.unwrap_or_else(|| edge.now());
    let (until, by, reason) = (body.until, body.by, body.reason);
    let begin = async move |tx: &mut Tx| {
        let mut all = Vec::new();
        for post in posts.clone() {
            let order = BeginStandIn { post, from, until, by, reason: reason.clone() };
            all.push(commands::begin_stand_in(tx, order).await?);
        }
        Ok::<_, FieldworkError>(all)
    };
    let begun = edge.db.write(actor, begin).await?;
    refresh(&edge, actor).await?;
    let mut taken = Vec::new();
    for one in begun {
        let along = comes_along(&edge, actor, &one).await?;
        taken.push(TakenOver { stand_in: view(&edge, actor, &one), along });
    }
    Ok(Json(taken))
}

fn posts_meant(edge: &Edge, actor: &Actor, body: &StandInBody) -> Result<Vec<PostId>, FieldworkError> {
    let places = edge.fixture::<Map>().of(actor.district);
    if let Some(post) = body.post {
        return Ok(vec![post]);
    }
    if let Some(grid) = &body.grid {
        return Ok(vec![places.worker_post(grid).ok_or(FieldworkError::NotFound)?.id]);
    }
    let held = actor.account.map(|account| places.posts_held(account, edge.now())).unwrap_or_default();
    let mine =
        held.iter().filter(|held| held.role == HoldingRole::Main && held.post.kind == PostKind::GridWorker);
    let mine: Vec<PostId> = mine.map(|held| held.post.id).collect();
    if mine.is_empty() { Err(FieldworkError::NotFound) } else { Ok(mine) }
}

/// Lets this process see at once who serves.
async fn refresh(edge: &Edge, actor: &Actor) -> Result<(), FieldworkError> {
    Ok(edge.fixture::<Map>().refresh(&edge.db, actor.district).await?)
}

/// 正在顶岗和将要顶岗的（与自己有关的，或自己可以安排的）。Who stands in now or will: what concerns the caller, or is theirs to arrange.
#[utoipa::path(get, path = "/api/fieldwork/stand-in", tag = "fieldwork", operation_id = "list_stand_ins",
    responses((status = 200, body = Vec<StandInView>), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub async fn list_stand_ins(State(edge): State<Edge>, who: Who) -> Result<Json<Vec<StandInView>>, Problem> {
    let actor = who.signed_in()?;
    let (district, now, keys) = (actor.district, edge.now(), vault(&edge, actor)?);
    let read = async move |conn: &mut Conn| store::stand_ins::running(conn, &keys, district, now).await;
    let all = edge.db.read::<_, Fault, _>(read).await.map_err(FieldworkError::from)?;
    Ok(Json(all.iter().filter(|one| is_theirs(actor, one)).map(|one| view(&edge, actor, one)).collect()))
}

/// 一次顶岗，和随岗位过来的任务、事件。One time of standing in, and what comes along with the post.
#[utoipa::path(get, path = "/api/fieldwork/stand-in/{id}", tag = "fieldwork", operation_id = "show_stand_in", params(("id" = StandInId, Path)),
    responses((status = 200, body = TakenOver), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn show_stand_in(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<StandInId>,
) -> Result<Json<TakenOver>, Problem> {
    let actor = who.signed_in()?;
    let (district, keys) = (actor.district, vault(&edge, actor)?);
    let read = async move |conn: &mut Conn| store::stand_ins::find(conn, &keys, district, id).await;
    let found = edge.db.read::<_, Fault, _>(read).await.map_err(FieldworkError::from)?;
    let one = found.filter(|one| is_theirs(actor, one)).ok_or(FieldworkError::NotFound)?;
    let along = comes_along(&edge, actor, &one).await?;
    Ok(Json(TakenOver { stand_in: view(&edge, actor, &one), along }))
}

/// 交回岗位，带上这段时间做了什么。The post goes back to its main holder, with what was done at it meanwhile.
#[utoipa::path(post, path = "/api/fieldwork/stand-in/{id}/end", tag = "fieldwork", operation_id = "end_stand_in", params(("id" = StandInId, Path)),
    responses((status = 200, body = HandedBack), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn end_stand_in(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<StandInId>,
) -> Result<Json<HandedBack>, Problem> {
    let actor = who.signed_in()?;
    let end = async move |tx: &mut Tx| commands::end_stand_in(tx, id).await;
    let ended = edge.db.write(actor, end).await?;
    refresh(&edge, actor).await?;
    let (from, to) = ended.moments();
    let span = Span { first: from.local().date(), last: to.local().date() };
    let deeds = deeds_of(&edge, actor, ended.by.account, span, Some(&ended.area_path)).await;
    let mut deeds = deeds.map_err(FieldworkError::from)?;
    deeds.retain(|deed| (from..=to).contains(&deed.at));
    let done = report(&edge, span.last, deeds, false);
    Ok(Json(HandedBack { stand_in: view(&edge, actor, &ended), done }))
}

fn vault(edge: &Edge, actor: &Actor) -> Result<std::sync::Arc<seal::Keyring>, FieldworkError> {
    Ok(edge.fixture::<Vault>().of(actor.district)?)
}

fn is_theirs(actor: &Actor, one: &StandIn) -> bool {
    actor.account.is_some_and(|account| one.concerns(account)) || actor.holds_at(&STAND_IN, &one.area_path)
}

fn view(edge: &Edge, actor: &Actor, one: &StandIn) -> StandInView {
    let places = edge.fixture::<Map>().of(actor.district);
    StandInView {
        id: one.id,
        post: one.post,
        post_name: places.post(one.post).map(|post| post.name.clone()).unwrap_or_default(),
        area_path: one.area_path.clone(),
        main: one.main.name.clone(),
        by: one.by.name.clone(),
        from: one.from,
        until: one.until,
        ended_at: one.ended_at,
        reason: one.reason.open(KEEPING_REASONS).clone(),
        by_me: actor.account == Some(one.by.account),
    }
}

/// What is open at a post now.
async fn comes_along(edge: &Edge, actor: &Actor, one: &StandIn) -> Result<ComesAlong, FieldworkError> {
    let today = edge.now().local().date();
    let tasks = lines_of(edge, actor.district, vec![one.area_path.clone()], today).await?;
    let at_post = Actor { posts: [one.post].into(), ..actor.clone() };
    let cases = cases::list_at_hand(edge, &at_post).await.map_err(Problem::from)?;
    Ok(ComesAlong { tasks, cases })
}
