//! The chart of each district, kept current: read whole now and then, and case by case after each fact.

use crate::map::chart::{Chart, Mark, is};
use crate::map::figures::{ENDED_KEPT, Moment, WEEKS};
use crate::model::{CaseId, Progress};
use crate::queries::Line;
use crate::rules::Rules;
use crate::stage;
use ::store::{Conn, Db, FactRow, Json, List, row, sql};
use parking_lot::RwLock;
use platform::{DistrictId, FactId, Fault, OrganisationId, Time};
use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::broadcast;

/// Cases of a district on the chart. A district of a million people has some thousands open.
const MARKS_MAX: i64 = 500_000;
/// How long the chart is believed while this process has heard of nothing new: another server may have.
const BELIEVED_MAX: Duration = Duration::from_secs(1);
/// Read whole again after this: what was imported left no fact of each case.
const WHOLE_EVERY: Duration = Duration::from_secs(60);
/// With more facts than this since the last look, all is read anew.
const FACTS_MAX: i64 = 1000;
/// How much later than another a fact may be committed whose id is the smaller one.
const LATE_COMMIT_MAX: Duration = Duration::from_secs(5);

row! {
    #[derive(Clone, Debug)]
    pub(crate) struct MarkRow {
        pub id: CaseId,
        pub number: String,
        pub workflow_version: i64,
        pub state: String,
        pub open: bool,
        pub type_code: String,
        pub lon: Option<f64>,
        pub lat: Option<f64>,
        pub area_path: String,
        pub owner_role: String,
        pub unit_id: Option<OrganisationId>,
        pub due_at: Option<Time>,
        pub level: i64,
        pub progress: Json<Progress>,
        pub reported_at: Time,
        pub closed_at: Option<Time>,
    }
}

row! {
    /// A number of cases.
    #[derive(Clone, Debug)]
    pub(crate) struct Count {
        pub count: i64,
    }
}

sql! {
    // The open bound names the index of open cases: without it SQLite walks every case there ever was.
    MARKS_OPEN: (DistrictId, i64) -> MarkRow =
        "select id, number, workflow_version, state, open, type_code, lon, lat, area_path, owner_role, unit_id, due_at, level,
             progress, reported_at, closed_at
         from cases_case where district = $1 and area_path >= '' and open limit $2";
    MARKS_CLOSED: (DistrictId, Time, i64) -> MarkRow =
        "select id, number, workflow_version, state, open, type_code, lon, lat, area_path, owner_role, unit_id, due_at, level,
             progress, reported_at, closed_at
         from cases_case where district = $1 and closed_at >= $2 limit $3";
    MARKS_OF: (DistrictId, List<CaseId>, i64) -> MarkRow =
        "select id, number, workflow_version, state, open, type_code, lon, lat, area_path, owner_role, unit_id, due_at, level,
             progress, reported_at, closed_at
         from cases_case where district = $1 and id {in:$2:uuid} limit $3";
    LINES_OF: (DistrictId, List<CaseId>, i64) -> Line =
        "select id, number, state, open, type_code, words, lon, lat, address, area_path, source, public, hidden, owner_role,
             owner_post, host_post, unit_id, due_at, level, reported_at, followers, workflow_version, version
         from cases_case where district = $1 and id {in:$2:uuid} limit $3";
    // `reported_at > 0` names the index.
    COUNT_REPORTED: (DistrictId, Time, Time, String, String) -> Count =
        "select count(*) as count from cases_case
         where district = $1 and reported_at > 0 and reported_at >= $2 and reported_at < $3 and area_path >= $4 and area_path < $5";
    COUNT_REPORTED_TO_UNIT: (DistrictId, Time, Time, String, String, OrganisationId) -> Count =
        "select count(*) as count from cases_case
         where district = $1 and reported_at > 0 and reported_at >= $2 and reported_at < $3 and area_path >= $4 and area_path < $5
             and unit_id = $6";
}

/// The charts of all districts this server runs.
#[derive(Debug, Default)]
pub struct Charts {
    districts: RwLock<HashMap<DistrictId, Arc<Kept>>>,
}

/// One district's chart, and how fresh it is.
#[derive(Debug)]
pub struct Kept {
    pub chart: RwLock<Chart>,
    followed: tokio::sync::Mutex<Followed>,
}

#[derive(Debug)]
struct Followed {
    facts: broadcast::Receiver<Arc<FactRow>>,
    /// When the chart was last brought up to date: by the house's clock, and by the machine's.
    read: Option<(Time, Instant)>,
    whole: Option<Instant>,
}

impl Charts {
    /// The chart of a district as of what is committed now.
    pub async fn current(
        &self,
        db: &Db,
        rules: &Arc<Rules>,
        district: DistrictId,
    ) -> Result<Arc<Kept>, Fault> {
        let known = self.districts.read().get(&district).cloned();
        let kept = known.unwrap_or_else(|| {
            let new = || Arc::new(Kept::new(db));
            self.districts.write().entry(district).or_insert_with(new).clone()
        });
        kept.follow(db, rules, district).await?;
        Ok(kept)
    }
}

impl Kept {
    fn new(db: &Db) -> Self {
        let followed = Followed { facts: db.facts().subscribe(), read: None, whole: None };
        Self { chart: RwLock::default(), followed: tokio::sync::Mutex::new(followed) }
    }

    /// Brings the chart up to date, where anything can have happened.
    async fn follow(&self, db: &Db, rules: &Arc<Rules>, district: DistrictId) -> Result<(), Fault> {
        let mut followed = self.followed.lock().await;
        let is_believed = followed.read.is_some_and(|(_, at)| at.elapsed() < BELIEVED_MAX);
        if is_believed && followed.facts.is_empty() {
            return Ok(());
        }
        // What comes from here on may be read twice, but is not missed.
        followed.facts = followed.facts.resubscribe();
        let (now, begun) = (db.clock().now(), Instant::now());
        let since = followed.read.filter(|_| followed.whole.is_some_and(|at| at.elapsed() < WHOLE_EVERY));
        let changed = match since {
            Some((since, _)) => changed_since(db, district, since).await?,
            None => None,
        };
        match changed {
            Some(ids) if ids.is_empty() => {}
            Some(ids) => self.read_some(db, rules, district, ids).await?,
            None => {
                self.read_whole(db, rules, district, now).await?;
                followed.whole = Some(begun);
            }
        }
        followed.read = Some((now, begun));
        Ok(())
    }

    async fn read_some(
        &self,
        db: &Db,
        rules: &Arc<Rules>,
        district: DistrictId,
        ids: Vec<CaseId>,
    ) -> Result<(), Fault> {
        let rows = db
            .read(async move |conn: &mut Conn| {
                conn.all(&MARKS_OF, (district, List(ids.clone()), MARKS_MAX)).await
            })
            .await?;
        let mut chart = self.chart.write();
        for row in rows {
            chart.put(mark_of(row, rules));
        }
        Ok(())
    }

    async fn read_whole(
        &self,
        db: &Db,
        rules: &Arc<Rules>,
        district: DistrictId,
        now: Time,
    ) -> Result<(), Fault> {
        let rules = rules.clone();
        let read = async move |conn: &mut Conn| {
            let mut chart = Chart::default();
            let mut take = |row: MarkRow| {
                chart.put(mark_of(row, &rules));
                ControlFlow::Continue(())
            };
            conn.each(&MARKS_CLOSED, (district, now.before(ENDED_KEPT), MARKS_MAX), &mut take).await?;
            conn.each(&MARKS_OPEN, (district, MARKS_MAX), &mut take).await?;
            Ok::<_, Fault>(chart)
        };
        let chart = db.read_long(read).await?;
        *self.chart.write() = chart;
        Ok(())
    }
}

/// Cases something happened to; none where it was too much to follow.
async fn changed_since(db: &Db, district: DistrictId, since: Time) -> Result<Option<Vec<CaseId>>, Fault> {
    let from = FactId::new(since).earlier_by(LATE_COMMIT_MAX);
    let read = async move |conn: &mut Conn| FactRow::after(conn, district, from, FACTS_MAX).await;
    let facts = db.read(read).await?;
    if facts.len() as i64 >= FACTS_MAX {
        return Ok(None);
    }
    let of_cases = facts.iter().filter(|fact| fact.subject_kind == CaseId::NOUN);
    let mut ids: Vec<CaseId> = of_cases.map(|fact| CaseId(fact.subject_id)).collect();
    ids.sort_unstable();
    ids.dedup();
    Ok(Some(ids))
}

fn mark_of(row: MarkRow, rules: &Rules) -> Mark {
    let workflow = rules.workflow_at(row.workflow_version);
    let flags = [
        (is::OPEN, row.open),
        (is::REOPENED, row.progress.0.counts.get("reopen").is_some_and(|times| *times > 0)),
        (is::UNACCEPTED, workflow.state(&row.state).is_some_and(|state| state.start)),
        (is::CONFIRMING, row.owner_role == stage::REPORTER),
        (is::SUPERVISED, row.level >= stage::supervised_rank(workflow)),
        (is::DONE, row.state == stage::DONE),
    ];
    Mark {
        id: row.id,
        number: row.number,
        workflow_version: row.workflow_version,
        state: row.state,
        type_code: row.type_code,
        area_path: row.area_path.into(),
        unit: row.unit_id,
        lon: row.lon,
        lat: row.lat,
        due_at: row.due_at.filter(|_| row.open),
        reported_at: row.reported_at,
        closed_at: row.closed_at,
        level: u8::try_from(row.level).unwrap_or(u8::MAX),
        flags: flags.into_iter().filter(|(_, holds)| *holds).fold(0, |all, (flag, _)| all | flag),
    }
}

/// Lines of these cases, in this order.
pub async fn lines_of(conn: &mut Conn, district: DistrictId, ids: Vec<CaseId>) -> Result<Vec<Line>, Fault> {
    let mut lines = conn.all(&LINES_OF, (district, List(ids.clone()), ids.len() as i64)).await?;
    let places: HashMap<CaseId, usize> = ids.iter().enumerate().map(|(n, id)| (*id, n)).collect();
    lines.sort_by_key(|line| places.get(&line.id).copied());
    Ok(lines)
}

/// How many were reported in an hour like this one, on average over the past weeks: in an area, to a unit where one asks.
pub async fn usual_hour(
    conn: &mut Conn,
    district: DistrictId,
    area: &str,
    unit: Option<OrganisationId>,
    now: Time,
) -> Result<f64, Fault> {
    let mut sum = 0;
    for week in 1..=WEEKS {
        let (from, to) = Moment::hour_weeks_ago(now, week);
        let (first, end) = (area.to_owned(), super::end_of(area));
        let count = match unit {
            Some(unit) => conn.one(&COUNT_REPORTED_TO_UNIT, (district, from, to, first, end, unit)).await?,
            None => conn.one(&COUNT_REPORTED, (district, from, to, first, end)).await?,
        };
        sum += count.count;
    }
    Ok(sum as f64 / f64::from(WEEKS))
}
