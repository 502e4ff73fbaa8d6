//! What can be done on a phone, as it is sent.

use crate::model::{Choice, CommandId, FileHash, FormId, Outcome, SubmissionId, TaskId};
use cases::CaseId;
use platform::{PostId, Time};
use registry::{EnterBody, RecordId};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// What is to be done, by its kind.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(tag = "kind", content = "body", rename_all = "snake_case")]
pub enum CommandBody {
    /// Say what became of a task.
    Finish(FinishCommand),
    /// Send a filled form; the submission's id is the command's.
    Submit(SubmitCommand),
    /// Correct a record, beside what others changed meanwhile.
    Amend(AmendCommand),
    /// Say that values still hold.
    Confirm(ConfirmCommand),
    /// Enter a record; its id is the command's.
    Enter(EnterBody),
    /// Report something; the case's id is the command's.
    Report(ReportCommand),
    /// Take an action of the workflow on a case.
    Act(ActCommand),
    /// Decide whose values stay.
    Settle(SettleCommand),
    /// Serve a post from now on, as its stand-in.
    TakeOver(TakeOverCommand),
}

/// Kinds a command may have, as they are sent.
pub const KINDS: [&str; 9] =
    ["finish", "submit", "amend", "confirm", "enter", "report", "act", "settle", "take_over"];

/// What became of a task.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FinishCommand {
    pub task: TaskId,
    pub outcome: Outcome,
    /// Words from the door, at most 500 characters.
    pub note: Option<String>,
    /// What was filled in at it.
    pub submission: Option<SubmissionId>,
}

/// A filled form. When it was filled is the command's time.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SubmitCommand {
    pub form: FormId,
    /// The number of the version it was filled with.
    pub version: i64,
    /// As crates/forms writes them. A file is named by its hash, or by a name that its upload gives as `question`.
    #[schema(value_type = Object)]
    pub answers: Value,
    pub place: Option<SubmitPlace>,
    /// Without a place: the path of the grid; without either, the only one of whoever fills.
    pub area: Option<String>,
    /// The record of the register it is about.
    pub subject: Option<RecordId>,
    /// The versions of the records that were before the eyes of whoever filled it.
    #[serde(default)]
    pub seen: BTreeMap<RecordId, i64>,
    /// Paths of questions that were shown as known and not asked.
    #[serde(default)]
    pub known: Vec<String>,
}

/// A point, WGS-84.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SubmitPlace {
    pub lon: f64,
    pub lat: f64,
}

/// Other values for a record, at the door.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AmendCommand {
    pub record: RecordId,
    /// The version that was seen.
    pub base_version: i64,
    /// What was seen, by the keys of the catalogue; null where there was nothing.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub base: BTreeMap<String, Value>,
    /// Null takes a value out.
    #[schema(value_type = Object)]
    pub values: BTreeMap<String, Value>,
    /// What proves them, in words.
    pub evidence: Option<String>,
}

/// Values that still hold.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmCommand {
    pub record: RecordId,
    /// The version that was seen: what others changed since is not confirmed.
    pub version: Option<i64>,
    /// Empty: all it has.
    #[serde(default)]
    pub fields: Vec<String>,
}

/// Something a worker saw.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportCommand {
    /// The type's code; absent: the best suggestion from the words.
    #[serde(rename = "type")]
    pub type_code: Option<String>,
    #[serde(default)]
    pub words: String,
    pub place: ReportPlace,
    /// Files, by their hashes; they may come later.
    #[serde(default)]
    pub photos: Vec<FileHash>,
    /// Answers to the type's questions, by code.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub answers: BTreeMap<String, Value>,
    /// Hide it from neighbours.
    #[serde(default)]
    pub hidden: bool,
}

/// One of: a point (WGS-84), an address in words, a grid's code.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportPlace {
    pub lon: Option<f64>,
    pub lat: Option<f64>,
    pub address: Option<String>,
    pub grid: Option<String>,
}

/// An action on a case.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActCommand {
    pub case: CaseId,
    /// The workflow's name.
    pub action: String,
    /// The version that was seen; absent: whatever it is now.
    pub version: Option<i64>,
    /// A code of the action's closed list.
    pub reason: Option<String>,
    pub note: Option<String>,
    /// Files, by their hashes: the action waits until they have come.
    #[serde(default)]
    pub photos: Vec<FileHash>,
    /// The post it is given to.
    pub post: Option<PostId>,
}

/// Whose values stay, field by field.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SettleCommand {
    /// The command that clashed.
    pub clash: CommandId,
    pub choices: BTreeMap<String, Choice>,
}

/// A post whose worker is away.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TakeOverCommand {
    pub post: PostId,
    /// Absent: until the end of the day on which it comes.
    pub until: Option<Time>,
    /// Why; may be left out. Kept sealed.
    #[serde(default)]
    pub reason: String,
}
