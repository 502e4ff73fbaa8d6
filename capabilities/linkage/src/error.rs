//! What linkage refuses, each with a stable code and a sentence a clerk understands.

use axum::http::StatusCode;
use platform::{Fault, Permission, Problem, Refusal, Words};

/// A refusal, or a fault on the way.
#[derive(Debug, thiserror::Error)]
pub enum LinkageError {
    #[error("there is no such thing, or it is not yours to see")]
    NotFound,
    #[error("permission {} is missing", .0.name)]
    Forbidden(&'static Permission),
    #[error("field {field} does not hold: {code}")]
    Invalid { field: &'static str, code: &'static str, words: Words },
    #[error("it stands otherwise: {code}")]
    Conflict { code: &'static str, words: Words },
    #[error("it was seen otherwise; it is version {present} now")]
    Stale { present: i64 },
    /// A message of a partner that is not believed.
    #[error(transparent)]
    NotBelieved(courier::signature::Disbelief),
    /// A refusal of a lower capability, as it was said there.
    #[error("{}", .0.code)]
    Problem(Box<Problem>),
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl LinkageError {
    pub(crate) fn invalid(
        field: &'static str,
        code: &'static str,
        zh: impl Into<String>,
        en: impl Into<String>,
    ) -> Self {
        Self::Invalid { field, code, words: Words::new(zh.into(), en.into()) }
    }

    pub(crate) fn conflict(code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::Conflict { code, words: Words::new(zh.into(), en.into()) }
    }
}

impl From<Problem> for LinkageError {
    fn from(problem: Problem) -> Self {
        Self::Problem(Box::new(problem))
    }
}

impl From<cases::CaseError> for LinkageError {
    fn from(e: cases::CaseError) -> Self {
        match e {
            cases::CaseError::Fault(fault) => Self::Fault(fault),
            other => other.problem().into(),
        }
    }
}

impl Refusal for LinkageError {
    fn problem(&self) -> Problem {
        match self {
            Self::NotFound => Problem::not_found(),
            Self::Forbidden(permission) => Problem::forbidden().with("permission", permission.name),
            Self::Invalid { field, code, words } => Problem::invalid(*code, *field, words.clone()),
            Self::Conflict { code, words } => Problem::new(StatusCode::CONFLICT, *code, words.clone()),
            Self::Stale { present } => {
                let words = Words::of(
                    "别人已经改过，请看过新的再改。",
                    "It was changed since: look at it as it is now.",
                );
                Problem::new(StatusCode::CONFLICT, "linkage.stale", words).with("present", present)
            }
            Self::NotBelieved(disbelief) => {
                let words = Words::new(
                    "签名核对不上，消息没有收下。".to_owned(),
                    format!("The message was not taken: {disbelief}."),
                );
                Problem::new(StatusCode::UNAUTHORIZED, "linkage.not_believed", words)
            }
            Self::Problem(problem) => (**problem).clone(),
            Self::Fault(fault) => Problem::from(fault),
        }
    }
}

impl From<LinkageError> for Problem {
    fn from(error: LinkageError) -> Self {
        error.problem()
    }
}
