//! How the server stands, for its system administrator: engine, size, what waits, what is late, room on the disk, backups.

use crate::backup_note::{self, BackupNote};
use axum::Json;
use axum::extract::State;
use edge::{Capability, Edge, Preparation, Settings, Who};
use platform::{Fault, Permission, Problem, Time, Words};
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// A timer rings within a second; one that has waited longer than this is late.
const LATE_AFTER: Duration = Duration::from_secs(60);
/// Files counted below the folder of attachments; beyond that the size is said to be at least this much.
const FILES_MAX: usize = 200_000;

pub static SEE_HEALTH: Permission = Permission::new(
    "server.see_health",
    "查看系统运行和备份状况",
    "See how the server stands, and its backups",
);

/// The server itself, as a member of its own house: it has a permission and a route, and no tables.
pub const CAPABILITY: Capability = Capability {
    name: "server",
    words: Words::of("系统运行", "Server"),
    migrations: store::Migrations { capability: "server", list: &[] },
    permissions: &[&SEE_HEALTH],
    api: || OpenApiRouter::new().routes(routes!(show_health)),
    pages: axum::Router::new,
    reactions: &[],
    timers: &[],
    prepare,
};

/// When this server opened.
struct Opened(Time);

fn prepare(db: &store::Db) -> Preparation<'_> {
    Box::pin(async move {
        db.fixtures().put(Arc::new(Opened(db.clock().now())));
        Ok(())
    })
}

/// 系统运行状况 · How the server stands.
#[derive(Serialize, ToSchema)]
pub(crate) struct HealthView {
    version: String,
    /// `SQLite` or `PostgreSQL`
    engine: String,
    now: Time,
    /// 本次启动的时刻 · Since when this server is open.
    opened_at: Time,
    /// 数据库大小（字节）· Bytes of the database.
    database_bytes: u64,
    /// 附件 · Photos beside it.
    attachments_bytes: u64,
    attachments: usize,
    /// 数据目录所在磁盘的可用和总字节 · Bytes free and in all on the disk of the data directory.
    disk_free_bytes: Option<u64>,
    disk_bytes: Option<u64>,
    /// 待办的后台事项，最早的一条从何时起等 · Background work that waits, and since when.
    outbox_rows: u64,
    outbox_oldest: Option<Time>,
    /// 该响未响的定时 · Timers that should have rung.
    late_timers: u64,
    late_since: Option<Time>,
    migrations: Vec<MigrationView>,
    /// 最近一次备份，没有则为空 · The latest backup made by `mulin backup`; nothing where none is known.
    backup: Option<BackupNote>,
    /// 最近一次恢复检验 · The latest backup that was restored for a check, with `mulin check-backup`.
    backup_check: Option<BackupNote>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct MigrationView {
    capability: String,
    name: String,
    applied_at: Time,
}

/// 系统运行和备份状况 · How the server stands, and its backups
#[utoipa::path(get, path = "/api/server/health", operation_id = "show_health", tag = "server",
    responses((status = 200, body = HealthView), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub(crate) async fn show_health(who: Who, State(edge): State<Edge>) -> Result<Json<HealthView>, Problem> {
    let actor = who.signed_in()?;
    if !actor.holds_everywhere(&SEE_HEALTH) {
        return Err(Problem::forbidden().with("permission", SEE_HEALTH.name));
    }
    look(&edge).await.map(Json).map_err(|fault| {
        tracing::error!("The server could not say how it stands: {fault:?}");
        Problem::from(&fault)
    })
}

async fn look(edge: &Edge) -> Result<HealthView, Fault> {
    let now = edge.now();
    let standing = edge.db.standing(now.before(LATE_AFTER)).await?;
    let backlog = edge.db.outbox_backlog().await?;
    let data = edge.fixture::<Settings>().data.clone();
    let disk = measure(data).await?;
    let migration = |m: store::MigrationRow| MigrationView {
        capability: m.capability,
        name: m.name,
        applied_at: m.applied_at,
    };
    Ok(HealthView {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        engine: edge.db.engine_name().to_owned(),
        now,
        opened_at: edge.fixture::<Opened>().0,
        database_bytes: standing.bytes,
        attachments_bytes: disk.attachments.bytes,
        attachments: disk.attachments.files,
        disk_free_bytes: disk.free,
        disk_bytes: disk.all,
        outbox_rows: backlog.rows,
        outbox_oldest: backlog.oldest,
        late_timers: standing.late_timers,
        late_since: standing.late_since,
        migrations: standing.migrations.into_iter().map(migration).collect(),
        backup: disk.backup,
        backup_check: disk.backup_check,
    })
}

/// What is read of the disk.
struct Disk {
    attachments: Folder,
    free: Option<u64>,
    all: Option<u64>,
    backup: Option<BackupNote>,
    backup_check: Option<BackupNote>,
}

#[derive(Default)]
struct Folder {
    files: usize,
    bytes: u64,
}

/// A folder of many files takes its time: on a thread of its own.
async fn measure(data: PathBuf) -> Result<Disk, Fault> {
    let work = move || {
        let room = rustix::fs::statvfs(&data).ok();
        let mut attachments = Folder::default();
        add_files(&data.join("attachments"), &mut attachments);
        Disk {
            attachments,
            free: room.as_ref().map(|r| r.f_bavail.saturating_mul(r.f_frsize)),
            all: room.as_ref().map(|r| r.f_blocks.saturating_mul(r.f_frsize)),
            backup: backup_note::read(&data, backup_note::MADE),
            backup_check: backup_note::read(&data, backup_note::CHECKED),
        }
    };
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|e| Fault::broken("measuring the disk broke off").because(e))
}

fn add_files(folder: &Path, found: &mut Folder) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        if found.files >= FILES_MAX {
            return;
        }
        match entry.metadata() {
            Ok(meta) if meta.is_dir() => add_files(&entry.path(), found),
            Ok(meta) => {
                found.files += 1;
                found.bytes += meta.len();
            }
            Err(_) => {}
        }
    }
}
