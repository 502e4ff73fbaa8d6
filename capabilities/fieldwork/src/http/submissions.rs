//! What was filled in: taken in, listed without its inside, looked at for a purpose, taken along masked.

use super::files::{FileLine, list_files};
use super::staff;
use crate::access::{EXPORT, FILL, READ, require, sees_form, widest};
use crate::commands::{self, Received, Sent};
use crate::error::FieldworkError;
use crate::export::{self, Order};
use crate::model::{FormId, KEEPING, Reader, Stray, Submission, SubmissionId, WriteBack, shown};
use crate::plans::plan_of;
use crate::queries::submissions::{self as rows, After, ListedRow};
use crate::store;
use ::store::{Conn, Tx};
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use edge::{Body, Edge, PathOf, QueryOf, Who};
use platform::{Actor, Cursor, Fault, Page, Permission, Problem, Time, Words, limits};
use registry::{Catalogue, RecordId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// What a device sends.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SubmissionBody {
    /// Made by the device, a UUID of version 7: the same twice is one submission.
    pub id: SubmissionId,
    /// The number of the version it was filled with.
    pub version: i64,
    /// As crates/forms writes them: groups are objects, repeats lists of objects.
    #[schema(value_type = Object)]
    pub answers: serde_json::Value,
    /// By the clock of the device. Kept beside the moment it came.
    pub filled_at: Time,
    /// Where it was filled, where somebody pressed "here": its grid is the submission's.
    pub place: Option<FilledPlace>,
    /// Without a place: the path of the grid; without either, the only one of whoever fills.
    pub area: Option<String>,
    /// The record of the register it is about: answers that belong to the register go there.
    pub subject: Option<RecordId>,
    /// The versions of the records that were before the eyes of whoever filled it. Without a record's version only what it lacks is
    /// filled in: what was changed meanwhile cannot be told from what was corrected.
    #[serde(default)]
    pub seen: Vec<SeenRecord>,
    /// Paths of questions that were shown as known and not asked: `/phone`.
    #[serde(default)]
    pub known: Vec<String>,
}

/// A record as it was seen.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SeenRecord {
    pub id: RecordId,
    pub version: i64,
}

/// A point, WGS-84.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FilledPlace {
    pub lon: f64,
    pub lat: f64,
}

/// A submission without its inside.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SubmissionLine {
    pub id: SubmissionId,
    pub version: i64,
    pub area_path: String,
    pub filled_by: String,
    pub filled_at: Time,
    pub received_at: Time,
    /// Its version had been withdrawn when it came.
    pub withdrawn: bool,
    /// The submission that came in its place; it is in no copy any more.
    pub replaced_by: Option<SubmissionId>,
}

impl From<ListedRow> for SubmissionLine {
    fn from(row: ListedRow) -> Self {
        Self {
            id: row.id,
            version: row.number,
            area_path: row.area_path,
            filled_by: row.by_name,
            filled_at: row.filled_at,
            received_at: row.received_at,
            withdrawn: row.withdrawn,
            replaced_by: row.replaced_by,
        }
    }
}

impl From<&Submission> for SubmissionLine {
    fn from(one: &Submission) -> Self {
        Self {
            id: one.id,
            version: one.number,
            area_path: one.area_path.clone(),
            filled_by: one.by_name.clone(),
            filled_at: one.filled_at,
            received_at: one.received_at,
            withdrawn: one.is_withdrawn,
            replaced_by: one.replaced_by,
        }
    }
}

/// A submission that has come.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReceivedView {
    #[serde(flatten)]
    pub submission: SubmissionLine,
    /// It had come before: nothing was added.
    pub again: bool,
    /// What became of the answers that belong to the register.
    pub writes: Vec<WriteBack>,
}

impl From<&Received> for ReceivedView {
    fn from(received: &Received) -> Self {
        Self {
            submission: (&received.submission).into(),
            again: received.is_again,
            writes: received.submission.content.open(KEEPING).writes.clone(),
        }
    }
}

/// 交一份填写内容；同一编号交两次只算一份。Send what was filled in; the same id twice is one submission.
#[utoipa::path(post, path = "/api/fieldwork/forms/{id}/submissions", tag = "fieldwork", operation_id = "submit_form", params(("id" = FormId, Path)),
    request_body = SubmissionBody,
    responses((status = 200, body = ReceivedView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn submit_form(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<FormId>,
    Body(body): Body<SubmissionBody>,
) -> Result<Json<ReceivedView>, Problem> {
    let actor = staff(&who, &[&FILL])?;
    if !(Time::ENTERED_MIN..=Time::ENTERED_MAX).contains(&body.filled_at) {
        let words = Words::of("填写时间不对。", "This is no time of filling.");
        return Err(Problem::invalid("fieldwork.bad_time", "filled_at", words));
    }
    let sent = Sent {
        id: body.id,
        form: id,
        number: body.version,
        answers: body.answers,
        filled_at: body.filled_at,
        place: body.place.map(|place| (place.lon, place.lat)),
        area: body.area,
        strays: Vec::new(),
        subject: body.subject,
        seen: body.seen.into_iter().map(|seen| (seen.id, seen.version)).collect(),
        known: body.known,
    };
    Ok(Json(ReceivedView::from(&commands::submit(&edge, actor, sent).await?)))
}

/// Of which area, and from where on.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SubmissionsQuery {
    /// A path; none: the widest area where one may read.
    pub area: Option<String>,
    pub after: Option<String>,
}

/// 一个表单收到的填写（不含内容），按网格、按到达先后。What came in with a form, without its inside: grid by grid, as it came.
#[utoipa::path(get, path = "/api/fieldwork/forms/{id}/submissions", tag = "fieldwork", operation_id = "list_submissions",
    params(("id" = FormId, Path), SubmissionsQuery),
    responses((status = 200, body = Page<SubmissionLine>), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn list_submissions(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<FormId>,
    QueryOf(query): QueryOf<SubmissionsQuery>,
) -> Result<Json<Page<SubmissionLine>>, Problem> {
    let actor = staff(&who, &[&READ])?;
    let area = area_asked(&edge, actor, &READ, query.area)?;
    let after: Option<After> = query.after.map(Cursor).and_then(|cursor| cursor.key());
    // A cursor of another area would lead out of this one.
    let after = after.filter(|after| platform::Scope::covers_path(&area, &after.0));
    let after = after.unwrap_or_else(|| After::before(&area));
    let (district, rows_max) = (actor.district, limits::PAGE_ROWS_DEFAULT as usize);
    let read = async move |conn: &mut Conn| {
        Ok::<_, Fault>((
            store::find_form(conn, district, id).await?,
            rows::list(conn, district, id, &area, after.clone(), rows_max as i64 + 1).await?,
        ))
    };
    let (form, rows) = edge.db.read(read).await.map_err(FieldworkError::from)?;
    form.filter(|form| sees_form(actor, &form.area_path)).ok_or(FieldworkError::NotFound)?;
    let page =
        Page::cut(rows, rows_max, |row| Cursor::of(&After(row.area_path.clone(), row.received_at, row.id)));
    Ok(Json(Page { items: page.items.into_iter().map(SubmissionLine::from).collect(), next: page.next }))
}

/// The area that is meant, where the actor may.
fn area_asked(
    edge: &Edge,
    actor: &Actor,
    permission: &'static Permission,
    asked: Option<String>,
) -> Result<String, FieldworkError> {
    let root = territory::root_path(actor.district);
    let places = edge.fixture::<territory::Map>().of(actor.district);
    let root = places.root().map_or(root, |root| root.path.clone());
    let path = asked.or_else(|| widest(actor, permission, &root)).ok_or(FieldworkError::NotFound)?;
    require(actor, permission, &path)?;
    Ok(path)
}

/// Why it is looked at.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LookQuery {
    /// A key of the register's purposes.
    pub purpose: String,
}

/// A submission with its inside.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SubmissionView {
    pub form: FormId,
    #[serde(flatten)]
    pub submission: SubmissionLine,
    pub place: Option<FilledPlace>,
    /// As they were filled; sealed fields of the register masked where the purpose does not open them.
    #[schema(value_type = Object)]
    pub answers: serde_json::Value,
    /// What came along and no question asks for.
    pub strays: Vec<Stray>,
    /// The files its answers name.
    pub files: Vec<FileLine>,
    /// The record of the register it is about.
    pub subject: Option<RecordId>,
    /// What became of the answers that belong to the register.
    pub writes: Vec<WriteBack>,
}

/// 按用途查看一份填写内容（留痕）。What was filled in once, for a purpose; the look is on record before the answer.
#[utoipa::path(get, path = "/api/fieldwork/submissions/{id}", tag = "fieldwork", operation_id = "show_submission",
    params(("id" = SubmissionId, Path), LookQuery),
    responses((status = 200, body = SubmissionView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem)))]
pub async fn show_submission(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<SubmissionId>,
    QueryOf(query): QueryOf<LookQuery>,
) -> Result<Json<SubmissionView>, Problem> {
    let actor = staff(&who, &[&READ])?;
    registry::looks::slow_down(&edge, actor).await?;
    let look = async move |tx: &mut Tx| commands::look(tx, id, &query.purpose).await;
    let (one, opens) = edge.db.write(actor, look).await?;
    let plan = plan_of(&edge, actor.district, one.form, one.number).await.map_err(FieldworkError::from)?;
    let plan = plan.ok_or(FieldworkError::NotFound)?;
    let content = one.content.open(KEEPING);
    let reader = Reader::Look { opens: &opens };
    let files = list_files(&edge, actor.district, one.id, &plan, content).await?;
    Ok(Json(SubmissionView {
        form: one.form,
        submission: (&one).into(),
        place: content.place.map(|(lon, lat)| FilledPlace { lon, lat }),
        answers: shown(&plan.form().nodes, &content.answers, reader, &edge.fixture::<Catalogue>()),
        strays: content.strays.clone(),
        files,
        subject: content.subject,
        writes: content.writes.clone(),
    }))
}

/// A copy that is wanted.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SubmissionsExportBody {
    /// A path; none: the widest area where one may export.
    pub area: Option<String>,
    /// A key of the register's purposes.
    pub purpose: String,
}

/// 导出一个表单的填写内容（CSV，个人信息遮盖）。Take a masked copy of a form's submissions along, as CSV.
#[utoipa::path(post, path = "/api/fieldwork/forms/{id}/exports", tag = "fieldwork", operation_id = "export_submissions", params(("id" = FormId, Path)),
    request_body = SubmissionsExportBody,
    responses((status = 200, content_type = "text/csv", body = Vec<u8>), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem)))]
pub async fn export_submissions(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<FormId>,
    Body(body): Body<SubmissionsExportBody>,
) -> Result<Response, Problem> {
    let actor = staff(&who, &[&EXPORT])?;
    let area_path = area_asked(&edge, actor, &EXPORT, body.area)?;
    let order = Order { form: id, area_path, purpose: body.purpose };
    let copy = export::export(&edge, actor, order).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"submissions.csv\""),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, copy).into_response())
}
