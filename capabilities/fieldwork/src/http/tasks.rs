//! Saying what became of a task.

use super::staff;
use crate::access::WORK;
use crate::commands::{self, Finish};
use crate::model::{Outcome, SubmissionId, Task, TaskId, TaskState};
use ::store::Tx;
use axum::Json;
use axum::extract::State;
use edge::{Body, Edge, PathOf, Who};
use platform::{Problem, Time};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What became of a task.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FinishBody {
    pub outcome: Outcome,
    /// Words from the door, at most 500 characters. Kept sealed.
    pub note: Option<String>,
    /// By the clock of the device. Kept beside the moment it came.
    pub at: Time,
    /// What was filled in at it.
    pub submission: Option<SubmissionId>,
}

/// How a task stands.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TaskEnd {
    pub id: TaskId,
    pub state: TaskState,
    /// What the first who ended it said.
    pub outcome: Option<Outcome>,
    pub tries: i64,
    pub done_at: Option<Time>,
    pub done_by: Option<String>,
    /// It was over before, or this had been said before: nothing was done again. Words are kept beside the first.
    pub again: bool,
}

impl TaskEnd {
    pub(crate) fn of(task: &Task, again: bool) -> Self {
        Self {
            id: task.id,
            state: task.state,
            outcome: task.outcome,
            tries: task.tries,
            done_at: task.done_at,
            done_by: task.done_by_name.clone(),
            again,
        }
    }
}

/// 任务的结果（无变化、有变化、无人在家……）；先说的算，后说的附在后面。What became of a task; whoever says it first ends it, what is said later is added.
#[utoipa::path(post, path = "/api/fieldwork/tasks/{id}/finish", tag = "fieldwork", operation_id = "finish_task", params(("id" = TaskId, Path)),
    request_body = FinishBody,
    responses((status = 200, body = TaskEnd), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn finish_task(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<TaskId>,
    Body(body): Body<FinishBody>,
) -> Result<Json<TaskEnd>, Problem> {
    let actor = staff(&who, &[&WORK])?;
    let FinishBody { outcome, note, at, submission } = body;
    let order = Finish { task: id, outcome, note, at, submission };
    let finish = async move |tx: &mut Tx| commands::finish(tx, order.clone()).await;
    let finished = edge.db.write(actor, finish).await?;
    Ok(Json(TaskEnd::of(&finished.task, finished.is_again)))
}
