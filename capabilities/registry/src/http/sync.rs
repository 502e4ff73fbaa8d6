//! Another platform's copy of the register: what has changed since, and records sent some hundreds at a time.

use super::staff;
use crate::access::SYNC;
use crate::catalogue::Catalogue;
use crate::error::RegistryError;
use crate::export::{self, Changed, LINES_MAX, Wanted};
use crate::import::{self, Bulk, BulkDone, LineOutcome, Table};
use crate::model::{ActId, Content, Kind, RecordId, Source, State};
use crate::view::{LinksView, Told};
use axum::Json;
use axum::extract::State as Shared;
use axum::http::HeaderMap;
use edge::{Body, Edge, QueryOf, Who};
use platform::{Cursor, Problem, Time};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::{IntoParams, ToSchema};

/// Which changes, and why.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ChangesQuery {
    /// The `since` of the page before; none: from the beginning.
    pub since: Option<String>,
    /// Only records of this kind.
    pub kind: Option<Kind>,
    /// 1,000 at most.
    pub limit: Option<usize>,
    /// A key of the catalogue's purposes: everybody in the answer is told of it.
    pub purpose: Option<String>,
    /// Sealed values to open, separated by commas; `facts` for service facts.
    #[serde(default)]
    pub open: String,
}

/// Records in the order in which they were changed, each as it is now.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChangesView {
    pub lines: Vec<ChangedLine>,
    /// Where to go on from, now or later. Of a record that comes twice the later line holds.
    pub since: Cursor,
    /// There is more by now. A page may be empty and yet not the last.
    pub more: bool,
}

/// A record that was changed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChangedLine {
    pub id: RecordId,
    pub kind: Kind,
    pub version: i64,
    /// `merged`: it goes on as `merged_into`. `withdrawn`, `erased`: the copy is to be deleted.
    pub state: State,
    pub merged_into: Option<RecordId>,
    /// The person asked that this is only stored: the copy is not to be used until a later line comes without this.
    pub restricted: bool,
    pub changed_at: Time,
    /// None of what was merged, withdrawn, erased or is only stored.
    pub content: Option<ChangedContent>,
}

/// What a record says.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChangedContent {
    /// The name it is listed by; the address in full of a place or home.
    #[schema(value_type = Told)]
    pub label: String,
    /// The code of its grid.
    pub area: String,
    pub links: LinksView,
    pub from_on: Option<String>,
    pub to_on: Option<String>,
    /// WGS-84.
    pub lon: Option<f64>,
    pub lat: Option<f64>,
    /// By the keys of the catalogue.
    pub values: BTreeMap<String, ChangedValue>,
    /// Keys of values it has that are sealed and not opened.
    pub sealed: Vec<String>,
}

/// A value as it is kept, and where it is from.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChangedValue {
    pub value: Told,
    pub source: Source,
    pub at: Time,
}

/// 增量同步：从上次之后变化的登记（至多晚两分钟），每个人都能看到自己被同步过。What has changed since, at most two minutes late.
#[utoipa::path(get, path = "/api/registry/changes", tag = "registry", operation_id = "list_changes", params(ChangesQuery),
    responses((status = 200, body = ChangesView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem)))]
pub async fn list_changes(
    Shared(edge): Shared<Edge>,
    who: Who,
    QueryOf(query): QueryOf<ChangesQuery>,
) -> Result<Json<ChangesView>, Problem> {
    let actor = staff(&who, &SYNC)?;
    let from = match query.since.map(Cursor) {
        Some(cursor) => cursor.key().ok_or_else(Problem::not_found)?,
        None => Default::default(),
    };
    let parts = query.open.split(',').map(str::trim).filter(|part| !part.is_empty());
    let wanted = Wanted {
        from,
        kind: query.kind,
        rows_max: query.limit.unwrap_or(LINES_MAX).clamp(1, LINES_MAX),
        purpose: query.purpose.unwrap_or_default(),
        open: parts.map(str::to_owned).collect(),
    };
    let open = wanted.open.clone();
    let page = export::read_changes(&edge, actor, wanted).await?;
    let catalogue = edge.fixture::<Catalogue>();
    let lines = page.lines.iter().map(|line| ChangedLine::of(&catalogue, line, &open));
    Ok(Json(ChangesView { lines: lines.collect(), since: Cursor::of(&page.next), more: page.has_more }))
}

impl ChangedLine {
    fn of(catalogue: &Catalogue, changed: &Changed, open: &BTreeSet<String>) -> Self {
        let record = &changed.record;
        Self {
            id: record.id,
            kind: record.kind,
            version: record.version,
            state: record.content.state,
            merged_into: record.content.merged_into,
            restricted: changed.is_restricted,
            changed_at: record.changed_at,
            content: changed
                .content()
                .map(|content| ChangedContent::of(catalogue, record.kind, content, open)),
        }
    }
}

impl ChangedContent {
    fn of(catalogue: &Catalogue, kind: Kind, content: &Content, open: &BTreeSet<String>) -> Self {
        let (mut values, mut sealed) = (BTreeMap::new(), Vec::new());
        for field in &catalogue.kind(kind).fields {
            let held = content.fields(field.sealed);
            let Some((value, origin)) = held.get(&field.key).zip(held.origin(&field.key)) else { continue };
            // A service fact is in the page only where facts are open.
            if !field.sealed || kind == Kind::ServiceFact || open.contains(&field.key) {
                let told = ChangedValue { value: Told(value.clone()), source: origin.source, at: origin.at };
                values.insert(field.key.clone(), told);
            } else {
                sealed.push(field.key.clone());
            }
        }
        Self {
            label: content.label.clone(),
            area: content.area_path.rsplit('/').next().unwrap_or_default().to_owned(),
            links: content.links.into(),
            from_on: content.from_on.map(|day| day.to_string()),
            to_on: content.to_on.map(|day| day.to_string()),
            lon: content.point.map(|point| point.0),
            lat: content.point.map(|point| point.1),
            values,
            sealed,
        }
    }
}

/// Records of one kind of table.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkBody {
    pub table: Table,
    /// 1 to 500 lines: values by the keys of the table's columns, as text, numbers or lists of text.
    #[schema(value_type = Vec<Object>)]
    pub lines: Vec<Map<String, Value>>,
    /// Whether the sender is right where the register says something else.
    #[serde(default)]
    pub takes_conflicts: bool,
}

/// What became of each line, in their order.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BulkView {
    /// The deed of all lines: undone as one.
    pub act: ActId,
    pub lines: Vec<LineOutcome>,
}

impl From<BulkDone> for BulkView {
    fn from(done: BulkDone) -> Self {
        Self { act: done.act, lines: done.lines }
    }
}

/// 批量报送：一次最多 500 条，逐条答复结果；带 `Idempotency-Key` 重发不会重复登记。Send records, up to 500 at a time.
#[utoipa::path(post, path = "/api/registry/bulk", tag = "registry", operation_id = "send_bulk", request_body = BulkBody,
    responses((status = 200, body = BulkView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem)))]
pub async fn send_bulk(
    Shared(edge): Shared<Edge>,
    who: Who,
    headers: HeaderMap,
    Body(body): Body<BulkBody>,
) -> Result<Json<BulkView>, Problem> {
    let actor = staff(&who, &SYNC)?;
    let request = serde_json::to_vec(&body).map_err(|_| RegistryError::NotFound)?;
    let bulk = Bulk { table: body.table, lines: body.lines, takes_conflicts: body.takes_conflicts };
    Ok(Json(import::take_bulk(&edge, actor, headers, &request, bulk).await?.into()))
}
