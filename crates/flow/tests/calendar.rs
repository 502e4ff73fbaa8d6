//! Deadlines by table and by property: Spring Festival, make-up days, the border of the published years.
use crate::town::{CALENDAR, DAYS, HOURS, at, shown};
use flow::{Basis, Calendar, Deadline, Unit, WorkingHours, due};
use proptest::prelude::*;

const MINUTE: i64 = 60_000_000;

#[track_caller]
fn check(start: &str, amount: u32, unit: Unit, end: &str, basis: Basis) {
    let found = due(at(start), Deadline::new(amount, unit), &CALENDAR);
    assert_eq!((shown(found.at).as_str(), found.basis), (end, basis), "{start} + {amount} {unit:?}");
}

#[test]
fn working_hours_run_only_while_people_work() {
    let hours = |start, n, end| check(start, n, Unit::WorkingHour, end, Basis::Official);
    hours("2026-03-04 09:00", 1, "2026-03-04 10:00:00");
    hours("2026-03-04 07:00", 1, "2026-03-04 10:00:00"); // before opening
    hours("2026-03-04 09:00", 3, "2026-03-04 12:00:00"); // ends with the morning, not at 13:30
    hours("2026-03-04 12:15", 1, "2026-03-04 14:30:00"); // over lunch
    hours("2026-03-04 11:30", 1, "2026-03-04 14:00:00");
    hours("2026-03-04 17:30", 1, "2026-03-05 10:00:00"); // at closing time
    hours("2026-03-04 09:00", 7, "2026-03-04 17:30:00");
    hours("2026-03-04 09:00", 8, "2026-03-05 10:00:00");
    hours("2026-03-06 16:30", 2, "2026-03-09 10:00:00"); // over the weekend
}

#[test]
fn spring_festival_2026_stops_the_clock_and_make_up_saturdays_run_it() {
    use Unit::{NaturalDay, WorkingDay, WorkingHour};
    let official = |start, n, unit, end| check(start, n, unit, end, Basis::Official);
    official("2026-02-13 16:30", 2, WorkingHour, "2026-02-14 10:00:00"); // Saturday 14 is worked
    official("2026-02-14 17:00", 1, WorkingHour, "2026-02-24 09:30:00"); // off from 15 to 23
    official("2026-02-13 10:00", 1, WorkingDay, "2026-02-14 17:30:00");
    official("2026-02-13 10:00", 2, WorkingDay, "2026-02-24 17:30:00");
    official("2026-02-13 10:00", 6, WorkingDay, "2026-02-28 17:30:00"); // Saturday 28 is worked
    official("2026-02-13 10:00", 7, WorkingDay, "2026-03-02 17:30:00");
    official("2026-02-17 12:00", 1, WorkingHour, "2026-02-24 10:00:00"); // reported on a holiday
    official("2026-02-17 12:00", 1, WorkingDay, "2026-02-24 17:30:00");
    official("2026-02-10 08:00", 7, NaturalDay, "2026-02-24 23:59:59"); // the last day is a holiday
    official("2026-02-07 08:00", 7, NaturalDay, "2026-02-14 23:59:59"); // the last day is a worked Saturday
    official("2025-12-31 16:30", 2, WorkingHour, "2026-01-04 10:00:00"); // Sunday 4 January is worked
}

#[test]
fn the_day_it_starts_is_not_counted() {
    check("2026-03-04 00:10", 1, Unit::WorkingDay, "2026-03-05 17:30:00", Basis::Official);
    check("2026-03-04 23:50", 1, Unit::WorkingDay, "2026-03-05 17:30:00", Basis::Official);
    check("2026-03-04 00:10", 1, Unit::NaturalDay, "2026-03-05 23:59:59", Basis::Official);
    check("2026-03-07 10:00", 1, Unit::WorkingDay, "2026-03-09 17:30:00", Basis::Official); // starts on a Saturday
}

#[test]
fn minutes_run_day_and_night() {
    check("2026-02-17 23:50", 20, Unit::Minute, "2026-02-18 00:10:00", Basis::Official);
}

#[test]
fn a_year_without_notice_says_so() {
    check("2026-12-30 10:00", 1, Unit::WorkingDay, "2026-12-31 17:30:00", Basis::Official);
    check("2026-12-31 17:00", 1, Unit::WorkingHour, "2027-01-01 09:30:00", Basis::WeekendOnly);
    check("2026-12-30 10:00", 2, Unit::WorkingDay, "2027-01-01 17:30:00", Basis::WeekendOnly);
    check("2026-12-29 10:00", 4, Unit::NaturalDay, "2027-01-04 23:59:59", Basis::WeekendOnly);
    check("2027-12-31 10:00", 1, Unit::WorkingDay, "2028-01-03 17:30:00", Basis::Unknown);
    check("2019-12-31 10:00", 1, Unit::WorkingHour, "2019-12-31 11:00:00", Basis::Unknown);
    assert_eq!(CALENDAR.published_until(), jiff::civil::date(2026, 12, 31));
}

#[test]
fn times_far_outside_are_answered_without_panic() {
    for start in [i64::MIN, at("1899-01-01 00:00"), at("2999-01-01 00:00"), i64::MAX] {
        for unit in [Unit::Minute, Unit::WorkingHour, Unit::WorkingDay, Unit::NaturalDay] {
            due(start, Deadline::new(u32::MAX, unit), &CALENDAR);
        }
    }
}

#[test]
fn the_next_working_time_is_found_over_lunch_night_and_holiday() {
    let next = |from: &str| shown(CALENDAR.next_working_time(at(from)));
    assert_eq!(next("2026-03-04 10:20"), "2026-03-04 10:20:00");
    assert_eq!(next("2026-03-04 12:00"), "2026-03-04 13:30:00");
    assert_eq!(next("2026-03-04 17:30"), "2026-03-05 09:00:00");
    assert_eq!(next("2026-02-14 18:00"), "2026-02-24 09:00:00");
    assert!(CALENDAR.is_working_time(at("2026-02-14 09:00")));
    assert!(!CALENDAR.is_working_time(at("2026-02-16 09:00")));
    assert!(!CALENDAR.is_working_time(at("2026-03-04 12:00")));
}

#[test]
fn summer_and_winter_may_have_their_own_hours() {
    let hours = "source = \"test\"\nutc_offset = \"+08:00\"\n\
        [[season]]\nfrom = \"10-01\"\nto = \"04-30\"\nspans = [\"09:00-12:00\", \"13:00-17:00\"]\n\
        [[season]]\nfrom = \"05-01\"\nto = \"09-30\"\nspans = [\"08:30-12:00\", \"15:00-18:00\"]\n";
    let calendar = Calendar::from_csv(DAYS, &WorkingHours::from_toml(hours).expect("valid")).expect("valid");
    let end = |start, n, unit| shown(due(at(start), Deadline::new(n, unit), &calendar).at);
    assert_eq!(end("2026-06-03 11:30", 1, Unit::WorkingHour), "2026-06-03 15:30:00");
    assert_eq!(end("2026-06-03 11:30", 1, Unit::WorkingDay), "2026-06-04 18:00:00");
    assert_eq!(end("2026-03-03 11:30", 1, Unit::WorkingDay), "2026-03-04 17:00:00");
}

#[test]
fn faulty_hours_are_refused_with_every_fault() {
    let faults = |text: &str| WorkingHours::from_toml(text).map(|_| ()).expect_err("faulty").to_string();
    let both = faults(&HOURS.replace("+08:00", "east").replace("13:30-17:30", "11:00-17:30"));
    assert!(both.contains("utc_offset") && both.contains("overlap"), "{both}");
    assert!(faults(&HOURS.replace("12-31", "11-30")).contains("12-01 falls into 0 seasons"));
    assert!(faults(&HOURS.replace("12-31", "12-32")).contains("month-day"));
    assert!(faults("season = 1").contains("unreadable"));
}

#[test]
fn faulty_days_are_refused_with_their_line() {
    let hours = WorkingHours::from_toml(HOURS).expect("valid");
    let faults = |text: &str| Calendar::from_csv(text, &hours).map(|_| ()).expect_err("faulty").to_string();
    let head = "date,weekday,is_workday,name,kind,basis\n";
    let text = format!(
        "{head}2026-01-01,4,False,,x,official\n2026-01-03,5,True,,x,official\n2026-02-30,1,Maybe,,x,official\n"
    );
    let found = faults(&text);
    assert!(
        found.contains("line 3") && found.contains("does not follow") && found.contains("weekday"),
        "{found}"
    );
    assert!(found.contains("line 4") && found.contains("not a date"), "{found}");
    assert!(faults(head).contains("no day"));
    assert!(Calendar::from_csv(&format!("\u{feff}{DAYS}"), &hours).is_ok(), "a byte order mark does no harm");
}

fn any_time() -> impl Strategy<Value = i64> {
    at("2020-01-01 00:00")..at("2027-10-01 00:00")
}

fn any_unit() -> impl Strategy<Value = Unit> {
    prop_oneof![Just(Unit::Minute), Just(Unit::WorkingHour), Just(Unit::WorkingDay), Just(Unit::NaturalDay)]
}

proptest! {
    #[test]
    fn more_time_and_a_later_start_never_end_earlier(start in any_time(), later in 0..5_000_000_000_i64, n in 1..60_u32, unit in any_unit()) {
        let end = |start, n| due(start, Deadline::new(n, unit), &CALENDAR).at;
        prop_assert!(end(start, n) > start);
        prop_assert!(end(start, n + 1) >= end(start, n));
        prop_assert!(end(start + later, n) >= end(start, n));
    }

    #[test]
    fn working_deadlines_end_in_working_time(start in any_time(), n in 1..60_u32) {
        for unit in [Unit::WorkingHour, Unit::WorkingDay] {
            let end = due(start, Deadline::new(n, unit), &CALENDAR).at;
            prop_assert!(CALENDAR.is_working_time(end - 1), "{} {unit:?}", shown(end));
        }
    }

    #[test]
    fn what_is_counted_is_what_was_given(start in any_time(), n in 1..60_u32) {
        let end = |unit| due(start, Deadline::new(n, unit), &CALENDAR).at;
        prop_assert_eq!(CALENDAR.working_between(start, end(Unit::WorkingHour)), i64::from(n) * 60 * MINUTE);
        prop_assert_eq!(CALENDAR.working_days_between(start, end(Unit::WorkingDay)), n);
        prop_assert_eq!(end(Unit::Minute) - start, i64::from(n) * MINUTE);
    }

    /// The prefix sums against the plainest possible way: minute by minute.
    #[test]
    fn prefix_sums_equal_counting_minutes(start in any_time(), minutes in 0..6_000_i64) {
        let start = start - start % MINUTE;
        let counted = (0..minutes).filter(|n| CALENDAR.is_working_time(start + n * MINUTE)).count() as i64;
        prop_assert_eq!(CALENDAR.working_between(start, start + minutes * MINUTE), counted * MINUTE);
    }

    #[test]
    fn natural_days_end_on_a_working_day_and_not_too_early(start in any_time(), n in 1..60_u32) {
        let end = due(start, Deadline::new(n, Unit::NaturalDay), &CALENDAR).at;
        prop_assert!(CALENDAR.is_working_day(end));
        prop_assert!(end - start >= i64::from(n) * 24 * 60 * MINUTE - 1);
    }
}
