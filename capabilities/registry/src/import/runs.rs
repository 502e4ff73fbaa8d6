//! Tables this server works at, in the background: how far each is, and what was under way when the server stopped.

use super::files::Files;
use super::work::{actor_of, load};
use super::{Batch, BatchId, BatchState, check_batch, save_batch, undo_batch};
use crate::error::RegistryError;
use crate::queries::batches;
use crate::store;
use ::store::{Conn, Tx};
use edge::{Districts, Edge};
use parking_lot::Mutex;
use platform::{DistrictId, Fault, Refusal};
use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use tokio::sync::{Semaphore, SemaphorePermit};

/// Tables worked at side by side: each holds a district's places in memory.
const AT_ONCE_MAX: usize = 2;

/// The tables under way in this process, on the shelf.
#[derive(Debug)]
pub struct Runs {
    of: Mutex<HashMap<BatchId, Arc<Run>>>,
    turns: Semaphore,
}

/// Work at one table. The next step waits for the one before, which says that it has ended a moment before it has.
#[derive(Debug, Default)]
struct Run {
    done: AtomicI64,
    turn: tokio::sync::Mutex<()>,
}

impl Default for Runs {
    fn default() -> Self {
        Self { of: Mutex::default(), turns: Semaphore::new(AT_ONCE_MAX) }
    }
}

impl Runs {
    /// Rows or records done by the work under way; none where none is.
    pub(crate) fn done(&self, id: BatchId) -> Option<i64> {
        self.of.lock().get(&id).map(|run| run.done.load(Ordering::Relaxed))
    }

    /// Waits for one's turn to work at rows.
    pub(crate) async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        self.turns.acquire().await.ok()
    }

    /// Begins the work a batch's state asks for, after what is under way at it.
    pub(crate) fn start(self: Arc<Self>, edge: &Edge, district: DistrictId, id: BatchId, state: BatchState) {
        let work = self.of.lock().entry(id).or_default().clone();
        let edge = edge.clone();
        tokio::spawn(async move {
            let own_turn = work.turn.lock().await;
            let turn = self.turns.acquire().await;
            work.done.store(0, Ordering::Relaxed);
            if let Err(error) = run(&edge, district, id, state, &work.done).await {
                stop(&edge, district, id, &error).await;
            }
            drop((turn, own_turn));
            self.forget(id, work);
        });
    }

    /// Lets a run go that nobody waits for.
    fn forget(&self, id: BatchId, work: Arc<Run>) {
        const MAP_AND_SELF: usize = 2;
        let mut of = self.of.lock();
        if Arc::strong_count(&work) <= MAP_AND_SELF {
            of.remove(&id);
        }
    }
}

async fn run(
    edge: &Edge,
    district: DistrictId,
    id: BatchId,
    state: BatchState,
    done: &AtomicI64,
) -> Result<(), RegistryError> {
    let mut tell = |count: i64| done.store(count, Ordering::Relaxed);
    match state {
        BatchState::Checking => check_batch(edge, district, id, &mut tell).await.map(drop),
        BatchState::Saving => {
            let mut tell = |count: i64| {
                tell(count);
                ControlFlow::Continue(())
            };
            save_batch(edge, district, id, &mut tell).await.map(drop)
        }
        BatchState::Undoing => undo_batch(edge, district, id, &mut tell).await.map(drop),
        _ => Ok(()),
    }
}

/// Says in the batch why it could not go on. What was saved stands, and can be taken back.
async fn stop(edge: &Edge, district: DistrictId, id: BatchId, error: &RegistryError) {
    if let RegistryError::Fault(fault) = error {
        tracing::error!(batch = %id, "A table could not be worked at: {fault:?}");
    }
    let words = error.problem().words();
    let told = async {
        let (before, _) = load(edge, district, id).await?;
        if !matches!(before.state, BatchState::Checking | BatchState::Saving | BatchState::Undoing) {
            return Ok(());
        }
        let mut after = Batch { state: BatchState::Stopped, ..before.clone() };
        after.report.stopped = Some(words);
        let actor = actor_of(district, &before);
        let write =
            edge.db.write(&actor, async move |tx: &mut Tx| store::batches::save(tx, &before, &after).await);
        write.await.map(drop).map_err(RegistryError::Fault)
    };
    if let Err(RegistryError::Fault(fault)) = told.await {
        tracing::error!(batch = %id, "That a table was stopped could not be saved: {fault:?}");
    }
}

/// Goes on with what was under way when the server stopped. Called once, when it starts.
///
/// # Errors
/// The database.
pub async fn resume(edge: &Edge) -> Result<(), Fault> {
    for district in edge.fixture::<Districts>().all() {
        let district = district.district;
        Files::of(edge, district).sweep_scratch();
        let read = async move |conn: &mut Conn| batches::at_work(conn, district).await;
        for (id, state) in edge.db.read(read).await? {
            tracing::info!(batch = %id, "Going on with a table that was under way");
            edge.fixture::<Runs>().start(edge, district, id, state);
        }
    }
    Ok(())
}

/// Removes the files of tables that nobody came back for; answers how many.
pub fn sweep(edge: &Edge) -> usize {
    let districts = edge.fixture::<Districts>();
    districts.all().iter().map(|district| Files::of(edge, district.district).sweep_old(edge.now())).sum()
}
