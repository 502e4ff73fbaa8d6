//! Trying out routing rules on the cases that have been, without touching one.

use crate::error::CaseError;
use crate::queries::reported::{Past, Span, past};
use crate::routing::{DryRun, PlaceBy, RouteInput, Router, dry_run};
use crate::rules::Rules;
use ::store::Conn;
use edge::Edge;
use jiff::civil::Date;
use platform::DistrictId;

/// Cases looked at in one trial, the first of the span.
pub const TRIAL_CASES_MAX: i64 = 200_000;

/// Routes the cases of that time by the present rules and by `tried`, and counts what would have moved.
pub async fn run(
    edge: &Edge,
    district: DistrictId,
    rules: &Rules,
    tried: &Router,
    span: Span,
) -> Result<DryRun, CaseError> {
    let cases = edge
        .db
        .read_long(async move |conn: &mut Conn| {
            past(conn, district, span, TRIAL_CASES_MAX).await.map_err(CaseError::from)
        })
        .await?;
    // As the lists hold today: what was reported before a list began is looked at as if it came in now.
    let today = edge.now().local().date();
    let inputs = cases.iter().map(|p| (p.number.clone(), input(p, today, rules)));
    Ok(dry_run(&rules.in_force(district, today).router, tried, inputs))
}

fn input<'a>(past: &'a Past, today: Date, rules: &Rules) -> RouteInput<'a> {
    let local = past.reported_at.local();
    RouteInput {
        type_code: &past.type_code,
        area_path: Some(&past.area_path),
        area_name: None,
        place_by: match (past.lon, past.grid_id) {
            (Some(_), _) => PlaceBy::Point,
            (None, Some(_)) => PlaceBy::Choice,
            (None, None) => PlaceBy::Nothing,
        },
        on: today,
        hour: local.hour(),
        working: rules.calendar.is_working_time(past.reported_at.micros()),
        source: past.source,
        urgency: rules
            .catalogue
            .find_type(&past.type_code)
            .map_or(crate::catalogue::Urgency::Normal, |t| t.urgency),
        words: &past.words,
    }
}
