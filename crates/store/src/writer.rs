//! SQLite's one writer: a thread that runs write bodies to their end, many to one commit.

use crate::conn::Engine;
use crate::db::Shared;
use crate::sqlite::{self, CACHE_KIB_WRITER};
use crate::{Conn, Tx};
use platform::{Actor, Fault, FaultKind};
use rusqlite::Connection;
use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// Writes waiting for the writer; one more is refused as `unavailable`.
const QUEUE_WRITES_MAX: usize = 8192;
/// Writes of one commit. More wait for the next: a reader of the log sees changes soon.
const BATCH_WRITES_MAX: usize = 512;
/// How long one commit may gather writes.
const BATCH_WAIT_MAX: Duration = Duration::from_millis(25);
/// Size of the log after which the writer itself moves it into the database, so that it begins anew. The checkpoint
/// thread alone never catches up with a writer that never rests.
const LOG_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// How often the writer tries that: a long read holds the log, and trying after every commit would only cost.
const LOG_INTERVAL: Duration = Duration::from_millis(200);

/// The way to the writer thread. Dropped, it waits until what is queued is written, then the file is free.
#[derive(Debug)]
pub(crate) struct Writer {
    jobs: Option<SyncSender<Box<dyn Job>>>,
    thread: Option<JoinHandle<()>>,
}

/// A write on its way to the writer thread.
trait Job: Send {
    /// Runs the body and answers whether its changes are to be kept.
    fn run(self: Box<Self>, conn: Conn) -> (Conn, bool, Box<dyn Answer>);
    /// Nobody waits for the answer any more.
    fn is_abandoned(&self) -> bool;
    fn refuse(self: Box<Self>, fault: Fault);
}

/// What is told to the caller once the commit is on the disk, or has failed.
trait Answer {
    fn deliver(self: Box<Self>, failure: Option<&Fault>);
}

impl Writer {
    /// Starts the thread. It holds the lock of the file as long as it may still write.
    pub(crate) fn start(path: &Path, lock: Option<File>) -> Result<Self, Fault> {
        let first = sqlite::connect(path, CACHE_KIB_WRITER)?;
        let (jobs, queue) = sync_channel(QUEUE_WRITES_MAX);
        let path = path.to_owned();
        // Within the runtime a body that awaits a clock or a socket is told so; without it, it would panic.
        let runtime = tokio::runtime::Handle::try_current().ok();
        let thread = std::thread::Builder::new().name("store-writer".into()).spawn(move || {
            let _entered = runtime.as_ref().map(tokio::runtime::Handle::enter);
            write_until_closed(first, &path, &queue);
            drop(lock);
        })?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread) })
    }

    /// Hands the body to the writer and waits for its commit.
    pub(crate) async fn write<T, E, F>(&self, actor: Actor, body: F, shared: Arc<Shared>) -> Result<T, E>
    where
        F: AsyncFn(&mut Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Fault> + Send + 'static,
    {
        let Some(jobs) = &self.jobs else { return Err(stopped().into()) };
        let (reply, answer) = oneshot::channel();
        let job: Box<dyn Job> = Box::new(Write { actor, body, shared, reply: Some(reply) });
        match jobs.try_send(job) {
            Ok(()) => {}
            Err(TrySendError::Full(job)) => {
                job.refuse(Fault::new(FaultKind::Unavailable, "too many writes are waiting"))
            }
            Err(TrySendError::Disconnected(job)) => job.refuse(stopped()),
        }
        answer.await.unwrap_or_else(|_| Err(Fault::broken("the writer dropped a write").into()))
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.jobs = None;
        // A write body may own the last handle of the database: then this is the writer thread, which cannot await itself.
        if let Some(thread) = self.thread.take()
            && thread.thread().id() != std::thread::current().id()
        {
            let _ = thread.join();
        }
    }
}

fn stopped() -> Fault {
    Fault::new(FaultKind::Unavailable, "the database is being closed")
}

struct Write<F, T, E> {
    actor: Actor,
    body: F,
    shared: Arc<Shared>,
    reply: Option<oneshot::Sender<Result<T, E>>>,
}

impl<T, E, F> Job for Write<F, T, E>
where
    F: AsyncFn(&mut Tx) -> Result<T, E> + Send + 'static,
    T: Send + 'static,
    E: From<Fault> + Send + 'static,
{
    fn run(self: Box<Self>, conn: Conn) -> (Conn, bool, Box<dyn Answer>) {
        let Self { actor, body, shared, reply } = *self;
        let mut tx = Tx::begin(conn, actor, shared.clone());
        let outcome = catch_unwind(AssertUnwindSafe(|| sqlite::finish(body(&mut tx))));
        let (conn, facts) = tx.end();
        let outcome = match outcome {
            Ok(Ok(Ok(_))) if conn.has_failed() => Err(Conn::went_on().into()),
            Ok(Ok(done)) => done,
            Ok(Err(waited)) => Err(waited.into()),
            Err(_) => Err(Fault::broken("a write panicked; nothing of it was saved").into()),
        };
        let keep = outcome.is_ok();
        (conn, keep, Box::new(Outcome { outcome, facts, shared, reply }))
    }

    fn is_abandoned(&self) -> bool {
        self.reply.as_ref().is_none_or(oneshot::Sender::is_closed)
    }

    fn refuse(mut self: Box<Self>, fault: Fault) {
        if let Some(reply) = self.reply.take() {
            let _ = reply.send(Err(fault.into()));
        }
    }
}

struct Outcome<T, E> {
    outcome: Result<T, E>,
    facts: Vec<crate::FactRow>,
    shared: Arc<Shared>,
    reply: Option<oneshot::Sender<Result<T, E>>>,
}

impl<T, E: From<Fault>> Answer for Outcome<T, E> {
    fn deliver(self: Box<Self>, failure: Option<&Fault>) {
        let outcome = match failure {
            None => {
                if self.outcome.is_ok() {
                    self.shared.facts.publish(self.facts);
                }
                self.outcome
            }
            // A refusal too: it may rest on what a neighbour wrote and this failure took back.
            Some(fault) => Err(Fault::new(fault.kind(), format!("the commit failed: {fault:?}")).into()),
        };
        if let Some(reply) = self.reply {
            // The caller may have gone away; the write stands all the same.
            let _ = reply.send(outcome);
        }
    }
}

/// Writes until every handle is dropped. A panic outside of a body costs its batch and the connection, never the writer.
fn write_until_closed(first: Connection, path: &Path, queue: &Receiver<Box<dyn Job>>) {
    let mut connection = Some(first);
    loop {
        let writer = match connection.take().map_or_else(|| sqlite::connect(path, CACHE_KIB_WRITER), Ok) {
            Ok(writer) => writer,
            Err(fault) => match queue.recv() {
                Ok(job) => {
                    job.refuse(fault);
                    continue;
                }
                Err(_) => return,
            },
        };
        let log = Log { path: sqlite::log_path(path), tried_at: Instant::now() };
        match catch_unwind(AssertUnwindSafe(|| write_batches(writer, queue, log))) {
            Ok(()) => return,
            Err(_) => tracing::error!("The writer panicked outside of a write; it begins anew"),
        }
    }
}

fn write_batches(writer: Connection, queue: &Receiver<Box<dyn Job>>, mut log: Log) {
    let mut conn = Conn::new(Engine::Sqlite(Box::new(writer)));
    while let Ok(first) = queue.recv() {
        conn = write_batch(conn, first, queue);
        log.keep_short(&conn);
    }
}

/// Runs the first write and all that have queued behind it, then commits them together.
fn write_batch(mut conn: Conn, first: Box<dyn Job>, queue: &Receiver<Box<dyn Job>>) -> Conn {
    if let Err(fault) = sqlite::command(&conn, "begin immediate") {
        first.refuse(fault);
        return conn;
    }
    let started = Instant::now();
    let mut answers = Vec::new();
    let mut ended = Ok(());
    let mut next = Some(first);
    while let Some(job) = next {
        if !job.is_abandoned() {
            (conn, ended) = write_one(conn, job, &mut answers);
        }
        let room = ended.is_ok() && answers.len() < BATCH_WRITES_MAX && started.elapsed() < BATCH_WAIT_MAX;
        next = if room { queue.try_recv().ok() } else { None };
    }
    metrics::histogram!("store_commit_writes").record(answers.len() as f64);
    let commit = ended.and_then(|()| sqlite::command(&conn, "commit"));
    if commit.is_err() && !sqlite::is_idle(&conn) {
        // After a failed commit the transaction may still be open: nothing of it may leak into the next.
        let _ = sqlite::command(&conn, "rollback");
    }
    for answer in answers {
        answer.deliver(commit.as_ref().err());
    }
    conn
}

/// Runs one write in a savepoint, so that its failure harms no neighbour. A fault means that the whole batch is lost:
/// where the disk is full, SQLite takes all of it back by itself.
fn write_one(conn: Conn, job: Box<dyn Job>, answers: &mut Vec<Box<dyn Answer>>) -> (Conn, Result<(), Fault>) {
    if let Err(fault) = sqlite::command(&conn, "savepoint write") {
        job.refuse(Fault::new(fault.kind(), format!("the write could not begin: {fault:?}")));
        return (conn, Err(fault));
    }
    let (mut conn, keep, answer) = job.run(conn);
    answers.push(answer);
    let failed = conn.forget_failure();
    let ended = if sqlite::is_idle(&conn) {
        Err(Fault::new(failed.unwrap_or(FaultKind::Broken), "SQLite took the whole commit back by itself"))
    } else if keep {
        sqlite::command(&conn, "release write")
    } else {
        sqlite::command(&conn, "rollback to write").and_then(|()| sqlite::command(&conn, "release write"))
    };
    (conn, ended)
}

/// The write-ahead log, watched by the writer.
struct Log {
    path: PathBuf,
    tried_at: Instant,
}

impl Log {
    /// Moves the log into the database where it has grown too long. Without readers in its way, it then begins anew.
    fn keep_short(&mut self, conn: &Conn) {
        if self.tried_at.elapsed() < LOG_INTERVAL {
            return;
        }
        self.tried_at = Instant::now();
        if let Engine::Sqlite(db) = &conn.engine
            && sqlite::file_bytes(&self.path) > LOG_BYTES_MAX / 2
            && sqlite::log_state(db).bytes > LOG_BYTES_MAX
        {
            // Where it fails, so does the checkpoint thread, and says so; the next try comes soon.
            let _ = sqlite::checkpoint(db);
        }
    }
}
