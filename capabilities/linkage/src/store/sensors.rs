//! Loads and saves sensors, how they stand, their readings and alarms.

use crate::access::{MANAGE_SENSORS, may_manage_sensors_of};
use crate::error::LinkageError;
use crate::model::sensor::{
    Alarm, AlarmId, AlarmOutcome, Level, Minute, Mute, OwnThresholds, Refused, Sensor, SensorId, Standing,
};
use ::store::{Conn, Json, Tx, list_item, row, sql, value};
use cases::CaseId;
use platform::{DistrictId, Fault, FaultKind, OrganisationId, Time};
use uuid::Uuid;

value!(SensorId as Uuid, |v| v.0, SensorId);
list_item!(SensorId, Uuid, UuidList, |v| v.0);
value!(AlarmId as Uuid, |v| v.0, AlarmId);

row! {
    /// A sensor as it is stored.
    #[derive(Clone, Debug)]
    pub(crate) struct SensorRow {
        pub id: SensorId,
        pub version: i64,
        pub code: String,
        pub kind: String,
        pub name: String,
        pub lon: f64,
        pub lat: f64,
        pub area_path: String,
        pub unit_id: Option<OrganisationId>,
        pub own: Json<OwnThresholds>,
        pub in_use: bool,
        pub muted_until: Option<Time>,
        pub mute_reason: Option<String>,
        pub changed_at: Time,
    }
}

row! {
    /// How a sensor stands.
    #[derive(Clone, Debug)]
    pub(crate) struct LiveRow {
        pub sensor_id: SensorId,
        pub version: i64,
        pub standing: Json<Standing>,
        pub level: Level,
        pub heard_at: Option<Time>,
        pub silent_at: Option<Time>,
        pub noisy_at: Option<Time>,
    }
}

row! {
    /// An alarm as it is stored.
    #[derive(Clone, Debug)]
    pub(crate) struct AlarmRow {
        pub id: AlarmId,
        pub sensor_id: SensorId,
        pub kind: String,
        pub area_path: String,
        pub level: Level,
        pub value: f64,
        pub raised_at: Time,
        pub restored_at: Option<Time>,
        pub outcome: Option<AlarmOutcome>,
        pub case_id: Option<CaseId>,
    }
}

type Columns = (
    DistrictId,
    SensorId,
    i64,
    String,
    String,
    String,
    f64,
    f64,
    String,
    Option<OrganisationId>,
    Json<OwnThresholds>,
    bool,
    Option<Time>,
    Option<String>,
    Time,
);
type LiveColumns =
    (DistrictId, SensorId, i64, Json<Standing>, Level, Option<Time>, Option<Time>, Option<Time>);
type AlarmColumns = (DistrictId, AlarmId, SensorId, String, String, Level, f64, Time);

sql! {
    ADD: Columns =
        "insert into linkage_sensor (district, id, version, code, kind, name, lon, lat, area_path, unit_id, own, in_use, muted_until,
             mute_reason, changed_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) on conflict do nothing";
    /// Only from the version before.
    SAVE: Columns =
        "update linkage_sensor set version = $3, code = $4, kind = $5, name = $6, lon = $7, lat = $8, area_path = $9, unit_id = $10,
             own = $11, in_use = $12, muted_until = $13, mute_reason = $14, changed_at = $15
         where district = $1 and id = $2 and version + 1 = $3";
    FIND: (DistrictId, SensorId) -> SensorRow =
        "select id, version, code, kind, name, lon, lat, area_path, unit_id, own, in_use, muted_until, mute_reason, changed_at
         from linkage_sensor where district = $1 and id = $2";
    FIND_CODE: (DistrictId, String) -> SensorRow =
        "select id, version, code, kind, name, lon, lat, area_path, unit_id, own, in_use, muted_until, mute_reason, changed_at
         from linkage_sensor where district = $1 and code = $2";
    ADD_LIVE: LiveColumns =
        "insert into linkage_sensor_live (district, sensor_id, version, standing, level, heard_at, silent_at, noisy_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)";
    /// Only from the version before: of two servers that heard of a sensor at once, one reads again.
    SAVE_LIVE: LiveColumns =
        "update linkage_sensor_live set version = $3, standing = $4, level = $5, heard_at = $6, silent_at = $7, noisy_at = $8
         where district = $1 and sensor_id = $2 and version + 1 = $3";
    FIND_LIVE: (DistrictId, SensorId) -> LiveRow =
        "select sensor_id, version, standing, level, heard_at, silent_at, noisy_at from linkage_sensor_live
         where district = $1 and sensor_id = $2";
    ADD_READING: (DistrictId, SensorId, Time, f64, f64, f64, i64) =
        "insert into linkage_sensor_reading (district, sensor_id, minute, last, low, high, readings) values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (district, sensor_id, minute) do update set last = excluded.last,
             low = case when excluded.low < linkage_sensor_reading.low then excluded.low else linkage_sensor_reading.low end,
             high = case when excluded.high > linkage_sensor_reading.high then excluded.high else linkage_sensor_reading.high end,
             readings = linkage_sensor_reading.readings + excluded.readings";
    FORGET_READINGS: (DistrictId, Time) =
        "delete from linkage_sensor_reading where district = $1 and minute < $2";
    FORGET_REFUSALS: (DistrictId, String) =
        "delete from linkage_sensor_refusal where district = $1 and day < $2";
    ADD_ALARM: AlarmColumns =
        "insert into linkage_sensor_alarm (district, id, sensor_id, kind, area_path, level, value, raised_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)";
    RESTORE_ALARM: (DistrictId, AlarmId, Time) =
        "update linkage_sensor_alarm set restored_at = $3 where district = $1 and id = $2 and restored_at is null";
    DECIDE_ALARM: (DistrictId, AlarmId, AlarmOutcome, Option<CaseId>, Time) =
        "update linkage_sensor_alarm set outcome = $3, case_id = $4, decided_at = $5 where district = $1 and id = $2";
    TAKE_TURN: (DistrictId, String, String) =
        "insert into linkage_sensor_turn (district, area_path, kind, turn) values ($1, $2, $3, 1)
         on conflict (district, area_path, kind) do update set turn = linkage_sensor_turn.turn + 1";
    FIND_ALARM: (DistrictId, AlarmId) -> AlarmRow =
        "select id, sensor_id, kind, area_path, level, value, raised_at, restored_at, outcome, case_id from linkage_sensor_alarm
         where district = $1 and id = $2";
    /// The alarm of a level that a sensor has now.
    STANDING_ALARM: (DistrictId, SensorId, Level) -> AlarmRow =
        "select id, sensor_id, kind, area_path, level, value, raised_at, restored_at, outcome, case_id from linkage_sensor_alarm
         where district = $1 and sensor_id = $2 and level = $3 and restored_at is null order by id desc limit 1";
    COUNT_REFUSED: (DistrictId, String, Refused, i64, Option<String>, Time) =
        "insert into linkage_sensor_refusal (district, day, reason, count, example, at) values ($1, $2, $3, $4, $5, $6)
         on conflict (district, day, reason) do update set count = linkage_sensor_refusal.count + excluded.count, at = excluded.at,
             example = case when excluded.example is null then linkage_sensor_refusal.example else excluded.example end";
}

impl From<SensorRow> for Sensor {
    fn from(row: SensorRow) -> Self {
        let mute = row.muted_until.zip(row.mute_reason).map(|(until, reason)| Mute { until, reason });
        Self {
            id: row.id,
            version: row.version,
            code: row.code,
            kind: row.kind,
            name: row.name,
            lon: row.lon,
            lat: row.lat,
            area_path: row.area_path,
            unit: row.unit_id,
            own: row.own.0,
            in_use: row.in_use,
            mute,
            changed_at: row.changed_at,
        }
    }
}

impl From<AlarmRow> for Alarm {
    fn from(row: AlarmRow) -> Self {
        Self {
            id: row.id,
            sensor: row.sensor_id,
            kind: row.kind,
            area_path: row.area_path,
            level: row.level,
            value: row.value,
            raised_at: row.raised_at,
            restored_at: row.restored_at,
            outcome: row.outcome,
            case: row.case_id,
        }
    }
}

fn columns(district: DistrictId, one: &Sensor) -> Columns {
    let one = one.clone();
    let (until, reason) = one.mute.map_or((None, None), |mute| (Some(mute.until), Some(mute.reason)));
    (
        district,
        one.id,
        one.version,
        one.code,
        one.kind,
        one.name,
        one.lon,
        one.lat,
        one.area_path,
        one.unit,
        Json(one.own),
        one.in_use,
        until,
        reason,
        one.changed_at,
    )
}

fn live_columns(district: DistrictId, live: &LiveRow) -> LiveColumns {
    let LiveRow { sensor_id, version, standing, level, heard_at, silent_at, noisy_at } = live.clone();
    (district, sensor_id, version, standing, level, heard_at, silent_at, noisy_at)
}

/// A new sensor that was never heard; `false` where its code or id is taken.
pub(crate) async fn add(tx: &mut Tx, one: &Sensor) -> Result<bool, Fault> {
    let district = tx.district();
    if tx.execute(&ADD, columns(district, one)).await? == 0 {
        return Ok(false);
    }
    let live = LiveRow {
        sensor_id: one.id,
        version: 1,
        standing: Json(Standing::default()),
        level: Level::Normal,
        heard_at: None,
        silent_at: None,
        noisy_at: None,
    };
    tx.execute(&ADD_LIVE, live_columns(district, &live)).await?;
    Ok(true)
}

/// Saves a sensor that is one version further than it was seen.
pub(crate) async fn save(tx: &mut Tx, one: &Sensor) -> Result<(), LinkageError> {
    let district = tx.district();
    match tx.execute(&SAVE, columns(district, one)).await? {
        1 => Ok(()),
        _ => Err(LinkageError::Stale { present: one.version }),
    }
}

/// A sensor that the actor may change, as it was seen.
pub(crate) async fn load_for(tx: &mut Tx, id: SensorId, seen: i64) -> Result<Sensor, LinkageError> {
    let district = tx.district();
    let found = find(tx, district, id).await?.filter(|one| may_manage_sensors_of(tx.actor(), one.unit));
    let one = found.ok_or(match tx.actor().holds(&MANAGE_SENSORS) {
        true => LinkageError::NotFound,
        false => LinkageError::Forbidden(&MANAGE_SENSORS),
    })?;
    if one.version == seen { Ok(one) } else { Err(LinkageError::Stale { present: one.version }) }
}

pub(crate) async fn find(
    conn: &mut Conn,
    district: DistrictId,
    id: SensorId,
) -> Result<Option<Sensor>, Fault> {
    Ok(conn.optional(&FIND, (district, id)).await?.map(Sensor::from))
}

pub(crate) async fn find_code(
    conn: &mut Conn,
    district: DistrictId,
    code: &str,
) -> Result<Option<Sensor>, Fault> {
    Ok(conn.optional(&FIND_CODE, (district, code.to_owned())).await?.map(Sensor::from))
}

pub(crate) async fn live(
    conn: &mut Conn,
    district: DistrictId,
    id: SensorId,
) -> Result<Option<LiveRow>, Fault> {
    conn.optional(&FIND_LIVE, (district, id)).await
}

/// Saves how a sensor stands, one version further than it was read; `false` where somebody else did meanwhile.
pub(crate) async fn save_live(tx: &mut Tx, live: &LiveRow) -> Result<bool, Fault> {
    let district = tx.district();
    Ok(tx.execute(&SAVE_LIVE, live_columns(district, live)).await? == 1)
}

pub(crate) async fn add_reading(tx: &mut Tx, sensor: SensorId, m: &Minute) -> Result<(), Fault> {
    let columns = (tx.district(), sensor, m.start, m.last, m.low, m.high, m.readings);
    tx.execute(&ADD_READING, columns).await.map(drop)
}

/// Forgets readings before a moment and counts before a day.
pub(crate) async fn forget(tx: &mut Tx, readings: Time, counts: &str) -> Result<u64, Fault> {
    let district = tx.district();
    tx.execute(&FORGET_REFUSALS, (district, counts.to_owned())).await?;
    tx.execute(&FORGET_READINGS, (district, readings)).await
}

pub(crate) async fn add_alarm(tx: &mut Tx, one: &Alarm) -> Result<(), Fault> {
    let one = one.clone();
    let columns =
        (tx.district(), one.id, one.sensor, one.kind, one.area_path, one.level, one.value, one.raised_at);
    tx.execute(&ADD_ALARM, columns).await.map(drop)
}

pub(crate) async fn restore_alarm(tx: &mut Tx, id: AlarmId, at: Time) -> Result<(), Fault> {
    let district = tx.district();
    tx.execute(&RESTORE_ALARM, (district, id, at)).await.map(drop)
}

/// Writes down what an alarm became.
///
/// # Errors
/// Contention where there is no such alarm any more: the store runs the write again.
pub(crate) async fn decide_alarm(
    tx: &mut Tx,
    id: AlarmId,
    outcome: AlarmOutcome,
    case: Option<CaseId>,
) -> Result<(), Fault> {
    let (district, now) = (tx.district(), tx.now());
    match tx.execute(&DECIDE_ALARM, (district, id, outcome, case, now)).await? {
        1 => Ok(()),
        _ => Err(Fault::new(FaultKind::Contention, "an alarm was not there when it was decided")),
    }
}

/// Waits until nobody else decides an alarm of this kind in this grid: the budget counts what they made.
pub(crate) async fn take_turn(tx: &mut Tx, one: &Alarm) -> Result<(), Fault> {
    let district = tx.district();
    tx.execute(&TAKE_TURN, (district, one.area_path.clone(), one.kind.clone())).await.map(drop)
}

pub(crate) async fn find_alarm(
    conn: &mut Conn,
    district: DistrictId,
    id: AlarmId,
) -> Result<Option<Alarm>, Fault> {
    Ok(conn.optional(&FIND_ALARM, (district, id)).await?.map(Alarm::from))
}

/// The alarm of a level that a sensor has now.
pub(crate) async fn standing_alarm(
    conn: &mut Conn,
    district: DistrictId,
    sensor: SensorId,
    level: Level,
) -> Result<Option<Alarm>, Fault> {
    Ok(conn.optional(&STANDING_ALARM, (district, sensor, level)).await?.map(Alarm::from))
}

/// Counts messages that were not taken.
pub(crate) async fn count_refused(
    tx: &mut Tx,
    reason: Refused,
    count: i64,
    example: Option<String>,
) -> Result<(), Fault> {
    let (district, now) = (tx.district(), tx.now());
    let day = now.local().date().to_string();
    tx.execute(&COUNT_REFUSED, (district, day, reason, count, example, now)).await.map(drop)
}
