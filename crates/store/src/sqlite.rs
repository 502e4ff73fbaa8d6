//! SQLite: one writer thread with group commit, readers beside it, checkpoints out of the writer's way.

use crate::conn::{Engine, list_json};
use crate::db::Shared;
use crate::{Cell, Conn, Statement, Tx};
use parking_lot::Mutex;
use platform::{Actor, Fault, FaultKind};
use rusqlite::{Connection, ErrorCode, OpenFlags};
use std::fs::File;
use std::ops::ControlFlow;
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// Writes waiting for the writer; one more is refused as `unavailable`.
const QUEUE_WRITES_MAX: usize = 8192;
/// Writes of one commit. More wait for the next: a reader of the log sees changes soon.
const BATCH_WRITES_MAX: usize = 512;
/// How long one commit may gather writes.
const BATCH_WAIT_MAX: Duration = Duration::from_millis(25);
/// Statements kept prepared per connection.
const PREPARED_STATEMENTS_MAX: usize = 512;
/// Log bytes after which the checkpoint thread moves them into the database file.
const CHECKPOINT_LOG_BYTES: u64 = 8 * 1024 * 1024;
/// Log bytes after which the writer itself waits for a checkpoint, so that the log stays bounded under any load.
const CHECKPOINT_LOG_BYTES_MAX: u64 = 256 * 1024 * 1024;
const CHECKPOINT_INTERVAL: Duration = Duration::from_millis(200);
/// Pages kept in memory per connection, in KiB (negative: SQLite's way to say KiB).
const CACHE_KIB_WRITER: i64 = -65_536;
const CACHE_KIB_READER: i64 = -8_192;

/// One database file, opened by one server at a time.
#[derive(Debug)]
pub(crate) struct Sqlite {
    path: PathBuf,
    jobs: SyncSender<Box<dyn Job>>,
    readers: Mutex<Vec<Box<Connection>>>,
    /// Held while the server runs: a second server on the same file refuses to start.
    _lock: Option<File>,
}

/// A write on its way to the writer thread.
trait Job: Send {
    /// Runs in a savepoint of its own and answers whether its changes are to be kept.
    fn run(self: Box<Self>, conn: Conn) -> (Conn, bool, Box<dyn Answer>);
    /// Nobody waits for the answer any more.
    fn is_abandoned(&self) -> bool;
    fn refuse(self: Box<Self>, fault: Fault);
}

/// What is told to the caller once the commit is on the disk, or has failed.
trait Answer {
    fn deliver(self: Box<Self>, commit: Result<(), &Fault>);
}

impl Sqlite {
    pub(crate) fn open(path: &Path, exclusive: bool) -> Result<Arc<Self>, Fault> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let lock = if exclusive { Some(lock(path)?) } else { None };
        let writer = connect(path, CACHE_KIB_WRITER)?;
        let (jobs, queue) = sync_channel(QUEUE_WRITES_MAX);
        let log = path.with_extension("sqlite-wal");
        let for_writer = log.clone();
        std::thread::Builder::new()
            .name("store-writer".into())
            .spawn(move || write_forever(writer, &queue, &for_writer))?;
        let this =
            Arc::new(Self { path: path.to_owned(), jobs, readers: Mutex::new(Vec::new()), _lock: lock });
        let weak = Arc::downgrade(&this);
        let checkpointer = connect(path, CACHE_KIB_READER)?;
        std::thread::Builder::new().name("store-checkpoint".into()).spawn(move || {
            while weak.strong_count() > 0 {
                std::thread::sleep(CHECKPOINT_INTERVAL);
                if log_bytes(&log) > CHECKPOINT_LOG_BYTES {
                    checkpoint(&checkpointer, "passive");
                }
            }
        })?;
        Ok(this)
    }

    /// Hands the body to the writer and waits for its commit.
    pub(crate) async fn write<T, E, F>(&self, actor: Actor, body: F, shared: Arc<Shared>) -> Result<T, E>
    where
        F: AsyncFn(&mut Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Fault> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let job: Box<dyn Job> = Box::new(Write { actor, body, shared, reply: Some(reply) });
        match self.jobs.try_send(job) {
            Ok(()) => {}
            Err(TrySendError::Full(job)) => {
                job.refuse(Fault::new(FaultKind::Unavailable, "too many writes are waiting"))
            }
            Err(TrySendError::Disconnected(job)) => job.refuse(Fault::broken("the writer has stopped")),
        }
        answer.await.unwrap_or_else(|_| Err(Fault::broken("the writer dropped a write").into()))
    }

    /// Runs a read on the caller's thread: short by contract.
    pub(crate) fn read<T, E, F>(&self, body: F) -> Result<T, E>
    where
        F: AsyncFn(&mut Conn) -> Result<T, E>,
        E: From<Fault>,
    {
        let reader = self.reader()?;
        let mut conn = Conn { engine: Engine::Sqlite(reader) };
        let outcome = read_in_snapshot(&mut conn, &body);
        if let Engine::Sqlite(reader) = conn.engine {
            self.readers.lock().push(reader);
        }
        outcome
    }

    /// Runs a read on a thread that may block. The statement is interrupted when the caller has gone.
    pub(crate) async fn read_long<T, E, F>(self: Arc<Self>, body: F) -> Result<T, E>
    where
        F: AsyncFn(&mut Conn) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Fault> + Send + 'static,
    {
        // A connection of its own: an interrupt that comes late must not hit the next reader.
        let reader = connect(&self.path, CACHE_KIB_READER)?;
        let interrupt = InterruptOnDrop(reader.get_interrupt_handle());
        let work = tokio::task::spawn_blocking(move || {
            let mut conn = Conn { engine: Engine::Sqlite(Box::new(reader)) };
            read_in_snapshot(&mut conn, &body)
        });
        let outcome = work.await.unwrap_or_else(|_| Err(Fault::broken("a read panicked").into()));
        drop(interrupt);
        outcome
    }

    fn reader(&self) -> Result<Box<Connection>, Fault> {
        if let Some(reader) = self.readers.lock().pop() {
            return Ok(reader);
        }
        let reader = connect(&self.path, CACHE_KIB_READER)?;
        reader.pragma_update(None, "query_only", true).map_err(fault)?;
        Ok(Box::new(reader))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

struct InterruptOnDrop(rusqlite::InterruptHandle);

impl Drop for InterruptOnDrop {
    fn drop(&mut self) {
        self.0.interrupt();
    }
}

/// One read sees one state of the database, however many statements it runs.
fn read_in_snapshot<T, E, F>(conn: &mut Conn, body: &F) -> Result<T, E>
where
    F: AsyncFn(&mut Conn) -> Result<T, E>,
    E: From<Fault>,
{
    finish(conn.batch("begin"))??;
    let outcome = std::panic::catch_unwind(AssertUnwindSafe(|| finish(body(conn))));
    let ended = finish(conn.batch("rollback")).and_then(|r| r);
    let outcome = outcome.map_err(|_| Fault::broken("a read panicked"))??;
    ended?;
    outcome
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
        let outcome = std::panic::catch_unwind(AssertUnwindSafe(|| finish(body(&mut tx))));
        let outcome = match outcome {
            Ok(Ok(done)) => done,
            Ok(Err(waited)) => Err(waited.into()),
            Err(_) => Err(Fault::broken("a write panicked; nothing of it was saved").into()),
        };
        let (conn, facts) = tx.end();
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
    fn deliver(self: Box<Self>, commit: Result<(), &Fault>) {
        let outcome = match commit {
            Ok(()) => {
                if self.outcome.is_ok() {
                    self.shared.facts.publish(self.facts);
                }
                self.outcome
            }
            Err(fault) => Err(Fault::new(fault.kind(), format!("the commit failed: {fault:?}")).into()),
        };
        if let Some(reply) = self.reply {
            // The caller may have gone away; the write stands all the same.
            let _ = reply.send(outcome);
        }
    }
}

fn write_forever(writer: Connection, queue: &Receiver<Box<dyn Job>>, log: &Path) {
    let mut conn = Conn { engine: Engine::Sqlite(Box::new(writer)) };
    while let Ok(first) = queue.recv() {
        conn = write_batch(conn, first, queue);
        if log_bytes(log) > CHECKPOINT_LOG_BYTES_MAX
            && let Engine::Sqlite(db) = &conn.engine
        {
            checkpoint(db, "restart");
        }
    }
}

/// Runs the first write and all that have queued behind it, then commits them together.
fn write_batch(mut conn: Conn, first: Box<dyn Job>, queue: &Receiver<Box<dyn Job>>) -> Conn {
    if let Err(fault) = command(&mut conn, "begin immediate") {
        first.refuse(fault);
        return conn;
    }
    let started = Instant::now();
    let mut answers = Vec::new();
    let mut next = Some(first);
    while let Some(job) = next {
        if !job.is_abandoned() {
            conn = write_one(conn, job, &mut answers);
        }
        let room = answers.len() < BATCH_WRITES_MAX && started.elapsed() < BATCH_WAIT_MAX;
        next = if room { queue.try_recv().ok() } else { None };
    }
    metrics::histogram!("store_commit_writes").record(answers.len() as f64);
    let commit = command(&mut conn, "commit").inspect_err(|_| {
        // After a failed commit the transaction may still be open: nothing of it may leak into the next.
        let _ = command(&mut conn, "rollback");
    });
    for answer in answers {
        answer.deliver(commit.as_ref().map(|()| ()));
    }
    conn
}

/// Runs one write in a savepoint, so that its failure harms no neighbour.
fn write_one(mut conn: Conn, job: Box<dyn Job>, answers: &mut Vec<Box<dyn Answer>>) -> Conn {
    if let Err(fault) = command(&mut conn, "savepoint write") {
        job.refuse(fault);
        return conn;
    }
    let (back, keep, answer) = job.run(conn);
    conn = back;
    let ended = if keep {
        command(&mut conn, "release write")
    } else {
        command(&mut conn, "rollback to write").and_then(|()| command(&mut conn, "release write"))
    };
    match ended {
        Ok(()) => answers.push(answer),
        // A full disk rolls the whole transaction back: the commit fails, and everybody is told.
        Err(fault) => answer.deliver(Err(&fault)),
    }
    conn
}

fn command(conn: &mut Conn, text: &'static str) -> Result<(), Fault> {
    let Engine::Sqlite(db) = &conn.engine else { return Err(Fault::broken("not a SQLite connection")) };
    db.prepare_cached(text).and_then(|mut s| s.raw_execute()).map(drop).map_err(fault)
}

/// Polls a body that may await nothing but its own database: once is enough.
fn finish<F: Future>(body: F) -> Result<F::Output, Fault> {
    match pin!(body).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Ok(value),
        Poll::Pending => Err(Fault::broken("a transaction awaited something that is not its database")),
    }
}

fn lock(path: &Path) -> Result<File, Fault> {
    let file = File::options().create(true).write(true).truncate(false).open(path.with_extension("lock"))?;
    file.try_lock().map_err(|_| {
        Fault::new(
            FaultKind::Unavailable,
            format!("{} is in use by another mulin; stop it first", path.display()),
        )
    })?;
    Ok(file)
}

fn connect(path: &Path, cache_kib: i64) -> Result<Connection, Fault> {
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(path, flags).map_err(fault)?;
    db.set_prepared_statement_cache_capacity(PREPARED_STATEMENTS_MAX);
    db.busy_timeout(Duration::from_secs(10)).map_err(fault)?;
    db.execute_batch(&format!(
        "pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on; pragma wal_autocheckpoint = 0;
         pragma temp_store = memory; pragma cache_size = {cache_kib}; pragma mmap_size = 268435456;"
    ))
    .map_err(fault)?;
    Ok(db)
}

fn log_bytes(log: &Path) -> u64 {
    std::fs::metadata(log).map_or(0, |m| m.len())
}

fn checkpoint(db: &Connection, mode: &str) {
    // A busy checkpoint is no fault: the next one goes on where it stopped.
    let _ = db.query_row(&format!("pragma wal_checkpoint({mode})"), (), |_| Ok(()));
}

pub(crate) fn each(
    db: &Connection,
    statement: &Statement,
    cells: Vec<Cell>,
    mut take: impl FnMut(&rusqlite::Row<'_>) -> Result<ControlFlow<()>, Fault>,
) -> Result<(), Fault> {
    let mut prepared = db.prepare_cached(statement.sqlite()).map_err(fault)?;
    bind(&mut prepared, &cells)?;
    let mut rows = prepared.raw_query();
    while let Some(row) = rows.next().map_err(fault)? {
        if take(row)?.is_break() {
            break;
        }
    }
    Ok(())
}

pub(crate) fn execute(db: &Connection, statement: &Statement, cells: Vec<Cell>) -> Result<u64, Fault> {
    let mut prepared = db.prepare_cached(statement.sqlite()).map_err(fault)?;
    bind(&mut prepared, &cells)?;
    prepared.raw_execute().map(|n| n as u64).map_err(fault)
}

fn bind(prepared: &mut rusqlite::Statement<'_>, cells: &[Cell]) -> Result<(), Fault> {
    for (i, cell) in cells.iter().enumerate() {
        let at = i + 1;
        match cell {
            Cell::Null => prepared.raw_bind_parameter(at, rusqlite::types::Null),
            Cell::Int(v) => prepared.raw_bind_parameter(at, v),
            Cell::Real(v) => prepared.raw_bind_parameter(at, v),
            Cell::Bool(v) => prepared.raw_bind_parameter(at, v),
            Cell::Text(v) | Cell::Json(v) => prepared.raw_bind_parameter(at, v.as_str()),
            Cell::Bytes(v) => prepared.raw_bind_parameter(at, v.as_slice()),
            Cell::Uuid(v) => prepared.raw_bind_parameter(at, v.as_bytes().as_slice()),
            Cell::IntList(_) | Cell::TextList(_) | Cell::UuidList(_) => {
                prepared.raw_bind_parameter(at, list_json(cell))
            }
        }
        .map_err(fault)?;
    }
    Ok(())
}

/// Sorts SQLite's errors into the kinds a caller can act on.
pub(crate) fn fault(e: rusqlite::Error) -> Fault {
    let rusqlite::Error::SqliteFailure(code, message) = &e else {
        return Fault::broken("SQLite refused a statement").because(e);
    };
    let kind = match code.code {
        ErrorCode::DiskFull => FaultKind::DiskFull,
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => FaultKind::Unavailable,
        ErrorCode::OperationInterrupted => FaultKind::Cancelled,
        ErrorCode::ConstraintViolation => FaultKind::Constraint,
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => FaultKind::Corrupt,
        _ => FaultKind::Broken,
    };
    let constraint = message.as_deref().and_then(constraint_name);
    let fault = Fault::new(kind, "SQLite refused a statement").because(e);
    match constraint {
        Some(name) => fault.on_constraint(name),
        None => fault,
    }
}

/// `UNIQUE constraint failed: cases_case.district, cases_case.number` → `cases_case_number_key`, PostgreSQL's name for it.
fn constraint_name(message: &str) -> Option<String> {
    let columns = message.strip_prefix("UNIQUE constraint failed: ")?;
    if let Some(index) = columns.strip_prefix("index '") {
        return Some(index.trim_end_matches('\'').to_owned());
    }
    let (table, _) = columns.split_once('.')?;
    let names: Vec<&str> = columns
        .split(", ")
        .filter_map(|c| c.split_once('.'))
        .map(|(_, c)| c)
        .filter(|c| *c != "district")
        .collect();
    Some(format!("{table}_{}_key", names.join("_")))
}

#[cfg(test)]
mod tests {
    //! Constraints have one name on both engines.
    use super::constraint_name;

    #[test]
    fn a_unique_constraint_has_the_name_postgresql_would_give() {
        let message = "UNIQUE constraint failed: cases_case.district, cases_case.number";
        assert_eq!(constraint_name(message).as_deref(), Some("cases_case_number_key"));
    }
}
