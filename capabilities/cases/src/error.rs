//! The refusals of cases, each with a stable code and a sentence.

use crate::catalogue::NotOnTheList;
use http::StatusCode;
use platform::{Fault, Problem, Refusal, Words};

/// Why something asked of a case was not done.
#[derive(Debug, thiserror::Error)]
pub enum CaseError {
    #[error("no such case, or not yours to see")]
    NotFound,
    #[error("field {field} does not hold: {words:?}")]
    Invalid { field: &'static str, code: &'static str, words: Words },
    #[error("the place lies outside the district")]
    Outside,
    #[error("the workflow refuses: {}", .0.code())]
    Step(flow::Refusal),
    #[error("the duty list does not name it for a grid worker")]
    NotOnTheList(Box<NotOnTheList>),
    #[error("version {seen} is not the present {present}")]
    Stale { seen: i64, present: i64, now: Box<serde_json::Value> },
    #[error("the same id was used for another report")]
    IdUsed,
    #[error("it stands otherwise: {code}")]
    Conflict { code: &'static str, words: Words },
    #[error("number and code do not fit together")]
    WrongCode,
    #[error("permission {} is missing", .0.name)]
    Forbidden(&'static platform::Permission),
    #[error(transparent)]
    Refused(#[from] Box<Problem2>),
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// A ready-made problem, from the edge or another capability.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.code)]
pub struct Problem2(pub Problem);

impl From<Problem> for CaseError {
    fn from(problem: Problem) -> Self {
        Self::Refused(Box::new(Problem2(problem)))
    }
}

impl CaseError {
    pub fn invalid(
        field: &'static str,
        code: &'static str,
        zh: impl Into<String>,
        en: impl Into<String>,
    ) -> Self {
        Self::Invalid { field, code, words: Words::new(zh, en) }
    }

    pub fn conflict(code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::Conflict { code, words: Words::new(zh, en) }
    }
}

impl Refusal for CaseError {
    fn problem(&self) -> Problem {
        match self {
            Self::NotFound => Problem::not_found(),
            Self::Invalid { field, code, words } => Problem::invalid(*code, *field, words.clone()),
            Self::Outside => Problem::invalid(
                "cases.outside",
                "place",
                Words::of("这个地点不在本区范围内。", "This place is not in our district."),
            )
            .detail(Words::of(
                "请拨打 12345，由市里转给当地办理。",
                "Please call 12345; the city passes it on.",
            ))
            .with("hotline", "12345"),
            Self::Step(refusal) => step_problem(refusal),
            Self::NotOnTheList(refusal) => Problem::new(
                StatusCode::CONFLICT,
                "cases.not_on_the_list",
                Words::new(refusal.sentence(platform::Lang::Zh), refusal.sentence(platform::Lang::En)),
            )
            .field("post")
            .with("list_page", refusal.href()),
            Self::Stale { seen, present, now } => Problem::new(
                StatusCode::CONFLICT,
                "cases.stale",
                Words::of(
                    "别人刚刚改动过这件事，请看过最新情况再操作。",
                    "Somebody changed this case just now. Please look again.",
                ),
            )
            .field("version")
            .with("seen", seen)
            .with("present", present)
            .with("case", now),
            Self::IdUsed => Problem::new(
                StatusCode::CONFLICT,
                "cases.id_used",
                Words::of("这个编号已用于另一份报告。", "This id was used for another report."),
            )
            .field("id"),
            Self::Conflict { code, words } => Problem::new(StatusCode::CONFLICT, *code, words.clone()),
            Self::WrongCode => Problem::new(
                StatusCode::FORBIDDEN,
                "cases.wrong_code",
                Words::of(
                    "编号和查询码对不上，请核对后再试。",
                    "Number and code do not fit together. Please check them.",
                ),
            ),
            Self::Forbidden(permission) => Problem::forbidden().with("permission", permission.name),
            Self::Refused(problem) => problem.0.clone(),
            Self::Fault(fault) => Problem::from(fault),
        }
    }
}

fn step_problem(refusal: &flow::Refusal) -> Problem {
    let words = refusal.words();
    let status = if refusal.is_about_who() { StatusCode::FORBIDDEN } else { StatusCode::CONFLICT };
    let status = if refusal.field().is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { status };
    // "flow.not_now" is the floor's name; towards the caller it is a refusal of cases.
    let code = refusal.code().trim_start_matches("flow.");
    let problem = Problem::new(status, format!("cases.{code}"), Words::new(words.zh, words.en));
    match refusal.field() {
        Some(field) => problem.field(field),
        None => problem,
    }
}

impl From<CaseError> for Problem {
    /// The edge's answer; a fault is logged here, once.
    fn from(e: CaseError) -> Self {
        if let CaseError::Fault(fault) = &e {
            tracing::error!("A request about cases failed: {fault:?}");
        }
        e.problem()
    }
}

impl From<flow::Refusal> for CaseError {
    fn from(refusal: flow::Refusal) -> Self {
        Self::Step(refusal)
    }
}
