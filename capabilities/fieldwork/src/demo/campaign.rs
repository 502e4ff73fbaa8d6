//! For the demo: a leaflet on sorting waste on its way through one community, some doors done, some to be called at again; and a patrol route.

use crate::campaigns::open_at_once;
use crate::catalogue::{CampaignBook, TemplateEntry};
use crate::commands::{Finish, finish, make_campaign, make_route, open_campaign, suggest_way};
use crate::error::FieldworkError;
use crate::model::{CampaignContent, CampaignId, Goal, Outcome, RouteContent, Target, TaskId};
use crate::store;
use ::store::{Db, Tx};
use jiff::ToSpan;
use platform::{Actor, DistrictId, Fault, Words};
use registry::{Behind, RecordId};
use std::sync::Arc;
use std::time::Duration;
use territory::{Map, Snapshot};
use uuid::Uuid;

/// The template of the catalogue.
const TEMPLATE: &str = "waste_sorting";
/// Days since it began, and until it ends.
const DAYS: (i64, i64) = (9, 12);
const DAY_S: u64 = 24 * 3600;
/// Of a campaign that was just drafted.
const FIRST_VERSION: i64 = 1;
/// Stops of the patrol.
const STOPS: usize = 8;
/// Doors that are done with one write.
const DONE_AT_ONCE: i64 = 400;
/// What became of ten doors in turn; none: nobody was there yet.
const OUTCOMES: [Option<Outcome>; 10] = [
    Some(Outcome::Delivered),
    Some(Outcome::Delivered),
    None,
    Some(Outcome::Delivered),
    Some(Outcome::Absent),
    Some(Outcome::Delivered),
    None,
    Some(Outcome::Delivered),
    None,
    Some(Outcome::Refused),
];

/// Runs the campaign in the first community; answers its doors. Nothing where no home is registered there.
///
/// # Errors
/// A fault of the database, or a demo that breaks fieldwork's own rules.
pub async fn run_campaign(db: &Db, district: DistrictId) -> Result<i64, Fault> {
    let places = db.fixtures().get::<Map>().of(district);
    let Some(community) = places.grids().next().and_then(|grid| territory::parent_path(&grid.path)) else {
        return Ok(0);
    };
    let content = content_of(db)?;
    let (actor, area) = (Actor::system(district, "demo"), community.to_owned());
    let begin = async move |tx: &mut Tx| {
        let id = make_campaign(tx, &area, content.clone()).await?;
        open_campaign(tx, id, FIRST_VERSION, None).await?;
        let one = store::campaigns::find(tx, district, id).await?.ok_or(FieldworkError::NotFound)?;
        Ok::<_, FieldworkError>((id, open_at_once(tx, one).await?))
    };
    let (id, doors) = db.write(&actor, begin).await.map_err(refused)?;
    go_round(db, &places, &actor, id).await?;
    lay_route(db, &places, &actor).await?;
    Ok(doors)
}

/// A patrol past the first things of the first grid, in an order that is short to walk.
async fn lay_route(db: &Db, places: &Snapshot, actor: &Actor) -> Result<(), Fault> {
    let Some(grid) = places.grids().next() else { return Ok(()) };
    let (district, area) = (places.district, grid.path.clone());
    let from_on = db.clock().now().local().date();
    let things = Target::all(Goal::Things).described(from_on);
    let lay = async move |tx: &mut Tx| {
        let (found, _) = registry::fitting(tx, district, &area, &things, &Behind::start(&area)).await?;
        let stops: Vec<RecordId> = found.iter().map(|thing| thing.id).take(STOPS).collect();
        if stops.is_empty() {
            return Ok(());
        }
        let way = suggest_way(tx, district, &stops).await?;
        let content = RouteContent {
            name: "早巡（示意）".to_owned(),
            look_at: "完好、通畅、没有遮挡".to_owned(),
            form: None,
            every_days: 1,
            from_on,
            stops: way.stops.into_iter().map(|stop| stop.id).collect(),
        };
        make_route(tx, &area, content).await.map(drop)
    };
    db.write(actor, lay).await.map_err(refused)
}

fn content_of(db: &Db) -> Result<CampaignContent, Fault> {
    let book = db.fixtures().get::<CampaignBook>();
    let template = book.templates.iter().find(|one| one.key == TEMPLATE);
    let TemplateEntry { key, zh, reason, basis, purpose, target, minutes, again_days, calls_max, .. } =
        template.cloned().ok_or_else(|| Fault::broken("the demo's campaign is not in the catalogue"))?;
    let today = db.clock().now().local().date();
    Ok(CampaignContent {
        name: format!("{zh}（示意）"),
        reason: Words::new(reason.zh, reason.en),
        basis,
        purpose,
        target,
        form: None,
        minutes,
        from_on: today.saturating_sub(DAYS.0.days()),
        due_on: today.saturating_add(DAYS.1.days()),
        again_days,
        calls_max,
        template: Some(key),
    })
}

/// The workers go from door to door.
async fn go_round(db: &Db, places: &Snapshot, actor: &Actor, id: CampaignId) -> Result<(), Fault> {
    let (mut behind, mut done) = (TaskId(Uuid::nil()), 0);
    loop {
        let workers = places.clone();
        let walk = async move |tx: &mut Tx| {
            let doors = store::campaigns::doors_behind(tx, id, behind, DONE_AT_ONCE).await?;
            for (at, door) in doors.iter().enumerate() {
                tell(tx, &workers, *door, done + at).await?;
            }
            Ok::<_, FieldworkError>(doors)
        };
        let doors = db.write(actor, walk).await.map_err(refused)?;
        let Some(last) = doors.last() else { return Ok(()) };
        (behind, done) = (*last, done + doors.len());
    }
}

/// Says what became of a door, as the worker of its grid.
async fn tell(tx: &mut Tx, places: &Snapshot, task: TaskId, number: usize) -> Result<(), FieldworkError> {
    let (district, now) = (tx.district(), tx.now());
    let Some(outcome) = OUTCOMES[number % OUTCOMES.len()] else { return Ok(()) };
    let door = store::tasks::find(tx, district, task).await?.ok_or(FieldworkError::NotFound)?;
    let post = places.worker_post(&door.area_path);
    let Some(worker) = post.and_then(|post| places.roster(post.id).serves_at(now)) else { return Ok(()) };
    let name = Arc::from(worker.name.as_str());
    tx.act_as(Actor { account: Some(worker.account), name, ..Actor::system(district, "demo") });
    let days = Duration::from_secs(DAY_S * (number as u64 % DAYS.0 as u64));
    finish(tx, Finish { task, outcome, note: None, at: now.before(days), submission: None }).await.map(drop)
}

/// The demo keeps to the rules; where it does not, it names the one it breaks.
fn refused(e: FieldworkError) -> Fault {
    match e {
        FieldworkError::Fault(fault) => fault,
        other => Fault::broken(format!("the demo's campaign breaks a rule: {other}")),
    }
}
