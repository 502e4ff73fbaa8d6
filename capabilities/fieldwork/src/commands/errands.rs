//! Errands: another capability asks that workers see some homes of a grid: those where somebody has a need, and then it never learns which of
//! them it was; or each of them.

use crate::facts::{ERRANDS_ASKED, ERRANDS_TAKEN_BACK, FieldworkFact};
use crate::model::{Errand, NewTask, TaskKind, TaskState, errand_cause};
use crate::queries::tasks;
use crate::store;
use ::store::Tx;
use jiff::civil::{Date, date};
use platform::Fault;
use registry::{Ground, RecordId};
use serde_json::json;
use std::collections::{BTreeSet, HashSet};
use uuid::Uuid;

/// Since always.
const EVER: Date = date(1, 1, 1);

/// What is asked of one grid.
#[derive(Clone, Debug)]
pub struct ErrandAsked {
    /// What asked for it, `outage:<id>`: the same twice asks once.
    pub key: String,
    pub grid: String,
    /// Homes of the grid that come into question.
    pub homes: HashSet<RecordId>,
    pub errand: Errand,
    pub from_on: Date,
    pub due_on: Date,
}

/// Opens a task for each home where somebody has one of the needs, which are keys of service facts; whose data is only stored is left out.
/// Answers how many are new.
///
/// # Errors
/// A fault of the database, or a service fact that does not open.
pub async fn ask(tx: &mut Tx, asked: &ErrandAsked, needs: &[String]) -> Result<u64, Fault> {
    let (district, keys, today) = (tx.district(), store::keys(tx)?, tx.now().local().date());
    let grounds: Vec<Ground> = needs.iter().cloned().map(Ground::Fact).collect();
    let found = registry::concerned(tx, &keys, district, &asked.grid, &grounds, today).await?;
    let homes: BTreeSet<RecordId> = found.iter().flatten().map(|one| one.dwelling).collect();
    open(tx, asked, homes.into_iter().filter(|home| asked.homes.contains(home)).collect()).await
}

/// Opens a task for each of the homes. Answers how many are new.
///
/// # Errors
/// A fault of the database.
pub async fn ask_each(tx: &mut Tx, asked: &ErrandAsked) -> Result<u64, Fault> {
    open(tx, asked, asked.homes.iter().copied().collect()).await
}

/// A home that was asked for before, and not taken back, is not asked for again on another day.
async fn open(tx: &mut Tx, asked: &ErrandAsked, mut homes: BTreeSet<RecordId>) -> Result<u64, Fault> {
    let (district, keys) = (tx.district(), store::keys(tx)?);
    let cause = errand_cause(&asked.key);
    let column = store::tasks::cause_column(&keys, &cause);
    let some: Vec<RecordId> = homes.iter().copied().collect();
    for (home, before) in tasks::earlier(tx, district, &column, &some, EVER).await? {
        let is_taken_back = |task: &tasks::Earlier| task.state == TaskState::Closed && task.outcome.is_none();
        if !before.iter().all(is_taken_back) {
            homes.remove(&home);
        }
    }
    let task = |home: RecordId| NewTask {
        kind: TaskKind::Notice,
        cause: cause.clone(),
        campaign: None,
        form: None,
        area_path: asked.grid.clone(),
        subject: home,
        place: Some(home),
        from_on: asked.from_on,
        due_on: asked.due_on,
        errand: Some(asked.errand.clone()),
    };
    let tasks: Vec<NewTask> = homes.into_iter().map(task).collect();
    let new = store::tasks::insert(tx, &tasks).await?;
    if new > 0 {
        note(tx, ERRANDS_ASKED, &asked.grid, new).await?;
    }
    Ok(new)
}

/// What is to be seen at a place that is nothing of the register.
#[derive(Clone, Debug)]
pub struct ErrandAt {
    /// What asked for it, `sensor:<id>`: the same twice on one day asks once.
    pub key: String,
    /// Of the grid where it is.
    pub area_path: String,
    /// What it is about, at the capability that asks.
    pub subject: Uuid,
    pub errand: Errand,
    pub from_on: Date,
    pub due_on: Date,
}

/// Opens a task for the worker of a grid; `false` where it was asked before.
///
/// # Errors
/// A fault of the database.
pub async fn ask_at(tx: &mut Tx, asked: &ErrandAt) -> Result<bool, Fault> {
    let task = NewTask {
        kind: TaskKind::Patrol,
        cause: errand_cause(&asked.key),
        campaign: None,
        form: None,
        area_path: asked.area_path.clone(),
        subject: RecordId(asked.subject),
        place: None,
        from_on: asked.from_on,
        due_on: asked.due_on,
        errand: Some(asked.errand.clone()),
    };
    let new = store::tasks::insert(tx, &[task]).await?;
    if new > 0 {
        note(tx, ERRANDS_ASKED, &asked.area_path, new).await?;
    }
    Ok(new > 0)
}

/// Takes back what is still open of an errand, wherever it was asked. Answers how many.
///
/// # Errors
/// A fault of the database.
pub async fn take_back(tx: &mut Tx, key: &str) -> Result<u64, Fault> {
    let (district, keys) = (tx.district(), store::keys(tx)?);
    let cause = store::tasks::cause_column(&keys, &errand_cause(key));
    let mut taken = 0;
    for row in tasks::open_of_cause(tx, district, &cause).await? {
        let mut task = row.open(&keys, district)?;
        if task.withdraw() {
            store::tasks::save(tx, &task).await?;
            taken += 1;
        }
    }
    if taken > 0 {
        note(tx, ERRANDS_TAKEN_BACK, &territory::root_path(district), taken).await?;
    }
    Ok(taken)
}

async fn note(tx: &mut Tx, name: &'static str, area_path: &str, homes: u64) -> Result<(), Fault> {
    let places = tx.fixture::<territory::Map>().of(tx.district());
    let area = places.by_path(area_path).map_or(uuid::Uuid::nil(), |area| area.id.0);
    let fact = FieldworkFact::of_area(name, area, area_path, json!({ "homes": homes }));
    tx.record(&fact).await.map(drop)
}
