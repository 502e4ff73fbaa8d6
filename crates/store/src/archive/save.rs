//! Saving: one moment of the database, then the folders, packed and hashed on the way.

use super::{
    AppliedMigration, ArchiveProgress, ArchiveStep, CHUNK_BYTES, FORMAT, Hashing, MANIFEST_NAME, Making,
    Manifest, at, named, parent, sync_folder,
};
use crate::sqlite;
use flate2::{Compression, write::GzEncoder};
use platform::{Fault, Time};
use rusqlite::backup::{Backup, StepResult};
use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Pages copied between two words of progress.
const COPY_PAGES: i32 = 1024;
const BUSY_WAIT: Duration = Duration::from_millis(20);

pub(super) struct Job {
    pub(super) database: PathBuf,
    pub(super) data: PathBuf,
    pub(super) folders: Vec<String>,
    pub(super) file: PathBuf,
    pub(super) created_at: Time,
}

impl Job {
    pub(super) fn save(self, mut progress: impl FnMut(ArchiveProgress)) -> Result<Manifest, Fault> {
        if self.file.exists() {
            return Err(named(&self.file, "exists already; name a new file"));
        }
        let making = Making::beside(&self.file, ".making")?;
        let copy = making.0.join("database");
        let migrations = copy_database(&self.database, &copy, &mut progress)?;
        let name = self.database.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let files = self.list_files(&name, &copy)?;
        let manifest = Manifest {
            format: FORMAT,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            created_at: self.created_at,
            engine: "SQLite".to_owned(),
            database: name,
            migrations,
            entries: Vec::new(),
        };
        let packed = making.0.join("archive");
        let manifest = pack(&packed, manifest, &files, &mut progress)?;
        std::fs::rename(&packed, &self.file).map_err(|e| at(&self.file, e))?;
        sync_folder(parent(&self.file))?;
        Ok(manifest)
    }

    /// Path in the archive and on the disk of everything that is saved, the database first.
    fn list_files(&self, name: &str, copy: &Path) -> Result<Vec<(String, PathBuf)>, Fault> {
        let mut files = vec![(name.to_owned(), copy.to_owned())];
        for folder in &self.folders {
            list_below(&self.data.join(folder), folder, &mut files)?;
        }
        Ok(files)
    }
}

fn list_below(folder: &Path, path: &str, files: &mut Vec<(String, PathBuf)>) -> Result<(), Fault> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(e) => return Err(at(folder, e)),
    };
    let mut entries: Vec<_> = entries.collect::<Result<_, _>>().map_err(|e| at(folder, e))?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let name =
            entry.file_name().into_string().map_err(|_| named(&entry.path(), "has no readable name"))?;
        let below = format!("{path}/{name}");
        // Through a link: a shelf may lie on another disk.
        let kind = match std::fs::metadata(entry.path()) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => continue,
            kind => kind.map_err(|e| at(&entry.path(), e))?,
        };
        if kind.is_dir() {
            list_below(&entry.path(), &below, files)?;
        } else if kind.is_file() {
            files.push((below, entry.path()));
        }
    }
    Ok(())
}

/// Copies one moment of the database: a snapshot is held, so that writes neither show in the copy nor start it anew.
fn copy_database(
    from: &Path,
    to: &Path,
    progress: &mut impl FnMut(ArchiveProgress),
) -> Result<Vec<AppliedMigration>, Fault> {
    let source = sqlite::read_only(from)?;
    source.execute_batch("begin; select 1 from sqlite_master limit 1;").map_err(sqlite::fault)?;
    let page_bytes: u64 = source
        .query_row("pragma page_size", (), |row| row.get::<_, i64>(0))
        .map_err(sqlite::fault)?
        .unsigned_abs();
    let mut target = rusqlite::Connection::open(to).map_err(sqlite::fault)?;
    let copy = Backup::new(&source, &mut target).map_err(sqlite::fault)?;
    loop {
        let step = copy.step(COPY_PAGES).map_err(sqlite::fault)?;
        let state = copy.progress();
        let total = state.pagecount.max(0) as u64;
        let done = total.saturating_sub(state.remaining.max(0) as u64);
        progress(ArchiveProgress {
            step: ArchiveStep::CopyDatabase,
            done: done * page_bytes,
            total: total * page_bytes,
        });
        match step {
            StepResult::Done => break,
            StepResult::More => {}
            _ => std::thread::sleep(BUSY_WAIT),
        }
    }
    drop(copy);
    progress(ArchiveProgress { step: ArchiveStep::CheckDatabase, done: 0, total: 0 });
    sqlite::check_whole(&target)?;
    let migrations = read_migrations(&target)?;
    // A copy in the log's mode would leave files of its own beside it when it is next opened.
    target.close().map_err(|(_, e)| sqlite::fault(e))?;
    Ok(migrations)
}

pub(super) fn read_migrations(db: &rusqlite::Connection) -> Result<Vec<AppliedMigration>, Fault> {
    let text = "select capability, name, hash from platform_migration order by applied_at, capability, name";
    let mut prepared = db.prepare(text).map_err(sqlite::fault)?;
    let rows = prepared.query_map((), |row| {
        Ok(AppliedMigration { capability: row.get(0)?, name: row.get(1)?, hash: row.get(2)? })
    });
    rows.and_then(Iterator::collect).map_err(sqlite::fault)
}

/// Writes the archive, the manifest last, and answers the manifest with its entries.
fn pack(
    to: &Path,
    mut manifest: Manifest,
    files: &[(String, PathBuf)],
    progress: &mut impl FnMut(ArchiveProgress),
) -> Result<Manifest, Fault> {
    let total = files.iter().map(|(_, file)| sqlite::file_bytes(file)).sum();
    let file = File::options().write(true).create_new(true).mode(0o600).open(to).map_err(|e| at(to, e))?;
    let mut archive =
        tar::Builder::new(GzEncoder::new(BufWriter::with_capacity(CHUNK_BYTES, file), Compression::fast()));
    let mut done = 0;
    for (path, source) in files {
        let opened = match File::open(source) {
            // Swept since it was listed: no row of any moment names it.
            Err(e) if e.kind() == std::io::ErrorKind::NotFound && *path != manifest.database => continue,
            opened => opened.map_err(|e| at(source, e))?,
        };
        let bytes = opened.metadata().map_err(|e| at(source, e))?.len();
        let mut told = Told { inner: opened.take(bytes), done: &mut done, total, progress: &mut *progress };
        let mut hashing = Hashing::new(&mut told);
        append(&mut archive, path, bytes, manifest.created_at, &mut hashing).map_err(|e| at(source, e))?;
        if hashing.bytes != bytes {
            return Err(named(source, "became shorter while it was saved"));
        }
        manifest.entries.push(hashing.finish(path.clone()));
    }
    let text = serde_json::to_vec_pretty(&manifest).map_err(|e| named(to, "has no manifest").because(e))?;
    append(&mut archive, MANIFEST_NAME, text.len() as u64, manifest.created_at, &mut text.as_slice())
        .map_err(|e| at(to, e))?;
    let written = archive.into_inner().and_then(GzEncoder::finish);
    let mut written = written.map_err(|e| at(to, e))?;
    written.flush().and_then(|()| written.get_ref().sync_all()).map_err(|e| at(to, e))?;
    Ok(manifest)
}

fn append(
    archive: &mut tar::Builder<impl Write>,
    path: &str,
    bytes: u64,
    created_at: Time,
    from: &mut impl Read,
) -> std::io::Result<()> {
    let mut header = tar::Header::new_gnu();
    header.set_size(bytes);
    header.set_mode(0o600);
    header.set_mtime((created_at.micros() / 1_000_000).unsigned_abs());
    archive.append_data(&mut header, path, from)
}

/// A reader that tells how far it is.
struct Told<'a, R, P> {
    inner: R,
    done: &'a mut u64,
    total: u64,
    progress: &'a mut P,
}

impl<R: Read, P: FnMut(ArchiveProgress)> Read for Told<'_, R, P> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(buffer)?;
        *self.done += read as u64;
        (self.progress)(ArchiveProgress { step: ArchiveStep::Pack, done: *self.done, total: self.total });
        Ok(read)
    }
}
