//! What a client downloads: the list of forms, a form, what lies beside it.

use super::{base_url, document, enter, mark, refusal};
use crate::access::sees_form;
use crate::error::FieldworkError;
use crate::model::FormId;
use crate::plans::{Ready, ready};
use crate::queries;
use crate::store::FormRow;
use ::store::Conn;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use edge::{Edge, Who};
use forms::xform::{ListedFile, ListedForm, lists_apart, write_form_list, write_list_apart, write_manifest};
use platform::{Actor, Fault, Problem, limits};
use std::sync::Arc;

/// Forms one client is shown: more than a district fills at a time.
const FORMS_MAX: i64 = limits::PAGE_ROWS_MAX as i64;

/// `GET formList`: the forms that are filled where the client's owner works.
pub(super) async fn list_forms(
    State(edge): State<Edge>,
    who: Who,
    headers: HeaderMap,
    Path(key): Path<String>,
) -> Response {
    let listed = async {
        let actor = enter(&edge, &who, &key).await?;
        let at = format!("{}/openrosa/{key}/forms", base_url(&edge, &headers));
        list(&edge, &actor, &at).await
    };
    match listed.await {
        Ok(forms) => document(StatusCode::OK, write_form_list(&forms)),
        Err(problem) => refusal(&problem),
    }
}

async fn list(edge: &Edge, actor: &Actor, at: &str) -> Result<Vec<ListedForm>, Problem> {
    let district = actor.district;
    let read = async move |conn: &mut Conn| queries::forms::list(conn, district, "", FORMS_MAX).await;
    let rows: Vec<FormRow> = edge.db.read::<_, Fault, _>(read).await.map_err(FieldworkError::from)?;
    let mut forms = Vec::new();
    for row in rows.into_iter().filter(|row| sees_form(actor, &row.area_path)) {
        let Some(number) = row.live else { continue };
        let found = ready(edge, district, row.id, number).await.map_err(FieldworkError::from)?;
        let Some(ready) = found else { continue };
        let url = format!("{at}/{}/{number}", row.id);
        let form = ready.plan.form();
        forms.push(ListedForm {
            form_id: row.key.clone(),
            name: form.title.get(form.first_language()).to_owned(),
            version: ready.collect_version(),
            md5: ready.xform().md5.clone(),
            download_url: format!("{url}/form.xml"),
            manifest_url: (!lists_apart(&ready.plan).is_empty()).then(|| format!("{url}/manifest")),
        });
    }
    Ok(forms)
}

/// A version that is live or was: a client may come for what it was told a while ago.
async fn find(edge: &Edge, actor: &Actor, form: FormId, number: i64) -> Result<Arc<Ready>, FieldworkError> {
    let ready = ready(edge, actor.district, form, number).await?;
    let ready = ready.filter(|ready| sees_form(actor, &ready.area_path)).ok_or(FieldworkError::NotFound)?;
    let district = actor.district;
    let read = async move |conn: &mut Conn| crate::store::find_state(conn, district, form, number).await;
    let state = edge.db.read::<_, Fault, _>(read).await?.ok_or(FieldworkError::NotFound)?;
    if state == crate::model::FormState::Draft { Err(FieldworkError::NotFound) } else { Ok(ready) }
}

/// `GET form.xml`: the form as an XForm.
pub(super) async fn show_form(
    State(edge): State<Edge>,
    who: Who,
    Path((key, form, number)): Path<(String, FormId, i64)>,
) -> Response {
    let shown = async {
        let actor = enter(&edge, &who, &key).await?;
        Ok::<_, Problem>(find(&edge, &actor, form, number).await?)
    };
    match shown.await {
        Ok(ready) => document(StatusCode::OK, ready.xform().text.clone()),
        Err(problem) => refusal(&problem),
    }
}

/// `GET manifest`: the long lists of the form, as files.
pub(super) async fn show_manifest(
    State(edge): State<Edge>,
    who: Who,
    headers: HeaderMap,
    Path((key, form, number)): Path<(String, FormId, i64)>,
) -> Response {
    let found = async {
        let actor = enter(&edge, &who, &key).await?;
        Ok::<_, Problem>(find(&edge, &actor, form, number).await?)
    };
    let ready = match found.await {
        Ok(ready) => ready,
        Err(problem) => return refusal(&problem),
    };
    let at = format!("{}/openrosa/{key}/forms/{form}/{number}", base_url(&edge, &headers));
    let file = |list: String| {
        let csv = write_list_apart(&ready.plan, &list)?;
        let (md5, file_name) = (crate::plans::md5_of(&csv), format!("{list}.csv"));
        Some(ListedFile { md5, download_url: format!("{at}/{file_name}"), file_name })
    };
    let files: Vec<ListedFile> = lists_apart(&ready.plan).into_iter().filter_map(file).collect();
    document(StatusCode::OK, write_manifest(&files))
}

/// `GET LIST.csv`: a long list.
pub(super) async fn show_list(
    State(edge): State<Edge>,
    who: Who,
    Path((key, form, number, file)): Path<(String, FormId, i64, String)>,
) -> Response {
    let found = async {
        let actor = enter(&edge, &who, &key).await?;
        let ready = find(&edge, &actor, form, number).await?;
        let csv = file.strip_suffix(".csv").and_then(|list| write_list_apart(&ready.plan, list));
        csv.ok_or_else(|| Problem::from(FieldworkError::NotFound))
    };
    match found.await {
        Ok(csv) => {
            let mut response = ([(header::CONTENT_TYPE, "text/csv; charset=utf-8")], csv).into_response();
            mark(&mut response);
            response
        }
        Err(problem) => refusal(&problem),
    }
}
