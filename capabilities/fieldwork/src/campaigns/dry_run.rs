//! What a campaign would cost before it is published: doors and minutes of each grid against its hours, what its form asks and how much of
//! that is known.

use crate::catalogue::{BurdenBook, CampaignBook};
use crate::error::FieldworkError;
use crate::model::{Burden, Campaign, DOORS_MAX, KnownField, known_fields};
use crate::plans::plan_of;
use crate::store;
use ::store::Conn;
use edge::Edge;
use forms::Plan;
use jiff::civil::{Date, Weekday};
use platform::{DistrictId, Fault};
use registry::{Behind, Catalogue, Fit, KnownShare, RecordId};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use territory::Map;
use utoipa::ToSchema;

/// Doors of which it is looked up how much of what the form asks is known.
const SAMPLE_DOORS: usize = 200;

/// A grid's part of a campaign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct GridLoad {
    pub area_path: String,
    pub name: String,
    /// Who serves the grid now; none: nobody.
    pub worker: Option<String>,
    pub doors: i64,
    pub minutes: i64,
    /// What campaigns may take of the worker's days in the period.
    pub minutes_max: i64,
    /// More than that.
    pub is_beyond: bool,
}

/// What of a form's answers the register has, over some doors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct KnownAnswers {
    /// Doors that were looked at.
    pub doors: i64,
    /// Prefilled questions times doors.
    pub asked: i64,
    /// Of them: the register has a value.
    pub known: i64,
    /// Of them: it need not be confirmed.
    pub fresh: i64,
}

/// All of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DryRun {
    /// More than the limit is told as one more than it.
    pub doors: i64,
    pub doors_max: i64,
    pub minutes: i64,
    pub grids: Vec<GridLoad>,
    /// How many of them are beyond their hours.
    pub beyond: i64,
    /// Questions × minutes of the form at one door; none where a notice is delivered.
    pub burden: Option<Burden>,
    /// Burden of one door × doors: questions asked in all.
    pub questions: u64,
    /// Asked although the register has it: a campaign with any is not published.
    pub known: Vec<KnownField>,
    /// Of what is prefilled, how much the register has.
    pub known_answers: KnownAnswers,
    /// Where the minutes of a day are from.
    pub source: String,
}

/// Doors by grid, and the first some of them.
#[derive(Clone, Debug, Default)]
struct Count {
    by_grid: BTreeMap<String, i64>,
    doors: i64,
    sample: Vec<RecordId>,
}

impl Count {
    fn add(&mut self, fits: Vec<Fit>) {
        self.doors += fits.len() as i64;
        for fit in fits {
            if self.sample.len() < SAMPLE_DOORS {
                self.sample.push(fit.id);
            }
            *self.by_grid.entry(fit.area_path).or_default() += 1;
        }
    }
}

/// Looks what a campaign would cost. Nothing is kept.
///
/// # Errors
/// The database.
pub(crate) async fn dry_run(
    edge: &Edge,
    district: DistrictId,
    one: &Campaign,
) -> Result<DryRun, FieldworkError> {
    let (asked, count) = (form_of(edge, district, one).await?, count_doors(edge, district, one).await?);
    let book = edge.fixture::<CampaignBook>();
    let grids = loads(edge, district, one, &count, book.load.minutes_per_day);
    let catalogue = edge.fixture::<Catalogue>();
    let burden = asked.as_ref().map(|plan| Burden::of(plan, &edge.fixture::<BurdenBook>()));
    let known_answers = match &asked {
        Some(plan) => known_answers(edge, district, plan, &count.sample).await?,
        None => KnownAnswers::default(),
    };
    let questions = burden.as_ref().map_or(0, |burden| burden.questions);
    Ok(DryRun {
        doors: count.doors,
        doors_max: DOORS_MAX,
        minutes: count.doors * one.content.minutes,
        beyond: grids.iter().filter(|grid| grid.is_beyond).count() as i64,
        grids,
        questions: questions.saturating_mul(u64::try_from(count.doors).unwrap_or(0)),
        burden,
        known: asked.map(|plan| known_fields(&plan, &catalogue)).unwrap_or_default(),
        known_answers,
        source: book.load.source.clone(),
    })
}

/// The live version of the form, or the newest where none is live.
async fn form_of(
    edge: &Edge,
    district: DistrictId,
    one: &Campaign,
) -> Result<Option<Arc<Plan>>, FieldworkError> {
    let Some(id) = one.content.form else { return Ok(None) };
    let read = async move |conn: &mut Conn| store::find_form(conn, district, id).await;
    let form = edge.db.read::<_, Fault, _>(read).await?.ok_or(FieldworkError::NotFound)?;
    Ok(plan_of(edge, district, id, form.live.unwrap_or(form.versions)).await?)
}

/// Counting ends where there are more than a campaign may have.
async fn count_doors(edge: &Edge, district: DistrictId, one: &Campaign) -> Result<Count, Fault> {
    let target = &one.content.target;
    let (grounds, described) = (target.grounds(&one.area_path), target.described(one.content.from_on));
    edge.db
        .read_long(async move |conn: &mut Conn| {
            let mut count = Count::default();
            for ground in &grounds {
                let mut behind = Some(Behind::start(ground));
                while let Some(here) = behind.take().filter(|_| count.doors <= DOORS_MAX) {
                    let (fits, next) = registry::fitting(conn, district, ground, &described, &here).await?;
                    count.add(fits);
                    behind = next;
                }
            }
            Ok::<_, Fault>(count)
        })
        .await
}

fn loads(
    edge: &Edge,
    district: DistrictId,
    one: &Campaign,
    count: &Count,
    minutes_per_day: i64,
) -> Vec<GridLoad> {
    let places = edge.fixture::<Map>().of(district);
    let now = edge.now();
    let minutes_max =
        working_days(one.content.from_on.max(now.local().date()), one.content.due_on) * minutes_per_day;
    let load = |(path, doors): (&String, &i64)| {
        let minutes = doors * one.content.minutes;
        let post = places.worker_post(path);
        let worker = post.and_then(|post| Some(places.roster(post.id).serves_at(now)?.name.clone()));
        GridLoad {
            area_path: path.clone(),
            name: places.by_path(path).map(|area| area.name.clone()).unwrap_or_default(),
            worker,
            doors: *doors,
            minutes,
            minutes_max,
            is_beyond: minutes > minutes_max,
        }
    };
    count.by_grid.iter().map(load).collect()
}

/// Mondays to Fridays, both ends counted; holidays are not looked up.
fn working_days(from: Date, until: Date) -> i64 {
    let is_working = |day: &Date| !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
    let days = std::iter::successors(Some(from), |day| day.tomorrow().ok()).take_while(|day| *day <= until);
    days.filter(is_working).count() as i64
}

async fn known_answers(
    edge: &Edge,
    district: DistrictId,
    plan: &Plan,
    sample: &[RecordId],
) -> Result<KnownAnswers, Fault> {
    let prefills = plan.items().filter_map(|item| plan.node(item).register.as_ref()?.prefill.clone());
    let fields: Vec<(String, String)> = prefills.map(|field| (field.kind, field.field)).collect();
    let (catalogue, now) = (edge.fixture::<Catalogue>(), edge.now());
    let keys = edge.fixture::<seal::Vault>().of(district)?;
    let (homes, asked) = (sample.to_vec(), (sample.len() * fields.len()) as i64);
    let read = async move |conn: &mut Conn| {
        registry::known_share(conn, &keys, district, &catalogue, &homes, &fields, now).await
    };
    let KnownShare { known, fresh } = edge.db.read_long(read).await?;
    Ok(KnownAnswers { doors: sample.len() as i64, asked, known, fresh })
}

#[cfg(test)]
mod tests {
    use super::working_days;
    use jiff::civil::date;

    #[test]
    fn weekends_are_no_working_days() {
        let rows = [
            (date(2026, 3, 2), date(2026, 3, 2), 1),
            (date(2026, 3, 6), date(2026, 3, 9), 2),
            (date(2026, 3, 7), date(2026, 3, 8), 0),
            (date(2026, 3, 2), date(2026, 3, 1), 0),
            (date(2026, 3, 2), date(2026, 3, 31), 22),
        ];
        for (from, until, days) in rows {
            assert_eq!(working_days(from, until), days, "{from} to {until}");
        }
    }
}
