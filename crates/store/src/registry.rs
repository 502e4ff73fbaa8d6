//! The registry of all statements, and the check that holds each against the schema of an engine.

use crate::conn::Engine;
use crate::{Column, Conn, Db, Description, Kind};
use platform::Fault;
use tokio_postgres::types::Type;

#[doc(hidden)]
pub struct Registered(pub fn() -> Description);
inventory::collect!(Registered);

/// Every statement linked into this program.
pub fn statements() -> Vec<Description> {
    let mut all: Vec<Description> = inventory::iter::<Registered>.into_iter().map(|r| (r.0)()).collect();
    all.sort_by_key(|d| (d.statement.module, d.statement.name));
    all
}

/// What the program believes of a statement and the schema does not.
#[derive(Debug)]
pub struct StatementFault {
    /// `module::NAME`
    pub statement: String,
    pub sentence: String,
}

impl Db {
    /// Prepares every statement and compares parameters and columns with the Rust types.
    pub async fn check_statements(&self) -> Result<Vec<StatementFault>, Fault> {
        self.read(async |conn: &mut Conn| {
            let mut faults = Vec::new();
            for description in statements() {
                let found = match &conn.engine {
                    Engine::Sqlite(db) => check_sqlite(db, &description),
                    Engine::Postgres(session) => check_postgres(session, &description).await,
                };
                let statement = format!("{}::{}", description.statement.module, description.statement.name);
                faults.extend(
                    found
                        .into_iter()
                        .map(|sentence| StatementFault { statement: statement.clone(), sentence }),
                );
            }
            Ok(faults)
        })
        .await
    }
}

fn check_sqlite(db: &rusqlite::Connection, description: &Description) -> Vec<String> {
    let prepared = match db.prepare(description.statement.sqlite()) {
        Ok(prepared) => prepared,
        Err(e) => return vec![format!("SQLite refuses it: {e}")],
    };
    let mut faults = Vec::new();
    count(&mut faults, "parameters", prepared.parameter_count(), description.params.len());
    let columns: Vec<_> = prepared.columns().collect();
    count(&mut faults, "columns", columns.len(), description.columns.len());
    for (found, expected) in columns.iter().zip(&description.columns) {
        name(&mut faults, found.name(), expected);
        if let Some(decl) = found.decl_type()
            && !sqlite_fits(expected.kind, decl)
        {
            faults.push(format!("column {} is {decl}, not {:?}", found.name(), expected.kind));
        }
    }
    faults
}

async fn check_postgres(session: &crate::postgres::Session, description: &Description) -> Vec<String> {
    let prepared = match session.prepare(description.statement.postgres()).await {
        Ok(prepared) => prepared,
        Err(e) => return vec![format!("PostgreSQL refuses it: {e:?}")],
    };
    let mut faults = Vec::new();
    count(&mut faults, "parameters", prepared.params().len(), description.params.len());
    for (i, (found, (kind, _))) in prepared.params().iter().zip(&description.params).enumerate() {
        if !postgres_fits(*kind, found) {
            faults.push(format!("${} is {found}, not {kind:?}", i + 1));
        }
    }
    count(&mut faults, "columns", prepared.columns().len(), description.columns.len());
    for (found, expected) in prepared.columns().iter().zip(&description.columns) {
        name(&mut faults, found.name(), expected);
        if !postgres_fits(expected.kind, found.type_()) {
            faults.push(format!("column {} is {}, not {:?}", found.name(), found.type_(), expected.kind));
        }
    }
    faults
}

fn count(faults: &mut Vec<String>, what: &str, found: usize, expected: usize) {
    if found != expected {
        faults.push(format!("{found} {what}, the Rust type has {expected}"));
    }
}

fn name(faults: &mut Vec<String>, found: &str, expected: &Column) {
    if let Some(name) = expected.name
        && name != found
    {
        faults.push(format!("column {found} stands where {name} is read"));
    }
}

fn sqlite_fits(kind: Kind, decl: &str) -> bool {
    match kind {
        Kind::Int | Kind::Bool => decl.eq_ignore_ascii_case("integer"),
        Kind::Real => decl.eq_ignore_ascii_case("real"),
        Kind::Text | Kind::Json => decl.eq_ignore_ascii_case("text"),
        Kind::Bytes | Kind::Uuid => decl.eq_ignore_ascii_case("blob"),
        Kind::IntList | Kind::TextList | Kind::UuidList => false,
    }
}

fn postgres_fits(kind: Kind, ty: &Type) -> bool {
    match kind {
        Kind::Int => *ty == Type::INT8,
        Kind::Real => *ty == Type::FLOAT8,
        Kind::Bool => *ty == Type::BOOL,
        Kind::Text => *ty == Type::TEXT,
        Kind::Bytes => *ty == Type::BYTEA,
        Kind::Uuid => *ty == Type::UUID,
        Kind::Json => *ty == Type::JSONB || *ty == Type::JSON,
        Kind::IntList => *ty == Type::INT8_ARRAY,
        Kind::TextList => *ty == Type::TEXT_ARRAY,
        Kind::UuidList => *ty == Type::UUID_ARRAY,
    }
}
