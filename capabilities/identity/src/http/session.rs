//! Signing in and out, who one is, and one's own sessions.

use super::OwnSession;
use super::roles::FaceView;
use crate::access::COOKIE;
use crate::commands;
use crate::error::IdentityError;
use crate::model::{Account, Faces, Limits, SessionId};
use crate::queries;
use crate::store::{self, KEEPING};
use ::store::{Conn, Tx};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use edge::{Body, Edge, PathOf, SetCookie, Who, is_secure};
use platform::{AccountId, Actor, Grant, Personal, PostId, Problem, Scope, Time};
use serde::{Deserialize, Serialize};
use territory::Map;
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignInBody {
    /// 登录名 · The login.
    login: String,
    password: String,
    /// 动态验证码或恢复码 · The code of the second factor, or a recovery code.
    #[serde(default)]
    code: Option<String>,
    /// 在浏览器里登录：会话放在脚本读不到的 Cookie 里 · The session is kept in a cookie no script can read, and not given in the answer.
    #[serde(default)]
    cookie: bool,
}

/// 登录成功 · A session just opened.
#[derive(Serialize, ToSchema)]
pub(crate) struct SignedInView {
    /// 放在 `Authorization: Bearer` 里 · For `Authorization: Bearer`. Shown this once; absent where a cookie was asked for.
    token: Option<String>,
    expires_at: Time,
    account: AccountId,
    name: String,
    /// 先改密码，改之前什么也不能做 · The password must be changed first; until then nothing is allowed.
    must_change: bool,
    /// 先绑定动态验证 · A second factor must be set up first.
    must_enrol: bool,
    posts: Vec<OwnPost>,
    grants: Vec<GrantView>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct OwnPost {
    id: PostId,
    kind: String,
    name: String,
    area_path: String,
}

/// 一项权限和它的范围 · A permission and how far it reaches.
#[derive(Serialize, ToSchema)]
pub(crate) struct GrantView {
    permission: String,
    /// `{"kind":"district"}`, `{"kind":"area","path":…}`, `{"kind":"unit","organisation":…}`, `{"kind":"own"}`
    #[schema(value_type = Object)]
    scope: Scope,
}

/// 我是谁 · Whoever asks.
#[derive(Serialize, ToSchema)]
pub(crate) struct MeView {
    account: AccountId,
    kind: String,
    /// 岗位名或角色名 · As timelines call it: a post, a role, or the mask of a phone.
    name: String,
    /// 本人姓名，只给本人看 · One's own name.
    person: String,
    phone: Option<String>,
    district: i64,
    has_second_factor: bool,
    must_change: bool,
    /// 有权限，但要先改密码或绑定动态验证 · The session is limited to setting up password and second factor.
    limited: bool,
    posts: Vec<OwnPost>,
    grants: Vec<GrantView>,
    /// 能进的工作界面和其中各处 · The faces that are open to me, with the places open in each.
    faces: Vec<FaceView>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct SessionView {
    id: SessionId,
    /// `page`, `api` or `command_line`
    via: String,
    made_at: Time,
    seen_at: Time,
    ends_at: Time,
    /// 就是现在这个 · The one that asks.
    current: bool,
}

fn posts_of(edge: &Edge, district: platform::DistrictId, posts: &[PostId]) -> Vec<OwnPost> {
    let snapshot = edge.fixture::<Map>().of(district);
    let found = posts.iter().filter_map(|id| snapshot.post(*id));
    found
        .map(|p| OwnPost {
            id: p.id,
            kind: p.kind.as_str().to_owned(),
            name: p.name.clone(),
            area_path: p.area_path.clone(),
        })
        .collect()
}

fn grants_of(grants: &[Grant]) -> Vec<GrantView> {
    grants.iter().map(|g| GrantView { permission: g.permission.clone(), scope: g.scope.clone() }).collect()
}

/// 工作人员登录 · Sign in as staff
///
/// 密码错几次后锁定一段时间；要求双因素的角色还要动态验证码。
/// Some failures lock the login for a while; roles that ask for it need a code as well.
#[utoipa::path(post, path = "/api/identity/sign-in", operation_id = "sign_in", tag = "identity", request_body = SignInBody,
    responses((status = 200, body = SignedInView), (status = 401, body = Problem), (status = 403, body = Problem), (status = 429, body = Problem)))]
pub(crate) async fn sign_in(
    Who(asked): Who,
    State(edge): State<Edge>,
    headers: HeaderMap,
    Body(body): Body<SignInBody>,
) -> Result<(HeaderMap, Json<SignedInView>), Problem> {
    let by_cookie = body.cookie;
    let order = commands::SignIn {
        login: Personal::new(body.login),
        password: Personal::new(body.password),
        code: body.code.filter(|code| !code.trim().is_empty()),
    };
    let done = commands::sign_in(&edge, &asked, order).await?;
    let open = !done.must_change && !done.must_enrol;
    let (kept, token) = match by_cookie {
        true => {
            let seconds = done.expires_at.since(edge.now()).as_secs();
            (session_cookie(done.token, seconds, is_secure(&edge, &headers)), None)
        }
        false => (HeaderMap::new(), Some(done.token)),
    };
    let view = SignedInView {
        token,
        expires_at: done.expires_at,
        account: done.account,
        name: done.known.name.to_string(),
        must_change: done.must_change,
        must_enrol: done.must_enrol,
        posts: if open { posts_of(&edge, asked.district, &done.known.posts) } else { Vec::new() },
        grants: if open { grants_of(&done.known.grants) } else { Vec::new() },
    };
    Ok((kept, Json(view)))
}

/// The header that keeps a session in the browser; zero seconds remove it.
pub(crate) fn session_cookie(token: String, seconds: u64, secure: bool) -> HeaderMap {
    SetCookie::new(COOKIE.to_owned(), token, Some(seconds), secure).header().into_iter().collect()
}

/// 退出登录 · Sign out
#[utoipa::path(post, path = "/api/identity/sign-out", operation_id = "sign_out", tag = "identity",
    responses((status = 204), (status = 401, body = Problem)))]
pub(crate) async fn sign_out(
    who: Who,
    own: OwnSession,
    State(edge): State<Edge>,
    headers: HeaderMap,
) -> Result<(StatusCode, HeaderMap), Problem> {
    let actor = who.signed_in()?;
    if let Some(session) = own.id() {
        edge.db.write(actor, async move |tx: &mut Tx| commands::sign_out(tx, session).await).await?;
    }
    let gone = session_cookie(String::new(), 0, is_secure(&edge, &headers));
    Ok((StatusCode::NO_CONTENT, gone))
}

/// 我是谁，能做什么 · Who I am and what I may do
#[utoipa::path(get, path = "/api/identity/me", operation_id = "find_me", tag = "identity",
    responses((status = 200, body = MeView), (status = 401, body = Problem)))]
pub(crate) async fn find_me(
    who: Who,
    own: OwnSession,
    State(edge): State<Edge>,
) -> Result<Json<MeView>, Problem> {
    let actor = who.signed_in()?;
    let account = own_account(&edge, actor).await?;
    Ok(Json(MeView {
        account: account.id,
        kind: account.kind.as_str().to_owned(),
        name: actor.name.to_string(),
        person: account.name.open(KEEPING).clone(),
        phone: account.phone.as_ref().map(Personal::masked),
        district: actor.district.0,
        has_second_factor: account.has_second_factor(),
        must_change: account.must_change,
        limited: own.0.is_some_and(|session| session.limited),
        posts: posts_of(&edge, actor.district, &actor.posts),
        grants: grants_of(&actor.grants),
        faces: edge.fixture::<Faces>().open_to(&actor.grants).into_iter().map(FaceView::from).collect(),
    }))
}

async fn own_account(edge: &Edge, actor: &Actor) -> Result<Account, IdentityError> {
    let (district, id) = (actor.district, actor.account.ok_or(IdentityError::SessionExpired)?);
    let found =
        edge.db.read(async move |conn: &mut Conn| store::find_account(conn, district, id).await).await?;
    found.ok_or(IdentityError::SessionExpired)
}

/// 我的登录 · My sessions
#[utoipa::path(get, path = "/api/identity/sessions", operation_id = "list_sessions", tag = "identity",
    responses((status = 200, body = [SessionView]), (status = 401, body = Problem)))]
pub(crate) async fn list_sessions(
    who: Who,
    own: OwnSession,
    State(edge): State<Edge>,
) -> Result<Json<Vec<SessionView>>, Problem> {
    let account = own_account(&edge, who.signed_in()?).await?;
    let (district, id, kind) = (who.0.district, account.id, account.kind);
    let (now, limits) = (edge.now(), edge.fixture::<Limits>());
    let lines = edge
        .db
        .read(async move |conn: &mut Conn| {
            queries::list_sessions(conn, district, id, kind, now, &limits).await.map_err(IdentityError::from)
        })
        .await?;
    let view = |l: queries::SessionLine| SessionView {
        current: Some(l.id) == own.id(),
        id: l.id,
        via: l.via,
        made_at: l.made_at,
        seen_at: l.seen_at,
        ends_at: l.ends_at,
    };
    Ok(Json(lines.into_iter().map(view).collect()))
}

/// 结束我的一个登录 · End one of my sessions
#[utoipa::path(delete, path = "/api/identity/sessions/{session}", operation_id = "revoke_session", tag = "identity",
    params(("session" = SessionId, Path)), responses((status = 204), (status = 404, body = Problem)))]
pub(crate) async fn revoke_session(
    who: Who,
    State(edge): State<Edge>,
    PathOf(session): PathOf<SessionId>,
) -> Result<StatusCode, Problem> {
    let actor = who.signed_in()?;
    edge.db.write(actor, async move |tx: &mut Tx| commands::revoke_own_session(tx, session).await).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Serialize, ToSchema)]
pub(crate) struct RevokedView {
    /// 结束了几个 · How many were ended.
    count: u64,
}

/// 结束我的其他登录 · End my other sessions
#[utoipa::path(delete, path = "/api/identity/sessions", operation_id = "revoke_sessions", tag = "identity",
    responses((status = 200, body = RevokedView), (status = 401, body = Problem)))]
pub(crate) async fn revoke_sessions(
    who: Who,
    own: OwnSession,
    State(edge): State<Edge>,
) -> Result<Json<RevokedView>, Problem> {
    let (actor, current) = (who.signed_in()?, own.id());
    let count = edge
        .db
        .write(actor, async move |tx: &mut Tx| commands::revoke_own_sessions(tx, current).await)
        .await?;
    Ok(Json(RevokedView { count }))
}
