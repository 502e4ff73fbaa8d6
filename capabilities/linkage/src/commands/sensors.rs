//! Writes about sensors: registered, changed, muted, and the broker they speak through.

use crate::access::{MANAGE_SENSORS, SET_BROKER, may_manage_sensors_of};
use crate::error::LinkageError;
use crate::model::sensor::{
    MUTE_DAYS_MAX, Mute, NAME_CHARS_MAX, OwnThresholds, REASON_CHARS_MAX, Sensor, SensorId, is_code,
};
use crate::sensors::broker::{BrokerAddress, is_prefix, seal_password};
use crate::sensors::catalogue::SensorBook;
use crate::sensors::facts::{BROKER_SET, CHANGED, MUTED, REGISTERED, SensorFact, UNMUTED};
use crate::sensors::silence;
use crate::store::broker::{self as brokers, BrokerRow};
use crate::store::sensors as store;
use ::store::Tx;
use geo::Point;
use platform::{OrganisationId, Time};
use seal::Zeroizing;
use serde_json::json;
use std::time::Duration;

const MUTE_MAX: Duration = Duration::from_secs(MUTE_DAYS_MAX * 24 * 3600);
const USERNAME_CHARS_MAX: usize = 100;
const PASSWORD_CHARS_MAX: usize = 500;
const AUTHORITY_BYTES_MAX: usize = 64 * 1024;

/// A sensor as somebody gives it.
#[derive(Clone, Debug)]
pub(crate) struct SensorGiven {
    pub code: String,
    pub kind: String,
    pub name: String,
    pub at: Point,
    pub unit: Option<OrganisationId>,
    pub own: OwnThresholds,
    pub in_use: bool,
}

/// A sensor that is in; `fresh` where it was not known before.
#[derive(Clone, Debug)]
pub(crate) struct Registered {
    pub sensor: Sensor,
    pub fresh: bool,
}

/// Registers a sensor. The same code with the same content is the same sensor.
///
/// # Errors
/// A value that does not hold, not theirs, a code that is another sensor's.
pub(crate) async fn register(tx: &mut Tx, given: SensorGiven) -> Result<Registered, LinkageError> {
    may(tx, given.unit)?;
    let (area_path, after) = checked(tx, &given)?;
    let now = tx.now();
    let one = Sensor {
        id: SensorId::new(now),
        version: 1,
        code: given.code,
        kind: given.kind,
        name: given.name.trim().to_owned(),
        lon: given.at.lon(),
        lat: given.at.lat(),
        area_path,
        unit: given.unit,
        own: given.own,
        in_use: given.in_use,
        mute: None,
        changed_at: now,
    };
    if !store::add(tx, &one).await? {
        return same_again(tx, one).await;
    }
    if one.in_use {
        silence::arm(tx, &one, after).await?;
    }
    tx.record(&SensorFact::of(REGISTERED, &one, json!({}))).await?;
    Ok(Registered { sensor: one, fresh: true })
}

async fn same_again(tx: &mut Tx, one: Sensor) -> Result<Registered, LinkageError> {
    let district = tx.district();
    let known = store::find_code(tx, district, &one.code).await?;
    let is_same = |known: &Sensor| {
        let as_given = Sensor {
            id: known.id,
            version: known.version,
            mute: known.mute.clone(),
            changed_at: known.changed_at,
            ..one.clone()
        };
        *known == as_given
    };
    match known {
        Some(known) if is_same(&known) => Ok(Registered { sensor: known, fresh: false }),
        _ => Err(LinkageError::Conflict {
            code: "linkage.sensor_code_taken",
            words: platform::Words::of(
                "这个编号已登记为另一台设备，要改请在设备页面上改。",
                "This code is another sensor's. To change that one, go to its page.",
            ),
        }),
    }
}

fn may(tx: &Tx, unit: Option<OrganisationId>) -> Result<(), LinkageError> {
    match may_manage_sensors_of(tx.actor(), unit) {
        true => Ok(()),
        false => Err(LinkageError::Forbidden(&MANAGE_SENSORS)),
    }
}

/// The grid it stands in, and after how long it is silent.
fn checked(tx: &Tx, given: &SensorGiven) -> Result<(String, Duration), LinkageError> {
    if !is_code(&given.code) {
        return Err(LinkageError::invalid(
            "code",
            "linkage.bad_sensor_code",
            "编号要 1 到 64 个字母、数字、- 或 _。",
            "A code has 1 to 64 letters, digits, - or _.",
        ));
    }
    let chars = given.name.trim().chars().count();
    if chars == 0 || chars > NAME_CHARS_MAX {
        return Err(LinkageError::invalid(
            "name",
            "linkage.bad_sensor_name",
            format!("名称要 1 到 {NAME_CHARS_MAX} 个字，写明在哪里。"),
            format!("A name has 1 to {NAME_CHARS_MAX} characters and says where it stands."),
        ));
    }
    let book = tx.fixture::<SensorBook>();
    let kind = book.kind(&given.kind).ok_or_else(|| {
        LinkageError::invalid(
            "kind",
            "linkage.unknown_sensor_kind",
            "没有这种设备。",
            "There is no such kind of sensor.",
        )
    })?;
    if !kind.allows(given.own) {
        let (least, most) = (kind.shown(kind.least), kind.shown(kind.most));
        return Err(LinkageError::invalid(
            "own",
            "linkage.bad_thresholds",
            format!("阈值要在 {least} 到 {most} 之间，提示值在报警值之前。"),
            format!("Thresholds lie between {least} and {most}, the warning before the alarm."),
        ));
    }
    let places = tx.fixture::<territory::Map>().of(tx.district());
    let grid = places.locate(given.at).ok_or_else(|| {
        LinkageError::invalid(
            "lon",
            "linkage.sensor_outside",
            "这个位置不在本区。请核对经纬度，还有坐标系：是 WGS-84，还是高德、百度的。",
            "This place is not in the district. Look at the coordinates, and of which system they are.",
        )
    })?;
    if given.unit.is_some_and(|unit| places.organisation_by_id(unit).is_none()) {
        return Err(LinkageError::invalid(
            "unit",
            "linkage.unknown_unit",
            "没有这个单位。",
            "There is no such unit.",
        ));
    }
    Ok((grid.path.clone(), kind.silent_after()))
}

/// Changes a sensor as it was seen. One taken out of use is listened to no more; its history stays.
///
/// # Errors
/// As [`register`], and where it was changed meanwhile.
pub(crate) async fn change(
    tx: &mut Tx,
    id: SensorId,
    seen: i64,
    given: SensorGiven,
) -> Result<Sensor, LinkageError> {
    let before = store::load_for(tx, id, seen).await?;
    may(tx, given.unit)?;
    let (area_path, after) = checked(tx, &given)?;
    if given.kind != before.kind || given.code != before.code {
        return Err(LinkageError::conflict(
            "linkage.sensor_is_another",
            "编号和种类登记后不能改：换了设备就另外登记，旧的停用。",
            "Code and kind stay: another device is registered anew, and the old one taken out of use.",
        ));
    }
    let one = Sensor {
        version: before.version + 1,
        name: given.name.trim().to_owned(),
        lon: given.at.lon(),
        lat: given.at.lat(),
        area_path,
        unit: given.unit,
        own: given.own,
        in_use: given.in_use,
        changed_at: tx.now(),
        ..before.clone()
    };
    store::save(tx, &one).await?;
    match (before.in_use, one.in_use) {
        (false, true) => silence::arm(tx, &one, after).await?,
        (true, false) => silence::disarm(tx, &one).await?,
        _ => {}
    }
    tx.record(&SensorFact::of(CHANGED, &one, json!({ "in_use": one.in_use }))).await?;
    Ok(one)
}

/// Mutes a sensor for a while, with the reason; its alarms are kept and make no cases.
///
/// # Errors
/// Not theirs, changed meanwhile, no reason, a moment that is over or too far.
pub(crate) async fn mute(
    tx: &mut Tx,
    id: SensorId,
    seen: i64,
    (until, reason): (Time, String),
) -> Result<Sensor, LinkageError> {
    let before = store::load_for(tx, id, seen).await?;
    let (now, reason) = (tx.now(), reason.trim().to_owned());
    if reason.is_empty() || reason.chars().count() > REASON_CHARS_MAX {
        return Err(LinkageError::invalid(
            "reason",
            "linkage.mute_reason_missing",
            format!("请写明为什么静音，最多 {REASON_CHARS_MAX} 个字。"),
            format!("Say why, in {REASON_CHARS_MAX} characters at most."),
        ));
    }
    if until <= now || until > now.after(MUTE_MAX) {
        return Err(LinkageError::invalid(
            "until",
            "linkage.bad_mute",
            format!("静音要有期限，最长 {MUTE_DAYS_MAX} 天；更久请停用。"),
            format!("Muting ends within {MUTE_DAYS_MAX} days; for longer, take it out of use."),
        ));
    }
    let one =
        Sensor { version: before.version + 1, mute: Some(Mute { until, reason }), changed_at: now, ..before };
    store::save(tx, &one).await?;
    tx.record(&SensorFact::of(MUTED, &one, json!({ "until": until }))).await?;
    Ok(one)
}

/// Lets a sensor be heard again.
///
/// # Errors
/// Not theirs, or changed meanwhile.
pub(crate) async fn unmute(tx: &mut Tx, id: SensorId, seen: i64) -> Result<Sensor, LinkageError> {
    let before = store::load_for(tx, id, seen).await?;
    let one = Sensor { version: before.version + 1, mute: None, changed_at: tx.now(), ..before };
    store::save(tx, &one).await?;
    tx.record(&SensorFact::of(UNMUTED, &one, json!({}))).await?;
    Ok(one)
}

/// The broker as somebody gives it.
#[derive(Clone, Debug)]
pub(crate) struct BrokerGiven {
    /// `mqtt://host:1883` or `mqtts://host:8883`
    pub address: String,
    pub username: Option<String>,
    /// Absent: as before.
    pub password: Option<Zeroizing<String>>,
    pub prefix: String,
    pub authority: Option<String>,
    pub enabled: bool,
    /// The version that was seen; absent the first time.
    pub version: Option<i64>,
}

/// Sets the broker; the server that listens goes over to it within seconds.
///
/// # Errors
/// A value that does not hold, or changed meanwhile.
pub(crate) async fn set_broker(tx: &mut Tx, given: BrokerGiven) -> Result<BrokerRow, LinkageError> {
    if !tx.actor().holds_everywhere(&SET_BROKER) {
        return Err(LinkageError::Forbidden(&SET_BROKER));
    }
    check_broker(&given)?;
    let (district, now) = (tx.district(), tx.now());
    let known = brokers::find(tx, district).await?;
    let present = known.as_ref().map_or(0, |known| known.version);
    if present != given.version.unwrap_or(0) {
        return Err(LinkageError::Stale { present });
    }
    let password = match &given.password {
        Some(password) => Some(seal_password(tx, password)?),
        None => known.and_then(|known| known.password),
    };
    let row = BrokerRow {
        address: given.address,
        username: given.username.filter(|name| !name.is_empty()),
        password,
        prefix: given.prefix,
        authority: given.authority.filter(|text| !text.trim().is_empty()),
        enabled: given.enabled,
        version: present + 1,
        changed_at: now,
        server: None,
        leased_until: None,
        connected: false,
        trouble: None,
        per_second: 0.0,
        said_at: None,
    };
    if !brokers::save(tx, &row).await? {
        return Err(LinkageError::Stale { present: present + 1 });
    }
    let data = json!({ "enabled": row.enabled, "password": given.password.is_some() });
    tx.record(&SensorFact::of_all(BROKER_SET, data)).await?;
    Ok(row)
}

fn check_broker(given: &BrokerGiven) -> Result<(), LinkageError> {
    if BrokerAddress::parse(&given.address).is_none() {
        return Err(LinkageError::invalid(
            "address",
            "linkage.bad_broker_address",
            "地址写成 mqtt://主机:1883，加密的写成 mqtts://主机:8883。",
            "An address is mqtt://host:1883, or mqtts://host:8883 with TLS.",
        ));
    }
    if !is_prefix(&given.prefix) {
        return Err(LinkageError::invalid(
            "prefix",
            "linkage.bad_topic_prefix",
            "主题前缀最多 100 个字母、数字、-、_ 或 /，不带通配符，两头没有 /。",
            "A prefix has at most 100 letters, digits, -, _ or /, no wildcard, no / at its ends.",
        ));
    }
    let too_long = given.username.as_ref().is_some_and(|name| name.chars().count() > USERNAME_CHARS_MAX)
        || given.password.as_ref().is_some_and(|password| password.chars().count() > PASSWORD_CHARS_MAX);
    if too_long {
        return Err(LinkageError::invalid(
            "username",
            "linkage.bad_broker_account",
            "用户名或密码太长。",
            "Name or password is too long.",
        ));
    }
    let authority = given.authority.as_deref().map(str::trim).filter(|text| !text.is_empty());
    if authority
        .is_some_and(|pem| pem.len() > AUTHORITY_BYTES_MAX || !pem.starts_with("-----BEGIN CERTIFICATE"))
    {
        return Err(LinkageError::invalid(
            "authority",
            "linkage.bad_authority",
            "证书要是 PEM 格式（-----BEGIN CERTIFICATE-----）。",
            "Certificates are PEM (-----BEGIN CERTIFICATE-----).",
        ));
    }
    Ok(())
}
