//! What came of a campaign: how many doors, what it cost whoever answered and whoever asked, and what was found. Figures only.

use crate::catalogue::BurdenBook;
use crate::error::FieldworkError;
use crate::model::{
    AreaCoverage, Burden, Campaign, CampaignId, DoorTally, Finding, FoundQuestion, TaskId, by_area, total,
};
use crate::plans::plan_of;
use crate::queries;
use crate::store::campaigns::{self, FilledRow};
use ::store::Conn;
use edge::Edge;
use forms::Plan;
use platform::{AccountId, DistrictId, Fault, Time};
use seal::Vault;
use serde::Serialize;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use territory::Map;
use utoipa::ToSchema;
use uuid::Uuid;

/// Forms that are opened at a time.
const FILLED_AT_ONCE: i64 = 500;
/// Between two forms of one worker lies more than this where something else was done: then the first of the two is not measured.
const PAUSE_MIN: Duration = Duration::from_secs(30 * 60);

/// The closing report; while a campaign runs, as of now.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CampaignReport {
    pub total: DoorTally,
    /// Area by area below the campaign's own.
    pub areas: Vec<AreaCoverage>,
    /// Forms that were filled in.
    pub filled: i64,
    /// Values that were given.
    pub answered: i64,
    /// Questions that were only shown, since the register knew the answer and it was fresh.
    pub not_asked: i64,
    pub burden: CausedBurden,
    /// Choices of the form's newest filled version, by how often each was taken; none below 5.
    pub found: Vec<FoundQuestion>,
    /// Forms of other versions: their answers are not among `found`.
    pub of_other_versions: i64,
}

/// What it really cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct CausedBurden {
    /// From one form of a worker to the next, by the clock of the device, where no pause of half an hour lies between; for all other forms
    /// what the catalogue estimates.
    pub minutes: i64,
    /// Of the forms: measured like that.
    pub measured: i64,
    /// Values × minutes.
    pub meter: i64,
}

/// Makes the report.
///
/// # Errors
/// The database.
pub(crate) async fn report(
    edge: &Edge,
    district: DistrictId,
    one: &Campaign,
) -> Result<CampaignReport, FieldworkError> {
    let (id, area) = (one.id, one.area_path.clone());
    let read = async move |conn: &mut Conn| queries::campaigns::count_doors(conn, district, id, &area).await;
    let counted = edge.db.read_long::<_, Fault, _>(read).await?;
    let places = edge.fixture::<Map>().of(district);
    let mut reading = Reading::default();
    read_forms(edge, district, id, &mut reading).await?;
    let newest = reading.findings.keys().max().copied();
    let found = match newest.and_then(|number| reading.plans.get(&number)) {
        Some(plan) => newest.map(|number| reading.findings[&number].questions(plan)).unwrap_or_default(),
        None => Vec::new(),
    };
    let answered = reading.findings.values().map(|finding| finding.answered).sum();
    let of_newest = newest.map_or(0, |number| reading.filled[&number]);
    let filled: i64 = reading.filled.values().sum();
    Ok(CampaignReport {
        total: total(&counted),
        areas: by_area(&places, &one.area_path, &counted),
        filled,
        answered,
        not_asked: reading.not_asked,
        burden: reading.clock.burden(answered),
        found,
        of_other_versions: filled - of_newest,
    })
}

/// What is kept while forms are read: counts, by the number of the version.
#[derive(Default)]
struct Reading {
    plans: HashMap<i64, Arc<Plan>>,
    estimates: HashMap<i64, Burden>,
    findings: HashMap<i64, Finding>,
    filled: HashMap<i64, i64>,
    not_asked: i64,
    clock: Stopwatch,
}

async fn read_forms(
    edge: &Edge,
    district: DistrictId,
    id: CampaignId,
    reading: &mut Reading,
) -> Result<(), FieldworkError> {
    let keys = edge.fixture::<Vault>().of(district)?;
    let mut behind = TaskId(Uuid::nil());
    loop {
        let from = behind;
        let read = async move |conn: &mut Conn| {
            campaigns::filled_behind(conn, district, id, from, FILLED_AT_ONCE).await
        };
        let rows = edge.db.read_long::<_, Fault, _>(read).await?;
        let is_last = (rows.len() as i64) < FILLED_AT_ONCE;
        for row in rows {
            behind = row.task;
            let plan = reading.plan_of(edge, district, &row).await?;
            let content = row.open(&keys, district)?;
            reading.take(&plan, &row, &content.answers);
        }
        if is_last {
            return Ok(());
        }
    }
}

impl Reading {
    async fn plan_of(
        &mut self,
        edge: &Edge,
        district: DistrictId,
        row: &FilledRow,
    ) -> Result<Arc<Plan>, FieldworkError> {
        if let Some(plan) = self.plans.get(&row.number) {
            return Ok(Arc::clone(plan));
        }
        let plan = plan_of(edge, district, row.form_id, row.number).await?.ok_or(FieldworkError::NotFound)?;
        self.estimates.insert(row.number, Burden::of(&plan, &edge.fixture::<BurdenBook>()));
        self.plans.insert(row.number, Arc::clone(&plan));
        Ok(plan)
    }

    fn take(&mut self, plan: &Plan, row: &FilledRow, answers: &serde_json::Value) {
        self.findings.entry(row.number).or_default().add(plan, answers);
        *self.filled.entry(row.number).or_default() += 1;
        let estimate = self.estimates.get(&row.number);
        self.not_asked += row.known;
        self.clock.take(row.by_account, row.filled_at, estimate.map_or(0, |burden| burden.seconds));
    }
}

/// Moments at which each worker had filled a form, with what the catalogue estimates of it.
#[derive(Default)]
struct Stopwatch(HashMap<Option<AccountId>, Vec<(Time, u64)>>);

impl Stopwatch {
    fn take(&mut self, by: Option<AccountId>, at: Time, estimated_s: u64) {
        self.0.entry(by).or_default().push((at, estimated_s));
    }

    fn burden(mut self, answered: i64) -> CausedBurden {
        let (mut seconds, mut measured) = (0, 0);
        for filled in self.0.values_mut() {
            filled.sort_unstable();
            let before = std::iter::once(None).chain(filled.iter().map(|(at, _)| Some(*at)));
            for ((at, estimated_s), before) in filled.iter().zip(before) {
                let took = before.map(|before| at.since(before)).filter(|took| *took < PAUSE_MIN);
                measured += i64::from(took.is_some());
                seconds += took.map_or(*estimated_s, |took| took.as_secs());
            }
        }
        let minutes = seconds.div_ceil(60) as i64;
        CausedBurden { minutes, measured, meter: answered.saturating_mul(minutes) }
    }
}

#[cfg(test)]
mod tests {
    //! Time is measured where a worker went from door to door.
    use super::{CausedBurden, Stopwatch};
    use platform::{AccountId, Time};
    use uuid::Uuid;

    #[test]
    fn pauses_are_no_burden() {
        let mut clock = Stopwatch::default();
        let minute = 60_000_000;
        // One worker from door to door, then after lunch; another once.
        for (by, minutes) in [(1, 0), (1, 5), (1, 12), (1, 90), (2, 3)] {
            clock.take(Some(AccountId(Uuid::from_u128(by))), Time::from_micros(minutes * minute), 120);
        }
        assert_eq!(clock.burden(50), CausedBurden { minutes: 5 + 7 + 2 * 3, measured: 2, meter: 50 * 18 });
    }
}
