//! PostgreSQL: a pool, bodies pinned to local threads (they need not be `Send`), retries of lost races.

use crate::conn::Engine;
use crate::db::{Shared, Write};
use crate::statement::ROWS_AT_ONCE;
use crate::work::Work;
use crate::{Cell, Conn, Statement, Tx};
use bytes::{BufMut, BytesMut};
use deadpool_postgres::{
    Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod, Runtime, Timeouts,
};
use futures_util::future::{BoxFuture, LocalBoxFuture};
use futures_util::{FutureExt, StreamExt, TryStreamExt, pin_mut};
use platform::{Actor, Fault, FaultKind};
use std::cell::Cell as Flag;
use std::ops::ControlFlow;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio_postgres::NoTls;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};
use tokio_util::task::LocalPoolHandle;

/// Connections of one server. PostgreSQL does its work with few; more only queue inside it.
const CONNECTIONS_MAX: usize = 16;
/// How long a request waits for a free connection, and a new connection for its database.
const CONNECTION_WAIT_MAX: Duration = Duration::from_secs(5);
/// A database machine that is gone without a word is noticed after this.
const SILENCE_MAX: Duration = Duration::from_secs(10);
/// How often a write that lost a race is run.
const RETRY_ATTEMPTS_MAX: u32 = 12;
const RETRY_WAIT: Duration = Duration::from_millis(2);
/// Statements sent by [`Conn::execute_many`] before their answers are read.
const PIPELINE_STATEMENTS_MAX: usize = 256;
/// Longer statements are ended by the server, as is a transaction whose program no longer says anything.
const STATEMENT_SECONDS_MAX: u32 = 60;

const BEGIN_WRITE: &str = "begin isolation level repeatable read";
const BEGIN_READ: &str = "begin isolation level repeatable read read only";
const BEGIN_READ_LONG: &str =
    "begin isolation level repeatable read read only; set local statement_timeout = '10min'";

/// A PostgreSQL database.
#[derive(Clone)]
pub(crate) struct Postgres {
    pool: Pool,
    threads: LocalPoolHandle,
}

impl std::fmt::Debug for Postgres {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Postgres")
    }
}

impl Postgres {
    pub(crate) async fn open(url: &str) -> Result<Self, Fault> {
        let manager = Manager::from_config(
            configure(url)?,
            NoTls,
            ManagerConfig { recycling_method: RecyclingMethod::Fast },
        );
        let pool = Pool::builder(manager)
            .max_size(CONNECTIONS_MAX)
            .timeouts(Timeouts {
                wait: Some(CONNECTION_WAIT_MAX),
                create: Some(CONNECTION_WAIT_MAX),
                recycle: Some(CONNECTION_WAIT_MAX),
            })
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(|e| Fault::broken("the connection pool could not be made").because(e))?;
        let threads =
            std::thread::available_parallelism().map_or(2, std::num::NonZero::get).min(CONNECTIONS_MAX);
        Ok(Self { pool, threads: LocalPoolHandle::new(threads) })
    }

    /// Runs the write, again where it lost a race, and answers after the commit.
    pub(crate) fn write(&self, write: Write) -> BoxFuture<'_, ()> {
        let pool = self.pool.clone();
        self.pinned(Box::new(move || {
            Box::pin(async move {
                let Write { actor, shared, mut work } = write;
                write_with_retries(&pool, &actor, &mut *work, &shared).await;
                work.deliver();
            })
        }))
    }

    pub(crate) fn read(&self, work: Box<dyn Work<Conn>>) -> BoxFuture<'_, ()> {
        self.read_begun(BEGIN_READ, work)
    }

    pub(crate) fn read_long(&self, work: Box<dyn Work<Conn>>) -> BoxFuture<'_, ()> {
        self.read_begun(BEGIN_READ_LONG, work)
    }

    fn read_begun(&self, how: &'static str, mut work: Box<dyn Work<Conn>>) -> BoxFuture<'_, ()> {
        let pool = self.pool.clone();
        self.pinned(Box::new(move || {
            Box::pin(async move {
                read_once(&pool, how, &mut *work).await;
                work.deliver();
            })
        }))
    }

    /// Counts the tables anew, and brings into order what was appended to their indexes.
    pub(crate) async fn learn(&self, tables: &[&'static str]) -> Result<(), Fault> {
        let client = self.pool.get().await.map_err(pool_fault)?;
        let vacuum = format!("vacuum (analyze) {}", tables.join(", "));
        // Each by itself: a vacuum takes no part in a transaction.
        for text in ["set statement_timeout = '10min'", &vacuum, "reset statement_timeout"] {
            if let Err(e) = client.batch_execute(text).await {
                // A connection with another patience does not go back.
                drop(Object::take(client));
                return Err(fault(e));
            }
        }
        Ok(())
    }

    /// Runs a job on a thread of its own kind; stops it when the caller has gone.
    ///
    /// Boxed, here and above: an async fn would be compiled again into every crate that calls it.
    fn pinned(&self, job: Job) -> BoxFuture<'_, ()> {
        let (waiting, gone) = oneshot::channel::<()>();
        let running = self.threads.spawn_pinned(move || async move {
            tokio::select! {
                () = job() => {}
                // Dropping the job drops its session, which cancels the statement and closes the connection.
                _ = gone => {}
            }
        });
        Box::pin(async move {
            // Broken off, it has dropped its work, and so told the caller.
            let _ = running.await;
            drop(waiting);
        })
    }
}

/// What runs on a thread of its own kind: begun there, for what it awaits stays there.
type Job = Box<dyn FnOnce() -> LocalBoxFuture<'static, ()> + Send>;

fn configure(url: &str) -> Result<tokio_postgres::Config, Fault> {
    let mut config: tokio_postgres::Config =
        url.parse().map_err(|e| Fault::broken("DATABASE_URL is no PostgreSQL address").because(e))?;
    let given = config.get_options().unwrap_or_default().to_owned();
    // A statement keeps its plan whatever its values, as on SQLite: planning it anew costs more than most of them.
    config.options(format!(
        "-c plan_cache_mode=force_generic_plan {given} -c statement_timeout={STATEMENT_SECONDS_MAX}s \
         -c idle_in_transaction_session_timeout={STATEMENT_SECONDS_MAX}s -c timezone=UTC"
    ));
    config.application_name("mulin");
    config.connect_timeout(CONNECTION_WAIT_MAX);
    config.tcp_user_timeout(SILENCE_MAX);
    config.keepalives_idle(SILENCE_MAX);
    Ok(config)
}

async fn read_once(pool: &Pool, how: &str, work: &mut dyn Work<Conn>) {
    let mut conn = match begin(pool, how).await {
        Ok(conn) => conn,
        Err(fault) => return work.fail(fault),
    };
    let outcome = AssertUnwindSafe(work.run(&mut conn)).catch_unwind().await;
    // What was read stands even where the rollback's own answer is lost with the connection.
    let _ = end(conn, "rollback").await;
    if outcome.is_err() {
        work.fail(Fault::broken("a read panicked"));
    }
}

async fn write_with_retries(pool: &Pool, actor: &Actor, work: &mut dyn Work<Tx>, shared: &Arc<Shared>) {
    for attempt in 1..=RETRY_ATTEMPTS_MAX {
        match write_once(pool, actor, work, shared, attempt).await {
            Ok(Attempt::Done) => return,
            Ok(Attempt::LostRace) => {
                tokio::time::sleep(RETRY_WAIT * rand::random_range(1..=4 * attempt)).await;
            }
            Err(fault) => return work.fail(fault),
        }
    }
    let what = format!("a write lost {RETRY_ATTEMPTS_MAX} races for the same rows");
    work.fail(Fault::new(FaultKind::Contention, what));
}

enum Attempt {
    /// Committed, or refused by its own body.
    Done,
    /// Another transaction changed the same rows first.
    LostRace,
}

async fn write_once(
    pool: &Pool,
    actor: &Actor,
    work: &mut dyn Work<Tx>,
    shared: &Arc<Shared>,
    attempt: u32,
) -> Result<Attempt, Fault> {
    let conn = begin(pool, BEGIN_WRITE).await?;
    let mut tx = Tx::begin(conn, actor.clone(), shared.clone());
    let outcome = AssertUnwindSafe(work.run(&mut tx)).catch_unwind().await;
    let (conn, facts, _) = tx.end();
    let is_lost = match race(&conn) {
        Race::Lost => true,
        // The row that was in the way may be younger than our snapshot: seen, it may change the decision.
        Race::Unclear => attempt == 1,
        Race::None => false,
    };
    let keep = match outcome {
        Ok(is_done) if is_done && conn.has_failed() && !is_lost => Err(Conn::went_on()),
        Ok(is_done) => Ok(is_done && !is_lost),
        Err(_) => Err(Fault::broken("a write panicked; nothing of it was saved")),
    };
    if !matches!(keep, Ok(true)) {
        // The refusal stands even where the rollback's own answer is lost with the connection.
        let _ = end(conn, "rollback").await;
        return keep.map(|_| if is_lost { Attempt::LostRace } else { Attempt::Done });
    }
    match end(conn, "commit").await {
        Ok(()) => {
            shared.facts.publish(facts);
            Ok(Attempt::Done)
        }
        Err(fault) if fault.kind() == FaultKind::Contention => Ok(Attempt::LostRace),
        Err(fault) if fault.kind() == FaultKind::Unavailable => {
            Err(fault.context("the commit was not confirmed, it may be saved"))
        }
        Err(fault) => Err(fault),
    }
}

fn race(conn: &Conn) -> Race {
    match &conn.engine {
        Engine::Postgres(session) => session.race.get(),
        Engine::Sqlite(_) => Race::None,
    }
}

/// Begins a transaction. A pooled connection may have died unnoticed: then the next is tried, for nothing was done yet.
async fn begin(pool: &Pool, how: &str) -> Result<Conn, Fault> {
    let mut attempts = 0;
    loop {
        let client = pool.get().await.map_err(pool_fault)?;
        let session = Session { client: Some(client), open: Flag::new(false), race: Flag::new(Race::None) };
        attempts += 1;
        match session.batch(how).await {
            Ok(()) => return Ok(Conn::new(Engine::Postgres(Box::new(session)))),
            Err(fault) if fault.kind() == FaultKind::Unavailable && attempts <= CONNECTIONS_MAX => {}
            Err(fault) => return Err(fault),
        }
    }
}

async fn end(mut conn: Conn, how: &str) -> Result<(), Fault> {
    let ended = conn.batch(how).await;
    if let (Ok(()), Engine::Postgres(session)) = (&ended, &conn.engine) {
        session.open.set(false);
    }
    ended
}

/// What a transaction learned about others that wrote at the same time.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Race {
    None,
    /// A unique key refused a row: perhaps for the row of somebody who was faster.
    Unclear,
    Lost,
}

/// A connection during one transaction. Dropped in the middle, it does not go back to the pool.
pub(crate) struct Session {
    client: Option<Object>,
    open: Flag<bool>,
    race: Flag<Race>,
}

impl Session {
    fn client(&self) -> Result<&Object, Fault> {
        self.client.as_ref().ok_or_else(|| Fault::broken("the connection is gone"))
    }

    pub(crate) async fn batch(&self, text: &str) -> Result<(), Fault> {
        self.open.set(true);
        self.client()?.batch_execute(text).await.map_err(|e| self.fault(e))
    }

    /// Rows one at a time, as the connection brings them.
    pub(crate) async fn each(
        &self,
        statement: &Statement,
        cells: Vec<Cell>,
        take: &mut dyn FnMut(&tokio_postgres::Row) -> Result<ControlFlow<()>, Fault>,
    ) -> Result<(), Fault> {
        let client = self.client()?;
        let prepared = client.prepare_cached(statement.postgres()).await.map_err(|e| self.fault(e))?;
        let rows = client.query_raw(&prepared, cells).await.map_err(|e| self.fault(e))?;
        pin_mut!(rows);
        while let Some(row) = rows.try_next().await.map_err(|e| self.fault(e))? {
            if take(&row)?.is_break() {
                break;
            }
        }
        Ok(())
    }

    pub(crate) async fn execute(&self, statement: &Statement, cells: Vec<Cell>) -> Result<u64, Fault> {
        let client = self.client()?;
        let prepared = client.prepare_cached(statement.postgres()).await.map_err(|e| self.fault(e))?;
        client.execute_raw(&prepared, cells).await.map_err(|e| self.fault(e))
    }

    /// Sends the sets without waiting for each answer, many rows to a statement where that is the same.
    pub(crate) async fn execute_many(
        &self,
        statement: &Statement,
        mut sets: impl Iterator<Item = Vec<Cell>>,
    ) -> Result<u64, Fault> {
        let first: Vec<_> = sets.by_ref().take(ROWS_AT_ONCE).collect();
        let Some(params) = first.first().map(Vec::len) else { return Ok(0) };
        let client = self.client()?;
        let one = &client.prepare_cached(statement.postgres()).await.map_err(|e| self.fault(e))?;
        let many = match statement.postgres_rows(params) {
            Some(text) if first.len() == ROWS_AT_ONCE => {
                Some(client.prepare_cached(text).await.map_err(|e| self.fault(e))?)
            }
            _ => None,
        };
        let parts = std::iter::successors(Some(first), |_| Some(sets.by_ref().take(ROWS_AT_ONCE).collect()))
            .take_while(|part: &Vec<_>| !part.is_empty());
        let flights = parts.flat_map(|part| match &many {
            Some(many) if part.len() == ROWS_AT_ONCE => vec![(many, part.into_iter().flatten().collect())],
            _ => part.into_iter().map(|cells| (one, cells)).collect(),
        });
        let answers = futures_util::stream::iter(flights)
            .map(|(prepared, cells): (_, Vec<Cell>)| client.execute_raw(prepared, cells))
            .buffered(PIPELINE_STATEMENTS_MAX);
        pin_mut!(answers);
        let mut touched = 0;
        while let Some(answer) = answers.next().await {
            touched += answer.map_err(|e| self.fault(e))?;
        }
        Ok(touched)
    }

    pub(crate) async fn prepare(&self, text: &str) -> Result<tokio_postgres::Statement, Fault> {
        self.client()?.prepare(text).await.map_err(|e| self.fault(e))
    }

    /// What PostgreSQL's own tables say.
    pub(crate) async fn rows(&self, text: &str) -> Result<Vec<tokio_postgres::Row>, Fault> {
        self.client()?.query(text, &[]).await.map_err(|e| self.fault(e))
    }

    /// Sorts an error, and remembers a lost race: the body may hide it inside an error of its own.
    fn fault(&self, e: tokio_postgres::Error) -> Fault {
        let refused_twin = e.code() == Some(&SqlState::UNIQUE_VIOLATION);
        let fault = fault(e);
        if fault.kind() == FaultKind::Contention {
            self.race.set(Race::Lost);
        } else if refused_twin && self.race.get() == Race::None {
            self.race.set(Race::Unclear);
        }
        fault
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if !self.open.get() {
            return;
        }
        let Some(client) = self.client.take() else { return };
        let cancel = client.cancel_token();
        let is_over = client.is_closed();
        drop(Object::take(client));
        if let Ok(runtime) = tokio::runtime::Handle::try_current()
            && !is_over
        {
            runtime.spawn(async move {
                let _ = cancel.cancel_query(NoTls).await;
            });
        }
    }
}

fn pool_fault(e: PoolError) -> Fault {
    match e {
        PoolError::Backend(e) => fault(e),
        other => Fault::new(FaultKind::Unavailable, "no connection to the database").because(other),
    }
}

/// Sorts PostgreSQL's errors into the kinds a caller can act on.
pub(crate) fn fault(e: tokio_postgres::Error) -> Fault {
    let Some(code) = e.code() else {
        return if is_lost_connection(&e) {
            Fault::new(FaultKind::Unavailable, "the connection to the database failed").because(e)
        } else {
            Fault::broken("a statement and its Rust types do not fit").because(e)
        };
    };
    let kind = if *code == SqlState::T_R_SERIALIZATION_FAILURE || *code == SqlState::T_R_DEADLOCK_DETECTED {
        FaultKind::Contention
    } else if code.code().starts_with("23") {
        FaultKind::Constraint
    } else if *code == SqlState::DISK_FULL {
        FaultKind::DiskFull
    } else if *code == SqlState::QUERY_CANCELED {
        FaultKind::Cancelled
    } else if ["08", "53", "57", "25P03"].iter().any(|class| code.code().starts_with(class)) {
        FaultKind::Unavailable
    } else {
        FaultKind::Broken
    };
    let constraint = e.as_db_error().and_then(|d| d.constraint()).map(str::to_owned);
    let fault = Fault::new(kind, "PostgreSQL refused a statement").because(e);
    match constraint {
        Some(name) => fault.on_constraint(name),
        None => fault,
    }
}

/// The driver keeps its kinds to itself; a connection that failed has an input/output error below, or says so.
fn is_lost_connection(e: &tokio_postgres::Error) -> bool {
    let below = std::error::Error::source(e).is_some_and(|cause| cause.is::<std::io::Error>());
    let said = e.to_string();
    e.is_closed() || below || said.starts_with("timeout") || said.starts_with("error connecting")
}

/// JSON as its text, whichever of the two JSON types it is stored as.
pub(crate) struct JsonText(pub(crate) String);

impl<'a> FromSql<'a> for JsonText {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        let text = if *ty == Type::JSONB { raw.get(1..).unwrap_or_default() } else { raw };
        Ok(Self(std::str::from_utf8(text)?.to_owned()))
    }
    fn accepts(ty: &Type) -> bool {
        *ty == Type::JSON || *ty == Type::JSONB
    }
}

impl ToSql for Cell {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(v) => v.to_sql_checked(ty, out),
            Self::Real(v) => v.to_sql_checked(ty, out),
            Self::Bool(v) => v.to_sql_checked(ty, out),
            Self::Text(v) => v.to_sql_checked(ty, out),
            Self::Bytes(v) => v.to_sql_checked(ty, out),
            Self::Uuid(v) => v.to_sql_checked(ty, out),
            Self::Json(v) => {
                if *ty == Type::JSONB {
                    out.put_u8(1);
                }
                out.put_slice(v.as_bytes());
                Ok(IsNull::No)
            }
            Self::IntList(v) => v.to_sql_checked(ty, out),
            Self::TextList(v) => v.to_sql_checked(ty, out),
            Self::UuidList(v) => v.to_sql_checked(ty, out),
        }
    }
    fn accepts(_: &Type) -> bool {
        true
    }
    to_sql_checked!();
}
