//! Values and rules of fieldwork. No IO, no await, no clock, no SQL: a rule takes what it needs and gives back what follows.

mod burden;
mod finding;
mod known;
mod mask;
mod state;
mod submission;

pub use burden::Burden;
pub use finding::{AnswerFinding, ChangeFinding, FormFinding};
pub use known::{KnownField, known_fields, unknown_fields};
pub use mask::{MASK, Reader, shown};
pub use state::FormState;
pub use submission::{Content, KEEPING, Stray, Submission};

platform::id!(
    /// A form through all its versions.
    FormId, "form"
);
platform::id!(
    /// What was filled in once; made by the device that filled it.
    SubmissionId, "submission"
);

/// Versions one form may have.
pub const VERSIONS_MAX: i64 = 200;
/// Bytes of a workbook: ten thousand questions need three.
pub const WORKBOOK_BYTES_MAX: u64 = 10 * platform::limits::MIB;
