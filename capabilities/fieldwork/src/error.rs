//! What fieldwork refuses, each with a stable code and a sentence a clerk understands.

use crate::model::{AnswerFinding, FormFinding, FormState, KnownField};
use axum::http::StatusCode;
use platform::{Fault, Permission, Problem, Refusal, Words};

/// A refusal, or a fault on the way.
#[derive(Debug, thiserror::Error)]
pub enum FieldworkError {
    #[error("no such form or submission, or not yours to see")]
    NotFound,
    #[error("permission {} is missing", .0.name)]
    Forbidden(&'static Permission),
    #[error("field {field} does not hold: {code}")]
    Invalid { field: &'static str, code: &'static str, words: Words },
    /// A workbook that is no form.
    #[error("the workbook has {} faults", .faults.len())]
    Workbook { faults: Vec<FormFinding>, told: Vec<FormFinding> },
    /// Questions whose answers the register has, which are asked all the same.
    #[error("the form asks {} known things", .0.len())]
    AsksKnown(Vec<KnownField>),
    #[error("a form of this name belongs to another desk")]
    KeyTaken,
    #[error("a form has at most {versions_max} versions")]
    TooManyVersions { versions_max: i64 },
    /// Not possible from the state the version is in.
    #[error("the version is {}", .state.as_str())]
    WrongState { state: FormState },
    #[error("{} answers do not hold", .0.len())]
    Answers(Vec<AnswerFinding>),
    /// The id was used for other answers.
    #[error("the submission's id is taken")]
    IdTaken,
    #[error("no purpose was given that opens this")]
    NoPurpose,
    #[error("{}", .0.code)]
    Problem(Box<Problem>),
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl FieldworkError {
    pub(crate) fn invalid(
        field: &'static str,
        code: &'static str,
        zh: &'static str,
        en: &'static str,
    ) -> Self {
        Self::Invalid { field, code, words: Words::of(zh, en) }
    }
}

impl From<Problem> for FieldworkError {
    fn from(problem: Problem) -> Self {
        Self::Problem(Box::new(problem))
    }
}

fn conflict(code: &'static str, zh: &'static str, en: &'static str) -> Problem {
    Problem::new(StatusCode::CONFLICT, code, Words::of(zh, en))
}

impl Refusal for FieldworkError {
    fn problem(&self) -> Problem {
        match self {
            Self::NotFound => Problem::not_found(),
            Self::Forbidden(permission) => Problem::forbidden().with("permission", permission.name),
            Self::Invalid { field, code, words } => Problem::invalid(*code, *field, words.clone()),
            Self::Workbook { faults, told } => Problem::invalid(
                "fieldwork.bad_workbook",
                "file",
                Words::new(
                    format!("表单有 {} 处要改，没有保存。", faults.len()),
                    format!("{} things to mend; nothing was kept.", faults.len()),
                ),
            )
            .with("faults", faults)
            .with("told", told),
            Self::AsksKnown(known) => Problem::invalid(
                "fieldwork.asks_known",
                "form",
                Words::new(
                    format!("有 {} 项登记里已经有了，不能再问；请预填（mulin::prefill）。", known.len()),
                    format!(
                        "{} questions ask for what the register knows: prefill them (mulin::prefill).",
                        known.len()
                    ),
                ),
            )
            .with("known", known),
            Self::KeyTaken => conflict(
                "fieldwork.key_taken",
                "这个表单标识别的部门已在用，请换一个 form_id。",
                "A form of this form_id belongs to another desk: choose another.",
            )
            .field("file"),
            Self::TooManyVersions { versions_max } => conflict(
                "fieldwork.too_many_versions",
                "这个表单的版本太多，请另起一个 form_id。",
                "This form has too many versions: begin another form_id.",
            )
            .with("versions_max", versions_max),
            Self::WrongState { state } => wrong_state(*state),
            Self::Answers(faults) => Problem::invalid(
                "fieldwork.bad_answers",
                "answers",
                Words::new(
                    format!("有 {} 处回答要改。", faults.len()),
                    format!("{} answers have to be mended.", faults.len()),
                ),
            )
            .with("faults", faults),
            Self::IdTaken => conflict(
                "fieldwork.id_taken",
                "这个编号已用于另一份填写内容。",
                "This id was used for other answers.",
            )
            .field("id"),
            Self::NoPurpose => Problem::invalid(
                "fieldwork.no_purpose",
                "purpose",
                Words::of(
                    "请说明为什么要看，并从目录里选择。",
                    "State why you open this, by a purpose of the list.",
                ),
            ),
            Self::Problem(problem) => (**problem).clone(),
            Self::Fault(fault) => Problem::from(fault),
        }
    }
}

fn wrong_state(state: FormState) -> Problem {
    let (code, zh, en) = match state {
        FormState::Draft => ("fieldwork.is_draft", "这一版还没有发布。", "This version was not published."),
        FormState::Live => ("fieldwork.is_live", "这一版已经发布。", "This version is published."),
        FormState::Withdrawn => ("fieldwork.is_withdrawn", "这一版已经停用。", "This version was withdrawn."),
    };
    conflict(code, zh, en).with("state", state)
}

impl From<FieldworkError> for Problem {
    /// The edge's answer; a fault is logged here, once.
    fn from(e: FieldworkError) -> Self {
        if let FieldworkError::Fault(fault) = &e {
            tracing::error!("A request to fieldwork failed: {fault:?}");
        }
        e.problem()
    }
}
