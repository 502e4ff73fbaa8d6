//! Visit rules: whom, how often, by what right; the period a day lies in, and the day of it on which somebody is visited.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use platform::Words;
use registry::{Ground, RecordId};

store::text_enum! {
    /// How often somebody is visited.
    pub Every {
        Week = "week",
        Month = "month",
        Quarter = "quarter",
        /// Once for each it concerns.
        Once = "once",
    }
}

/// By what right somebody is visited.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Basis {
    /// The first visit asks; without a yes there is no second.
    Consent,
    /// A law or another published ground, with its article.
    Law(String),
}

/// A rule of catalog/visits/rules.toml.
#[derive(Clone, Debug)]
pub struct VisitRule {
    pub key: String,
    pub words: Words,
    pub ground: Ground,
    pub every: Every,
    /// Of one visit, with the way there.
    pub minutes: i64,
    /// What it is good for, for who is visited.
    pub service: Words,
    pub basis: Basis,
    /// Shown to the resident: why, and what is asked.
    pub reason: Words,
    pub asks: Words,
}

impl VisitRule {
    pub fn needs_consent(&self) -> bool {
        self.basis == Basis::Consent
    }
}

/// Days from which and until which one visit is due.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Period {
    pub from: Date,
    pub until: Date,
}

/// Days within which somebody is visited who is visited once.
const ONCE_DAYS: i64 = 28;
/// Days of a week on which visits fall due: a weekend is left to catch up.
const WORKDAYS: i64 = 5;

impl Every {
    /// The period a day lies in: calendar weeks, months and quarters. What is done once has one that begins with the day.
    pub fn period(self, day: Date) -> Period {
        let until = |from: Date, months: i32| from.saturating_add(months.months()).saturating_sub(1.day());
        match self {
            Self::Week => {
                let from = day.saturating_sub(i64::from(day.weekday().to_monday_zero_offset()).days());
                Period { from, until: from.saturating_add(6.days()) }
            }
            Self::Month => {
                let from = day.first_of_month();
                Period { from, until: until(from, 1) }
            }
            Self::Quarter => {
                let past = i32::from((day.month() - 1) % 3);
                let from = day.first_of_month().saturating_sub(past.months());
                Period { from, until: until(from, 3) }
            }
            Self::Once => Period { from: day, until: day.saturating_add((ONCE_DAYS - 1).days()) },
        }
    }

    /// What part of its minutes a visit takes in an average week; of what is done once, spread over its period.
    pub const fn weeks(self) -> f64 {
        const WEEKS_OF_YEAR: f64 = 365.2425 / 7.0;
        match self {
            Self::Week => 1.0,
            Self::Month => WEEKS_OF_YEAR / 12.0,
            Self::Quarter => WEEKS_OF_YEAR / 4.0,
            Self::Once => ONCE_DAYS as f64 / 7.0,
        }
    }
}

impl Period {
    /// The working day by which somebody is visited: always the same of a period for the same subject, so that visits are spread over it
    /// and planning anew finds the same; never before `today`, never on a day that is quiet from morning to night or was given before.
    /// None: no day is left.
    pub fn due_on(self, subject: RecordId, today: Date, is_out: impl Fn(Date) -> bool) -> Option<Date> {
        let days = self.days();
        let number = subject.0.as_u64_pair().1 % (days.len().max(1) as u64);
        let mut spread = days.iter().copied().skip(number as usize);
        let later = |day: &Date| *day >= today && !is_out(*day);
        let last = || days.iter().copied().rev().chain(std::iter::once(self.until));
        spread.find(&later).or_else(|| last().find(|day| later(day)))
    }

    /// Its working days, Monday to Friday; public holidays are the worker's to move.
    fn days(self) -> Vec<Date> {
        let is_work = |day: &Date| i64::from(day.weekday().to_monday_one_offset()) <= WORKDAYS;
        self.from.series(1.day()).take_while(|day| *day <= self.until).filter(is_work).collect()
    }
}

/// The number of a weekday, Monday is 1.
pub fn number_of(day: Weekday) -> u8 {
    day.to_monday_one_offset().unsigned_abs()
}

#[cfg(test)]
mod tests {
    //! Periods follow the calendar; visits are spread over their days.
    use super::Every;
    use jiff::civil::{Date, date};
    use registry::RecordId;
    use std::collections::BTreeMap;
    use uuid::Uuid;

    #[test]
    fn periods_follow_the_calendar() {
        let rows = [
            (Every::Week, date(2026, 3, 2), date(2026, 3, 2), date(2026, 3, 8)),
            (Every::Week, date(2026, 3, 8), date(2026, 3, 2), date(2026, 3, 8)),
            (Every::Month, date(2026, 2, 28), date(2026, 2, 1), date(2026, 2, 28)),
            (Every::Quarter, date(2026, 12, 31), date(2026, 10, 1), date(2026, 12, 31)),
            (Every::Quarter, date(2026, 4, 1), date(2026, 4, 1), date(2026, 6, 30)),
            (Every::Once, date(2026, 3, 2), date(2026, 3, 2), date(2026, 3, 29)),
        ];
        for (every, day, from, until) in rows {
            let period = every.period(day);
            assert_eq!((period.from, period.until), (from, until), "{every:?} {day}");
        }
    }

    fn due(every: Every, number: u128, today: Date) -> Option<Date> {
        every.period(today).due_on(RecordId(Uuid::from_u128(number)), today, |_| false)
    }

    #[test]
    fn visits_are_spread_and_stay_where_they_are() {
        let monday = date(2026, 3, 2);
        let mut by_day: BTreeMap<Date, usize> = BTreeMap::new();
        for number in 0..500 {
            let day = due(Every::Week, number, monday).expect("a day");
            *by_day.entry(day).or_default() += 1;
            assert!(due(Every::Week, number, date(2026, 3, 1)).expect("a day") < monday, "the week before");
            let later = due(Every::Week, number, date(2026, 3, 4)).expect("a day");
            assert!(later == day || day < date(2026, 3, 4), "planned anew it stays, unless it has passed");
        }
        assert_eq!(by_day.into_values().collect::<Vec<_>>(), [100; 5], "Monday to Friday alike");
    }

    #[test]
    fn a_day_that_is_out_is_not_taken() {
        let (monday, subject) = (date(2026, 3, 2), RecordId(Uuid::from_u128(0)));
        let period = Every::Week.period(monday);
        assert_eq!(period.due_on(subject, monday, |_| false), Some(monday));
        assert_eq!(period.due_on(subject, monday, |day| day == monday), Some(date(2026, 3, 3)));
        assert_eq!(
            period.due_on(subject, date(2026, 3, 7), |_| false),
            Some(date(2026, 3, 8)),
            "a weekend to catch up"
        );
        assert_eq!(period.due_on(subject, monday, |_| true), None);
    }
}
