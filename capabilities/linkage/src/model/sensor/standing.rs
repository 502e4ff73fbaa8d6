//! How a sensor stands, and what a reading makes of it: hysteresis, duration, duplicates, rate.

use super::{Reading, Refused, Thresholds};
use platform::Time;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A sensor's clock may be ahead of ours by so much.
const AHEAD_MAX: Duration = Duration::from_secs(5 * 60);
/// What waited at a broker for longer says nothing of today.
const STALE_AFTER: Duration = Duration::from_secs(24 * 3600);
/// Readings of a sensor in a second by its own clock, and how many at once.
pub(crate) const READINGS_PER_SECOND: f64 = 10.0;
pub(crate) const READINGS_AT_ONCE: f64 = 30.0;

store::text_enum! {
    /// How grave what a sensor says is.
    pub Level {
        Normal = "normal",
        Warn = "warn",
        Alarm = "alarm",
    }
}

/// One threshold with its memory: whether it is passed, and since when it seems to change.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Comparator {
    pub on: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turning: Option<Time>,
}

/// Beyond what, and for how long.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Threshold {
    pub at: f64,
    pub above: bool,
    pub hysteresis: f64,
    pub lasts: Duration,
    pub restores: Duration,
}

impl Threshold {
    fn is_passed(&self, value: f64) -> bool {
        if self.above { value >= self.at } else { value <= self.at }
    }

    fn is_behind(&self, value: f64) -> bool {
        if self.above { value < self.at - self.hysteresis } else { value > self.at + self.hysteresis }
    }
}

impl Comparator {
    /// After a value: on once it stood beyond for long enough, off once it stood behind by the hysteresis for long enough.
    pub fn hear(self, value: f64, at: Time, threshold: &Threshold) -> Self {
        let wants = if self.on { !threshold.is_behind(value) } else { threshold.is_passed(value) };
        if wants == self.on {
            return Self { turning: None, ..self };
        }
        let since = self.turning.unwrap_or(at);
        let needed = if self.on { threshold.restores } else { threshold.lasts };
        if at.since(since) >= needed {
            Self { on: wants, turning: None }
        } else {
            Self { turning: Some(since), ..self }
        }
    }
}

/// The last that was heard.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub(crate) struct Last {
    pub at: Time,
    pub seq: Option<i64>,
    pub value: f64,
}

/// How a sensor stands.
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Standing {
    pub warn: Comparator,
    pub alarm: Comparator,
    #[serde(default)]
    pub last: Option<Last>,
}

impl Standing {
    pub fn level(&self) -> Level {
        match (self.alarm.on, self.warn.on) {
            (true, _) => Level::Alarm,
            (false, true) => Level::Warn,
            (false, false) => Level::Normal,
        }
    }

    /// Whether what decides is as before: then nothing needs to be written.
    pub fn decides_as(&self, other: &Self) -> bool {
        self.warn == other.warn && self.alarm == other.alarm
    }
}

/// What an instrument can show, and in which unit.
#[derive(Clone, Debug)]
pub(crate) struct Limits {
    pub least: f64,
    pub most: f64,
    pub unit: String,
    pub thresholds: Thresholds,
}

/// What a reading came to.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Heard {
    pub standing: Standing,
    pub before: Level,
    pub after: Level,
}

/// Holds a reading against what is known.
///
/// # Errors
/// By which name it is refused; then nothing has changed.
pub(crate) fn hear(
    standing: &Standing,
    reading: &Reading,
    limits: &Limits,
    now: Time,
) -> Result<Heard, Refused> {
    if reading.unit.as_ref().is_some_and(|unit| *unit != limits.unit) {
        return Err(Refused::WrongUnit);
    }
    if !(limits.least..=limits.most).contains(&reading.value) {
        return Err(Refused::OutOfRange);
    }
    if reading.at > now.after(AHEAD_MAX) {
        return Err(Refused::Ahead);
    }
    if reading.at < now.before(STALE_AFTER) {
        return Err(Refused::Stale);
    }
    check_order(standing.last.as_ref(), reading)?;
    let (value, at) = (reading.value, reading.at);
    let of = |threshold: f64| {
        let Thresholds { above, hysteresis, lasts, restores, .. } = limits.thresholds;
        Threshold { at: threshold, above, hysteresis, lasts, restores }
    };
    let next = Standing {
        warn: match limits.thresholds.warn {
            Some(warn) => standing.warn.hear(value, at, &of(warn)),
            None => Comparator::default(),
        },
        alarm: standing.alarm.hear(value, at, &of(limits.thresholds.alarm)),
        last: Some(Last { at, seq: reading.seq, value }),
    };
    Ok(Heard { standing: next, before: standing.level(), after: next.level() })
}

/// What is known already changes nothing: a message may come twice, and another way round.
fn check_order(last: Option<&Last>, reading: &Reading) -> Result<(), Refused> {
    let Some(last) = last else { return Ok(()) };
    match reading.at.cmp(&last.at) {
        std::cmp::Ordering::Greater => Ok(()),
        std::cmp::Ordering::Less => Err(Refused::Late),
        std::cmp::Ordering::Equal => match (reading.seq, last.seq) {
            (Some(now), Some(before)) if now > before => Ok(()),
            (Some(now), Some(before)) if now < before => Err(Refused::Late),
            _ => Err(Refused::Again),
        },
    }
}

/// How much a sensor may still say, by its own clock: what waited at a broker for an hour is no flood.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Bucket {
    left: f64,
    at: Option<Time>,
}

impl Default for Bucket {
    fn default() -> Self {
        Self { left: READINGS_AT_ONCE, at: None }
    }
}

impl Bucket {
    /// Takes one out; `false` where none is left.
    pub fn take(&mut self, at: Time) -> bool {
        let gained = self.at.map_or(0.0, |before| at.since(before).as_secs_f64() * READINGS_PER_SECOND);
        self.left = (self.left + gained).min(READINGS_AT_ONCE);
        self.at = Some(self.at.map_or(at, |before| before.max(at)));
        let has_one = self.left >= 1.0;
        if has_one {
            self.left -= 1.0;
        }
        has_one
    }
}

/// Readings of one minute: the one that is kept.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Minute {
    pub start: Time,
    pub last: f64,
    pub low: f64,
    pub high: f64,
    pub readings: i64,
}

const MINUTE_MICROS: i64 = 60_000_000;

impl Minute {
    pub fn of(at: Time, value: f64) -> Self {
        let start = Time::from_micros(at.micros().div_euclid(MINUTE_MICROS) * MINUTE_MICROS);
        Self { start, last: value, low: value, high: value, readings: 1 }
    }

    /// Both together, where they are of one minute; `later` is the later one.
    pub fn join(self, later: Self) -> Option<Self> {
        (self.start == later.start).then(|| Self {
            start: self.start,
            last: later.last,
            low: self.low.min(later.low),
            high: self.high.max(later.high),
            readings: self.readings + later.readings,
        })
    }

    /// Whether it is over.
    pub fn is_over(&self, now: Time) -> bool {
        now.micros() >= self.start.micros() + MINUTE_MICROS
    }
}
