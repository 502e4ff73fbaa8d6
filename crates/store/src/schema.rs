//! What the statement check needs to know of the migrated schema, asked of the database itself.

use crate::StatementFault;
use crate::conn::{Conn, Engine};
use crate::sqlite;
use platform::Fault;
use std::collections::{BTreeMap, HashSet};

/// The schema in force.
pub(crate) struct Schema {
    /// Tables with a column `district`.
    pub(crate) district_tables: HashSet<String>,
    /// PostgreSQL only: table and column number of the columns that may be null.
    pub(crate) nullable_columns: HashSet<(u32, i16)>,
    unique_keys: Vec<UniqueKey>,
}

/// A unique key other than the primary one, with a name of its own.
struct UniqueKey {
    name: String,
    table: String,
    columns: Vec<String>,
}

const POSTGRES_DISTRICT_TABLES: &str = "select table_name::text from information_schema.columns
    where column_name = 'district' and table_schema = current_schema()";
const POSTGRES_NULLABLE: &str =
    "select a.attrelid, a.attnum from pg_attribute a join pg_class c on c.oid = a.attrelid
    where a.attnum > 0 and not a.attnotnull and c.relnamespace = current_schema()::regnamespace";
/// Keys over expressions keep the name they are given on both engines.
const POSTGRES_UNIQUE: &str = "select i.relname::text, t.relname::text, a.attname::text
    from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class t on t.oid = x.indrelid
    cross join unnest(x.indkey) with ordinality k(attnum, place)
    join pg_attribute a on a.attrelid = x.indrelid and a.attnum = k.attnum
    where x.indisunique and not x.indisprimary and x.indexprs is null and t.relnamespace = current_schema()::regnamespace
    order by i.relname, k.place";

const SQLITE_DISTRICT_TABLES: &str = "select m.name from sqlite_master m join pragma_table_info(m.name) c
    where m.type = 'table' and c.name = 'district'";
const SQLITE_UNIQUE: &str = "select i.name, m.name, c.name
    from sqlite_master m join pragma_index_list(m.name) i join pragma_index_info(i.name) c
    where m.type = 'table' and i.\"unique\" = 1 and i.origin = 'c'
      and not exists (select 1 from pragma_index_info(i.name) e where e.name is null)
    order by i.name, c.seqno";

impl Schema {
    pub(crate) async fn read(conn: &Conn) -> Result<Self, Fault> {
        let (tables, nullable, keys) = match &conn.engine {
            Engine::Sqlite(db) => {
                let tables = sqlite_texts::<1>(db, SQLITE_DISTRICT_TABLES)?;
                (tables, HashSet::new(), sqlite_texts::<3>(db, SQLITE_UNIQUE)?)
            }
            Engine::Postgres(session) => {
                let nullable = session.rows(POSTGRES_NULLABLE).await?;
                let nullable = nullable.iter().map(|row| (row.get(0), row.get(1))).collect();
                let tables = postgres_texts::<1>(&session.rows(POSTGRES_DISTRICT_TABLES).await?);
                (tables, nullable, postgres_texts::<3>(&session.rows(POSTGRES_UNIQUE).await?))
            }
        };
        let district_tables = tables.into_iter().map(|[table]| table).collect();
        Ok(Self { district_tables, nullable_columns: nullable, unique_keys: gather(keys) })
    }

    /// Unique keys whose name on PostgreSQL is not the one SQLite's refusals are given.
    pub(crate) fn misnamed_keys(&self) -> Vec<StatementFault> {
        let expected = |key: &UniqueKey| sqlite::key_name(&key.table, key.columns.iter().map(String::as_str));
        let misnamed = self.unique_keys.iter().filter(|key| key.name != expected(key));
        misnamed
            .map(|key| StatementFault {
                statement: key.name.clone(),
                sentence: format!("a unique key of {} must be called {}", key.table, expected(key)),
            })
            .collect()
    }
}

fn gather(rows: Vec<[String; 3]>) -> Vec<UniqueKey> {
    let mut keys: BTreeMap<String, UniqueKey> = BTreeMap::new();
    for [name, table, column] in rows {
        let key = keys.entry(name.clone()).or_insert(UniqueKey { name, table, columns: Vec::new() });
        key.columns.push(column);
    }
    keys.into_values().collect()
}

fn sqlite_texts<const N: usize>(db: &rusqlite::Connection, text: &str) -> Result<Vec<[String; N]>, Fault> {
    let mut prepared = db.prepare(text).map_err(sqlite::fault)?;
    let rows = prepared.query_map((), |row| {
        let mut texts = [const { String::new() }; N];
        for (i, cell) in texts.iter_mut().enumerate() {
            *cell = row.get(i)?;
        }
        Ok(texts)
    });
    rows.and_then(Iterator::collect).map_err(sqlite::fault)
}

fn postgres_texts<const N: usize>(rows: &[tokio_postgres::Row]) -> Vec<[String; N]> {
    rows.iter().map(|row| std::array::from_fn(|i| row.get(i))).collect()
}
