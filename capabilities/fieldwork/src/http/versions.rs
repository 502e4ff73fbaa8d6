//! One version of a form: its definition, its burden, what it changes; publishing and withdrawing it.

use super::forms::FormVersionLine;
use super::staff;
use crate::access::{MAKE_FORMS, PERMISSIONS, sees_drafts, sees_form};
use crate::catalogue::BurdenBook;
use crate::commands::change_state;
use crate::error::FieldworkError;
use crate::model::{Burden, ChangeFinding, FormFinding, FormId, FormState, KnownField, known_fields};
use crate::plans::plan_of;
use crate::store::{self, FormRow, VersionRow};
use ::store::Conn;
use axum::Json;
use axum::extract::State;
use edge::{Edge, PathOf, QueryOf, Who};
use forms::Plan;
use platform::{Actor, Fault, Problem};
use registry::Catalogue;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// A version with all that is to be known before it is published or filled.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FormVersionView {
    pub form: FormId,
    pub key: String,
    pub area_path: String,
    #[serde(flatten)]
    pub line: FormVersionLine,
    /// Fields × minutes.
    pub burden: Burden,
    /// Asked although the register has it: a form with any is not published.
    pub known: Vec<KnownField>,
    /// Features of the workbook without effect, and what is probably not meant.
    pub told: Vec<FormFinding>,
    /// As phones fill it: docs of crates/forms.
    #[schema(value_type = Object)]
    pub definition: serde_json::Value,
}

/// A form and one of its versions, as an actor may see them.
pub(super) struct Seen {
    pub form: FormRow,
    pub version: VersionRow,
    pub plan: Arc<Plan>,
}

pub(super) async fn see(edge: &Edge, actor: &Actor, id: FormId, number: i64) -> Result<Seen, FieldworkError> {
    let district = actor.district;
    let read = async move |conn: &mut Conn| {
        Ok::<_, Fault>((
            store::find_form(conn, district, id).await?,
            store::find_version(conn, district, id, number).await?,
        ))
    };
    let (Some(form), Some(version)) = edge.db.read(read).await? else {
        return Err(FieldworkError::NotFound);
    };
    let is_seen = match version.published_at {
        Some(_) => sees_form(actor, &form.area_path),
        None => sees_drafts(actor, &form.area_path),
    };
    if !is_seen {
        return Err(FieldworkError::NotFound);
    }
    let plan = plan_of(edge, district, id, number).await?.ok_or(FieldworkError::NotFound)?;
    Ok(Seen { form, version, plan })
}

/// A version as it is answered.
pub(super) async fn view_version(
    edge: &Edge,
    actor: &Actor,
    id: FormId,
    number: i64,
) -> Result<FormVersionView, FieldworkError> {
    let Seen { form, version, plan } = see(edge, actor, id, number).await?;
    let definition = serde_json::to_value(plan.form());
    Ok(FormVersionView {
        form: form.id,
        key: form.key,
        area_path: form.area_path,
        line: FormVersionLine::from(&version),
        burden: Burden::of(&plan, &edge.fixture::<BurdenBook>()),
        known: known_fields(&plan, &edge.fixture::<Catalogue>()),
        told: version.told.0,
        definition: definition.map_err(|e| Fault::broken("a definition is no JSON").because(e))?,
    })
}

/// 一版表单的全部：题目、负担、已知项。A version whole: its definition, its burden, what it asks although it is known.
#[utoipa::path(get, path = "/api/fieldwork/forms/{id}/versions/{number}", tag = "fieldwork", operation_id = "show_form_version",
    params(("id" = FormId, Path), ("number" = i64, Path)),
    responses((status = 200, body = FormVersionView), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn show_form_version(
    State(edge): State<Edge>,
    who: Who,
    PathOf((id, number)): PathOf<(FormId, i64)>,
) -> Result<Json<FormVersionView>, Problem> {
    let actor = staff(&who, PERMISSIONS)?;
    Ok(Json(view_version(&edge, actor, id, number).await?))
}

/// What a version is held against.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AgainstQuery {
    /// The number of another version; none: the live one.
    pub against: Option<i64>,
}

/// 和现用版（或指定的一版）比，改了什么。What differs from the live version, or from another one.
#[utoipa::path(get, path = "/api/fieldwork/forms/{id}/versions/{number}/changes", tag = "fieldwork", operation_id = "compare_form_versions",
    params(("id" = FormId, Path), ("number" = i64, Path), AgainstQuery),
    responses((status = 200, body = Vec<ChangeFinding>), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn compare_form_versions(
    State(edge): State<Edge>,
    who: Who,
    PathOf((id, number)): PathOf<(FormId, i64)>,
    QueryOf(query): QueryOf<AgainstQuery>,
) -> Result<Json<Vec<ChangeFinding>>, Problem> {
    let actor = staff(&who, PERMISSIONS)?;
    let newer = see(&edge, actor, id, number).await?;
    let against = query.against.or(newer.form.live).ok_or(FieldworkError::NotFound)?;
    let older = see(&edge, actor, id, against).await?;
    let found = forms::differences(&older.plan, &newer.plan);
    Ok(Json(found.iter().map(ChangeFinding::from).collect()))
}

/// 发布一版（原来在用的一版随即停用）。Publish a draft; the version that was live is withdrawn with it.
#[utoipa::path(post, path = "/api/fieldwork/forms/{id}/versions/{number}/publish", tag = "fieldwork", operation_id = "publish_form",
    params(("id" = FormId, Path), ("number" = i64, Path)),
    responses((status = 200, body = FormVersionView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn publish_form(
    State(edge): State<Edge>,
    who: Who,
    PathOf((id, number)): PathOf<(FormId, i64)>,
) -> Result<Json<FormVersionView>, Problem> {
    let actor = staff(&who, &[&MAKE_FORMS])?;
    change_state(&edge, actor, (id, number), FormState::Live).await?;
    Ok(Json(view_version(&edge, actor, id, number).await?))
}

/// 停用一版；已经填好、还在路上的照收并标明。Withdraw a version; what was filled before still comes in, and is flagged.
#[utoipa::path(post, path = "/api/fieldwork/forms/{id}/versions/{number}/withdraw", tag = "fieldwork", operation_id = "withdraw_form",
    params(("id" = FormId, Path), ("number" = i64, Path)),
    responses((status = 200, body = FormVersionView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn withdraw_form(
    State(edge): State<Edge>,
    who: Who,
    PathOf((id, number)): PathOf<(FormId, i64)>,
) -> Result<Json<FormVersionView>, Problem> {
    let actor = staff(&who, &[&MAKE_FORMS])?;
    change_state(&edge, actor, (id, number), FormState::Withdrawn).await?;
    Ok(Json(view_version(&edge, actor, id, number).await?))
}
