//! Doing something to a case, to many at once, following one, opening the reporter, trying out rules.

use super::{Answer, case_id, mark_of, report, viewer};
use crate::catalogue::{ItemKey, PostSelector};
use crate::commands::{self, Act, Follow, OpenedReporter};
use crate::error::CaseError;
use crate::intake;
use crate::model::{CaseId, FollowerId};
use crate::queries;
use crate::queries::reported::Span;
use crate::routing::{DryRun, Router};
use crate::rules::Rules;
use crate::view::CaseView;
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use edge::{Body, Edge, PathOf, Who, idempotent};
use flow::Deadline;
use platform::{Actor, ActorKind, DAY, PostId, Problem};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use store::{Conn, Tx};
use utoipa::ToSchema;

/// Cases changed in one request.
pub(super) const MANY_CASES_MAX: usize = 100;

/// An action of the workflow.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActOnCase {
    /// The workflow's name: `accept`, `dispatch`, `take`, `return`, `finish`, `confirm`, `reopen`, `rate` …
    pub action: String,
    /// The version that was seen; another in between is answered with 409 and the present state.
    pub version: Option<i64>,
    /// A code of the action's closed list.
    pub reason: Option<String>,
    pub note: Option<String>,
    /// The token of photos sent before.
    pub photos: Option<String>,
    /// The post it is given to.
    pub post: Option<PostId>,
    /// The post by what it is: `grid_worker`, `subdistrict_desk`, `dispatcher`, `unit:water_supply`.
    pub to: Option<String>,
    /// The case it is merged into: id or number.
    pub target: Option<String>,
    /// 1 to 5.
    pub rating: Option<i64>,
    /// How long: an extension, a pause.
    #[schema(value_type = Option<Object>)]
    pub length: Option<Deadline>,
    /// Why it is said to be done although a helping step is open.
    pub despite: Option<String>,
    /// By which item a ruling decides: `responsibilities/3.2`.
    pub item: Option<String>,
    /// Whether the ruling proposes, in a draft of the list, that the item names this type of case.
    #[serde(default)]
    pub propose: bool,
}

/// 办理一步。 · Takes an action on a case.
#[utoipa::path(post, path = "/api/cases/{id}/actions", tag = "cases", operation_id = "act_on_case",
    params(("id" = String, Path, description = "id or number")), request_body = ActOnCase,
    responses((status = 200, body = CaseView), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn act_on_case(
    State(edge): State<Edge>,
    Who(actor): Who,
    headers: HeaderMap,
    PathOf(id): PathOf<String>,
    Body(body): Body<ActOnCase>,
) -> Answer<CaseView> {
    let id = case_id(&edge, &actor, &id).await?;
    let mark = mark_of(&edge, &actor, id, &headers).await?;
    let request = serde_json::to_vec(&(id, &body)).unwrap_or_default();
    let order = parse(&edge, &actor, body, mark).await?;
    edge.db
        .write(&actor, async move |tx: &mut Tx| {
            let done = async |tx: &mut Tx| {
                commands::act(tx, id, order.clone()).await.map(|acted| acted.case.version)
            };
            idempotent(tx, &headers, &request, done).await
        })
        .await
        .map_err(|e: CaseError| Problem::from(e))?;
    read_case(&edge, &actor, id, mark).await
}

async fn parse(
    edge: &Edge,
    actor: &Actor,
    body: ActOnCase,
    follower: Option<FollowerId>,
) -> Result<Act, Problem> {
    let selector = body
        .to
        .map(|t| t.parse::<PostSelector>())
        .transpose()
        .map_err(|e| CaseError::invalid("to", "cases.unknown_post", "没有这种岗位。", e.to_string()))?;
    let target = match body.target {
        Some(text) => Some(case_id(edge, actor, &text).await?),
        None => None,
    };
    let item =
        body.item.map(ItemKey::try_from).transpose().map_err(|e| {
            CaseError::invalid("item", "cases.unknown_item", "清单里没有这一项。", e.to_string())
        })?;
    let photos = match body.photos {
        Some(token) => intake::kept_photos(edge, actor, &token).await?,
        None => Vec::new(),
    };
    Ok(Act {
        action: body.action,
        version: body.version,
        reason: body.reason,
        note: body.note,
        photos,
        post: body.post,
        post_selector: selector,
        target,
        rating: body.rating,
        length: body.length,
        follower,
        by_clock: false,
        proof_elsewhere: false,
        despite: body.despite,
        item,
        propose: body.propose,
    })
}

async fn read_case(edge: &Edge, actor: &Actor, id: CaseId, mark: Option<FollowerId>) -> Answer<CaseView> {
    let asking = actor.clone();
    let whole =
        edge.db.read(async move |conn: &mut Conn| queries::find_whole(conn, &asking, id, mark).await).await;
    let whole = match whole {
        Ok(whole) => whole,
        // Given away to another's area: done, and no longer to be seen.
        Err(CaseError::NotFound) => return Err(Problem::not_found().with("done", true)),
        Err(e) => return Err(e.into()),
    };
    let following = super::lists::following(&whole, actor, mark);
    Ok(Json(viewer(edge, actor).case(&whole, following)))
}

/// The same action on many cases.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActOnMany {
    /// Case and the version seen, 100 at most.
    pub cases: Vec<CaseVersion>,
    pub act: ActOnCase,
}

#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CaseVersion {
    pub id: CaseId,
    pub version: Option<i64>,
}

/// What became of each.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ManyDone {
    pub done: Vec<CaseId>,
    pub refused: Vec<OneRefused>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OneRefused {
    pub id: CaseId,
    pub problem: Problem,
}

/// 批量办理：逐件执行，各自成败。 · Takes the same action on many cases; each stands for itself.
#[utoipa::path(post, path = "/api/cases/actions", tag = "cases", operation_id = "act_on_many", request_body = ActOnMany,
    responses((status = 200, body = ManyDone), (status = 401, body = Problem), (status = 422, body = Problem)))]
pub async fn act_on_many(
    State(edge): State<Edge>,
    who: Who,
    Body(body): Body<ActOnMany>,
) -> Answer<ManyDone> {
    let actor = who.signed_in()?.clone();
    if body.cases.len() > MANY_CASES_MAX {
        return Err(CaseError::invalid(
            "cases",
            "cases.too_many",
            format!("一次最多 {MANY_CASES_MAX} 件。"),
            format!("At most {MANY_CASES_MAX} at a time."),
        )
        .into());
    }
    let order = parse(&edge, &actor, body.act, None).await?;
    let mut answer = ManyDone { done: Vec::new(), refused: Vec::new() };
    for CaseVersion { id, version } in body.cases {
        let order = Act { version, ..order.clone() };
        let outcome =
            edge.db.write(&actor, async move |tx: &mut Tx| commands::act(tx, id, order.clone()).await).await;
        match outcome {
            Ok(_) => answer.done.push(id),
            Err(e) => answer.refused.push(OneRefused { id, problem: Problem::from(e) }),
        }
    }
    Ok(Json(answer))
}

/// Joining a case.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FollowCase {
    /// Made by the device: the same tap twice is one follower.
    pub id: Option<FollowerId>,
    pub name: Option<String>,
    pub phone: Option<String>,
    pub words: Option<String>,
}

/// What a new follower keeps.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Followed {
    pub number: String,
    pub code: String,
    pub followers: i64,
}

/// 我也遇到。 · "I have it too": follows a case instead of reporting again.
#[utoipa::path(post, path = "/api/cases/{id}/followers", tag = "cases", operation_id = "follow_case",
    params(("id" = String, Path, description = "id or number")), request_body = FollowCase,
    responses((status = 200, body = Followed), (status = 404, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem)))]
pub async fn follow_case(
    State(edge): State<Edge>,
    Who(actor): Who,
    PathOf(id): PathOf<String>,
    Body(body): Body<FollowCase>,
) -> Answer<Followed> {
    let id = case_id(&edge, &actor, &id).await?;
    intake::watch(&edge, &actor, body.words.as_deref().unwrap_or(""))?;
    let phone =
        body.phone.as_deref().filter(|p| !p.trim().is_empty()).map(report::parse_phone).transpose()?;
    let order = Follow {
        follower: body.id.unwrap_or_else(|| FollowerId::new(edge.now())),
        name: body.name,
        phone,
        account: actor.account.filter(|_| actor.kind == ActorKind::Resident),
        words: body.words,
    };
    let joined =
        edge.db.write(&actor, async move |tx: &mut Tx| commands::follow(tx, id, order.clone()).await).await?;
    Ok(Json(Followed { number: joined.case.number, code: joined.code, followers: joined.case.followers }))
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenReporter {
    /// The code of one of the purposes at `/api/cases/book/forms`.
    pub purpose: String,
}

/// 查看报告人联系方式（须说明用途，留痕）。 · Opens the reporter's contact, for a purpose, on record.
#[utoipa::path(post, path = "/api/cases/{id}/reporter", tag = "cases", operation_id = "open_reporter",
    params(("id" = String, Path, description = "id or number")), request_body = OpenReporter,
    responses((status = 200, body = Vec<OpenedReporter>), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn open_reporter(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<String>,
    Body(body): Body<OpenReporter>,
) -> Answer<Vec<OpenedReporter>> {
    let actor = who.signed_in()?.clone();
    let id = case_id(&edge, &actor, &id).await?;
    let opened = edge
        .db
        .write(&actor, async move |tx: &mut Tx| commands::open_reporter(tx, id, &body.purpose).await)
        .await?;
    Ok(Json(opened))
}

/// Rules to try out on what has been.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TryRules {
    /// The text of a `routing.toml`.
    pub rules: String,
    /// Days back, 31 if absent.
    pub days: Option<u32>,
}

/// 试算：新派单规则对上月事件会怎样。 · What changed routing rules would have done to last month's cases.
#[utoipa::path(post, path = "/api/cases/dry-run", tag = "cases", operation_id = "try_rules", request_body = TryRules,
    responses((status = 200, body = Object), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub async fn try_rules(State(edge): State<Edge>, who: Who, Body(body): Body<TryRules>) -> Answer<DryRun> {
    let actor = who.signed_in()?.clone();
    if !actor.holds(&crate::access::DRY_RUN) {
        return Err(CaseError::Forbidden(&crate::access::DRY_RUN).into());
    }
    let rules = edge.fixture::<Rules>();
    let tried = Router::load(
        rules.in_force(actor.district, edge.now().local().date()).catalogue.clone(),
        "routing.toml",
        &body.rules,
    )
    .map_err(|faults| {
        let zh: Vec<String> = faults.iter().map(|f| f.sentence(platform::Lang::Zh)).collect();
        let en: Vec<String> = faults.iter().map(|f| f.sentence(platform::Lang::En)).collect();
        CaseError::invalid("rules", "cases.bad_rules", zh.join("；"), en.join("; "))
    })?;
    let days = body.days.unwrap_or(31).clamp(1, 366);
    let now = edge.now();
    let span = Span { from: now.before(DAY * days), to: now.after(Duration::from_secs(1)) };
    let run = crate::trial::run(&edge, actor.district, &rules, &tried, span).await?;
    Ok(Json(run))
}
