//! Planning visits by rule: whom they concern today, what that asks of a grid, what is new and what has lost its ground.

use crate::catalogue::VisitBook;
use crate::error::FieldworkError;
use crate::facts::{FieldworkFact, PLANNED};
use crate::model::worker_of;
use crate::model::{
    Asked, Consent, Every, NewTask, Outcome, PlanLoad, TaskKind, TaskState, VisitRule, Wishes, rule_cause,
};
use crate::queries::tasks::{self, Earlier};
use crate::store;
use ::store::{Conn, Tx};
use jiff::civil::Date;
use platform::{DistrictId, Fault, Time};
use registry::{Concerned, Ground, RecordId};
use seal::Keyring;
use serde_json::json;
use std::collections::{HashMap, HashSet};
use territory::Snapshot;

/// Whom the rules concern in one grid, and what that asks of its worker.
pub(crate) struct Weighed {
    /// For each rule in its order: who is to be visited at all.
    pub concerned: Vec<Vec<Concerned>>,
    pub load: PlanLoad,
    wishes: HashMap<RecordId, Wishes>,
}

/// What is asked of a grid on a day, nothing saved. Nobody sees who it is.
///
/// # Errors
/// A fault of the database.
pub(crate) async fn weigh_grid(
    conn: &mut Conn,
    keys: &Keyring,
    district: DistrictId,
    book: &VisitBook,
    (grid, minutes): (&str, i64),
    today: Date,
) -> Result<Weighed, Fault> {
    let grounds: Vec<Ground> = book.rules.iter().map(|rule| rule.ground.clone()).collect();
    let mut concerned = registry::concerned(conn, keys, district, grid, &grounds, today).await?;
    let homes: HashSet<RecordId> = concerned.iter().flatten().map(|one| one.dwelling).collect();
    let kept = store::wishes::of_homes(conn, keys, district, &homes.into_iter().collect::<Vec<_>>()).await?;
    let wishes: HashMap<RecordId, Wishes> =
        kept.into_iter().map(|(home, kept)| (home, kept.wishes)).collect();
    for (rule, people) in book.rules.iter().zip(&mut concerned) {
        leave_out(conn, keys, district, rule, people, &wishes).await?;
    }
    let asked = book.rules.iter().zip(&concerned).map(|(rule, people)| Asked {
        key: &rule.key,
        visits: people.len() as i64,
        minutes: rule.minutes,
        weeks: rule.every.weeks(),
    });
    let load = PlanLoad::weigh(asked, minutes);
    Ok(Weighed { concerned, load, wishes })
}

/// Leaves out who said no to a rule; who was visited once and did not say yes where that is needed; who was visited where once is enough;
/// and of several children of a home all but the first.
async fn leave_out(
    conn: &mut Conn,
    keys: &Keyring,
    district: DistrictId,
    rule: &VisitRule,
    people: &mut Vec<Concerned>,
    wishes: &HashMap<RecordId, Wishes>,
) -> Result<(), Fault> {
    if matches!(rule.ground, Ground::ChildBelow { .. }) {
        let mut homes = HashSet::new();
        people.retain(|one| homes.insert(one.dwelling));
    }
    let consent = |one: &Concerned| wishes.get(&one.dwelling).and_then(|wishes| wishes.consent(&rule.key));
    people.retain(|one| consent(one) != Some(Consent::Refused));
    let only_once = |one: &Concerned| {
        rule.every == Every::Once || (rule.needs_consent() && consent(one) != Some(Consent::Given))
    };
    let asked: Vec<RecordId> = people.iter().filter(|one| only_once(one)).map(|one| one.person).collect();
    let cause = store::tasks::cause_column(keys, &rule_cause(&rule.key));
    let visited = tasks::ended_among(conn, district, &cause, &asked).await?;
    people.retain(|one| !only_once(one) || !visited.contains(&one.person));
    Ok(())
}

/// Plans one grid: withdraws visits whose ground is gone, opens those that are due in the present period, and tells the desk what does not
/// fit into the hours. Planning twice changes nothing. Answers how many visits are new.
///
/// # Errors
/// A fault of the database.
pub(crate) async fn plan_grid(tx: &mut Tx, grid: &str) -> Result<u64, FieldworkError> {
    let (district, now) = (tx.district(), tx.now());
    let (book, keys) = (tx.fixture::<VisitBook>(), store::keys(tx)?);
    let places = tx.fixture::<territory::Map>().of(district);
    let today = now.local().date();
    let minutes = minutes_of(&places, grid, book.minutes_per_week, now);
    let weighed = weigh_grid(tx, &keys, district, &book, (grid, minutes), today).await?;
    let withdrawn = withdraw_lost(tx, &keys, &book, grid, &weighed).await?;
    let mut tasks = Vec::new();
    for (rule, people) in book.rules.iter().zip(&weighed.concerned) {
        if weighed.load.fits(&rule.key) {
            tasks.extend(due_of(tx, &keys, rule, people, grid, &weighed.wishes, today).await?);
        }
    }
    let new = store::tasks::insert(tx, &tasks).await?;
    let load = &weighed.load;
    if new + withdrawn > 0 || load.is_over() {
        let over = load.rules.iter().filter(|rule| !rule.fits).map(|rule| rule.key.as_str());
        let data = json!({ "new": new, "withdrawn": withdrawn, "over": over.collect::<Vec<_>>(),
            "asked_minutes": load.asked, "minutes": load.hours });
        let area = places.by_path(grid).map_or(uuid::Uuid::nil(), |area| area.id.0);
        tx.record(&FieldworkFact::of_area(PLANNED, area, grid, data)).await?;
    }
    Ok(new)
}

/// What a grid has of its worker's week: who serves several grids has a part for each.
pub(crate) fn minutes_of(places: &Snapshot, grid: &str, minutes_per_week: i64, now: Time) -> i64 {
    match worker_of(places, grid, now) {
        Some(worker) => minutes_per_week / worker.grids.max(1),
        None => minutes_per_week,
    }
}

/// Takes back open visits that no rule asks for any more. One whose rule only does not fit stays: it was promised.
async fn withdraw_lost(
    tx: &mut Tx,
    keys: &Keyring,
    book: &VisitBook,
    grid: &str,
    weighed: &Weighed,
) -> Result<u64, FieldworkError> {
    let district = tx.district();
    let mut wanted: HashSet<(String, RecordId, Option<RecordId>)> = HashSet::new();
    for (rule, people) in book.rules.iter().zip(&weighed.concerned) {
        wanted.extend(people.iter().map(|one| (rule_cause(&rule.key), one.person, Some(one.dwelling))));
    }
    let mut withdrawn = 0;
    for row in tasks::open_visits(tx, district, grid).await? {
        let mut task = row.open(keys, district)?;
        if !wanted.contains(&(task.cause.clone(), task.subject, task.place)) && task.withdraw() {
            store::tasks::save(tx, &task).await?;
            withdrawn += 1;
        }
    }
    Ok(withdrawn)
}

/// The visits of a rule that are not planned yet in the period of today.
async fn due_of(
    tx: &mut Tx,
    keys: &Keyring,
    rule: &VisitRule,
    people: &[Concerned],
    grid: &str,
    wishes: &HashMap<RecordId, Wishes>,
    today: Date,
) -> Result<Vec<NewTask>, FieldworkError> {
    let (district, period, cause) = (tx.district(), rule.every.period(today), rule_cause(&rule.key));
    let since = if rule.every == Every::Once { Date::MIN } else { period.from };
    let subjects: Vec<RecordId> = people.iter().map(|one| one.person).collect();
    let column = store::tasks::cause_column(keys, &cause);
    let earlier = tasks::earlier(tx, district, &column, &subjects, since).await?;
    let none = Vec::new();
    let due = people.iter().filter_map(|one| {
        let earlier = earlier.get(&one.person).unwrap_or(&none);
        if earlier.iter().any(|task| !is_withdrawn(task)) {
            return None;
        }
        let is_out = |day: Date| {
            let is_quiet = wishes.get(&one.dwelling).is_some_and(|wishes| wishes.is_quiet_all_day(day));
            is_quiet || earlier.iter().any(|task| task.due_on == day.to_string())
        };
        Some(NewTask {
            kind: TaskKind::Visit,
            cause: cause.clone(),
            campaign: None,
            form: None,
            area_path: grid.to_owned(),
            subject: one.person,
            place: Some(one.dwelling),
            from_on: period.from,
            due_on: period.due_on(one.person, today, is_out)?,
            errand: None,
        })
    });
    Ok(due.collect())
}

/// A task that was taken back counts for nothing: its ground may hold again.
fn is_withdrawn(task: &Earlier) -> bool {
    task.state == TaskState::Closed && task.outcome.is_none_or(|outcome| outcome == Outcome::Absent)
}
