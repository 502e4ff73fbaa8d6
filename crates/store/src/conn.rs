//! Running statements. The same calls on both engines; on SQLite every future here is ready at once.

use crate::{Cell, Columns, Params, Query, Row, Statement, postgres, sqlite};
use futures_util::{StreamExt, TryStreamExt, pin_mut};
use platform::Fault;
use std::ops::ControlFlow;

/// Statements sent at a time by [`Conn::execute_many`] before their answers are read.
const PIPELINE_STATEMENTS_MAX: usize = 256;

/// An open connection inside a read or a write.
pub struct Conn {
    pub(crate) engine: Engine,
}

pub(crate) enum Engine {
    Sqlite(Box<rusqlite::Connection>),
    Postgres(postgres::Session),
}

impl Conn {
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
        match &mut self.engine {
            Engine::Sqlite(db) => sqlite::each(db, statement, params.cells(), |row| {
                Ok(take(R::read(&mut Columns::sqlite(row))?))
            }),
            Engine::Postgres(session) => {
                let rows = session.query(statement, params.cells()).await?;
                pin_mut!(rows);
                while let Some(row) = rows.try_next().await.map_err(|e| session.fault(e))? {
                    if take(R::read(&mut Columns::postgres(&row))?).is_break() {
                        break;
                    }
                }
                Ok(())
            }
        }
        .map_err(|f| named(f, statement))
    }

    /// Runs a statement that gives no rows; answers how many rows it touched.
    pub async fn execute<P: Params>(
        &mut self,
        query: &'static Query<P, ()>,
        params: P,
    ) -> Result<u64, Fault> {
        let statement = &query.statement;
        match &mut self.engine {
            Engine::Sqlite(db) => sqlite::execute(db, statement, params.cells()),
            Engine::Postgres(session) => session.execute(statement, params.cells()).await,
        }
        .map_err(|f| named(f, statement))
    }

    /// Runs one statement for many parameter sets; on PostgreSQL they are pipelined.
    pub async fn execute_many<P: Params>(
        &mut self,
        query: &'static Query<P, ()>,
        sets: impl IntoIterator<Item = P>,
    ) -> Result<u64, Fault> {
        let statement = &query.statement;
        let mut touched = 0;
        match &mut self.engine {
            Engine::Sqlite(db) => {
                for params in sets {
                    touched +=
                        sqlite::execute(db, statement, params.cells()).map_err(|f| named(f, statement))?;
                }
            }
            Engine::Postgres(session) => {
                let session = &*session;
                let answers = futures_util::stream::iter(sets)
                    .map(|params| session.execute(statement, params.cells()))
                    .buffered(PIPELINE_STATEMENTS_MAX);
                pin_mut!(answers);
                while let Some(answer) = answers.next().await {
                    touched += answer.map_err(|f| named(f, statement))?;
                }
            }
        }
        Ok(touched)
    }

    /// Runs text that is not a statement of the registry: migrations and `begin`/`commit` only.
    pub(crate) async fn batch(&mut self, text: &str) -> Result<(), Fault> {
        match &mut self.engine {
            Engine::Sqlite(db) => db.execute_batch(text).map_err(sqlite::fault),
            Engine::Postgres(session) => session.batch(text).await,
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
