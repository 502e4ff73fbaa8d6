//! The registry of all statements, and the check that holds each against the schema of an engine.

use crate::conn::Engine;
use crate::schema::Schema;
use crate::{Column, Conn, Db, Description, Kind, district_rule, postgres, sqlite, walk_rule};
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
    /// `module::NAME`, or the name of a table's key.
    pub statement: String,
    pub sentence: String,
}

impl Db {
    /// Prepares every statement against the migrated schema and compares parameters and columns with the Rust types:
    /// number, kind, name, and whether null may come. Holds statements to their district, and unique keys to their names.
    ///
    /// What no engine tells is not checked: computed columns, and columns an outer join may leave empty.
    pub async fn check_statements(&self) -> Result<Vec<StatementFault>, Fault> {
        self.read(async |conn: &mut Conn| {
            let schema = Schema::read(conn).await?;
            let mut faults = schema.misnamed_keys();
            for description in statements() {
                let mut found = match &conn.engine {
                    Engine::Sqlite(db) => check_sqlite(db, &description),
                    Engine::Postgres(session) => check_postgres(session, &description, &schema).await?,
                };
                let written = description.statement.written();
                found.extend(district_rule::check(written, &schema.district_tables));
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

impl Db {
    /// The statements by which SQLite would walk through more than a part of a district, and do not say so. PostgreSQL, which has the
    /// same indexes, finds none.
    pub async fn find_walks(&self) -> Result<Vec<StatementFault>, Fault> {
        self.read(async |conn: &mut Conn| {
            let Engine::Sqlite(db) = &conn.engine else { return Ok(Vec::new()) };
            let mut faults = Vec::new();
            for Description { statement, .. } in statements() {
                let walk = walk_rule::find(db, statement.written()[0], statement.sqlite());
                let statement = format!("{}::{}", statement.module, statement.name);
                faults.extend(
                    walk.map_err(sqlite::fault)?.map(|sentence| StatementFault { statement, sentence }),
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
    for (i, (found, expected)) in columns.iter().zip(&description.columns).enumerate() {
        name(&mut faults, found.name(), expected);
        if let Some(decl) = found.decl_type()
            && !sqlite_fits(expected.kind, decl)
        {
            faults.push(format!("column {} is {decl}, not {:?}", found.name(), expected.kind));
        }
        if let Ok(Some((_, _, _, decl, _, not_null, is_key, _))) = prepared.column_metadata(i) {
            // The row's own number is never null, though SQLite does not say so.
            let is_row_number = is_key && decl.is_some_and(|d| d.to_bytes().eq_ignore_ascii_case(b"integer"));
            nullability(&mut faults, found.name(), !not_null && !is_row_number, expected);
        }
    }
    faults
}

async fn check_postgres(
    session: &postgres::Session,
    description: &Description,
    schema: &Schema,
) -> Result<Vec<String>, Fault> {
    session.batch("savepoint statement").await?;
    let prepared = session.prepare(description.statement.postgres()).await;
    // A statement PostgreSQL refuses would take all that follow with it.
    session.batch("rollback to statement").await?;
    let prepared = match prepared {
        Ok(prepared) => prepared,
        Err(e) => return Ok(vec![format!("PostgreSQL refuses it: {e:?}")]),
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
        if let (Some(table), Some(column)) = (found.table_oid(), found.column_id()) {
            let may_be_null = schema.nullable_columns.contains(&(table, column));
            nullability(&mut faults, found.name(), may_be_null, expected);
        }
    }
    Ok(faults)
}

fn nullability(faults: &mut Vec<String>, column: &str, may_be_null: bool, expected: &Column) {
    if may_be_null && !expected.nullable {
        faults.push(format!("column {column} may be null, the Rust type is no Option"));
    }
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
