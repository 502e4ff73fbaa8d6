//! Migrations: numbered SQL per capability, applied in order, checked by hash, never edited once released.

use crate::{Conn, Db, Tx, sql};
use platform::{Actor, DistrictId, Fault, Time};
use sha2::{Digest, Sha256};

/// One file of SQL with the store's placeholders.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    pub name: &'static str,
    pub text: &'static str,
}

/// A capability's migrations, oldest first.
#[derive(Clone, Copy, Debug)]
pub struct Migrations {
    pub capability: &'static str,
    pub list: &'static [Migration],
}

/// Lists the files of a crate's `migrations/` folder: `migrations!("cases", ["0001_open_case.sql"])`.
#[macro_export]
macro_rules! migrations {
    ($capability:literal, [$($file:literal),* $(,)?]) => {
        $crate::Migrations {
            capability: $capability,
            list: &[$($crate::Migration {
                name: $file,
                text: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/", $file)),
            }),*],
        }
    };
}

const TABLE: &str = "create table if not exists platform_migration (
    capability text not null, name text not null, hash text not null, applied_at {int} not null,
    primary key (capability, name)) {strict};";

sql! {
    APPLIED: () -> (String, String, String) =
        "select capability, name, hash from platform_migration order by capability, name";
    FIND: (String, String) -> (String,) =
        "select hash from platform_migration where capability = $1 and name = $2";
    NOTE: (String, String, String, Time) =
        "insert into platform_migration (capability, name, hash, applied_at) values ($1, $2, $3, $4)";
}

impl Db {
    /// Applies what is missing, each file in a transaction of its own; answers the names of those applied.
    ///
    /// Refuses where an applied file has changed since, or where the database knows a file this program does not.
    pub async fn migrate(&self, all: &[Migrations]) -> Result<Vec<String>, Fault> {
        let actor = Actor::system(DistrictId(0), "migrations");
        self.refuse_collation().await?;
        self.write(&actor, async |tx: &mut Tx| {
            let text = spell(TABLE, tx.is_sqlite());
            tx.batch(&text).await
        })
        .await?;
        let applied = self.applied_migrations().await?;
        refuse_strangers(all, &applied)?;
        let mut done = Vec::new();
        for migrations in all {
            for migration in migrations.list {
                let capability = migrations.capability;
                let known = applied.iter().find(|(c, n, _)| c == capability && n == migration.name);
                match known {
                    Some((_, _, hash)) if *hash == hash_of(migration) => {}
                    Some(_) => {
                        let what = format!(
                            "migration {capability}/{} was edited after it was applied",
                            migration.name
                        );
                        return Err(Fault::broken(what));
                    }
                    None => {
                        let apply = async move |tx: &mut Tx| apply(tx, capability, migration).await;
                        if self.write(&actor, apply).await? {
                            done.push(format!("{capability}/{}", migration.name));
                        }
                    }
                }
            }
        }
        Ok(done)
    }

    /// Capability, file and hash of what has been applied.
    pub(crate) async fn applied_migrations(&self) -> Result<Vec<(String, String, String)>, Fault> {
        self.read(async |conn: &mut Conn| conn.all(&APPLIED, ()).await).await
    }

    /// Text sorts and compares by its bytes on SQLite; a database of another order would give other lists and other
    /// subtrees of a path.
    async fn refuse_collation(&self) -> Result<(), Fault> {
        self.read(async |conn: &mut Conn| {
            let Some(collation) = conn.collation().await? else { return Ok(()) };
            if collation.starts_with("C.") || ["C", "POSIX"].contains(&collation.as_str()) {
                return Ok(());
            }
            Err(Fault::broken(format!(
                "the database sorts text by {collation}; make it with: create database mulin \
                 template template0 encoding 'UTF8' lc_collate 'C' lc_ctype 'C.UTF-8'"
            )))
        })
        .await
    }
}

pub(crate) fn refuse_strangers(
    all: &[Migrations],
    applied: &[(String, String, String)],
) -> Result<(), Fault> {
    let known = |capability: &str, name: &str| {
        all.iter().any(|m| m.capability == capability && m.list.iter().any(|f| f.name == name))
    };
    match applied.iter().find(|(c, n, _)| !known(c, n)) {
        Some((c, n, _)) => Err(Fault::broken(format!(
            "the database is newer than this program: it has {c}/{n}; install a newer mulin"
        ))),
        None => Ok(()),
    }
}

/// Applies one file; false where another server has just done so.
async fn apply(tx: &mut Tx, capability: &str, migration: &Migration) -> Result<bool, Fault> {
    let named = |f: Fault| f.context(format_args!("migration {capability}/{}", migration.name));
    if migration.text.to_lowercase().contains("deferrable") {
        // Such a key refuses at the commit, which writes of others share.
        return Err(named(Fault::broken("a deferrable constraint is not allowed")));
    }
    if !tx.is_sqlite() {
        tx.batch("set local statement_timeout = 0; lock table platform_migration in exclusive mode").await?;
    }
    let key = (capability.to_owned(), migration.name.to_owned());
    if tx.optional(&FIND, key.clone()).await?.is_some() {
        return Ok(false);
    }
    let text = spell(migration.text, tx.is_sqlite());
    tx.batch(&text).await.map_err(named)?;
    let now = tx.now();
    tx.execute(&NOTE, (key.0, key.1, hash_of(migration), now)).await?;
    Ok(true)
}

fn hash_of(migration: &Migration) -> String {
    Sha256::digest(migration.text.as_bytes()).iter().map(|b| format!("{b:02x}")).collect()
}

/// Turns placeholders into the engine's types and drops the other engine's `-- only:` sections (each ends at `-- end`).
fn spell(text: &str, sqlite: bool) -> String {
    let words: [(&str, &str, &str); 9] = [
        ("{int}", "integer", "bigint"),
        ("{real}", "real", "double precision"),
        ("{bool}", "integer", "boolean"),
        ("{uuid}", "blob", "uuid"),
        ("{json}", "text", "jsonb"),
        ("{bytes}", "blob", "bytea"),
        ("{strict}", "strict", ""),
        ("{clustered}", "without rowid, strict", ""),
        ("{text_c}", "text", "text collate \"C\""),
    ];
    let mut out = String::with_capacity(text.len());
    let mut skipping = false;
    for line in text.lines() {
        match line.trim() {
            "-- only: sqlite" => skipping = !sqlite,
            "-- only: postgres" => skipping = sqlite,
            "-- end" => skipping = false,
            _ if skipping => {}
            _ => {
                out.push_str(line);
                out.push('\n');
            }
        }
    }
    for (mark, in_sqlite, in_postgres) in words {
        out = out.replace(mark, if sqlite { in_sqlite } else { in_postgres });
    }
    out
}
