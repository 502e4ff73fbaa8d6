//! The outbox: reactions to facts, each in a transaction of its own, again until it succeeds.

use crate::{Conn, Db, FactRow, Timer, Tx, row, sql, timer};
use platform::{Actor, DistrictId, FactId, Fault, FaultKind, Fixtures, Time};
use std::collections::HashMap;
use std::pin::Pin;
use std::time::Duration;

/// Rows taken at a time.
const ROUND_ROWS_MAX: i64 = 256;
/// Waits between attempts: doubled from the first to the last, then once an hour for ever; nothing is dropped.
const RETRY_WAIT_MIN: Duration = Duration::from_secs(1);
const RETRY_WAIT_MAX: Duration = Duration::from_secs(3600);

/// A future of a reaction: it stays on one thread, as the transaction does.
pub type LocalFuture<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// An answer of an upper capability to a fact of a lower one. Carries ids only, is idempotent, may run twice.
#[derive(Clone, Copy)]
pub struct Reaction {
    /// `capability.verb`, stable: it is the outbox row's key.
    pub name: &'static str,
    /// The fact's name.
    pub to: &'static str,
    /// Whether a fact is worth a row of work at all, by what stands on the shelf. What it leaves out is not done: in doubt it says yes.
    pub wanted: fn(&Fixtures, &FactRow) -> bool,
    pub run: for<'a> fn(&'a mut Tx, &'a FactRow) -> LocalFuture<'a, Result<(), Fault>>,
}

/// A reaction to every fact of its name.
pub const ALWAYS: fn(&Fixtures, &FactRow) -> bool = |_, _| true;

impl std::fmt::Debug for Reaction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} to {}", self.name, self.to)
    }
}

/// What runs in the background: every reaction and timer of every capability, declared when the database is opened.
#[derive(Debug, Default)]
pub struct Workload {
    reactions: HashMap<&'static str, Vec<Reaction>>,
    timers: HashMap<&'static str, Timer>,
}

impl Workload {
    pub fn new(
        reactions: impl IntoIterator<Item = Reaction>,
        timers: impl IntoIterator<Item = Timer>,
    ) -> Self {
        let mut by_fact: HashMap<&'static str, Vec<Reaction>> = HashMap::new();
        for reaction in reactions {
            by_fact.entry(reaction.to).or_default().push(reaction);
        }
        Self { reactions: by_fact, timers: timers.into_iter().map(|t| (t.kind, t)).collect() }
    }

    fn reactions_to(&self, fact: &str) -> &[Reaction] {
        self.reactions.get(fact).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn timer(&self, kind: &str) -> Option<Timer> {
        self.timers.get(kind).copied()
    }

    /// A fact waits only for those who react to it.
    pub(crate) async fn enqueue(
        &self,
        conn: &mut Conn,
        shelf: &Fixtures,
        fact: &FactRow,
    ) -> Result<(), Fault> {
        for reaction in self.reactions_to(&fact.name).iter().filter(|reaction| (reaction.wanted)(shelf, fact))
        {
            conn.execute(&ENQUEUE, (fact.district, fact.id, reaction.name.to_owned(), fact.at)).await?;
        }
        Ok(())
    }
}

row! {
    #[derive(Clone, Debug)]
    struct OutboxRow { fact_id: FactId, reaction: String, attempts: i64 }
}

sql! {
    ENQUEUE: (DistrictId, FactId, String, Time) =
        "insert into platform_outbox (district, fact_id, reaction, due_at) values ($1, $2, $3, $4)";
    DUE: (DistrictId, Time, i64) -> OutboxRow =
        "select fact_id, reaction, attempts from platform_outbox where district = $1 and due_at <= $2
         order by due_at limit $3";
    TAKE: (DistrictId, FactId, String) -> (i64,) =
        "delete from platform_outbox where district = $1 and fact_id = $2 and reaction = $3 returning attempts";
    POSTPONE: (DistrictId, FactId, String, Time, String) =
        "update platform_outbox set attempts = attempts + 1, due_at = $4, last_error = $5
         where district = $1 and fact_id = $2 and reaction = $3";
    DISTRICTS: () -> (DistrictId,) = "select district from platform_district order by district";
}

/// How long to wait before the attempt after `attempts` failures.
pub(crate) fn wait_after(attempts: i64) -> Duration {
    let doublings = u32::try_from(attempts).unwrap_or(0).min(12);
    RETRY_WAIT_MIN.saturating_mul(1 << doublings).min(RETRY_WAIT_MAX)
}

impl Db {
    /// Runs every reaction and timer that is due now, in every district; answers how many ran or were postponed.
    pub async fn run_due(&self) -> Result<usize, Fault> {
        let now = self.clock().now();
        let districts = self.read(async |conn: &mut Conn| conn.all(&DISTRICTS, ()).await).await?;
        let mut ran = 0;
        for (district,) in districts {
            ran += run_outbox(self, district, now).await?;
            ran += timer::run_timers(self, district, now).await?;
        }
        Ok(ran)
    }
}

async fn run_outbox(db: &Db, district: DistrictId, now: Time) -> Result<usize, Fault> {
    let due =
        db.read(async move |conn: &mut Conn| conn.all(&DUE, (district, now, ROUND_ROWS_MAX)).await).await?;
    let count = due.len();
    // Side by side: on SQLite they share commits, on PostgreSQL connections.
    let runs = due.into_iter().map(|row| run_one(db, district, row, now));
    for outcome in futures_util::future::join_all(runs).await {
        outcome?;
    }
    Ok(count)
}

async fn run_one(db: &Db, district: DistrictId, row: OutboxRow, now: Time) -> Result<(), Fault> {
    let actor = Actor::system(district, "reaction");
    let taken = row.clone();
    let outcome = db.write(&actor, async move |tx: &mut Tx| react(tx, &taken).await).await;
    let Err(fault) = outcome else { return Ok(()) };
    if fault.kind() == FaultKind::Unavailable {
        return Err(fault);
    }
    tracing::warn!(reaction = row.reaction, fact = %row.fact_id, attempts = row.attempts, "Reaction {} failed and will run again: {fault:?}", row.reaction);
    let due = now.after(wait_after(row.attempts));
    let error = format!("{fault:?}");
    db.write(&actor, async move |tx: &mut Tx| {
        tx.execute(&POSTPONE, (district, row.fact_id, row.reaction.clone(), due, error.clone()))
            .await
            .map(drop)
    })
    .await
}

async fn react(tx: &mut Tx, row: &OutboxRow) -> Result<(), Fault> {
    let district = tx.district();
    // Another server may have been faster: then there is nothing left to take.
    if tx.optional(&TAKE, (district, row.fact_id, row.reaction.clone())).await?.is_none() {
        return Ok(());
    }
    let Some(fact) = FactRow::find(tx, district, row.fact_id).await? else { return Ok(()) };
    let shared = tx.workload();
    match shared.workload.reactions_to(&fact.name).iter().find(|r| r.name == row.reaction) {
        Some(reaction) => (reaction.run)(tx, &fact).await,
        None => Err(Fault::broken(format!("no reaction is called {}", row.reaction))),
    }
}
