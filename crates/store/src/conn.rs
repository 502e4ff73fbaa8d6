//! Running statements. The same calls on both engines; on SQLite every future here is ready at once.

use crate::{Cell, Columns, Params, Query, Row, Statement, postgres, sqlite};
use platform::{Fault, FaultKind};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// An open connection inside a read or a write.
///
/// A statement that failed ends its read or write: PostgreSQL runs nothing more in that transaction, so neither does
/// SQLite. Where a refusal of the database is expected, the statement says so: `on conflict … do nothing`.
pub struct Conn {
    pub(crate) engine: Engine,
    /// How the statement failed that ended this transaction.
    failed: Option<FaultKind>,
    /// Set when nobody waits for a long read any more.
    stop: Option<Arc<AtomicBool>>,
}

pub(crate) enum Engine {
    Sqlite(Box<rusqlite::Connection>),
    Postgres(Box<postgres::Session>),
}

impl Conn {
    pub(crate) fn new(engine: Engine) -> Self {
        Self { engine, failed: None, stop: None }
    }

    pub(crate) fn stop_when(&mut self, gone: Arc<AtomicBool>) {
        self.stop = Some(gone);
    }

    pub(crate) fn has_failed(&self) -> bool {
        self.failed.is_some()
    }

    /// Makes the connection ready for the next transaction.
    pub(crate) fn forget_failure(&mut self) -> Option<FaultKind> {
        self.failed.take()
    }

    /// What a write gets that succeeds although a statement of it failed: PostgreSQL would save nothing of it.
    pub(crate) fn went_on() -> Fault {
        Fault::broken("a write went on after a statement of it had failed; nothing of it was saved")
    }

    /// How long after its moment ([`Tx::now`](crate::Tx::now)) a write may still come to be seen. Whoever goes on from a moment reads so
    /// much before it again. On SQLite writes come one after the other, and the longest, parts of a table, take seconds; on PostgreSQL one
    /// may overtake another, and `store` breaks off a single statement or an idle write of 60 s.
    pub const fn settled_after(&self) -> Duration {
        match self.engine {
            Engine::Sqlite(_) => Duration::from_secs(10),
            Engine::Postgres(_) => Duration::from_secs(120),
        }
    }

    /// All rows, in the order the statement gives. The statement bounds their number.
    pub async fn all<P: Params, R: Row>(
        &mut self,
        query: &'static Query<P, R>,
        params: P,
    ) -> Result<Vec<R>, Fault> {
        let mut rows = Vec::new();
        self.each(query, params, |row| {
            rows.push(row);
            ControlFlow::Continue(())
        })
        .await?;
        Ok(rows)
    }

    /// The first row, if there is one.
    pub async fn optional<P: Params, R: Row>(
        &mut self,
        query: &'static Query<P, R>,
        params: P,
    ) -> Result<Option<R>, Fault> {
        let mut first = None;
        self.each(query, params, |row| {
            first = Some(row);
            ControlFlow::Break(())
        })
        .await?;
        Ok(first)
    }

    /// The one row that must be there.
    pub async fn one<P: Params, R: Row>(
        &mut self,
        query: &'static Query<P, R>,
        params: P,
    ) -> Result<R, Fault> {
        self.optional(query, params)
            .await?
            .ok_or_else(|| Fault::broken(format!("{} gave no row", query.statement.name)))
    }

    /// Rows one at a time, without holding them all: exports and reports. Stops where `take` breaks.
    pub async fn each<P: Params, R: Row>(
        &mut self,
        query: &'static Query<P, R>,
        params: P,
        mut take: impl FnMut(R) -> ControlFlow<()>,
    ) -> Result<(), Fault> {
        let statement = &query.statement;
        self.admit(statement)?;
        let ended = match &mut self.engine {
            Engine::Sqlite(db) => sqlite::each(db, statement, params.cells(), &mut |row| {
                Ok(take(R::read(&mut Columns::sqlite(row))?))
            }),
            Engine::Postgres(session) => {
                session
                    .each(statement, params.cells(), &mut |row| {
                        Ok(take(R::read(&mut Columns::postgres(row))?))
                    })
                    .await
            }
        };
        self.noted(ended, statement)
    }

    /// Runs a statement that gives no rows; answers how many rows it touched.
    pub async fn execute<P: Params>(
        &mut self,
        query: &'static Query<P, ()>,
        params: P,
    ) -> Result<u64, Fault> {
        let statement = &query.statement;
        self.admit(statement)?;
        let ended = match &mut self.engine {
            Engine::Sqlite(db) => sqlite::execute(db, statement, params.cells()),
            Engine::Postgres(session) => session.execute(statement, params.cells()).await,
        };
        self.noted(ended, statement)
    }

    /// Runs one statement for many parameter sets; on PostgreSQL they are pipelined.
    pub async fn execute_many<P: Params>(
        &mut self,
        query: &'static Query<P, ()>,
        sets: impl IntoIterator<Item = P>,
    ) -> Result<u64, Fault> {
        let statement = &query.statement;
        self.admit(statement)?;
        let sets = sets.into_iter().map(Params::cells);
        let ended = match &mut self.engine {
            Engine::Sqlite(db) => sqlite::execute_many(db, statement, sets),
            Engine::Postgres(session) => session.execute_many(statement, sets).await,
        };
        self.noted(ended, statement)
    }

    /// Refuses what comes after a failed statement, or after the caller has gone.
    fn admit(&self, statement: &Statement) -> Result<(), Fault> {
        if self.stop.as_ref().is_some_and(|gone| gone.load(Ordering::Relaxed)) {
            return Err(Fault::new(FaultKind::Cancelled, "the caller has gone"));
        }
        match self.failed {
            Some(kind) => Err(named(Fault::new(kind, "a statement before it failed"), statement)),
            None => Ok(()),
        }
    }

    fn noted<T>(&mut self, ended: Result<T, Fault>, statement: &Statement) -> Result<T, Fault> {
        ended.map_err(|fault| {
            self.failed = Some(fault.kind());
            named(fault, statement)
        })
    }

    /// Runs text that is not a statement of the registry: migrations and `begin`/`commit` only.
    pub(crate) async fn batch(&mut self, text: &str) -> Result<(), Fault> {
        match &mut self.engine {
            Engine::Sqlite(db) => db.execute_batch(text).map_err(sqlite::fault),
            Engine::Postgres(session) => session.batch(text).await,
        }
    }

    /// How PostgreSQL sorts text in this database.
    pub(crate) async fn collation(&self) -> Result<Option<String>, Fault> {
        const COLLATION: &str = "select datcollate::text from pg_database where datname = current_database()";
        match &self.engine {
            Engine::Sqlite(_) => Ok(None),
            Engine::Postgres(session) => Ok(session.rows(COLLATION).await?.first().map(|row| row.get(0))),
        }
    }

    /// Whether the engine is SQLite, for the few places that must tell (search, backup).
    pub fn is_sqlite(&self) -> bool {
        matches!(self.engine, Engine::Sqlite(_))
    }
}

fn named(fault: Fault, statement: &Statement) -> Fault {
    fault.context(format_args!("{}::{}", statement.module, statement.name))
}

impl std::fmt::Debug for Conn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.is_sqlite() { "Conn(SQLite)" } else { "Conn(PostgreSQL)" })
    }
}

/// The cells of a list as the JSON text SQLite's `json_each` reads.
pub(crate) fn list_json(cell: &Cell) -> Option<String> {
    match cell {
        Cell::IntList(v) => serde_json::to_string(v).ok(),
        Cell::TextList(v) => serde_json::to_string(v).ok(),
        Cell::UuidList(v) => {
            serde_json::to_string(&v.iter().map(|u| u.simple().to_string()).collect::<Vec<_>>()).ok()
        }
        _ => None,
    }
}
