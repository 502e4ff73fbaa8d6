//! Time as a value, and the only place that reads the machine's clock.

use jiff::{Timestamp, Zoned, civil::Date, tz::TimeZone};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

pub const MINUTE: Duration = Duration::from_mins(1);
pub const HOUR: Duration = Duration::from_hours(1);
/// Of the clock, and of the calendar too: China has had no daylight saving since 1991.
pub const DAY: Duration = Duration::from_hours(24);

/// A moment: microseconds since 1970-01-01T00:00:00Z. JSON: RFC 3339 text. Storage: BIGINT.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Time(i64);

impl Time {
    /// The earliest moment a person may enter: 1900-01-01 (earlier dates are slips of the hand).
    pub const ENTERED_MIN: Time = Time(-2_208_988_800_000_000);
    /// The latest moment a person may enter: 2200-01-01.
    pub const ENTERED_MAX: Time = Time(7_258_118_400_000_000);

    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    pub const fn micros(self) -> i64 {
        self.0
    }

    /// The moment `wait` later, held at the end of time where it would pass it.
    pub fn after(self, wait: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(wait.as_micros()).unwrap_or(i64::MAX)))
    }

    /// The moment `wait` earlier.
    pub fn before(self, wait: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(wait.as_micros()).unwrap_or(i64::MAX)))
    }

    /// How long from `earlier` to this; zero where `earlier` is later.
    pub fn since(self, earlier: Time) -> Duration {
        Duration::from_micros(self.0.saturating_sub(earlier.0).max(0) as u64)
    }

    pub fn timestamp(self) -> Timestamp {
        Timestamp::from_microsecond(self.0.clamp(-377_705_023_201_000_000, 253_402_207_200_000_000))
            .unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// Midnight in China, when a day begins; [`Time::ENTERED_MAX`] for a day after the end of time.
    pub fn start_of(day: Date) -> Self {
        day.to_zoned(shanghai()).map_or(Self::ENTERED_MAX, |midnight| midnight.timestamp().into())
    }

    /// Wall-clock time in China, as people of a district read it.
    pub fn local(self) -> Zoned {
        self.timestamp().to_zoned(shanghai())
    }
}

/// Asia/Shanghai; UTC+8 where the machine has no time zone data (China has kept one offset since 1991).
fn shanghai() -> TimeZone {
    static ZONE: std::sync::LazyLock<TimeZone> = std::sync::LazyLock::new(|| {
        TimeZone::get("Asia/Shanghai").unwrap_or_else(|_| TimeZone::fixed(jiff::tz::offset(8)))
    });
    ZONE.clone()
}

impl From<Timestamp> for Time {
    fn from(at: Timestamp) -> Self {
        Self(at.as_microsecond())
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.timestamp().fmt(f)
    }
}

impl std::str::FromStr for Time {
    type Err = jiff::Error;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(text.parse::<Timestamp>()?.into())
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(from)?;
        text.parse().map_err(D::Error::custom)
    }
}

impl utoipa::PartialSchema for Time {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .into()
    }
}
impl utoipa::ToSchema for Time {}

/// Where the present comes from. Handed down as an argument, so that a test or the demo can hold it in its hand.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    /// The machine's clock.
    #[default]
    System,
    /// Stands still until it is moved.
    Manual(Arc<AtomicI64>),
}

impl Clock {
    pub fn manual(start: Time) -> Self {
        Self::Manual(Arc::new(AtomicI64::new(start.0)))
    }

    #[expect(clippy::disallowed_methods, reason = "the one place that may")]
    pub fn now(&self) -> Time {
        match self {
            Self::System => Timestamp::now().into(),
            Self::Manual(at) => Time(at.load(Ordering::Relaxed)),
        }
    }

    /// Moves a manual clock to `to`; the system's clock stays as it is.
    pub fn set(&self, to: Time) {
        if let Self::Manual(at) = self {
            at.store(to.0, Ordering::Relaxed);
        }
    }
}
