//! Posts and organisations, for staff.

use super::views::{OrganisationView, PostView};
use super::{Done, Moment, current, staff, write_once};
use crate::TerritoryError;
use crate::access::{MANAGE_POSTS, VIEW_AREAS};
use crate::commands::{self, AddOrganisation, ChangeOrganisation, OpenPost};
use crate::model::{OrganisationKind, Post, PostKind};
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use edge::{Body, Edge, PathOf, QueryOf, Who};
use platform::{Cursor, OrganisationId, Page, PostId, Problem, Scope, limits};
use serde::{Deserialize, Serialize};

/// Which posts.
#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListPosts {
    kind: Option<PostKind>,
    /// Only those at this code or below.
    area: Option<String>,
    /// Closed ones too.
    #[serde(default)]
    closed: bool,
    /// `next` of the page before.
    #[param(value_type = Option<String>)]
    after: Option<Cursor>,
    /// Rows of the page, 100 at most.
    limit: Option<u32>,
}

/// 岗位列表，连同在岗人员。List the posts with who holds them.
#[utoipa::path(get, path = "/api/territory/posts", tag = "territory", params(ListPosts),
    responses((status = 200, body = Page<PostView>), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub async fn list_posts(
    State(edge): State<Edge>,
    who: Who,
    QueryOf(query): QueryOf<ListPosts>,
) -> Result<Json<Page<PostView>>, Problem> {
    let actor = staff(&who, &VIEW_AREAS)?;
    let (snapshot, now) = (current(&edge, actor.district).await?, edge.now());
    let rows_max = query.limit.unwrap_or(limits::PAGE_ROWS_DEFAULT).clamp(1, limits::PAGE_ROWS_MAX) as usize;
    let after = query.after.as_ref().and_then(Cursor::key::<PostKey>);
    let area = match query.area {
        Some(code) => Some(snapshot.by_code(&code).ok_or(TerritoryError::NoSuchArea { code })?.path.clone()),
        None => None,
    };
    let is_wanted = |post: &&Post| {
        actor.holds_at(&VIEW_AREAS, &post.area_path)
            && after.as_ref().is_none_or(|after| key_of(post) > *after)
            && query.kind.is_none_or(|kind| post.kind == kind)
            && area.as_ref().is_none_or(|path| Scope::covers_path(path, &post.area_path))
            && (query.closed || post.open_to.is_none_or(|to| now < to))
    };
    let found: Vec<&Post> = snapshot.posts().into_iter().filter(is_wanted).take(rows_max + 1).collect();
    let page = Page::cut(found, rows_max, |post| Cursor::of(&key_of(post)));
    let items = page.items.into_iter().map(|post| PostView::of(&snapshot, post, now)).collect();
    Ok(Json(Page { items, next: page.next }))
}

/// The order of [`crate::model::Snapshot::posts`].
type PostKey = (String, PostKind, String, PostId);

fn key_of(post: &Post) -> PostKey {
    (post.area_path.clone(), post.kind, post.name.clone(), post.id)
}

/// A new post.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenPostBody {
    kind: PostKind,
    name: String,
    name_en: Option<String>,
    /// The code of the area it serves; the district's for units and the dispatcher.
    area: String,
    /// The key of a unit's organisation.
    organisation: Option<String>,
    phone: Option<String>,
    /// A date or a time; now when left out.
    #[schema(value_type = Option<String>)]
    from: Option<Moment>,
}

/// 设立岗位。Open a post.
#[utoipa::path(post, path = "/api/territory/posts", tag = "territory", request_body = OpenPostBody,
    responses((status = 200, body = PostView), (status = 403, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn open_post(
    State(edge): State<Edge>,
    who: Who,
    headers: HeaderMap,
    Body(body): Body<OpenPostBody>,
) -> Result<Json<PostView>, Problem> {
    let actor = staff(&who, &MANAGE_POSTS)?;
    let snapshot = current(&edge, actor.district).await?;
    let area = snapshot.by_code(&body.area).ok_or(TerritoryError::NoSuchArea { code: body.area.clone() })?;
    let organisation = match &body.organisation {
        Some(key) => Some(snapshot.organisation(key).ok_or(TerritoryError::NoSuchOrganisation)?.id),
        None => None,
    };
    let area_path = area.path.clone();
    let open = async move |tx: &mut store::Tx, body: OpenPostBody| {
        let new = OpenPost {
            kind: body.kind,
            name: body.name,
            name_en: body.name_en,
            area_path: area_path.clone(),
            organisation,
            phone: body.phone,
            from: body.from.map(|moment| moment.0),
        };
        commands::open_post(tx, new).await
    };
    let id = write_once(&edge, actor, headers, body, open).await?;
    view_of(&edge, &who, id).await
}

/// The post as it is after a write.
pub async fn view_of(edge: &Edge, who: &Who, id: PostId) -> Result<Json<PostView>, Problem> {
    let snapshot = current(edge, who.0.district).await?;
    let post = snapshot.post(id).ok_or(TerritoryError::NoSuchPost)?;
    Ok(Json(PostView::of(&snapshot, post, edge.now())))
}

/// When.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AtBody {
    /// A date or a time; now when left out.
    #[schema(value_type = Option<String>)]
    pub(super) at: Option<Moment>,
}

/// 关闭岗位：岗位上不能还有人。Close a post nobody holds.
#[utoipa::path(post, path = "/api/territory/posts/{id}/close", tag = "territory", request_body = AtBody,
    params(("id" = PostId, Path)),
    responses((status = 200, body = PostView), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn close_post(
    State(edge): State<Edge>,
    who: Who,
    headers: HeaderMap,
    PathOf(id): PathOf<PostId>,
    Body(body): Body<AtBody>,
) -> Result<Json<PostView>, Problem> {
    let actor = staff(&who, &MANAGE_POSTS)?;
    let close = async move |tx: &mut store::Tx, (id, body): (PostId, AtBody)| {
        commands::close_post(tx, id, body.at.map(|moment| moment.0)).await
    };
    write_once(&edge, actor, headers, (id, body), close).await?;
    view_of(&edge, &who, id).await
}

/// 单位列表。List the organisations.
#[utoipa::path(get, path = "/api/territory/organisations", tag = "territory",
    responses((status = 200, body = Vec<OrganisationView>), (status = 401, body = Problem)))]
pub async fn list_organisations(
    State(edge): State<Edge>,
    who: Who,
) -> Result<Json<Vec<OrganisationView>>, Problem> {
    let actor = staff(&who, &VIEW_AREAS)?;
    let snapshot = current(&edge, actor.district).await?;
    Ok(Json(snapshot.organisations().into_iter().map(OrganisationView::from).collect()))
}

/// A new organisation.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddOrganisationBody {
    /// The word duty lists call it by: lower-case letters, digits and `_`.
    key: String,
    name: String,
    name_en: Option<String>,
    kind: OrganisationKind,
    phone: Option<String>,
}

/// 增加单位。Add an organisation.
#[utoipa::path(post, path = "/api/territory/organisations", tag = "territory", request_body = AddOrganisationBody,
    responses((status = 200, body = OrganisationView), (status = 403, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn add_organisation(
    State(edge): State<Edge>,
    who: Who,
    headers: HeaderMap,
    Body(body): Body<AddOrganisationBody>,
) -> Result<Json<OrganisationView>, Problem> {
    let actor = staff(&who, &MANAGE_POSTS)?;
    let add = async move |tx: &mut store::Tx, body: AddOrganisationBody| {
        let AddOrganisationBody { key, name, name_en, kind, phone } = body;
        commands::add_organisation(tx, AddOrganisation { key, name, name_en, kind, phone }).await
    };
    let id = write_once(&edge, actor, headers, body, add).await?;
    let snapshot = current(&edge, actor.district).await?;
    let organisation = snapshot.organisation_by_id(id).ok_or(TerritoryError::NoSuchOrganisation)?;
    Ok(Json(organisation.into()))
}

/// A new name or number; the key stays.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeOrganisationBody {
    name: String,
    name_en: Option<String>,
    phone: Option<String>,
}

/// 修改单位的名称和电话。Change the name and number of an organisation.
#[utoipa::path(put, path = "/api/territory/organisations/{id}", tag = "territory", request_body = ChangeOrganisationBody,
    params(("id" = OrganisationId, Path)),
    responses((status = 200, body = Done), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn change_organisation(
    State(edge): State<Edge>,
    who: Who,
    headers: HeaderMap,
    PathOf(id): PathOf<OrganisationId>,
    Body(body): Body<ChangeOrganisationBody>,
) -> Result<Json<Done>, Problem> {
    let actor = staff(&who, &MANAGE_POSTS)?;
    let change = async move |tx: &mut store::Tx, (id, body): (OrganisationId, ChangeOrganisationBody)| {
        let ChangeOrganisationBody { name, name_en, phone } = body;
        commands::change_organisation(tx, ChangeOrganisation { id, name, name_en, phone }).await?;
        Ok(Done { done: true })
    };
    Ok(Json(write_once(&edge, actor, headers, (id, body), change).await?))
}
