//! People and their own data: proving to be somebody, mandates, what may be asked of a desk, and the desk's answer.

mod ask;
mod claim;
mod decide;
mod mandate;

pub(crate) use ask::is_correctable;
pub use ask::{AskFor, ask, ask_on_paper, withdraw};
pub use claim::{Claim, claim, lift_restriction};
pub(crate) use claim::{Own, own_person, owns};
pub(crate) use decide::remind;
pub use decide::{Decide, decide};
pub use mandate::{GrantMandate, end_mandate, grant_mandate};

use crate::error::RegistryError;
use axum::http::StatusCode;
use platform::{Problem, Words};

/// Characters of words a person or desk writes.
pub(crate) const WORDS_CHARS_MAX: usize = 500;
/// Characters of what proves something; also what a value's origin can hold.
pub(crate) const EVIDENCE_CHARS_MAX: usize = 200;

/// A refusal that is stated once.
fn refusal(status: StatusCode, code: &'static str, words: Words) -> RegistryError {
    RegistryError::from(Problem::new(status, code, words))
}

/// Words within their limits, without white space at the ends.
pub(super) fn checked_words(
    field: &'static str,
    text: &str,
    chars_min: usize,
    chars_max: usize,
) -> Result<String, RegistryError> {
    let text = text.trim();
    if (chars_min..=chars_max).contains(&text.chars().count()) {
        return Ok(text.to_owned());
    }
    Err(RegistryError::Invalid {
        field,
        code: "registry.bad_words",
        words: Words::new(
            format!("请写 {chars_min} 到 {chars_max} 个字。"),
            format!("Please write {chars_min} to {chars_max} characters."),
        ),
    })
}
