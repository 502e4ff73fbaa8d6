//! What the register does by itself: alarms that follow from facts, the hourly count of looks, the nightly sweep, answers that are late.

use crate::commands::{alarms, look_counts, notices, retention, rights};
use crate::facts::ALARM;
use crate::model::RequestId;
use ::store::{ALWAYS, Db, FactRow, LocalFuture, Reaction, Timer, TimerRow, Tx};
use edge::Districts;
use jiff::civil::Date;
use platform::{Actor, DAY, Fault, HOUR, Time};
use serde_json::json;
use uuid::Uuid;

/// An answer to a person's request is due.
pub(crate) const ANSWER_DUE: &str = "registry.answer_due";
const COUNT_LOOKS: &str = "registry.count_looks";
const SWEEP: &str = "registry.sweep";
/// The hour at which few are awake; an hour after identity's own.
const SWEEP_HOUR: i8 = 4;

pub(crate) static REACTIONS: &[Reaction] =
    &[Reaction { name: "registry.raise_alarm", to: ALARM, wanted: ALWAYS, run: raise_alarm }];

pub(crate) static TIMERS: &[Timer] = &[
    Timer { kind: ANSWER_DUE, run: answer_due },
    Timer { kind: COUNT_LOOKS, run: count_looks },
    Timer { kind: SWEEP, run: sweep },
];

/// Brings the notice into force and sets the clocks, in every district of this server.
pub(crate) async fn arm(db: &Db) -> Result<(), Fault> {
    let districts = db.fixtures().get::<Districts>();
    for district in districts.all() {
        let actor = Actor::system(district.district, "registry");
        db.write(&actor, async |tx: &mut Tx| {
            notices::proclaim(tx).await?;
            arm_timers(tx).await
        })
        .await?;
    }
    Ok(())
}

/// A clock that runs already is left as it is: it knows how far it has come.
async fn arm_timers(tx: &mut Tx) -> Result<(), Fault> {
    let now = tx.now();
    let hour = look_counts::hour_of(now);
    tx.set_timer_once(
        COUNT_LOOKS,
        Uuid::nil(),
        look_counts::due_after(hour.after(HOUR)),
        json!({ "from": hour }),
    )
    .await?;
    tx.set_timer_once(SWEEP, Uuid::nil(), next_night(now), json!({})).await
}

/// The next night's hour in China after `now`.
fn next_night(now: Time) -> Time {
    let today = now.local().with().hour(SWEEP_HOUR).minute(0).second(0).subsec_nanosecond(0).build();
    let night: Time = today.map_or(now, |at| at.timestamp().into());
    if night > now { night } else { night.after(DAY) }
}

fn raise_alarm<'a>(tx: &'a mut Tx, fact: &'a FactRow) -> LocalFuture<'a, Result<(), Fault>> {
    Box::pin(alarms::raise_for(tx, fact))
}

fn answer_due<'a>(tx: &'a mut Tx, row: &'a TimerRow) -> LocalFuture<'a, Result<(), Fault>> {
    Box::pin(rights::remind(tx, RequestId(row.subject_id)))
}

fn count_looks<'a>(tx: &'a mut Tx, row: &'a TimerRow) -> LocalFuture<'a, Result<(), Fault>> {
    Box::pin(async move {
        let from = row.data.0.get("from").and_then(|from| serde_json::from_value(from.clone()).ok());
        let from = from.unwrap_or_else(|| look_counts::hour_of(tx.now()));
        let next = look_counts::count_looks(tx, from).await?;
        let due = look_counts::due_after(next.after(HOUR));
        tx.set_timer(COUNT_LOOKS, Uuid::nil(), due, json!({ "from": next })).await
    })
}

/// A step of the night's sweep; the next step is due at once, the next sweep the next night.
fn sweep<'a>(tx: &'a mut Tx, row: &'a TimerRow) -> LocalFuture<'a, Result<(), Fault>> {
    Box::pin(async move {
        let now = tx.now();
        let going_on = row.data.0.get("sweep").and_then(|sweep| serde_json::from_value(sweep.clone()).ok());
        let announced_on: Option<Date> =
            row.data.0.get("announced_on").and_then(|day| serde_json::from_value(day.clone()).ok());
        let sweep = going_on.unwrap_or_else(|| retention::Sweep::begin(announced_on, now));
        let today = sweep.today;
        let next = retention::sweep_step(tx, sweep).await.map_err(fault_of)?;
        match next {
            Some(sweep) => tx.set_timer(SWEEP, Uuid::nil(), now, json!({ "sweep": sweep })).await,
            None => tx.set_timer(SWEEP, Uuid::nil(), next_night(now), json!({ "announced_on": today })).await,
        }
    })
}

/// Nobody is there to be refused: what the sweep runs into is a fault, and it rings again.
fn fault_of(error: crate::error::RegistryError) -> Fault {
    match error {
        crate::error::RegistryError::Fault(fault) => fault,
        other => Fault::broken("the sweep was refused").because(other),
    }
}
