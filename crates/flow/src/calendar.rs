//! Which days are worked, and working time as a number line: prefix sums per day make every question O(log days), without allocation.
use crate::fault::Faults;
use crate::hours::{DAY, DaySpans, WorkingHours};
use crate::words::Words;
use jiff::civil::{Date, date};
use serde::{Deserialize, Serialize};

/// Years the table covers. A time outside is counted as the nearest end of it: nothing real needs more, and a typing error must not hurt.
const YEAR_FIRST: i16 = 2000;
const YEAR_LAST: i16 = 2099;

/// How sure a computed day is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// Every day it touches is in a year whose official notice is out.
    Official,
    /// It touches a year that knows only weekends yet; public holidays may move it.
    WeekendOnly,
    /// It touches a year outside the calendar: counted by weekends, but nobody has said so.
    Unknown,
}

impl Basis {
    /// What to tell people beside a date that is not sure; nothing where it is.
    pub fn words(&self) -> Option<Words> {
        match self {
            Basis::Official => None,
            Basis::WeekendOnly => Some(Words::new(
                "该年度放假安排尚未公布，只按周末推算",
                "public holidays of that year are not published yet: counted by weekends only",
            )),
            Basis::Unknown => Some(Words::new(
                "超出工作日历的年份，只按周末推算",
                "outside the years of the calendar: counted by weekends only",
            )),
        }
    }
}

/// Working days and hours of one place. Times are microseconds of UTC; days are local days.
#[derive(Debug, Clone)]
pub struct Calendar {
    offset: i64,
    /// Local midnight of the first covered day, in local microseconds.
    first: i64,
    spans: Vec<DaySpans>,
    /// One entry a covered day, plus one after the last that carries the totals.
    days: Vec<Day>,
    /// Indexes into `days` of the working days, rising.
    worked: Vec<u32>,
    published_last: Date,
    /// The days that have a name, rising: public holidays and the days worked instead.
    names: Vec<(Date, String)>,
}

/// A day as a calendar on a wall shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CalendarDay {
    pub date: Date,
    pub is_worked: bool,
    /// Whether it is otherwise than its weekday says: a holiday in the week, a weekend that is worked.
    pub is_moved: bool,
    /// "国庆节", where the notice names it.
    pub name: Option<String>,
    pub basis: Basis,
}

/// A day with everything that came before it, so that sums between days are differences.
#[derive(Debug, Clone, Copy)]
struct Day {
    micros_before: i64,
    worked_before: u32,
    weekend_only_before: u32,
    unknown_before: u32,
    season: u8,
    is_worked: bool,
}

/// A row of the working-days CSV: `date,weekday,is_workday,name,kind,basis`; name and kind are for people.
#[derive(Deserialize)]
struct Row {
    date: String,
    weekday: u8,
    is_workday: String,
    #[serde(default)]
    name: String,
    basis: String,
}

#[derive(Clone)]
struct KnownDay {
    date: Date,
    is_worked: bool,
    is_official: bool,
    name: String,
}

impl Calendar {
    /// Reads the working-days CSV. Refuses bad dates, wrong weekdays, gaps and doubles, all at once.
    /// A year without rows is counted by the weekend rule and marked [`Basis::Unknown`].
    pub fn from_csv(text: &str, hours: &WorkingHours) -> Result<Calendar, Faults> {
        let known = read_days(text)?;
        let mut calendar = Calendar {
            offset: hours.offset,
            first: micros_of(date(YEAR_FIRST, 1, 1)),
            spans: hours.seasons.iter().map(|s| s.spans.clone()).collect(),
            days: Vec::new(),
            worked: Vec::new(),
            published_last: known.iter().rfind(|d| d.is_official).map_or(date(YEAR_FIRST, 1, 1), |d| d.date),
            names: known.iter().filter(|d| !d.name.is_empty()).map(|d| (d.date, d.name.clone())).collect(),
        };
        calendar.fill(&known, hours);
        Ok(calendar)
    }

    fn fill(&mut self, known: &[KnownDay], hours: &WorkingHours) {
        let mut sum = Day {
            micros_before: 0,
            worked_before: 0,
            weekend_only_before: 0,
            unknown_before: 0,
            season: 0,
            is_worked: false,
        };
        let first_known = ((micros_of(known[0].date) - self.first) / DAY) as usize;
        let mut day = date(YEAR_FIRST, 1, 1);
        while day.year() <= YEAR_LAST {
            let row = self.days.len().checked_sub(first_known).and_then(|n| known.get(n));
            sum.is_worked = row.map_or_else(|| !is_weekend(day), |r| r.is_worked);
            sum.season = hours.season_of(day.month(), day.day()) as u8;
            self.days.push(sum);
            if sum.is_worked {
                self.worked.push(self.days.len() as u32 - 1);
                sum.worked_before += 1;
                sum.micros_before += self.spans[sum.season as usize].total();
            }
            match row {
                None => sum.unknown_before += 1,
                Some(row) if !row.is_official => sum.weekend_only_before += 1,
                Some(_) => {}
            }
            day = day.tomorrow().unwrap_or(Date::MAX);
        }
        sum.is_worked = false;
        self.days.push(sum);
    }

    /// The last day an official notice covers.
    pub fn published_until(&self) -> Date {
        self.published_last
    }

    /// The days of a year, in order; none for a year the table does not cover.
    pub fn days_of(&self, year: i16) -> Vec<CalendarDay> {
        if !(YEAR_FIRST..=YEAR_LAST).contains(&year) {
            return Vec::new();
        }
        date(year, 1, 1)
            .series(jiff::Span::new().days(1))
            .take_while(|d| d.year() == year)
            .map(|d| self.day_of(d))
            .collect()
    }

    fn day_of(&self, day: Date) -> CalendarDay {
        let at = micros_of(day) - self.offset;
        let is_worked = self.is_working_day(at);
        let named = self.names.binary_search_by(|(date, _)| date.cmp(&day));
        CalendarDay {
            date: day,
            is_worked,
            is_moved: is_worked == is_weekend(day),
            name: named.ok().map(|n| self.names[n].1.clone()),
            basis: self.basis_between(at, at),
        }
    }

    pub fn is_working_day(&self, at: i64) -> bool {
        let (day, _) = self.split(at);
        self.days[day].is_worked
    }

    /// Whether somebody is at work at this moment. The closing moment itself is not working time.
    pub fn is_working_time(&self, at: i64) -> bool {
        let (day, within) = self.split(at);
        self.days[day].is_worked && self.spans_of(day).is_open(within)
    }

    /// The earliest working moment at or after `at`.
    pub fn next_working_time(&self, at: i64) -> i64 {
        let (day, within) = self.split(at);
        if self.days[day].is_worked
            && let Some(open) = self.spans_of(day).open_from(within)
        {
            return self.join(day, open);
        }
        let next = self.worked_day(self.worked_through(day));
        self.join(next, self.spans_of(next).open_from(0).unwrap_or(0))
    }

    /// Working microseconds between two times (negative when `to` is before `from`).
    pub fn working_between(&self, from: i64, to: i64) -> i64 {
        self.worked_before(to) - self.worked_before(from)
    }

    /// The earliest time at which `micros` of working time have passed since `from`.
    pub fn advance(&self, from: i64, micros: i64) -> i64 {
        if micros <= 0 {
            return from;
        }
        let target = self.worked_before(from).saturating_add(micros);
        let day = self.days.partition_point(|d| d.micros_before < target) - 1;
        if day + 1 == self.days.len() {
            return self.end_of_table();
        }
        self.join(day, self.spans_of(day).reach(target - self.days[day].micros_before))
    }

    /// Working days after the day of `from`, up to and with the day of `to`; 0 when `to` is not later.
    pub fn working_days_between(&self, from: i64, to: i64) -> u32 {
        let (from, to) = (self.split(from).0, self.split(to).0);
        self.worked_through(to).saturating_sub(self.worked_through(from))
    }

    /// Closing time of the `count`-th working day after the day of `from` (`count` ≥ 1).
    pub(crate) fn closing_after(&self, from: i64, count: u32) -> i64 {
        let (day, _) = self.split(from);
        self.closing_of(self.worked_day(self.worked_through(day).saturating_add(count.max(1) - 1)))
    }

    /// Closing time of the working day `at` falls on, or of the next one.
    pub(crate) fn closing_at_or_after(&self, at: i64) -> i64 {
        let (day, _) = self.split(at);
        self.closing_of(self.worked_day(self.days[day].worked_before))
    }

    /// The last microsecond of the first working day at or after the day `days_later` days after `at`.
    pub(crate) fn day_end_at_or_after(&self, at: i64, days_later: u32) -> i64 {
        let (day, _) = self.split(at);
        let day = day.saturating_add(days_later as usize).min(self.days.len() - 2);
        let day = self.worked_day(self.days[day].worked_before);
        self.join(day, DAY - 1)
    }

    /// How sure a stretch of time is: the worst of its days.
    pub fn basis_between(&self, from: i64, to: i64) -> Basis {
        let (from, to) = (self.split(from.min(to)).0, self.split(from.max(to)).0);
        let (before, after) = (&self.days[from], &self.days[to + 1]);
        if after.unknown_before > before.unknown_before {
            Basis::Unknown
        } else if after.weekend_only_before > before.weekend_only_before {
            Basis::WeekendOnly
        } else {
            Basis::Official
        }
    }

    /// Whole natural days between the local days of two times.
    pub(crate) fn days_between(&self, from: i64, to: i64) -> i64 {
        self.split(to).0 as i64 - self.split(from).0 as i64
    }

    /// Working microseconds from the start of the table to `at`.
    fn worked_before(&self, at: i64) -> i64 {
        let (day, within) = self.split(at);
        let worked = if self.days[day].is_worked { self.spans_of(day).worked_before(within) } else { 0 };
        self.days[day].micros_before + worked
    }

    /// Working days up to and with `day`.
    fn worked_through(&self, day: usize) -> u32 {
        self.days[day + 1].worked_before
    }

    /// Day index of the working day number `count` (from 0); past the table the last one.
    fn worked_day(&self, count: u32) -> usize {
        let last = self.worked.len() - 1;
        self.worked[(count as usize).min(last)] as usize
    }

    fn closing_of(&self, day: usize) -> i64 {
        self.join(day, self.spans_of(day).closing())
    }

    fn spans_of(&self, day: usize) -> &DaySpans {
        &self.spans[self.days[day].season as usize]
    }

    /// Index of the local day and microseconds since its midnight; clamped to the covered years.
    fn split(&self, at: i64) -> (usize, i64) {
        let end = (self.days.len() as i64 - 1) * DAY - 1;
        let since = at.saturating_add(self.offset).saturating_sub(self.first).clamp(0, end);
        ((since / DAY) as usize, since % DAY)
    }

    fn join(&self, day: usize, within: i64) -> i64 {
        self.first + day as i64 * DAY + within - self.offset
    }

    fn end_of_table(&self) -> i64 {
        self.join(self.days.len() - 1, 0) - 1
    }
}

fn read_days(text: &str) -> Result<Vec<KnownDay>, Faults> {
    let mut faults = Faults::default();
    let mut days: Vec<KnownDay> = Vec::new();
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    for (n, row) in reader.deserialize::<Row>().enumerate() {
        let place = format!("working days, line {}", n + 2);
        match row {
            Err(e) => faults.add(place, format!("这一行读不懂：{e}"), format!("unreadable row: {e}")),
            Ok(row) => read_day(&row, place, &mut days, &mut faults),
        }
    }
    if days.is_empty() && faults.0.is_empty() {
        faults.add("working days", "没有任何日期", "there is no day in it");
    }
    faults.or(days)
}

fn read_day(row: &Row, place: String, days: &mut Vec<KnownDay>, faults: &mut Faults) {
    let Ok(day) = row.date.parse::<Date>() else {
        return faults.add(place, format!("日期无效：{}", row.date), format!("not a date: {}", row.date));
    };
    if !(YEAR_FIRST..=YEAR_LAST).contains(&day.year()) {
        return faults.add(place, "年份应在 2000 到 2099 之间", "the year must be 2000 to 2099");
    }
    if day.weekday().to_monday_one_offset() != row.weekday as i8 {
        faults.add(&place, format!("{day} 的星期不对"), format!("the weekday of {day} is wrong"));
    }
    if let Some(last) = days.last()
        && last.date.tomorrow().ok() != Some(day)
    {
        faults.add(
            &place,
            format!("{day} 没有接着前一天"),
            format!("{day} does not follow the day before it"),
        );
    }
    let is_worked = match row.is_workday.to_ascii_lowercase().as_str() {
        "true" | "1" => true,
        "false" | "0" => false,
        _ => return faults.add(place, "is_workday 应为 True 或 False", "is_workday must be True or False"),
    };
    let is_official = match row.basis.as_str() {
        "official" => true,
        "weekend-rule-only" => false,
        _ => return faults.add(place, "basis 无效", "basis must be official or weekend-rule-only"),
    };
    days.push(KnownDay { date: day, is_worked, is_official, name: row.name.trim().to_owned() });
}

fn is_weekend(day: Date) -> bool {
    day.weekday().to_monday_one_offset() > 5
}

/// Microseconds from 1970-01-01 to the midnight of a date, in local time.
fn micros_of(day: Date) -> i64 {
    let days = day.since(date(1970, 1, 1)).map_or(0, |span| span.get_days());
    i64::from(days) * DAY
}
