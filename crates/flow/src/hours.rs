//! Working hours of a working day, as data: spans of the day, by season, at a fixed offset from UTC.
use crate::fault::Faults;
use serde::Deserialize;

pub(crate) const MINUTE: i64 = 60_000_000;
pub(crate) const HOUR: i64 = 60 * MINUTE;
pub(crate) const DAY: i64 = 24 * HOUR;
const SEASONS_MAX: usize = 12;
const SPANS_MAX: usize = 6;

/// Working hours by season. Made only by [`WorkingHours::from_toml`], so it is always valid: seasons cover the year once, spans rise.
#[derive(Debug, Clone)]
pub struct WorkingHours {
    pub source: String,
    pub(crate) offset: i64,
    pub(crate) seasons: Vec<Season>,
}

#[derive(Debug, Clone)]
pub(crate) struct Season {
    /// (month, day), both ends counted; `from > to` runs over the new year.
    from: (i8, i8),
    to: (i8, i8),
    pub(crate) spans: DaySpans,
}

/// The working spans of one day, in microseconds from local midnight.
#[derive(Debug, Clone)]
pub(crate) struct DaySpans(Vec<(i64, i64)>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HoursFile {
    source: String,
    utc_offset: String,
    season: Vec<SeasonFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SeasonFile {
    from: String,
    to: String,
    spans: Vec<String>,
}

impl WorkingHours {
    /// Reads `hours.toml`. All faults at once.
    pub fn from_toml(text: &str) -> Result<WorkingHours, Faults> {
        let file: HoursFile = toml::from_str(text).map_err(|e| {
            Faults::one("hours", format!("文件读不懂：{}", e.message()), format!("unreadable: {e}"))
        })?;
        let mut faults = Faults::default();
        let offset = parse_offset(&file.utc_offset).unwrap_or_else(|| {
            faults.add("hours, utc_offset", "应写成 +08:00", "must look like +08:00");
            0
        });
        if file.source.trim().is_empty() {
            faults.add("hours, source", "缺少来源", "the source is missing");
        }
        let seasons: Vec<Season> = file.season.iter().filter_map(|s| parse_season(s, &mut faults)).collect();
        if faults.0.is_empty() {
            check_seasons(&seasons, &mut faults);
        }
        faults.or(WorkingHours { source: file.source, offset, seasons })
    }

    /// Index of the season a month and day fall into.
    pub(crate) fn season_of(&self, month: i8, day: i8) -> usize {
        self.seasons.iter().position(|s| s.covers((month, day))).unwrap_or(0)
    }
}

impl Season {
    fn covers(&self, at: (i8, i8)) -> bool {
        if self.from <= self.to { self.from <= at && at <= self.to } else { at >= self.from || at <= self.to }
    }
}

impl DaySpans {
    /// Working microseconds of the whole day.
    pub(crate) fn total(&self) -> i64 {
        self.0.iter().map(|(from, to)| to - from).sum()
    }

    /// Working microseconds of the day before `within`.
    pub(crate) fn worked_before(&self, within: i64) -> i64 {
        self.0.iter().map(|(from, to)| (within.min(*to) - from).max(0)).sum()
    }

    /// The earliest moment of the day by which `worked` microseconds have been worked (`0 < worked <= total`).
    pub(crate) fn reach(&self, mut worked: i64) -> i64 {
        for (from, to) in &self.0 {
            if worked <= to - from {
                return from + worked;
            }
            worked -= to - from;
        }
        self.closing()
    }

    /// The earliest working moment at or after `within`.
    pub(crate) fn open_from(&self, within: i64) -> Option<i64> {
        self.0.iter().find(|(_, to)| within < *to).map(|(from, _)| within.max(*from))
    }

    pub(crate) fn is_open(&self, within: i64) -> bool {
        self.0.iter().any(|(from, to)| *from <= within && within < *to)
    }

    pub(crate) fn closing(&self) -> i64 {
        self.0.last().map_or(DAY, |(_, to)| *to)
    }
}

fn parse_season(file: &SeasonFile, faults: &mut Faults) -> Option<Season> {
    let place = format!("hours, season {} to {}", file.from, file.to);
    let ends = parse_month_day(&file.from).zip(parse_month_day(&file.to));
    if ends.is_none() {
        faults.add(&place, "起止应写成 月-日，例如 05-01", "from and to must look like 05-01 (month-day)");
    }
    let spans: Vec<_> = file.spans.iter().filter_map(|text| parse_span(text)).collect();
    let rising = spans.windows(2).all(|pair| pair[0].1 <= pair[1].0);
    if spans.len() != file.spans.len() || spans.is_empty() || spans.len() > SPANS_MAX || !rising {
        faults.add(
            &place,
            "时段应写成 09:00-12:00，先后不重叠，1 到 6 段",
            "spans must look like 09:00-12:00, rise without overlap, 1 to 6 of them",
        );
        return None;
    }
    ends.map(|(from, to)| Season { from, to, spans: DaySpans(spans) })
}

/// Every day of a leap year must fall into exactly one season.
fn check_seasons(seasons: &[Season], faults: &mut Faults) {
    if seasons.is_empty() || seasons.len() > SEASONS_MAX {
        faults.add("hours", "应有 1 到 12 个季节", "there must be 1 to 12 seasons");
        return;
    }
    let year = jiff::civil::date(2024, 1, 1).series(jiff::Span::new().days(1)).take(366);
    for date in year {
        let found = seasons.iter().filter(|s| s.covers((date.month(), date.day()))).count();
        if found != 1 {
            let day = date.strftime("%m-%d");
            faults.add(
                "hours",
                format!("{day} 属于 {found} 个季节，应恰好属于一个"),
                format!("{day} falls into {found} seasons instead of one"),
            );
            return;
        }
    }
}

fn parse_month_day(text: &str) -> Option<(i8, i8)> {
    let (month, day) = text.split_once('-')?;
    // 2024 is a leap year, so that 02-29 is a day.
    let date = jiff::civil::Date::new(2024, month.parse().ok()?, day.parse().ok()?).ok()?;
    Some((date.month(), date.day()))
}

fn parse_span(text: &str) -> Option<(i64, i64)> {
    let (from, to) = text.split_once('-')?;
    let (from, to) = (parse_time(from)?, parse_time(to)?);
    (from < to).then_some((from, to))
}

/// `HH:MM` as microseconds from midnight; `24:00` is the end of the day.
fn parse_time(text: &str) -> Option<i64> {
    let (hour, minute) = text.trim().split_once(':')?;
    let at = hour.parse::<u8>().ok()? as i64 * HOUR
        + minute.parse::<u8>().ok().filter(|m| *m < 60)? as i64 * MINUTE;
    (at <= DAY).then_some(at)
}

fn parse_offset(text: &str) -> Option<i64> {
    let sign = match text.chars().next()? {
        '+' => 1,
        '-' => -1,
        _ => return None,
    };
    let at = parse_time(&text[1..])?;
    (at <= 14 * HOUR).then_some(sign * at)
}
