//! JSON routes of duty lists, thin: parse, call, answer.

use super::table;
use super::view::{self, DutyBook, DutyObjectionView, DutyVersionView};
use super::{Content, DutyVersion, DutyVersionId, LISTS, ObjectionId, Terms};
use crate::access::{DRAFT_DUTIES, PUBLISH_DUTIES};
use crate::commands::duties as commands;
use crate::error::CaseError;
use crate::http::{Answer, viewer};
use crate::queries::reported::Span;
use crate::routing::DryRun;
use crate::rules::Rules;
use crate::store::duties as store;
use ::store::{Conn, Tx};
use axum::Json;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use edge::{Body, Edge, Multipart, PathOf, Who};
use platform::limits::KIB;
use platform::{Actor, DAY, Problem};
use serde::Deserialize;
use std::time::Duration;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn routes() -> OpenApiRouter<Edge> {
    let bytes_max = usize::try_from(table::TABLE_BYTES_MAX + 64 * KIB).unwrap_or(usize::MAX);
    let file = OpenApiRouter::new()
        .routes(routes!(take_duty_table, bring_duty_table))
        .layer(DefaultBodyLimit::max(bytes_max));
    OpenApiRouter::new()
        .merge(file)
        .routes(routes!(show_duty_book))
        .routes(routes!(draft_duties))
        .routes(routes!(show_duties, change_duties))
        .routes(routes!(lay_out_duties))
        .routes(routes!(take_back_duties))
        .routes(routes!(withdraw_duties))
        .routes(routes!(publish_duties))
        .routes(routes!(object_to_duty))
        .routes(routes!(rule_on_duty))
        .routes(routes!(try_duties))
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DraftDuties {
    /// The version to begin from; the one that holds if absent.
    pub from: Option<String>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeDuties {
    /// As it was seen.
    pub version: i64,
    pub content: Content,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StepDuties {
    /// As it was seen.
    pub version: i64,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublishDuties {
    /// As it was seen.
    pub version: i64,
    /// 发文字号
    pub document: String,
    /// Today or later; it holds from that midnight on.
    #[schema(value_type = String, format = "date")]
    pub effective_from: jiff::civil::Date,
    #[schema(value_type = Option<String>, format = "date")]
    pub effective_until: Option<jiff::civil::Date>,
    pub reason: String,
    /// Why before the days for objections are over.
    pub early: Option<String>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ObjectToDuty {
    /// The number of the item.
    pub number: String,
    pub reason: String,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleOnDuty {
    /// Whether the item is to be changed as the unit says.
    pub sustained: bool,
    pub words: String,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TryDuties {
    /// Days back, 31 if absent.
    pub days: Option<u32>,
}

/// 三张清单和各版本。 · The duty lists with their versions.
#[utoipa::path(get, path = "/api/cases/duties", tag = "cases", operation_id = "show_duty_book",
    responses((status = 200, body = DutyBook)))]
pub async fn show_duty_book(State(edge): State<Edge>, Who(actor): Who) -> Answer<DutyBook> {
    let district = actor.district;
    let read = async move |conn: &mut Conn| {
        let mut lists = Vec::new();
        for key in LISTS {
            lists.push(store::of_list(conn, district, key).await?);
        }
        Ok::<_, CaseError>(lists)
    };
    let versions = edge.db.read(read).await?;
    Ok(Json(view::book(&edge, &actor, &versions)))
}

/// 起草一版清单（从现行版或某一版开始）。 · Begins a version of a list.
#[utoipa::path(post, path = "/api/cases/duties/{list}/versions", tag = "cases", operation_id = "draft_duties",
    params(("list" = String, Path)), request_body = DraftDuties,
    responses((status = 200, body = DutyVersionView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn draft_duties(
    State(edge): State<Edge>,
    who: Who,
    PathOf(list): PathOf<String>,
    Body(body): Body<DraftDuties>,
) -> Answer<DutyVersionView> {
    let actor = who.signed_in()?;
    let draft = async move |tx: &mut Tx| commands::draft(tx, &list, body.from.as_deref()).await;
    let one = edge.db.write(actor, draft).await?;
    shown(&edge, actor, one).await
}

/// 一版清单：内容、变化、漏洞、异议。 · A version whole: what it says, what changed, what is missing, what was said against it.
#[utoipa::path(get, path = "/api/cases/duties/versions/{id}", tag = "cases", operation_id = "show_duties", params(("id" = DutyVersionId, Path)),
    responses((status = 200, body = DutyVersionView), (status = 404, body = Problem)))]
pub async fn show_duties(
    State(edge): State<Edge>,
    Who(actor): Who,
    PathOf(id): PathOf<DutyVersionId>,
) -> Answer<DutyVersionView> {
    let asking = actor.clone();
    let one = edge.db.read(async move |conn: &mut Conn| store::load_to_read(conn, &asking, id).await).await?;
    shown(&edge, &actor, one).await
}

async fn shown(edge: &Edge, actor: &Actor, one: DutyVersion) -> Answer<DutyVersionView> {
    let (rules, district) = (edge.fixture::<Rules>(), actor.district);
    let read = async move |conn: &mut Conn| {
        view::read(conn, (district, one.clone()), &rules.catalogue).await.map_err(CaseError::from)
    };
    let read = edge.db.read(read).await?;
    Ok(Json(DutyVersionView::of(edge, actor, read)))
}

/// 修改草稿。 · Writes a draft anew.
#[utoipa::path(put, path = "/api/cases/duties/versions/{id}", tag = "cases", operation_id = "change_duties", params(("id" = DutyVersionId, Path)),
    request_body = ChangeDuties,
    responses((status = 200, body = DutyVersionView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn change_duties(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<DutyVersionId>,
    Body(body): Body<ChangeDuties>,
) -> Answer<DutyVersionView> {
    let actor = who.signed_in()?;
    let change = async move |tx: &mut Tx| commands::change(tx, id, body.version, body.content.clone()).await;
    let one = edge.db.write(actor, change).await?;
    shown(&edge, actor, one).await
}

/// 把一版清单取成表格（XLSX），可以在表格里改。 · A version as a table, to be written on in any program.
#[utoipa::path(get, path = "/api/cases/duties/versions/{id}/table", tag = "cases", operation_id = "take_duty_table", params(("id" = DutyVersionId, Path)),
    responses((status = 200, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", body = Vec<u8>), (status = 404, body = Problem)))]
pub async fn take_duty_table(
    State(edge): State<Edge>,
    Who(actor): Who,
    PathOf(id): PathOf<DutyVersionId>,
) -> Result<Response, Problem> {
    let asking = actor.clone();
    let one = edge.db.read(async move |conn: &mut Conn| store::load_to_read(conn, &asking, id).await).await?;
    let bytes = table::write(&one.content.0, &edge.fixture::<Rules>().catalogue).map_err(CaseError::from)?;
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    let name = format!("attachment; filename=\"{}-{}.xlsx\"", one.list_key, one.label);
    Ok(([(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, name)], bytes)
        .into_response())
}

/// 用表格（XLSX、CSV、TOML）换掉草稿的各项；哪一行哪一列不对都写明。 · Puts the items of a table in the place of a draft's.
#[utoipa::path(post, path = "/api/cases/duties/versions/{id}/table", tag = "cases", operation_id = "bring_duty_table", params(("id" = DutyVersionId, Path)),
    request_body(content_type = "multipart/form-data", content = String),
    responses((status = 200, body = DutyVersionView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 413, body = Problem), (status = 422, body = Problem)))]
pub async fn bring_duty_table(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<DutyVersionId>,
    mut form: Multipart,
) -> Answer<DutyVersionView> {
    let actor = who.signed_in()?;
    if !actor.holds_everywhere(&DRAFT_DUTIES) {
        return Err(CaseError::Forbidden(&DRAFT_DUTIES).into());
    }
    let seen: Option<i64> = form.text("version").and_then(|text| text.parse().ok());
    let file = form.files.pop().filter(|file| form.files.is_empty() && file.field == "file");
    let file = file
        .ok_or_else(|| CaseError::invalid("file", "cases.no_file", "请选择一个文件。", "Choose one file."))?;
    let asking = actor.clone();
    let one = edge.db.read(async move |conn: &mut Conn| store::load_to_read(conn, &asking, id).await).await?;
    let name = file.file_name.clone();
    let content = table::read(&name, &file.bytes, one.content.0, &edge.fixture::<Rules>().catalogue)?;
    let version = seen.unwrap_or(one.version);
    let change = async move |tx: &mut Tx| commands::change(tx, id, version, content.clone()).await;
    let one = edge.db.write(actor, change).await?;
    shown(&edge, actor, one).await
}

/// 公示：所有人可读，被列单位可提异议。 · Lays a draft out: everybody reads it, the units it names may object.
#[utoipa::path(post, path = "/api/cases/duties/versions/{id}/lay-out", tag = "cases", operation_id = "lay_out_duties",
    params(("id" = DutyVersionId, Path)), request_body = StepDuties,
    responses((status = 200, body = DutyVersionView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn lay_out_duties(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<DutyVersionId>,
    Body(body): Body<StepDuties>,
) -> Answer<DutyVersionView> {
    let actor = who.signed_in()?;
    let one =
        edge.db.write(actor, async move |tx: &mut Tx| commands::lay_out(tx, id, body.version).await).await?;
    shown(&edge, actor, one).await
}

/// 收回公示，继续修改。 · Takes what was laid out back, to be written on.
#[utoipa::path(post, path = "/api/cases/duties/versions/{id}/take-back", tag = "cases", operation_id = "take_back_duties",
    params(("id" = DutyVersionId, Path)), request_body = StepDuties,
    responses((status = 200, body = DutyVersionView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn take_back_duties(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<DutyVersionId>,
    Body(body): Body<StepDuties>,
) -> Answer<DutyVersionView> {
    let actor = who.signed_in()?;
    let one = edge
        .db
        .write(actor, async move |tx: &mut Tx| commands::take_back(tx, id, body.version).await)
        .await?;
    shown(&edge, actor, one).await
}

/// 撤销这一版。 · Gives a version up before it is published.
#[utoipa::path(post, path = "/api/cases/duties/versions/{id}/withdraw", tag = "cases", operation_id = "withdraw_duties",
    params(("id" = DutyVersionId, Path)), request_body = StepDuties,
    responses((status = 200, body = DutyVersionView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn withdraw_duties(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<DutyVersionId>,
    Body(body): Body<StepDuties>,
) -> Answer<DutyVersionView> {
    let actor = who.signed_in()?;
    let one =
        edge.db.write(actor, async move |tx: &mut Tx| commands::withdraw(tx, id, body.version).await).await?;
    shown(&edge, actor, one).await
}

/// 发布：写明文号、生效日期和理由；到日零时起派单按它办。 · Publishes a version: the router obeys it from the midnight of its day on.
#[utoipa::path(post, path = "/api/cases/duties/versions/{id}/publish", tag = "cases", operation_id = "publish_duties",
    params(("id" = DutyVersionId, Path)), request_body = PublishDuties,
    responses((status = 200, body = DutyVersionView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn publish_duties(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<DutyVersionId>,
    Body(body): Body<PublishDuties>,
) -> Answer<DutyVersionView> {
    let actor = who.signed_in()?;
    let terms = Terms {
        document: body.document.trim().to_owned(),
        published_on: edge.now().local().date(),
        effective_from: body.effective_from,
        effective_until: body.effective_until,
        reason: body.reason.trim().to_owned(),
        early: body.early.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()),
    };
    let publish = async move |tx: &mut Tx| commands::publish(tx, id, body.version, terms.clone()).await;
    let one = edge.db.write(actor, publish).await?;
    super::follow(&edge.db).await.map_err(CaseError::from)?;
    shown(&edge, actor, one).await
}

/// 公示期内，被列单位对一项提出异议。 · A unit that an item names objects to it while the list is laid out.
#[utoipa::path(post, path = "/api/cases/duties/versions/{id}/objections", tag = "cases", operation_id = "object_to_duty",
    params(("id" = DutyVersionId, Path)), request_body = ObjectToDuty,
    responses((status = 200, body = DutyObjectionView), (status = 401, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn object_to_duty(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<DutyVersionId>,
    Body(body): Body<ObjectToDuty>,
) -> Answer<DutyObjectionView> {
    let actor = who.signed_in()?;
    let order = commands::Object { number: body.number, reason: body.reason };
    let one =
        edge.db.write(actor, async move |tx: &mut Tx| commands::object(tx, id, order.clone()).await).await?;
    Ok(Json(view::objection_view(&viewer(&edge, actor), one)))
}

/// 裁定异议，一次为准。 · Rules on an objection, once.
#[utoipa::path(post, path = "/api/cases/duties/versions/{id}/objections/{objection}/ruling", tag = "cases", operation_id = "rule_on_duty",
    params(("id" = DutyVersionId, Path), ("objection" = ObjectionId, Path)), request_body = RuleOnDuty,
    responses((status = 200, body = DutyObjectionView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn rule_on_duty(
    State(edge): State<Edge>,
    who: Who,
    PathOf((id, objection)): PathOf<(DutyVersionId, ObjectionId)>,
    Body(body): Body<RuleOnDuty>,
) -> Answer<DutyObjectionView> {
    let actor = who.signed_in()?;
    let rule =
        async move |tx: &mut Tx| commands::rule(tx, id, objection, (body.sustained, &body.words)).await;
    let one = edge.db.write(actor, rule).await?;
    Ok(Json(view::objection_view(&viewer(&edge, actor), one)))
}

/// 试算：按这一版，过去的事件会派给谁。 · What past cases would have become under this version. Changes nothing.
#[utoipa::path(post, path = "/api/cases/duties/versions/{id}/trial", tag = "cases", operation_id = "try_duties",
    params(("id" = DutyVersionId, Path)), request_body = TryDuties,
    responses((status = 200, body = Object), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn try_duties(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<DutyVersionId>,
    Body(body): Body<TryDuties>,
) -> Answer<DryRun> {
    let actor = who.signed_in()?.clone();
    if ![&DRAFT_DUTIES, &PUBLISH_DUTIES].into_iter().any(|p| actor.holds_everywhere(p)) {
        return Err(CaseError::Forbidden(&DRAFT_DUTIES).into());
    }
    let asking = actor.clone();
    let one = edge.db.read(async move |conn: &mut Conn| store::load_to_read(conn, &asking, id).await).await?;
    let (rules, now) = (edge.fixture::<Rules>(), edge.now());
    let today = now.local().date();
    let in_force = rules.in_force(actor.district, today);
    let list = one.content.0.list(&one.list_key, &one.label, &Terms::tried(today));
    let tried = in_force.router.over(std::sync::Arc::new(in_force.catalogue.with_lists([list])));
    let days = body.days.unwrap_or(31).clamp(1, 366);
    let span = Span { from: now.before(DAY * days), to: now.after(Duration::from_secs(1)) };
    Ok(Json(crate::trial::run(&edge, actor.district, &rules, &tried, span).await?))
}
