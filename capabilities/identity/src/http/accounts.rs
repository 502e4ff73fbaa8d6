//! Administrators open, suspend, unlock and close accounts, and issue keys to other systems.

use crate::access::{GRANT_ROLES, MANAGE_ACCOUNTS, MANAGE_SERVICE_KEYS, UNLOCK_ACCOUNT, require};
use crate::commands;
use crate::error::IdentityError;
use crate::model::AccountKind;
use crate::queries::{self, AccountLine};
use ::store::{Conn, Tx};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use edge::{Body, Edge, PathOf, QueryOf, Who};
use platform::{AccountId, Actor, Cursor, Page, Personal, Phone, Problem, Time, limits};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// 账号 · An account as administrators see it.
#[derive(Serialize, ToSchema)]
pub(crate) struct AccountView {
    id: AccountId,
    /// `staff`, `resident` or `service`
    kind: String,
    login: Option<String>,
    name: String,
    /// 隐去中间四位 · Masked.
    phone: Option<String>,
    has_password: bool,
    must_change: bool,
    has_second_factor: bool,
    suspended_at: Option<Time>,
    closed_at: Option<Time>,
    created_at: Time,
    /// 因多次失败锁定到几时 · Locked after failures until then.
    locked_until: Option<Time>,
}

impl AccountView {
    fn of(line: AccountLine, now: Time) -> Self {
        Self {
            login: line.shown_login().map(str::to_owned),
            phone: line.masked_phone(),
            id: line.id,
            kind: line.kind,
            name: line.name,
            has_password: line.has_password,
            must_change: line.must_change,
            has_second_factor: line.has_second_factor,
            suspended_at: line.suspended_at,
            closed_at: line.closed_at,
            created_at: line.created_at,
            locked_until: line.locked_until.filter(|until| *until > now),
        }
    }
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AccountsQuery {
    /// `staff`（默认）、`resident`、`service` · `staff` where it is not given.
    kind: Option<String>,
    /// 只要这个登录名 · Only the one with this login.
    login: Option<String>,
    /// 上一页的 `next` · The last page's `next`.
    after: Option<String>,
    rows: Option<u32>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OpenAccountBody {
    /// `staff` or `service`
    kind: String,
    /// 工作人员的登录名 · Staff only.
    #[serde(default)]
    login: Option<String>,
    name: String,
    #[serde(default)]
    phone: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct AccountOpenedView {
    id: AccountId,
    /// 首次密码，只显示一次，登录后要改 · The first password of staff, shown this once, to be changed.
    password: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct PasswordView {
    /// 只显示一次，登录后要改 · Shown this once, to be changed.
    password: String,
}

/// Accounts are seen by those who open, unlock or grant.
fn may_see(actor: &Actor) -> Result<(), IdentityError> {
    let reasons = [&MANAGE_ACCOUNTS, &UNLOCK_ACCOUNT, &GRANT_ROLES];
    if reasons.into_iter().any(|p| actor.holds_everywhere(p)) {
        Ok(())
    } else {
        Err(IdentityError::Forbidden)
    }
}

/// 账号列表 · List accounts
#[utoipa::path(get, path = "/api/identity/accounts", operation_id = "list_accounts", tag = "identity", params(AccountsQuery),
    responses((status = 200, body = Page<AccountView>), (status = 403, body = Problem)))]
pub(crate) async fn list_accounts(
    who: Who,
    State(edge): State<Edge>,
    QueryOf(query): QueryOf<AccountsQuery>,
) -> Result<Json<Page<AccountView>>, Problem> {
    let actor = who.signed_in()?;
    may_see(actor)?;
    let kind = query.kind.as_deref().map_or(Some(AccountKind::Staff), AccountKind::parse);
    let kind = kind.ok_or(IdentityError::BadFilter { field: "kind" })?;
    let rows = query.rows.unwrap_or(limits::PAGE_ROWS_DEFAULT).clamp(1, limits::PAGE_ROWS_MAX);
    let (district, now) = (actor.district, edge.now());
    let page = edge
        .db
        .read(async move |conn: &mut Conn| match &query.login {
            Some(login) => {
                let found = queries::find_line_by_login(conn, district, login).await?;
                let items = found.into_iter().filter(|l| l.kind == kind.as_str()).collect();
                Ok(Page { items, next: None })
            }
            None => {
                let after = query.after.clone().map(Cursor);
                queries::list_accounts(conn, district, kind, after.as_ref(), rows).await
            }
        })
        .await
        .map_err(|e: IdentityError| e)?;
    let items = page.items.into_iter().map(|line| AccountView::of(line, now)).collect();
    Ok(Json(Page { items, next: page.next }))
}

/// 一个账号 · Find an account
#[utoipa::path(get, path = "/api/identity/accounts/{account}", operation_id = "find_account", tag = "identity",
    params(("account" = AccountId, Path)), responses((status = 200, body = AccountView), (status = 404, body = Problem)))]
pub(crate) async fn find_account(
    who: Who,
    State(edge): State<Edge>,
    PathOf(id): PathOf<AccountId>,
) -> Result<Json<AccountView>, Problem> {
    let actor = who.signed_in()?;
    may_see(actor)?;
    let district = actor.district;
    let line = edge
        .db
        .read(async move |conn: &mut Conn| {
            queries::find_line(conn, district, id).await?.ok_or(IdentityError::NotFound)
        })
        .await?;
    Ok(Json(AccountView::of(line, edge.now())))
}

/// 开立账号 · Open an account
#[utoipa::path(post, path = "/api/identity/accounts", operation_id = "open_account", tag = "identity", request_body = OpenAccountBody,
    responses((status = 201, body = AccountOpenedView), (status = 403, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn open_account(
    who: Who,
    State(edge): State<Edge>,
    Body(body): Body<OpenAccountBody>,
) -> Result<(StatusCode, Json<AccountOpenedView>), Problem> {
    let actor = who.signed_in()?;
    let view = match AccountKind::parse(&body.kind) {
        Some(AccountKind::Staff) => open_staff(&edge, actor, body).await?,
        Some(AccountKind::Service) => {
            let name = body.name;
            let id = edge
                .db
                .write(actor, async move |tx: &mut Tx| commands::open_service(tx, &name).await)
                .await?;
            AccountOpenedView { id, password: None }
        }
        // Residents open theirs by a code to their phone.
        Some(AccountKind::Resident) | None => return Err(IdentityError::WrongKind.into()),
    };
    Ok((StatusCode::CREATED, Json(view)))
}

async fn open_staff(
    edge: &Edge,
    actor: &Actor,
    body: OpenAccountBody,
) -> Result<AccountOpenedView, IdentityError> {
    let phone =
        body.phone.as_deref().map(|text| Phone::parse(text).ok_or(IdentityError::BadPhone { mobile: false }));
    let new = commands::NewStaff {
        phone: phone.transpose()?.map(Personal::new),
        ..commands::NewStaff::new(&body.login.unwrap_or_default(), &body.name)
    };
    let (id, password) = commands::open_staff(edge, actor, new).await?;
    Ok(AccountOpenedView { id, password: Some(password) })
}

/// 停用账号 · Suspend an account
///
/// 它的登录立即结束。 Its sessions end at once.
#[utoipa::path(post, path = "/api/identity/accounts/{account}/lock", operation_id = "lock_account", tag = "identity",
    params(("account" = AccountId, Path)), responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn lock_account(
    who: Who,
    State(edge): State<Edge>,
    PathOf(id): PathOf<AccountId>,
) -> Result<StatusCode, Problem> {
    let actor = who.signed_in()?;
    edge.db.write(actor, async move |tx: &mut Tx| commands::lock_account(tx, id).await).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// 解锁账号 · Unlock an account
///
/// 结束停用，也结束多次失败后的锁定。 Ends a suspension and a lock after failures.
#[utoipa::path(post, path = "/api/identity/accounts/{account}/unlock", operation_id = "unlock_account", tag = "identity",
    params(("account" = AccountId, Path)), responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn unlock_account(
    who: Who,
    State(edge): State<Edge>,
    PathOf(id): PathOf<AccountId>,
) -> Result<StatusCode, Problem> {
    let actor = who.signed_in()?;
    edge.db.write(actor, async move |tx: &mut Tx| commands::unlock_account(tx, id).await).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// 重置密码 · Give a new first password
#[utoipa::path(post, path = "/api/identity/accounts/{account}/reset-password", operation_id = "reset_password", tag = "identity",
    params(("account" = AccountId, Path)), responses((status = 200, body = PasswordView), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn reset_password(
    who: Who,
    State(edge): State<Edge>,
    PathOf(id): PathOf<AccountId>,
) -> Result<Json<PasswordView>, Problem> {
    let actor = who.signed_in()?;
    let password = commands::reset_password(&edge, actor, id).await?;
    Ok(Json(PasswordView { password }))
}

/// 重置动态验证 · Take a lost second factor away
#[utoipa::path(post, path = "/api/identity/accounts/{account}/reset-second-factor", operation_id = "reset_second_factor", tag = "identity",
    params(("account" = AccountId, Path)), responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn reset_second_factor(
    who: Who,
    State(edge): State<Edge>,
    PathOf(id): PathOf<AccountId>,
) -> Result<StatusCode, Problem> {
    let actor = who.signed_in()?;
    edge.db.write(actor, async move |tx: &mut Tx| commands::reset_second_factor(tx, id).await).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// 注销账号 · Close an account for good
#[utoipa::path(post, path = "/api/identity/accounts/{account}/close", operation_id = "close_account", tag = "identity",
    params(("account" = AccountId, Path)), responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn close_account(
    who: Who,
    State(edge): State<Edge>,
    PathOf(id): PathOf<AccountId>,
) -> Result<StatusCode, Problem> {
    let actor = who.signed_in()?;
    edge.db.write(actor, async move |tx: &mut Tx| commands::close_account(tx, id).await).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Days of a key's use shown.
const KEY_USES_SHOWN: std::time::Duration = std::time::Duration::from_secs(30 * 24 * 3600);

/// 接口密钥 · A key of another system.
#[derive(Serialize, ToSchema)]
pub(crate) struct ServiceKeyView {
    id: Uuid,
    account: AccountId,
    name: String,
    /// 最后四位 · Its last four characters.
    hint: String,
    made_at: Time,
    ends_at: Option<Time>,
    revoked_at: Option<Time>,
    /// 每分钟最多几次；没有就按全区的 · Calls a minute; absent: as the house has it.
    calls_per_minute: Option<i64>,
    /// 最近一次使用（近92天） · Its last use, within 92 days.
    last_at: Option<Time>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct IssueKeyBody {
    /// 对接系统的账号 · An account of kind `service`.
    account: AccountId,
    #[serde(default)]
    ends_at: Option<Time>,
    /// 每分钟最多几次，1 到 60000 · Calls a minute, 1 to 60000; absent: 600.
    #[serde(default)]
    calls_per_minute: Option<i64>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RotateKeyBody {
    /// 旧密钥再用几小时，最多 168 · Hours the former key still holds, at most 168.
    overlap_hours: u32,
}

/// 密钥在一个接口上一天的使用 · What a key did on a route on a day.
#[derive(Serialize, ToSchema)]
pub(crate) struct KeyUseView {
    /// `2026-11-23`, a day in China.
    day: String,
    /// `GET /api/cases/{id}`
    route: String,
    calls: i64,
    /// 被拒绝的（4xx） · Refused, 400 to 499.
    refused: i64,
    /// 出错的（5xx） · Failed, 500 and more.
    failed: i64,
    last_at: Time,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct KeyUsesView {
    /// 近31天，新的在前 · The last 31 days, newest first.
    items: Vec<KeyUseView>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct KeyIssuedView {
    id: Uuid,
    /// 只显示一次 · Shown this once: `Authorization: Bearer`, or Open311's `api_key`.
    key: String,
}

/// 接口密钥列表 · List service keys
#[utoipa::path(get, path = "/api/identity/service-keys", operation_id = "list_service_keys", tag = "identity",
    responses((status = 200, body = [ServiceKeyView]), (status = 403, body = Problem)))]
pub(crate) async fn list_service_keys(
    who: Who,
    State(edge): State<Edge>,
) -> Result<Json<Vec<ServiceKeyView>>, Problem> {
    let actor = who.signed_in()?;
    require(actor, &MANAGE_SERVICE_KEYS)?;
    let district = actor.district;
    let lines = edge
        .db
        .read(async move |conn: &mut Conn| {
            queries::list_keys(conn, district).await.map_err(IdentityError::from)
        })
        .await?;
    let view = |k: queries::KeyLine| ServiceKeyView {
        id: k.id,
        account: k.account_id,
        name: k.name,
        hint: k.hint,
        made_at: k.made_at,
        ends_at: k.ends_at,
        revoked_at: k.revoked_at,
        calls_per_minute: k.calls_per_minute,
        last_at: k.last_at,
    };
    Ok(Json(lines.into_iter().map(view).collect()))
}

/// 签发接口密钥 · Issue a service key
#[utoipa::path(post, path = "/api/identity/service-keys", operation_id = "issue_service_key", tag = "identity", request_body = IssueKeyBody,
    responses((status = 201, body = KeyIssuedView), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn issue_service_key(
    who: Who,
    State(edge): State<Edge>,
    Body(body): Body<IssueKeyBody>,
) -> Result<(StatusCode, Json<KeyIssuedView>), Problem> {
    let actor = who.signed_in()?;
    let account = body.account;
    let reach = commands::KeyReach { ends_at: body.ends_at, calls_per_minute: body.calls_per_minute };
    let (id, token) =
        edge.db.write(actor, async move |tx: &mut Tx| commands::issue_key(tx, account, reach).await).await?;
    Ok((StatusCode::CREATED, Json(KeyIssuedView { id, key: token.reveal().to_owned() })))
}

/// 换一个接口密钥：旧的再用几小时 · A key in place of another, which holds for some hours more
#[utoipa::path(post, path = "/api/identity/service-keys/{key}/rotate", operation_id = "rotate_service_key", tag = "identity", request_body = RotateKeyBody,
    params(("key" = Uuid, Path)),
    responses((status = 201, body = KeyIssuedView), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn rotate_service_key(
    who: Who,
    State(edge): State<Edge>,
    PathOf(key): PathOf<Uuid>,
    Body(body): Body<RotateKeyBody>,
) -> Result<(StatusCode, Json<KeyIssuedView>), Problem> {
    let actor = who.signed_in()?;
    let rotate = async move |tx: &mut Tx| commands::rotate_key(tx, key, body.overlap_hours).await;
    let (id, token) = edge.db.write(actor, rotate).await?;
    Ok((StatusCode::CREATED, Json(KeyIssuedView { id, key: token.reveal().to_owned() })))
}

/// 接口密钥的使用记录：每天、每个接口 · What a service key did, by day and route
#[utoipa::path(get, path = "/api/identity/service-keys/{key}/uses", operation_id = "list_service_key_uses", tag = "identity",
    params(("key" = Uuid, Path)), responses((status = 200, body = KeyUsesView), (status = 403, body = Problem)))]
pub(crate) async fn list_service_key_uses(
    who: Who,
    State(edge): State<Edge>,
    PathOf(key): PathOf<Uuid>,
) -> Result<Json<KeyUsesView>, Problem> {
    let actor = who.signed_in()?;
    require(actor, &MANAGE_SERVICE_KEYS)?;
    let (district, since) = (actor.district, edge.now().before(KEY_USES_SHOWN));
    let read = async move |conn: &mut Conn| {
        queries::list_key_uses(conn, district, key, since).await.map_err(IdentityError::from)
    };
    let rows = edge.db.read(read).await?;
    let view = |row: queries::KeyUseRow| KeyUseView {
        day: row.day,
        route: row.route,
        calls: row.calls,
        refused: row.refused,
        failed: row.failed,
        last_at: row.last_at,
    };
    Ok(Json(KeyUsesView { items: rows.into_iter().map(view).collect() }))
}

/// 吊销接口密钥 · Revoke a service key
#[utoipa::path(delete, path = "/api/identity/service-keys/{key}", operation_id = "revoke_service_key", tag = "identity",
    params(("key" = Uuid, Path)), responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn revoke_service_key(
    who: Who,
    State(edge): State<Edge>,
    PathOf(key): PathOf<Uuid>,
) -> Result<StatusCode, Problem> {
    let actor = who.signed_in()?;
    edge.db.write(actor, async move |tx: &mut Tx| commands::revoke_key(tx, key).await).await?;
    Ok(StatusCode::NO_CONTENT)
}
