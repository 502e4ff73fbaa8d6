//! Sensors as people read them: how each stands in words, its last value beside its thresholds, its alarms, how the intake is.

use super::catalogue::{KindEntry, SensorBook};
use crate::access::may_manage_sensors_of;
use crate::model::sensor::{Alarm, AlarmId, AlarmOutcome, Level, OwnThresholds, Refused, Sensor, SensorId};
use crate::queries::sensors::{ReadingRow, RefusalRow};
use crate::store::broker::BrokerRow;
use crate::store::sensors::LiveRow;
use cases::CaseId;
use platform::{Actor, OrganisationId, Time, Words};
use serde::Serialize;
use std::time::Duration;
use territory::Snapshot;
use utoipa::ToSchema;

/// A sensor that said too much in this time is shown as noisy.
const NOISY_SHOWN: Duration = Duration::from_secs(3600);

store::text_enum! {
    /// How a sensor stands, as one word.
    pub SensorCondition {
        Alarm = "alarm",
        Warn = "warn",
        Silent = "silent",
        Noisy = "noisy",
        Muted = "muted",
        /// Registered, and not heard yet.
        Unheard = "unheard",
        Normal = "normal",
        /// Out of use.
        Off = "off",
    }
}

impl SensorCondition {
    fn of(one: &Sensor, live: &LiveRow, now: Time) -> Self {
        let noisy = live.noisy_at.is_some_and(|at| now.since(at) < NOISY_SHOWN);
        match live.level {
            _ if !one.in_use => Self::Off,
            _ if one.is_muted(now) => Self::Muted,
            _ if live.silent_at.is_some() => Self::Silent,
            _ if live.heard_at.is_none() => Self::Unheard,
            Level::Alarm => Self::Alarm,
            Level::Warn => Self::Warn,
            Level::Normal if noisy => Self::Noisy,
            Level::Normal => Self::Normal,
        }
    }

    fn words(self) -> Words {
        match self {
            Self::Alarm => Words::of("报警", "Alarm"),
            Self::Warn => Words::of("偏高提示", "Warning"),
            Self::Silent => Words::of("没有消息", "Silent"),
            Self::Noisy => Words::of("发得太密", "Too many messages"),
            Self::Muted => Words::of("已静音", "Muted"),
            Self::Unheard => Words::of("还没有收到过", "Not heard yet"),
            Self::Normal => Words::of("正常", "Normal"),
            Self::Off => Words::of("已停用", "Out of use"),
        }
    }
}

/// A kind of sensor.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SensorKindView {
    pub key: String,
    pub words: Words,
    pub quantity: Words,
    pub unit: String,
    pub decimals: u8,
    /// Yes or no.
    pub switch: bool,
    pub least: f64,
    pub most: f64,
    pub warn: Option<f64>,
    pub alarm: f64,
    pub lasts_s: u64,
    pub silent_min: u64,
    /// Never held back at night.
    pub dangerous: bool,
    /// Where the numbers come from.
    pub source: String,
}

impl From<&KindEntry> for SensorKindView {
    fn from(kind: &KindEntry) -> Self {
        let thresholds = kind.thresholds();
        Self {
            key: kind.key.clone(),
            words: kind.words(),
            quantity: kind.quantity(),
            unit: kind.unit.clone(),
            decimals: kind.decimals,
            switch: kind.switch,
            least: kind.least,
            most: kind.most,
            warn: thresholds.warn,
            alarm: thresholds.alarm,
            lasts_s: thresholds.lasts.as_secs(),
            silent_min: kind.silent_after().as_secs() / 60,
            dangerous: kind.dangerous,
            source: kind.source.clone(),
        }
    }
}

/// Whose a sensor is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SensorUnit {
    pub id: OrganisationId,
    pub key: String,
    pub name: Words,
}

/// A sensor and how it stands.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SensorView {
    pub id: SensorId,
    /// To be sent along with a change.
    pub version: i64,
    pub code: String,
    pub kind: String,
    pub kind_words: Words,
    pub name: String,
    pub lon: f64,
    pub lat: f64,
    pub area_path: String,
    pub area_words: Words,
    pub unit: Option<SensorUnit>,
    pub own: OwnThresholds,
    pub in_use: bool,
    pub condition: SensorCondition,
    pub condition_words: Words,
    pub level: Level,
    /// The last value, as a number and as people read it; at most a minute old while it speaks.
    pub value: Option<f64>,
    pub value_words: Option<String>,
    pub value_at: Option<Time>,
    pub heard_at: Option<Time>,
    pub silent_since: Option<Time>,
    pub muted_until: Option<Time>,
    pub mute_reason: Option<String>,
    /// In force for this one.
    pub warn: Option<f64>,
    pub alarm: f64,
    /// Whether the reader may change and mute it.
    pub may_manage: bool,
}

/// An alarm and what it became.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SensorAlarmView {
    pub id: AlarmId,
    pub level: Level,
    pub value_words: String,
    pub raised_at: Time,
    pub restored_at: Option<Time>,
    pub outcome: Option<AlarmOutcome>,
    pub outcome_words: Option<Words>,
    pub case: Option<CaseId>,
}

/// A sensor with its kind and its alarms.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SensorDetail {
    #[serde(flatten)]
    pub sensor: SensorView,
    pub about: SensorKindView,
    /// The newest first, 50 at most.
    pub alarms: Vec<SensorAlarmView>,
}

/// What is kept of a minute.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub(crate) struct SensorMinute {
    pub minute: Time,
    pub last: f64,
    pub low: f64,
    pub high: f64,
    pub readings: i64,
}

impl From<ReadingRow> for SensorMinute {
    fn from(row: ReadingRow) -> Self {
        Self { minute: row.minute, last: row.last, low: row.low, high: row.high, readings: row.readings }
    }
}

/// A day of a sensor.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SensorDay {
    pub from: Time,
    pub to: Time,
    pub minutes: Vec<SensorMinute>,
}

/// How often something was refused today.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SensorRefusal {
    pub reason: Refused,
    pub words: Words,
    pub count: i64,
    /// A code that said so.
    pub example: Option<String>,
    pub at: Time,
}

impl From<RefusalRow> for SensorRefusal {
    fn from(row: RefusalRow) -> Self {
        let words = row.reason.words();
        Self { reason: row.reason, words, count: row.count, example: row.example, at: row.at }
    }
}

/// The broker, without its password.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct BrokerView {
    pub address: String,
    pub username: Option<String>,
    pub has_password: bool,
    pub prefix: String,
    pub authority: Option<String>,
    pub enabled: bool,
    /// To be sent along with a change.
    pub version: i64,
}

impl From<BrokerRow> for BrokerView {
    fn from(row: BrokerRow) -> Self {
        Self {
            address: row.address,
            username: row.username,
            has_password: row.password.is_some(),
            prefix: row.prefix,
            authority: row.authority,
            enabled: row.enabled,
            version: row.version,
        }
    }
}

/// How messages come in.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct IntakeView {
    /// Whether there is a broker to be listened to.
    pub has_broker: bool,
    pub connected: bool,
    /// Why not, in the words of the network.
    pub trouble: Option<String>,
    pub per_second: f64,
    pub said_at: Option<Time>,
    /// What was not taken today, by reason.
    pub refused: Vec<SensorRefusal>,
}

impl IntakeView {
    /// What a server said of the connection counts only while it renews its lease.
    pub fn of(row: Option<BrokerRow>, refused: Vec<RefusalRow>, now: Time) -> Self {
        let row = row.filter(|row| row.enabled);
        let listens = row.as_ref().is_some_and(|row| row.leased_until.is_some_and(|until| now < until));
        let said = row.as_ref().filter(|_| listens);
        Self {
            has_broker: row.is_some(),
            connected: said.is_some_and(|row| row.connected),
            trouble: said.and_then(|row| row.trouble.clone()),
            per_second: said.map_or(0.0, |row| row.per_second),
            said_at: said.and_then(|row| row.said_at),
            refused: refused.into_iter().map(SensorRefusal::from).collect(),
        }
    }
}

/// What puts a sensor into words.
pub(crate) struct Shown<'a> {
    pub book: &'a SensorBook,
    pub places: &'a Snapshot,
    pub actor: &'a Actor,
    pub now: Time,
}

impl Shown<'_> {
    pub fn sensor(&self, one: Sensor, live: &LiveRow) -> SensorView {
        let kind = self.book.kind(&one.kind);
        let thresholds = kind.map(|kind| kind.thresholds().with(one.own));
        let condition = SensorCondition::of(&one, live, self.now);
        let last = live.standing.0.last;
        let area = self.places.by_path(&one.area_path);
        let area_words = area.map_or_else(Words::default, |area| {
            Words::new(area.name.clone(), area.name_en.clone().unwrap_or_else(|| area.name.clone()))
        });
        let unit = one.unit.and_then(|id| self.places.organisation_by_id(id)).map(|unit| SensorUnit {
            id: unit.id,
            key: unit.key.clone(),
            name: Words::new(unit.name.clone(), unit.name_en.clone().unwrap_or_else(|| unit.name.clone())),
        });
        let (muted_until, mute_reason) = match &one.mute {
            Some(mute) if one.is_muted(self.now) => (Some(mute.until), Some(mute.reason.clone())),
            _ => (None, None),
        };
        SensorView {
            id: one.id,
            version: one.version,
            kind_words: kind.map(KindEntry::words).unwrap_or_default(),
            area_words,
            unit,
            own: one.own,
            in_use: one.in_use,
            condition,
            condition_words: condition.words(),
            level: live.level,
            value: last.map(|last| last.value),
            value_words: last.zip(kind).map(|(last, kind)| kind.shown(last.value)),
            value_at: last.map(|last| last.at),
            heard_at: live.heard_at,
            silent_since: live.silent_at,
            muted_until,
            mute_reason,
            warn: thresholds.and_then(|thresholds| thresholds.warn),
            alarm: thresholds.map_or(0.0, |thresholds| thresholds.alarm),
            may_manage: may_manage_sensors_of(self.actor, one.unit),
            code: one.code,
            kind: one.kind,
            name: one.name,
            lon: one.lon,
            lat: one.lat,
            area_path: one.area_path,
        }
    }

    pub fn alarm(&self, kind: &KindEntry, one: Alarm) -> SensorAlarmView {
        SensorAlarmView {
            id: one.id,
            level: one.level,
            value_words: kind.shown(one.value),
            raised_at: one.raised_at,
            restored_at: one.restored_at,
            outcome: one.outcome,
            outcome_words: one.outcome.map(AlarmOutcome::words),
            case: one.case,
        }
    }
}
