//! Saying what became of a task: once, whoever says it first.

use super::visits::confirm_unchanged;
use crate::access::WORK;
use crate::campaigns::after_absent;
use crate::error::FieldworkError;
use crate::facts::{FieldworkFact, TASK_ADDED, TASK_ENDED, TASK_TRIED};
use crate::model::{Effect, Outcome, SubmissionId, Task, TaskId, Told};
use crate::store;
use ::store::Tx;
use platform::{Time, Words};
use serde_json::json;

/// What a worker says became of a task.
#[derive(Clone, Debug)]
pub(crate) struct Finish {
    pub task: TaskId,
    pub outcome: Outcome,
    /// Words from the door.
    pub note: Option<String>,
    /// By the clock of the device.
    pub at: Time,
    /// What was filled in at it.
    pub submission: Option<SubmissionId>,
}

/// What became of it.
#[derive(Clone, Debug)]
pub(crate) struct Finished {
    pub task: Task,
    /// It was over before, or this had been said before: nothing was done again.
    pub is_again: bool,
}

/// Takes in what a worker says became of a task. The same again changes nothing; after the end it is added to what was said.
///
/// # Errors
/// Not there, not theirs, no outcome of such a task, a moment or a note that cannot be meant.
pub(crate) async fn finish(tx: &mut Tx, order: Finish) -> Result<Finished, FieldworkError> {
    let task = store::tasks::load_for(tx, order.task, &WORK).await?;
    if !(Time::ENTERED_MIN..=Time::ENTERED_MAX).contains(&order.at) {
        let words = Words::of("完成时间不对。", "This is no time of doing it.");
        return Err(FieldworkError::Invalid { field: "at", code: "fieldwork.bad_time", words });
    }
    let told = Told {
        outcome: order.outcome,
        words: order.note,
        at: order.at,
        by: tx.actor().account,
        by_name: tx.actor().name.to_string(),
        submission: order.submission,
    };
    let (task, effect) = task.tell(told, tx.now())?;
    if let Some(name) = fact_of(effect) {
        store::tasks::save(tx, &task).await?;
        if effect == Effect::Tried {
            after_absent(tx, &task).await?;
        }
        let data =
            json!({ "kind": task.kind, "outcome": order.outcome, "tries": task.tries, "at": order.at });
        tx.record(&FieldworkFact::of_task(name, &task, data)).await?;
    }
    if effect == Effect::Ended && order.outcome == Outcome::Unchanged {
        confirm_unchanged(tx, &task).await?;
    }
    Ok(Finished { task, is_again: matches!(effect, Effect::Again | Effect::Added) })
}

const fn fact_of(effect: Effect) -> Option<&'static str> {
    match effect {
        Effect::Ended => Some(TASK_ENDED),
        Effect::Tried => Some(TASK_TRIED),
        Effect::Added => Some(TASK_ADDED),
        Effect::Again => None,
    }
}
