//! Sensors: what is heard from one, when it counts, and what it then means. Pure.

mod alarm;
mod reading;
mod standing;
#[cfg(test)]
mod tests;

pub(crate) use alarm::{Alarm, AlarmId, AlarmOutcome, Asked, Budget, Decision, Quiet, Recent, decide};
pub(crate) use reading::{Reading, Refused, parse_payload};
pub(crate) use standing::{Bucket, Level, Limits, Minute, Standing, hear};

use platform::{OrganisationId, Time};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use utoipa::ToSchema;

platform::id!(
    /// A meter or sensor.
    SensorId,
    "sensor"
);

/// Characters of a sensor's code: it stands in topics.
pub(crate) const CODE_CHARS_MAX: usize = 64;
pub(crate) const NAME_CHARS_MAX: usize = 60;
pub(crate) const REASON_CHARS_MAX: usize = 200;
/// How long a sensor may be muted: what is to stay still longer is taken out of use.
pub(crate) const MUTE_DAYS_MAX: u64 = 30;

/// Letters, digits, `-` and `_`: no level of a topic, no wildcard.
pub(crate) fn is_code(text: &str) -> bool {
    (1..=CODE_CHARS_MAX).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

/// Thresholds of one sensor that differ from its kind's.
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OwnThresholds {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warn: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alarm: Option<f64>,
}

/// A sensor of the register.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Sensor {
    pub id: SensorId,
    pub version: i64,
    pub code: String,
    pub kind: String,
    pub name: String,
    pub lon: f64,
    pub lat: f64,
    pub area_path: String,
    pub unit: Option<OrganisationId>,
    pub own: OwnThresholds,
    pub in_use: bool,
    pub mute: Option<Mute>,
    pub changed_at: Time,
}

/// Somebody decided that alarms of a sensor make no cases for a while.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(crate) struct Mute {
    pub until: Time,
    pub reason: String,
}

impl Sensor {
    pub fn is_muted(&self, now: Time) -> bool {
        self.mute.as_ref().is_some_and(|mute| now < mute.until)
    }
}

/// What a reading of a kind is held against.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Thresholds {
    pub above: bool,
    pub warn: Option<f64>,
    pub alarm: f64,
    pub hysteresis: f64,
    pub lasts: Duration,
    pub restores: Duration,
}

impl Thresholds {
    /// The kind's, with the sensor's own in their place.
    pub fn with(self, own: OwnThresholds) -> Self {
        Self { warn: own.warn.or(self.warn), alarm: own.alarm.unwrap_or(self.alarm), ..self }
    }

    /// A warning comes before the alarm, by more than nothing.
    pub fn is_ordered(&self) -> bool {
        self.warn.is_none_or(|warn| if self.above { warn < self.alarm } else { warn > self.alarm })
    }
}
