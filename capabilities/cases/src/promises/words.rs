//! The measures in words, each with the definition that stands beside its figure.

use super::Measure;
use platform::Words;

impl Measure {
    pub fn words(self) -> Words {
        let (zh, en) = match self {
            Self::Given => ("派给", "Given"),
            Self::TakenInTime => ("按时签收", "Taken in time"),
            Self::Done => ("办好", "Done"),
            Self::InTime => ("按时办好", "In time"),
            Self::Late => ("超时办好", "Late"),
            Self::UnderWay => ("在办", "Under way"),
            Self::Overdue => ("在办已超时", "Overdue"),
            Self::EndedOtherwise => ("未办即止", "Ended otherwise"),
            Self::Returned => ("退回", "Given back"),
            Self::Extended => ("延期", "Extended"),
            Self::Reopened => ("返工", "Done again"),
            Self::Confirmed => ("群众确认", "Confirmed"),
            Self::Unanswered => ("未回应办结", "No answer"),
        };
        Words::of(zh, en)
    }

    /// What is counted, in a sentence.
    pub fn definition(self) -> Words {
        let (zh, en) = match self {
            Self::Given => (
                "本期内派给这个单位的件，同一件只算一次，按第一次派给的日子算。",
                "Cases given to the unit within the period, each once, by the day it was first given.",
            ),
            Self::TakenInTime => ("在签收时限内签收的。", "Taken before the time to take was over."),
            Self::Done => (
                "单位报处理完成或作了答复、现在不在它手里的。",
                "The unit said that it is done, or answered, and does not have it now.",
            ),
            Self::InTime => (
                "按时签收，并且最后一次报完成不晚于当时的办理时限；批准的延期、暂停已计入。",
                "Taken in time, and said done, the last time, no later than the time promised then; granted extensions and pauses count.",
            ),
            Self::Late => (
                "签收超时，或者最后一次报完成晚于当时的办理时限。",
                "Taken too late, or said done, the last time, after the time promised then.",
            ),
            Self::UnderWay => ("在单位手里，时限未到。", "With the unit, and the time is not over."),
            Self::Overdue => ("在单位手里，时限已过。", "With the unit, and the time is over."),
            Self::EndedOtherwise => (
                "在单位手里时，报告人撤回、与别的件合并或作信息留存。",
                "Withdrawn by the reporter, joined with another case or kept as information while the unit had it.",
            ),
            Self::Returned => (
                "单位退回、提出管辖异议或上交的。",
                "The unit gave it back, objected to jurisdiction or passed it up.",
            ),
            Self::Extended => ("办理中延期过的。", "The time was extended while it was handled."),
            Self::Reopened => (
                "报完成以后，核查不通过或报告人说没解决、重新办理的。",
                "After it was said done, the check or the reporter said that it is not, and it was handled again.",
            ),
            Self::Confirmed => ("报告人确认解决的。", "The reporter confirmed that it is solved."),
            Self::Unanswered => (
                "报告人到期没有回应，自动办结的：不算满意，也不算不满意。",
                "The reporter did not answer and it was closed: neither praise nor blame.",
            ),
        };
        Words::of(zh, en)
    }
}
