//! The figures of the map, each said once: what it counts, when it is unusual, who acts on it. Pure.
//!
//! At most nine, because more are not looked at (a command screen is for exceptions, not for totals). The value of a figure is
//! the number of the rows behind it: both come from [`Figure::holds`] over the same chart.
//!
//! "Unusual" for reports of the last hour: more than the mean `m` of the same hour of the same weekday in the eight weeks before,
//! plus two standard deviations of a Poisson count (`√m`), plus one so that a quiet hour with a single report does not alarm. The
//! rule is written for Mulin; the Poisson model of arrivals is the usual one for calls to a service line.

use super::chart::{Spot, is};
use platform::{DAY, HOUR, Time, Words};
use std::time::Duration;

/// Weeks the present hour is compared with.
pub const WEEKS: u32 = 8;
/// How long a case that has ended is still counted in some figure, with an hour to spare.
pub const ENDED_KEPT: Duration = Duration::from_secs(25 * 3600);

/// One of the figures, in the order they are looked at.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Figure {
    Overdue,
    Supervised,
    Unaccepted,
    Reopened,
    Incoming,
    DueToday,
    Confirming,
    Open,
    Done,
}

/// The moments the figures speak of.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    pub now: i64,
    hour_ago: i64,
    day_ago: i64,
    /// The first moment of today, and of tomorrow, in China.
    today: i64,
    tomorrow: i64,
}

impl Moment {
    pub fn at(now: Time) -> Self {
        let start = now.local().start_of_day().map_or(now, |day| Time::from(day.timestamp()));
        Self {
            now: now.micros(),
            hour_ago: now.before(HOUR).micros(),
            day_ago: now.before(DAY).micros(),
            today: start.micros(),
            tomorrow: start.after(DAY).micros(),
        }
    }

    /// The same hour of the same weekday, so many weeks ago.
    pub fn hour_weeks_ago(now: Time, weeks: u32) -> (Time, Time) {
        let to = now.before(DAY * 7 * weeks);
        (to.before(HOUR), to)
    }
}

impl Figure {
    pub const ALL: [Self; 9] = [
        Self::Overdue,
        Self::Supervised,
        Self::Unaccepted,
        Self::Reopened,
        Self::Incoming,
        Self::DueToday,
        Self::Confirming,
        Self::Open,
        Self::Done,
    ];

    /// The stable word, as addresses write it.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Overdue => "overdue",
            Self::Supervised => "supervised",
            Self::Unaccepted => "unaccepted",
            Self::Reopened => "reopened",
            Self::Incoming => "incoming",
            Self::DueToday => "due_today",
            Self::Confirming => "confirming",
            Self::Open => "open",
            Self::Done => "done",
        }
    }

    pub fn parse(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|figure| figure.key() == key)
    }

    /// Whether a case is one of those counted.
    pub fn holds(self, spot: &Spot, at: &Moment) -> bool {
        let open = spot.has(is::OPEN);
        match self {
            Self::Overdue => open && spot.due < at.now,
            Self::Supervised => open && spot.has(is::SUPERVISED),
            Self::Unaccepted => open && spot.has(is::UNACCEPTED) && spot.reported < at.day_ago,
            Self::Reopened => open && spot.has(is::REOPENED),
            Self::Incoming => (at.hour_ago..=at.now).contains(&spot.reported),
            Self::DueToday => open && (at.now..at.tomorrow).contains(&spot.due),
            Self::Confirming => open && spot.has(is::CONFIRMING),
            Self::Open => open,
            Self::Done => spot.has(is::DONE) && (at.today..=at.now).contains(&spot.closed),
        }
    }

    /// More than this is unusual; none where every number is.
    pub fn threshold(self, normal: Option<f64>) -> Option<i64> {
        match self {
            Self::Overdue | Self::Supervised | Self::Unaccepted | Self::Reopened => Some(0),
            Self::Incoming => normal.map(|mean| (mean + 2.0 * mean.sqrt() + 1.0).floor() as i64),
            Self::DueToday | Self::Confirming | Self::Open | Self::Done => None,
        }
    }

    pub const fn words(self) -> Words {
        match self {
            Self::Overdue => Words::of("已超时限", "Overdue"),
            Self::Supervised => Words::of("督办中", "Under supervision"),
            Self::Unaccepted => Words::of("超过一天没受理", "Not accepted for a day"),
            Self::Reopened => Words::of("办了又被退回", "Reopened by the reporter"),
            Self::Incoming => Words::of("近一小时新报", "Reported in the last hour"),
            Self::DueToday => Words::of("今天到期", "Due today"),
            Self::Confirming => Words::of("等报告人确认", "Reporter to confirm"),
            Self::Open => Words::of("在办", "Open"),
            Self::Done => Words::of("今天办结", "Closed today"),
        }
    }

    /// What exactly is counted.
    pub const fn explain(self) -> Words {
        match self {
            Self::Overdue => Words::of(
                "没有办结、当前一步的时限已过。正常是 0。",
                "Open, and the limit of the present step has passed. Normal is 0.",
            ),
            Self::Supervised => Words::of(
                "没有办结、到了黄色或红色督办。正常是 0。",
                "Open, and urged as far as yellow or red supervision. Normal is 0.",
            ),
            Self::Unaccepted => Words::of(
                "报告超过 24 小时，还没有人决定是否受理。正常是 0。",
                "Reported more than 24 hours ago, and nobody has decided whether it is accepted. Normal is 0.",
            ),
            Self::Reopened => Words::of(
                "报告人说没有解决、重新办理、现在还没有办结。正常是 0。",
                "The reporter said it was not solved; handled again and still open. Normal is 0.",
            ),
            Self::Incoming => Words::of(
                "过去 60 分钟收到的。与前 8 周同一星期几、同一小时的平均数 m 比，超过 m＋2√m＋1 算异常。",
                "Received in the last 60 minutes. Unusual above m + 2√m + 1, where m is the mean of the same hour of the same weekday in the 8 weeks before.",
            ),
            Self::DueToday => Words::of(
                "没有办结、今天 24 点以前到期、还没有超时。",
                "Open, due before midnight and not overdue yet.",
            ),
            Self::Confirming => Words::of(
                "已经处理或答复，等报告人确认；到期没有回应会自动办结。",
                "Done or answered; the reporter is asked to confirm, and without an answer it closes by itself.",
            ),
            Self::Open => Words::of("所有没有办结的。", "All that have not ended."),
            Self::Done => Words::of(
                "今天 0 点以来办结的，不含撤回、并案和不予受理。",
                "Closed since midnight; not those withdrawn, merged or refused.",
            ),
        }
    }

    /// Who does something about it, and what.
    pub const fn who(self) -> Words {
        match self {
            Self::Overdue => {
                Words::of("承办岗位办理，街道窗口催办", "The post in charge handles it; the desk urges")
            }
            Self::Supervised => {
                Words::of("区网格中心盯到办结", "The district's grid centre follows it to its end")
            }
            Self::Unaccepted => Words::of("街道窗口今天受理", "The subdistrict's desk decides today"),
            Self::Reopened => {
                Words::of("承办岗位重新办理，窗口核查", "The post in charge again; the desk checks")
            }
            Self::Incoming => {
                Words::of("街道窗口看是否同一原因", "The desk looks whether there is one cause")
            }
            Self::DueToday => Words::of("承办岗位今天办完", "The post in charge finishes today"),
            Self::Confirming => Words::of("报告人", "The reporter"),
            Self::Open => Words::of("各承办岗位", "The posts in charge"),
            Self::Done => Words::of("不需要处理", "Nothing to do"),
        }
    }
}
