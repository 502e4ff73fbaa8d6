//! What the register refuses, each with a stable code and a sentence a clerk understands.

use crate::model::{Kind, RecordId, ShapeFault};
use axum::http::StatusCode;
use platform::{Fault, Permission, Problem, Refusal, Words};

/// A refusal, or a fault on the way.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    #[error("no such record, or not yours to see")]
    NotFound,
    #[error("permission {} is missing", .0.name)]
    Forbidden(&'static Permission),
    #[error("field {field} does not hold: {}", .fault.code)]
    Value { field: String, fault: ShapeFault },
    #[error("field {field} does not hold: {code}")]
    Invalid { field: &'static str, code: &'static str, words: Words },
    #[error("{} has no field {field}", .kind.as_str())]
    NoSuchField { kind: Kind, field: String },
    #[error("version {seen} is not the present {present}")]
    Stale { seen: i64, present: i64, changed: Vec<String> },
    #[error("the record is not live")]
    Over,
    #[error("{id} stands in the way")]
    Taken { code: &'static str, words: Words, id: RecordId },
    #[error("records were changed since")]
    ChangedSince { records: Vec<RecordId> },
    #[error("no such deed, or nothing of it is left to undo")]
    NothingToUndo,
    #[error("no purpose was given that opens this")]
    NoPurpose,
    #[error("the person asked that this is only stored")]
    Restricted,
    #[error("too many records were opened in too short a time")]
    TooMuch { retry_after_s: u64 },
    #[error("{}", .0.code)]
    Problem(Box<Problem>),
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl RegistryError {
    pub(crate) fn invalid(
        field: &'static str,
        code: &'static str,
        zh: &'static str,
        en: &'static str,
    ) -> Self {
        Self::Invalid { field, code, words: Words::of(zh, en) }
    }

    pub(crate) fn taken(code: &'static str, zh: &'static str, en: &'static str, id: RecordId) -> Self {
        Self::Taken { code, words: Words::of(zh, en), id }
    }
}

impl From<Problem> for RegistryError {
    fn from(problem: Problem) -> Self {
        Self::Problem(Box::new(problem))
    }
}

fn conflict(code: &'static str, zh: &'static str, en: &'static str) -> Problem {
    Problem::new(StatusCode::CONFLICT, code, Words::of(zh, en))
}

impl Refusal for RegistryError {
    fn problem(&self) -> Problem {
        match self {
            Self::NotFound => Problem::not_found(),
            Self::Forbidden(permission) => Problem::forbidden().with("permission", permission.name),
            Self::Value { field, fault } => Problem::invalid(fault.code, field.clone(), fault.words.clone()),
            Self::Invalid { field, code, words } => Problem::invalid(*code, *field, words.clone()),
            Self::NoSuchField { kind, field } => Problem::invalid(
                "registry.no_such_field",
                field.clone(),
                Words::of(
                    "登记目录里没有这一项，不能登记。",
                    "The catalogue has no such field: it cannot be kept.",
                ),
            )
            .with("kind", kind),
            Self::Stale { seen, present, changed } => conflict(
                "registry.stale",
                "别人刚刚改过这条记录，请看过最新情况再保存。",
                "Somebody changed this record just now. Please look again before you save.",
            )
            .field("version")
            .with("seen", seen)
            .with("present", present)
            .with("changed", changed),
            Self::Over => conflict(
                "registry.over",
                "这条记录已注销或合并，不能再改。",
                "This record has ended or was merged; it cannot be changed.",
            ),
            Self::Taken { code, words, id } => {
                Problem::new(StatusCode::CONFLICT, *code, words.clone()).with("record", id)
            }
            Self::ChangedSince { records } => conflict(
                "registry.changed_since",
                "之后又有人改过，不能整体撤销，请逐条处理。",
                "Some of these records were changed since; they cannot be undone together.",
            )
            .with("records", records),
            Self::NothingToUndo => {
                conflict("registry.nothing_to_undo", "没有可以撤销的内容。", "There is nothing to undo.")
            }
            Self::NoPurpose => Problem::invalid(
                "registry.no_purpose",
                "purpose",
                Words::of(
                    "请说明为什么要看，并从目录里选择。",
                    "State why you open this, by a purpose of the list.",
                ),
            ),
            Self::Restricted => Problem::new(
                StatusCode::FORBIDDEN,
                "registry.restricted",
                Words::of(
                    "本人要求限制使用，只保存、不查看；有急事可写明紧急情况。",
                    "The person asked that this is only stored and not used; in an emergency, state it.",
                ),
            ),
            Self::TooMuch { retry_after_s } => Problem::new(
                StatusCode::TOO_MANY_REQUESTS,
                "registry.too_much",
                Words::of(
                    "短时间内查看的记录太多，请稍后再看；已通知安全管理员。",
                    "Too many records in too short a time. Please wait; the security administrator was told.",
                ),
            )
            .with("retry_after_s", retry_after_s),
            Self::Problem(problem) => (**problem).clone(),
            Self::Fault(fault) => Problem::from(fault),
        }
    }
}

impl From<RegistryError> for Problem {
    /// The edge's answer; a fault is logged here, once.
    fn from(e: RegistryError) -> Self {
        if let RegistryError::Fault(fault) = &e {
            tracing::error!("A request to the register failed: {fault:?}");
        }
        e.problem()
    }
}
