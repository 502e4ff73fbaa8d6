//! What sensors tell the rest of the house: ids, codes and counts.

use crate::model::sensor::{Alarm, Sensor, SensorId};
use ::store::Fact;
use platform::OrganisationId;
use serde_json::{Value, json};
use uuid::Uuid;

pub(crate) const REGISTERED: &str = "linkage.sensor_registered";
pub(crate) const CHANGED: &str = "linkage.sensor_changed";
pub(crate) const MUTED: &str = "linkage.sensor_muted";
pub(crate) const UNMUTED: &str = "linkage.sensor_unmuted";
/// Somebody looked through a table of sensors, or had it taken in.
pub(crate) const TABLE_READ: &str = "linkage.sensors_read";
/// A sensor passed its warning.
pub(crate) const WARNED: &str = "linkage.sensor_warned";
/// A sensor passed its alarm.
pub(crate) const RAISED: &str = "linkage.sensor_alarm_raised";
pub(crate) const RESTORED: &str = "linkage.sensor_alarm_restored";
/// What an alarm became.
pub(crate) const DECIDED: &str = "linkage.sensor_alarm_decided";
pub(crate) const SILENT: &str = "linkage.sensor_silent";
pub(crate) const SPEAKS: &str = "linkage.sensor_speaks";
/// More messages than a sensor may send.
pub(crate) const NOISY: &str = "linkage.sensor_noisy";
/// Another system handed in readings over HTTP.
pub(crate) const READINGS_TAKEN: &str = "linkage.readings_taken";
pub(crate) const BROKER_SET: &str = "linkage.broker_set";
pub(crate) const PASSWORD_RESEALED: &str = "linkage.broker_password_resealed";

/// Something about a sensor; the name says what.
#[derive(Debug)]
pub(crate) struct SensorFact {
    name: &'static str,
    subject: Uuid,
    area_path: Option<String>,
    unit: Option<OrganisationId>,
    data: Value,
}

impl SensorFact {
    pub fn of(name: &'static str, one: &Sensor, mut data: Value) -> Self {
        data["code"] = json!(one.code);
        data["kind"] = json!(one.kind);
        Self { name, subject: one.id.0, area_path: Some(one.area_path.clone()), unit: one.unit, data }
    }

    pub fn of_alarm(name: &'static str, one: &Sensor, alarm: &Alarm) -> Self {
        let data = json!({
            "alarm": alarm.id, "level": alarm.level, "value": alarm.value, "outcome": alarm.outcome, "case": alarm.case,
        });
        Self::of(name, one, data)
    }

    /// About many, or about the broker.
    pub fn of_all(name: &'static str, data: Value) -> Self {
        Self { name, subject: Uuid::nil(), area_path: None, unit: None, data }
    }
}

impl Fact for SensorFact {
    fn name(&self) -> &'static str {
        self.name
    }
    fn subject(&self) -> (&'static str, Uuid) {
        (SensorId::NOUN, self.subject)
    }
    fn area_path(&self) -> Option<&str> {
        self.area_path.as_deref()
    }
    fn unit(&self) -> Option<OrganisationId> {
        self.unit
    }
    fn data(&self) -> Value {
        self.data.clone()
    }
}
