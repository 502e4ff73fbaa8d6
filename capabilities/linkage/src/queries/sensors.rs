//! Reads of sensors: lists, a day of one, its alarms, what the budget counts, how the intake is.

use crate::model::sensor::{Alarm, AlarmId, AlarmOutcome, Level, Recent, Refused, Sensor, SensorId};
use crate::store::sensors::{AlarmRow, LiveRow, SensorRow};
use ::store::{Conn, List, row, sql};
use cases::CaseId;
use platform::{DistrictId, Fault, OrganisationId, Time};
use uuid::Uuid;

/// Sensors of one district, all in memory.
pub(crate) const SENSORS_MAX: i64 = 20_000;
/// Minutes of a day.
const READINGS_MAX: i64 = 24 * 60 + 1;
const ALARMS_MAX: i64 = 50;
const REFUSALS_MAX: i64 = 20;

row! {
    /// What is kept of a minute.
    #[derive(Clone, Debug)]
    pub(crate) struct ReadingRow {
        pub minute: Time,
        pub last: f64,
        pub low: f64,
        pub high: f64,
        pub readings: i64,
    }
}

row! {
    /// How often something was refused on a day.
    #[derive(Clone, Debug)]
    pub(crate) struct RefusalRow {
        pub reason: Refused,
        pub count: i64,
        pub example: Option<String>,
        pub at: Time,
    }
}

sql! {
    CHANGED: (DistrictId, Time, SensorId, i64) -> SensorRow =
        "select id, version, code, kind, name, lon, lat, area_path, unit_id, own, in_use, muted_until, mute_reason, changed_at
         from linkage_sensor {by:linkage_sensor_changed}
         where district = $1 and (changed_at > $2 or (changed_at = $2 and id > $3)) order by changed_at, id limit $4";
    BY_CODE: (DistrictId, String, i64) -> SensorRow =
        "select id, version, code, kind, name, lon, lat, area_path, unit_id, own, in_use, muted_until, mute_reason, changed_at
         from linkage_sensor where district = $1 and code > $2 order by code limit $3";
    BY_CODE_OF_UNITS: (DistrictId, List<OrganisationId>, String, i64) -> SensorRow =
        "select id, version, code, kind, name, lon, lat, area_path, unit_id, own, in_use, muted_until, mute_reason, changed_at
         from linkage_sensor where district = $1 and unit_id {in:$2:uuid} and code > $3 order by code limit $4";
    LIVES: (DistrictId, List<SensorId>) -> LiveRow =
        "select sensor_id, version, standing, level, heard_at, silent_at, noisy_at from linkage_sensor_live
         where district = $1 and sensor_id {in:$2:uuid} order by sensor_id";
    READINGS: (DistrictId, SensorId, Time, i64) -> ReadingRow =
        "select minute, last, low, high, readings from linkage_sensor_reading
         where district = $1 and sensor_id = $2 and minute >= $3 order by minute limit $4";
    ALARMS: (DistrictId, SensorId, i64) -> AlarmRow =
        "select id, sensor_id, kind, area_path, level, value, raised_at, restored_at, outcome, case_id from linkage_sensor_alarm
         where district = $1 and sensor_id = $2 order by id desc limit $3";
    /// The last cases of a sensor, the newest first.
    CASES_OF_SENSOR: (DistrictId, SensorId, AlarmId, Level, i64) -> AlarmRow =
        "select id, sensor_id, kind, area_path, level, value, raised_at, restored_at, outcome, case_id from linkage_sensor_alarm
         where district = $1 and sensor_id = $2 and id < $3 and level = $4 and case_id is not null order by id desc limit $5";
    DECIDED_IN_AREA: (DistrictId, String, String, Time, i64) -> (Option<AlarmOutcome>, Option<CaseId>) =
        "select outcome, case_id from linkage_sensor_alarm {by:linkage_sensor_alarm_decided}
         where district = $1 and area_path = $2 and kind = $3 and decided_at >= $4 and decided_at is not null
         order by decided_at desc limit $5";
    REFUSALS: (DistrictId, String, i64) -> RefusalRow =
        "select reason, count, example, at from linkage_sensor_refusal where district = $1 and day = $2 order by reason limit $3";
}

/// Sensors changed after one, the first changed first.
pub(crate) async fn changed(
    conn: &mut Conn,
    district: DistrictId,
    (at, id): (Time, SensorId),
) -> Result<Vec<Sensor>, Fault> {
    let rows = conn.all(&CHANGED, (district, at, id, SENSORS_MAX)).await?;
    Ok(rows.into_iter().map(Sensor::from).collect())
}

/// Sensors by code: of some units, or all.
pub(crate) async fn list(
    conn: &mut Conn,
    district: DistrictId,
    units: Option<Vec<OrganisationId>>,
    after: String,
    rows: i64,
) -> Result<Vec<Sensor>, Fault> {
    let found = match units {
        Some(units) => conn.all(&BY_CODE_OF_UNITS, (district, List(units), after, rows)).await?,
        None => conn.all(&BY_CODE, (district, after, rows)).await?,
    };
    Ok(found.into_iter().map(Sensor::from).collect())
}

/// How sensors stand.
pub(crate) async fn lives(
    conn: &mut Conn,
    district: DistrictId,
    ids: Vec<SensorId>,
) -> Result<Vec<LiveRow>, Fault> {
    conn.all(&LIVES, (district, List(ids))).await
}

/// The minutes of a sensor since a moment.
pub(crate) async fn readings(
    conn: &mut Conn,
    district: DistrictId,
    id: SensorId,
    since: Time,
) -> Result<Vec<ReadingRow>, Fault> {
    conn.all(&READINGS, (district, id, since, READINGS_MAX)).await
}

/// Its alarms, the newest first.
pub(crate) async fn alarms(conn: &mut Conn, district: DistrictId, id: SensorId) -> Result<Vec<Alarm>, Fault> {
    Ok(conn.all(&ALARMS, (district, id, ALARMS_MAX)).await?.into_iter().map(Alarm::from).collect())
}

/// What has happened lately around an alarm; `hours` is how long alarms join a case.
pub(crate) async fn recent(
    conn: &mut Conn,
    district: DistrictId,
    one: &Alarm,
    (hour, join): (Time, Time),
) -> Result<Recent, Fault> {
    let cases = conn.all(&CASES_OF_SENSOR, (district, one.sensor, one.id, Level::Alarm, ALARMS_MAX)).await?;
    let filed = |alarm: &&AlarmRow| alarm.outcome == Some(AlarmOutcome::Filed) && alarm.raised_at >= hour;
    let area = (district, one.area_path.clone(), one.kind.clone(), hour, SENSORS_MAX);
    let in_area = conn.all(&DECIDED_IN_AREA, area).await?;
    let gathered = in_area.iter().find(|(outcome, _)| *outcome == Some(AlarmOutcome::Gathered));
    Ok(Recent {
        open_case: cases.first().filter(|alarm| alarm.raised_at >= join).and_then(|alarm| alarm.case_id),
        of_sensor: cases.iter().filter(filed).count() as i64,
        in_area: in_area.iter().filter(|(outcome, _)| *outcome == Some(AlarmOutcome::Filed)).count() as i64,
        gathered: gathered.and_then(|(_, case)| *case),
    })
}

/// What was refused on a day.
pub(crate) async fn refusals(
    conn: &mut Conn,
    district: DistrictId,
    day: String,
) -> Result<Vec<RefusalRow>, Fault> {
    conn.all(&REFUSALS, (district, day, REFUSALS_MAX)).await
}

/// Before every sensor.
pub(crate) const FIRST: (Time, SensorId) = (Time::from_micros(i64::MIN), SensorId(Uuid::nil()));
