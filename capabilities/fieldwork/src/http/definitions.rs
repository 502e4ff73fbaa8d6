//! Definitions in and out, for the editor and for other programs; drafts taken along to the live version.

use super::staff;
use super::versions::{FormVersionView, Seen, see, view_version};
use crate::access::{FILL, MAKE_FORMS, PERMISSIONS};
use crate::commands::{make_version, read_definition};
use crate::error::FieldworkError;
use crate::model::{ChangeFinding, FormId};
use ::store::Tx;
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use edge::{Body, Edge, PathOf, QueryOf, Who};
use forms::{Answers, Lost, LostWhy, Scene};
use platform::{Fault, Problem, Words};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Where a new form is used.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DefinitionQuery {
    /// A path; none: the form's, and of a new form the widest area where one may make forms.
    pub area: Option<String>,
}

/// 用 JSON 定义做成一版表单（草稿），检查和上传工作簿一样。Make a version of a form from its definition in JSON, with the checks of a workbook.
#[utoipa::path(post, path = "/api/fieldwork/forms/definition", tag = "fieldwork", operation_id = "define_form", params(DefinitionQuery),
    request_body(content_type = "application/json", content = Object),
    responses((status = 200, body = FormVersionView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 409, body = Problem), (status = 413, body = Problem), (status = 422, body = Problem)))]
pub async fn define_form(
    State(edge): State<Edge>,
    who: Who,
    QueryOf(query): QueryOf<DefinitionQuery>,
    body: Bytes,
) -> Result<Json<FormVersionView>, Problem> {
    let actor = staff(&who, &[&MAKE_FORMS])?;
    let upload = read_definition(&edge, body).await?;
    let make = async move |tx: &mut Tx| make_version(tx, upload.clone(), query.area.clone()).await;
    let made = edge.db.write(actor, make).await?;
    Ok(Json(view_version(&edge, actor, made.form, made.number).await?))
}

/// 一版表单的 JSON 定义。The definition of a version, as an editor or a phone takes it.
#[utoipa::path(get, path = "/api/fieldwork/forms/{id}/versions/{number}/definition", tag = "fieldwork", operation_id = "show_form_definition",
    params(("id" = FormId, Path), ("number" = i64, Path)),
    responses((status = 200, body = Object), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn show_form_definition(
    State(edge): State<Edge>,
    who: Who,
    PathOf((id, number)): PathOf<(FormId, i64)>,
) -> Result<Response, Problem> {
    let actor = staff(&who, PERMISSIONS)?;
    let Seen { plan, .. } = see(&edge, actor, id, number).await?;
    Ok(([(header::CONTENT_TYPE, "application/json")], plan.form().to_json()).into_response())
}

/// 一版表单的 XForm（ODK 工具可用）。A version as an XForm, for the tools of ODK.
#[utoipa::path(get, path = "/api/fieldwork/forms/{id}/versions/{number}/xform.xml", tag = "fieldwork", operation_id = "show_form_xform",
    params(("id" = FormId, Path), ("number" = i64, Path)),
    responses((status = 200, content_type = "application/xml", body = String), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn show_form_xform(
    State(edge): State<Edge>,
    who: Who,
    PathOf((id, number)): PathOf<(FormId, i64)>,
) -> Result<Response, Problem> {
    let actor = staff(&who, PERMISSIONS)?;
    let Seen { plan, .. } = see(&edge, actor, id, number).await?;
    let headers = [(header::CONTENT_TYPE, "application/xml; charset=utf-8")];
    Ok((headers, forms::xform::write_form(&plan)).into_response())
}

/// 一版表单的 XLSForm 工作簿，可在 Excel、WPS 里改了再上传。A version as an XLSForm workbook, to be changed and sent again.
#[utoipa::path(get, path = "/api/fieldwork/forms/{id}/versions/{number}/workbook.xlsx", tag = "fieldwork", operation_id = "show_form_workbook",
    params(("id" = FormId, Path), ("number" = i64, Path)),
    responses((status = 200, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", body = Vec<u8>),
        (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn show_form_workbook(
    State(edge): State<Edge>,
    who: Who,
    PathOf((id, number)): PathOf<(FormId, i64)>,
) -> Result<Response, Problem> {
    let actor = staff(&who, PERMISSIONS)?;
    let Seen { plan, .. } = see(&edge, actor, id, number).await?;
    let writing =
        tokio::task::spawn_blocking(move || sheets::write_texts(&forms::xlsform::write(plan.form())));
    let written = writing.await.map_err(|e| Fault::broken("a workbook was not written").because(e)).flatten();
    let headers = [
        (header::CONTENT_TYPE, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"form.xlsx\""),
    ];
    Ok((headers, written.map_err(FieldworkError::from)?).into_response())
}

/// A draft that was begun with an older version.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DraftBody {
    /// The number of the version it was begun with.
    pub version: i64,
    #[schema(value_type = Object)]
    pub answers: serde_json::Value,
}

/// The draft in the live version.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DraftView {
    /// The number of the live version.
    pub version: i64,
    #[schema(value_type = Object)]
    pub answers: serde_json::Value,
    /// Answers that are there again.
    pub kept: usize,
    /// Answers that have no place in the live version: shown to whoever filled them, and gone only when they say so.
    pub lost: Vec<LostAnswer>,
    /// What the live version changed: new questions, moved ones, other rules.
    pub changes: Vec<ChangeFinding>,
}

/// An answer without a place.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LostAnswer {
    /// In the older version.
    pub address: String,
    pub text: String,
    /// removed, other_repeat, type, choice, too_many
    pub why: String,
    pub words: Words,
}

impl From<Lost> for LostAnswer {
    fn from(lost: Lost) -> Self {
        let (why, words) = match lost.why {
            LostWhy::Removed => ("removed", Words::of("新版没有这道题。", "The question is gone.")),
            LostWhy::OtherRepeat => {
                ("other_repeat", Words::of("这道题移到了别的重复组。", "It is asked in another repeat."))
            }
            LostWhy::Type => ("type", Words::of("题型变了，原回答用不上。", "It is not of the new type.")),
            LostWhy::Choice => ("choice", Words::of("原来选的选项没有了。", "The choice is gone.")),
            LostWhy::TooMany => {
                ("too_many", Words::of("重复次数超过上限。", "More instances than there may be."))
            }
        };
        Self { address: lost.address, text: lost.text, why: why.to_owned(), words }
    }
}

/// 把旧版草稿带到现用版：留下哪些、放不下哪些。Take a draft along to the live version; nothing is kept here.
#[utoipa::path(post, path = "/api/fieldwork/forms/{id}/drafts/migrate", tag = "fieldwork", operation_id = "migrate_draft", params(("id" = FormId, Path)),
    request_body = DraftBody,
    responses((status = 200, body = DraftView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn migrate_draft(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<FormId>,
    Body(body): Body<DraftBody>,
) -> Result<Json<DraftView>, Problem> {
    let actor = staff(&who, &[&FILL, &MAKE_FORMS])?;
    let older = see(&edge, actor, id, body.version).await?;
    let live = older.form.live.ok_or(FieldworkError::NotFound)?;
    let newer = see(&edge, actor, id, live).await?;
    let now = edge.now();
    let work = tokio::task::spawn_blocking(move || migrate(&older, &newer, live, &body.answers, now));
    let draft =
        work.await.map_err(|e| FieldworkError::from(Fault::broken("a draft was not moved").because(e)))?;
    Ok(Json(draft?))
}

fn migrate(
    older: &Seen,
    newer: &Seen,
    live: i64,
    answers: &serde_json::Value,
    now: platform::Time,
) -> Result<DraftView, FieldworkError> {
    let moment = now.local().strftime("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string();
    let scene = Scene::at(&moment, newer.plan.form().first_language(), 0)
        .ok_or_else(|| Fault::broken("a moment is not written as forms read it"))?;
    let (old, strangers) = Answers::from_json(&older.plan, answers);
    let moved = forms::migrate(&old, &newer.plan, &scene).map_err(|fault| FieldworkError::Invalid {
        field: "answers",
        code: "fieldwork.bad_draft",
        words: fault.words(),
    })?;
    let strangers = strangers.into_iter().map(|stranger| Lost {
        address: stranger.path,
        text: stranger.text,
        why: LostWhy::Removed,
    });
    let changes = forms::differences(&older.plan, &newer.plan);
    Ok(DraftView {
        version: live,
        answers: moved.answers.to_json(false),
        kept: moved.kept,
        lost: moved.lost.into_iter().chain(strangers).map(LostAnswer::from).collect(),
        changes: changes.iter().map(ChangeFinding::from).collect(),
    })
}
