//! What a phone is given: its grids, home by home, what has changed since, the forms and the cases at hand.

use super::staff;
use super::today::{About, TaskLine, line_of};
use crate::access::{FILL, WORK, sees_form};
use crate::catalogue::VisitBook;
use crate::commands::carry::{CarriedPage, carry};
use crate::error::FieldworkError;
use crate::model::{DeviceId, FormId, Standing, TaskId, TaskState};
use crate::queries::sync::{LiveForm, Since, carried_tasks, live_forms};
use crate::store::{self, Title};
use ::store::Conn;
use axum::Json;
use axum::extract::State;
use cases::CaseLine;
use edge::{Edge, QueryOf, Who};
use platform::{Actor, Cursor, Fault, Problem, Scope, Time};
use registry::RecordId;
use registry::carry::{CarriedHome, CarriedPerson, CarriedValue};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use territory::Area;
use utoipa::{IntoParams, ToSchema};

/// Which phone, and where it is.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SyncQuery {
    pub device: DeviceId,
    /// `since` of the last answer that was stored whole; none: begin.
    pub since: Option<String>,
}

/// A page of what a phone carries.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SyncView {
    pub now: Time,
    pub lease_until: Time,
    pub standing: Standing,
    /// All grids it carries from now on. Rows of other grids are thrown away.
    pub grids: Vec<CarriedGrid>,
    /// Grids it had until now.
    pub gone_grids: Vec<String>,
    /// New, or in the place of the row of the same id.
    pub homes: Vec<HomeRow>,
    /// Homes that are no longer there, or no longer carried.
    pub gone: Vec<RecordId>,
    /// Open tasks of these grids, new or in the place of the row of the same id. They come last.
    pub tasks: Vec<TaskLine>,
    /// Tasks that are over, or no longer there.
    pub ended: Vec<TaskId>,
    /// All forms that can be filled in these grids; none: as before.
    pub forms: Option<Vec<CarriedForm>>,
    /// All cases at hand; none: there is more to come, they come last.
    pub cases: Option<Vec<CaseLine>>,
    /// Sent with the next question, once this page is stored.
    pub since: String,
    /// The next page can be asked for at once.
    pub more: bool,
    /// Homes still to come; none where that is not known.
    pub left: Option<i64>,
}

/// A grid on a phone.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CarriedGrid {
    pub path: String,
    pub name: String,
    /// GeoJSON, WGS-84; with the first page only.
    #[schema(value_type = Option<Object>)]
    pub outline: Option<Value>,
}

/// A home with who lives there.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HomeRow {
    pub id: RecordId,
    pub version: i64,
    pub area_path: String,
    /// In full.
    pub address: String,
    /// From the building on.
    pub place: String,
    pub building: Option<BuildingRef>,
    /// WGS-84.
    pub lon: Option<f64>,
    pub lat: Option<f64>,
    /// Initials of the place and of the names, with spaces between.
    pub letters: String,
    pub household: Option<HouseholdRef>,
    /// By the keys of the catalogue: of the home and its household.
    pub values: BTreeMap<String, ValueRow>,
    /// Heads first.
    pub people: Vec<PersonRow>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BuildingRef {
    pub id: RecordId,
    pub label: String,
}

#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct HouseholdRef {
    pub id: RecordId,
    pub version: i64,
}

/// Somebody who lives in a home.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PersonRow {
    pub id: RecordId,
    pub version: i64,
    pub name: String,
    /// Initials, in each way the name may be read.
    pub letters: String,
    pub residence: RecordId,
    pub residence_version: i64,
    pub relation: Option<String>,
    pub kind: Option<String>,
    pub values: BTreeMap<String, ValueRow>,
}

/// A value with its age.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ValueRow {
    pub value: Value,
    /// When it was brought or confirmed.
    pub at: Time,
    /// It is to be confirmed.
    pub stale: bool,
}

/// A form that can be filled without a line.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CarriedForm {
    pub id: FormId,
    pub key: String,
    pub number: i64,
    pub title: Title,
    /// As crates/forms writes it.
    #[schema(value_type = Object)]
    pub definition: Value,
}

impl From<CarriedValue> for ValueRow {
    fn from(value: CarriedValue) -> Self {
        Self { value: value.value, at: value.at, stale: value.stale }
    }
}

fn values(values: BTreeMap<String, CarriedValue>) -> BTreeMap<String, ValueRow> {
    values.into_iter().map(|(key, value)| (key, value.into())).collect()
}

impl From<CarriedPerson> for PersonRow {
    fn from(person: CarriedPerson) -> Self {
        Self {
            id: person.id,
            version: person.version,
            name: person.name,
            letters: person.letters,
            residence: person.residence,
            residence_version: person.residence_version,
            relation: person.relation,
            kind: person.kind,
            values: values(person.values),
        }
    }
}

impl From<CarriedHome> for HomeRow {
    fn from(home: CarriedHome) -> Self {
        Self {
            id: home.id,
            version: home.version,
            area_path: home.area_path,
            address: home.address,
            place: home.place,
            building: home.building.map(|(id, label)| BuildingRef { id, label }),
            lon: home.point.map(|point| point.0),
            lat: home.point.map(|point| point.1),
            letters: home.letters,
            household: home
                .households
                .first()
                .map(|(id, version)| HouseholdRef { id: *id, version: *version }),
            values: values(home.values),
            people: home.people.into_iter().map(PersonRow::from).collect(),
        }
    }
}

/// 手机取数据：首次取全部，以后只取变化；每个被带走的人都能看到。What a phone carries: all of its grids first, then what has changed.
///
/// Everybody carried for the first time is told before the answer.
#[utoipa::path(get, path = "/api/fieldwork/sync", tag = "fieldwork", operation_id = "sync_down", params(SyncQuery),
    responses((status = 200, body = SyncView), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 429, body = Problem)))]
pub async fn sync_down(
    State(edge): State<Edge>,
    who: Who,
    QueryOf(query): QueryOf<SyncQuery>,
) -> Result<Json<SyncView>, Problem> {
    let actor = staff(&who, &[&FILL])?;
    // What is no place of ours is taken for none: the phone begins anew.
    let since: Option<Since> = query.since.map(Cursor).and_then(|cursor| cursor.key());
    let mut page = carry(&edge, actor, query.device, since).await?;
    let is_last = !page.more && page.standing != Standing::Wipe;
    let tasks = if is_last { tasks(&edge, actor, &mut page).await? } else { CarriedTasks::default() };
    let forms = if is_last { forms(&edge, actor, &mut page).await? } else { None };
    let cases = match is_last {
        true => Some(cases::list_at_hand(&edge, actor).await?),
        false => None,
    };
    Ok(Json(view(page, tasks, forms, cases)))
}

fn view(
    page: CarriedPage,
    tasks: CarriedTasks,
    forms: Option<Vec<CarriedForm>>,
    cases: Option<Vec<CaseLine>>,
) -> SyncView {
    let is_new = page.is_new;
    let grid = |area: Area| CarriedGrid {
        path: area.path,
        name: area.name,
        outline: area.boundary.filter(|_| is_new).map(|boundary| boundary.to_geojson()),
    };
    SyncView {
        now: page.now,
        lease_until: page.lease_until,
        standing: page.standing,
        grids: page.grids.into_iter().map(grid).collect(),
        gone_grids: page.gone_grids,
        homes: page.homes.into_iter().map(HomeRow::from).collect(),
        gone: page.gone,
        tasks: tasks.open,
        ended: tasks.ended,
        forms,
        cases,
        since: Cursor::of(&page.since).0,
        more: page.more,
        left: page.left,
    }
}

/// Tasks of a page.
#[derive(Default)]
struct CarriedTasks {
    open: Vec<TaskLine>,
    ended: Vec<TaskId>,
}

/// The tasks of the phone's grids: the open ones of a grid it has not had, and what has changed in the others.
async fn tasks(edge: &Edge, actor: &Actor, page: &mut CarriedPage) -> Result<CarriedTasks, FieldworkError> {
    let (district, now) = (actor.district, page.now);
    let grids = page.grids.iter().map(|grid| grid.path.clone());
    let grids: Vec<String> = grids.filter(|grid| actor.holds_at(&WORK, grid)).collect();
    let (keys, book) = (edge.fixture::<seal::Vault>().of(district)?, edge.fixture::<VisitBook>());
    let since = page.since.tasks.clone();
    let today = now.local().date();
    let read = async move |conn: &mut Conn| {
        let (rows, since) = carried_tasks(conn, district, &grids, since.clone(), now).await?;
        let tasks = rows.into_iter().map(|row| row.open(&keys, district));
        let tasks = tasks.collect::<Result<Vec<_>, Fault>>()?;
        let about = About::read(conn, &keys, &book, district, &tasks).await?;
        let mut carried = CarriedTasks::default();
        for task in &tasks {
            match line_of(task, &about, today, now).filter(|_| task.state == TaskState::Open) {
                Some(line) => carried.open.push(line),
                None => carried.ended.push(task.id),
            }
        }
        Ok::<_, Fault>((carried, since))
    };
    let (carried, since) = edge.db.read(read).await?;
    page.since.tasks = since;
    Ok(carried)
}

/// The forms of the phone's grids, where they are others than it has.
async fn forms(
    edge: &Edge,
    actor: &Actor,
    page: &mut CarriedPage,
) -> Result<Option<Vec<CarriedForm>>, FieldworkError> {
    let district = actor.district;
    let live =
        edge.db.read::<_, Fault, _>(async move |conn: &mut Conn| live_forms(conn, district).await).await?;
    let is_used = |form: &LiveForm| {
        sees_form(actor, &form.area_path)
            && page.grids.iter().any(|grid| Scope::covers_path(&form.area_path, &grid.path))
    };
    let live: Vec<LiveForm> = live.into_iter().filter(is_used).collect();
    let mark = mark_of(&live);
    if page.since.forms == mark {
        return Ok(None);
    }
    page.since.forms = mark;
    let read = async move |conn: &mut Conn| {
        let mut forms = Vec::with_capacity(live.len());
        for form in live.clone() {
            if let Some(definition) = store::find_definition(conn, district, form.id, form.number).await? {
                forms.push((form, definition));
            }
        }
        Ok::<_, Fault>(forms)
    };
    let forms = edge.db.read_long(read).await?;
    Ok(Some(
        forms
            .into_iter()
            .map(|(form, definition)| carried_form(form, &definition.definition))
            .collect::<Result<_, _>>()?,
    ))
}

fn carried_form(form: LiveForm, definition: &[u8]) -> Result<CarriedForm, Fault> {
    let definition = serde_json::from_slice(definition)
        .map_err(|e| Fault::broken("a kept definition is no JSON").because(e))?;
    Ok(CarriedForm { id: form.id, key: form.key, number: form.number, title: form.title.0, definition })
}

/// Tells one set of live versions from another.
fn mark_of(forms: &[LiveForm]) -> String {
    const MARK_DIGITS: usize = 16;
    let mut hash = Sha256::new();
    for form in forms {
        hash.update(form.id.0.as_bytes());
        hash.update(form.number.to_le_bytes());
        hash.update(&form.hash);
    }
    let digits: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    digits[..MARK_DIGITS].to_owned()
}
