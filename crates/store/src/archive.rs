//! Backup: the database and the folders beside it in one file, made while writes go on, restored whole or not at all.
//!
//! The file is a gzipped tar. Its last entry, `manifest.json`, names every other with its hash: a file that was cut short
//! has no manifest and is refused.

mod restore;
mod save;

use crate::{Db, Migrations};
use platform::{Fault, FaultKind, Time};
use serde::{Deserialize, Serialize};
use std::io::Read;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

/// Entry of the manifest.
const MANIFEST_NAME: &str = "manifest.json";
/// The form of archive this program writes and reads.
const FORMAT: u32 = 1;
/// Bytes read at a time, and between two words of progress.
const CHUNK_BYTES: usize = 256 * 1024;

/// A backup file.
#[derive(Debug)]
pub struct Archive;

/// What an archive holds.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Manifest {
    /// The form of the archive.
    pub format: u32,
    /// The program that wrote it.
    pub version: String,
    pub created_at: Time,
    /// "SQLite": PostgreSQL is saved by its own tools.
    pub engine: String,
    /// The entry that is the database.
    pub database: String,
    /// What has been applied to the database, in order.
    pub migrations: Vec<AppliedMigration>,
    pub entries: Vec<Entry>,
}

/// A migration the database has had.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AppliedMigration {
    pub capability: String,
    pub name: String,
    pub hash: String,
}

/// A file of the archive.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Entry {
    /// Path below the data directory, with `/`.
    pub path: String,
    pub bytes: u64,
    pub sha256: String,
}

/// How far it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ArchiveProgress {
    pub step: ArchiveStep,
    /// Bytes done of this step.
    pub done: u64,
    /// Bytes of this step; 0 where they are not known.
    pub total: u64,
}

/// The steps of saving and of restoring, in their order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ArchiveStep {
    /// The database is copied as it is at one moment.
    CopyDatabase,
    /// All is packed into the archive.
    Pack,
    /// All is unpacked beside its place.
    Unpack,
    /// The copy is read through for damage.
    CheckDatabase,
}

impl Archive {
    /// Saves the database and the named folders of the data directory into a new file, while writes go on.
    ///
    /// The database comes first: a file it names was there before and is in its folder. Folders that are not there are
    /// left out. Refuses PostgreSQL (saved by `pg_dump`) and a file that exists.
    pub async fn save(
        db: &Db,
        data: &Path,
        folders: &[&str],
        file: &Path,
        progress: impl FnMut(ArchiveProgress) + Send + 'static,
    ) -> Result<Manifest, Fault> {
        let Some(database) = db.sqlite_path() else {
            return Err(Fault::broken(format!(
                "PostgreSQL is saved by its own tools: pg_dump --format=custom --file={} \"$DATABASE_URL\"; \
                 copy the folders of the data directory beside it",
                file.display()
            )));
        };
        let job = save::Job {
            database: database.to_owned(),
            data: data.to_owned(),
            folders: folders.iter().map(|folder| (*folder).to_owned()).collect(),
            file: file.to_owned(),
            created_at: db.clock().now(),
        };
        run(move || job.save(progress)).await
    }

    /// Restores into a data directory that is empty or not there: all of it is checked beside its place, then moved there
    /// in one step.
    ///
    /// Refuses a file that is cut short or changed (naming the entry), and a database newer than this program's `known`
    /// migrations.
    pub async fn restore(
        file: &Path,
        data: &Path,
        known: &[Migrations],
        progress: impl FnMut(ArchiveProgress) + Send + 'static,
    ) -> Result<Manifest, Fault> {
        let job = restore::Job { file: file.to_owned(), data: data.to_owned(), known: known.to_vec() };
        run(move || job.restore(progress)).await
    }
}

async fn run(work: impl FnOnce() -> Result<Manifest, Fault> + Send + 'static) -> Result<Manifest, Fault> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|_| Err(Fault::broken("the archive's work panicked")))
}

/// A folder for what is not finished; dropped, it is gone.
struct Making(PathBuf);

impl Making {
    /// Makes it beside `place`, in place of what a killed run has left.
    fn beside(place: &Path, ending: &str) -> Result<Self, Fault> {
        let mut name = place.file_name().ok_or_else(|| named(place, "is no place for a file"))?.to_owned();
        name.push(ending);
        let folder = place.with_file_name(name);
        if folder.exists() {
            std::fs::remove_dir_all(&folder).map_err(|e| at(&folder, e))?;
        }
        std::fs::create_dir_all(parent(&folder)).map_err(|e| at(&folder, e))?;
        // What lies in it is personal: for its owner's eyes only.
        std::fs::DirBuilder::new().mode(0o700).create(&folder).map_err(|e| at(&folder, e))?;
        Ok(Self(folder))
    }
}

impl Drop for Making {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Reads to the end, hashing and counting; the hash in lower-case hexadecimal digits.
struct Hashing<R> {
    inner: R,
    hash: sha2::Sha256,
    bytes: u64,
}

impl<R: Read> Hashing<R> {
    fn new(inner: R) -> Self {
        Self { inner, hash: sha2::Digest::new(), bytes: 0 }
    }

    fn finish(self, path: String) -> Entry {
        let digest = sha2::Digest::finalize(self.hash);
        let sha256 = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        Entry { path, bytes: self.bytes, sha256 }
    }
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(buffer)?;
        sha2::Digest::update(&mut self.hash, &buffer[..read]);
        self.bytes += read as u64;
        Ok(read)
    }
}

/// A rename or a new file is on the disk once its folder is.
fn sync_folder(folder: &Path) -> Result<(), Fault> {
    std::fs::File::open(folder).and_then(|f| f.sync_all()).map_err(|e| at(folder, e))
}

fn parent(path: &Path) -> &Path {
    path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn at(path: &Path, error: std::io::Error) -> Fault {
    Fault::from(error).context(path.display())
}

fn named(path: &Path, sentence: &str) -> Fault {
    Fault::broken(format!("{} {sentence}", path.display()))
}

fn corrupt(sentence: impl Into<String>) -> Fault {
    Fault::new(FaultKind::Corrupt, sentence)
}
