//! When a clock raises the level of urging: times for the caller's timers.
use crate::calendar::Calendar;
use crate::clock::Clock;
use crate::deadline::due;
use crate::workflow::{Level, Workflow};

/// A level and the moment from which it is in force.
#[derive(Debug, Clone, Copy)]
pub struct Raise<'w> {
    pub level: &'w Level,
    /// Microseconds of UTC.
    pub at: i64,
}

impl Workflow {
    /// All levels a running clock will raise, in rising order of level. Ask again after a pause, a resume or an extension.
    pub fn raises(&self, clock_name: &str, clock: &Clock, calendar: &Calendar, now: i64) -> Vec<Raise<'_>> {
        let end = clock.due(calendar, now).at;
        let rules = self.escalations.iter().filter(|e| e.clock == clock_name);
        rules
            .filter_map(|rule| {
                let at = match (rule.percent, rule.after_due) {
                    (Some(percent), _) => clock.at_percent(percent, calendar, now),
                    (None, Some(after)) => due(end, after, calendar).at,
                    (None, None) => return None,
                };
                Some(Raise { level: self.level(&rule.level)?, at })
            })
            .collect()
    }
}
