//! A period somebody asks for: whole days in China, and not too many.

use crate::error::LinkageError;
use jiff::civil::Date;
use platform::Time;

/// Days of one answer.
pub(crate) const PERIOD_DAYS_MAX: i32 = 92;

/// From the beginning of the first day to the end of the last, in China.
///
/// # Errors
/// `linkage.bad_period` where it ends before it begins, or is longer than [`PERIOD_DAYS_MAX`].
pub(crate) fn moments(first: Date, last: Date) -> Result<(Time, Time), LinkageError> {
    let days = (last - first).get_days();
    let end = last.tomorrow().ok().filter(|_| last >= first && days < PERIOD_DAYS_MAX);
    end.map(|end| (Time::start_of(first), Time::start_of(end))).ok_or_else(|| {
        LinkageError::invalid(
            "to",
            "linkage.bad_period",
            format!("起止日期不对：先起后止，最多 {PERIOD_DAYS_MAX} 天。"),
            format!("A period begins before it ends, and has {PERIOD_DAYS_MAX} days at most."),
        )
    })
}

#[cfg(test)]
mod tests {
    //! Periods as offices name them.
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_period_includes_its_last_day_and_has_an_end() {
        let (from, to) = moments(date(2026, 3, 1), date(2026, 3, 31)).expect("a month");
        assert_eq!(
            (from.to_string(), to.to_string()),
            ("2026-02-28T16:00:00Z".into(), "2026-03-31T16:00:00Z".into())
        );
        let last = |days: i64| date(2026, 1, 1).checked_add(jiff::Span::new().days(days)).expect("a day");
        let days = i64::from(PERIOD_DAYS_MAX);
        assert!(moments(date(2026, 1, 1), last(days - 1)).is_ok());
        assert!(moments(date(2026, 1, 1), last(days)).is_err(), "a day too many");
        assert!(moments(date(2026, 3, 2), date(2026, 3, 1)).is_err(), "it ends before it begins");
    }
}
