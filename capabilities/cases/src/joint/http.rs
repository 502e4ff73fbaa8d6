//! JSON routes of working together, thin: parse, call, answer.

use super::view::{self, CallFigures, CallView, HelpView, JointDesk, JointUnit, Together};
use super::{Call, CallId, Help, HelpId, JointBook, Outcome};
use crate::access::{RULE, VIEW, may_call, may_see};
use crate::catalogue::PostSelector;
use crate::commands::Act;
use crate::commands::joint::{self as commands, Ask, Place, Said, Task};
use crate::error::CaseError;
use crate::http::{Answer, case_id, viewer};
use crate::intake;
use crate::rules::Rules;
use crate::store;
use crate::store::joint as rows;
use ::store::{Conn, Tx};
use axum::Json;
use axum::extract::State;
use edge::{Body, Edge, PathOf, QueryOf, Who};
use flow::Deadline;
use platform::{Actor, DAY, PostId, Problem};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Rows of a desk's lists.
const DESK_ROWS_MAX: i64 = 50;
/// Calls that figures count.
const FIGURES_CALLS_MAX: i64 = 5_000;

pub(crate) fn routes() -> OpenApiRouter<Edge> {
    OpenApiRouter::new()
        .routes(routes!(show_together))
        .routes(routes!(show_joint_desk))
        .routes(routes!(ask_help))
        .routes(routes!(answer_help))
        .routes(routes!(finish_help))
        .routes(routes!(release_help))
        .routes(routes!(call_units))
        .routes(routes!(list_calls))
        .routes(routes!(count_calls))
        .routes(routes!(show_call))
        .routes(routes!(answer_call))
        .routes(routes!(note_arrival))
        .routes(routes!(confirm_arrival))
        .routes(routes!(decide_call))
        .routes(routes!(cancel_call))
        .routes(routes!(review_call))
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskHelp {
    /// `unit:city_management`, `subdistrict_desk` …
    pub to: String,
    /// What is wanted.
    pub words: String,
    #[schema(value_type = Option<Object>)]
    pub within: Option<Deadline>,
    /// The version of the case that was seen.
    pub version: Option<i64>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerHelp {
    pub accept: bool,
    /// Why not.
    pub reason: Option<String>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FinishHelp {
    /// What was done.
    pub words: String,
    /// The token of photos sent before.
    pub photos: Option<String>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReleaseHelp {
    pub reason: String,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CallUnits {
    /// A key of the kinds of call: `at_once`, `ordinary` …
    pub kind: String,
    /// Where to come.
    pub place: String,
    /// What it is about, and what is wanted.
    pub matter: String,
    /// `unit:city_management` …
    pub whom: Vec<String>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerCall {
    pub coming: bool,
    /// Why not.
    pub reason: Option<String>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoteArrival {
    pub post: PostId,
    /// The office that came, as it is called; never a person's name.
    pub office: String,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecideCall {
    /// What was decided, for everybody who follows the case.
    pub words: String,
    pub tasks: Vec<CallTask>,
}

/// What one unit is to do.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CallTask {
    pub post: PostId,
    pub words: String,
    #[schema(value_type = Option<Object>)]
    pub within: Option<Deadline>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelCall {
    /// Needed once somebody has answered.
    pub reason: Option<String>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewCall {
    /// Whose help the caller speaks of; absent where one of the called speaks of the call.
    pub post: Option<PostId>,
    /// Useful, or justified.
    pub good: bool,
    pub words: String,
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CallsQuery {
    /// Days back, 31 if absent.
    days: Option<u32>,
    /// Calls to this post.
    post: Option<PostId>,
    /// Answered so.
    #[param(inline)]
    outcome: Option<Outcome>,
}

/// 一件事的协同：协办和吹哨。 · Who works together on a case.
#[utoipa::path(get, path = "/api/cases/{id}/together", tag = "cases", operation_id = "show_together",
    params(("id" = String, Path, description = "id or number")),
    responses((status = 200, body = Together), (status = 401, body = Problem), (status = 404, body = Problem)))]
pub async fn show_together(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<String>,
) -> Answer<Together> {
    let actor = who.signed_in()?;
    let id = case_id(&edge, actor, &id).await?;
    let (district, asking) = (actor.district, actor.clone());
    let read = async move |conn: &mut Conn| {
        let found = store::find(conn, district, id).await?.ok_or(CaseError::NotFound)?;
        if !may_see(&asking, &found, None) {
            return Err(CaseError::NotFound);
        }
        let helps = rows::helps_of_case(conn, district, id).await?;
        let calls = rows::calls_of_case(conn, district, id).await?;
        Ok((found, helps, view::with_units(conn, district, calls).await?))
    };
    let (case, helps, calls) = edge.db.read(read).await?;
    let (viewer, book) = (viewer(&edge, actor), edge.fixture::<JointBook>());
    Ok(Json(Together {
        helps: helps.iter().map(|help| view::help_view(&viewer, help, &case)).collect(),
        calls: calls.iter().map(|call| view::call_view(&viewer, &book, call)).collect(),
        kinds: view::kinds(&book),
        units: units(&edge, actor),
        within: view::help_time(&book),
        can_call: case.open && may_call(actor, &case),
    }))
}

/// Units that have a desk here, and the posts that are asked by what they are.
fn units(edge: &Edge, actor: &Actor) -> Vec<JointUnit> {
    let rules = edge.fixture::<Rules>();
    let places = edge.fixture::<territory::Map>().of(actor.district);
    let posts = [PostSelector::GridLeader, PostSelector::SubdistrictDesk];
    let units = rules.catalogue.units().filter(|unit| places.unit_post(&unit.key).is_some());
    let units = units.map(|unit| PostSelector::Unit(unit.key.clone()));
    let named =
        |who: PostSelector| JointUnit { words: rules.catalogue.selector_words(&who), key: who.to_string() };
    units.chain(posts).map(named).collect()
}

/// 我的协办和吹哨；区网格中心还看到超期的协办。 · What the own posts are asked for and called to; for the dispatcher also what is late.
#[utoipa::path(get, path = "/api/cases/joint", tag = "cases", operation_id = "show_joint_desk",
    responses((status = 200, body = JointDesk), (status = 401, body = Problem)))]
pub async fn show_joint_desk(State(edge): State<Edge>, who: Who) -> Answer<JointDesk> {
    let actor = who.signed_in()?;
    let (district, posts, now) = (actor.district, actor.posts.clone(), edge.now());
    let sees_late = actor.holds_everywhere(&RULE);
    let read = async move |conn: &mut Conn| {
        let helps = rows::helps_of_posts(conn, district, posts.to_vec(), DESK_ROWS_MAX).await?;
        let late =
            if sees_late { rows::late_helps(conn, district, now, DESK_ROWS_MAX).await? } else { Vec::new() };
        let mut calls = rows::calls_of_posts(conn, district, posts.to_vec(), DESK_ROWS_MAX).await?;
        let since = now.before(DAY * 31);
        let mine = rows::calls_since(conn, district, since, FIGURES_CALLS_MAX).await?;
        calls.extend(
            mine.into_iter().filter(|call| posts.contains(&call.caller_post)).take(DESK_ROWS_MAX as usize),
        );
        let helps = view::with_cases(conn, district, helps).await?;
        let late = view::with_cases(conn, district, late).await?;
        Ok::<_, CaseError>((helps, late, view::with_units(conn, district, calls).await?))
    };
    let (helps, late, calls) = edge.db.read(read).await?;
    let (viewer, book) = (viewer(&edge, actor), edge.fixture::<JointBook>());
    let lines = |helps: Vec<(Help, crate::Case)>| {
        helps.iter().map(|(help, case)| view::help_view(&viewer, help, case)).collect()
    };
    Ok(Json(JointDesk {
        helps: lines(helps),
        late: lines(late),
        calls: calls.iter().map(|call| view::call_view(&viewer, &book, call)).collect(),
    }))
}

/// 请一个单位协办：要办什么、什么时候办完。 · Asks a unit for help, with words and a time.
#[utoipa::path(post, path = "/api/cases/{id}/helpers", tag = "cases", operation_id = "ask_help",
    params(("id" = String, Path, description = "id or number")), request_body = AskHelp,
    responses((status = 200, body = HelpView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn ask_help(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<String>,
    Body(body): Body<AskHelp>,
) -> Answer<HelpView> {
    let actor = who.signed_in()?;
    let id = case_id(&edge, actor, &id).await?;
    let to = selector("to", &body.to)?;
    let order = Ask {
        act: Act { post_selector: Some(to), version: body.version, ..Act::default() },
        words: body.words,
        within: body.within,
    };
    let help =
        edge.db.write(actor, async move |tx: &mut Tx| commands::ask(tx, id, order.clone()).await).await?;
    help_shown(&edge, actor, help).await
}

fn selector(field: &'static str, text: &str) -> Result<PostSelector, CaseError> {
    text.parse().map_err(|e: crate::catalogue::NobodyThere| {
        CaseError::invalid(field, "cases.unknown_post", "没有这种岗位。", e.to_string())
    })
}

async fn help_shown(edge: &Edge, actor: &Actor, help: Help) -> Answer<HelpView> {
    let district = actor.district;
    let read = async move |conn: &mut Conn| {
        view::with_cases(conn, district, vec![help.clone()]).await.map_err(CaseError::from)
    };
    let found = edge.db.read(read).await?;
    let (help, case) = found.first().ok_or(CaseError::NotFound)?;
    Ok(Json(view::help_view(&viewer(edge, actor), help, case)))
}

/// 协办单位答复：接下，或说明不能。 · The one who was asked promises the help, or says why not.
#[utoipa::path(post, path = "/api/cases/helps/{id}/answer", tag = "cases", operation_id = "answer_help", params(("id" = HelpId, Path)),
    request_body = AnswerHelp,
    responses((status = 200, body = HelpView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn answer_help(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<HelpId>,
    Body(body): Body<AnswerHelp>,
) -> Answer<HelpView> {
    let actor = who.signed_in()?;
    let said = if body.accept { Said::Yes } else { Said::No(body.reason.unwrap_or_default()) };
    let help =
        edge.db.write(actor, async move |tx: &mut Tx| commands::say(tx, id, said.clone()).await).await?;
    help_shown(&edge, actor, help).await
}

/// 协办完成。 · The help was given.
#[utoipa::path(post, path = "/api/cases/helps/{id}/finish", tag = "cases", operation_id = "finish_help", params(("id" = HelpId, Path)),
    request_body = FinishHelp,
    responses((status = 200, body = HelpView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn finish_help(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<HelpId>,
    Body(body): Body<FinishHelp>,
) -> Answer<HelpView> {
    let actor = who.signed_in()?;
    let photos = match body.photos {
        Some(token) => intake::kept_photos(&edge, actor, &token).await?,
        None => Vec::new(),
    };
    let said = Said::Done(body.words, photos);
    let help =
        edge.db.write(actor, async move |tx: &mut Tx| commands::say(tx, id, said.clone()).await).await?;
    help_shown(&edge, actor, help).await
}

/// 主办收回：不再需要这项协办。 · The host needs the help no longer.
#[utoipa::path(post, path = "/api/cases/helps/{id}/release", tag = "cases", operation_id = "release_help", params(("id" = HelpId, Path)),
    request_body = ReleaseHelp,
    responses((status = 200, body = HelpView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn release_help(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<HelpId>,
    Body(body): Body<ReleaseHelp>,
) -> Answer<HelpView> {
    let actor = who.signed_in()?;
    let help =
        edge.db.write(actor, async move |tx: &mut Tx| commands::release(tx, id, &body.reason).await).await?;
    help_shown(&edge, actor, help).await
}

/// 吹哨：请单位到现场。 · Calls units to the spot.
#[utoipa::path(post, path = "/api/cases/{id}/calls", tag = "cases", operation_id = "call_units",
    params(("id" = String, Path, description = "id or number")), request_body = CallUnits,
    responses((status = 200, body = CallView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn call_units(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<String>,
    Body(body): Body<CallUnits>,
) -> Answer<CallView> {
    let actor = who.signed_in()?;
    let id = case_id(&edge, actor, &id).await?;
    let whom = body.whom.iter().map(|text| selector("whom", text)).collect::<Result<Vec<_>, _>>()?;
    let order = Place { kind: body.kind, place: body.place, matter: body.matter, whom };
    let call =
        edge.db.write(actor, async move |tx: &mut Tx| commands::call(tx, id, order.clone()).await).await?;
    call_shown(&edge, actor, call).await
}

/// The call as it is now.
async fn call_shown(edge: &Edge, actor: &Actor, call: Call) -> Answer<CallView> {
    let (district, id) = (actor.district, call.id);
    let read = async move |conn: &mut Conn| {
        let call = rows::find_call(conn, district, id).await?;
        view::with_units(conn, district, call.into_iter().collect()).await.map_err(CaseError::from)
    };
    let found = edge.db.read(read).await?;
    let shown = found.first().ok_or(CaseError::NotFound)?;
    Ok(Json(view::call_view(&viewer(edge, actor), &edge.fixture::<JointBook>(), shown)))
}

/// 一次吹哨。 · A call to the spot.
#[utoipa::path(get, path = "/api/cases/calls/{id}", tag = "cases", operation_id = "show_call", params(("id" = CallId, Path)),
    responses((status = 200, body = CallView), (status = 401, body = Problem), (status = 404, body = Problem)))]
pub async fn show_call(State(edge): State<Edge>, who: Who, PathOf(id): PathOf<CallId>) -> Answer<CallView> {
    let actor = who.signed_in()?;
    let (district, asking) = (actor.district, actor.clone());
    let read = async move |conn: &mut Conn| {
        let call = rows::find_call(conn, district, id).await?;
        let found = view::with_units(conn, district, call.into_iter().collect()).await?;
        let (call, case, units) = found.into_iter().next().ok_or(CaseError::NotFound)?;
        let is_called = units.iter().any(|unit| asking.has_post(unit.post_id));
        if is_called || asking.has_post(call.caller_post) || may_see(&asking, &case, None) {
            Ok((call, case, units))
        } else {
            Err(CaseError::NotFound)
        }
    };
    let shown = edge.db.read(read).await?;
    Ok(Json(view::call_view(&viewer(&edge, actor), &edge.fixture::<JointBook>(), &shown)))
}

/// 被召集单位答复：来，或说明不能来。 · One of the called says that it comes, or why it cannot.
#[utoipa::path(post, path = "/api/cases/calls/{id}/answer", tag = "cases", operation_id = "answer_call", params(("id" = CallId, Path)),
    request_body = AnswerCall,
    responses((status = 200, body = CallView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn answer_call(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<CallId>,
    Body(body): Body<AnswerCall>,
) -> Answer<CallView> {
    let actor = who.signed_in()?;
    let reason = (!body.coming).then(|| body.reason.unwrap_or_default());
    let call = edge
        .db
        .write(actor, async move |tx: &mut Tx| commands::answer(tx, id, reason.as_deref()).await)
        .await?;
    call_shown(&edge, actor, call).await
}

/// 吹哨方记录某单位到场（记单位，不记个人）。 · The caller writes down that an office has come.
#[utoipa::path(post, path = "/api/cases/calls/{id}/arrivals", tag = "cases", operation_id = "note_arrival", params(("id" = CallId, Path)),
    request_body = NoteArrival,
    responses((status = 200, body = CallView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn note_arrival(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<CallId>,
    Body(body): Body<NoteArrival>,
) -> Answer<CallView> {
    let actor = who.signed_in()?;
    let call = edge
        .db
        .write(actor, async move |tx: &mut Tx| commands::arrive(tx, id, body.post, &body.office).await)
        .await?;
    call_shown(&edge, actor, call).await
}

/// 到场单位确认到场记录。 · The office that came confirms it.
#[utoipa::path(post, path = "/api/cases/calls/{id}/confirmation", tag = "cases", operation_id = "confirm_arrival", params(("id" = CallId, Path)),
    responses((status = 200, body = CallView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn confirm_arrival(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<CallId>,
) -> Answer<CallView> {
    let actor = who.signed_in()?;
    let call = edge.db.write(actor, async move |tx: &mut Tx| commands::confirm(tx, id).await).await?;
    call_shown(&edge, actor, call).await
}

/// 现场议定：各单位办什么、何时办完，随即成为协办。 · What was decided on the spot; what a unit is to do becomes its helping step.
#[utoipa::path(post, path = "/api/cases/calls/{id}/decision", tag = "cases", operation_id = "decide_call", params(("id" = CallId, Path)),
    request_body = DecideCall,
    responses((status = 200, body = CallView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn decide_call(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<CallId>,
    Body(body): Body<DecideCall>,
) -> Answer<CallView> {
    let actor = who.signed_in()?;
    let task = |task: CallTask| Task { post: task.post, words: task.words, within: task.within };
    let tasks: Vec<Task> = body.tasks.into_iter().map(task).collect();
    let decide = async move |tx: &mut Tx| commands::decide(tx, id, &body.words, tasks.clone()).await;
    let call = edge.db.write(actor, decide).await?;
    call_shown(&edge, actor, call).await
}

/// 取消吹哨；有单位答复后要写明原因。 · Calls it off.
#[utoipa::path(post, path = "/api/cases/calls/{id}/cancel", tag = "cases", operation_id = "cancel_call", params(("id" = CallId, Path)),
    request_body = CancelCall,
    responses((status = 200, body = CallView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn cancel_call(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<CallId>,
    Body(body): Body<CancelCall>,
) -> Answer<CallView> {
    let actor = who.signed_in()?;
    let cancel = async move |tx: &mut Tx| commands::cancel(tx, id, body.reason.as_deref()).await;
    let call = edge.db.write(actor, cancel).await?;
    call_shown(&edge, actor, call).await
}

/// 互评：吹哨方评协助有没有用，被召集方评该不该吹。 · Either side says what it thinks: of the help, or of the call.
#[utoipa::path(post, path = "/api/cases/calls/{id}/reviews", tag = "cases", operation_id = "review_call", params(("id" = CallId, Path)),
    request_body = ReviewCall,
    responses((status = 200, body = CallView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn review_call(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<CallId>,
    Body(body): Body<ReviewCall>,
) -> Answer<CallView> {
    let actor = who.signed_in()?;
    let review = async move |tx: &mut Tx| commands::review(tx, id, body.post, (body.good, &body.words)).await;
    let call = edge.db.write(actor, review).await?;
    call_shown(&edge, actor, call).await
}

/// 近期的吹哨，可按单位和到场情况筛选。 · Calls of late, by whom they called and how that was answered: the rows behind the figures.
#[utoipa::path(get, path = "/api/cases/calls", tag = "cases", operation_id = "list_calls", params(CallsQuery),
    responses((status = 200, body = Vec<CallView>), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub async fn list_calls(
    State(edge): State<Edge>,
    who: Who,
    QueryOf(query): QueryOf<CallsQuery>,
) -> Answer<Vec<CallView>> {
    let actor = district_viewer(&who)?;
    let (district, since) = (actor.district, since(&edge, &query));
    let read = async move |conn: &mut Conn| {
        let calls = rows::calls_since(conn, district, since, DESK_ROWS_MAX * 4).await?;
        view::with_units(conn, district, calls).await.map_err(CaseError::from)
    };
    let found = edge.db.read(read).await?;
    let (viewer, book) = (viewer(&edge, actor), edge.fixture::<JointBook>());
    let fits = |(call, _, units): &&(Call, crate::Case, Vec<super::CalledUnit>)| {
        let asked = query.post.is_some() || query.outcome.is_some();
        !asked
            || units.iter().any(|unit| {
                query.post.is_none_or(|post| unit.post_id == post)
                    && query.outcome.is_none_or(|outcome| unit.outcome(call, viewer.now) == outcome)
            })
    };
    Ok(Json(found.iter().filter(fits).map(|one| view::call_view(&viewer, &book, one)).collect()))
}

/// 各单位应哨情况（单位，不是个人；按名称排）。 · How units answered calls, by name: of offices, never of persons.
#[utoipa::path(get, path = "/api/cases/calls/figures", tag = "cases", operation_id = "count_calls", params(CallsQuery),
    responses((status = 200, body = Vec<CallFigures>), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub async fn count_calls(
    State(edge): State<Edge>,
    who: Who,
    QueryOf(query): QueryOf<CallsQuery>,
) -> Answer<Vec<CallFigures>> {
    let actor = district_viewer(&who)?;
    let (district, since) = (actor.district, since(&edge, &query));
    let read = async move |conn: &mut Conn| {
        let calls = rows::calls_since(conn, district, since, FIGURES_CALLS_MAX).await?;
        Ok::<_, CaseError>((calls, rows::units_since(conn, district, since, FIGURES_CALLS_MAX * 5).await?))
    };
    let (calls, units) = edge.db.read(read).await?;
    Ok(Json(view::figures(&viewer(&edge, actor), &calls, &units)))
}

/// Figures are for who sees the whole district's cases.
fn district_viewer(who: &Who) -> Result<&Actor, Problem> {
    let actor = who.signed_in()?;
    if actor.holds_everywhere(&VIEW) { Ok(actor) } else { Err(CaseError::Forbidden(&VIEW).into()) }
}

fn since(edge: &Edge, query: &CallsQuery) -> platform::Time {
    edge.now().before(DAY * query.days.unwrap_or(31).clamp(1, 366))
}
