//! What sensors do by themselves: an alarm becomes a case or joins one, a restored one is told on it, silence is noticed.

use super::catalogue::{KindEntry, SensorBook};
use super::facts::{DECIDED, RAISED, RESTORED, SensorFact};
use super::silence::{self, SILENT};
use super::words;
use crate::error::LinkageError;
use crate::model::sensor::{Alarm, AlarmId, AlarmOutcome, Asked, Decision, Sensor, SensorId, decide};
use crate::queries::sensors as queries;
use crate::store::sensors as store;
use ::store::{ALWAYS, FactRow, LocalFuture, Reaction, Timer, TimerRow, Tx};
use cases::commands::{PlaceGiven, Report, inform, report};
use cases::{CaseId, Source};
use platform::{Fault, HOUR, Time};
use serde_json::json;
use std::collections::BTreeMap;

/// The clock of an alarm that waits for the morning; its subject is the alarm.
const MORNING: &str = "linkage.sensor_morning";

pub(crate) const REACTIONS: &[Reaction] = &[
    Reaction { name: "linkage.file_alarm", to: RAISED, wanted: ALWAYS, run: file },
    Reaction { name: "linkage.tell_restored", to: RESTORED, wanted: ALWAYS, run: tell_restored },
];
pub(crate) const TIMERS: &[Timer] =
    &[Timer { kind: SILENT, run: silent }, Timer { kind: MORNING, run: morning }];

fn silent<'a>(tx: &'a mut Tx, row: &'a TimerRow) -> LocalFuture<'a, Result<(), Fault>> {
    Box::pin(silence::listened(tx, SensorId(row.subject_id)))
}

fn morning<'a>(tx: &'a mut Tx, row: &'a TimerRow) -> LocalFuture<'a, Result<(), Fault>> {
    Box::pin(async move { settle(tx, AlarmId(row.subject_id)).await.map_err(Fault::from) })
}

fn file<'a>(tx: &'a mut Tx, fact: &'a FactRow) -> LocalFuture<'a, Result<(), Fault>> {
    Box::pin(async move {
        match alarm_of(fact) {
            Some(id) => settle(tx, id).await.map_err(Fault::from),
            None => Ok(()),
        }
    })
}

fn tell_restored<'a>(tx: &'a mut Tx, fact: &'a FactRow) -> LocalFuture<'a, Result<(), Fault>> {
    Box::pin(async move { told_restored(tx, fact).await.map_err(Fault::from) })
}

fn alarm_of(fact: &FactRow) -> Option<AlarmId> {
    fact.data.0["alarm"].as_str()?.parse().ok()
}

/// It never closes the case: whether all is well is for people to see.
async fn told_restored(tx: &mut Tx, fact: &FactRow) -> Result<(), LinkageError> {
    let (district, Some(id)) = (tx.district(), alarm_of(fact)) else { return Ok(()) };
    let Some(alarm) = store::find_alarm(tx, district, id).await? else { return Ok(()) };
    let Some(sensor) = store::find(tx, district, alarm.sensor).await? else { return Ok(()) };
    if let (Some(case), Some(at)) = (alarm.case, alarm.restored_at) {
        inform(tx, case, &words::restored(&sensor, at)).await?;
    }
    Ok(())
}

/// Decides what an alarm becomes and does it; done before, or by another server, it is left as it is.
async fn settle(tx: &mut Tx, id: AlarmId) -> Result<(), LinkageError> {
    let (district, now) = (tx.district(), tx.now());
    let Some(alarm) = store::find_alarm(tx, district, id).await? else { return Ok(()) };
    store::take_turn(tx, &alarm).await?;
    if alarm.outcome.is_some_and(|outcome| outcome != AlarmOutcome::Waiting) {
        return Ok(());
    }
    let Some(sensor) = store::find(tx, district, alarm.sensor).await? else { return Ok(()) };
    let book = tx.fixture::<SensorBook>();
    let Some(kind) = book.kind(&alarm.kind) else { return Ok(()) };
    let waited = alarm.outcome == Some(AlarmOutcome::Waiting);
    let asked = Asked {
        dangerous: kind.dangerous,
        muted: sensor.is_muted(now) || !sensor.in_use,
        over: waited && alarm.restored_at.is_some(),
    };
    let since = (now.before(HOUR), now.before(book.join()));
    let mut recent = queries::recent(tx, district, &alarm, since).await?;
    loop {
        let decision = decide(asked, &recent, &book.budget(), now);
        let Decision::Join(case) = decision else {
            let (outcome, case) = carry_out(tx, decision, kind, &sensor, &alarm, recent.in_area).await?;
            return note(tx, &sensor, alarm, outcome, case).await;
        };
        if inform(tx, case, &words::again(kind, &sensor, &alarm)).await? {
            return note(tx, &sensor, alarm, AlarmOutcome::Joined, Some(case)).await;
        }
        // It is closed: then it is as if there were none.
        recent.open_case = None;
        recent.gathered = recent.gathered.filter(|gathered| *gathered != case);
    }
}

async fn carry_out(
    tx: &mut Tx,
    decision: Decision,
    kind: &KindEntry,
    sensor: &Sensor,
    alarm: &Alarm,
    in_area: i64,
) -> Result<(AlarmOutcome, Option<CaseId>), LinkageError> {
    Ok(match decision {
        Decision::File => {
            let words = words::report(kind, sensor, alarm);
            (AlarmOutcome::Filed, Some(make_case(tx, kind, sensor, alarm, words).await?))
        }
        Decision::Gather => {
            let words = words::gathered(kind, sensor, alarm, in_area);
            (AlarmOutcome::Gathered, Some(make_case(tx, kind, sensor, alarm, words).await?))
        }
        Decision::WaitUntil(at) => {
            wait(tx, alarm.id, at).await?;
            (AlarmOutcome::Waiting, None)
        }
        Decision::Leave(outcome) => (outcome, None),
        Decision::Join(case) => (AlarmOutcome::Joined, Some(case)),
    })
}

async fn wait(tx: &mut Tx, id: AlarmId, until: Time) -> Result<(), Fault> {
    tx.set_timer(MORNING, id.0, until, json!({})).await
}

async fn make_case(
    tx: &mut Tx,
    kind: &KindEntry,
    sensor: &Sensor,
    alarm: &Alarm,
    words: String,
) -> Result<CaseId, LinkageError> {
    let at = geo::Point::new(sensor.lon, sensor.lat)
        .map_err(|e| Fault::broken(format!("sensor {} stands nowhere", sensor.id)).because(e))?;
    let order = Report {
        // One alarm is one case, however often this runs.
        id: CaseId(alarm.id.0),
        type_code: Some(kind.case_type.clone()),
        words,
        place: PlaceGiven::Point { at, address: Some(sensor.name.clone()) },
        source: Source::Sensor,
        reporter: None,
        hidden: false,
        photos: Vec::new(),
        answers: BTreeMap::new(),
        external_id: None,
        seen_at: Some(alarm.raised_at),
        held: None,
    };
    Ok(report(tx, order).await?.case.id)
}

async fn note(
    tx: &mut Tx,
    sensor: &Sensor,
    alarm: Alarm,
    outcome: AlarmOutcome,
    case: Option<CaseId>,
) -> Result<(), LinkageError> {
    store::decide_alarm(tx, alarm.id, outcome, case).await?;
    let decided = Alarm { outcome: Some(outcome), case, ..alarm };
    tx.record(&SensorFact::of_alarm(DECIDED, sensor, &decided)).await?;
    Ok(())
}
