//! Dates and times as answers hold them: ODK XForms specification, "Data types". The calendar is the Gregorian one, also
//! before it was introduced, as ISO 8601 counts.

/// A day, a time of that day and the offset from UTC it was written with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Moment {
    /// Days since 1970-01-01.
    pub days: i64,
    /// Milliseconds of that day.
    pub millis: i64,
    /// Minutes east of UTC.
    pub offset: i64,
}

const DAY_MILLIS: i64 = 86_400_000;
const MINUTE_MILLIS: i64 = 60_000;
/// 0001-01-01 and 9999-12-31.
const DAYS: std::ops::RangeInclusive<i64> = -719_162..=2_932_896;

impl Moment {
    /// The same moment in the offset of another.
    pub(super) fn in_offset_of(self, other: &Moment) -> Self {
        let millis = self.days * DAY_MILLIS + self.millis + (other.offset - self.offset) * MINUTE_MILLIS;
        Self {
            days: millis.div_euclid(DAY_MILLIS),
            millis: millis.rem_euclid(DAY_MILLIS),
            offset: other.offset,
        }
    }

    /// Days since 1970-01-01 in its own offset, with the fraction of the day.
    pub(super) fn to_days(self) -> f64 {
        self.days as f64 + self.millis as f64 / DAY_MILLIS as f64
    }

    pub(super) fn of_days(days: f64, now: &Moment) -> Option<Self> {
        let whole = days.floor();
        if !whole.is_finite() || !DAYS.contains(&(whole as i64)) {
            return None;
        }
        let millis = ((days - whole) * DAY_MILLIS as f64).round() as i64;
        Some(Self {
            days: whole as i64 + millis / DAY_MILLIS,
            millis: millis % DAY_MILLIS,
            offset: now.offset,
        })
    }

    /// `2026-11-22`, or `2026-11-22T09:30:00.000+08:00` where the offset is left out only if it was not written.
    pub(crate) fn parse(text: &str, now: &Moment) -> Option<Self> {
        match text.split_once(['T', ' ']) {
            None => Some(Self { days: parse_date(text)?, millis: 0, offset: now.offset }),
            Some((date, time)) => {
                let (millis, offset) = parse_time(time)?;
                Some(Self { days: parse_date(date)?, millis, offset: offset.unwrap_or(now.offset) })
            }
        }
    }

    pub(crate) fn date_text(self) -> String {
        let (year, month, day) = civil_of_days(self.days);
        format!("{year:04}-{month:02}-{day:02}")
    }

    pub(crate) fn text(self) -> String {
        let (hour, minute, second, milli) = self.clock();
        let (sign, offset) = (if self.offset < 0 { '-' } else { '+' }, self.offset.abs());
        let (date, offset_hour, offset_minute) = (self.date_text(), offset / 60, offset % 60);
        format!(
            "{date}T{hour:02}:{minute:02}:{second:02}.{milli:03}{sign}{offset_hour:02}:{offset_minute:02}"
        )
    }

    fn clock(self) -> (i64, i64, i64, i64) {
        let seconds = self.millis / 1000;
        (seconds / 3600, seconds / 60 % 60, seconds % 60, self.millis % 1000)
    }

    /// `format-date()` and `format-date-time()`. What follows a `%` and is none of their letters stays as it is.
    pub(super) fn format(self, shape: &str, with_time: bool, language: &str) -> String {
        let mut shown = String::new();
        let mut chars = shape.chars();
        while let Some(c) = chars.next() {
            match (c, c == '%') {
                (_, true) => match chars.next() {
                    Some(letter) => shown.push_str(&self.part(letter, with_time, language)),
                    None => shown.push('%'),
                },
                (other, false) => shown.push(other),
            }
        }
        shown
    }

    fn part(self, letter: char, with_time: bool, language: &str) -> String {
        let (year, month, day) = civil_of_days(self.days);
        let (hour, minute, second, milli) = self.clock();
        match letter {
            'Y' => format!("{year:04}"),
            'y' => format!("{:02}", year % 100),
            'm' => format!("{month:02}"),
            'n' => month.to_string(),
            'b' => month_name(month, language),
            'd' => format!("{day:02}"),
            'e' => day.to_string(),
            'a' => day_name(self.days, language),
            'H' if with_time => format!("{hour:02}"),
            'h' if with_time => hour.to_string(),
            'M' if with_time => format!("{minute:02}"),
            'S' if with_time => format!("{second:02}"),
            '3' if with_time => format!("{milli:03}"),
            '%' => "%".to_owned(),
            other => format!("%{other}"),
        }
    }
}

fn month_name(month: i64, language: &str) -> String {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    match language {
        "zh" => format!("{month}月"),
        _ => MONTHS[usize::try_from(month - 1).unwrap_or(0) % 12].to_owned(),
    }
}

fn day_name(days: i64, language: &str) -> String {
    const CHINESE: [&str; 7] = ["周日", "周一", "周二", "周三", "周四", "周五", "周六"];
    const ENGLISH: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
    // 1970-01-01 was a Thursday.
    let day = usize::try_from((days + 4).rem_euclid(7)).unwrap_or(0);
    if language == "zh" { CHINESE[day] } else { ENGLISH[day] }.to_owned()
}

/// Days since 1970-01-01 of a text that is a date or a moment, counted in the offset of `now`: a date is a whole number, and
/// today is the whole part of now.
pub(super) fn days_of_text(text: &str, now: &Moment) -> Option<f64> {
    Moment::parse(text, now).map(|moment| moment.in_offset_of(now).to_days())
}

/// The fraction of its day of a text that is a time, in the offset of `now`.
pub(super) fn fraction_of_time(text: &str, now: &Moment) -> Option<f64> {
    let (millis, offset) = parse_time(text)?;
    let here = millis + (now.offset - offset.unwrap_or(now.offset)) * MINUTE_MILLIS;
    Some(here.rem_euclid(DAY_MILLIS) as f64 / DAY_MILLIS as f64)
}

pub(crate) fn is_date(text: &str) -> bool {
    parse_date(text).is_some()
}

pub(crate) fn is_time(text: &str) -> bool {
    parse_time(text).is_some()
}

pub(crate) fn is_date_time(text: &str) -> bool {
    text.split_once('T').is_some_and(|(date, time)| is_date(date) && is_time(time))
}

/// Days since 1970-01-01.
fn parse_date(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    let (year, month, day) = (digits(&text[..4])?, digits(&text[5..7])?, digits(&text[8..])?);
    let days = days_of_civil(year, month, day);
    (year >= 1 && civil_of_days(days) == (year, month, day)).then_some(days)
}

/// Milliseconds of the day, and the offset where one is written: `09:30`, `09:30:00.000`, with `Z` or `+08:00`.
fn parse_time(text: &str) -> Option<(i64, Option<i64>)> {
    let zone = text.find(['Z', '+', '-']).unwrap_or(text.len());
    let (clock, zone) = (text.get(..zone)?, text.get(zone..)?);
    let mut parts = clock.splitn(3, ':');
    let (hour, minute) = (two_digits(parts.next()?)?, two_digits(parts.next()?)?);
    let seconds = parts.next().map_or(Some(0), parse_seconds)?;
    let offset = if zone.is_empty() { None } else { Some(parse_offset(zone)?) };
    (hour < 24 && minute < 60).then_some(((hour * 60 + minute) * MINUTE_MILLIS + seconds, offset))
}

/// Milliseconds; digits beyond them are dropped.
fn parse_seconds(text: &str) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    if fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let millis: String = fraction.chars().chain("00".chars()).take(3).collect();
    let whole = two_digits(whole).filter(|second| *second < 60)?;
    Some(whole * 1000 + digits(&millis)?)
}

fn parse_offset(text: &str) -> Option<i64> {
    if text == "Z" {
        return Some(0);
    }
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let (hours, minutes) = text.get(1..)?.split_once(':').unwrap_or((text.get(1..)?, "00"));
    let (hours, minutes) = (two_digits(hours)?, two_digits(minutes)?);
    (hours <= 14 && minutes < 60).then_some(sign * (hours * 60 + minutes))
}

fn two_digits(text: &str) -> Option<i64> {
    if text.len() == 2 { digits(text) } else { None }
}

fn digits(text: &str) -> Option<i64> {
    let all = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    all.then(|| text.parse().ok()).flatten()
}

/// "days_from_civil" of Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms" (public domain).
fn days_of_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// "civil_from_days" of the same: year, month, day.
fn civil_of_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let (day, month) =
        (day_of_year - (153 * shifted + 2) / 5 + 1, if shifted < 10 { shifted + 3 } else { shifted - 9 });
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}
