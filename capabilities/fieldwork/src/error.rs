//! What fieldwork refuses, each with a stable code and a sentence a clerk understands.

use crate::campaigns::GridLoad;
use crate::http::DayWordsView;
use crate::model::{
    AnswerFinding, CampaignState, DayWords, FormFinding, FormState, KnownField, Outcome, TaskKind,
};
use axum::http::StatusCode;
use platform::{Fault, Permission, Problem, Refusal, Words};
use territory::TerritoryError;

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
    /// Nothing a task of this kind can come to.
    #[error("a {} does not come to {}", .kind.as_str(), .outcome.as_str())]
    WrongOutcome { kind: TaskKind, outcome: Outcome },
    #[error("{} answers do not hold", .0.len())]
    Answers(Vec<AnswerFinding>),
    /// The id was used for other answers.
    #[error("the submission's id is taken")]
    IdTaken,
    #[error("an account has at most {keys_max} keys")]
    TooManyKeys { keys_max: usize },
    /// The submission it is to take the place of is another's, or was replaced.
    #[error("the submission cannot be replaced")]
    NotReplaced,
    /// Somebody, perhaps oneself on another device, changed the words of the day meanwhile; as they are now, if there are any.
    #[error("the words of the day were changed meanwhile")]
    DayChanged(Option<Box<DayWords>>),
    #[error("no purpose was given that opens this")]
    NoPurpose,
    /// Not possible from the state the campaign is in.
    #[error("the campaign is {}", .state.as_str())]
    CampaignState { state: CampaignState },
    #[error("a campaign has at most {doors_max} doors")]
    TooManyDoors { doors_max: i64 },
    /// Grids whose workers have not the hours for it.
    #[error("{} grids are beyond their hours", .0.len())]
    BeyondHours(Vec<GridLoad>),
    #[error("the route has ended")]
    RouteEnded,
    /// Changed since it was seen.
    #[error("it is version {present} by now")]
    Stale { present: i64 },
    /// Whoever serves no post of a grid has nothing to carry along.
    #[error("there is no grid to carry")]
    NoGrid,
    /// A refusal of a capability below.
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

impl From<TerritoryError> for FieldworkError {
    /// A fault stays one: it may be a lost race, and the write is tried again.
    fn from(error: TerritoryError) -> Self {
        match error {
            TerritoryError::Fault(fault) => Self::Fault(fault),
            refusal => refusal.problem().into(),
        }
    }
}

impl From<Problem> for FieldworkError {
    fn from(problem: Problem) -> Self {
        Self::Problem(Box::new(problem))
    }
}

impl From<registry::RegistryError> for FieldworkError {
    fn from(e: registry::RegistryError) -> Self {
        match e {
            registry::RegistryError::Fault(fault) => Self::Fault(fault),
            refusal => Self::Problem(Box::new(refusal.problem())),
        }
    }
}

impl From<cases::CaseError> for FieldworkError {
    fn from(e: cases::CaseError) -> Self {
        match e {
            cases::CaseError::Fault(fault) => Self::Fault(fault),
            other => other.problem().into(),
        }
    }
}

pub(crate) fn conflict(code: &'static str, zh: &'static str, en: &'static str) -> Problem {
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
            Self::WrongOutcome { kind, outcome } => Problem::invalid(
                "fieldwork.wrong_outcome",
                "outcome",
                Words::of("这类任务没有这个结果。", "A task of this kind does not end so."),
            )
            .with("kind", kind)
            .with("outcome", outcome),
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
            Self::TooManyKeys { keys_max } => conflict(
                "fieldwork.too_many_keys",
                "采集码太多，请先停用不用的。",
                "Too many keys: revoke those that are not used.",
            )
            .with("keys_max", keys_max),
            Self::NotReplaced => conflict(
                "fieldwork.not_replaced",
                "要改的那份填写不是您的，或者已经改过，请重新打开再改。",
                "What this is to replace is somebody else's, or was replaced already.",
            ),
            Self::DayChanged(now) => conflict(
                "fieldwork.day_changed",
                "这一天的补充刚被改过，请看过现在的内容再保存。",
                "The words of this day were changed meanwhile: look at them before you save.",
            )
            .with("now", now.as_deref().map(DayWordsView::from)),
            Self::NoPurpose => Problem::invalid(
                "fieldwork.no_purpose",
                "purpose",
                Words::of(
                    "请说明为什么要看，并从目录里选择。",
                    "State why you open this, by a purpose of the list.",
                ),
            ),
            Self::CampaignState { state } => conflict(
                "fieldwork.campaign_state",
                "专项任务现在不能这样做。",
                "The campaign is not where this can be done.",
            )
            .with("state", state),
            Self::TooManyDoors { doors_max } => Problem::invalid(
                "fieldwork.too_many_doors",
                "target",
                Words::new(
                    format!("一个专项任务最多 {doors_max} 户，请按区域分开。"),
                    format!("A campaign has at most {doors_max} doors: cut it by area."),
                ),
            )
            .with("doors_max", doors_max),
            Self::BeyondHours(grids) => Problem::invalid(
                "fieldwork.beyond_hours",
                "beyond_reason",
                Words::new(
                    format!("有 {} 个网格时间不够；延长时间，或写明理由再发布。", grids.len()),
                    format!("{} grids have not the hours: make the period longer, or say why.", grids.len()),
                ),
            )
            .with("grids", grids),
            Self::RouteEnded => {
                conflict("fieldwork.route_ended", "这条巡查路线已经停用。", "This route has ended.")
            }
            Self::Stale { present } => conflict(
                "fieldwork.stale",
                "别人已经改过，请看过新的再改。",
                "It was changed since: look at it as it is now.",
            )
            .with("present", present),
            Self::NoGrid => Problem::invalid(
                "fieldwork.no_grid",
                "device",
                Words::of(
                    "您现在没有在任何网格任职，没有可带走的内容。",
                    "You serve no post of a grid now: there is nothing to carry along.",
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
