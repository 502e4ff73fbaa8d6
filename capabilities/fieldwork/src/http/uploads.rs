//! Files that come in parts.

use super::staff;
use crate::access::FILL;
use crate::commands::uploads::{self as commands, Announced, Progress};
use crate::error::FieldworkError;
use crate::model::{CommandId, FileHash, PART_BYTES_MAX};
use axum::Json;
use axum::extract::State;
use edge::{Body, BytesUpTo, Edge, PathOf, QueryOf, Who};
use platform::{Problem, Words};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A file that is to come.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UploadBody {
    /// SHA-256 of its bytes, 64 hexadecimal digits in small letters.
    pub hash: FileHash,
    /// How many it has: 10 MiB at most for a photo, 20 for a voice note.
    pub bytes: u64,
    /// `image/jpeg`, `image/png`, `image/webp`; `audio/webm`, `audio/ogg`, `audio/mp4` …
    pub media_type: String,
    pub r#for: UploadFor,
}

/// What a file belongs to. It need not have come.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UploadFor {
    pub command: CommandId,
    /// The address of the question of a form it answers.
    pub question: Option<String>,
}

/// How far a file is.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct UploadView {
    /// Bytes that are here for good: the next part begins there.
    pub have: u64,
    /// It is whole, its content is what its hash says, and it is kept.
    pub done: bool,
}

impl From<Progress> for UploadView {
    fn from(progress: Progress) -> Self {
        Self { have: progress.have, done: progress.is_done }
    }
}

/// 开始（或接着）上传一个文件。Begin a file, or find how far it is.
#[utoipa::path(post, path = "/api/fieldwork/uploads", tag = "fieldwork", operation_id = "begin_upload", request_body = UploadBody,
    responses((status = 200, body = UploadView), (status = 401, body = Problem), (status = 403, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem), (status = 507, body = Problem)))]
pub async fn begin_upload(
    State(edge): State<Edge>,
    who: Who,
    Body(body): Body<UploadBody>,
) -> Result<Json<UploadView>, Problem> {
    let actor = staff(&who, &[&FILL])?;
    let told = Announced {
        hash: body.hash,
        bytes: body.bytes,
        media_type: body.media_type,
        command: body.r#for.command,
        question: body.r#for.question,
    };
    Ok(Json(commands::begin(&edge, actor, told).await?.into()))
}

/// Where a part begins.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PartQuery {
    /// Bytes before it.
    pub offset: u64,
}

/// 传文件的一段（最多 256 KiB）；重复的一段不会多存。Send a part of a file, 256 KiB at most. A part that is here already changes nothing.
#[utoipa::path(put, path = "/api/fieldwork/uploads/{hash}", tag = "fieldwork", operation_id = "send_part", params(("hash" = String, Path), PartQuery),
    request_body(content_type = "application/octet-stream", content = String),
    responses((status = 200, body = UploadView), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 413, body = Problem), (status = 422, body = Problem), (status = 507, body = Problem)))]
pub async fn send_part(
    State(edge): State<Edge>,
    who: Who,
    PathOf(hash): PathOf<String>,
    QueryOf(query): QueryOf<PartQuery>,
    BytesUpTo(part): BytesUpTo<PART_BYTES_MAX>,
) -> Result<Json<UploadView>, Problem> {
    let actor = staff(&who, &[&FILL])?;
    let hash: FileHash = hash.parse().map_err(|_| FieldworkError::NotFound)?;
    if part.is_empty() {
        let words = Words::of("这一段是空的。", "This part is empty.");
        return Err(Problem::invalid("fieldwork.empty_part", "body", words));
    }
    Ok(Json(commands::append(&edge, actor, hash, query.offset, part).await?.into()))
}
