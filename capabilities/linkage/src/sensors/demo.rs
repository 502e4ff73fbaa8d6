//! Invented sensors of the demo's district, and what they say while a demo is open: most are well, a few are not.

use super::intake::Intake;
use super::memory::Message;
use crate::commands::sensors::{SensorGiven, register};
use crate::error::LinkageError;
use crate::model::sensor::{Minute, OwnThresholds, Reading};
use crate::queries::sensors as queries;
use crate::store::sensors as store;
use ::store::{Conn, Db, Tx};
use edge::Edge;
use geo::Point;
use platform::{Actor, DistrictId, Fault, Time};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// How often they speak.
const PACE: Duration = Duration::from_secs(60);
/// The day before: a value each so often.
const STEP: Duration = Duration::from_secs(600);
const STEPS: u64 = 24 * 6;

/// What a sensor of the demo is like.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Mood {
    Well,
    /// Beyond its alarm.
    Alarmed,
    /// Never heard.
    Mute,
}

/// code, kind, name, mood
const DEVICES: &[(&str, &str, &str, Mood)] = &[
    ("SW-001", "water_level", "铁路下穿道积水点", Mood::Alarmed),
    ("SW-002", "water_level", "市场北口低洼处", Mood::Well),
    ("SW-003", "water_level", "小学门前路面", Mood::Well),
    ("SW-004", "water_level", "老街排水口", Mood::Well),
    ("SW-005", "water_level", "厂区东门涵洞", Mood::Well),
    ("SW-006", "water_level", "河堤步道入口", Mood::Mute),
    ("SW-007", "water_level", "公交首末站", Mood::Well),
    ("SW-008", "water_level", "地下车库入口", Mood::Well),
    ("YG-001", "smoke", "1栋1单元楼道", Mood::Well),
    ("YG-002", "smoke", "2栋2单元楼道", Mood::Well),
    ("YG-003", "smoke", "沿街餐馆后厨", Mood::Well),
    ("YG-004", "smoke", "社区活动室", Mood::Well),
    ("YG-005", "smoke", "电动车充电棚", Mood::Well),
    ("YG-006", "smoke", "养老服务站", Mood::Well),
    ("YG-007", "smoke", "小型仓库", Mood::Well),
    ("YG-008", "smoke", "3栋地下室", Mood::Well),
    ("JG-001", "manhole", "人民路与建设路口雨水井", Mood::Alarmed),
    ("JG-002", "manhole", "小区南门污水井", Mood::Well),
    ("JG-003", "manhole", "菜市场东侧雨水井", Mood::Well),
    ("JG-004", "manhole", "医院门前电力井", Mood::Well),
    ("JG-005", "manhole", "桥头通信井", Mood::Well),
    ("JG-006", "manhole", "学校后门雨水井", Mood::Well),
    ("RQ-001", "gas", "沿街商铺燃气间", Mood::Well),
    ("RQ-002", "gas", "居民楼调压箱", Mood::Well),
    ("RQ-003", "gas", "学校食堂", Mood::Well),
    ("RQ-004", "gas", "燃气阀门井", Mood::Well),
];

/// Registers them and gives each a day behind it. What is beyond its alarm becomes a case when the house opens.
///
/// # Errors
/// The store.
pub async fn fill(db: &Db, district: DistrictId) -> Result<(), Fault> {
    let places = db.fixtures().get::<territory::Map>().of(district);
    let points: Vec<Point> =
        places.grids().filter_map(|grid| grid.boundary.as_ref().map(|ground| ground.label_point())).collect();
    if points.is_empty() {
        return Ok(());
    }
    let points = Arc::new(points);
    let actor = Actor::system(district, "demo");
    let write = async move |tx: &mut Tx| {
        let now = tx.now();
        for (n, (code, kind, name, mood)) in DEVICES.iter().enumerate() {
            let given = SensorGiven {
                code: (*code).to_owned(),
                kind: (*kind).to_owned(),
                name: (*name).to_owned(),
                at: points[n % points.len()],
                unit: None,
                own: OwnThresholds::default(),
                in_use: true,
            };
            let sensor = register(tx, given).await?.sensor;
            for step in (1..STEPS).filter(|_| *mood != Mood::Mute) {
                let at = now.before(STEP.mul_f64((STEPS - step) as f64));
                let minute = Minute::of(at, value(n, kind, Mood::Well, at));
                store::add_reading(tx, sensor.id, &minute).await?;
            }
        }
        Ok::<_, LinkageError>(())
    };
    db.write(&actor, write).await.map_err(Fault::from)?;
    let now = db.clock().now();
    for ago in [120, 60, 0] {
        say(db, district, now.before(Duration::from_secs(ago))).await?;
    }
    Ok(())
}

/// While a demo is open its sensors speak, each minute. Those of a sandbox are its integrator's to speak for.
pub async fn speak(edge: Edge, mut told: watch::Receiver<bool>) {
    let mut pace = tokio::time::interval(PACE);
    loop {
        tokio::select! {
            _ = pace.tick() => {}
            _ = told.wait_for(|stopping| *stopping) => return,
        }
        let districts = edge.fixture::<edge::Districts>();
        for district in districts.all().iter().filter(|one| one.sandbox().is_none()) {
            if let Err(fault) = say(&edge.db, district.district, edge.now()).await {
                tracing::warn!("The demo's sensors did not speak: {fault:?}");
            }
        }
    }
}

/// Each says a value, where the district has it.
async fn say(db: &Db, district: DistrictId, at: Time) -> Result<(), Fault> {
    let read = async move |conn: &mut Conn| queries::list(conn, district, None, String::new(), 1).await;
    if db.read::<_, Fault, _>(read).await?.is_empty() {
        return Ok(());
    }
    let speaking = DEVICES.iter().enumerate().filter(|(_, (.., mood))| *mood != Mood::Mute);
    let messages: Vec<Message> = speaking
        .map(|(n, (code, kind, _, mood))| Message {
            code: (*code).to_owned(),
            kind: Some((*kind).to_owned()),
            reading: Ok(Reading { value: value(n, kind, *mood, at), at, seq: None, unit: None }),
        })
        .collect();
    let actor = Actor::system(district, "demo");
    db.fixtures().get::<Intake>().take(db, &actor, &messages).await.map(drop)
}

/// A value as the time of day has it: no two alike, none by chance.
fn value(n: usize, kind: &str, mood: Mood, at: Time) -> f64 {
    let hours = at.micros() as f64 / 3.6e9;
    let wave = ((hours / 3.0 + n as f64).sin() + 1.0) / 2.0;
    match (kind, mood) {
        ("water_level", Mood::Alarmed) => 0.31 + wave * 0.04,
        ("water_level", _) => wave * 0.08,
        ("manhole", Mood::Alarmed) => 38.0,
        ("manhole", _) => 1.0 + (wave * 2.0).round(),
        ("gas", _) => (wave * 3.0).round(),
        _ => 0.0,
    }
}
