//! What the people of a home wish for visits: when not to be disturbed, to what they consented, how to come.

use super::visit_rule::number_of;
use crate::error::FieldworkError;
use jiff::civil::{Date, DateTime, Time as OfDay};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Quiet times of one home.
const QUIET_MAX: usize = 14;
/// How to come: "先打电话", "请敲后门".
const HOW_CHARS_MAX: usize = 200;
/// Between these hours somebody may come at all; a day on which all of it is quiet is no day for a visit.
const MORNING: OfDay = OfDay::constant(8, 0, 0, 0);
const EVENING: OfDay = OfDay::constant(20, 0, 0, 0);

store::text_enum! {
    /// What was said to a rule that needs consent.
    pub Consent {
        Given = "given",
        Refused = "refused",
    }
}

/// A time in which nobody is to come.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Quiet {
    /// Days of the week, Monday is 1; none: every day.
    #[serde(default)]
    pub days: Vec<u8>,
    /// `12:00`, included; `14:30`, not included. From a later to an earlier one it goes over midnight.
    pub from: String,
    pub to: String,
}

/// All of a home's.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Wishes {
    #[serde(default)]
    pub quiet: Vec<Quiet>,
    /// By the key of the rule; what is not there was not asked.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, Consent>)]
    pub consents: BTreeMap<String, Consent>,
    /// In words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub how: Option<String>,
}

impl Quiet {
    fn times(&self) -> Option<(OfDay, OfDay)> {
        let time = |text: &str| (text.len() == 5).then(|| OfDay::strptime("%H:%M", text).ok()).flatten();
        time(&self.from).zip(time(&self.to))
    }

    fn is_of(&self, day: Date) -> bool {
        self.days.is_empty() || self.days.contains(&number_of(day.weekday()))
    }

    /// Its parts of one day: one, or both ends of a night.
    fn spans_of(&self, day: Date) -> Vec<(OfDay, OfDay)> {
        let Some((from, to)) = self.times() else { return Vec::new() };
        let is_today = self.is_of(day);
        if from < to {
            return if is_today { vec![(from, to)] } else { Vec::new() };
        }
        let evening = is_today.then_some((from, OfDay::MAX));
        let morning = self.is_of(day.saturating_sub(jiff::ToSpan::days(1))).then_some((OfDay::MIN, to));
        evening.into_iter().chain(morning).collect()
    }
}

impl Wishes {
    /// As they may be kept.
    ///
    /// # Errors
    /// `fieldwork.bad_quiet`, `fieldwork.bad_how`.
    pub fn checked(mut self) -> Result<Self, FieldworkError> {
        let holds = |quiet: &Quiet| {
            quiet.times().is_some_and(|(from, to)| from != to)
                && quiet.days.iter().all(|day| (1..=7).contains(day))
        };
        if self.quiet.len() > QUIET_MAX || !self.quiet.iter().all(holds) {
            return Err(FieldworkError::invalid(
                "quiet",
                "fieldwork.bad_quiet",
                "免打扰时间写成 12:00 到 14:30，星期写 1 到 7。",
                "A quiet time is written 12:00 to 14:30, days of the week 1 to 7.",
            ));
        }
        self.how = self.how.map(|how| how.trim().to_owned()).filter(|how| !how.is_empty());
        if self.how.as_ref().is_some_and(|how| how.chars().count() > HOW_CHARS_MAX) {
            return Err(FieldworkError::invalid(
                "how",
                "fieldwork.bad_how",
                "说明最多 200 个字。",
                "At most 200 characters.",
            ));
        }
        Ok(self)
    }

    /// Until when of the day nobody is to come, at a moment in China; none where somebody may come now.
    pub fn quiet_until(&self, now: DateTime) -> Option<OfDay> {
        let (time, mut until) = (now.time(), None);
        let mut spans: Vec<_> = self.quiet.iter().flat_map(|quiet| quiet.spans_of(now.date())).collect();
        spans.sort_unstable();
        for (from, to) in spans {
            if from <= until.unwrap_or(time) && time < to {
                until = until.max(Some(to));
            }
        }
        until
    }

    /// Whether somebody could come at no hour of a day.
    pub fn is_quiet_all_day(&self, day: Date) -> bool {
        self.quiet_until(day.to_datetime(MORNING)).is_some_and(|until| until >= EVENING)
    }

    /// What was said to a rule.
    pub fn consent(&self, rule: &str) -> Option<Consent> {
        self.consents.get(rule).copied()
    }
}

#[cfg(test)]
mod tests {
    //! Quiet times by day and hour, over midnight too.
    use super::{Quiet, Wishes};
    use jiff::civil::date;

    fn quiet(days: &[u8], from: &str, to: &str) -> Quiet {
        Quiet { days: days.to_vec(), from: from.to_owned(), to: to.to_owned() }
    }

    #[test]
    fn nobody_comes_in_a_quiet_time() {
        let wishes = Wishes {
            quiet: vec![
                quiet(&[], "12:00", "14:00"),
                quiet(&[], "13:30", "15:00"),
                quiet(&[1], "21:00", "09:00"),
            ],
            ..Wishes::default()
        };
        // The 2nd of March 2026 is a Monday.
        let rows = [
            (2, (11, 59), None),
            (2, (12, 0), Some("15:00:00")),
            (2, (14, 59), Some("15:00:00")),
            (2, (15, 0), None),
            (2, (22, 0), Some("23:59:59.999999999")),
            (3, (8, 59), Some("09:00:00")),
            (3, (9, 0), None),
            (3, (22, 0), None),
            (2, (8, 0), None),
        ];
        for (day, (hour, minute), expected) in rows {
            let until = wishes.quiet_until(date(2026, 3, day).at(hour, minute, 0, 0));
            assert_eq!(until.map(|until| until.to_string()).as_deref(), expected, "{day} at {hour}:{minute}");
        }
    }

    #[test]
    fn a_day_without_an_hour_is_no_day_for_a_visit() {
        let wishes = Wishes {
            quiet: vec![quiet(&[1], "08:00", "14:00"), quiet(&[1, 2], "14:00", "20:00")],
            ..Wishes::default()
        };
        let days = [2, 3, 4].map(|day| wishes.is_quiet_all_day(date(2026, 3, day)));
        assert_eq!(days, [true, false, false]);
    }

    #[test]
    fn what_is_no_time_is_refused() {
        let kept = |quiet: Quiet| Wishes { quiet: vec![quiet], ..Wishes::default() }.checked().is_ok();
        assert!(kept(quiet(&[7], "21:00", "07:00")));
        for (days, from, to) in [
            (&[8][..], "12:00", "13:00"),
            (&[], "12", "13:00"),
            (&[], "25:00", "13:00"),
            (&[], "12:00", "12:00"),
        ] {
            assert!(!kept(quiet(days, from, to)), "{days:?} {from} {to}");
        }
        assert!(Wishes { how: Some("字".repeat(201)), ..Wishes::default() }.checked().is_err());
        assert_eq!(
            Wishes { how: Some("  ".to_owned()), ..Wishes::default() }.checked().ok().and_then(|w| w.how),
            None
        );
    }
}
