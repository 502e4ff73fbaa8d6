//! What messages refuse, each with a stable code and a sentence a clerk understands.

use axum::http::StatusCode;
use platform::{Fault, Permission, Problem, Refusal, Words};

/// A refusal, or a fault on the way.
#[derive(Debug, thiserror::Error)]
pub enum MessageError {
    #[error("there is no such thing")]
    NotFound,
    #[error("permission {} is missing", .0.name)]
    Forbidden(&'static Permission),
    #[error("field {field} does not hold: {code}")]
    Invalid { field: &'static str, code: &'static str, words: Words },
    #[error("it stands otherwise: {code}")]
    Conflict { code: &'static str, words: Words },
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl MessageError {
    pub(crate) fn invalid(
        field: &'static str,
        code: &'static str,
        zh: impl Into<String>,
        en: impl Into<String>,
    ) -> Self {
        Self::Invalid { field, code, words: Words::new(zh.into(), en.into()) }
    }

    pub(crate) fn stale() -> Self {
        let words =
            Words::of("别人已经改过，请看过新的再改。", "It was changed since: look at it as it is now.");
        Self::Conflict { code: "messages.stale", words }
    }
}

impl Refusal for MessageError {
    fn problem(&self) -> Problem {
        match self {
            Self::NotFound => Problem::not_found(),
            Self::Forbidden(permission) => Problem::forbidden().with("permission", permission.name),
            Self::Invalid { field, code, words } => Problem::invalid(*code, *field, words.clone()),
            Self::Conflict { code, words } => Problem::new(StatusCode::CONFLICT, *code, words.clone()),
            Self::Fault(fault) => Problem::from(fault),
        }
    }
}

impl From<MessageError> for Problem {
    fn from(error: MessageError) -> Self {
        error.problem()
    }
}
