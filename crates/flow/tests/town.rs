//! What the tests share: the shipped calendar, and times written as people write them.
use flow::{Calendar, Library, Workflow, WorkingHours};
use std::sync::{Arc, LazyLock};

pub const CASE: &str = include_str!("../../../catalog/workflows/case.toml");
pub const DAYS: &str = include_str!("../../../catalog/calendar/cn_workdays.csv");
pub const HOURS: &str = include_str!("../../../catalog/calendar/hours.toml");

pub static CALENDAR: LazyLock<Calendar> = LazyLock::new(|| {
    let hours = WorkingHours::from_toml(HOURS).expect("hours.toml");
    Calendar::from_csv(DAYS, &hours).expect("cn_workdays.csv")
});

pub static CASE_FLOW: LazyLock<Arc<Workflow>> =
    LazyLock::new(|| Library::new().add(CASE).expect("case.toml"));

/// `2026-02-13 16:30` in Shanghai as microseconds of UTC.
pub fn at(text: &str) -> i64 {
    let text = if text.len() == 16 { format!("{text}:00") } else { text.to_owned() };
    let stamp: jiff::Timestamp = format!("{}+08:00", text.replace(' ', "T")).parse().expect("a time");
    stamp.as_microsecond()
}

/// The way back, to the second.
pub fn shown(at: i64) -> String {
    let local = jiff::Timestamp::from_microsecond(at)
        .expect("in range")
        .to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(8)));
    local.strftime("%Y-%m-%d %H:%M:%S").to_string()
}
