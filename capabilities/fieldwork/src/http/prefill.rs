//! What is known before a form is asked, and what that has saved.

use super::staff;
use crate::access::{EXPORT, FILL, MAKE_FORMS, READ, sees_form};
use crate::commands::{self, Prefill};
use crate::error::FieldworkError;
use crate::model::FormId;
use crate::plans::ready;
use crate::queries::saved::{self, SavedRow};
use crate::store;
use ::store::{Conn, Tx};
use axum::Json;
use axum::extract::State;
use edge::{Edge, PathOf, QueryOf, Who};
use platform::{Fault, Problem, Time};
use registry::{Kind, RecordId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Of what, and why.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PrefillQuery {
    /// A record of the register: a person, a home, a residence with both …
    pub subject: RecordId,
    /// A key of the register's purposes.
    pub purpose: String,
    /// The number of a version; none: the live one.
    pub version: Option<i64>,
}

/// What is known.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PrefillView {
    /// The number of the version it is for.
    pub version: i64,
    /// The records that were looked at: send id and version back as `seen`.
    pub records: Vec<PrefillRecord>,
    pub answers: Vec<PrefillAnswer>,
    /// Questions as the form begins; of them known and fresh, so shown and not asked; of them known, and too old not to ask.
    pub questions: usize,
    pub known: usize,
    pub stale: usize,
}

/// A record that was looked at.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct PrefillRecord {
    pub id: RecordId,
    pub kind: Kind,
    pub version: i64,
}

/// A question whose answer is known.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PrefillAnswer {
    /// `/phone`
    pub path: String,
    /// `person.phones`
    pub field: String,
    /// As an answer is written.
    pub text: String,
    /// When somebody last said that it holds.
    pub confirmed_at: Time,
    pub age_days: u32,
    /// Shown as known, and not asked. Else it is shown and asked again.
    pub fresh: bool,
}

impl PrefillView {
    fn of(version: i64, known: Prefill) -> Self {
        let record = |(id, kind, version)| PrefillRecord { id, kind, version };
        let answer = |one: commands::KnownAnswer| PrefillAnswer {
            path: one.path,
            field: one.field,
            text: one.text,
            confirmed_at: one.confirmed_at,
            age_days: one.age_days,
            fresh: one.is_fresh,
        };
        Self {
            version,
            records: known.records.into_iter().map(record).collect(),
            answers: known.answers.into_iter().map(answer).collect(),
            questions: known.counts.questions,
            known: known.counts.known,
            stale: known.counts.stale,
        }
    }
}

/// 填表前：登记里已经知道的，带时效（留痕）。What the register knows of the one a form is about, with its age; the look is on record.
#[utoipa::path(get, path = "/api/fieldwork/forms/{id}/prefill", tag = "fieldwork", operation_id = "prefill_form", params(("id" = FormId, Path), PrefillQuery),
    responses((status = 200, body = PrefillView), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 422, body = Problem), (status = 429, body = Problem)))]
pub async fn prefill_form(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<FormId>,
    QueryOf(query): QueryOf<PrefillQuery>,
) -> Result<Json<PrefillView>, Problem> {
    let actor = staff(&who, &[&FILL])?;
    let district = actor.district;
    let read = async move |conn: &mut Conn| store::find_form(conn, district, id).await;
    let form = edge.db.read::<_, Fault, _>(read).await.map_err(FieldworkError::from)?;
    let form = form.filter(|form| sees_form(actor, &form.area_path)).ok_or(FieldworkError::NotFound)?;
    let number = query.version.or(form.live).ok_or(FieldworkError::NotFound)?;
    let ready = ready(&edge, district, id, number).await.map_err(FieldworkError::from)?;
    let ready = ready.ok_or(FieldworkError::NotFound)?;
    registry::looks::slow_down(&edge, actor).await?;
    let look = async move |tx: &mut Tx| commands::prefill(tx, &ready, query.subject, &query.purpose).await;
    let known = edge.db.write(actor, look).await?;
    Ok(Json(PrefillView::of(number, known)))
}

/// What a version has spared the people who were asked; nobody is named.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SavedLine {
    /// The number of the version.
    pub version: i64,
    pub submissions: i64,
    /// Questions that were asked or shown.
    pub questions: i64,
    /// Of them: known and fresh, so only shown.
    pub not_asked: i64,
}

impl From<SavedRow> for SavedLine {
    fn from(row: SavedRow) -> Self {
        Self {
            version: row.number,
            submissions: row.submissions,
            questions: row.questions,
            not_asked: row.known,
        }
    }
}

/// 一个表单各版少问了多少题。How many questions each version of a form did not have to ask.
#[utoipa::path(get, path = "/api/fieldwork/forms/{id}/saved", tag = "fieldwork", operation_id = "count_saved_questions", params(("id" = FormId, Path)),
    responses((status = 200, body = Vec<SavedLine>), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn count_saved_questions(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<FormId>,
) -> Result<Json<Vec<SavedLine>>, Problem> {
    let actor = staff(&who, &[&MAKE_FORMS, &FILL, &READ, &EXPORT])?;
    let district = actor.district;
    let read = async move |conn: &mut Conn| {
        let form = store::find_form(conn, district, id).await?;
        Ok::<_, Fault>((form, saved::of_form(conn, district, id).await?))
    };
    let (form, rows) = edge.db.read_long(read).await.map_err(FieldworkError::from)?;
    form.filter(|form| sees_form(actor, &form.area_path)).ok_or(FieldworkError::NotFound)?;
    Ok(Json(rows.into_iter().map(SavedLine::from).collect()))
}
