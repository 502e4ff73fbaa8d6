//! How the database stands: its size, the timers that should have rung, the migrations it has had. For an operator's screen.

use crate::{Conn, Db, row, sql};
use platform::{Fault, Time};
use std::path::Path;

row! {
    /// A migration the database has had, and when.
    #[derive(Clone, Debug)]
    pub struct MigrationRow {
        pub capability: String,
        pub name: String,
        pub applied_at: Time,
    }
}

sql! {
    /// SQLite's size is that of its files.
    BYTES: () -> (i64,) =
        sqlite "select 0"
        postgres "select pg_database_size(current_database())";
    LATE_TIMERS: (Time,) -> (i64, Option<Time>) =
        "select count(*), min(due_at) from platform_timer where due_at <= $1 /* every district */";
    MIGRATIONS: () -> MigrationRow =
        "select capability, name, applied_at from platform_migration order by applied_at, capability, name";
}

/// What the database says of itself.
#[derive(Clone, Debug)]
pub struct Standing {
    /// Bytes of the database, without the files beside it.
    pub bytes: u64,
    /// Timers that were due at the moment asked and have not rung.
    pub late_timers: u64,
    /// When the first of them was due.
    pub late_since: Option<Time>,
    /// In the order in which they were applied.
    pub migrations: Vec<MigrationRow>,
}

impl Db {
    /// How the database stands; timers count as late when they were due at `due` or before.
    pub async fn standing(&self, due: Time) -> Result<Standing, Fault> {
        let files = self.sqlite_path().map(bytes_of_files);
        self.read(async move |conn: &mut Conn| {
            let (bytes,) = conn.one(&BYTES, ()).await?;
            let (late, late_since) = conn.one(&LATE_TIMERS, (due,)).await?;
            let migrations = conn.all(&MIGRATIONS, ()).await?;
            let count = |n: i64| u64::try_from(n).unwrap_or(0);
            Ok(Standing {
                bytes: files.unwrap_or(count(bytes)),
                late_timers: count(late),
                late_since,
                migrations,
            })
        })
        .await
    }
}

/// The file and what is still written beside it.
fn bytes_of_files(path: &Path) -> u64 {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    let size = |path: &Path| std::fs::metadata(path).map_or(0, |meta| meta.len());
    size(path) + size(Path::new(&log))
}
