//! Loads and saves tasks; words from the door, and what a visit rule stands for, are sealed.

use super::keys;
use crate::access::require;
use crate::error::FieldworkError;
use crate::model::{
    CampaignId, Errand, FormId, NewTask, Outcome, Said, SubmissionId, TASK_KEEPING, Task, TaskId, TaskKind,
    TaskNote, TaskState, code_of, is_errand, is_rule,
};
use ::store::{Conn, Tx, row, sql, value};
use platform::{AccountId, DistrictId, Fault, FaultKind, Permission, Personal, Time};
use registry::RecordId;
use seal::{Context, Keyring};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::Zeroizing;

value!(TaskId as Uuid, |v| v.0, TaskId);
value!(CampaignId as Uuid, |v| v.0, CampaignId);

/// The column what is sealed of a task is bound to.
pub(crate) const CONTENT: &str = "fieldwork_task.content";
/// The labels of its keyed hashes.
const CAUSE: &str = "fieldwork.cause";
const CODE: &str = "fieldwork.code";

row! {
    /// A task as it is stored: what is sealed is still sealed.
    #[derive(Clone, Debug)]
    pub(crate) struct TaskRow {
        pub id: TaskId,
        pub kind: TaskKind,
        pub campaign_id: Option<CampaignId>,
        pub form_id: Option<FormId>,
        pub area_path: String,
        pub subject_id: RecordId,
        pub place_id: Option<RecordId>,
        pub from_on: String,
        pub due_on: String,
        pub state: TaskState,
        pub outcome: Option<Outcome>,
        pub tries: i64,
        pub tried_at: Option<Time>,
        pub done_at: Option<Time>,
        pub done_on_arrival: Option<Time>,
        pub done_by: Option<AccountId>,
        pub done_by_name: Option<String>,
        pub submission_id: Option<SubmissionId>,
        pub content: Vec<u8>,
        pub code: String,
        pub said: Option<Said>,
        pub said_at: Option<Time>,
        pub changed_at: Time,
    }
}

/// What of a task is sealed.
#[derive(Serialize, Deserialize)]
struct TaskContent {
    cause: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    errand: Option<Errand>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    notes: Vec<TaskNote>,
}

type NewColumns = (
    DistrictId,
    TaskId,
    TaskKind,
    String,
    Option<CampaignId>,
    Option<FormId>,
    String,
    RecordId,
    Option<RecordId>,
    String,
    String,
    TaskState,
    Vec<u8>,
    String,
    Time,
);

type EndColumns = (
    DistrictId,
    TaskId,
    TaskState,
    Option<Outcome>,
    i64,
    Option<Time>,
    Option<Time>,
    Option<Time>,
    Option<AccountId>,
    Option<String>,
    Option<SubmissionId>,
    Vec<u8>,
    Option<Said>,
    Option<Time>,
    Time,
);

sql! {
    /// Planned before: then that one stays as it is.
    INSERT: NewColumns =
        "insert into fieldwork_task (district, id, kind, cause, campaign_id, form_id, area_path, subject_id, place_id, from_on, due_on,
             state, tries, content, code, changed_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, $13, $14, $15) on conflict do nothing";
    FIND: (DistrictId, TaskId) -> TaskRow =
        "select id, kind, campaign_id, form_id, area_path, subject_id, place_id, from_on, due_on, state, outcome, tries, tried_at, done_at,
             done_on_arrival, done_by, done_by_name, submission_id, content, code, said, said_at, changed_at
         from fieldwork_task where district = $1 and id = $2";
    FIND_BY_CODE: (DistrictId, String) -> TaskRow =
        "select id, kind, campaign_id, form_id, area_path, subject_id, place_id, from_on, due_on, state, outcome, tries, tried_at, done_at,
             done_on_arrival, done_by, done_by_name, submission_id, content, code, said, said_at, changed_at
         from fieldwork_task where district = $1 and code = $2";
    UPDATE: EndColumns =
        "update fieldwork_task set state = $3, outcome = $4, tries = $5, tried_at = $6, done_at = $7, done_on_arrival = $8, done_by = $9,
             done_by_name = $10, submission_id = $11, content = $12, said = $13, said_at = $14, changed_at = $15
         where district = $1 and id = $2";
}

impl TaskRow {
    /// The task with its words, for a look, a device of its grid, or the house's own work.
    ///
    /// # Errors
    /// A changed byte, or the value of another row.
    pub(crate) fn open(self, keys: &Keyring, district: DistrictId) -> Result<Task, Fault> {
        let plain = keys.open(&Context { district, column: CONTENT, row: self.id.0 }, &self.content)?;
        let content: TaskContent = serde_json::from_slice(&plain).map_err(|e| {
            Fault::new(FaultKind::Corrupt, format!("{CONTENT} of {} cannot be read", self.id)).because(e)
        })?;
        Ok(Task {
            id: self.id,
            kind: self.kind,
            cause: content.cause,
            errand: content.errand,
            campaign: self.campaign_id,
            form: self.form_id,
            area_path: self.area_path,
            subject: self.subject_id,
            place: self.place_id,
            from_on: self.from_on,
            due_on: self.due_on,
            state: self.state,
            outcome: self.outcome,
            tries: self.tries,
            tried_at: self.tried_at,
            done_at: self.done_at,
            done_on_arrival: self.done_on_arrival,
            done_by: self.done_by,
            done_by_name: self.done_by_name,
            submission: self.submission_id,
            notes: Personal::new(content.notes),
            code: self.code,
            said: self.said,
            said_at: self.said_at,
            changed_at: self.changed_at,
        })
    }
}

fn sealed(
    keys: &Keyring,
    district: DistrictId,
    id: TaskId,
    (cause, errand): (&str, Option<&Errand>),
    notes: &[TaskNote],
) -> Result<Vec<u8>, Fault> {
    let content = TaskContent { cause: cause.to_owned(), errand: errand.cloned(), notes: notes.to_vec() };
    let plain = serde_json::to_vec(&content);
    let plain = Zeroizing::new(plain.map_err(|e| Fault::broken("words of a task are no JSON").because(e))?);
    keys.seal(&Context { district, column: CONTENT, row: id.0 }, &plain)
}

/// A cause as it stands in the open: of a rule and an errand its keyed hash.
pub(crate) fn cause_column(keys: &Keyring, cause: &str) -> String {
    let hidden = |kind: &str| format!("{kind}:{}", keys.blind(CAUSE, cause));
    match (is_rule(cause), is_errand(cause)) {
        (true, _) => hidden("rule"),
        (_, true) => hidden("errand"),
        _ => cause.to_owned(),
    }
}

/// Plans tasks that were not planned before; answers how many are new.
pub(crate) async fn insert(tx: &mut Tx, tasks: &[NewTask]) -> Result<u64, Fault> {
    let (district, keys, now) = (tx.district(), keys(tx)?, tx.present());
    let row = |new: &NewTask| -> Result<NewColumns, Fault> {
        let id = TaskId::new(now);
        Ok((
            district,
            id,
            new.kind,
            cause_column(&keys, &new.cause),
            new.campaign,
            new.form,
            new.area_path.clone(),
            new.subject,
            new.place,
            new.from_on.to_string(),
            new.due_on.to_string(),
            TaskState::Open,
            sealed(&keys, district, id, (&new.cause, new.errand.as_ref()), &[])?,
            code_of(&keys.blind(CODE, &id.to_string()).to_string()),
            now,
        ))
    };
    let rows = tasks.iter().map(row).collect::<Result<Vec<_>, _>>()?;
    tx.execute_many(&INSERT, rows).await
}

/// A task as it is stored.
pub(crate) async fn find(
    conn: &mut Conn,
    district: DistrictId,
    id: TaskId,
) -> Result<Option<TaskRow>, Fault> {
    conn.optional(&FIND, (district, id)).await
}

/// What a scanned code stands for.
pub(crate) async fn find_by_code(
    conn: &mut Conn,
    district: DistrictId,
    code: &str,
) -> Result<Option<TaskRow>, Fault> {
    conn.optional(&FIND_BY_CODE, (district, code.to_owned())).await
}

/// The task to change or to look at, found and allowed, or refused.
pub(crate) async fn load_for(
    tx: &mut Tx,
    id: TaskId,
    permission: &'static Permission,
) -> Result<Task, FieldworkError> {
    let (district, keys) = (tx.district(), keys(tx)?);
    let row = find(tx, district, id).await?.ok_or(FieldworkError::NotFound)?;
    require(tx.actor(), permission, &row.area_path)?;
    Ok(row.open(&keys, district)?)
}

/// Saves what became of a task. It is told to devices from the moment it is written at, however long ago it was decided on.
pub(crate) async fn save(tx: &mut Tx, task: &Task) -> Result<(), Fault> {
    let (district, keys) = (tx.district(), keys(tx)?);
    let what = (task.cause.as_str(), task.errand.as_ref());
    let content = sealed(&keys, district, task.id, what, task.notes.open(TASK_KEEPING))?;
    let row = (
        district,
        task.id,
        task.state,
        task.outcome,
        task.tries,
        task.tried_at,
        task.done_at,
        task.done_on_arrival,
        task.done_by,
        task.done_by_name.clone(),
        task.submission,
        content,
        task.said,
        task.said_at,
        tx.present(),
    );
    tx.execute(&UPDATE, row).await.map(drop)
}
