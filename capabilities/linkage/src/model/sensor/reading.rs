//! One message of a sensor: read strictly, refused by name.

use platform::{Time, Words};
use serde::Deserialize;
use serde_json::Value;

/// Bytes of a message; a reading needs about eighty.
pub(crate) const PAYLOAD_BYTES_MAX: usize = 2 * 1024;
const UNIT_CHARS_MAX: usize = 16;

store::text_enum! {
    /// Why a message was not taken.
    pub Refused {
        /// No JSON, or not of this form.
        Unreadable = "unreadable",
        /// Longer than a reading can be.
        TooLarge = "too_large",
        /// No sensor has this code.
        UnknownSensor = "unknown_sensor",
        /// The sensor is of another kind.
        WrongKind = "wrong_kind",
        /// The reading is in another unit.
        WrongUnit = "wrong_unit",
        /// The value is no number.
        NoNumber = "no_number",
        /// No such instrument can show this.
        OutOfRange = "out_of_range",
        /// Its clock is ahead of ours.
        Ahead = "ahead",
        /// Older than a day.
        Stale = "stale",
        /// Older than what is known already.
        Late = "late",
        /// The same message again.
        Again = "again",
        /// More than a sensor may say: thinned.
        TooMany = "too_many",
        /// Without a promise of delivery, and everything was busy.
        Overrun = "overrun",
    }
}

impl Refused {
    pub fn words(self) -> Words {
        match self {
            Self::Unreadable => Words::of("看不懂（不是约定的 JSON）", "Not readable (not the agreed JSON)"),
            Self::TooLarge => Words::of("消息太长", "Message too long"),
            Self::UnknownSensor => Words::of("没有登记的编号", "Code not registered"),
            Self::WrongKind => Words::of("种类和登记的不一样", "Another kind than registered"),
            Self::WrongUnit => Words::of("单位不对", "Wrong unit"),
            Self::NoNumber => Words::of("数值不是数字", "The value is no number"),
            Self::OutOfRange => Words::of("数值超出量程", "Outside of what it can measure"),
            Self::Ahead => Words::of("设备时钟走快了", "Its clock is ahead"),
            Self::Stale => Words::of("超过一天的旧数据", "Older than a day"),
            Self::Late => Words::of("比已收到的更早", "Older than what is known"),
            Self::Again => Words::of("重复的消息", "The same message again"),
            Self::TooMany => Words::of("发得太密，已抽稀", "Too many: thinned"),
            Self::Overrun => Words::of("来不及收（QoS 0）", "Not taken in time (QoS 0)"),
        }
    }
}

/// What a sensor says.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Reading {
    pub value: f64,
    /// By the sensor's clock.
    pub at: Time,
    /// Counts up where the sensor can count: tells two messages of one moment apart.
    pub seq: Option<i64>,
    pub unit: Option<String>,
}

#[derive(Deserialize)]
struct Payload {
    value: Value,
    at: Value,
    #[serde(default)]
    seq: Option<i64>,
    #[serde(default)]
    unit: Option<String>,
}

/// Reads a message.
///
/// # Errors
/// By which name it is refused.
pub(crate) fn parse_payload(bytes: &[u8]) -> Result<Reading, Refused> {
    if bytes.len() > PAYLOAD_BYTES_MAX {
        return Err(Refused::TooLarge);
    }
    let payload: Payload = serde_json::from_slice(bytes).map_err(|_| Refused::Unreadable)?;
    Reading::of(&payload.value, &payload.at, payload.seq, payload.unit)
}

impl Reading {
    /// # Errors
    /// By which name it is refused.
    pub fn of(value: &Value, at: &Value, seq: Option<i64>, unit: Option<String>) -> Result<Self, Refused> {
        let value = match value {
            Value::Bool(yes) => f64::from(u8::from(*yes)),
            Value::Number(number) => number.as_f64().ok_or(Refused::NoNumber)?,
            _ => return Err(Refused::NoNumber),
        };
        if !value.is_finite() {
            return Err(Refused::NoNumber);
        }
        if unit.as_ref().is_some_and(|unit| unit.chars().count() > UNIT_CHARS_MAX) {
            return Err(Refused::WrongUnit);
        }
        Ok(Self { value, at: moment(at).ok_or(Refused::Unreadable)?, seq, unit })
    }
}

/// RFC 3339, or milliseconds since 1970 as small devices have them.
fn moment(at: &Value) -> Option<Time> {
    match at {
        Value::String(text) => text.parse().ok(),
        Value::Number(millis) => millis.as_i64()?.checked_mul(1000).map(Time::from_micros),
        _ => None,
    }
}
