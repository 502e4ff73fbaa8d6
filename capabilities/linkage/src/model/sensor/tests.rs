//! Hysteresis, duration, duplicates, rate, hours and budget: by example, and whatever comes.

use super::standing::{Comparator, READINGS_AT_ONCE, READINGS_PER_SECOND, Threshold};
use super::*;
use cases::CaseId;
use jiff::civil;
use proptest::prelude::*;
use serde_json::json;
use uuid::Uuid;

fn at(seconds: i64) -> Time {
    Time::from_micros(1_772_416_800_000_000 + seconds * 1_000_000)
}

fn gauge() -> Limits {
    let thresholds = Thresholds {
        above: true,
        warn: Some(0.15),
        alarm: 0.27,
        hysteresis: 0.05,
        lasts: Duration::from_secs(60),
        restores: Duration::from_secs(300),
    };
    Limits { least: 0.0, most: 10.0, unit: "m".to_owned(), thresholds }
}

fn reading(seconds: i64, value: f64) -> Reading {
    Reading { value, at: at(seconds), seq: None, unit: None }
}

/// The levels after each of some readings.
fn levels(readings: &[(i64, f64)]) -> Vec<Level> {
    let (mut standing, limits) = (Standing::default(), gauge());
    let mut found = Vec::new();
    for (seconds, value) in readings {
        standing =
            hear(&standing, &reading(*seconds, *value), &limits, at(*seconds)).expect("taken").standing;
        found.push(standing.level());
    }
    found
}

#[test]
fn a_threshold_counts_once_it_has_lasted_and_ends_behind_its_hysteresis() {
    use Level::{Alarm, Normal, Warn};
    type Row<'a> = (&'a [(i64, f64)], &'a [Level]);
    let rows: &[Row<'_>] = &[
        (&[(0, 0.1), (60, 0.3), (90, 0.3), (120, 0.3)], &[Normal, Normal, Normal, Alarm]),
        // A splash is no alarm.
        (&[(0, 0.3), (30, 0.1), (70, 0.3), (100, 0.1)], &[Normal, Normal, Normal, Normal]),
        // Just under the threshold is not yet behind it.
        (&[(0, 0.3), (60, 0.3), (400, 0.25), (900, 0.23)], &[Normal, Alarm, Alarm, Alarm]),
        // Five minutes behind it: the warning stays, for it is still passed.
        (&[(0, 0.3), (60, 0.3), (120, 0.2), (430, 0.2)], &[Normal, Alarm, Alarm, Warn]),
        (&[(0, 0.3), (60, 0.3), (120, 0.0), (430, 0.0)], &[Normal, Alarm, Alarm, Normal]),
        (&[(0, 0.2), (60, 0.2)], &[Normal, Warn]),
    ];
    for (readings, expected) in rows {
        assert_eq!(levels(readings), *expected, "{readings:?}");
    }
}

#[test]
fn what_cannot_be_meant_is_refused_by_name() {
    let last = hear(&Standing::default(), &Reading { seq: Some(5), ..reading(0, 0.1) }, &gauge(), at(0));
    let standing = last.expect("taken").standing;
    let again = |seq| Reading { seq, ..reading(0, 0.1) };
    let rows = [
        (again(Some(5)), Some(Refused::Again)),
        (again(Some(4)), Some(Refused::Late)),
        (again(Some(6)), None),
        (again(None), Some(Refused::Again)),
        (reading(-1, 0.1), Some(Refused::Late)),
        (reading(299, 0.1), None),
        (reading(301, 0.1), Some(Refused::Ahead)),
        (reading(-90_000, 0.1), Some(Refused::Stale)),
        (reading(1, 10.1), Some(Refused::OutOfRange)),
        (reading(1, -0.1), Some(Refused::OutOfRange)),
        (Reading { unit: Some("m".to_owned()), ..reading(1, 0.1) }, None),
        (Reading { unit: Some("cm".to_owned()), ..reading(1, 0.1) }, Some(Refused::WrongUnit)),
    ];
    for (reading, expected) in rows {
        assert_eq!(hear(&standing, &reading, &gauge(), at(0)).err(), expected, "{reading:?}");
    }
}

#[test]
fn messages_are_read_strictly() {
    let good = Reading { value: 1.5, at: at(0), seq: Some(7), unit: Some("m".to_owned()) };
    let moment = at(0).to_string();
    let rows = [
        (json!({ "value": 1.5, "at": moment, "seq": 7, "unit": "m" }).to_string(), Ok(good.clone())),
        (json!({ "value": 1.5, "at": at(0).micros() / 1000, "seq": 7, "unit": "m" }).to_string(), Ok(good)),
        (json!({ "value": true, "at": moment, "battery": 3 }).to_string(), Ok(reading(0, 1.0))),
        (json!({ "value": "NaN", "at": moment }).to_string(), Err(Refused::NoNumber)),
        (json!({ "value": null, "at": moment }).to_string(), Err(Refused::NoNumber)),
        (json!({ "value": 1 }).to_string(), Err(Refused::Unreadable)),
        (json!({ "value": 1, "at": "gestern" }).to_string(), Err(Refused::Unreadable)),
        (r#"{"value": NaN, "at": 1}"#.to_owned(), Err(Refused::Unreadable)),
        (r#"{"value": 1e999, "at": 1}"#.to_owned(), Err(Refused::Unreadable)),
        (json!({ "value": 1, "at": moment, "unit": "x".repeat(17) }).to_string(), Err(Refused::WrongUnit)),
        ("17.2".to_owned(), Err(Refused::Unreadable)),
        (String::new(), Err(Refused::Unreadable)),
        (
            format!("{{\"value\":1,\"at\":\"{moment}\",\"x\":\"{}\"}}", "x".repeat(3000)),
            Err(Refused::TooLarge),
        ),
    ];
    for (text, expected) in rows {
        assert_eq!(parse_payload(text.as_bytes()), expected, "{text}");
    }
}

#[test]
fn codes_stand_in_topics() {
    for (code, holds) in [("SW-001_a", true), ("", false), ("a/b", false), ("+", false), ("水位", false)] {
        assert_eq!(is_code(code), holds, "{code}");
    }
    assert!(is_code(&"a".repeat(64)) && !is_code(&"a".repeat(65)));
}

#[test]
fn quiet_hours_go_over_midnight() {
    let quiet = Quiet { from: civil::time(22, 0, 0, 0), to: civil::time(7, 0, 0, 0) };
    let time = |text: &str| text.parse::<Time>().expect("a moment");
    // China is eight hours ahead.
    for (now, holds) in [
        ("2026-03-02T13:59:59Z", false),
        ("2026-03-02T14:00:00Z", true),
        ("2026-03-02T20:00:00Z", true),
        ("2026-03-02T22:59:59Z", true),
        ("2026-03-02T23:00:00Z", false),
    ] {
        assert_eq!(quiet.holds(time(now)), holds, "{now}");
    }
    assert_eq!(quiet.ends(time("2026-03-02T14:00:00Z")), time("2026-03-02T23:00:00Z"));
    assert_eq!(quiet.ends(time("2026-03-02T20:00:00Z")), time("2026-03-02T23:00:00Z"));
}

#[test]
fn what_an_alarm_becomes() {
    let (one, other) = (CaseId(Uuid::from_u128(1)), CaseId(Uuid::from_u128(2)));
    let quiet = Quiet { from: civil::time(22, 0, 0, 0), to: civil::time(7, 0, 0, 0) };
    let budget = Budget { sensor_cases: 2, area_cases: 5, quiet };
    let day: Time = "2026-03-02T02:00:00Z".parse().expect("a moment");
    let night: Time = "2026-03-02T18:00:00Z".parse().expect("a moment");
    let morning: Time = "2026-03-02T23:00:00Z".parse().expect("a moment");
    let plain = Asked { dangerous: false, muted: false, over: false };
    let gas = Asked { dangerous: true, ..plain };
    let none = Recent::default();
    let busy = Recent { of_sensor: 2, in_area: 2, ..none };
    let flood = Recent { in_area: 5, ..none };
    let rows = [
        (plain, none, day, Decision::File),
        (plain, none, night, Decision::WaitUntil(morning)),
        (gas, none, night, Decision::File),
        (Asked { over: true, ..plain }, none, morning, Decision::Leave(AlarmOutcome::Passed)),
        (Asked { muted: true, ..gas }, none, day, Decision::Leave(AlarmOutcome::Muted)),
        (plain, Recent { open_case: Some(one), ..none }, night, Decision::Join(one)),
        (gas, busy, day, Decision::Gather),
        (gas, Recent { gathered: Some(other), ..busy }, day, Decision::Join(other)),
        (gas, Recent { of_sensor: 1, ..busy }, day, Decision::File),
        (gas, flood, day, Decision::Gather),
        (gas, Recent { gathered: Some(one), ..flood }, day, Decision::Join(one)),
        (gas, Recent { in_area: 4, gathered: Some(one), ..none }, day, Decision::File),
    ];
    for (asked, recent, now, expected) in rows {
        assert_eq!(decide(asked, &recent, &budget, now), expected, "{asked:?} {recent:?} {now}");
    }
}

proptest! {
    /// However values jump: between two changes lies the time that each must last, and it is never on where a value never passed.
    #[test]
    fn a_comparator_turns_no_faster_than_it_may(values in prop::collection::vec((0i64..120, 0.0f64..1.0), 1..200)) {
        let threshold = Threshold {
            at: 0.5, above: true, hysteresis: 0.1, lasts: Duration::from_secs(60), restores: Duration::from_secs(90),
        };
        let (mut one, mut now, mut turned, mut passed) = (Comparator::default(), 0, None::<i64>, false);
        for (step, value) in values {
            now += step;
            passed |= value >= 0.5;
            let next = one.hear(value, at(now), &threshold);
            if next.on != one.on {
                let needed = if one.on { 90 } else { 60 };
                prop_assert!(turned.is_none_or(|before| now - before >= needed));
                prop_assert!(passed);
                turned = Some(now);
            }
            one = next;
        }
    }

    /// The same message again, or an older one, changes nothing.
    #[test]
    fn what_is_known_changes_nothing(values in prop::collection::vec((0i64..40, 0.0f64..1.0), 1..60)) {
        let limits = gauge();
        let (mut standing, mut now, mut said) = (Standing::default(), 0, Vec::<Reading>::new());
        for (step, value) in values {
            now += step;
            let one = Reading { seq: Some(said.len() as i64), ..reading(now, value) };
            standing = hear(&standing, &one, &limits, at(now)).expect("taken").standing;
            said.push(one);
            for earlier in &said {
                let refused = hear(&standing, earlier, &limits, at(now)).expect_err("known");
                prop_assert!(matches!(refused, Refused::Again | Refused::Late));
            }
        }
    }

    /// A bucket gives no more than its rate and its depth, whatever the clock of the sensor does.
    #[test]
    fn a_bucket_gives_no_more_than_it_may(steps in prop::collection::vec(-500i64..2_000, 1..300)) {
        let (mut bucket, mut now, mut most, mut given) = (Bucket::default(), 0i64, 0i64, 0.0);
        for step in steps {
            now = (now + step).max(0);
            most = most.max(now);
            if bucket.take(Time::from_micros(now * 1000)) {
                given += 1.0;
            }
        }
        prop_assert!(given <= READINGS_AT_ONCE + READINGS_PER_SECOND * most as f64 / 1000.0 + 1e-6);
    }

    /// Minutes joined say the least, the most, the last and how many.
    #[test]
    fn a_minute_is_what_was_said_in_it(values in prop::collection::vec(-5.0f64..5.0, 1..50)) {
        let mut minute = Minute::of(at(0), values[0]);
        for value in &values[1..] {
            minute = minute.join(Minute::of(at(1), *value)).expect("the same minute");
        }
        let low = values.iter().copied().fold(f64::INFINITY, f64::min);
        let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        prop_assert_eq!((minute.low, minute.high), (low, high));
        prop_assert_eq!((minute.last, minute.readings), (values[values.len() - 1], values.len() as i64));
        prop_assert!(minute.join(Minute::of(at(60), 0.0)).is_none());
    }
}
