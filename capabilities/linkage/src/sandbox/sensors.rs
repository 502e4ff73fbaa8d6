//! Sensors of a sandbox: one of each kind to begin with, and what was made of what they said, told as it is told nowhere else: what a threshold
//! waits for, what an alarm became, what was not taken.

use super::http::SandboxCaseState;
use crate::access::unit_of_sandbox;
use crate::commands::sensors::{SensorGiven, register};
use crate::error::LinkageError;
use crate::model::sensor::{OwnThresholds, Sensor, SensorId, Standing, Thresholds};
use crate::queries::sensors as queries;
use crate::sensors::catalogue::{KindEntry, SensorBook};
use crate::sensors::intake::Intake;
use crate::sensors::{SensorAlarmView, SensorRefusal, SensorView, Shown};
use ::store::{Conn, Tx};
use edge::Edge;
use platform::{Actor, Fault, Sandbox, Words};
use serde::Serialize;
use std::collections::HashMap;
use territory::Map;
use utoipa::ToSchema;

/// Sensors that are shown, by code.
const SENSORS_MAX: usize = 20;
/// Alarms of one that are shown, the newest first.
const ALARMS_MAX: usize = 5;

/// An alarm and the case it became.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SandboxAlarm {
    #[serde(flatten)]
    pub alarm: SensorAlarmView,
    /// The case, as it stands now; absent where none was made.
    pub made: Option<SandboxCaseState>,
}

/// A sensor, how it stands, and why.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SandboxSensor {
    #[serde(flatten)]
    pub sensor: SensorView,
    /// When it is an alarm, and when restored.
    pub rule: Words,
    /// What its alarm waits for: a value must stand beyond, or behind, for so long.
    pub turning: Option<Words>,
    /// The newest first, 5 at most.
    pub alarms: Vec<SandboxAlarm>,
}

/// What sensors of the sandbox said, and what was made of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SandboxSensors {
    /// By code, 20 at most.
    pub sensors: Vec<SandboxSensor>,
    /// What was not taken today, by reason.
    pub refused: Vec<SensorRefusal>,
}

/// Registers one sensor of each kind, by the kind's name: who begins has something to speak for.
pub(super) async fn one_of_each(tx: &mut Tx, sandbox: Sandbox) -> Result<(), LinkageError> {
    let places = tx.fixture::<Map>().of(sandbox.district());
    let ground = places.grids().find_map(|grid| grid.boundary.as_ref());
    let Some(at) = ground.map(|ground| ground.label_point()) else { return Ok(()) };
    let book = tx.fixture::<SensorBook>();
    for kind in book.kinds() {
        let given = SensorGiven {
            code: kind.key.clone(),
            kind: kind.key.clone(),
            name: format!("试用的{}", kind.words().zh),
            at,
            unit: None,
            own: OwnThresholds::default(),
            in_use: true,
        };
        register(tx, given).await?;
    }
    Ok(())
}

/// The sensors with what was made of them. What they said up to now is written down before it is read.
pub(super) async fn view(
    edge: &Edge,
    actor: &Actor,
    sandbox: Sandbox,
) -> Result<SandboxSensors, LinkageError> {
    unit_of_sandbox(actor)?;
    let (district, now) = (sandbox.district(), edge.now());
    edge.fixture::<Intake>().flush(&edge.db, district, true).await?;
    let read = async move |conn: &mut Conn| {
        let found = queries::list(conn, district, None, String::new(), SENSORS_MAX as i64).await?;
        let ids: Vec<SensorId> = found.iter().map(|one| one.id).collect();
        let lives = queries::lives(conn, district, ids).await?;
        let lives: HashMap<SensorId, _> = lives.into_iter().map(|row| (row.sensor_id, row)).collect();
        let mut whole = Vec::with_capacity(found.len());
        for one in found {
            let Some(live) = lives.get(&one.id).cloned() else { continue };
            let mut alarms = Vec::new();
            for alarm in queries::alarms(conn, district, one.id).await?.into_iter().take(ALARMS_MAX) {
                let case = match alarm.case {
                    Some(id) => cases::linked::find(conn, district, id).await?,
                    None => None,
                };
                alarms.push((
                    alarm,
                    case.map(|case| SandboxCaseState { number: case.number, state: case.state }),
                ));
            }
            whole.push((one, live, alarms));
        }
        let day = now.local().date().to_string();
        Ok::<_, Fault>((whole, queries::refusals(conn, district, day).await?))
    };
    let (found, refused) = edge.db.read(read).await?;
    let (book, places) = (edge.fixture::<SensorBook>(), edge.fixture::<Map>().of(district));
    let shown = Shown { book: &book, places: &places, actor, now };
    let sensors = found.into_iter().filter_map(|(one, live, alarms)| {
        let kind = book.kind(&one.kind)?;
        let thresholds = kind.thresholds().with(one.own);
        let alarms =
            alarms.into_iter().map(|(alarm, made)| SandboxAlarm { alarm: shown.alarm(kind, alarm), made });
        Some(SandboxSensor {
            rule: rule(kind, &one),
            turning: turning(&live.standing.0, &thresholds),
            alarms: alarms.collect(),
            sensor: shown.sensor(one, &live),
        })
    });
    Ok(SandboxSensors {
        sensors: sensors.collect(),
        refused: refused.into_iter().map(SensorRefusal::from).collect(),
    })
}

/// When it is an alarm, and when restored.
fn rule(kind: &KindEntry, one: &Sensor) -> Words {
    let Thresholds { above, alarm, hysteresis, lasts, restores, .. } = kind.thresholds().with(one.own);
    let (lasts, restores) = (lasts.as_secs(), restores.as_secs());
    if kind.switch {
        return Words::new(
            format!("true 持续 {lasts} 秒报警；false 持续 {restores} 秒恢复"),
            format!("true for {lasts} s is an alarm; false for {restores} s restores it"),
        );
    }
    let behind = if above { alarm - hysteresis } else { alarm + hysteresis };
    let (at, behind) = (kind.shown(alarm), kind.shown(behind));
    let (beyond, back) = if above { ("≥", "<") } else { ("≤", ">") };
    Words::new(
        format!("{beyond} {at} 持续 {lasts} 秒报警；{back} {behind} 持续 {restores} 秒恢复"),
        format!("{beyond} {at} for {lasts} s is an alarm; {back} {behind} for {restores} s restores it"),
    )
}

/// What the alarm waits for.
fn turning(standing: &Standing, thresholds: &Thresholds) -> Option<Words> {
    let since = standing.alarm.turning?.local().strftime("%H:%M:%S").to_string();
    Some(if standing.alarm.on {
        let needed = thresholds.restores.as_secs();
        Words::new(
            format!("{since} 起已回落，满 {needed} 秒才算恢复"),
            format!("Behind since {since}; restored after {needed} s"),
        )
    } else {
        let needed = thresholds.lasts.as_secs();
        Words::new(
            format!("{since} 起越过报警值，满 {needed} 秒才报警"),
            format!("Beyond since {since}; an alarm after {needed} s"),
        )
    })
}
