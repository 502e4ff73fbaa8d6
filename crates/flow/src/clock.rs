//! A running deadline: it can pause, for reasons a closed list names, and be extended. Everything is computed from what happened.
use crate::calendar::Calendar;
use crate::deadline::{Deadline, Due, Unit, due};
use serde::{Deserialize, Serialize};

/// A stretch in which a clock stood still.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// Code from the workflow's closed list.
    pub reason: String,
    pub from: i64,
    /// `None` while it lasts.
    pub to: Option<i64>,
}

/// What happened to one deadline. `pauses` are in order of `from`; [`Clock::pause`] and [`Clock::resume`] keep them so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clock {
    pub started: i64,
    pub deadline: Deadline,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pauses: Vec<Pause>,
    /// Each extension starts when the time before it ends.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extended_by: Vec<Deadline>,
}

impl Clock {
    pub fn start(at: i64, deadline: Deadline) -> Clock {
        Clock { started: at, deadline, pauses: Vec::new(), extended_by: Vec::new() }
    }

    /// Stops the clock. A clock that stands already stays as it is.
    pub fn pause(&mut self, reason: &str, at: i64) {
        if !self.is_paused() {
            self.pauses.push(Pause { reason: reason.to_owned(), from: at, to: None });
        }
    }

    /// Lets the clock run on. A running clock stays as it is.
    pub fn resume(&mut self, at: i64) {
        if let Some(pause) = self.pauses.last_mut()
            && pause.to.is_none()
        {
            pause.to = Some(at.max(pause.from));
        }
    }

    pub fn extend(&mut self, by: Deadline) {
        self.extended_by.push(by);
    }

    pub fn is_paused(&self) -> bool {
        self.pauses.last().is_some_and(|p| p.to.is_none())
    }

    /// When it ends. While it is paused the end moves with `now`.
    /// A deadline is first laid out without pauses; then what each pause took, measured in the clock's own time, is added; a deadline
    /// counted in days still ends at the end of a day.
    pub fn due(&self, calendar: &Calendar, now: i64) -> Due {
        let plain = self.plain_end(calendar);
        let at = if self.pauses.iter().all(|p| p.from >= plain) {
            plain
        } else {
            let whole = self.measure(calendar, self.started, plain);
            self.round_up(self.run(calendar, whole, now), calendar).max(plain)
        };
        Due { at, basis: calendar.basis_between(self.started, at) }
    }

    /// When `percent` (0-100) of its whole time has run. For reminders before the end.
    pub fn at_percent(&self, percent: u8, calendar: &Calendar, now: i64) -> i64 {
        let whole = self.measure(calendar, self.started, self.plain_end(calendar));
        let part = (i128::from(whole) * i128::from(percent.min(100)) / 100) as i64;
        self.run(calendar, part, now)
    }

    /// Microseconds it has run up to `now`, pauses left out: working time for working units, else natural time.
    pub fn elapsed(&self, calendar: &Calendar, now: i64) -> i64 {
        let mut sum = 0;
        let mut cursor = self.started;
        for pause in self.pauses.iter().filter(|p| p.from < now) {
            let from = pause.from.max(cursor);
            sum += self.measure(calendar, cursor, from);
            cursor = pause.to.unwrap_or(now).clamp(from, now.max(from));
        }
        sum + self.measure(calendar, cursor, now).max(0)
    }

    /// Microseconds left, in the clock's own time; negative when late.
    pub fn remaining(&self, calendar: &Calendar, now: i64) -> i64 {
        self.measure(calendar, now, self.due(calendar, now).at)
    }

    pub fn is_overdue(&self, calendar: &Calendar, now: i64) -> bool {
        now > self.due(calendar, now).at
    }

    /// Whether it runs in working time only.
    pub fn is_working(&self) -> bool {
        matches!(self.deadline.unit, Unit::WorkingHour | Unit::WorkingDay)
    }

    /// The end without pauses.
    fn plain_end(&self, calendar: &Calendar) -> i64 {
        let first = due(self.started, self.deadline, calendar).at;
        self.extended_by.iter().fold(first, |end, by| due(end, *by, calendar).at)
    }

    /// The moment at which the clock has run for `micros`.
    fn run(&self, calendar: &Calendar, micros: i64, now: i64) -> i64 {
        let mut left = micros;
        let mut cursor = self.started;
        for pause in &self.pauses {
            let from = pause.from.max(cursor);
            let ran = self.measure(calendar, cursor, from);
            if left <= ran {
                break;
            }
            left -= ran;
            cursor = pause.to.unwrap_or(now).max(from);
        }
        if self.is_working() { calendar.advance(cursor, left) } else { cursor.saturating_add(left) }
    }

    fn measure(&self, calendar: &Calendar, from: i64, to: i64) -> i64 {
        if self.is_working() { calendar.working_between(from, to) } else { to.saturating_sub(from) }
    }

    fn round_up(&self, at: i64, calendar: &Calendar) -> i64 {
        match self.extended_by.last().unwrap_or(&self.deadline).unit {
            Unit::Minute | Unit::WorkingHour => at,
            Unit::WorkingDay => calendar.closing_at_or_after(at),
            Unit::NaturalDay => calendar.day_end_at_or_after(at, 0),
        }
    }
}
