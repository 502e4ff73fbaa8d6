//! Roles of the catalogue, and who was given which.

use crate::access::{GRANT_ROLES, READ_AUDIT, require};
use crate::commands;
use crate::error::IdentityError;
use crate::model::{Administrator, Assignment, AssignmentId, Face, Faces, Place, Reach, Role, Roles};
use crate::store;
use ::store::{Conn, Tx};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use edge::{Body, Edge, PathOf, Who};
use platform::{AccountId, Problem, Scope, Time, Words};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// 角色 · A role of the catalogue.
#[derive(Serialize, ToSchema)]
pub(crate) struct RoleView {
    key: String,
    words: Words,
    source: String,
    /// `system`, `security` or `audit`
    administrator: Option<String>,
    service: bool,
    second_factor: bool,
    /// 带这个角色的岗位 · Kinds of post that carry it.
    posts: Vec<String>,
    /// 范围（`about_me`、`own_area`、`own_unit`、`district`）到权限 · Permissions by how far they reach.
    grants: BTreeMap<String, Vec<String>>,
}

impl RoleView {
    fn of(role: &Role) -> Self {
        let reach = |reach: &Reach| match reach {
            Reach::AboutMe => "about_me".to_owned(),
            Reach::OwnArea => "own_area".to_owned(),
            Reach::OwnUnit => "own_unit".to_owned(),
            Reach::District => "district".to_owned(),
        };
        Self {
            key: role.key.clone(),
            words: role.words.clone(),
            source: role.source.clone(),
            administrator: role.administrator.map(Administrator::as_str).map(str::to_owned),
            service: role.service,
            second_factor: role.second_factor,
            posts: role.posts.clone(),
            grants: role.grants.iter().map(|(r, permissions)| (reach(r), permissions.clone())).collect(),
        }
    }
}

/// 工作界面 · A staff face, with its places. Who I am (`/api/identity/me`) lists those that are open; the roles list all, with what opens them.
#[derive(Serialize, ToSchema)]
pub(crate) struct FaceView {
    /// `grid`, `desk`, `map`, `admin`
    key: String,
    /// `/desk`
    href: String,
    words: Words,
    /// 有其中一项权限就能进 · One of these permissions opens it.
    needs: Vec<String>,
    places: Vec<PlaceView>,
}

/// 界面里的一处 · A place of a face.
#[derive(Serialize, ToSchema)]
pub(crate) struct PlaceView {
    /// `people`
    key: String,
    /// `/admin/people`
    href: String,
    words: Words,
    /// 空的：进了界面就能进 · None: open to whoever is in the face.
    needs: Vec<String>,
}

impl From<Face> for FaceView {
    fn from(face: Face) -> Self {
        let href = format!("/{}", face.key);
        let place = |place: Place| PlaceView {
            href: format!("{href}/{}", place.key),
            key: place.key,
            words: place.words,
            needs: place.needs,
        };
        let places = face.places.into_iter().map(place).collect();
        Self { key: face.key, href, words: face.words, needs: face.needs, places }
    }
}

#[derive(Serialize, ToSchema)]
pub(crate) struct RolesView {
    version: String,
    roles: Vec<RoleView>,
    /// 权限名到说明 · What each permission is called.
    permissions: BTreeMap<String, Words>,
    /// 全部工作界面和各需要什么权限 · All faces, and what opens each.
    faces: Vec<FaceView>,
}

/// 授予的角色 · A role given to an account.
#[derive(Serialize, ToSchema)]
pub(crate) struct AssignmentView {
    id: AssignmentId,
    role: String,
    #[schema(value_type = Object)]
    scope: Scope,
    from: Time,
    to: Option<Time>,
    withdrawn_at: Option<Time>,
    in_force: bool,
}

impl AssignmentView {
    fn of(assignment: Assignment, now: Time) -> Self {
        Self {
            in_force: assignment.is_in_force(now),
            id: assignment.id,
            role: assignment.role,
            scope: assignment.scope,
            from: assignment.from_at,
            to: assignment.to_at,
            withdrawn_at: assignment.withdrawn_at,
        }
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AssignRoleBody {
    role: String,
    /// `{"kind":"district"}`, `{"kind":"area","path":…}` or `{"kind":"unit","organisation":…}`
    #[schema(value_type = Object)]
    scope: Scope,
    #[serde(default)]
    from: Option<Time>,
    #[serde(default)]
    to: Option<Time>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct AssignedView {
    id: AssignmentId,
}

/// 角色目录 · List roles
#[utoipa::path(get, path = "/api/identity/roles", operation_id = "list_roles", tag = "identity",
    responses((status = 200, body = RolesView), (status = 401, body = Problem)))]
pub(crate) async fn list_roles(who: Who, State(edge): State<Edge>) -> Result<Json<RolesView>, Problem> {
    who.signed_in()?;
    let roles = edge.fixture::<Roles>();
    Ok(Json(RolesView {
        version: roles.version.clone(),
        roles: roles.list.iter().map(RoleView::of).collect(),
        permissions: roles.permissions.clone(),
        faces: edge.fixture::<Faces>().list.iter().cloned().map(FaceView::from).collect(),
    }))
}

/// 一个账号的角色 · List the roles of an account
#[utoipa::path(get, path = "/api/identity/accounts/{account}/roles", operation_id = "list_assignments", tag = "identity",
    params(("account" = AccountId, Path)), responses((status = 200, body = [AssignmentView]), (status = 403, body = Problem)))]
pub(crate) async fn list_assignments(
    who: Who,
    State(edge): State<Edge>,
    PathOf(account): PathOf<AccountId>,
) -> Result<Json<Vec<AssignmentView>>, Problem> {
    let actor = who.signed_in()?;
    if actor.account != Some(account) {
        require(actor, &GRANT_ROLES).or_else(|_| require(actor, &READ_AUDIT))?;
    }
    let district = actor.district;
    let held = edge
        .db
        .read(async move |conn: &mut Conn| {
            store::assignments_of(conn, district, account).await.map_err(IdentityError::from)
        })
        .await?;
    let now = edge.now();
    Ok(Json(held.into_iter().map(|a| AssignmentView::of(a, now)).collect()))
}

/// 授予角色 · Give a role
///
/// 三员分立：系统、安全、审计管理员不能是同一账号，也不兼任其他岗位。
/// The three administrators are separate accounts, and hold no other post or role.
#[utoipa::path(post, path = "/api/identity/accounts/{account}/roles", operation_id = "assign_role", tag = "identity",
    params(("account" = AccountId, Path)), request_body = AssignRoleBody,
    responses((status = 201, body = AssignedView), (status = 403, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn assign_role(
    who: Who,
    State(edge): State<Edge>,
    PathOf(account): PathOf<AccountId>,
    Body(body): Body<AssignRoleBody>,
) -> Result<(StatusCode, Json<AssignedView>), Problem> {
    let actor = who.signed_in()?;
    let new =
        commands::NewAssignment { account, role: body.role, scope: body.scope, from: body.from, to: body.to };
    let id = edge.db.write(actor, async move |tx: &mut Tx| commands::give_role(tx, &new).await).await?;
    Ok((StatusCode::CREATED, Json(AssignedView { id })))
}

/// 收回角色 · Take a role back
#[utoipa::path(delete, path = "/api/identity/accounts/{account}/roles/{assignment}", operation_id = "withdraw_role", tag = "identity",
    params(("account" = AccountId, Path), ("assignment" = AssignmentId, Path)),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn withdraw_role(
    who: Who,
    State(edge): State<Edge>,
    PathOf((account, assignment)): PathOf<(AccountId, AssignmentId)>,
) -> Result<StatusCode, Problem> {
    let actor = who.signed_in()?;
    edge.db
        .write(actor, async move |tx: &mut Tx| commands::withdraw_role(tx, account, assignment).await)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
