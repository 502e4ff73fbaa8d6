//! The JSON routes of work orders, thin: parse, call, answer.

use super::export;
use super::facts::{EXPORTED, HotlineFact};
use super::table::{self, TableReport};
use super::view::{WorkOrderView, view_all};
use crate::access::HAND_IN;
use crate::commands::hotline::{hand_in, is_theirs};
use crate::error::LinkageError;
use crate::model::work_order::{DemandKind, WorkOrder, WorkOrderId};
use crate::queries::hotline as queries;
use ::store::{Conn, Tx};
use axum::Json;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use cases::commands::PlaceGiven;
use edge::{Body, Edge, Multipart, PathOf, QueryOf, Who};
use jiff::civil::Date;
use platform::{Actor, ActorKind, Cursor, FactId, Fault, Phone, Problem, Time, Words, limits};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub(crate) fn routes() -> OpenApiRouter<Edge> {
    let bytes_max = usize::try_from(table::FORM_BYTES_MAX).unwrap_or(usize::MAX);
    let file =
        OpenApiRouter::new().routes(routes!(hand_in_work_orders)).layer(DefaultBodyLimit::max(bytes_max));
    OpenApiRouter::new()
        .routes(routes!(list_work_orders, hand_in_work_order))
        .routes(routes!(export_work_orders))
        .routes(routes!(list_hotlines))
        .routes(routes!(show_work_order))
        .merge(file)
}

/// A hotline's work order.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WorkOrderBody {
    /// The key of the hotline: `12345`, or as the district's catalogue names it.
    pub source: String,
    /// The hotline's own number, at most 64 characters. The same number with the same content is one work order.
    pub number: String,
    pub received_at: Time,
    pub kind: DemandKind,
    /// What the caller wants, at most 2,000 characters.
    pub words: String,
    pub place: WorkOrderPlace,
    /// Kept with the case, and shown to those who handle it, for a purpose.
    pub caller_name: Option<String>,
    pub caller_phone: Option<String>,
    /// Until when the hotline promised an answer.
    pub promised_at: Option<Time>,
    /// The hotline's own classification: a name, or a path of names from wide to narrow.
    pub classification: Option<String>,
    /// It is not the same again: a case of its own, whatever the caller asked before.
    #[serde(default)]
    pub new_facts: bool,
}

/// A point, an address in words, or both.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WorkOrderPlace {
    pub lon: Option<f64>,
    pub lat: Option<f64>,
    /// `wgs84` (default), `gcj02`, `bd09`, `cgcs2000`
    pub crs: Option<String>,
    pub address: Option<String>,
}

/// A work order that is in.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct WorkOrderReceipt {
    /// False where the very same had been handed in before.
    pub fresh: bool,
    pub work_order: WorkOrderView,
}

/// Which work orders.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct WorkOrdersQuery {
    /// Those something happened to since: a moment (RFC 3339), or the `mark` of the last answer. Absent: all, the newest first.
    pub changed_after: Option<String>,
    /// Where a list without `changed_after` goes on: `next` of the last answer.
    pub after: Option<String>,
    /// Only those of this hotline.
    pub source: Option<String>,
    /// 1 to 100, 50 if absent; of `changed_after` an answer may have some more.
    pub limit: Option<u32>,
}

/// Some work orders, and where the next look begins.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct WorkOrderPage {
    pub items: Vec<WorkOrderView>,
    /// Where a list without `changed_after` goes on; absent at its end.
    pub next: Option<Cursor>,
    /// What to send as `changed_after` the next time. What changed just now may be told twice, and is never left out.
    pub mark: Option<String>,
    /// Whether there is more to tell right away.
    pub more: bool,
}

/// A period, by the days on which the hotline received.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct WorkOrderPeriod {
    /// The first day, `2026-03-01`.
    #[param(value_type = String)]
    pub from: Date,
    /// The last day, included; 92 days at most.
    #[param(value_type = String)]
    pub to: Date,
}

/// A hotline that may hand in.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct HotlineView {
    /// As `source` of a work order.
    pub key: String,
    pub words: Words,
}

/// Hotlines of the district's catalogue.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Hotlines {
    pub items: Vec<HotlineView>,
}

/// 有哪些热线。 · The hotlines that may hand in work orders.
#[utoipa::path(get, path = "/api/linkage/hotlines", tag = "linkage", operation_id = "list_hotlines",
    responses((status = 200, body = Hotlines), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub(crate) async fn list_hotlines(State(edge): State<Edge>, who: Who) -> Result<Json<Hotlines>, Problem> {
    hotline(&who)?;
    let book = edge.fixture::<super::book::HotlineBook>();
    let view = |(key, words): (&str, &Words)| HotlineView { key: key.to_owned(), words: words.clone() };
    Ok(Json(Hotlines { items: book.hotlines().map(view).collect() }))
}

/// Who hands in work orders: another system by its key, or the district's dispatcher.
fn hotline(who: &Who) -> Result<&Actor, Problem> {
    let actor = who.signed_in()?;
    if actor.holds(&HAND_IN) { Ok(actor) } else { Err(LinkageError::Forbidden(&HAND_IN).into()) }
}

/// 交办一张热线工单：同一编号只成立一件事；同一人无新情况的重复诉求，答复原结果。 · Hands in a hotline's work order, once a case.
#[utoipa::path(post, path = "/api/linkage/work-orders", tag = "linkage", operation_id = "hand_in_work_order",
    request_body = WorkOrderBody,
    responses((status = 200, body = WorkOrderReceipt), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn hand_in_work_order(
    State(edge): State<Edge>,
    who: Who,
    Body(body): Body<WorkOrderBody>,
) -> Result<Json<WorkOrderReceipt>, Problem> {
    let actor = hotline(&who)?;
    let order = order(body)?;
    let handed = edge.db.write(actor, async move |tx: &mut Tx| hand_in(tx, order.clone()).await).await?;
    let fresh = handed.fresh;
    let work_order = one(&edge, actor, handed.row).await?;
    Ok(Json(WorkOrderReceipt { fresh, work_order }))
}

async fn one(
    edge: &Edge,
    actor: &Actor,
    row: crate::store::hotline::WorkOrderRow,
) -> Result<WorkOrderView, LinkageError> {
    view_all(edge, actor, vec![row]).await?.pop().ok_or(LinkageError::NotFound)
}

fn order(body: WorkOrderBody) -> Result<WorkOrder, LinkageError> {
    Ok(WorkOrder {
        source: body.source,
        number: body.number,
        received_at: body.received_at,
        kind: body.kind,
        words: body.words,
        place: place(body.place)?,
        caller_name: body.caller_name.filter(|name| !name.trim().is_empty()),
        caller_phone: body.caller_phone.as_deref().map(phone).transpose()?.flatten(),
        promised_at: body.promised_at,
        classification: body.classification,
        new_facts: body.new_facts,
    })
}

/// A phone as somebody wrote it; none where nothing was.
pub(super) fn phone(text: &str) -> Result<Option<Phone>, LinkageError> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    Phone::parse(text).map(Some).ok_or_else(|| {
        LinkageError::invalid(
            "caller_phone",
            "linkage.bad_phone",
            "电话号码不对，请填写 11 位手机号或带区号的座机；没有就不填。",
            "Not a phone number: 11 digits, or a fixed line with its area code; or leave it out.",
        )
    })
}

/// A place as a work order says it.
pub(super) fn place(given: WorkOrderPlace) -> Result<PlaceGiven, LinkageError> {
    let bad = |e: &geo::GeoError| {
        LinkageError::invalid("place", "linkage.bad_place", e.zh().to_owned(), e.to_string())
    };
    let address = given.address.filter(|text| !text.trim().is_empty());
    match (given.lon, given.lat, address) {
        (Some(lon), Some(lat), address) => {
            let point = geo::Point::new(lon, lat).map_err(|e| bad(&e))?;
            let system = match &given.crs {
                None => geo::CoordinateSystem::Wgs84,
                Some(crs) => crs.parse().map_err(|e| bad(&e))?,
            };
            Ok(PlaceGiven::Point { at: system.to_wgs84(point), address })
        }
        (None, None, Some(text)) => Ok(PlaceGiven::Address { text, grid: None }),
        _ => Err(LinkageError::invalid(
            "place",
            "linkage.place_missing",
            "请说明在哪里：地址，或经度和纬度一起。",
            "Say where it is: an address, or longitude and latitude together.",
        )),
    }
}

/// 热线工单及办理情况：按变化增量取回，或从新到旧。 · Lists work orders: what changed since, or the newest first.
#[utoipa::path(get, path = "/api/linkage/work-orders", tag = "linkage", operation_id = "list_work_orders", params(WorkOrdersQuery),
    responses((status = 200, body = WorkOrderPage), (status = 401, body = Problem), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn list_work_orders(
    State(edge): State<Edge>,
    who: Who,
    QueryOf(query): QueryOf<WorkOrdersQuery>,
) -> Result<Json<WorkOrderPage>, Problem> {
    let actor = hotline(&who)?;
    let page = match query.changed_after.clone() {
        Some(mark) => changed(&edge, actor, &query, &mark).await?,
        None => newest(&edge, actor, &query).await?,
    };
    Ok(Json(page))
}

async fn changed(
    edge: &Edge,
    actor: &Actor,
    query: &WorkOrdersQuery,
    mark: &str,
) -> Result<WorkOrderPage, LinkageError> {
    let after = read_mark(mark)?;
    let (district, now, rows) = (actor.district, edge.now(), rows_of(query));
    let read = async move |conn: &mut Conn| queries::changes(conn, district, after, now, rows).await;
    let found = edge.db.read::<_, Fault, _>(read).await?;
    let is_wanted = |source: &str| query.source.as_deref().is_none_or(|wanted| wanted == source);
    let seen = found.orders.into_iter().filter(|row| is_theirs(actor, row) && is_wanted(&row.source));
    let items = view_all(edge, actor, seen.collect()).await?;
    Ok(WorkOrderPage { items, next: None, mark: Some(found.mark.to_string()), more: found.more })
}

/// A moment, or the mark of an earlier answer.
fn read_mark(text: &str) -> Result<FactId, LinkageError> {
    let by_moment = || text.parse::<Time>().map(FactId::least_at);
    text.parse::<Uuid>().map(FactId).or_else(|_| by_moment()).map_err(|_| {
        LinkageError::invalid(
            "changed_after",
            "linkage.bad_mark",
            "请填写时间（如 2026-03-02T09:00:00+08:00）或上次答复里的 mark。",
            "A moment such as 2026-03-02T09:00:00+08:00, or the mark of the last answer.",
        )
    })
}

fn rows_of(query: &WorkOrdersQuery) -> usize {
    query.limit.unwrap_or(limits::PAGE_ROWS_DEFAULT).clamp(1, limits::PAGE_ROWS_MAX) as usize
}

async fn newest(edge: &Edge, actor: &Actor, query: &WorkOrdersQuery) -> Result<WorkOrderPage, LinkageError> {
    let before = match query.after.clone().map(Cursor) {
        None => WorkOrderId(Uuid::max()),
        Some(cursor) => cursor.key().ok_or_else(|| {
            let zh = "翻页位置不对，请从第一页重新开始。";
            LinkageError::invalid(
                "after",
                "linkage.bad_cursor",
                zh,
                "This is no place of this list. Begin with its first page.",
            )
        })?,
    };
    let (district, rows) = (actor.district, rows_of(query));
    let of = actor.account.filter(|_| actor.kind == ActorKind::Service);
    let source = query.source.clone();
    let read = async move |conn: &mut Conn| {
        queries::list(conn, district, of, source.as_deref(), before, rows as i64 + 1).await
    };
    let found = edge.db.read::<_, Fault, _>(read).await?;
    let page = platform::Page::cut(found, rows, |row| Cursor::of(&row.id));
    let items = view_all(edge, actor, page.items).await?;
    let more = page.next.is_some();
    Ok(WorkOrderPage { items, next: page.next, mark: None, more })
}

/// 一张工单的办理情况。编号在几个热线都有时，加 `source`。 · How one work order stands, by the hotline's number.
#[utoipa::path(get, path = "/api/linkage/work-orders/{number}", tag = "linkage", operation_id = "show_work_order",
    params(("number" = String, Path, description = "the hotline's number"), WorkOrderSource),
    responses((status = 200, body = WorkOrderView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn show_work_order(
    State(edge): State<Edge>,
    who: Who,
    PathOf(number): PathOf<String>,
    QueryOf(query): QueryOf<WorkOrderSource>,
) -> Result<Json<WorkOrderView>, Problem> {
    let actor = hotline(&who)?;
    let sources = match query.source {
        Some(source) => vec![source],
        None => edge.fixture::<super::book::HotlineBook>().keys(),
    };
    let district = actor.district;
    let read =
        async move |conn: &mut Conn| queries::of_number(conn, district, sources.clone(), &number).await;
    let found = edge.db.read::<_, Fault, _>(read).await.map_err(LinkageError::from)?;
    let mut found: Vec<_> = found.into_iter().filter(|row| is_theirs(actor, row)).collect();
    if found.len() > 1 {
        let words = "几个热线都有这个编号，请用 source 指明。";
        let en = "More than one hotline has this number: name one as source.";
        return Err(LinkageError::conflict("linkage.ambiguous_number", words, en).into());
    }
    let row = found.pop().ok_or(LinkageError::NotFound)?;
    Ok(Json(one(&edge, actor, row).await?))
}

/// Which hotline's.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct WorkOrderSource {
    /// The key of the hotline, where two have the same number.
    pub source: Option<String>,
}

/// 一批热线工单表格：字段 `file` 是文件，`source` 是热线；`dry_run=true` 只检查不收。 · Checks a table of work orders, or takes it in.
#[utoipa::path(post, path = "/api/linkage/work-orders/file", tag = "linkage", operation_id = "hand_in_work_orders",
    request_body(content_type = "multipart/form-data", content = String),
    responses((status = 200, body = TableReport), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 413, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn hand_in_work_orders(
    State(edge): State<Edge>,
    who: Who,
    mut form: Multipart,
) -> Result<Json<TableReport>, Problem> {
    let actor = hotline(&who)?;
    let source = form.text("source").unwrap_or_default().to_owned();
    let dry_run = form.ticked("dry_run");
    let file = form.files.pop().filter(|file| form.files.is_empty() && file.field == "file");
    let file = file.ok_or_else(|| {
        Problem::invalid("linkage.no_file", "file", Words::of("请选择一个文件。", "Choose one file."))
    })?;
    Ok(Json(table::take(&edge, actor, source, file.bytes.to_vec(), dry_run).await?))
}

/// 导出一段时间的热线工单（XLSX）。 · A table of the work orders of a period, to take away; on record.
#[utoipa::path(get, path = "/api/linkage/work-orders/export", tag = "linkage", operation_id = "export_work_orders", params(WorkOrderPeriod),
    responses((status = 200, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", body = Vec<u8>),
        (status = 401, body = Problem), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn export_work_orders(
    State(edge): State<Edge>,
    who: Who,
    QueryOf(period): QueryOf<WorkOrderPeriod>,
) -> Result<Response, Problem> {
    let actor = hotline(&who)?;
    let (from, to) = crate::model::period::moments(period.from, period.to)?;
    let district = actor.district;
    let read = async move |conn: &mut Conn| queries::of_period(conn, district, from, to).await;
    let rows = edge.db.read_long::<_, Fault, _>(read).await.map_err(LinkageError::from)?;
    let rows: Vec<_> = rows.into_iter().filter(|row| is_theirs(actor, row)).collect();
    export::check_rows(rows.len())?;
    let data = json!({ "from": period.from.to_string(), "to": period.to.to_string(), "rows": rows.len() });
    let note = async move |tx: &mut Tx| tx.record(&HotlineFact::of_many(EXPORTED, data.clone())).await;
    edge.db.write(actor, note).await.map_err(LinkageError::from)?;
    let orders = export::view_many(&edge, actor, rows).await?;
    let bytes = export::write(&edge, actor, orders).await?;
    let headers = [
        (
            header::CONTENT_TYPE,
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet".to_owned(),
        ),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"work-orders-{}-{}.xlsx\"", period.from, period.to),
        ),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, bytes).into_response())
}
