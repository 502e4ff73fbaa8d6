//! A database of its own for each story, on each engine, gone afterwards.

use crate::desk;
use platform::{Clock, Fault, Time};
use std::future::Future;
use std::time::Duration;
use store::{Db, Options, Target, Tx};
use tempfile::TempDir;

/// Where a PostgreSQL is on which databases may be made.
pub const URL_VARIABLE: &str = "MULIN_TEST_POSTGRES";

/// Saturday, 21 November 2026, a little before noon in China.
pub const NOON: Time = Time::from_micros(1_795_232_400_000_000);

/// A database and what it lives in.
pub struct House {
    pub db: Db,
    pub target: Target,
    pub clock: Clock,
    pub folder: TempDir,
    /// Dropped after `db`: it removes the database.
    pub postgres: Option<Database>,
}

/// The engine of a story.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// Tells stories: each `async fn` of the list becomes a test on each engine.
#[macro_export]
macro_rules! stories {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[test] fn $name() { $crate::house::tell($crate::house::Engine::Sqlite, super::$name); })+
        }
        mod postgres {
            $(#[test] fn $name() { $crate::house::tell($crate::house::Engine::Postgres, super::$name); })+
        }
    };
}

/// Runs a story in a new house.
pub fn tell<S, F>(engine: Engine, story: S)
where
    S: FnOnce(House) -> F,
    F: Future<Output = ()>,
{
    block_on(async move {
        if let Some(house) = House::build(engine).await {
            story(house).await;
        }
    });
}

pub fn block_on<F: Future>(work: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(work)
}

impl House {
    /// An open, migrated database; none where the engine is not there to be tested.
    pub async fn build(engine: Engine) -> Option<Self> {
        let folder = tempfile::tempdir().expect("a folder");
        let (target, postgres) = match engine {
            Engine::Sqlite => (Target::Sqlite(folder.path().join("desk.sqlite")), None),
            Engine::Postgres => {
                let database = Database::make().await?;
                (Target::Postgres(database.url.clone()), Some(database))
            }
        };
        let clock = Clock::manual(NOON);
        let db = open(&target, &clock).await.expect("it opens");
        db.migrate(&desk::MIGRATIONS).await.expect("it migrates");
        desk::open_district(&db).await;
        Some(Self { db, target, clock, folder, postgres })
    }

    /// The same database, opened once more beside (PostgreSQL) or instead (after `db` was dropped).
    pub async fn open_again(&self) -> Result<Db, Fault> {
        open(&self.target, &self.clock).await
    }

    /// Writes as the clerk.
    pub async fn write<T, E, F>(&self, body: F) -> Result<T, E>
    where
        F: AsyncFn(&mut Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Fault> + Send + 'static,
    {
        self.db.write(&desk::clerk(), body).await
    }

    /// Lets time pass.
    pub fn wait(&self, time: Duration) {
        self.clock.set(self.clock.now().after(time));
    }

    pub fn is_sqlite(&self) -> bool {
        self.postgres.is_none()
    }
}

pub async fn open(target: &Target, clock: &Clock) -> Result<Db, Fault> {
    let mut options = Options::new(target.clone());
    options.clock = clock.clone();
    options.workload = desk::workload();
    Db::open(options).await
}

/// A PostgreSQL database, dropped with this.
pub struct Database {
    pub url: String,
    pub name: String,
    server: String,
}

impl Database {
    pub async fn make() -> Option<Self> {
        let Ok(server) = std::env::var(URL_VARIABLE) else {
            eprintln!("skipped: {URL_VARIABLE} is not set (cargo xtask pg)");
            return None;
        };
        let name = format!("store_{}", uuid::Uuid::new_v4().simple());
        command(&server, &format!("create database {name}")).await;
        let (front, _) = server.rsplit_once('/').expect("a server's address ends in a database");
        Some(Self { url: format!("{front}/{name}"), name, server })
    }

    /// Asks the server about this database, past the store.
    pub async fn count(&self, question: &str) -> i64 {
        let client = connect(&self.server).await;
        client.query_one(question, &[&self.name]).await.expect("an answer").get(0)
    }

    /// Connections of programs to this database.
    pub async fn count_connections(&self) -> i64 {
        self.count("select count(*) from pg_stat_activity where datname = $1").await
    }

    /// Ends every connection to this database, as a restart of the server does.
    pub async fn cut_connections(&self) -> i64 {
        self.count("select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = $1").await
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let (server, name) = (self.server.clone(), self.name.clone());
        let work = move || block_on(command(&server, &format!("drop database {name} with (force)")));
        let _ = std::thread::spawn(work).join();
    }
}

async fn connect(url: &str) -> tokio_postgres::Client {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.expect("a server");
    tokio::spawn(connection);
    client
}

/// Runs a command on the server, past the store.
pub async fn command(server: &str, text: &str) {
    connect(server).await.batch_execute(text).await.expect("a command of the server");
}

/// Waits until it is so, for five seconds at most.
pub async fn soon(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    for _ in 0..250 {
        if is_so().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("it never came about: {what}");
}
