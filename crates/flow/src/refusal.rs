//! Why an action is refused: a stable code, a sentence for people, and the field it concerns.
use crate::deadline::Deadline;
use crate::words::Words;
use crate::workflow::Need;

/// A refusal of an action. Codes never change; sentences may.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("there is no state {0}")]
    UnknownState(String),
    #[error("there is no action {0}")]
    UnknownAction(String),
    /// The action exists, but not from this state.
    #[error("{} is not possible while {}", action.en, state.en)]
    NotNow { action: Words, state: Words },
    /// `may` names the roles that may.
    #[error("only {} may do this", may.en)]
    NotYours { may: Words },
    #[error("already done {times} time(s)")]
    AlreadyDone { action: Words, times: u32 },
    /// Excluded by an action that was taken before.
    #[error("not possible after {}", after.en)]
    NotAfter { action: Words, after: Words },
    /// A guard does not hold; `guard` is its symbol.
    #[error("only when {}", when.en)]
    NotMet { guard: String, when: Words },
    #[error("{need:?} is missing")]
    Missing { need: Need },
    /// `choices` names the codes of the list.
    #[error("the reason {given:?} is not in the list {list}")]
    ReasonNotListed { list: String, given: String, choices: Vec<String> },
    #[error("a rating is 1 to 5")]
    RatingOutOfRange,
    #[error("at most {}", longest.words().en)]
    TooLong { longest: Deadline },
    /// Only the end of the clock takes this action.
    #[error("the clock does this by itself")]
    ClockOnly,
}

impl Refusal {
    /// Stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Refusal::UnknownState(_) => "flow.unknown_state",
            Refusal::UnknownAction(_) => "flow.unknown_action",
            Refusal::NotNow { .. } => "flow.not_now",
            Refusal::NotYours { .. } => "flow.not_yours",
            Refusal::AlreadyDone { .. } => "flow.already_done",
            Refusal::NotAfter { .. } => "flow.not_after",
            Refusal::NotMet { .. } => "flow.not_met",
            Refusal::Missing { .. } => "flow.missing",
            Refusal::ReasonNotListed { .. } => "flow.reason_not_listed",
            Refusal::RatingOutOfRange => "flow.rating_out_of_range",
            Refusal::TooLong { .. } => "flow.too_long",
            Refusal::ClockOnly => "flow.clock_only",
        }
    }

    /// The sentence people read.
    pub fn words(&self) -> Words {
        match self {
            Refusal::UnknownState(name) => {
                Words::new(format!("没有“{name}”这个状态"), format!("There is no state “{name}”"))
            }
            Refusal::UnknownAction(name) => {
                Words::new(format!("没有“{name}”这个操作"), format!("There is no action “{name}”"))
            }
            Refusal::NotNow { action, state } => Words::new(
                format!("现在是“{}”，不能“{}”", state.zh, action.zh),
                format!("“{}” is not possible while it is “{}”", action.en, state.en),
            ),
            Refusal::NotYours { may } => {
                Words::new(format!("这一步由{}来做", may.zh), format!("This is for: {}", may.en))
            }
            Refusal::AlreadyDone { action, times } => Words::new(
                format!("“{}”最多 {times} 次，已经用过了", action.zh),
                format!("“{}” is possible {times} time(s) at most and has been used", action.en),
            ),
            Refusal::NotAfter { action, after } => Words::new(
                format!("已经“{}”，不能再“{}”", after.zh, action.zh),
                format!("After “{}”, “{}” is no longer possible", after.en, action.en),
            ),
            Refusal::NotMet { when, .. } => {
                Words::new(format!("只有{}时才可以", when.zh), format!("Only possible when {}", when.en))
            }
            Refusal::Missing { need } => {
                let what = need.words();
                Words::new(format!("请补上：{}", what.zh), format!("Please add: {}", what.en))
            }
            Refusal::ReasonNotListed { .. } => {
                Words::new("请从列表里选一个理由", "Please choose a reason from the list")
            }
            Refusal::RatingOutOfRange => Words::new("评分应为 1 到 5", "A rating is 1 to 5"),
            Refusal::TooLong { longest } => {
                let most = longest.words();
                Words::new(
                    format!("最长 {}，请用同样的单位", most.zh),
                    format!("At most {}, in the same unit", most.en),
                )
            }
            Refusal::ClockOnly => {
                Words::new("这一步到期自动进行", "This happens by itself when the time is over")
            }
        }
    }

    /// The input field it concerns, if it concerns one.
    pub fn field(&self) -> Option<&str> {
        match self {
            Refusal::Missing { need } => Some(need.name()),
            Refusal::ReasonNotListed { .. } => Some(Need::Reason.name()),
            Refusal::RatingOutOfRange => Some(Need::Rating.name()),
            Refusal::TooLong { .. } => Some(Need::Length.name()),
            _ => None,
        }
    }

    /// Whether the refusal is about who asks, not about the thing: screens hide such actions instead of explaining them.
    pub fn is_about_who(&self) -> bool {
        matches!(self, Refusal::NotYours { .. } | Refusal::ClockOnly)
    }
}

impl Need {
    /// The symbol, which is also the name of the input field.
    pub fn name(&self) -> &str {
        match self {
            Need::Reason => "reason",
            Need::Note => "note",
            Need::Photo => "photo",
            Need::Post => "post",
            Need::Date => "date",
            Need::Rating => "rating",
            Need::NewFacts => "new_facts",
            Need::Target => "target",
            Need::Length => "length",
            Need::Unknown(name) => name,
        }
    }

    pub fn words(&self) -> Words {
        match self {
            Need::Reason => Words::new("理由（从列表里选）", "a reason from the list"),
            Need::Note => Words::new("说明", "a note"),
            Need::Photo => Words::new("至少一张照片", "at least one photo"),
            Need::Post => Words::new("由谁来办", "who gets it"),
            Need::Date => Words::new("日期", "a date"),
            Need::Rating => Words::new("1 到 5 的评分", "a rating of 1 to 5"),
            Need::NewFacts => Words::new("新情况", "what is new"),
            Need::Target => Words::new("并入哪一件", "which one it is merged into"),
            Need::Length => Words::new("多长时间", "how long"),
            Need::Unknown(name) => Words::new(name.clone(), name.clone()),
        }
    }
}
