//! Copies of many records: asked for with a purpose and a reason, and told to everybody who is in one.

use super::staff;
use crate::access::VIEW;
use crate::access::require;
use crate::catalogue::Catalogue;
use crate::error::RegistryError;
use crate::export::{self, Format, Order};
use crate::model::{Kind, RecordId};
use crate::queries::exports;
use crate::store;
use ::store::Conn;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use edge::{Body, Edge, PathOf, Who};
use platform::{Problem, Time, Words};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// A copy that is wanted.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExportBody {
    /// person, dwelling, place, organisation, thing
    pub kind: Kind,
    pub area_path: String,
    /// Keys of the columns in their order; empty: all.
    #[serde(default)]
    pub columns: Vec<String>,
    pub format: Format,
    /// A key of the catalogue's purposes.
    pub purpose: String,
    /// Words why: printed on the copy, and kept.
    pub reason: String,
    /// Sealed values that are open in it; the others are masked.
    #[serde(default)]
    pub open: BTreeSet<String>,
}

/// 导出表格：写明用途和理由，每个人都能看到自己被导出过。Take a copy along; everybody in it is told.
#[utoipa::path(post, path = "/api/registry/exports", tag = "registry", operation_id = "export_records", request_body = ExportBody,
    responses((status = 200, content_type = "application/octet-stream", body = Vec<u8>), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem)))]
pub async fn export_records(
    State(edge): State<Edge>,
    who: Who,
    Body(body): Body<ExportBody>,
) -> Result<Response, Problem> {
    let actor = who.signed_in()?;
    let order = Order {
        kind: body.kind,
        area_path: body.area_path,
        columns: body.columns,
        format: body.format,
        purpose: body.purpose,
        reason: body.reason,
        open: body.open,
    };
    let (kind, format) = (order.kind, order.format);
    let copied = export::take(&edge, actor, order).await?;
    let name = format!("{}-{}.{}", kind.as_str(), copied.id, format.ending());
    let mut response = download(copied.bytes, format.media_type(), &name);
    response.headers_mut().insert("x-rows", HeaderValue::from(copied.rows));
    Ok(response)
}

/// A file to be saved under a name.
pub(super) fn download(bytes: Vec<u8>, media_type: &'static str, name: &str) -> Response {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    // Names here are of letters, digits and hyphens.
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    (headers, bytes).into_response()
}

/// A copy a record was in.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CopyView {
    pub at: Time,
    /// The post or kind of person who took it.
    pub by: String,
    pub purpose: String,
    pub purpose_words: Words,
    /// Sealed values that were open in it.
    pub opened: Vec<String>,
}

/// 谁导出过这条记录。Who took copies a record was in; nothing of the record itself.
#[utoipa::path(get, path = "/api/registry/records/{id}/copies", tag = "registry", operation_id = "list_copies", params(("id" = RecordId, Path)),
    responses((status = 200, body = Vec<CopyView>), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn list_copies(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<RecordId>,
) -> Result<Json<Vec<CopyView>>, Problem> {
    let actor = staff(&who, &VIEW)?;
    let district = actor.district;
    let read = async move |conn: &mut Conn| {
        Ok((store::find(conn, district, id).await?, exports::copies_of(conn, district, id).await?))
    };
    let (record, copies) = edge.db.read(read).await.map_err(RegistryError::Fault)?;
    require(actor, &VIEW, &record.ok_or(RegistryError::NotFound)?.area_path)?;
    let catalogue = edge.fixture::<Catalogue>();
    let copies = copies.into_iter().map(|copy| CopyView {
        at: copy.at,
        by: copy.by_name,
        purpose_words: catalogue
            .purpose(&copy.purpose)
            .map_or(Words::of("", ""), |purpose| purpose.words.clone()),
        purpose: copy.purpose,
        opened: copy.opened.0,
    });
    Ok(Json(copies.collect()))
}
