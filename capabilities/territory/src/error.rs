//! What the territory refuses, each with a stable code and a sentence a clerk understands.

use crate::model::{Finding, Review, Severity};
use axum::http::StatusCode;
use geo::GeoError;
use platform::{Fault, Problem, Refusal, Time, Words};

/// A refusal, or a fault on the way.
#[derive(Debug, thiserror::Error)]
pub enum TerritoryError {
    #[error("the actor may not do this here")]
    Forbidden,
    #[error("there is no area {code}")]
    NoSuchArea { code: String },
    #[error("there is no such post")]
    NoSuchPost,
    #[error("there is no such holding")]
    NoSuchHolding,
    #[error("there is no such organisation")]
    NoSuchOrganisation,
    /// A place outside of all grids of the district.
    #[error("the place is outside of the district")]
    Outside { nearest: Option<(String, f64)> },
    /// A place in the district where no grid is drawn yet.
    #[error("no grid is drawn at the place")]
    NoGrid { area: String },
    #[error(transparent)]
    Geo(#[from] GeoError),
    /// A file that cannot be read, said with the line and the column.
    #[error("the file cannot be read: {}", .words.en)]
    BadFile { code: &'static str, field: String, words: Words },
    /// A plan with errors.
    #[error("the plan has errors")]
    PlanRefused { review: Box<Review> },
    #[error("the areas were changed by somebody else meanwhile")]
    ChangedMeanwhile,
    #[error("a value does not hold: {field}")]
    Invalid { field: &'static str, words: Words },
    #[error("an organisation with the key {key} exists")]
    KeyTaken { key: String },
    #[error("such a post is open already")]
    PostOpen,
    #[error("the post is closed")]
    PostClosed,
    /// Somebody holds the seat then.
    #[error("the seat is taken")]
    SeatTaken { name: String, until: Option<Time> },
    #[error("the holding ended before")]
    HoldingEnded,
    #[error("people still hold the post")]
    PostHeld,
    /// Nobody has it whom a stand-in could relieve.
    #[error("nobody is the main holder of the post")]
    NoMainHolder,
    #[error("the post has no stand-in")]
    NoStandIn,
    #[error("the leaver holds no post")]
    NothingToHandOver,
    #[error("there is no such hand-over")]
    NoSuchHandOver,
    #[error("the hand-over can no longer be undone")]
    TooLateToUndo,
    #[error("the hand-over was undone before")]
    AlreadyUndone,
    #[error("{}", .0.title_en)]
    Problem(Box<Problem>),
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<Problem> for TerritoryError {
    fn from(problem: Problem) -> Self {
        Self::Problem(Box::new(problem))
    }
}

impl TerritoryError {
    pub(crate) fn invalid(field: &'static str, zh: &'static str, en: &'static str) -> Self {
        Self::Invalid { field, words: Words::of(zh, en) }
    }
}

fn conflict(code: &'static str, zh: &'static str, en: &'static str) -> Problem {
    Problem::new(StatusCode::CONFLICT, code, Words::of(zh, en))
}

fn missing(code: &'static str, zh: &'static str, en: &'static str) -> Problem {
    Problem::new(StatusCode::NOT_FOUND, code, Words::of(zh, en))
}

impl Refusal for TerritoryError {
    fn problem(&self) -> Problem {
        match self {
            Self::Forbidden => Problem::forbidden(),
            Self::NoSuchArea { code } => {
                missing("territory.no_such_area", "没有这个区域。", "There is no such area.")
                    .with("area", code.chars().take(40).collect::<String>())
            }
            Self::NoSuchPost => missing("territory.no_such_post", "没有这个岗位。", "There is no such post."),
            Self::NoSuchHolding => {
                missing("territory.no_such_holding", "没有这条任职记录。", "There is no such holding.")
            }
            Self::NoSuchOrganisation => {
                missing("territory.no_such_organisation", "没有这个单位。", "There is no such organisation.")
            }
            Self::Outside { nearest } => outside(nearest.as_ref()),
            Self::NoGrid { area } => no_grid(area),
            Self::Geo(error) => {
                Problem::invalid(error.code(), geo_field(error), Words::new(error.zh(), error.to_string()))
            }
            Self::BadFile { code, field, words } => Problem::invalid(*code, field.clone(), words.clone()),
            Self::PlanRefused { review } => plan_refused(review),
            Self::ChangedMeanwhile => conflict(
                "territory.changed_meanwhile",
                "区域刚被别人改过，请重新检查后再导入。",
                "Somebody changed the areas meanwhile: please check the plan again.",
            ),
            Self::Invalid { field, words } => Problem::invalid("territory.invalid", *field, words.clone()),
            Self::KeyTaken { key } => {
                conflict("territory.key_taken", "这个单位代号已有了。", "This key is taken.")
                    .field("key")
                    .with("key", key)
            }
            Self::PostOpen => {
                conflict("territory.post_open", "这里已有同样的岗位。", "Such a post is open there already.")
            }
            Self::PostClosed => conflict("territory.post_closed", "这个岗位已关闭。", "This post is closed."),
            Self::SeatTaken { name, until } => seat_taken(name, *until),
            Self::NoSuchHandOver => {
                missing("territory.no_such_hand_over", "没有这次移交。", "There is no such hand-over.")
            }
            Self::TooLateToUndo => conflict(
                "territory.too_late_to_undo",
                "移交超过 10 分钟，不能整体撤销，请逐个岗位调整。",
                "A hand-over can be undone for ten minutes; please change the posts one by one.",
            ),
            Self::AlreadyUndone => conflict(
                "territory.already_undone",
                "这次移交已经撤销过。",
                "This hand-over was undone before.",
            ),
            Self::HoldingEnded => {
                conflict("territory.holding_ended", "这段任职已经结束。", "This holding has ended.")
            }
            Self::PostHeld => conflict(
                "territory.post_held",
                "岗位上还有人，请先移交或免去。",
                "People still hold this post: hand it over or end their holdings first.",
            ),
            Self::NoMainHolder => conflict(
                "territory.no_main_holder",
                "这个岗位没有 A 岗。",
                "Nobody is the main holder of this post.",
            ),
            Self::NoStandIn => conflict(
                "territory.no_stand_in",
                "这个岗位没有 B 岗，请网格长指定谁来顶岗。",
                "This post has no stand-in: the grid leader names one.",
            ),
            Self::NothingToHandOver => conflict(
                "territory.nothing_to_hand_over",
                "这个人没有在任的岗位。",
                "This person holds no post.",
            ),
            Self::Problem(problem) => (**problem).clone(),
            Self::Fault(fault) => Problem::from(fault),
        }
    }
}

fn geo_field(error: &GeoError) -> &'static str {
    match error {
        GeoError::NotFinite | GeoError::OutOfRange { .. } | GeoError::LooksSwapped { .. } => "lon",
        GeoError::UnknownSystem { .. } | GeoError::SystemConflict { .. } => "crs",
        _ => "file",
    }
}

/// Not ours: said with the general line, which finds the right district.
fn outside(nearest: Option<&(String, f64)>) -> Problem {
    let problem = Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "territory.outside",
        Words::of(
            "这个位置不在本区范围内，我们管不到。请拨打 12345，由热线转给当地。",
            "This place is outside of our district. Please call 12345, who will find the right one.",
        ),
    )
    .field("place")
    .with("hotline", "12345");
    match nearest {
        Some((name, metres)) => {
            problem.with("nearest", serde_json::json!({ "name": name, "metres": metres.round() }))
        }
        None => problem,
    }
}

/// Ours, but nobody's grid yet.
fn no_grid(area: &str) -> Problem {
    Problem::invalid(
        "territory.no_grid",
        "place",
        Words::new(
            format!("这个位置在{area}，那里还没有划分网格，请打社区（村）电话或 12345。"),
            format!("This place is in {area}, where no grid is drawn yet. Please call there, or 12345."),
        ),
    )
    .with("hotline", "12345")
}

fn seat_taken(name: &str, until: Option<Time>) -> Problem {
    conflict(
        "territory.seat_taken",
        "这段时间里岗位上已有人，或这个人已在这个岗位上。",
        "Somebody holds this seat then, or this person holds the post already.",
    )
    .with("holder", name)
    .with("until", until)
}

fn plan_refused(review: &Review) -> Problem {
    let errors: Vec<&Finding> = review.findings.iter().filter(|f| f.severity == Severity::Error).collect();
    let first = errors.first().map(|finding| finding.words.clone()).unwrap_or_default();
    Problem::invalid(
        "territory.plan_refused",
        "file",
        Words::new(
            format!("有 {} 处错误，没有导入。", errors.len()),
            format!("{} errors; nothing was imported.", errors.len()),
        ),
    )
    .detail(first)
    .with("findings", &review.findings)
}

impl From<TerritoryError> for Problem {
    /// The answer. A fault is logged here, once.
    fn from(error: TerritoryError) -> Self {
        if let TerritoryError::Fault(fault) = &error {
            tracing::error!("A request to the territory failed: {fault:?}");
        }
        error.problem()
    }
}
