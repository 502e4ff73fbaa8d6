//! A campaign 专项任务: why, where, to whom, when, with what, how often again; and the way it goes from draft to closed.

use super::{CampaignId, FormId, Target};
use crate::error::FieldworkError;
use jiff::civil::Date;
use platform::{Time, Words};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Doors of one campaign. A district has some 130,000 homes; what is larger is cut by area.
pub const DOORS_MAX: i64 = 200_000;
const NAME_CHARS_MAX: usize = 40;
const WORDS_CHARS_MAX: usize = 300;
/// Minutes at one door.
const MINUTES_MAX: i64 = 120;
/// Days from the first to the last.
const PERIOD_DAYS_MAX: i32 = 366;
const AGAIN_DAYS_MAX: i64 = 60;
/// Hours at which the parts of a day begin.
const NOON: i8 = 12;
const EVENING: i8 = 18;
/// Calls at one door.
const CALLS_MAX: i64 = 5;

store::text_enum! {
    /// Where a campaign stands.
    pub CampaignState {
        /// To be looked at and changed; nobody goes anywhere.
        Draft = "draft",
        /// Thrown away before it was published.
        Dropped = "dropped",
        /// Published; its doors are being opened.
        Opening = "opening",
        Running = "running",
        /// Over; what is left of its doors is being closed.
        Closing = "closing",
        Closed = "closed",
    }
}

/// What a campaign says and asks; may change while it is a draft.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CampaignContent {
    pub name: String,
    /// What residents are told at the door.
    pub reason: Words,
    /// By what right: law and article, or the notice that orders it.
    pub basis: String,
    /// What is done with what is learnt.
    pub purpose: String,
    pub target: Target,
    /// Filled at each door; none: a notice is delivered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<FormId>,
    /// At one door, with the way to the next.
    pub minutes: i64,
    #[schema(value_type = String, format = Date)]
    pub from_on: Date,
    #[schema(value_type = String, format = Date)]
    pub due_on: Date,
    /// Days until somebody calls again where nobody was at home.
    pub again_days: i64,
    /// Calls at one door before it counts as not reached.
    pub calls_max: i64,
    /// The template of the catalogue it was begun with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
}

/// A campaign with how far it is.
#[derive(Clone, Debug)]
pub struct Campaign {
    pub id: CampaignId,
    pub area_path: String,
    pub state: CampaignState,
    /// 1 and upwards; a change names the one it saw.
    pub version: i64,
    pub content: CampaignContent,
    /// Doors that are open or were; while opening, so far.
    pub doors: i64,
    pub made_at: Time,
    pub made_by_name: String,
    pub published_at: Option<Time>,
    pub published_by_name: Option<String>,
    /// Why it was published although grids are beyond their hours.
    pub beyond_reason: Option<String>,
    pub closed_at: Option<Time>,
    pub changed_at: Time,
}

impl CampaignState {
    /// # Errors
    /// `fieldwork.campaign_state`: only a draft is changed, published or dropped.
    pub fn require_draft(self) -> Result<(), FieldworkError> {
        if self == Self::Draft { Ok(()) } else { Err(FieldworkError::CampaignState { state: self }) }
    }

    /// The state a desk ends it into.
    ///
    /// # Errors
    /// `fieldwork.campaign_state`: it is over already.
    pub fn end(self) -> Result<Self, FieldworkError> {
        match self {
            Self::Draft => Ok(Self::Dropped),
            Self::Opening | Self::Running => Ok(Self::Closing),
            Self::Dropped | Self::Closing | Self::Closed => {
                Err(FieldworkError::CampaignState { state: self })
            }
        }
    }
}

impl CampaignContent {
    /// Holds lengths and ranges; the target is checked by itself.
    ///
    /// # Errors
    /// Each with its field.
    pub fn check(&self) -> Result<(), FieldworkError> {
        let is_short = |text: &str, max: usize| (1..=max).contains(&text.trim().chars().count());
        if !is_short(&self.name, NAME_CHARS_MAX) {
            return Err(bad("name", "请写名称，最多 40 个字。", "Give a name of at most 40 characters."));
        }
        let told = [("reason", self.reason.zh.as_ref()), ("basis", &self.basis), ("purpose", &self.purpose)];
        if let Some((field, _)) = told.into_iter().find(|(_, text)| !is_short(text, WORDS_CHARS_MAX)) {
            return Err(bad(field, "请写清楚，最多 300 个字。", "Say it in at most 300 characters."));
        }
        if self.reason.en.chars().count() > WORDS_CHARS_MAX {
            return Err(bad("reason", "英文最多 300 个字符。", "The English has at most 300 characters."));
        }
        if !(1..=MINUTES_MAX).contains(&self.minutes) {
            return Err(bad("minutes", "每户 1 到 120 分钟。", "One to 120 minutes at a door."));
        }
        let days = self.due_on.since(self.from_on).map_or(-1, |span| span.get_days());
        if !(0..PERIOD_DAYS_MAX).contains(&days) {
            return Err(bad(
                "due_on",
                "起止日期不对，最长一年。",
                "The period is none, or longer than a year.",
            ));
        }
        if !(1..=AGAIN_DAYS_MAX).contains(&self.again_days) || !(1..=CALLS_MAX).contains(&self.calls_max) {
            return Err(bad(
                "calls_max",
                "每户最多去 5 次，间隔 1 到 60 天。",
                "At most 5 calls at a door, 1 to 60 days apart.",
            ));
        }
        Ok(())
    }

    /// When somebody calls again where nobody was at home for the `tries`-th time; none: nobody does, it counts as not reached.
    pub fn again_on(&self, tries: i64, tried_on: Date) -> Option<Date> {
        let days = jiff::Span::new().days(self.again_days);
        let next = tried_on.checked_add(days).unwrap_or(self.due_on).min(self.due_on);
        (tries < self.calls_max && next > tried_on).then_some(next)
    }
}

/// Why a worker goes to a door: the reason residents are told, and where nobody was at home the last time, when that was.
pub fn why_again(reason: &Words, tried_at: Option<Time>) -> Words {
    let Some(tried_at) = tried_at else { return reason.clone() };
    let (zh, en) = match tried_at.local().hour() {
        0..NOON => ("上午", "in the morning"),
        NOON..EVENING => ("下午", "in the afternoon"),
        _ => ("晚上", "in the evening"),
    };
    Words::new(
        format!("{}上次{zh}没人在家，换个时间去。", reason.zh),
        format!("{} Nobody was at home {en}: call at another time.", reason.en),
    )
}

fn bad(field: &'static str, zh: &'static str, en: &'static str) -> FieldworkError {
    FieldworkError::invalid(field, "fieldwork.bad_campaign", zh, en)
}

/// Refuses what one campaign is not to have.
///
/// # Errors
/// `fieldwork.no_doors`, `fieldwork.too_many_doors`.
pub fn check_doors(doors: i64) -> Result<(), FieldworkError> {
    match doors {
        0 => Err(FieldworkError::invalid(
            "target",
            "fieldwork.no_doors",
            "没有一处符合条件。",
            "Nothing fits the target.",
        )),
        1..=DOORS_MAX => Ok(()),
        _ => Err(FieldworkError::TooManyDoors { doors_max: DOORS_MAX }),
    }
}

#[cfg(test)]
mod tests {
    //! How often a door is called at, and what a campaign may be.
    use super::{CampaignContent, CampaignState, DOORS_MAX, check_doors, why_again};
    use crate::error::FieldworkError;
    use crate::model::{Goal, Target};
    use jiff::civil::{Date, date};
    use platform::Words;

    fn content() -> CampaignContent {
        CampaignContent {
            name: "燃气软管检查".to_owned(),
            reason: Words::of("免费检查软管", "Hoses are checked for free"),
            basis: "《城镇燃气管理条例》".to_owned(),
            purpose: "换掉老化的软管".to_owned(),
            target: Target::all(Goal::Homes),
            form: None,
            minutes: 8,
            from_on: date(2026, 3, 2),
            due_on: date(2026, 3, 20),
            again_days: 3,
            calls_max: 3,
            template: None,
        }
    }

    #[test]
    fn somebody_calls_again_some_days_later_and_not_for_ever() {
        let rows: [(i64, Date, Option<Date>); 5] = [
            (1, date(2026, 3, 3), Some(date(2026, 3, 6))),
            (2, date(2026, 3, 6), Some(date(2026, 3, 9))),
            (3, date(2026, 3, 9), None),
            // The last day counts; on it nobody comes back.
            (1, date(2026, 3, 19), Some(date(2026, 3, 20))),
            (1, date(2026, 3, 20), None),
        ];
        for (tries, on, expected) in rows {
            assert_eq!(content().again_on(tries, on), expected, "{tries} on {on}");
        }
    }

    #[test]
    fn what_cannot_be_meant_is_refused_with_its_field() {
        type Change = fn(&mut CampaignContent);
        let rows: [(Change, &str); 7] = [
            (|c| c.name = " ".to_owned(), "name"),
            (|c| c.basis = String::new(), "basis"),
            (|c| c.purpose = "字".repeat(301), "purpose"),
            (|c| c.minutes = 0, "minutes"),
            (|c| c.due_on = date(2026, 3, 1), "due_on"),
            (|c| c.due_on = date(2027, 6, 1), "due_on"),
            (|c| c.calls_max = 6, "calls_max"),
        ];
        assert!(content().check().is_ok());
        for (change, field) in rows {
            let mut wrong = content();
            change(&mut wrong);
            assert!(
                matches!(wrong.check(), Err(FieldworkError::Invalid { field: found, .. }) if found == field),
                "{field}"
            );
        }
    }

    #[test]
    fn a_million_doors_are_refused_with_the_limit() {
        assert!(check_doors(DOORS_MAX).is_ok());
        assert!(matches!(check_doors(1_000_000), Err(FieldworkError::TooManyDoors { doors_max: DOORS_MAX })));
        assert!(matches!(check_doors(0), Err(FieldworkError::Invalid { code: "fieldwork.no_doors", .. })));
    }

    #[test]
    fn whoever_calls_again_comes_at_another_time() {
        let reason = Words::of("免费检查软管。", "Hoses are checked for free.");
        assert_eq!(why_again(&reason, None), reason);
        // 2026-03-02 in China: 09:30, 12:00, 19:00.
        let rows = [
            ("2026-03-02T01:30:00Z", "上午"),
            ("2026-03-02T04:00:00Z", "下午"),
            ("2026-03-02T11:00:00Z", "晚上"),
        ];
        for (at, part) in rows {
            let why = why_again(&reason, Some(at.parse().expect("a moment")));
            assert_eq!(why.zh, format!("免费检查软管。上次{part}没人在家，换个时间去。"));
        }
    }

    #[test]
    fn a_campaign_ends_once() {
        use CampaignState::{Closed, Closing, Draft, Dropped, Opening, Running};
        let rows = [
            (Draft, Some(Dropped)),
            (Opening, Some(Closing)),
            (Running, Some(Closing)),
            (Closing, None),
            (Closed, None),
            (Dropped, None),
        ];
        for (from, to) in rows {
            assert_eq!(from.end().ok(), to, "{from:?}");
            assert_eq!(from.require_draft().is_ok(), from == Draft, "{from:?}");
        }
    }
}
