//! Forms: made from a workbook, listed, shown with their versions.

use super::staff;
use super::versions::{FormVersionView, view_version};
use crate::access::{MAKE_FORMS, PERMISSIONS, sees_drafts, sees_form};
use crate::commands::{make_version, read_workbook};
use crate::error::FieldworkError;
use crate::model::{FormId, FormState};
use crate::queries;
use crate::store::{self, FormRow, Title, VersionRow};
use ::store::{Conn, Tx};
use axum::Json;
use axum::extract::State;
use edge::{Edge, Multipart, PathOf, QueryOf, Who};
use platform::{Actor, Cursor, Fault, Page, Problem, Time, Words, limits};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A form.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FormView {
    pub id: FormId,
    /// The form_id of its workbooks.
    pub key: String,
    /// By language; `und` where the workbook names none.
    pub title: Title,
    /// Where it is filled.
    pub area_path: String,
    /// The version that is filled now.
    pub live: Option<i64>,
}

/// A form with its versions.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FormWithVersions {
    #[serde(flatten)]
    pub form: FormView,
    /// The newest first; drafts only for those who make them.
    pub versions: Vec<FormVersionLine>,
}

/// A version in its form's list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FormVersionLine {
    pub number: i64,
    /// As the workbook names it; may be empty.
    pub name: String,
    pub state: FormState,
    pub title: Title,
    /// SHA-256 of the definition, in hexadecimal.
    pub hash: String,
    pub made_at: Time,
    pub made_by: String,
    pub published_at: Option<Time>,
    pub published_by: Option<String>,
    pub withdrawn_at: Option<Time>,
    pub withdrawn_by: Option<String>,
}

impl From<FormRow> for FormView {
    fn from(row: FormRow) -> Self {
        Self { id: row.id, key: row.key, title: row.title.0, area_path: row.area_path, live: row.live }
    }
}

impl From<&VersionRow> for FormVersionLine {
    fn from(row: &VersionRow) -> Self {
        Self {
            number: row.number,
            name: row.name.clone(),
            state: row.state,
            title: row.title.0.clone(),
            hash: row.hash.iter().map(|byte| format!("{byte:02x}")).collect(),
            made_at: row.made_at,
            made_by: row.made_by_name.clone(),
            published_at: row.published_at,
            published_by: row.published_by_name.clone(),
            withdrawn_at: row.withdrawn_at,
            withdrawn_by: row.withdrawn_by_name.clone(),
        }
    }
}

/// 上传 XLSForm 工作簿做成一版表单（草稿）：字段 `file` 是文件，`area` 写用在哪个区域。Make a version of a form from a workbook.
///
/// The answer has the burden meter and what the form asks although it is known. The newest version sent again is answered, not doubled.
#[utoipa::path(post, path = "/api/fieldwork/forms", tag = "fieldwork", operation_id = "upload_form",
    request_body(content_type = "multipart/form-data", content = String),
    responses((status = 200, body = FormVersionView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 409, body = Problem), (status = 413, body = Problem), (status = 422, body = Problem)))]
pub async fn upload_form(
    State(edge): State<Edge>,
    who: Who,
    mut form: Multipart,
) -> Result<Json<FormVersionView>, Problem> {
    let actor = staff(&who, &[&MAKE_FORMS])?;
    let area = form.text("area").map(str::to_owned);
    let file = form.files.pop().filter(|file| form.files.is_empty() && file.field == "file");
    let file = file.ok_or_else(|| {
        Problem::invalid("fieldwork.no_file", "file", Words::of("请选择一个文件。", "Choose one file."))
    })?;
    let upload = read_workbook(&edge, file.file_name, file.bytes.to_vec()).await?;
    let make = async move |tx: &mut Tx| make_version(tx, upload.clone(), area.clone()).await;
    let made = edge.db.write(actor, make).await?;
    Ok(Json(view_version(&edge, actor, made.form, made.number).await?))
}

/// Where a page goes on.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FormsQuery {
    pub after: Option<String>,
}

/// 我能用的表单。The forms that are used where one works; a page may be empty and yet not the last.
#[utoipa::path(get, path = "/api/fieldwork/forms", tag = "fieldwork", operation_id = "list_forms", params(FormsQuery),
    responses((status = 200, body = Page<FormView>), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub async fn list_forms(
    State(edge): State<Edge>,
    who: Who,
    QueryOf(query): QueryOf<FormsQuery>,
) -> Result<Json<Page<FormView>>, Problem> {
    let actor = staff(&who, PERMISSIONS)?;
    let after: String = query.after.map(Cursor).and_then(|cursor| cursor.key()).unwrap_or_default();
    let (district, rows_max) = (actor.district, limits::PAGE_ROWS_MAX as usize);
    let read =
        async move |conn: &mut Conn| queries::forms::list(conn, district, &after, rows_max as i64 + 1).await;
    let rows = edge.db.read::<_, Fault, _>(read).await.map_err(FieldworkError::from)?;
    let page = Page::cut(rows, rows_max, |row| Cursor::of(&row.key));
    let seen = page.items.into_iter().filter(|row| is_listed(actor, row));
    Ok(Json(Page { items: seen.map(FormView::from).collect(), next: page.next }))
}

/// Who only fills is shown what can be filled.
fn is_listed(actor: &Actor, row: &FormRow) -> bool {
    sees_form(actor, &row.area_path) && (row.live.is_some() || sees_drafts(actor, &row.area_path))
}

/// 一个表单和它的各版。A form with its versions.
#[utoipa::path(get, path = "/api/fieldwork/forms/{id}", tag = "fieldwork", operation_id = "show_form", params(("id" = FormId, Path)),
    responses((status = 200, body = FormWithVersions), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn show_form(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<FormId>,
) -> Result<Json<FormWithVersions>, Problem> {
    let actor = staff(&who, PERMISSIONS)?;
    let district = actor.district;
    let read = async move |conn: &mut Conn| {
        Ok::<_, Fault>((
            store::find_form(conn, district, id).await?,
            queries::forms::versions(conn, district, id).await?,
        ))
    };
    let (form, versions) = edge.db.read(read).await.map_err(FieldworkError::from)?;
    let form = form.filter(|form| sees_form(actor, &form.area_path)).ok_or(FieldworkError::NotFound)?;
    let with_drafts = sees_drafts(actor, &form.area_path);
    let seen = versions.iter().filter(|version| with_drafts || version.published_at.is_some());
    let versions = seen.map(FormVersionLine::from).collect();
    Ok(Json(FormWithVersions { form: form.into(), versions }))
}
