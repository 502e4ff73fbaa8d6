//! The span of time a list covers: at most 90 days, by default the latest.

use super::call::{Params, bad};
use jiff::civil::{Date, DateTime};
use jiff::tz::{Offset, TimeZone};
use platform::{Problem, Time};
use std::time::Duration;

/// The widest span, and the default one (specification, GET Service Requests).
const SPAN_MAX: Duration = Duration::from_hours(90 * 24);

/// From the first moment up to, not including, the second.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Period {
    pub from: Time,
    pub to: Time,
}

impl Period {
    pub fn of(params: &Params, now: Time) -> Result<Self, Problem> {
        let start = params.get("start_date").map(|t| parse("start_date", t)).transpose()?;
        let end = params.get("end_date").map(|t| parse("end_date", t)).transpose()?;
        let second = Duration::from_secs(1);
        // The end of the specification is included; ours is not.
        let period = match (start, end) {
            (None, None) => Self { from: now.before(SPAN_MAX), to: now.after(second) },
            (Some(from), None) => Self { from, to: from.after(SPAN_MAX).min(now.after(second)) },
            (None, Some(end)) => Self { from: end.before(SPAN_MAX), to: end.after(second) },
            (Some(from), Some(end)) => Self { from, to: end.after(second) },
        };
        if start.zip(end).is_some_and(|(start, end)| start > end) {
            return Err(bad("end_date", "结束时间早于开始时间。", "The end lies before the start."));
        }
        if period.to.since(period.from) > SPAN_MAX + second {
            return Err(bad("end_date", "时间跨度最多 90 天。", "The span may have 90 days at most."));
        }
        Ok(period)
    }
}

/// A moment in the shapes of the W3C note; a date alone is its beginning in China.
fn parse(field: &'static str, text: &str) -> Result<Time, Problem> {
    // A plus sign sent unescaped arrives as a space.
    let text = text.replace(' ', "+");
    let china = || TimeZone::fixed(Offset::constant(8));
    let of_date = |date: Date| date.to_zoned(china()).ok().map(|z| z.timestamp());
    let without_seconds = || {
        let (civil, zone) = text.split_at_checked("2010-01-01T00:00".len())?;
        format!("{civil}:00{zone}").parse::<jiff::Timestamp>().ok()
    };
    let moment = match text.len() {
        10 => text.parse::<Date>().ok().and_then(of_date),
        _ => text.parse::<jiff::Timestamp>().ok().or_else(without_seconds).or_else(|| {
            // Time without a zone: refused by the note, sent all the same.
            let civil = text.parse::<DateTime>().ok()?;
            civil.to_zoned(china()).ok().map(|z| z.timestamp())
        }),
    };
    let moment = moment.map(Time::from).filter(|t| (Time::ENTERED_MIN..=Time::ENTERED_MAX).contains(t));
    moment.ok_or_else(|| {
        bad(
            field,
            "时间格式不对，应如 2026-03-02T10:00:00+08:00。",
            "No such time; it should look like 2026-03-02T10:00:00+08:00.",
        )
    })
}

/// A moment as the specification writes it, in China's time: `2026-03-02T10:00:00+08:00`.
pub fn w3c(at: Time) -> String {
    at.local().strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

#[cfg(test)]
mod tests {
    //! Dates as clients write them.
    use super::{parse, w3c};

    #[test]
    fn the_shapes_of_the_note_are_read() {
        for (text, written) in [
            ("2026-03-02T02:00:00Z", Some("2026-03-02T10:00:00+08:00")),
            ("2026-03-02T10:00:00+08:00", Some("2026-03-02T10:00:00+08:00")),
            ("2026-03-02T10:00:00 08:00", Some("2026-03-02T10:00:00+08:00")),
            ("2026-03-02T10:00:00.123+08:00", Some("2026-03-02T10:00:00+08:00")),
            ("2026-03-02T10:00+08:00", Some("2026-03-02T10:00:00+08:00")),
            ("2026-03-02T10:00:00", Some("2026-03-02T10:00:00+08:00")),
            ("2026-03-02", Some("2026-03-02T00:00:00+08:00")),
            ("1850-01-01", None),
            ("2999-01-01T00:00:00Z", None),
            ("2026-02-30", None),
            ("yesterday", None),
            ("二〇二六年三月二日", None),
        ] {
            assert_eq!(parse("start_date", text).ok().map(w3c).as_deref(), written, "{text}");
        }
    }
}
