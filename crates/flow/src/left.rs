//! How much time is left, or by how much it is late, in words people use.
use crate::calendar::Calendar;
use crate::clock::Clock;
use crate::deadline::Unit;
use crate::hours::{DAY, HOUR, MINUTE};
use crate::words::Words;
use serde::Serialize;

/// The unit time left is told in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LeftUnit {
    Minute,
    Hour,
    Day,
    WorkingMinute,
    WorkingHour,
    WorkingDay,
}

/// Time left, rounded down to one unit; lateness is told in natural time, as the person who waits feels it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum Left {
    Paused,
    Left { amount: i64, unit: LeftUnit },
    Late { amount: i64, unit: LeftUnit },
}

impl Clock {
    /// Time left at `now`, ready to be told.
    pub fn left(&self, calendar: &Calendar, now: i64) -> Left {
        if self.is_paused() {
            return Left::Paused;
        }
        let at = self.due(calendar, now).at;
        if now > at {
            return late(now - at);
        }
        match self.deadline.unit {
            Unit::WorkingDay if calendar.working_days_between(now, at) > 0 => {
                left(i64::from(calendar.working_days_between(now, at)), LeftUnit::WorkingDay)
            }
            Unit::NaturalDay if calendar.days_between(now, at) > 0 => {
                left(calendar.days_between(now, at), LeftUnit::Day)
            }
            Unit::WorkingHour | Unit::WorkingDay => hours_or_minutes(
                calendar.working_between(now, at),
                LeftUnit::WorkingHour,
                LeftUnit::WorkingMinute,
            ),
            Unit::Minute | Unit::NaturalDay => hours_or_minutes(at - now, LeftUnit::Hour, LeftUnit::Minute),
        }
    }
}

impl Left {
    /// `还剩 3 个工作小时` / `3 working hours left`; `已超 2 天` / `2 days late`.
    pub fn words(&self) -> Words {
        match *self {
            Left::Paused => Words::new("计时已暂停", "the clock is paused"),
            Left::Left { amount: 0, .. } => Words::new("还剩不到 1 分钟", "less than a minute left"),
            Left::Left { amount, unit } => {
                let (zh, en) = amount_words(amount, unit);
                Words::new(format!("还剩 {zh}"), format!("{en} left"))
            }
            Left::Late { amount: 0, .. } => Words::new("刚刚超时", "just late"),
            Left::Late { amount, unit } => {
                let (zh, en) = amount_words(amount, unit);
                Words::new(format!("已超 {zh}"), format!("{en} late"))
            }
        }
    }
}

fn left(amount: i64, unit: LeftUnit) -> Left {
    Left::Left { amount, unit }
}

fn late(micros: i64) -> Left {
    // Hours up to two days: "late by 30 hours" says more than "1 day".
    if micros >= 2 * DAY {
        Left::Late { amount: micros / DAY, unit: LeftUnit::Day }
    } else if micros >= HOUR {
        Left::Late { amount: micros / HOUR, unit: LeftUnit::Hour }
    } else {
        Left::Late { amount: micros / MINUTE, unit: LeftUnit::Minute }
    }
}

fn hours_or_minutes(micros: i64, hour: LeftUnit, minute: LeftUnit) -> Left {
    if micros >= HOUR { left(micros / HOUR, hour) } else { left(micros.max(0) / MINUTE, minute) }
}

fn amount_words(n: i64, unit: LeftUnit) -> (String, String) {
    let s = if n == 1 { "" } else { "s" };
    match unit {
        LeftUnit::Minute => (format!("{n} 分钟"), format!("{n} minute{s}")),
        LeftUnit::Hour => (format!("{n} 小时"), format!("{n} hour{s}")),
        LeftUnit::Day => (format!("{n} 天"), format!("{n} day{s}")),
        LeftUnit::WorkingMinute => (format!("{n} 分钟工作时间"), format!("{n} working minute{s}")),
        LeftUnit::WorkingHour => (format!("{n} 个工作小时"), format!("{n} working hour{s}")),
        LeftUnit::WorkingDay => (format!("{n} 个工作日"), format!("{n} working day{s}")),
    }
}
