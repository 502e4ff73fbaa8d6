//! Tables brought in: send one, confirm its columns, have it checked, save the rows that are right, take all of it back.

use super::staff;
use crate::access::IMPORT;
use crate::commands::import::{self as tables, Sent};
use crate::error::RegistryError;
use crate::import::{Batch, BatchId, BatchState, ImportBook, Mapping, Report, Runs, Table};
use crate::model::ActId;
use crate::queries::batches;
use ::store::Conn;
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use edge::{Body, Edge, Multipart, PathOf, Who};
use platform::{Problem, Time, Words};
use seal::Vault;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A table that was sent.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BatchView {
    pub id: BatchId,
    pub table: Table,
    pub state: BatchState,
    pub file_name: String,
    /// The sheet that is read, from 0.
    pub sheet: usize,
    /// How the columns are read: suggested, or as it was confirmed.
    pub mapping: Option<Mapping>,
    /// The columns this kind of table may have.
    pub columns: Vec<ColumnView>,
    pub rows: i64,
    /// Rows, or records while it is taken back, that are done in the step under way.
    pub done: i64,
    pub takes_conflicts: bool,
    pub report: Report,
    /// The deed of all its rows.
    pub act: ActId,
    pub created_at: Time,
    pub changed_at: Time,
}

/// A column a table may have.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ColumnView {
    pub key: String,
    pub words: Words,
    pub required: bool,
    pub meaning: Words,
}

fn view(edge: &Edge, batch: Batch) -> BatchView {
    let book = edge.fixture::<ImportBook>();
    let columns = book.table(batch.table).columns.iter().map(|column| ColumnView {
        key: column.key.clone(),
        words: column.words.clone(),
        required: column.required,
        meaning: column.meaning.clone(),
    });
    BatchView {
        id: batch.id,
        table: batch.table,
        state: batch.state,
        file_name: batch.file_name,
        sheet: batch.sheet,
        mapping: batch.mapping,
        columns: columns.collect(),
        rows: batch.rows,
        done: edge.fixture::<Runs>().done(batch.id).unwrap_or(batch.rows_done),
        takes_conflicts: batch.takes_conflicts,
        report: batch.report,
        act: batch.act,
        created_at: batch.created_at,
        changed_at: batch.changed_at,
    }
}

/// 上传表格（XLSX 最大 50 MB，CSV 最大 100 MB）：字段 `table` 写表的种类，`file` 是文件。Send a table to be brought in.
#[utoipa::path(post, path = "/api/registry/imports", tag = "registry", operation_id = "send_table",
    request_body(content_type = "multipart/form-data", content = String),
    responses((status = 200, body = BatchView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 413, body = Problem), (status = 422, body = Problem)))]
pub async fn send_table(
    State(edge): State<Edge>,
    who: Who,
    mut form: Multipart,
) -> Result<Json<BatchView>, Problem> {
    let actor = staff(&who, &IMPORT)?;
    let table = form.text("table").and_then(Table::parse).ok_or_else(|| {
        let words = Words::of("请选择表的种类。", "Say which kind of table this is.");
        Problem::invalid("registry.no_table", "table", words)
    })?;
    let file =
        form.files.pop().filter(|file| form.files.is_empty() && file.field == "file").ok_or_else(|| {
            Problem::invalid("registry.no_file", "file", Words::of("请选择一个文件。", "Choose one file."))
        })?;
    let sent = Sent { table, file_name: file.file_name, bytes: file.bytes.to_vec() };
    Ok(Json(view(&edge, tables::send_table(&edge, actor, sent).await?)))
}

/// 我上传的表格，最近的在前。The tables one has sent, the latest first.
#[utoipa::path(get, path = "/api/registry/imports", tag = "registry", operation_id = "list_tables",
    responses((status = 200, body = Vec<BatchView>), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub async fn list_tables(State(edge): State<Edge>, who: Who) -> Result<Json<Vec<BatchView>>, Problem> {
    let actor = staff(&who, &IMPORT)?;
    let Some(account) = actor.account else { return Ok(Json(Vec::new())) };
    let (district, keys) =
        (actor.district, edge.fixture::<Vault>().of(actor.district).map_err(RegistryError::Fault)?);
    let read = async move |conn: &mut Conn| batches::batches_of(conn, &keys, district, account).await;
    let found = edge.db.read(read).await.map_err(RegistryError::Fault)?;
    Ok(Json(found.into_iter().map(|batch| view(&edge, batch)).collect()))
}

/// 一张表的进度和检查结果。How far a table is, and what its check said.
#[utoipa::path(get, path = "/api/registry/imports/{id}", tag = "registry", operation_id = "show_table", params(("id" = BatchId, Path)),
    responses((status = 200, body = BatchView), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn show_table(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<BatchId>,
) -> Result<Json<BatchView>, Problem> {
    let actor = staff(&who, &IMPORT)?;
    Ok(Json(view(&edge, tables::own(&edge, actor, id).await?)))
}

/// A sheet of a workbook.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SheetView {
    /// From 0, as `check` wants it.
    pub sheet: usize,
    /// As on its tab; empty for a table in text.
    pub name: String,
    /// Hidden from people who open the file: it is read only where somebody chooses it.
    pub hidden: bool,
    /// Rows that hold anything; not known of a hidden sheet.
    pub rows: Option<u32>,
    /// How its columns may be read; none where no row names columns.
    pub mapping: Option<Mapping>,
}

/// 工作簿里有哪些工作表（含隐藏的），各自的表头怎么读。The sheets of a table that was sent, to choose one; hidden ones are told.
#[utoipa::path(get, path = "/api/registry/imports/{id}/sheets", tag = "registry", operation_id = "list_sheets", params(("id" = BatchId, Path)),
    responses((status = 200, body = Vec<SheetView>), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 410, body = Problem)))]
pub async fn list_sheets(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<BatchId>,
) -> Result<Json<Vec<SheetView>>, Problem> {
    let actor = staff(&who, &IMPORT)?;
    let sheets = tables::sheets_of(&edge, actor, id).await?.into_iter().enumerate();
    let view = |(sheet, found): (usize, tables::Sheet)| SheetView {
        sheet,
        name: found.name,
        hidden: found.is_hidden,
        rows: found.rows,
        mapping: found.mapping,
    };
    Ok(Json(sheets.map(view).collect()))
}

/// How a table is to be read.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckBody {
    /// The sheet, from 0.
    pub sheet: usize,
    pub mapping: Mapping,
}

/// 确认各列含义并开始检查（不保存任何一行）。Confirm how the columns are read, and begin the check.
#[utoipa::path(post, path = "/api/registry/imports/{id}/check", tag = "registry", operation_id = "check_table", params(("id" = BatchId, Path)),
    request_body = CheckBody, responses((status = 200, body = BatchView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn check_table(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<BatchId>,
    Body(body): Body<CheckBody>,
) -> Result<Json<BatchView>, Problem> {
    let actor = staff(&who, &IMPORT)?;
    Ok(Json(view(&edge, tables::check_table(&edge, actor, id, body.sheet, body.mapping).await?)))
}

/// What is saved.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SaveBody {
    /// Whether the table is right where the register says something else. Rows that are wrong never go in.
    #[serde(default)]
    pub takes_conflicts: bool,
}

/// 保存正确的行。Save the rows that are right, as one deed.
#[utoipa::path(post, path = "/api/registry/imports/{id}/save", tag = "registry", operation_id = "save_table", params(("id" = BatchId, Path)),
    request_body = SaveBody, responses((status = 200, body = BatchView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn save_table(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<BatchId>,
    Body(body): Body<SaveBody>,
) -> Result<Json<BatchView>, Problem> {
    let actor = staff(&who, &IMPORT)?;
    Ok(Json(view(&edge, tables::save_table(&edge, actor, id, body.takes_conflicts).await?)))
}

/// 整批撤销。Take everything back the table brought.
#[utoipa::path(post, path = "/api/registry/imports/{id}/undo", tag = "registry", operation_id = "undo_table", params(("id" = BatchId, Path)),
    responses((status = 200, body = BatchView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn undo_table(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<BatchId>,
) -> Result<Json<BatchView>, Problem> {
    let actor = staff(&who, &IMPORT)?;
    Ok(Json(view(&edge, tables::undo_table(&edge, actor, id).await?)))
}

/// 丢弃一张还没有保存的表。Throw a table away of which nothing was saved.
#[utoipa::path(delete, path = "/api/registry/imports/{id}", tag = "registry", operation_id = "drop_table", params(("id" = BatchId, Path)),
    responses((status = 200, body = BatchView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn drop_table(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<BatchId>,
) -> Result<Json<BatchView>, Problem> {
    let actor = staff(&who, &IMPORT)?;
    Ok(Json(view(&edge, tables::drop_table(&edge, actor, id).await?)))
}

/// 有问题的行，问题写在批注里。The rows at fault as a workbook, each fault in a comment.
#[utoipa::path(get, path = "/api/registry/imports/{id}/errors", tag = "registry", operation_id = "download_errors", params(("id" = BatchId, Path)),
    responses((status = 200, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", body = Vec<u8>),
        (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn download_errors(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<BatchId>,
) -> Result<Response, Problem> {
    let actor = staff(&who, &IMPORT)?;
    Ok(workbook(tables::errors_of(&edge, actor, id).await?, "errors.xlsx"))
}

/// 空表模板，每列有说明和示例。The empty table of a kind, its columns explained.
#[utoipa::path(get, path = "/api/registry/templates/{table}", tag = "registry", operation_id = "download_template", params(("table" = Table, Path)),
    responses((status = 200, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", body = Vec<u8>),
        (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn download_template(
    State(edge): State<Edge>,
    who: Who,
    PathOf(table): PathOf<Table>,
) -> Result<Response, Problem> {
    let actor = staff(&who, &IMPORT)?;
    let name = format!("template-{}.xlsx", table.as_str());
    Ok(workbook(tables::template_of(&edge, actor, table).await?, &name))
}

fn workbook(bytes: Vec<u8>, name: &str) -> Response {
    super::exports::download(bytes, crate::export::Format::Xlsx.media_type(), name)
}
