//! Messages in: held against how each sensor stands, what decides is written in one go, and only then they count as taken.

use super::facts::{NOISY, RAISED, RESTORED, SPEAKS, SensorFact, WARNED};
use super::memory::{Due, Memory, Message, Turn};
use super::silence;
use crate::model::sensor::{Alarm, AlarmId, AlarmOutcome, Level, Refused, SensorId};
use crate::store::sensors as store;
use ::store::{Db, Tx};
use parking_lot::Mutex;
use platform::{Actor, DistrictId, Fault, FaultKind};
use serde_json::json;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// How often a batch is held against what another server has written meanwhile.
const TRIES_MAX: usize = 8;

/// The memories of all districts, on the shelf.
#[derive(Debug, Default)]
pub(crate) struct Intake(Mutex<HashMap<DistrictId, Arc<tokio::sync::Mutex<Memory>>>>);

/// How a write ended that did not commit.
enum Ended {
    /// Another server has written how this sensor stands.
    Moved(SensorId),
    Fault(Fault),
}

impl From<Fault> for Ended {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl Intake {
    fn of(&self, district: DistrictId) -> Arc<tokio::sync::Mutex<Memory>> {
        self.0.lock().entry(district).or_default().clone()
    }

    /// The register was changed here.
    pub async fn look_again(&self, district: DistrictId) {
        self.of(district).lock().await.look_again();
    }

    /// Takes messages; what each came to, in their order. After an answer all that decides is in the database; after a fault nothing is
    /// taken, and all of them may come again.
    ///
    /// # Errors
    /// The store.
    pub async fn take(
        &self,
        db: &Db,
        actor: &Actor,
        messages: &[Message],
    ) -> Result<Vec<Result<(), Refused>>, Fault> {
        let (district, memory) = (actor.district, self.of(actor.district));
        let mut memory = memory.lock().await;
        for _ in 0..TRIES_MAX {
            memory.follow(db, district).await?;
            let (now, mut scratch) = (db.clock().now(), HashMap::new());
            let outcomes: Vec<_> = messages.iter().map(|one| memory.hear(&mut scratch, one, now)).collect();
            if !write(db, actor, &mut memory, scratch).await? {
                continue;
            }
            for (message, outcome) in messages.iter().zip(&outcomes) {
                if let Err(reason) = outcome {
                    memory.count(*reason, &message.code);
                }
            }
            return Ok(outcomes);
        }
        Err(Fault::new(FaultKind::Contention, "sensors were heard by two servers again and again"))
    }

    /// Counts what was refused at the door.
    pub async fn count(&self, district: DistrictId, reason: Refused, code: &str) {
        self.of(district).lock().await.count(reason, code);
    }

    /// Writes the minutes that are over (or all), and what was refused.
    ///
    /// # Errors
    /// The store; then it is tried again the next time.
    pub async fn flush(&self, db: &Db, district: DistrictId, all: bool) -> Result<(), Fault> {
        let memory = self.of(district);
        let mut memory = memory.lock().await;
        let actor = Actor::system(district, "sensors");
        for _ in 0..TRIES_MAX {
            let scratch = memory.minutes(db.clock().now(), all);
            if write(db, &actor, &mut memory, scratch).await? {
                break;
            }
        }
        let counts = memory.take_counts();
        if counts.is_empty() {
            return Ok(());
        }
        let told = counts.clone();
        let write = async move |tx: &mut Tx| {
            for (reason, (count, example)) in &told {
                store::count_refused(tx, *reason, *count, example.clone()).await?;
            }
            Ok::<_, Fault>(())
        };
        let written = db.write(&actor, write).await;
        if written.is_err() {
            memory.give_counts_back(counts);
        }
        written
    }
}

/// Writes what decides and keeps the rest in memory; `false` where another server was first, and what it wrote has been read.
async fn write(
    db: &Db,
    actor: &Actor,
    memory: &mut Memory,
    scratch: HashMap<SensorId, Due>,
) -> Result<bool, Fault> {
    let due: Vec<Due> = scratch.values().filter(|due| due.is_due()).cloned().collect();
    let written: HashSet<SensorId> = due.iter().map(|due| due.live.sensor.id).collect();
    if !due.is_empty() {
        let due = Arc::new(due);
        let body = async move |tx: &mut Tx| write_all(tx, &due).await;
        match db.write(actor, body).await {
            Ok(()) => {}
            Err(Ended::Moved(id)) => {
                memory.reload(db, actor.district, vec![id]).await?;
                return Ok(false);
            }
            Err(Ended::Fault(fault)) => return Err(fault),
        }
    }
    memory.keep(scratch, &written);
    Ok(true)
}

async fn write_all(tx: &mut Tx, due: &[Due]) -> Result<(), Ended> {
    for one in due {
        let mut row = one.live.row.clone();
        row.version += 1;
        if !store::save_live(tx, &row).await? {
            return Err(Ended::Moved(row.sensor_id));
        }
        for minute in &one.minutes {
            store::add_reading(tx, row.sensor_id, minute).await?;
        }
        for turn in &one.turns {
            write_turn(tx, one, turn).await?;
        }
        let sensor = &one.live.sensor;
        if one.is_noisy {
            tx.record(&SensorFact::of(NOISY, sensor, json!({}))).await?;
        }
        if let Some(since) = one.speaks {
            tx.record(&SensorFact::of(SPEAKS, sensor, json!({ "since": since }))).await?;
            silence::ended(tx, sensor, since).await?;
        }
    }
    Ok(())
}

/// A threshold passed is an alarm; left, it is restored.
async fn write_turn(tx: &mut Tx, due: &Due, turn: &Turn) -> Result<(), Fault> {
    let (district, sensor) = (tx.district(), &due.live.sensor);
    if !turn.raised {
        let Some(alarm) = store::standing_alarm(tx, district, sensor.id, turn.level).await? else {
            return Ok(());
        };
        store::restore_alarm(tx, alarm.id, turn.at).await?;
        if turn.level == Level::Alarm {
            tx.record(&SensorFact::of_alarm(RESTORED, sensor, &alarm)).await?;
        }
        return Ok(());
    }
    let alarm = Alarm {
        id: AlarmId::new(tx.now()),
        sensor: sensor.id,
        kind: sensor.kind.clone(),
        area_path: sensor.area_path.clone(),
        level: turn.level,
        value: turn.value,
        raised_at: turn.at,
        restored_at: None,
        outcome: None,
        case: None,
    };
    store::add_alarm(tx, &alarm).await?;
    if turn.level == Level::Alarm {
        tx.record(&SensorFact::of_alarm(RAISED, sensor, &alarm)).await?;
    } else {
        store::decide_alarm(tx, alarm.id, AlarmOutcome::Seen, None).await?;
        tx.record(&SensorFact::of_alarm(WARNED, sensor, &alarm)).await?;
    }
    Ok(())
}
