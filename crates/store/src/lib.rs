//! One SQL text on SQLite and PostgreSQL: transactions, statements, migrations, facts, outbox, timers, backup.
//!
//! A write is `db.write(&actor, async move |tx| …)`. On SQLite one writer thread polls the body to its end, many bodies to
//! one commit; on PostgreSQL the same body runs on a pooled connection and is retried on a serialization failure. Nothing
//! but the body's own database may be awaited inside.

mod archive;
mod backlog;
mod conn;
mod data_key;
mod db;
mod district_rule;
mod fact;
mod idempotency;
mod ledger;
mod migrate;
mod outbox;
mod postgres;
mod registry;
mod row;
mod schema;
mod sqlite;
mod standing;
mod statement;
mod timer;
mod tx;
mod value;
mod walk_rule;
mod work;
mod writer;

pub use archive::{AppliedMigration, Archive, ArchiveProgress, ArchiveStep, Entry, Manifest};
pub use backlog::Backlog;
pub use conn::Conn;
pub use data_key::{DataKeyRow, KeyPurpose};
pub use db::{Db, DbRef, Options, Target};
pub use fact::{Fact, FactFilter, FactRow, Facts};
pub use idempotency::Replay;
pub use ledger::{BatchKind, CheckpointRow, LedgerHead, LedgerRow};
pub use migrate::{Migration, Migrations};
pub use outbox::{ALWAYS, LocalFuture, Reaction, Workload};
pub use registry::{StatementFault, statements};
pub use row::{Column, Columns, Params, Row};
pub use standing::{MigrationRow, Standing};
pub use statement::{Description, Query, Statement};
pub use timer::{Timer, TimerRow};
pub use tx::Tx;
pub use value::{Cell, Json, Kind, List, ListItem, Value};

/// The store's own tables.
pub const MIGRATIONS: Migrations =
    migrations!("platform", ["0001_platform.sql", "0002_seal.sql", "0003_of_actor.sql"]);

#[doc(hidden)]
pub mod hidden {
    //! For the macros of this crate only.
    pub use crate::registry::Registered;
    pub use inventory;
}
