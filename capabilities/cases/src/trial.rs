//! Trying out routing rules on the cases that have been, without touching one.

use crate::error::CaseError;
use crate::queries::{self, Past};
use crate::routing::{DryRun, PlaceBy, RouteInput, Router, dry_run};
use crate::rules::Rules;
use ::store::Conn;
use edge::Edge;
use platform::{Actor, Time};
use std::time::Duration;

/// Cases looked at in one trial.
const TRIAL_CASES_MAX: i64 = 200_000;

/// Routes the cases of the last `days` by the present rules and by `tried`, and counts what would have moved.
pub(crate) async fn run(
    edge: &Edge,
    actor: &Actor,
    rules: &Rules,
    tried: &Router,
    days: u32,
) -> Result<DryRun, CaseError> {
    let since = edge.now().before(Duration::from_secs(u64::from(days) * 24 * 3600));
    let (district, first) = (actor.district, first_after(since));
    let past = edge
        .db
        .read_long(async move |conn: &mut Conn| {
            queries::past(conn, district, first, TRIAL_CASES_MAX).await.map_err(CaseError::from)
        })
        .await?;
    let inputs = past.iter().map(|p| (p.number.clone(), input(p, rules)));
    Ok(dry_run(&rules.router, tried, inputs))
}

/// The smallest id a case of that moment can have: ids are sorted by time.
fn first_after(at: Time) -> crate::model::CaseId {
    let millis = (at.micros().max(0) / 1000) as u128;
    crate::model::CaseId(uuid::Uuid::from_u128(millis << 80))
}

fn input<'a>(past: &'a Past, rules: &Rules) -> RouteInput<'a> {
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
        on: local.date(),
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
