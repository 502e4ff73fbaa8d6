//! Campaigns: begun from a template, changed as drafts, tried, published, ended.

use super::staff;
use crate::access::{PERMISSIONS, RUN_CAMPAIGNS, require, sees_form, widest};
use crate::campaigns::{DryRun, dry_run};
use crate::catalogue::{CampaignBook, TemplateEntry};
use crate::commands;
use crate::error::FieldworkError;
use crate::model::{Campaign, CampaignContent, CampaignId, CampaignState};
use crate::queries;
use crate::store;
use ::store::{Conn, Tx};
use axum::Json;
use axum::extract::State;
use edge::{Body, Edge, PathOf, QueryOf, Who};
use platform::{Actor, Cursor, Fault, Page, Problem, Time, Words, limits};
use registry::Catalogue;
use serde::{Deserialize, Serialize};
use territory::Map;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// A campaign as it is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CampaignView {
    pub id: CampaignId,
    pub area_path: String,
    pub area_name: String,
    pub state: CampaignState,
    /// To be sent along with a change.
    pub version: i64,
    #[serde(flatten)]
    pub content: CampaignContent,
    /// The target in words.
    pub target_words: Words,
    /// Doors that were opened; while opening, so far.
    pub doors: i64,
    pub made_at: Time,
    pub made_by: String,
    pub published_at: Option<Time>,
    pub published_by: Option<String>,
    /// Why it was published although grids are beyond their hours.
    pub beyond_reason: Option<String>,
    pub closed_at: Option<Time>,
}

pub(super) fn view(edge: &Edge, actor: &Actor, one: Campaign) -> CampaignView {
    let places = edge.fixture::<Map>().of(actor.district);
    let area_name = places.by_path(&one.area_path).map(|area| area.name.clone());
    CampaignView {
        target_words: one.content.target.words(&edge.fixture::<Catalogue>(), &places),
        area_name: area_name.unwrap_or_default(),
        id: one.id,
        area_path: one.area_path,
        state: one.state,
        version: one.version,
        content: one.content,
        doors: one.doors,
        made_at: one.made_at,
        made_by: one.made_by_name,
        published_at: one.published_at,
        published_by: one.published_by_name,
        beyond_reason: one.beyond_reason,
        closed_at: one.closed_at,
    }
}

/// Whoever works where it is sees a campaign that was published; a draft, who may make it.
fn is_seen(actor: &Actor, one: &Campaign) -> bool {
    let is_published = !matches!(one.state, CampaignState::Draft | CampaignState::Dropped);
    actor.holds_at(&RUN_CAMPAIGNS, &one.area_path) || (is_published && sees_form(actor, &one.area_path))
}

/// A campaign an actor may see.
pub(super) async fn see(edge: &Edge, actor: &Actor, id: CampaignId) -> Result<Campaign, FieldworkError> {
    let district = actor.district;
    let read = async move |conn: &mut Conn| store::campaigns::find(conn, district, id).await;
    let found = edge.db.read::<_, Fault, _>(read).await?;
    found.filter(|one| is_seen(actor, one)).ok_or(FieldworkError::NotFound)
}

async fn shown(edge: &Edge, actor: &Actor, id: CampaignId) -> Result<Json<CampaignView>, Problem> {
    Ok(Json(view(edge, actor, see(edge, actor, id).await?)))
}

/// 专项任务的模板。Campaigns to begin with.
#[utoipa::path(get, path = "/api/fieldwork/campaign-templates", tag = "fieldwork", operation_id = "list_campaign_templates",
    responses((status = 200, body = Vec<TemplateEntry>), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub async fn list_campaign_templates(
    State(edge): State<Edge>,
    who: Who,
) -> Result<Json<Vec<TemplateEntry>>, Problem> {
    staff(&who, &[&RUN_CAMPAIGNS])?;
    Ok(Json(edge.fixture::<CampaignBook>().templates.clone()))
}

/// Where a page goes on.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CampaignsQuery {
    pub after: Option<String>,
}

/// 我工作的区域的专项任务，新的在前。Campaigns where one works, the newest first; a page may be empty and yet not the last.
#[utoipa::path(get, path = "/api/fieldwork/campaigns", tag = "fieldwork", operation_id = "list_campaigns", params(CampaignsQuery),
    responses((status = 200, body = Page<CampaignView>), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub async fn list_campaigns(
    State(edge): State<Edge>,
    who: Who,
    QueryOf(query): QueryOf<CampaignsQuery>,
) -> Result<Json<Page<CampaignView>>, Problem> {
    let actor = staff(&who, PERMISSIONS)?;
    let before: Option<CampaignId> = query.after.map(Cursor).and_then(|cursor| cursor.key());
    let before = before.unwrap_or(CampaignId(Uuid::max()));
    let (district, rows_max) = (actor.district, limits::PAGE_ROWS_DEFAULT as usize);
    let read = async move |conn: &mut Conn| {
        queries::campaigns::list(conn, district, before, rows_max as i64 + 1).await
    };
    let rows = edge.db.read::<_, Fault, _>(read).await.map_err(FieldworkError::from)?;
    let page = Page::cut(rows, rows_max, |row| Cursor::of(&row.id));
    let seen = page.items.into_iter().map(Campaign::from).filter(|one| is_seen(actor, one));
    let items = seen.map(|one| view(&edge, actor, one)).collect();
    Ok(Json(Page { items, next: page.next }))
}

/// A campaign that is made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCampaignBody {
    /// A path; none: the widest area where one may.
    pub area: Option<String>,
    pub content: CampaignContent,
}

/// 起草专项任务。Make a campaign, as a draft.
#[utoipa::path(post, path = "/api/fieldwork/campaigns", tag = "fieldwork", operation_id = "make_campaign", request_body = NewCampaignBody,
    responses((status = 200, body = CampaignView), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 422, body = Problem)))]
pub async fn make_campaign(
    State(edge): State<Edge>,
    who: Who,
    Body(body): Body<NewCampaignBody>,
) -> Result<Json<CampaignView>, Problem> {
    let actor = staff(&who, &[&RUN_CAMPAIGNS])?;
    let root = territory::root_path(actor.district);
    let area = body.area.or_else(|| widest(actor, &RUN_CAMPAIGNS, &root)).ok_or(FieldworkError::NotFound)?;
    let make = async move |tx: &mut Tx| commands::make_campaign(tx, &area, body.content.clone()).await;
    let id = edge.db.write(actor, make).await?;
    shown(&edge, actor, id).await
}

/// 看一个专项任务。A campaign.
#[utoipa::path(get, path = "/api/fieldwork/campaigns/{id}", tag = "fieldwork", operation_id = "show_campaign", params(("id" = CampaignId, Path)),
    responses((status = 200, body = CampaignView), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn show_campaign(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<CampaignId>,
) -> Result<Json<CampaignView>, Problem> {
    let actor = staff(&who, PERMISSIONS)?;
    shown(&edge, actor, id).await
}

/// A draft as it is to be.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CampaignBody {
    /// The version that was seen.
    pub version: i64,
    pub content: CampaignContent,
}

/// 改草稿。Change a draft.
#[utoipa::path(put, path = "/api/fieldwork/campaigns/{id}", tag = "fieldwork", operation_id = "amend_campaign", params(("id" = CampaignId, Path)),
    request_body = CampaignBody,
    responses((status = 200, body = CampaignView), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn amend_campaign(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<CampaignId>,
    Body(body): Body<CampaignBody>,
) -> Result<Json<CampaignView>, Problem> {
    let actor = staff(&who, &[&RUN_CAMPAIGNS])?;
    let amend =
        async move |tx: &mut Tx| commands::amend_campaign(tx, id, body.version, body.content.clone()).await;
    edge.db.write(actor, amend).await?;
    shown(&edge, actor, id).await
}

/// 试算：每个网格多少户、多少分钟，问多少、已知多少；什么也不保存。What it would cost: doors and minutes by grid, what is asked and known. Nothing is kept.
#[utoipa::path(get, path = "/api/fieldwork/campaigns/{id}/dry-run", tag = "fieldwork", operation_id = "dry_run_campaign", params(("id" = CampaignId, Path)),
    responses((status = 200, body = DryRun), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn dry_run_campaign(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<CampaignId>,
) -> Result<Json<DryRun>, Problem> {
    let actor = staff(&who, &[&RUN_CAMPAIGNS])?;
    let one = see(&edge, actor, id).await?;
    require(actor, &RUN_CAMPAIGNS, &one.area_path)?;
    Ok(Json(dry_run(&edge, actor.district, &one).await?))
}

/// What goes with publishing.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublishCampaignBody {
    /// Why it is published although grids are beyond their hours; 5 to 200 characters, needed only then.
    #[serde(default)]
    pub beyond_reason: Option<String>,
}

/// 发布：逐批打开每一户。Publish a draft: its doors are opened, some hundred at a time.
#[utoipa::path(post, path = "/api/fieldwork/campaigns/{id}/publish", tag = "fieldwork", operation_id = "publish_campaign", params(("id" = CampaignId, Path)),
    request_body = PublishCampaignBody,
    responses((status = 200, body = CampaignView), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn publish_campaign(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<CampaignId>,
    Body(body): Body<PublishCampaignBody>,
) -> Result<Json<CampaignView>, Problem> {
    let actor = staff(&who, &[&RUN_CAMPAIGNS])?;
    commands::publish_campaign(&edge, actor, id, body.beyond_reason).await?;
    shown(&edge, actor, id).await
}

/// 结束：没去的户不再去，不追究谁；草稿则作废。End a campaign: what is left is closed and nobody is blamed; a draft is dropped.
#[utoipa::path(post, path = "/api/fieldwork/campaigns/{id}/end", tag = "fieldwork", operation_id = "end_campaign", params(("id" = CampaignId, Path)),
    responses((status = 200, body = CampaignView), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
pub async fn end_campaign(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<CampaignId>,
) -> Result<Json<CampaignView>, Problem> {
    let actor = staff(&who, &[&RUN_CAMPAIGNS])?;
    edge.db.write(actor, async move |tx: &mut Tx| commands::end_campaign(tx, id).await).await?;
    shown(&edge, actor, id).await
}
