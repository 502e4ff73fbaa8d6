//! Who holds which post, for staff.

use super::posts::{AtBody, view_of};
use super::views::PostView;
use super::{Done, Moment, staff, write_once};
use crate::access::{HAND_OVER, MANAGE_POSTS};
use crate::commands::{self, HandOver, HandedOver, Heir, HoldPost, NoteAbsence, UndoneHandOver};
use crate::model::{Away, HoldingId, HoldingRole};
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use edge::{Body, Edge, PathOf, Who};
use platform::{AccountId, FactId, PostId, Problem};
use serde::{Deserialize, Serialize};

/// Somebody to be put on a post.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HoldPostBody {
    account: AccountId,
    role: HoldingRole,
    /// The name the district publishes.
    name: String,
    /// The number the district publishes.
    phone: Option<String>,
    /// A date or a time; now when left out.
    #[schema(value_type = Option<String>)]
    from: Option<Moment>,
    #[schema(value_type = Option<String>)]
    to: Option<Moment>,
}

/// 任职：把人放到岗位上。Put somebody on a post, as main holder or stand-in.
#[utoipa::path(post, path = "/api/territory/posts/{id}/holdings", tag = "territory", request_body = HoldPostBody,
    params(("id" = PostId, Path)),
    responses((status = 200, body = PostView), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem, description = "`territory.seat_taken`"), (status = 422, body = Problem)))]
pub async fn hold_post(
    State(edge): State<Edge>,
    who: Who,
    headers: HeaderMap,
    PathOf(id): PathOf<PostId>,
    Body(body): Body<HoldPostBody>,
) -> Result<Json<PostView>, Problem> {
    let actor = staff(&who, &MANAGE_POSTS)?;
    let hold = async move |tx: &mut store::Tx, (post, body): (PostId, HoldPostBody)| {
        let new = HoldPost {
            post,
            account: body.account,
            role: body.role,
            name: body.name,
            phone: body.phone,
            from: body.from.map(|moment| moment.0),
            to: body.to.map(|moment| moment.0),
        };
        commands::hold_post(tx, new).await
    };
    write_once(&edge, actor, headers, (id, body), hold).await?;
    view_of(&edge, &who, id).await
}

/// 免职：岗位上的工作留在岗位上。Take somebody off a post; its work stays with the post.
#[utoipa::path(post, path = "/api/territory/holdings/{id}/end", tag = "territory", request_body = AtBody,
    params(("id" = HoldingId, Path)),
    responses((status = 200, body = Done), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn end_holding(
    State(edge): State<Edge>,
    who: Who,
    headers: HeaderMap,
    PathOf(id): PathOf<HoldingId>,
    Body(body): Body<AtBody>,
) -> Result<Json<Done>, Problem> {
    let actor = staff(&who, &MANAGE_POSTS)?;
    let end = async move |tx: &mut store::Tx, (id, body): (HoldingId, AtBody)| {
        commands::end_holding(tx, id, body.at.map(|moment| moment.0)).await?;
        Ok(Done { done: true })
    };
    Ok(Json(write_once(&edge, actor, headers, (id, body), end).await?))
}

/// When the holder is away; both left out: back again.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AbsenceBody {
    #[schema(value_type = Option<String>)]
    from: Option<Moment>,
    #[schema(value_type = Option<String>)]
    until: Option<Moment>,
}

/// 请假：期间由 B 岗顶替。Note that a holder is away; the stand-in serves meanwhile.
#[utoipa::path(post, path = "/api/territory/holdings/{id}/absence", tag = "territory", request_body = AbsenceBody,
    params(("id" = HoldingId, Path)),
    responses((status = 200, body = Done), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn note_absence(
    State(edge): State<Edge>,
    who: Who,
    headers: HeaderMap,
    PathOf(id): PathOf<HoldingId>,
    Body(body): Body<AbsenceBody>,
) -> Result<Json<Done>, Problem> {
    let actor = staff(&who, &MANAGE_POSTS)?;
    let now = edge.now();
    let note = async move |tx: &mut store::Tx, (holding, body): (HoldingId, AbsenceBody)| {
        let from = body.from.map_or(now, |moment| moment.0);
        let away = body.until.map(|until| Away { from, until: until.0 });
        commands::note_absence(tx, NoteAbsence { holding, away }).await?;
        Ok(Done { done: true })
    };
    Ok(Json(write_once(&edge, actor, headers, (id, body), note).await?))
}

/// Who takes over, with the name and number the district publishes.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HeirBody {
    account: AccountId,
    name: String,
    phone: Option<String>,
}

/// The heir of one post.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PostHeirBody {
    post: PostId,
    heir: HeirBody,
}

/// A leaver's posts and who takes them.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HandOverBody {
    leaver: AccountId,
    /// Takes every post not named in `posts`.
    heir: Option<HeirBody>,
    #[serde(default)]
    posts: Vec<PostHeirBody>,
    /// A date or a time; now when left out.
    #[schema(value_type = Option<String>)]
    at: Option<Moment>,
}

impl From<HeirBody> for Heir {
    fn from(body: HeirBody) -> Self {
        Self { account: body.account, name: body.name, phone: body.phone }
    }
}

/// 离任移交：一次把全部岗位和未结工作交给接任的人。Move all posts of a leaver, and with them all open work, in one action.
#[utoipa::path(post, path = "/api/territory/hand-over", tag = "territory", request_body = HandOverBody,
    responses((status = 200, body = HandedOver), (status = 403, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn hand_over(
    State(edge): State<Edge>,
    who: Who,
    headers: HeaderMap,
    Body(body): Body<HandOverBody>,
) -> Result<Json<HandedOver>, Problem> {
    let actor = staff(&who, &HAND_OVER)?;
    let hand = async move |tx: &mut store::Tx, body: HandOverBody| {
        let order = HandOver {
            leaver: body.leaver,
            heir: body.heir.map(Heir::from),
            posts: body.posts.into_iter().map(|one| (one.post, one.heir.into())).collect(),
            at: body.at.map(|moment| moment.0),
        };
        commands::hand_over(tx, order).await
    };
    Ok(Json(write_once(&edge, actor, headers, body, hand).await?))
}

/// 撤销移交：10 分钟内，把没有再变动的岗位原样退回，其余说明原因。Undo a hand-over within ten minutes: what nobody touched goes back, the rest is told.
#[utoipa::path(post, path = "/api/territory/hand-overs/{id}/undo", tag = "territory",
    params(("id" = uuid::Uuid, Path, description = "as the hand-over answered it")),
    responses((status = 200, body = UndoneHandOver), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem, description = "`territory.too_late_to_undo`, `territory.already_undone`")))]
pub async fn undo_hand_over(
    State(edge): State<Edge>,
    who: Who,
    headers: HeaderMap,
    PathOf(id): PathOf<FactId>,
) -> Result<Json<UndoneHandOver>, Problem> {
    let actor = staff(&who, &HAND_OVER)?;
    let undo = async move |tx: &mut store::Tx, id: FactId| commands::undo_hand_over(tx, id).await;
    Ok(Json(write_once(&edge, actor, headers, id, undo).await?))
}
