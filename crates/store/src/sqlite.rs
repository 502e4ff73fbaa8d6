//! SQLite: one writer beside many readers, checkpoints out of their way, and what its errors mean.

use crate::conn::{Engine, list_json};
use crate::db::Write;
use crate::tx::LastStatement;
use crate::work::Work;
use crate::writer::Writer;
use crate::{Cell, Conn, Statement};
use futures_util::future::BoxFuture;
use parking_lot::Mutex;
use platform::{Fault, FaultKind};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, ffi};
use std::fs::File;
use std::ops::ControlFlow;
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::task::{Context, Poll, Waker};
use std::thread::JoinHandle;
use std::time::Duration;

/// Statements kept prepared per connection.
const PREPARED_STATEMENTS_MAX: usize = 512;
/// Log bytes not yet in the database file, after which the checkpoint thread moves them there.
const CHECKPOINT_LOG_BYTES: u64 = 32 * 1024 * 1024;
const CHECKPOINT_INTERVAL: Duration = Duration::from_millis(200);
/// A log that has grown longer (while a long read held it) is cut back to this when it begins anew.
const LOG_BYTES_KEPT: u64 = 64 * 1024 * 1024;
/// How long a statement waits for another process (a command line beside the server).
const BUSY_WAIT_MAX: Duration = Duration::from_secs(10);
/// Pages kept in memory per connection, in KiB (negative: SQLite's way to say KiB).
pub(crate) const CACHE_KIB_WRITER: i64 = -65_536;
const CACHE_KIB_READER: i64 = -8_192;

/// One database file, opened by one server at a time.
#[derive(Debug)]
pub(crate) struct Sqlite {
    path: PathBuf,
    #[expect(clippy::vec_box, reason = "the box itself moves into a `Conn` and back")]
    readers: Mutex<Vec<Box<Connection>>>,
    // Before the writer: the last connection that closes folds the log, and that one should be the writer's.
    _checkpoints: Checkpoints,
    writer: Writer,
}

impl Sqlite {
    pub(crate) fn open(path: &Path, exclusive: bool) -> Result<Self, Fault> {
        let path = make_place(path)?;
        let lock = if exclusive { Some(lock(&path)?) } else { None };
        let writer = Writer::start(&path, lock)?;
        let checkpoints = Checkpoints::start(&path)?;
        Ok(Self { path, readers: Mutex::default(), _checkpoints: checkpoints, writer })
    }

    /// Hands the write to the writer, which answers after the commit.
    pub(crate) fn write(&self, write: Write) {
        self.writer.write(write);
    }

    /// Runs a read on the caller's thread: short by contract.
    pub(crate) fn read(&self, mut work: Box<dyn Work<Conn>>) {
        let pooled = self.readers.lock().pop();
        match pooled.map_or_else(|| read_only(&self.path).map(Box::new), Ok) {
            Ok(reader) => self.read_with(reader, &mut *work),
            Err(fault) => work.fail(fault),
        }
        work.deliver();
    }

    fn read_with(&self, reader: Box<Connection>, work: &mut dyn Work<Conn>) {
        let mut conn = Conn::new(Engine::Sqlite(reader));
        read_in_snapshot(&mut conn, work);
        // A reader whose snapshot could not be ended would show the past to whoever comes next.
        if is_idle(&conn)
            && let Engine::Sqlite(reader) = conn.engine
        {
            self.readers.lock().push(reader);
        }
    }

    /// Runs a read on a thread that may block. The statement is interrupted when the caller has gone.
    pub(crate) fn read_long(&self, mut work: Box<dyn Work<Conn>>) -> BoxFuture<'_, ()> {
        // A connection of its own: an interrupt that comes late must not hit the next reader.
        let reader = match read_only(&self.path) {
            Ok(reader) => reader,
            Err(fault) => {
                work.fail(fault);
                work.deliver();
                return Box::pin(std::future::ready(()));
            }
        };
        let stop = StopOnDrop { gone: Arc::default(), statement: reader.get_interrupt_handle() };
        let gone = stop.gone.clone();
        let reading = tokio::task::spawn_blocking(move || {
            let mut conn = Conn::new(Engine::Sqlite(Box::new(reader)));
            conn.stop_when(gone);
            read_in_snapshot(&mut conn, &mut *work);
            work.deliver();
        });
        Box::pin(async move {
            // Broken off, it has dropped its work, and so told the caller.
            let _ = reading.await;
            drop(stop);
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

/// Ends a long read whose caller has gone: the statement that runs, and the one that would come next.
struct StopOnDrop {
    gone: Arc<AtomicBool>,
    statement: rusqlite::InterruptHandle,
}

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.gone.store(true, Ordering::Relaxed);
        self.statement.interrupt();
    }
}

/// One read sees one state of the database, however many statements it runs.
fn read_in_snapshot(conn: &mut Conn, work: &mut dyn Work<Conn>) {
    if let Err(fault) = command(conn, "begin") {
        return work.fail(fault);
    }
    let outcome = std::panic::catch_unwind(AssertUnwindSafe(|| finish(work.run(conn))));
    let ended = if is_idle(conn) { Ok(()) } else { command(conn, "rollback") };
    match (outcome, ended) {
        (Err(_), _) => work.fail(Fault::broken("a read panicked")),
        (Ok(Err(fault)), _) | (Ok(Ok(_)), Err(fault)) => work.fail(fault),
        (Ok(Ok(_)), Ok(())) => {}
    }
}

/// A thread that moves the log into the database file while the writer writes.
#[derive(Debug)]
struct Checkpoints {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Checkpoints {
    fn start(path: &Path) -> Result<Self, Fault> {
        let db = connect(path, CACHE_KIB_READER)?;
        let (stop, stopped) = channel();
        let thread = std::thread::Builder::new().name("store-checkpoint".into()).spawn(move || {
            let mut is_said = false;
            while stopped.recv_timeout(CHECKPOINT_INTERVAL) == Err(RecvTimeoutError::Timeout) {
                if log_state(&db).bytes_waiting > CHECKPOINT_LOG_BYTES {
                    let ended = checkpoint(&db);
                    if let (Err(e), false) = (&ended, is_said) {
                        tracing::warn!("The log cannot be moved into the database: {e}");
                    }
                    is_said = ended.is_err();
                }
            }
        })?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Checkpoints {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// How long the write-ahead log is, and how much of it the database file has not.
#[derive(Default)]
pub(crate) struct LogState {
    pub(crate) bytes: u64,
    bytes_waiting: u64,
}

pub(crate) fn log_state(db: &Connection) -> LogState {
    const PAGE_BYTES: u64 = 4096;
    // A state that cannot be read now is read again in a moment.
    db.query_row("pragma wal_checkpoint(noop)", (), |row| {
        let (log, moved) = (row.get::<_, i64>(1)?.max(0) as u64, row.get::<_, i64>(2)?.max(0) as u64);
        Ok(LogState { bytes: log * PAGE_BYTES, bytes_waiting: log.saturating_sub(moved) * PAGE_BYTES })
    })
    .unwrap_or_default()
}

/// Moves what no reader still needs to see in the log. Never waits: the next one goes on where this stopped.
pub(crate) fn checkpoint(db: &Connection) -> rusqlite::Result<()> {
    db.query_row("pragma wal_checkpoint(passive)", (), |_| Ok(()))
}

/// Reads a database through for damage.
pub(crate) fn check_whole(db: &Connection) -> Result<(), Fault> {
    let found: String = db.query_row("pragma quick_check(1)", (), |row| row.get(0)).map_err(fault)?;
    if found == "ok" { Ok(()) } else { Err(Fault::new(FaultKind::Corrupt, found)) }
}

/// Runs `begin`, `commit` and their like.
pub(crate) fn command(conn: &Conn, text: &'static str) -> Result<(), Fault> {
    let Engine::Sqlite(db) = &conn.engine else { return Err(Fault::broken("not a SQLite connection")) };
    db.prepare_cached(text).and_then(|mut s| s.raw_execute()).map(drop).map_err(fault)
}

/// Runs what the writes of a commit left to its end.
pub(crate) fn run_last(conn: &Conn, last: Vec<LastStatement>) -> Result<(), Fault> {
    let Engine::Sqlite(db) = &conn.engine else { return Err(Fault::broken("not a SQLite connection")) };
    last.into_iter().try_for_each(|(statement, cells)| execute(db, statement, cells).map(drop))
}

/// Whether no transaction is open.
pub(crate) fn is_idle(conn: &Conn) -> bool {
    matches!(&conn.engine, Engine::Sqlite(db) if db.is_autocommit())
}

/// Polls a body that may await nothing but its own database: once is enough.
pub(crate) fn finish<F: Future>(body: F) -> Result<F::Output, Fault> {
    match pin!(body).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Ok(value),
        Poll::Pending => Err(Fault::broken("a transaction awaited something that is not its database")),
    }
}

/// Makes the folder durably, and gives the one path of the file however it was spelled: the lock goes by it.
fn make_place(path: &Path) -> Result<PathBuf, Fault> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let whole = folder.canonicalize()?;
    for made in whole.ancestors().take(2) {
        // Not every file system lets a folder be opened for this; those that need it do.
        let _ = File::open(made).and_then(|f| f.sync_all());
    }
    let name = path.file_name().ok_or_else(|| Fault::broken(format!("{} is no file", path.display())))?;
    let file = whole.join(name);
    Ok(if file.exists() { file.canonicalize()? } else { file })
}

fn lock(path: &Path) -> Result<File, Fault> {
    let name = beside(path, "-lock");
    let file = File::options().create(true).write(true).truncate(false).open(&name)?;
    file.try_lock().map_err(|e| match e {
        std::fs::TryLockError::WouldBlock => Fault::new(
            FaultKind::Unavailable,
            format!("{} is in use by another mulin; stop it first", path.display()),
        ),
        std::fs::TryLockError::Error(e) => Fault::from(e).context(name.display()),
    })?;
    Ok(file)
}

/// `mulin.sqlite` → `mulin.sqlite-wal`, as SQLite itself names what lies beside a database.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

pub(crate) fn log_path(path: &Path) -> PathBuf {
    beside(path, "-wal")
}

pub(crate) fn file_bytes(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |m| m.len())
}

pub(crate) fn connect(path: &Path, cache_kib: i64) -> Result<Connection, Fault> {
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(path, flags).map_err(|e| fault(e).context(path.display()))?;
    db.set_prepared_statement_cache_capacity(PREPARED_STATEMENTS_MAX);
    // A plan is not made anew for other values: otherwise every statement near a partial index is parsed again at each call.
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(fault)?;
    db.busy_timeout(BUSY_WAIT_MAX).map_err(fault)?;
    db.execute_batch(&format!(
        "pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on;
         pragma wal_autocheckpoint = 0; pragma journal_size_limit = {LOG_BYTES_KEPT};
         pragma temp_store = memory; pragma cache_size = {cache_kib}; pragma mmap_size = 268435456;"
    ))
    .map_err(|e| fault(e).context(path.display()))?;
    Ok(db)
}

pub(crate) fn read_only(path: &Path) -> Result<Connection, Fault> {
    let db = connect(path, CACHE_KIB_READER)?;
    db.pragma_update(None, "query_only", true).map_err(fault)?;
    Ok(db)
}

pub(crate) fn each(
    db: &Connection,
    statement: &Statement,
    cells: Vec<Cell>,
    take: &mut dyn FnMut(&rusqlite::Row<'_>) -> Result<ControlFlow<()>, Fault>,
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
    execute_many(db, statement, [cells])
}

pub(crate) fn execute_many(
    db: &Connection,
    statement: &Statement,
    sets: impl IntoIterator<Item = Vec<Cell>>,
) -> Result<u64, Fault> {
    let mut prepared = db.prepare_cached(statement.sqlite()).map_err(fault)?;
    let mut touched = 0;
    for cells in sets {
        bind(&mut prepared, &cells)?;
        touched += prepared.raw_execute().map_err(fault)? as u64;
    }
    Ok(touched)
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
        // The index of the log grows in a file of its own, and SQLite says so in another way.
        _ if code.extended_code == ffi::SQLITE_IOERR_SHMSIZE => FaultKind::DiskFull,
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => FaultKind::Unavailable,
        ErrorCode::OperationInterrupted => FaultKind::Cancelled,
        ErrorCode::ConstraintViolation => FaultKind::Constraint,
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => FaultKind::Corrupt,
        _ => FaultKind::Broken,
    };
    let constraint = message.as_deref().and_then(|m| constraint_name(m, code.extended_code));
    let fault = Fault::new(kind, "SQLite refused a statement").because(e);
    match constraint {
        Some(name) => fault.on_constraint(name),
        None => fault,
    }
}

/// The name PostgreSQL gives: `UNIQUE constraint failed: cases_case.district, cases_case.number` →
/// `cases_case_number_key`. Foreign keys have no name here: SQLite does not tell which one refused.
fn constraint_name(message: &str, code: i32) -> Option<String> {
    if let Some(name) = message.strip_prefix("CHECK constraint failed: ") {
        return Some(name.to_owned());
    }
    let columns = message.strip_prefix("UNIQUE constraint failed: ")?;
    if let Some(index) = columns.strip_prefix("index '") {
        return Some(index.trim_end_matches('\'').to_owned());
    }
    let (table, _) = columns.split_once('.')?;
    if code == ffi::SQLITE_CONSTRAINT_PRIMARYKEY || code == ffi::SQLITE_CONSTRAINT_ROWID {
        return Some(format!("{table}_pkey"));
    }
    Some(key_name(table, columns.split(", ").filter_map(|c| c.split_once('.')).map(|(_, c)| c)))
}

/// The one name of a unique key: table and columns, without the district that all have.
pub(crate) fn key_name<'a>(table: &str, columns: impl Iterator<Item = &'a str>) -> String {
    let mut name = table.to_owned();
    for column in columns.filter(|column| *column != "district") {
        name.push('_');
        name.push_str(column);
    }
    name + "_key"
}

#[cfg(test)]
mod tests {
    //! Constraints have one name on both engines.
    use super::constraint_name;
    use rusqlite::ffi::{SQLITE_CONSTRAINT_CHECK, SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_UNIQUE};

    #[test]
    fn a_constraint_has_the_name_postgresql_gives_it() {
        let rows = [
            (
                "UNIQUE constraint failed: cases_case.district, cases_case.number",
                SQLITE_CONSTRAINT_UNIQUE,
                "cases_case_number_key",
            ),
            (
                "UNIQUE constraint failed: cases_case.district, cases_case.id",
                SQLITE_CONSTRAINT_PRIMARYKEY,
                "cases_case_pkey",
            ),
            (
                "UNIQUE constraint failed: index 'cases_case_word_key'",
                SQLITE_CONSTRAINT_UNIQUE,
                "cases_case_word_key",
            ),
            (
                "CHECK constraint failed: cases_case_rating_range",
                SQLITE_CONSTRAINT_CHECK,
                "cases_case_rating_range",
            ),
        ];
        for (message, code, name) in rows {
            assert_eq!(constraint_name(message, code).as_deref(), Some(name));
        }
    }
}
