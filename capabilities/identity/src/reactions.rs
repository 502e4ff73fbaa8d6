//! What identity does by itself: once a night it sweeps out what is over.

use crate::store;
use ::store::{Db, LocalFuture, Timer, TimerRow, Tx};
use edge::Districts;
use platform::{Actor, DistrictId, Fault, Time};
use std::time::Duration;
use uuid::Uuid;

const SWEEP: &str = "identity.sweep";
const SWEEP_EVERY: Duration = Duration::from_secs(24 * 3600);
/// What keys did is kept for so long.
const KEY_USES_KEPT: Duration = Duration::from_secs(92 * 24 * 3600);

pub(crate) static TIMERS: &[Timer] = &[Timer { kind: SWEEP, run: sweep }];

/// The next 03:00 in China after `now`, when few are awake.
fn next_night(now: Time) -> Time {
    let today = now.local().with().hour(3).minute(0).second(0).subsec_nanosecond(0).build();
    let night: Time = today.map_or(now, |t| t.timestamp().into());
    if night > now { night } else { night.after(SWEEP_EVERY) }
}

/// Sets the timer in every district of this server.
pub(crate) async fn arm_sweep(db: &Db) -> Result<(), Fault> {
    let districts = db.fixtures().get::<Districts>();
    for district in districts.all() {
        arm(db, district.district).await?;
    }
    Ok(())
}

async fn arm(db: &Db, district: DistrictId) -> Result<(), Fault> {
    let actor = Actor::system(district, "identity");
    db.write(&actor, async |tx: &mut Tx| set_sweep(tx).await).await
}

/// The same moment however often it is set on a day.
pub(crate) async fn set_sweep(tx: &mut Tx) -> Result<(), Fault> {
    let due = next_night(tx.now());
    tx.set_timer(SWEEP, Uuid::nil(), due, serde_json::json!({})).await
}

fn sweep<'a>(tx: &'a mut Tx, _: &'a TimerRow) -> LocalFuture<'a, Result<(), Fault>> {
    Box::pin(async move {
        store::sweep(tx).await?;
        let before = tx.now().before(KEY_USES_KEPT);
        store::sweep_key_uses(tx, before).await?;
        set_sweep(tx).await
    })
}
