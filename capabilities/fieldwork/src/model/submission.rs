//! What was filled in, by whom, where and when.

use super::{FormId, SubmissionId, WriteBack};
use platform::{AccountId, Personal, Purpose, Time};
use registry::RecordId;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Answers are opened to be compared, sealed again and masked; nobody sees them by that.
pub const KEEPING: Purpose = Purpose("keeping what was filled in");

/// One set of answers.
#[derive(Clone, Debug)]
pub struct Submission {
    pub id: SubmissionId,
    pub form: FormId,
    /// Of the version it was filled with.
    pub number: i64,
    pub area_path: String,
    pub by_account: Option<AccountId>,
    pub by_name: String,
    /// By the clock of the device, which may be wrong.
    pub filled_at: Time,
    /// By ours.
    pub received_at: Time,
    /// The version had been withdrawn when it came.
    pub is_withdrawn: bool,
    /// The one that came in its place.
    pub replaced_by: Option<SubmissionId>,
    pub spared: Spared,
    pub content: Personal<Content>,
}

/// How much of a form was not asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Spared {
    /// Questions that were asked or shown.
    pub questions: i64,
    /// Of them: known and fresh, so only shown.
    pub known: i64,
}

/// What of a submission is sealed.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Content {
    /// As crates/forms writes them: what was asked, and nothing else.
    pub answers: Value,
    /// What came along and no question asks for: kept, never among the answers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub strays: Vec<Stray>,
    /// Longitude and latitude where whoever filled it pressed "here".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<(f64, f64)>,
    /// The record of the register it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<RecordId>,
    /// What became of the answers that belong to the register.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub writes: Vec<WriteBack>,
}

impl Content {
    /// Whether another says the same; what the register made of it is ours.
    fn is_same(&self, other: &Self) -> bool {
        let of = |one: &Self| (one.place, one.subject);
        self.answers == other.answers && self.strays == other.strays && of(self) == of(other)
    }
}

/// A value no question asks for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Stray {
    pub path: String,
    pub text: String,
}

impl Submission {
    /// Whether another is the same sent again: by the same account, with the same version, and the same inside. The clock of a device may
    /// have been set meanwhile.
    pub fn is_same(&self, other: &Self) -> bool {
        let of = |one: &Self| (one.form, one.number, one.by_account);
        of(self) == of(other) && self.content.open(KEEPING).is_same(other.content.open(KEEPING))
    }
}
