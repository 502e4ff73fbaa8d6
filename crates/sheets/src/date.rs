//! Dates as spreadsheets hold them: serial numbers in two systems, and text in the five shapes people write.

use jiff::civil::{Date, DateTime, Time};

/// Where a workbook's serial numbers begin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DateSystem {
    /// 1 is 1900-01-01, and 60 is the 29th of February that 1900 did not have.
    #[default]
    Since1900,
    /// 0 is 1904-01-01, as old programs for the Macintosh count.
    Since1904,
}

/// The serial number of 9999-12-31 in the 1900 system: the last day of the file format.
const SERIAL_MAX: f64 = 2_958_465.0;
const SECONDS_PER_DAY: i64 = 86_400;
/// Characters of the longest text that can be a date with a time, with spaces to spare.
const DATE_TEXT_CHARS_MAX: usize = 40;

/// The day of a serial number; its fraction, the time of day, is dropped. `None` for what is no day of the calendar.
pub fn date_from_serial(serial: f64, system: DateSystem) -> Option<Date> {
    moment_from_serial(serial, system).map(|moment| moment.date())
}

/// The moment of a serial number, to the second. A serial below 1 in the 1900 system is a time without a day.
pub(crate) fn moment_from_serial(serial: f64, system: DateSystem) -> Option<DateTime> {
    if !(0.0..=SERIAL_MAX + 1.0).contains(&serial) {
        return None;
    }
    let seconds = (serial * SECONDS_PER_DAY as f64).round() as i64;
    let (days, second) = (seconds / SECONDS_PER_DAY, seconds % SECONDS_PER_DAY);
    let first = match system {
        DateSystem::Since1904 => Date::constant(1904, 1, 1),
        DateSystem::Since1900 if days == 0 || days == 60 => return None,
        DateSystem::Since1900 if days < 60 => Date::constant(1899, 12, 31),
        DateSystem::Since1900 => Date::constant(1899, 12, 30),
    };
    let date = first.checked_add(jiff::Span::new().try_days(days).ok()?).ok()?;
    Some(date.to_datetime(time_of(second)?))
}

/// The time of day of a fraction of a day.
pub(crate) fn time_from_fraction(fraction: f64) -> Option<Time> {
    let second = (fraction * SECONDS_PER_DAY as f64).round() as i64;
    time_of(second)
}

fn time_of(second: i64) -> Option<Time> {
    let part = |value: i64| i8::try_from(value).ok();
    Time::new(part(second / 3600)?, part(second / 60 % 60)?, part(second % 60)?, 0).ok()
}

/// A date as people write it: `1990-01-02`, `1990/1/2`, `1990.1.2`, `19900102`, `1990年1月2日`, also in full-width
/// digits, also followed by a time. Years have four digits: `90-1-2` could be two different people.
pub fn parse_date(text: &str) -> Option<Date> {
    parse_moment(text).map(|moment| moment.date())
}

/// The same with the time of day, midnight where none is written.
pub(crate) fn parse_moment(text: &str) -> Option<DateTime> {
    let text = text.trim();
    if text.len() > DATE_TEXT_CHARS_MAX * 3 {
        return None;
    }
    let text: String = text.chars().map(narrow).collect();
    let (day, time) = split_time(&text);
    let date = parse_compact(day).or_else(|| parse_parted(day))?;
    let time = if time.is_empty() { Time::midnight() } else { parse_time(time)? };
    Some(date.to_datetime(time))
}

/// Full-width forms (U+FF01 to U+FF5E) as their ASCII twins, the ideographic space as a space.
pub(crate) fn narrow(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        '。' => '.',
        _ => c,
    }
}

fn split_time(text: &str) -> (&str, &str) {
    match text.split_once([' ', 'T']) {
        Some((day, time)) if time.contains(':') => (day.trim(), time.trim()),
        _ => (text, ""),
    }
}

fn parse_compact(text: &str) -> Option<Date> {
    if text.len() != 8 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    date_of(&text[..4], &text[4..6], &text[6..])
}

fn parse_parted(text: &str) -> Option<Date> {
    for (first, second, end) in
        [('-', '-', ""), ('/', '/', ""), ('.', '.', ""), ('年', '月', "日"), ('年', '月', "号")]
    {
        let Some((year, rest)) = text.split_once(first) else { continue };
        let Some((month, day)) = rest.split_once(second) else { continue };
        let Some(day) = day.trim().strip_suffix(end) else { continue };
        return date_of(year.trim(), month.trim(), day.trim());
    }
    None
}

fn date_of(year: &str, month: &str, day: &str) -> Option<Date> {
    let digits = |text: &str, max: usize| {
        let fits = !text.is_empty() && text.len() <= max && text.bytes().all(|byte| byte.is_ascii_digit());
        fits.then(|| text.parse::<i16>().ok()).flatten()
    };
    if year.len() != 4 {
        return None;
    }
    let (month, day) = (i8::try_from(digits(month, 2)?).ok()?, i8::try_from(digits(day, 2)?).ok()?);
    Date::new(digits(year, 4)?, month, day).ok()
}

fn parse_time(text: &str) -> Option<Time> {
    let text = text.split_once('.').map_or(text, |(whole, _)| whole).trim_end_matches('Z');
    let mut parts = text.split(':').map(|part| part.trim().parse::<i8>().ok());
    let (hour, minute) = (parts.next()??, parts.next()??);
    let second = parts.next().unwrap_or(Some(0))?;
    parts.next().is_none().then(|| Time::new(hour, minute, second, 0).ok()).flatten()
}

#[cfg(test)]
mod tests {
    //! The five shapes, and the two systems.
    use super::{DateSystem, date_from_serial, moment_from_serial, parse_date, parse_moment};
    use jiff::civil::{Date, date};

    #[test]
    fn dates_as_people_write_them() {
        let day = Some(date(1990, 1, 2));
        for (text, expected) in [
            ("1990-01-02", day),
            ("1990/1/2", day),
            ("1990.1.2", day),
            ("19900102", day),
            ("1990年1月2日", day),
            ("1990年01月02号", day),
            ("１９９０－０１－０２", day),
            ("１９９０年１月２日", day),
            (" 1990-1-2 ", day),
            ("1990-01-02 08:30:00", day),
            ("1990/1/2 8:30", day),
            ("1990-01-02T08:30:00.000Z", day),
            ("2000-02-29", Some(date(2000, 2, 29))),
            ("1990-02-30", None),
            ("1990-13-01", None),
            ("90-1-2", None),
            ("1990-1", None),
            ("1990年1月", None),
            ("199001020", None),
            ("1990-01-02 25:00", None),
            ("+990-01-02", None),
            ("1990-01/02", None),
            ("长期", None),
            ("", None),
        ] {
            assert_eq!(parse_date(text), expected, "{text}");
        }
        assert_eq!(parse_moment("1990/1/2 8:30").unwrap(), date(1990, 1, 2).at(8, 30, 0, 0));
    }

    #[test]
    fn serial_numbers_of_both_systems() {
        let old: [(f64, Option<Date>); 9] = [
            (1.0, Some(date(1900, 1, 1))),
            (59.0, Some(date(1900, 2, 28))),
            (60.0, None),
            (61.0, Some(date(1900, 3, 1))),
            (32_875.0, Some(date(1990, 1, 2))),
            (32_875.999_999, Some(date(1990, 1, 3))),
            (2_958_465.0, Some(date(9999, 12, 31))),
            (2_958_467.0, None),
            (f64::NAN, None),
        ];
        for (serial, expected) in old {
            assert_eq!(date_from_serial(serial, DateSystem::Since1900), expected, "{serial}");
        }
        assert_eq!(date_from_serial(31_413.0, DateSystem::Since1904), Some(date(1990, 1, 2)));
        assert_eq!(date_from_serial(0.0, DateSystem::Since1904), Some(date(1904, 1, 1)));
        assert_eq!(date_from_serial(-1.0, DateSystem::Since1900), None);
        let noon = moment_from_serial(32_875.5, DateSystem::Since1900);
        assert_eq!(noon, Some(date(1990, 1, 2).at(12, 0, 0, 0)));
    }
}
