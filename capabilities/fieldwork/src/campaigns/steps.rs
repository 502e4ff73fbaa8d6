//! Doors of a campaign opened and closed by the clock, some hundred at a time: however many there are, no write is long and no memory fills;
//! what was under way when the server stopped goes on.

use crate::error::FieldworkError;
use crate::facts::{CAMPAIGN_CLOSED, CAMPAIGN_OPENED, FieldworkFact};
use crate::model::{Campaign, CampaignId, CampaignState, NewTask, Task, TaskId, TaskKind};
use crate::store;
use ::store::Tx;
use jiff::civil::Date;
use platform::{Fault, Time};
use registry::{Behind, Fit};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

/// The clock of a campaign: what it has to do next its state says.
pub(crate) const CAMPAIGN_STEP: &str = "fieldwork.campaign_step";
/// Doors that are closed with one write.
const CLOSED_AT_ONCE: i64 = 1_000;

/// How far the step before came.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Reached {
    /// Of the areas that are looked through, the one that is next.
    #[serde(default)]
    ground: usize,
    /// In it, the record behind which to go on.
    #[serde(default)]
    behind: Option<Behind>,
    /// The last door that was looked at to be closed.
    #[serde(default)]
    door: Option<Uuid>,
}

/// Does the next step of a campaign.
pub(crate) async fn step(tx: &mut Tx, id: CampaignId, data: &Value) -> Result<(), Fault> {
    let district = tx.district();
    let Some(one) = store::campaigns::find(tx, district, id).await? else { return Ok(()) };
    let reached: Reached = serde_json::from_value(data.clone()).unwrap_or_default();
    match one.state {
        CampaignState::Opening => open_some(tx, one, reached).await,
        CampaignState::Running => end_in_time(tx, one).await,
        CampaignState::Closing => close_some(tx, one, reached).await,
        CampaignState::Draft | CampaignState::Dropped | CampaignState::Closed => Ok(()),
    }
}

async fn open_some(tx: &mut Tx, one: Campaign, reached: Reached) -> Result<(), Fault> {
    let Some((opened, next)) = open_page(tx, &one, reached).await? else { return run(tx, one).await };
    let (id, doors) = (one.id, one.doors + opened);
    save(tx, Campaign { doors, ..one }).await?;
    again(tx, id, &next).await
}

/// Opens all doors of a campaign with one write: for a demo, where nobody waits.
pub(crate) async fn open_at_once(tx: &mut Tx, mut one: Campaign) -> Result<i64, Fault> {
    let mut reached = Reached::default();
    while let Some((opened, next)) = open_page(tx, &one, reached).await? {
        one.doors += opened;
        reached = next;
    }
    let doors = one.doors;
    run(tx, one).await?;
    Ok(doors)
}

/// Opens doors for the next records; answers how many and how far it came, nothing when all were looked through.
async fn open_page(tx: &mut Tx, one: &Campaign, reached: Reached) -> Result<Option<(i64, Reached)>, Fault> {
    let (district, grounds) = (tx.district(), one.content.target.grounds(&one.area_path));
    let Some(ground) = grounds.get(reached.ground) else { return Ok(None) };
    let described = one.content.target.described(one.content.from_on);
    let behind = reached.behind.unwrap_or_else(|| Behind::start(ground));
    let (fits, next) = registry::fitting(tx, district, ground, &described, &behind).await?;
    let opened = open(tx, one, fits).await?;
    let next = match next {
        Some(behind) => Reached { ground: reached.ground, behind: Some(behind), door: None },
        None => Reached { ground: reached.ground + 1, ..Reached::default() },
    };
    Ok(Some((opened, next)))
}

/// Opens a door for each record that fits; one that was opened before stays as it is.
async fn open(tx: &mut Tx, one: &Campaign, fits: Vec<Fit>) -> Result<i64, Fault> {
    let content = &one.content;
    let cause = cause_of(one.id);
    let task = |fit: &Fit| NewTask {
        kind: if content.form.is_some() { TaskKind::Campaign } else { TaskKind::Notice },
        cause: cause.clone(),
        campaign: Some(one.id),
        form: content.form,
        area_path: fit.area_path.clone(),
        subject: fit.id,
        place: fit.place,
        from_on: content.from_on,
        due_on: content.due_on,
        errand: None,
    };
    let tasks: Vec<NewTask> = fits.iter().map(task).collect();
    let opened = store::tasks::insert(tx, &tasks).await?;
    let buildings = fits.iter().filter_map(|fit| Some((fit.id, fit.building?))).collect();
    store::campaigns::set_buildings(tx, &cause, content.due_on, buildings).await?;
    Ok(opened as i64)
}

/// What the doors of a campaign are there for, as a key.
fn cause_of(id: CampaignId) -> String {
    format!("campaign:{}", id.0)
}

/// All doors are open: the next step is the end of the last day.
async fn run(tx: &mut Tx, one: Campaign) -> Result<(), Fault> {
    let (id, end) = (one.id, end_of_day(one.content.due_on, tx.now()));
    let fact = FieldworkFact::of_campaign(CAMPAIGN_OPENED, id, &one.area_path, json!({ "doors": one.doors }));
    save(tx, Campaign { state: CampaignState::Running, ..one }).await?;
    tx.record(&fact).await?;
    tx.set_timer(CAMPAIGN_STEP, id.0, end, json!({})).await
}

async fn end_in_time(tx: &mut Tx, one: Campaign) -> Result<(), Fault> {
    let (id, end) = (one.id, end_of_day(one.content.due_on, tx.now()));
    if tx.now() < end {
        return tx.set_timer(CAMPAIGN_STEP, id.0, end, json!({})).await;
    }
    save(tx, Campaign { state: CampaignState::Closing, ..one }).await?;
    again(tx, id, &Reached::default()).await
}

async fn close_some(tx: &mut Tx, one: Campaign, reached: Reached) -> Result<(), Fault> {
    let (id, now) = (one.id, tx.now());
    let behind = TaskId(reached.door.unwrap_or(Uuid::nil()));
    let doors = store::campaigns::doors_behind(tx, id, behind, CLOSED_AT_ONCE).await?;
    if let Some(last) = doors.last().copied() {
        store::campaigns::close_doors(tx, doors).await?;
        return again(tx, id, &Reached { door: Some(last.0), ..Reached::default() }).await;
    }
    let fact = FieldworkFact::of_campaign(CAMPAIGN_CLOSED, id, &one.area_path, json!({ "doors": one.doors }));
    save(tx, Campaign { state: CampaignState::Closed, closed_at: Some(now), ..one }).await?;
    tx.record(&fact).await.map(drop)
}

async fn again(tx: &mut Tx, id: CampaignId, reached: &Reached) -> Result<(), Fault> {
    let now = tx.now();
    tx.set_timer(CAMPAIGN_STEP, id.0, now, json!(reached)).await
}

/// Nobody else changes a campaign within the same write: that it was changed since is a fault, and the clock rings again.
async fn save(tx: &mut Tx, one: Campaign) -> Result<(), Fault> {
    if store::campaigns::save(tx, &one).await? {
        Ok(())
    } else {
        Err(Fault::broken("a campaign was changed meanwhile"))
    }
}

/// Midnight in China after a day.
fn end_of_day(day: Date, now: Time) -> Time {
    let next = day.tomorrow().unwrap_or(day);
    next.to_zoned(now.local().time_zone().clone()).map_or(now, |midnight| Time::from(midnight.timestamp()))
}

/// Nobody was at home at a door: somebody calls again some days later, or it counts as not reached.
///
/// # Errors
/// The database.
pub(crate) async fn after_absent(tx: &mut Tx, task: &Task) -> Result<(), FieldworkError> {
    let (Some(id), Some(tried_at)) = (task.campaign, task.tried_at) else { return Ok(()) };
    let district = tx.district();
    let Some(one) = store::campaigns::find(tx, district, id).await? else { return Ok(()) };
    match one.content.again_on(task.tries, tried_at.local().date()) {
        Some(from_on) => store::campaigns::call_again(tx, task.id, from_on).await?,
        None => store::campaigns::close_doors(tx, vec![task.id]).await?,
    }
    Ok(())
}
