//! The JSON routes of fieldwork: parse, call, answer.

mod forms;
mod submissions;
mod versions;

use crate::error::FieldworkError;
use axum::extract::DefaultBodyLimit;
use edge::{Edge, Who};
use platform::{Actor, Permission, limits};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// All routes, paths from `/api/…` on.
pub fn routes() -> OpenApiRouter<Edge> {
    // Besides its limit as a workbook a form has that of every multipart body.
    let form_bytes_max = usize::try_from(limits::FORM_BODY_BYTES_MAX).unwrap_or(usize::MAX);
    let uploading = OpenApiRouter::new()
        .routes(routes!(forms::upload_form, forms::list_forms))
        .layer(DefaultBodyLimit::max(form_bytes_max));
    OpenApiRouter::new()
        .merge(uploading)
        .routes(routes!(forms::show_form))
        .routes(routes!(versions::show_form_version))
        .routes(routes!(versions::compare_form_versions))
        .routes(routes!(versions::publish_form))
        .routes(routes!(versions::withdraw_form))
        .routes(routes!(submissions::submit_form, submissions::list_submissions))
        .routes(routes!(submissions::show_submission))
        .routes(routes!(submissions::export_submissions))
}

/// The actor, signed in and holding one of the permissions somewhere; where exactly is asked of each form.
fn staff<'a>(who: &'a Who, any_of: &[&'static Permission]) -> Result<&'a Actor, FieldworkError> {
    let actor = who.signed_in()?;
    match any_of {
        [first, ..] if !any_of.iter().any(|permission| actor.holds(permission)) => {
            Err(FieldworkError::Forbidden(first))
        }
        _ => Ok(actor),
    }
}
