//! Clocks that pause and are extended, what they say in words, and when they urge.
use crate::town::{CALENDAR, CASE_FLOW, at, shown};
use flow::{Basis, Clock, Deadline, Left, Unit};
use proptest::prelude::*;

fn clock(start: &str, amount: u32, unit: Unit) -> Clock {
    Clock::start(at(start), Deadline::new(amount, unit))
}

fn paused(mut clock: Clock, from: &str, to: &str) -> Clock {
    clock.pause("weather", at(from));
    clock.resume(at(to));
    clock
}

#[track_caller]
fn ends(clock: &Clock, end: &str) {
    assert_eq!(shown(clock.due(&CALENDAR, at("2026-12-01 00:00")).at), end);
}

#[test]
fn a_pause_moves_the_end_by_what_it_took_of_the_clocks_own_time() {
    let hours = || clock("2026-03-04 09:00", 4, Unit::WorkingHour); // plain end 14:30
    ends(&paused(hours(), "2026-03-04 10:00", "2026-03-04 11:00"), "2026-03-04 15:30:00");
    ends(&paused(hours(), "2026-03-04 12:00", "2026-03-04 13:30"), "2026-03-04 14:30:00"); // lunch costs nothing
    ends(&paused(hours(), "2026-03-04 10:00", "2026-03-09 09:00"), "2026-03-09 12:00:00"); // 1 h ran, 3 h left
    ends(&paused(hours(), "2026-03-05 10:00", "2026-03-06 10:00"), "2026-03-04 14:30:00"); // too late to count
    let twice = paused(
        paused(hours(), "2026-03-04 10:00", "2026-03-04 10:30"),
        "2026-03-04 11:00",
        "2026-03-04 11:30",
    );
    ends(&twice, "2026-03-04 15:30:00");
}

#[test]
fn days_still_end_at_the_end_of_a_day_after_a_pause() {
    let days = clock("2026-03-04 10:00", 2, Unit::WorkingDay); // plain end Friday 6, 17:30
    ends(&paused(days.clone(), "2026-03-05 09:00", "2026-03-05 10:00"), "2026-03-09 17:30:00");
    ends(&paused(days, "2026-03-07 09:00", "2026-03-07 10:00"), "2026-03-06 17:30:00"); // on a Saturday
    let natural = clock("2026-03-02 10:00", 3, Unit::NaturalDay); // plain end Thursday 5
    ends(&paused(natural, "2026-03-03 10:00", "2026-03-05 10:00"), "2026-03-09 23:59:59"); // Saturday rolls to Monday
}

#[test]
fn an_open_pause_moves_the_end_with_now() {
    let mut clock = clock("2026-03-04 09:00", 4, Unit::WorkingHour);
    clock.pause("reporter", at("2026-03-04 10:00"));
    assert_eq!(shown(clock.due(&CALENDAR, at("2026-03-04 11:00")).at), "2026-03-04 15:30:00");
    assert_eq!(shown(clock.due(&CALENDAR, at("2026-03-05 10:00")).at), "2026-03-05 14:30:00");
    assert!(!clock.is_overdue(&CALENDAR, at("2026-03-20 10:00")));
    assert_eq!(clock.elapsed(&CALENDAR, at("2026-03-20 10:00")), 3_600_000_000);
    clock.pause("weather", at("2026-03-04 11:00"));
    assert_eq!(clock.pauses.len(), 1, "a clock that stands is not stopped again");
    clock.resume(at("2026-03-04 11:00"));
    clock.resume(at("2026-03-09 11:00"));
    assert_eq!(clock.pauses[0].to, Some(at("2026-03-04 11:00")));
}

#[test]
fn an_extension_starts_where_the_time_before_it_ends() {
    let mut days = clock("2026-03-04 10:00", 2, Unit::WorkingDay);
    days.extend(Deadline::new(3, Unit::WorkingDay));
    ends(&days, "2026-03-11 17:30:00");
    let mut hours = clock("2026-03-04 10:00", 2, Unit::WorkingHour);
    hours.extend(Deadline::new(1, Unit::WorkingDay));
    ends(&hours, "2026-03-05 17:30:00");
    ends(&paused(hours, "2026-03-04 10:30", "2026-03-04 11:30"), "2026-03-06 17:30:00");
}

#[test]
fn a_clock_over_new_year_says_how_sure_it_is() {
    assert_eq!(clock("2026-12-30 10:00", 3, Unit::WorkingDay).due(&CALENDAR, 0).basis, Basis::WeekendOnly);
}

#[test]
fn time_left_is_told_in_words_people_use() {
    let said = |clock: &Clock, now: &str| {
        let words = clock.left(&CALENDAR, at(now)).words();
        (words.zh, words.en)
    };
    let check = |clock: &Clock, now: &str, zh: &str, en: &str| {
        assert_eq!(said(clock, now), (zh.to_owned(), en.to_owned()), "at {now}");
    };
    let hours = clock("2026-03-04 09:00", 4, Unit::WorkingHour); // ends 14:30
    check(&hours, "2026-03-04 09:30", "还剩 3 个工作小时", "3 working hours left");
    check(&hours, "2026-03-04 13:50", "还剩 40 分钟工作时间", "40 working minutes left");
    check(&hours, "2026-03-04 14:30", "还剩不到 1 分钟", "less than a minute left");
    check(&hours, "2026-03-04 14:50", "已超 20 分钟", "20 minutes late");
    check(&hours, "2026-03-05 15:00", "已超 24 小时", "24 hours late");
    check(&hours, "2026-03-06 15:00", "已超 2 天", "2 days late");
    let days = clock("2026-02-13 10:00", 2, Unit::WorkingDay); // 14 and 24 February
    check(&days, "2026-02-13 11:00", "还剩 2 个工作日", "2 working days left");
    check(&days, "2026-02-18 11:00", "还剩 1 个工作日", "1 working day left");
    check(&days, "2026-02-24 14:00", "还剩 3 个工作小时", "3 working hours left");
    let natural = clock("2026-03-04 10:00", 7, Unit::NaturalDay); // Wednesday 11
    check(&natural, "2026-03-06 10:00", "还剩 5 天", "5 days left");
    check(&natural, "2026-03-11 22:30", "还剩 1 小时", "1 hour left");
    let mut stands = hours;
    stands.pause("weather", at("2026-03-04 10:00"));
    assert_eq!(stands.left(&CALENDAR, at("2026-04-01 10:00")), Left::Paused);
}

#[test]
fn the_clock_urges_before_at_and_after_its_end() {
    let clock = clock("2026-03-04 09:00", 4, Unit::WorkingHour);
    let raised = |clock: &Clock| -> Vec<(String, String)> {
        let raises = CASE_FLOW.raises("accept", clock, &CALENDAR, at("2026-03-04 09:00"));
        raises.iter().map(|r| (r.level.name.clone(), shown(r.at))).collect()
    };
    let want = [
        ("reminded", "2026-03-04 12:00:00"),
        ("urged", "2026-03-04 14:30:00"),
        ("supervised_yellow", "2026-03-05 17:30:00"),
        ("supervised_red", "2026-03-09 17:30:00"),
    ];
    assert_eq!(raised(&clock), want.map(|(level, at)| (level.to_owned(), at.to_owned())));
    let later = raised(&paused(clock, "2026-03-04 10:00", "2026-03-04 11:00"));
    assert_eq!(later[0].1, "2026-03-04 14:30:00");
}

#[test]
fn a_clock_survives_being_stored() {
    let mut clock =
        paused(clock("2026-03-04 09:00", 4, Unit::WorkingHour), "2026-03-04 10:00", "2026-03-04 11:00");
    clock.extend(Deadline::new(1, Unit::WorkingDay));
    let text = serde_json::to_string(&clock).expect("plain data");
    assert_eq!(serde_json::from_str::<Clock>(&text).expect("the same"), clock);
}

/// A clock with up to four pauses, in order, some of them touching.
fn any_clock() -> impl Strategy<Value = Clock> {
    let unit = prop_oneof![
        Just(Unit::Minute),
        Just(Unit::WorkingHour),
        Just(Unit::WorkingDay),
        Just(Unit::NaturalDay)
    ];
    let gaps = prop::collection::vec((0..200_000_000_000_i64, 0..400_000_000_000_i64), 0..4);
    let extensions = prop::collection::vec(1..5_u32, 0..2);
    (at("2025-09-01 00:00")..at("2026-06-01 00:00"), 1..40_u32, unit, gaps, extensions).prop_map(
        |(started, n, unit, gaps, extensions)| {
            let mut clock = Clock::start(started, Deadline::new(n, unit));
            let mut cursor = started;
            for (run, stand) in gaps {
                clock.pause("weather", cursor + run);
                clock.resume(cursor + run + stand);
                cursor += run + stand;
            }
            extensions.into_iter().for_each(|n| clock.extend(Deadline::new(n, unit)));
            clock
        },
    )
}

proptest! {
    #[test]
    fn a_pause_or_an_extension_never_ends_it_earlier(clock in any_clock(), more in 0..400_000_000_000_i64, now in any_now()) {
        let mut before = clock.clone();
        before.pauses.pop();
        prop_assert!(clock.due(&CALENDAR, now).at >= before.due(&CALENDAR, now).at);
        let mut longer = clock.clone();
        longer.pauses.last_mut().into_iter().for_each(|p| p.to = p.to.map(|to| to + more));
        prop_assert!(longer.due(&CALENDAR, now).at >= clock.due(&CALENDAR, now).at);
        let mut extended = clock.clone();
        extended.extend(Deadline::new(1, clock.deadline.unit));
        prop_assert!(extended.due(&CALENDAR, now).at >= clock.due(&CALENDAR, now).at);
    }

    #[test]
    fn more_amount_never_ends_it_earlier(clock in any_clock(), now in any_now()) {
        let mut more = clock.clone();
        more.deadline.amount += 1;
        prop_assert!(more.due(&CALENDAR, now).at >= clock.due(&CALENDAR, now).at);
    }

    #[test]
    fn working_clocks_end_in_working_time(clock in any_clock(), now in any_now()) {
        let end = clock.due(&CALENDAR, now).at;
        prop_assert!(!clock.is_working() || CALENDAR.is_working_time(end - 1), "{}", shown(end));
    }

    #[test]
    fn hours_and_minutes_have_run_in_full_at_the_end(clock in any_clock(), now in any_now()) {
        let end = clock.due(&CALENDAR, now).at;
        let given: u32 = clock.deadline.amount + clock.extended_by.iter().map(|d| d.amount).sum::<u32>();
        match clock.deadline.unit {
            Unit::WorkingHour => prop_assert_eq!(clock.elapsed(&CALENDAR, end), i64::from(given) * 3_600_000_000),
            Unit::Minute => prop_assert_eq!(clock.elapsed(&CALENDAR, end), i64::from(given) * 60_000_000),
            // Days are rounded up to the end of a day.
            Unit::WorkingDay | Unit::NaturalDay => {
                let mut plain = clock.clone();
                plain.pauses.clear();
                let whole = plain.elapsed(&CALENDAR, plain.due(&CALENDAR, now).at);
                prop_assert!(clock.elapsed(&CALENDAR, end) >= whole);
            }
        }
    }

    #[test]
    fn reminders_come_in_order_and_before_the_end(clock in any_clock(), now in any_now()) {
        let parts: Vec<i64> = [0, 25, 50, 75, 100].iter().map(|p| clock.at_percent(*p, &CALENDAR, now)).collect();
        prop_assert!(parts.is_sorted());
        prop_assert!(parts[0] >= clock.started && parts[4] <= clock.due(&CALENDAR, now).at);
    }

    #[test]
    fn what_is_left_and_what_is_late_agree(clock in any_clock(), now in any_now()) {
        let late = clock.is_overdue(&CALENDAR, now);
        prop_assert_eq!(late, matches!(clock.left(&CALENDAR, now), Left::Late { .. }));
        if clock.remaining(&CALENDAR, now) < 0 {
            prop_assert!(late);
        }
        prop_assert!(!clock.left(&CALENDAR, now).words().zh.is_empty());
    }
}

fn any_now() -> impl Strategy<Value = i64> {
    at("2025-09-01 00:00")..at("2026-12-01 00:00")
}
