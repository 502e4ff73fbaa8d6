//! Today: what a worker has to do, from wherever it comes, in the order it is done in.

use super::staff;
use crate::access::WORK;
use crate::catalogue::VisitBook;
use crate::error::FieldworkError;
use crate::model::{
    CampaignId, FormId, Outcome, Route, RouteId, Said, Task, TaskId, TaskKind, Wishes, rank, route_of,
    rule_of,
};
use crate::queries::tasks::open_in;
use crate::store;
use ::store::Conn;
use axum::Json;
use axum::extract::State;
use cases::CaseLine;
use edge::{Edge, QueryOf, Who};
use geo::Point;
use jiff::civil::Date;
use platform::{Actor, DistrictId, Fault, Problem, Time, Words};
use registry::{Kind, Listed, RecordId};
use seal::Keyring;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashMap};
use utoipa::{IntoParams, ToSchema};

/// Grids of one list: a leader's community has a dozen.
const GRIDS_MAX: usize = 60;

/// Which day, and where the worker stands, if that is to be counted. The place is read and forgotten.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TodayQuery {
    /// 2026-03-02; none: today.
    pub date: Option<String>,
    /// WGS-84. Kept nowhere.
    pub lon: Option<f64>,
    pub lat: Option<f64>,
}

/// A form to be filled at a task, in the version that is live.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct TaskForm {
    pub id: FormId,
    pub number: i64,
}

/// One thing to be done.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TaskLine {
    pub id: TaskId,
    pub kind: TaskKind,
    /// `rule:lives_alone_80`, `campaign:<id>`, `route:<id>`, `errand:outage:<id>`
    pub cause: String,
    pub campaign: Option<CampaignId>,
    /// What is to be done.
    pub title: Words,
    /// Why it is there.
    pub why: Words,
    /// Who or what it is about; a name is masked.
    pub label: String,
    /// Where to go.
    pub address: String,
    pub area_path: String,
    pub place_id: Option<RecordId>,
    pub subject_id: RecordId,
    pub subject_kind: Kind,
    pub form: Option<TaskForm>,
    /// Days of the calendar.
    pub from_on: String,
    pub due_on: String,
    pub overdue: bool,
    /// Until when of the day nobody is to come, where that is now: `14:30`.
    pub quiet_until: Option<String>,
    /// Its rule needs consent and nobody was asked: ask first.
    pub asks_first: bool,
    /// How often nobody was at home.
    pub tries: i64,
    /// What the resident said of it.
    pub said: Option<Said>,
    /// WGS-84; of the building.
    pub lon: Option<f64>,
    pub lat: Option<f64>,
    /// What can become of it; first what is said with one tap where nothing is wrong.
    pub actions: Vec<Outcome>,
}

/// What there is to do.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TodayView {
    pub date: String,
    /// Overdue, due today, near, later.
    pub lines: Vec<TaskLine>,
    /// Cases whose next step is the worker's, what is due first.
    pub cases: Vec<CaseLine>,
    /// What to begin with.
    pub next: Option<TaskId>,
}

/// 今天要做的：逾期、今天、附近、以后。What there is to do today, from wherever it comes: overdue, due today, near, later.
#[utoipa::path(get, path = "/api/fieldwork/today", tag = "fieldwork", operation_id = "show_today", params(TodayQuery),
    responses((status = 200, body = TodayView), (status = 401, body = Problem), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub async fn show_today(
    State(edge): State<Edge>,
    who: Who,
    QueryOf(query): QueryOf<TodayQuery>,
) -> Result<Json<TodayView>, Problem> {
    let actor = staff(&who, &[&WORK])?;
    let date = day_of(query.date.as_deref())?.unwrap_or_else(|| edge.now().local().date());
    let here = match query.lon.zip(query.lat) {
        Some((lon, lat)) => Some(Point::new(lon, lat).map_err(|e| {
            Problem::invalid("fieldwork.bad_place", "lon", Words::new(e.zh(), e.to_string()))
        })?),
        None => None,
    };
    let mut lines = task_lines(&edge, actor, date).await?;
    lines.sort_by_cached_key(|line| {
        let metres = here.zip(point_of(line)).map(|(here, there)| geo::distance_metres(here, there));
        (rank(&line.due_on, &date.to_string(), metres, line.quiet_until.is_some()), line.id)
    });
    let cases = cases::list_at_hand(&edge, actor).await?;
    let next = lines.first().map(|line| line.id);
    Ok(Json(TodayView { date: date.to_string(), lines, cases, next }))
}

/// A day as it was written.
pub(super) fn day_of(text: Option<&str>) -> Result<Option<Date>, FieldworkError> {
    let parse = |text: &str| {
        text.parse().map_err(|_| {
            FieldworkError::invalid(
                "date",
                "fieldwork.bad_date",
                "日期写成 2026-03-02 这样。",
                "A day is written 2026-03-02.",
            )
        })
    };
    text.map(parse).transpose()
}

fn point_of(line: &TaskLine) -> Option<Point> {
    Point::new(line.lon?, line.lat?).ok()
}

/// The open tasks of the grids where an actor works. What is no longer in the register, or only stored, is on no list.
async fn task_lines(edge: &Edge, actor: &Actor, date: Date) -> Result<Vec<TaskLine>, FieldworkError> {
    let places = edge.fixture::<territory::Map>().of(actor.district);
    let grids = places.grids().filter(|grid| actor.holds_at(&WORK, &grid.path)).take(GRIDS_MAX);
    let grids: Vec<String> = grids.map(|grid| grid.path.clone()).collect();
    lines_of(edge, actor.district, grids, date).await
}

/// The open tasks of grids.
pub(super) async fn lines_of(
    edge: &Edge,
    district: DistrictId,
    grids: Vec<String>,
    date: Date,
) -> Result<Vec<TaskLine>, FieldworkError> {
    let now = edge.now();
    let (keys, book) = (edge.fixture::<seal::Vault>().of(district)?, edge.fixture::<VisitBook>());
    let read = async move |conn: &mut Conn| {
        let mut tasks = Vec::new();
        for grid in &grids {
            for row in open_in(conn, district, grid, &date.to_string()).await? {
                tasks.push(row.open(&keys, district)?);
            }
        }
        let about = About::read(conn, &keys, &book, district, &tasks).await?;
        Ok::<_, Fault>(tasks.iter().filter_map(|task| line_of(task, &about, date, now)).collect())
    };
    Ok(edge.db.read(read).await?)
}

/// What is needed to put tasks into words.
pub(super) struct About<'b> {
    book: &'b VisitBook,
    records: HashMap<RecordId, Listed>,
    forms: HashMap<FormId, i64>,
    wishes: HashMap<RecordId, Wishes>,
    campaigns: HashMap<CampaignId, (Words, Words)>,
    routes: HashMap<RouteId, (Words, Words)>,
}

impl<'b> About<'b> {
    pub(super) async fn read(
        conn: &mut Conn,
        keys: &Keyring,
        book: &'b VisitBook,
        district: DistrictId,
        tasks: &[Task],
    ) -> Result<Self, Fault> {
        let places: BTreeSet<RecordId> = tasks.iter().filter_map(|task| task.place).collect();
        let ids: BTreeSet<RecordId> =
            tasks.iter().map(|task| task.subject).chain(places.iter().copied()).collect();
        let records = registry::listed(conn, district, &ids.into_iter().collect::<Vec<_>>()).await?;
        let homes: Vec<RecordId> = places.into_iter().collect();
        let kept = store::wishes::of_homes(conn, keys, district, &homes).await?;
        let wishes = kept.into_iter().map(|(home, kept)| (home, kept.wishes)).collect();
        let mut forms = HashMap::new();
        for form in tasks.iter().filter_map(|task| task.form).collect::<BTreeSet<_>>() {
            let live = store::find_form(conn, district, form).await?.and_then(|form| form.live);
            forms.extend(live.map(|number| (form, number)));
        }
        let campaigns = campaigns_of(conn, district, tasks).await?;
        let routes = routes_of(conn, district, tasks).await?;
        Ok(Self { book, records, forms, wishes, campaigns, routes })
    }

    /// The home a task leads to, if it is one.
    pub(super) fn home_of(&self, task: &Task) -> Option<RecordId> {
        let is_home =
            |id: &RecordId| self.records.get(id).is_some_and(|record| record.kind == Kind::Dwelling);
        task.place.into_iter().chain([task.subject]).find(is_home)
    }

    /// What is to be done, and why.
    fn words_of(&self, task: &Task) -> (Words, Words) {
        if let Some(rule) = rule_of(&task.cause).and_then(|key| self.book.rule(key)) {
            return (rule.words.clone(), rule.reason.clone());
        }
        if let Some(errand) = &task.errand {
            return (errand.title.clone(), errand.why.clone());
        }
        let of_campaign = task.campaign.and_then(|id| self.campaigns.get(&id));
        let of_route = || route_of(&task.cause).and_then(|id| self.routes.get(&id));
        of_campaign.or_else(of_route).cloned().unwrap_or_else(|| (task.kind.words(), task.kind.words()))
    }

    fn asks_first(&self, task: &Task) -> bool {
        let rule = rule_of(&task.cause).and_then(|key| self.book.rule(key));
        let consent = |key: &str| task.place.and_then(|home| self.wishes.get(&home)?.consent(key));
        rule.is_some_and(|rule| rule.needs_consent() && consent(&rule.key).is_none())
    }
}

/// The names of campaigns, and why they are.
async fn campaigns_of(
    conn: &mut Conn,
    district: DistrictId,
    tasks: &[Task],
) -> Result<HashMap<CampaignId, (Words, Words)>, Fault> {
    let mut found = HashMap::new();
    for id in tasks.iter().filter_map(|task| task.campaign).collect::<BTreeSet<_>>() {
        if let Some(one) = store::campaigns::find(conn, district, id).await? {
            let name = Words::new(one.content.name.clone(), one.content.name);
            found.insert(id, (name, one.content.reason));
        }
    }
    Ok(found)
}

/// The names of routes, and what is looked at on them.
async fn routes_of(
    conn: &mut Conn,
    district: DistrictId,
    tasks: &[Task],
) -> Result<HashMap<RouteId, (Words, Words)>, Fault> {
    let mut found = HashMap::new();
    for id in tasks.iter().filter_map(|task| route_of(&task.cause)).collect::<BTreeSet<_>>() {
        if let Some(Route { content, .. }) = store::routes::find(conn, district, id).await? {
            let same = |words: String| Words::new(words.clone(), words);
            found.insert(id, (same(content.name), same(content.look_at)));
        }
    }
    Ok(found)
}

/// What a task is about and where it is.
struct At {
    label: String,
    address: String,
    kind: Kind,
    point: Option<(f64, f64)>,
}

/// As the register knows it; else as whoever asked for it said.
fn at_of(task: &Task, about: &About<'_>) -> Option<At> {
    if let Some(subject) = about.records.get(&task.subject) {
        let place = task.place.and_then(|place| about.records.get(&place)).unwrap_or(subject);
        let point = place.point.or(subject.point);
        return Some(At {
            label: subject.label.clone(),
            address: place.label.clone(),
            kind: subject.kind,
            point,
        });
    }
    let at = task.errand.as_ref()?.at.clone()?;
    Some(At { label: at.label.clone(), address: at.label, kind: Kind::Thing, point: Some((at.lon, at.lat)) })
}

/// A task in words; none where what it is about is no longer to be seen.
pub(super) fn line_of(task: &Task, about: &About<'_>, date: Date, now: Time) -> Option<TaskLine> {
    let At { label, address, kind, point } = at_of(task, about)?;
    let (title, why) = about.words_of(task);
    let quiet = task.place.and_then(|home| about.wishes.get(&home)?.quiet_until(now.local().datetime()));
    Some(TaskLine {
        id: task.id,
        kind: task.kind,
        cause: task.cause.clone(),
        campaign: task.campaign,
        title,
        why,
        label,
        address,
        area_path: task.area_path.clone(),
        place_id: task.place,
        subject_id: task.subject,
        subject_kind: kind,
        form: task.form.and_then(|id| Some(TaskForm { id, number: *about.forms.get(&id)? })),
        from_on: task.from_on.clone(),
        due_on: task.due_on.clone(),
        overdue: task.due_on < date.to_string(),
        quiet_until: quiet.map(|until| until.strftime("%H:%M").to_string()),
        asks_first: about.asks_first(task),
        tries: task.tries,
        said: task.said,
        lon: point.map(|point| point.0),
        lat: point.map(|point| point.1),
        actions: task.kind.outcomes().to_vec(),
    })
}
