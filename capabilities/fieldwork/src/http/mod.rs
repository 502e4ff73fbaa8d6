//! The JSON routes of fieldwork: parse, call, answer.

mod campaigns;
mod commands;
mod coverage;
mod days;
mod definitions;
mod devices;
mod files;
mod forms;
mod keys;
pub(crate) mod openrosa;
mod plan;
mod prefill;
mod routes;
mod sheets;
mod stand_in;
mod submissions;
mod sync;
mod tasks;
mod today;
mod uploads;
mod versions;
mod visits;

pub(crate) use days::DayWordsView;

use crate::error::FieldworkError;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderMap, header};
use edge::{Districts, Edge, Who};
use platform::{Actor, DistrictId, Permission, limits};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Bytes of a definition that is sent: a workbook of ten MiB gives about as much.
const DEFINITION_BYTES_MAX: usize = 16 * limits::MIB as usize;

/// All routes, paths from `/api/…` on.
pub fn routes() -> OpenApiRouter<Edge> {
    // Besides its limit as a workbook a form has that of every multipart body.
    let form_bytes_max = usize::try_from(limits::FORM_BODY_BYTES_MAX).unwrap_or(usize::MAX);
    let uploading = OpenApiRouter::new()
        .routes(routes!(forms::upload_form, forms::list_forms))
        .layer(DefaultBodyLimit::max(form_bytes_max));
    let defining = OpenApiRouter::new()
        .routes(routes!(definitions::define_form))
        .layer(DefaultBodyLimit::max(DEFINITION_BYTES_MAX));
    OpenApiRouter::new()
        .merge(uploading)
        .merge(defining)
        .routes(routes!(definitions::show_form_definition))
        .routes(routes!(definitions::show_form_xform))
        .routes(routes!(definitions::show_form_workbook))
        .routes(routes!(definitions::migrate_draft))
        .routes(routes!(keys::issue_collect_key, keys::list_collect_keys))
        .routes(routes!(keys::revoke_collect_key))
        .routes(routes!(forms::show_form))
        .routes(routes!(prefill::prefill_form))
        .routes(routes!(prefill::count_saved_questions))
        .routes(routes!(versions::show_form_version))
        .routes(routes!(versions::compare_form_versions))
        .routes(routes!(versions::publish_form))
        .routes(routes!(versions::withdraw_form))
        .routes(routes!(submissions::submit_form, submissions::list_submissions))
        .routes(routes!(submissions::show_submission))
        .routes(routes!(files::show_submission_file))
        .routes(routes!(submissions::export_submissions))
        .merge(campaign_routes())
        .routes(routes!(routes::list_routes, routes::make_route))
        .routes(routes!(routes::show_route, routes::amend_route))
        .routes(routes!(routes::end_route))
        .routes(routes!(routes::suggest_route_order))
        .routes(routes!(today::show_today))
        .routes(routes!(tasks::finish_task))
        .routes(routes!(devices::begin_device, devices::list_devices))
        .routes(routes!(devices::wipe_device))
        .routes(routes!(devices::leave_device))
        .routes(routes!(sync::sync_down))
        .routes(routes!(commands::send_commands))
        .routes(routes!(commands::list_clashes))
        .routes(routes!(uploads::begin_upload))
        .routes(routes!(uploads::send_part))
        .routes(routes!(visits::show_task))
        .routes(routes!(visits::draw_task_code))
        .routes(routes!(visits::show_wishes, visits::save_wishes))
        .routes(routes!(plan::list_visit_rules))
        .routes(routes!(plan::try_visit_plan))
        .routes(routes!(days::show_diary))
        .routes(routes!(sheets::show_sheet))
        .routes(routes!(sheets::print_sheet))
        .routes(routes!(days::show_day_report, days::write_day_report))
        .routes(routes!(stand_in::begin_stand_in, stand_in::list_stand_ins))
        .routes(routes!(stand_in::show_stand_in))
        .routes(routes!(stand_in::end_stand_in))
}

fn campaign_routes() -> OpenApiRouter<Edge> {
    OpenApiRouter::new()
        .routes(routes!(campaigns::list_campaign_templates))
        .routes(routes!(campaigns::list_campaigns, campaigns::make_campaign))
        .routes(routes!(campaigns::show_campaign, campaigns::amend_campaign))
        .routes(routes!(campaigns::dry_run_campaign))
        .routes(routes!(campaigns::publish_campaign))
        .routes(routes!(campaigns::end_campaign))
        .routes(routes!(coverage::show_coverage))
        .routes(routes!(coverage::map_coverage))
        .routes(routes!(coverage::report_campaign))
        .routes(routes!(coverage::export_campaign_report))
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

/// Where the residents' pages are found: a host the district has set goes before the one the worker came by.
fn face_of(edge: &Edge, district: DistrictId, headers: &HeaderMap) -> String {
    let asked = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    let own = edge.fixture::<Districts>().find(district).and_then(|district| district.host.clone());
    let scheme = if edge::is_secure(edge, headers) { "https" } else { "http" };
    format!("{scheme}://{}", own.as_deref().unwrap_or(asked))
}
