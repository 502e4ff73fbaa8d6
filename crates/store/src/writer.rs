//! SQLite's one writer: a thread that runs write bodies to their end, many to one commit.

use crate::conn::Engine;
use crate::db::{Shared, Write};
use crate::sqlite::{self, CACHE_KIB_WRITER};
use crate::tx::LastStatement;
use crate::work::Work;
use crate::{Conn, FactRow, Tx};
use platform::{Fault, FaultKind};
use rusqlite::Connection;
use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

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
    jobs: Option<SyncSender<Write>>,
    thread: Option<JoinHandle<()>>,
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

    /// Hands the write to the thread, which answers after the commit.
    pub(crate) fn write(&self, write: Write) {
        let refused = match self.jobs.as_ref().map(|jobs| jobs.try_send(write)) {
            Some(Err(TrySendError::Full(write))) => {
                Some((write, Fault::new(FaultKind::Unavailable, "too many writes are waiting")))
            }
            Some(Err(TrySendError::Disconnected(write))) => {
                Some((write, Fault::new(FaultKind::Unavailable, "the database is being closed")))
            }
            Some(Ok(())) | None => None,
        };
        if let Some((write, fault)) = refused {
            refuse(write, fault);
        }
    }
}

fn refuse(mut write: Write, fault: Fault) {
    write.work.fail(fault);
    write.work.deliver();
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

/// Writes until every handle is dropped. A panic outside of a body costs its batch and the connection, never the writer.
fn write_until_closed(first: Connection, path: &Path, queue: &Receiver<Write>) {
    let mut connection = Some(first);
    loop {
        let writer = match connection.take().map_or_else(|| sqlite::connect(path, CACHE_KIB_WRITER), Ok) {
            Ok(writer) => writer,
            Err(fault) => match queue.recv() {
                Ok(job) => {
                    refuse(job, fault);
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

fn write_batches(writer: Connection, queue: &Receiver<Write>, mut log: Log) {
    let mut conn = Conn::new(Engine::Sqlite(Box::new(writer)));
    while let Ok(first) = queue.recv() {
        conn = write_batch(conn, first, queue);
        log.keep_short(&conn);
    }
}

/// The writes of one commit.
#[derive(Default)]
struct Batch {
    answers: Vec<Answer>,
    /// Of the kept ones, what runs right before the commit.
    last: Vec<LastStatement>,
}

/// Runs the first write and all that have queued behind it, then commits them together.
fn write_batch(mut conn: Conn, first: Write, queue: &Receiver<Write>) -> Conn {
    if let Err(fault) = sqlite::command(&conn, "begin immediate") {
        refuse(first, fault);
        return conn;
    }
    let started = Instant::now();
    let mut batch = Batch::default();
    let mut ended = Ok(());
    let mut next = Some(first);
    while let Some(job) = next {
        if !job.work.is_abandoned() {
            (conn, ended) = write_one(conn, job, &mut batch);
        }
        let room =
            ended.is_ok() && batch.answers.len() < BATCH_WRITES_MAX && started.elapsed() < BATCH_WAIT_MAX;
        next = if room { queue.try_recv().ok() } else { None };
    }
    metrics::histogram!("store_commit_writes").record(batch.answers.len() as f64);
    let commit = ended
        .and_then(|()| sqlite::run_last(&conn, batch.last))
        .and_then(|()| sqlite::command(&conn, "commit"));
    if commit.is_err() && !sqlite::is_idle(&conn) {
        // After a failed commit the transaction may still be open: nothing of it may leak into the next.
        let _ = sqlite::command(&conn, "rollback");
    }
    for answer in batch.answers {
        answer.deliver(commit.as_ref().err());
    }
    conn
}

/// A write that has run, until its commit is on the disk or has failed.
struct Answer {
    work: Box<dyn Work<Tx>>,
    /// Told where the write is kept.
    facts: Vec<FactRow>,
    shared: Arc<Shared>,
}

impl Answer {
    fn deliver(mut self, failure: Option<&Fault>) {
        match failure {
            None => self.shared.facts.publish(self.facts),
            // A refusal too: it may rest on what a neighbour wrote and this failure took back.
            Some(fault) => self.work.fail(Fault::new(fault.kind(), format!("the commit failed: {fault:?}"))),
        }
        self.work.deliver();
    }
}

/// Runs the body. Where its changes are to be kept, it says what is left to run with the commit.
fn run_body(write: Write, conn: Conn) -> (Conn, Option<Vec<LastStatement>>, Answer) {
    let Write { actor, shared, mut work } = write;
    let mut tx = Tx::begin(conn, actor, shared.clone());
    let outcome = catch_unwind(AssertUnwindSafe(|| sqlite::finish(work.run(&mut tx))));
    let (conn, facts, last) = tx.end();
    let keep = match outcome {
        Ok(Ok(is_done)) if is_done && conn.has_failed() => Err(Conn::went_on()),
        Ok(outcome) => outcome,
        Err(_) => Err(Fault::broken("a write panicked; nothing of it was saved")),
    };
    let keep = keep.unwrap_or_else(|fault| {
        work.fail(fault);
        false
    });
    let (kept, facts) = if keep { (Some(last), facts) } else { (None, Vec::new()) };
    (conn, kept, Answer { work, facts, shared })
}

/// Runs one write in a savepoint, so that its failure harms no neighbour. A fault means that the whole batch is lost:
/// where the disk is full, SQLite takes all of it back by itself.
fn write_one(conn: Conn, job: Write, batch: &mut Batch) -> (Conn, Result<(), Fault>) {
    if let Err(fault) = sqlite::command(&conn, "savepoint write") {
        refuse(job, Fault::new(fault.kind(), format!("the write could not begin: {fault:?}")));
        return (conn, Err(fault));
    }
    let (mut conn, kept, answer) = run_body(job, conn);
    batch.answers.push(answer);
    let failed = conn.forget_failure();
    let ended = if sqlite::is_idle(&conn) {
        Err(Fault::new(failed.unwrap_or(FaultKind::Broken), "SQLite took the whole commit back by itself"))
    } else if let Some(last) = kept {
        batch.last.extend(last);
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
