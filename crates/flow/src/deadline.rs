//! When a deadline ends: the counting rules of the Civil Code, as one pure function.
use crate::calendar::{Basis, Calendar};
use crate::hours::{HOUR, MINUTE};
use crate::words::Words;
use serde::{Deserialize, Serialize};

/// What a deadline is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Minutes by the wall clock, day and night.
    Minute,
    /// Hours of working time (工作时).
    WorkingHour,
    /// Working days (工作日).
    WorkingDay,
    /// Days of the calendar (自然日).
    NaturalDay,
}

/// A length of time as a rule states it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deadline {
    /// At least 1; data with 0 is refused at load.
    pub amount: u32,
    pub unit: Unit,
}

/// When a deadline ends, and how sure that is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// Microseconds of UTC. Still in time at this very moment, late after it.
    pub at: i64,
    pub basis: Basis,
}

impl Deadline {
    pub const fn new(amount: u32, unit: Unit) -> Deadline {
        Deadline { amount, unit }
    }

    /// `5 个工作日` / `5 working days`.
    pub fn words(&self) -> Words {
        let n = self.amount;
        let s = if n == 1 { "" } else { "s" };
        match self.unit {
            Unit::Minute => Words::new(format!("{n} 分钟"), format!("{n} minute{s}")),
            Unit::WorkingHour => Words::new(format!("{n} 个工作小时"), format!("{n} working hour{s}")),
            Unit::WorkingDay => Words::new(format!("{n} 个工作日"), format!("{n} working day{s}")),
            Unit::NaturalDay => Words::new(format!("{n} 天"), format!("{n} day{s}")),
        }
    }
}

/// The moment a deadline that starts at `start` ends.
///
/// Rules: Civil Code of the PRC (民法典).
/// - art. 201: counted by days, the day it starts is not counted; counted by hours, it starts at the agreed time. So days count from
///   the next day, minutes from the moment, working hours from the next working moment.
/// - art. 203: when the last day is a legal day off (法定休假日), the day after the days off is the last day; it ends at 24:00, or, where
///   there are business hours, when business stops. So natural days end at 24:00 of a working day (people confirm from home), working
///   days at closing time. A day that is worked instead of another (调休) is no day off.
/// - art. 204 lets other law or agreement count otherwise: that is what [`Unit`] is for.
///
/// 24:00 is given as the last microsecond of the day, so that a screen shows the right date.
pub fn due(start: i64, deadline: Deadline, calendar: &Calendar) -> Due {
    let amount = deadline.amount;
    let at = match deadline.unit {
        Unit::Minute => start.saturating_add(i64::from(amount) * MINUTE),
        Unit::WorkingHour => calendar.advance(start, i64::from(amount).saturating_mul(HOUR)),
        Unit::WorkingDay => calendar.closing_after(start, amount),
        Unit::NaturalDay => calendar.day_end_at_or_after(start, amount),
    };
    Due { at, basis: calendar.basis_between(start, at) }
}
