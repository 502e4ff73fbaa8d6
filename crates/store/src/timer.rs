//! Clocks as rows: a timer names what is due for which thing. Nothing polls the tables of a capability.

use crate::outbox::{LocalFuture, wait_after};
use crate::{Conn, Db, Json, Tx, row, sql};
use platform::{Actor, DistrictId, Fault, FaultKind, Time};
use uuid::Uuid;

const ROUND_ROWS_MAX: i64 = 256;

/// What to do when a kind of timer is due.
#[derive(Clone, Copy)]
pub struct Timer {
    /// `capability.what`, stable.
    pub kind: &'static str,
    pub run: for<'a> fn(&'a mut Tx, &'a TimerRow) -> LocalFuture<'a, Result<(), Fault>>,
}

impl std::fmt::Debug for Timer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.kind)
    }
}

row! {
    /// A timer: at most one of a kind for a thing.
    #[derive(Clone, Debug)]
    pub struct TimerRow {
        pub kind: String,
        pub subject_id: Uuid,
        pub due_at: Time,
        pub attempts: i64,
        pub data: Json<serde_json::Value>,
    }
}

sql! {
    SET: (DistrictId, String, Uuid, Time, Json<serde_json::Value>) =
        "insert into platform_timer (district, kind, subject_id, due_at, data) values ($1, $2, $3, $4, $5)
         on conflict (district, kind, subject_id) do update set due_at = excluded.due_at, data = excluded.data,
             attempts = 0, last_error = null";
    SET_ONCE: (DistrictId, String, Uuid, Time, Json<serde_json::Value>) =
        "insert into platform_timer (district, kind, subject_id, due_at, data) values ($1, $2, $3, $4, $5)
         on conflict (district, kind, subject_id) do nothing";
    CANCEL: (DistrictId, String, Uuid) =
        "delete from platform_timer where district = $1 and kind = $2 and subject_id = $3";
    DUE: (DistrictId, Time, i64) -> TimerRow =
        "select kind, subject_id, due_at, attempts, data from platform_timer where district = $1 and due_at <= $2
         order by due_at limit $3";
    TAKE: (DistrictId, String, Uuid, Time) -> TimerRow =
        "delete from platform_timer where district = $1 and kind = $2 and subject_id = $3 and due_at <= $4
         returning kind, subject_id, due_at, attempts, data";
    POSTPONE: (DistrictId, String, Uuid, Time, Time, String) =
        "update platform_timer set attempts = attempts + 1, due_at = $5, last_error = $6
         where district = $1 and kind = $2 and subject_id = $3 and due_at = $4";
}

impl Tx {
    /// Sets the timer of this kind for the thing, or moves it.
    pub async fn set_timer(
        &mut self,
        kind: &'static str,
        subject: Uuid,
        due_at: Time,
        data: serde_json::Value,
    ) -> Result<(), Fault> {
        let district = self.district();
        self.execute(&SET, (district, kind.to_owned(), subject, due_at, Json(data))).await.map(drop)
    }

    /// Sets the timer where there is none: one that runs already, and knows how far it has come, is left alone.
    pub async fn set_timer_once(
        &mut self,
        kind: &'static str,
        subject: Uuid,
        due_at: Time,
        data: serde_json::Value,
    ) -> Result<(), Fault> {
        let district = self.district();
        self.execute(&SET_ONCE, (district, kind.to_owned(), subject, due_at, Json(data))).await.map(drop)
    }

    pub async fn cancel_timer(&mut self, kind: &'static str, subject: Uuid) -> Result<(), Fault> {
        let district = self.district();
        self.execute(&CANCEL, (district, kind.to_owned(), subject)).await.map(drop)
    }
}

pub(crate) async fn run_timers(db: &Db, district: DistrictId, now: Time) -> Result<usize, Fault> {
    let due =
        db.read(async move |conn: &mut Conn| conn.all(&DUE, (district, now, ROUND_ROWS_MAX)).await).await?;
    let count = due.len();
    let runs = due.into_iter().map(|row| run_one(db, district, row, now));
    for outcome in futures_util::future::join_all(runs).await {
        outcome?;
    }
    Ok(count)
}

async fn run_one(db: &Db, district: DistrictId, row: TimerRow, now: Time) -> Result<(), Fault> {
    let actor = Actor::system(district, "clock");
    let taken = row.clone();
    let outcome = db.write(&actor, async move |tx: &mut Tx| ring(tx, &taken, now).await).await;
    let Err(fault) = outcome else { return Ok(()) };
    if fault.kind() == FaultKind::Unavailable {
        return Err(fault);
    }
    tracing::warn!(timer = row.kind, subject = %row.subject_id, "Timer {} failed and will ring again: {fault:?}", row.kind);
    let due = now.after(wait_after(row.attempts));
    let error = format!("{fault:?}");
    db.write(&actor, async move |tx: &mut Tx| {
        // Moved since by somebody else: then its new moment stands.
        let key = (district, row.kind.clone(), row.subject_id, row.due_at, due, error.clone());
        tx.execute(&POSTPONE, key).await.map(drop)
    })
    .await
}

async fn ring(tx: &mut Tx, row: &TimerRow, now: Time) -> Result<(), Fault> {
    let district = tx.district();
    // Taken by another server, or moved since it was read: then it is not ours to ring.
    let Some(row) = tx.optional(&TAKE, (district, row.kind.clone(), row.subject_id, now)).await? else {
        return Ok(());
    };
    let shared = tx.workload();
    match shared.workload.timer(&row.kind) {
        Some(timer) => (timer.run)(tx, &row).await,
        None => Err(Fault::broken(format!("no timer is called {}", row.kind))),
    }
}
