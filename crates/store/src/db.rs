//! The database as the rest of the house sees it: reads, writes, the clock they run by, the facts they commit.

use crate::postgres::Postgres;
use crate::sqlite::Sqlite;
use crate::work::{self, Work};
use crate::{Conn, Facts, Tx, Workload};
use platform::{Actor, Clock, Fault, Fixtures};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};

/// Where the data lives.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Target {
    /// One file, one server.
    Sqlite(PathBuf),
    /// A `postgres://` address.
    Postgres(String),
}

/// How a database is opened.
#[derive(Debug)]
pub struct Options {
    pub target: Target,
    pub clock: Clock,
    pub workload: Workload,
    /// Take the lock that keeps a second server off a SQLite file. Off for commands that only read.
    pub exclusive: bool,
}

impl Options {
    pub fn new(target: Target) -> Self {
        Self { target, clock: Clock::System, workload: Workload::default(), exclusive: true }
    }
}

/// An open database. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Db {
    engine: Arc<Engine>,
    shared: Arc<Shared>,
}

/// A database that may be closed by now. For what stands on its own shelf: a whole one there would keep it open for ever.
#[derive(Clone, Debug)]
pub struct DbRef {
    engine: Weak<Engine>,
    shared: Weak<Shared>,
}

impl DbRef {
    /// The database.
    ///
    /// # Errors
    /// It is closed.
    pub fn open(&self) -> Result<Db, Fault> {
        let found = self.engine.upgrade().zip(self.shared.upgrade());
        let (engine, shared) = found.ok_or_else(|| Fault::broken("the database is closed"))?;
        Ok(Db { engine, shared })
    }
}

#[derive(Debug)]
enum Engine {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

/// What every write of this process shares.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) clock: Clock,
    pub(crate) facts: Facts,
    pub(crate) workload: Workload,
    pub(crate) fixtures: Fixtures,
}

/// A write on its way to its engine.
pub(crate) struct Write {
    pub(crate) actor: Actor,
    pub(crate) shared: Arc<Shared>,
    pub(crate) work: Box<dyn Work<Tx>>,
}

impl Db {
    /// The same, without keeping it open.
    pub fn downgrade(&self) -> DbRef {
        DbRef { engine: Arc::downgrade(&self.engine), shared: Arc::downgrade(&self.shared) }
    }

    /// Opens the database. Migrations are a step of their own: [`Db::migrate`].
    pub async fn open(options: Options) -> Result<Self, Fault> {
        let engine = match &options.target {
            Target::Sqlite(path) => Engine::Sqlite(Sqlite::open(path, options.exclusive)?),
            Target::Postgres(url) => Engine::Postgres(Postgres::open(url).await?),
        };
        let shared = Shared {
            clock: options.clock,
            facts: Facts::default(),
            workload: options.workload,
            fixtures: Fixtures::default(),
        };
        Ok(Self { engine: Arc::new(engine), shared: Arc::new(shared) })
    }

    /// Runs a write: all of the body's changes, or none.
    ///
    /// The body may run more than once (PostgreSQL retries lost races), so it changes nothing but its database, and it
    /// awaits nothing but its database (elsewhere is a fault on SQLite). The answer comes after the commit is durable.
    pub async fn write<T, E, F>(&self, actor: &Actor, body: F) -> Result<T, E>
    where
        F: AsyncFn(&mut Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Fault> + Send + 'static,
    {
        let clock = self.shared.clock.clone();
        let (work, answer) = work::ask(async move |tx: &mut Tx| {
            let done = body(tx).await?;
            tx.note_late_facts(clock.now()).await?;
            Ok(done)
        });
        let write = Write { actor: actor.clone(), shared: self.shared.clone(), work };
        match &*self.engine {
            Engine::Sqlite(db) => db.write(write),
            Engine::Postgres(db) => db.write(write).await,
        }
        answer.wait().await
    }

    /// Runs a short read on one snapshot. On SQLite it runs at once on the caller's thread.
    pub async fn read<T, E, F>(&self, body: F) -> Result<T, E>
    where
        F: AsyncFn(&mut Conn) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Fault> + Send + 'static,
    {
        let (work, answer) = work::ask(body);
        match &*self.engine {
            Engine::Sqlite(db) => {
                // The read itself never waits: a caller in a loop must let others run from time to time.
                tokio::task::consume_budget().await;
                db.read(work);
            }
            Engine::Postgres(db) => db.read(work).await,
        }
        answer.wait().await
    }

    /// Runs a long read (reports, exports) away from the request threads. It is interrupted when its caller goes away.
    pub async fn read_long<T, E, F>(&self, body: F) -> Result<T, E>
    where
        F: AsyncFn(&mut Conn) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Fault> + Send + 'static,
    {
        let (work, answer) = work::ask(body);
        match &*self.engine {
            Engine::Sqlite(db) => db.read_long(work).await,
            Engine::Postgres(db) => db.read_long(work).await,
        }
        answer.wait().await
    }

    /// Lets the database learn at once what a large load has put into these tables: PostgreSQL plans by statistics that it renews by
    /// itself only minutes later. SQLite's plans rest on the indexes alone.
    pub async fn learn(&self, tables: &[&'static str]) -> Result<(), Fault> {
        match &*self.engine {
            Engine::Sqlite(_) => Ok(()),
            Engine::Postgres(db) => db.learn(tables).await,
        }
    }

    pub fn clock(&self) -> &Clock {
        &self.shared.clock
    }

    /// What the capabilities loaded at the start; writes find the same things by [`Tx::fixture`].
    pub fn fixtures(&self) -> &Fixtures {
        &self.shared.fixtures
    }

    /// Committed facts as they happen, in this process.
    pub fn facts(&self) -> &Facts {
        &self.shared.facts
    }

    /// The SQLite file, where that is the engine.
    pub fn sqlite_path(&self) -> Option<&Path> {
        match &*self.engine {
            Engine::Sqlite(db) => Some(db.path()),
            Engine::Postgres(_) => None,
        }
    }

    /// "SQLite" or "PostgreSQL".
    pub fn engine_name(&self) -> &'static str {
        match &*self.engine {
            Engine::Sqlite(_) => "SQLite",
            Engine::Postgres(_) => "PostgreSQL",
        }
    }
}
