//! Files of a submission: seen one by one, for a purpose, each look on record.

use super::staff;
use super::submissions::LookQuery;
use crate::access::READ;
use crate::commands;
use crate::error::FieldworkError;
use crate::files;
use crate::model::{Content, SubmissionId};
use crate::store;
use crate::store::files::FileRow;
use ::store::{Conn, Tx};
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use edge::{Edge, PathOf, QueryOf, Who};
use forms::Plan;
use platform::{DistrictId, Fault, Problem};
use seal::Vault;
use serde::Serialize;
use utoipa::ToSchema;

/// A file an answer names.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FileLine {
    /// As the answer names it.
    pub name: String,
    /// None while it has not come.
    pub media_type: Option<String>,
    pub bytes: Option<i64>,
}

/// The files a submission's answers name, those that have not come too.
pub(super) async fn list_files(
    edge: &Edge,
    district: DistrictId,
    id: SubmissionId,
    plan: &Plan,
    content: &Content,
) -> Result<Vec<FileLine>, FieldworkError> {
    let names = commands::names_of(plan, content);
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let keys = edge.fixture::<Vault>().of(district)?;
    let read = async move |conn: &mut Conn| store::files::of_submission(conn, district, id).await;
    let rows: Vec<FileRow> = edge.db.read::<_, Fault, _>(read).await?;
    let line = |name: &str| {
        let blind = files::blind_name(&keys, name);
        let row = rows.iter().find(|row| row.name == blind);
        FileLine {
            name: name.to_owned(),
            media_type: row.map(|row| row.media_type.clone()),
            bytes: row.map(|row| row.bytes),
        }
    };
    Ok(names.into_iter().map(line).collect())
}

/// 按用途查看一份填写里的照片、录音（留痕）。A photo or recording of a submission, for a purpose; the look is on record before the answer.
#[utoipa::path(get, path = "/api/fieldwork/submissions/{id}/files/{name}", tag = "fieldwork", operation_id = "show_submission_file",
    params(("id" = SubmissionId, Path), ("name" = String, Path), LookQuery),
    responses((status = 200, content_type = "application/octet-stream", body = Vec<u8>), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem)))]
pub async fn show_submission_file(
    State(edge): State<Edge>,
    who: Who,
    PathOf((id, name)): PathOf<(SubmissionId, String)>,
    QueryOf(query): QueryOf<LookQuery>,
) -> Result<Response, Problem> {
    let actor = staff(&who, &[&READ])?;
    registry::looks::slow_down(&edge, actor).await?;
    let look = async move |tx: &mut Tx| commands::look_at_file(tx, id, &name, &query.purpose).await;
    let row: FileRow = edge.db.write(actor, look).await?;
    let plain = files::open(&edge, actor.district, row.id).await.map_err(FieldworkError::from)?;
    // What is no picture or recording of ours is never shown by a browser as a page.
    let is_shown = row.media_type != "application/octet-stream";
    let headers = [
        (header::CONTENT_TYPE, row.media_type),
        (header::CONTENT_DISPOSITION, if is_shown { "inline" } else { "attachment" }.to_owned()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, plain.to_vec()).into_response())
}
