//! Giving a phone its part of the register: one page, told to everybody on it before it is handed out.

use super::devices::contact;
use crate::access::grids_carried;
use crate::catalogue::CarriedBook;
use crate::error::FieldworkError;
use crate::facts::{FieldworkFact, HOMES_CARRIED};
use crate::model::{Device, DeviceId, Standing};
use crate::queries::sync::{self, Since, Step};
use crate::store::devices::{self as rows, CarriedRow};
use ::store::{Conn, Tx};
use edge::{Edge, Quota, Rates};
use platform::{Actor, Fault, Time};
use registry::carry::{self, CarriedHome};
use registry::{Catalogue, RecordId};
use serde_json::json;
use std::collections::HashSet;
use std::time::Duration;
use territory::{Area, Map};

/// Pages one account may ask for: a first sync of a community's grids takes some dozens.
const PAGES: Quota = Quota { name: "fieldwork.sync", burst: 300, every: Duration::from_secs(1) };
/// A contact is noted when the last is this old: most questions then write nothing.
const NOTED_EVERY: Duration = Duration::from_secs(600);

/// A page for a phone.
#[derive(Debug)]
pub(crate) struct CarriedPage {
    pub now: Time,
    pub standing: Standing,
    pub lease_until: Time,
    /// The grids it carries from now on.
    pub grids: Vec<Area>,
    /// Those it had until now and has no longer.
    pub gone_grids: Vec<String>,
    pub homes: Vec<CarriedHome>,
    /// Homes that are no longer there.
    pub gone: Vec<RecordId>,
    pub since: Since,
    pub more: bool,
    pub left: Option<i64>,
    /// The grids whose outlines it has not.
    pub is_new: bool,
}

/// Makes the next page for a phone, and tells everybody who is carried by it for the first time.
///
/// # Errors
/// Not the actor's device; too many pages in too short a time; trouble of the database.
pub(crate) async fn carry(
    edge: &Edge,
    actor: &Actor,
    device: DeviceId,
    since: Option<Since>,
) -> Result<CarriedPage, FieldworkError> {
    let now = edge.now();
    let key = actor.account.map(|account| account.to_string()).unwrap_or_default();
    edge.fixture::<Rates>().check(PAGES, &key, now)?;
    let device = own_device(edge, actor, device).await?;
    let (standing, _) = device.contact(now);
    // A phone that has come a long way and knows nothing of it begins anew as well.
    let is_new = standing != Standing::Ok || since.is_none();
    let since = since.filter(|_| !is_new).unwrap_or_else(|| Since::nothing(now));
    if standing == Standing::Wipe {
        return note(edge, actor, device, Draft::empty(since)).await.map(|page| page.at(now, is_new));
    }
    let draft = draft(edge, actor, &device, since, standing == Standing::Reset).await?;
    Ok(note(edge, actor, device, draft).await?.at(now, is_new))
}

async fn own_device(edge: &Edge, actor: &Actor, id: DeviceId) -> Result<Device, FieldworkError> {
    let district = actor.district;
    let read = async move |conn: &mut Conn| rows::find(conn, district, id).await;
    let device = edge.db.read::<_, Fault, _>(read).await?;
    device.filter(|device| Some(device.account) == actor.account).ok_or(FieldworkError::NotFound)
}

/// A page before it is noted.
#[derive(Clone, Debug)]
struct Draft {
    grids: Vec<Area>,
    gone_grids: Vec<String>,
    homes: Vec<CarriedHome>,
    gone: Vec<RecordId>,
    since: Since,
    more: bool,
    left: Option<i64>,
    /// Who is carried from now on, and who no longer.
    new: Vec<CarriedRow>,
    put_down: Vec<CarriedRow>,
    /// The device throws away what it has: nobody is carried before this page.
    anew: bool,
}

impl Draft {
    fn empty(since: Since) -> Self {
        Self {
            grids: Vec::new(),
            gone_grids: Vec::new(),
            homes: Vec::new(),
            gone: Vec::new(),
            since,
            more: false,
            left: None,
            new: Vec::new(),
            put_down: Vec::new(),
            anew: false,
        }
    }
}

/// Reads a page, and who of it was not carried before.
async fn draft(
    edge: &Edge,
    actor: &Actor,
    device: &Device,
    mut since: Since,
    anew: bool,
) -> Result<Draft, FieldworkError> {
    let (district, id, now) = (actor.district, device.id, edge.now());
    let places = edge.fixture::<Map>().of(district);
    let grids: Vec<Area> = grids_carried(actor, &places).into_iter().cloned().collect();
    let own: Vec<String> = grids.iter().map(|grid| grid.path.clone()).collect();
    let gone_grids = since.keep_to(&own);
    let (catalogue, book) = (edge.fixture::<Catalogue>(), edge.fixture::<CarriedBook>());
    let (lost, paths) = (gone_grids.clone(), own);
    let read = async move |conn: &mut Conn| {
        let elsewhere = rows::carried_elsewhere(conn, district, id).await?;
        let elsewhere = elsewhere.into_iter().map(|row| row.person_id).collect();
        let step = sync::step(conn, district, &paths, since.clone(), elsewhere, now).await?;
        let composed = carry::compose(conn, &catalogue, district, &step.homes, &book.fields, now).await?;
        let (homes, _): (Vec<_>, Vec<_>) =
            composed.into_iter().partition(|home| paths.contains(&home.area_path));
        let mut gone = gone_of(&step, &homes);
        gone.extend(homes_of_lost(conn, district, &lost).await?);
        let asked = step.homes.iter().chain(&gone).copied().collect();
        let before = match anew {
            true => Vec::new(),
            false => rows::carried_with(conn, district, id, asked).await?,
        };
        Ok::<_, Fault>((step, homes, gone, before))
    };
    let (step, homes, gone, before) = edge.db.read(read).await?;
    let (new, put_down) = compare(&homes, before);
    let Step { since, more, left, .. } = step;
    Ok(Draft { grids, gone_grids, homes, gone, since, more, left, new, put_down, anew })
}

/// Homes that were looked for and have no row: gone, or in another's grid.
fn gone_of(step: &Step, homes: &[CarriedHome]) -> Vec<RecordId> {
    let there: HashSet<RecordId> = homes.iter().map(|home| home.id).collect();
    step.homes.iter().filter(|id| !there.contains(id)).copied().collect()
}

/// The homes of grids a phone carries no longer.
async fn homes_of_lost(
    conn: &mut Conn,
    district: platform::DistrictId,
    lost: &[String],
) -> Result<Vec<RecordId>, Fault> {
    /// Homes of one grid.
    const HOMES_MAX: i64 = 10_000;
    let mut gone = Vec::new();
    for grid in lost {
        gone.extend(carry::homes_in(conn, district, grid, None, HOMES_MAX).await?);
    }
    Ok(gone)
}

/// Who is carried now and was not, and who was and is not.
fn compare(homes: &[CarriedHome], before: Vec<CarriedRow>) -> (Vec<CarriedRow>, Vec<CarriedRow>) {
    let row = |home: &CarriedHome, person: &carry::CarriedPerson| CarriedRow {
        dwelling_id: home.id,
        person_id: person.id,
        elsewhere: person.elsewhere,
    };
    let now: Vec<CarriedRow> =
        homes.iter().flat_map(|home| home.people.iter().map(move |person| row(home, person))).collect();
    let key = |row: &CarriedRow| (row.dwelling_id, row.person_id);
    let present: HashSet<_> = now.iter().map(key).collect();
    let new = now.into_iter().filter(|row| !before.contains(row)).collect();
    let put_down = before.iter().filter(|row| !present.contains(&key(row))).copied().collect();
    (new, put_down)
}

/// What became of a draft.
#[derive(Debug)]
struct Noted {
    standing: Standing,
    device: Device,
    draft: Draft,
}

impl Noted {
    fn at(self, now: Time, is_new: bool) -> CarriedPage {
        let Draft { grids, gone_grids, homes, gone, since, more, left, .. } = self.draft;
        CarriedPage {
            now,
            standing: self.standing,
            lease_until: self.device.lease_until,
            grids,
            gone_grids,
            homes,
            gone,
            since,
            more,
            left,
            is_new,
        }
    }
}

/// Writes down the contact, and tells those who are carried from now on: there is no page without it.
async fn note(edge: &Edge, actor: &Actor, device: Device, draft: Draft) -> Result<Noted, FieldworkError> {
    let (standing, _) = device.contact(edge.now());
    let is_quiet = draft.new.is_empty() && draft.put_down.is_empty() && draft.gone_grids.is_empty();
    let is_recent = edge.now().since(device.seen_at) < NOTED_EVERY;
    if standing == Standing::Ok && is_quiet && is_recent && draft.since.way.is_none() {
        return Ok(Noted { standing, device, draft });
    }
    let id = device.id;
    let writing = draft.clone();
    let write = async move |tx: &mut Tx| {
        let device = rows::load_own(tx, id).await?;
        let (standing, device) = contact(tx, &device).await?;
        if standing != Standing::Wipe {
            let paths: Vec<String> = writing.grids.iter().map(|grid| grid.path.clone()).collect();
            rows::put_grids(tx, id, &paths).await?;
            tell(tx, &device, &writing).await?;
        }
        Ok::<_, FieldworkError>((standing, device))
    };
    let (standing, device) = edge.db.write(actor, write).await?;
    // Said to be lost while the page was made: nothing of it goes out.
    let draft = if standing == Standing::Wipe { Draft::empty(draft.since) } else { draft };
    Ok(Noted { standing, device, draft })
}

async fn tell(tx: &mut Tx, device: &Device, draft: &Draft) -> Result<(), FieldworkError> {
    rows::carry(tx, device.id, draft.new.clone(), draft.put_down.clone()).await?;
    if draft.new.is_empty() {
        return Ok(());
    }
    let people: HashSet<RecordId> = draft.new.iter().map(|row| row.person_id).collect();
    let mut people: Vec<RecordId> = people.into_iter().collect();
    people.sort_unstable();
    let grid = draft.homes.first().map(|home| home.area_path.clone()).unwrap_or_default();
    carry::tell_carried(tx, &grid, &device.name, &people).await?;
    let data = json!({ "homes": draft.homes.len(), "people": people.len(), "anew": draft.anew });
    let fact = FieldworkFact::of_device(HOMES_CARRIED, device.id, Some(&grid), data);
    tx.record(&fact).await?;
    Ok(())
}
