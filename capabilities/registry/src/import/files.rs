//! Tables on the disk: sealed where they lie, in clear only in a file without a name while they are read.

use super::BatchId;
use edge::Edge;
use platform::{DistrictId, Fault, Time};
use seal::{Context, Keyring};
use std::fs::{self, File};
use std::io::{self, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};
use tempfile::TempDir;
use zeroize::Zeroizing;

/// How long a table lies: then it is sent again or forgotten.
const KEPT: Duration = Duration::from_hours(7 * 24);
const SCRATCH: &str = "scratch-";

/// The folder of a district's tables.
#[derive(Clone, Debug)]
pub(crate) struct Files {
    folder: PathBuf,
    district: DistrictId,
}

/// What is kept of a batch.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Part {
    Table,
    Errors,
}

impl Part {
    const fn ending(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Errors => "errors",
        }
    }

    const fn column(self) -> &'static str {
        match self {
            Self::Table => "imports.table",
            Self::Errors => "imports.errors",
        }
    }
}

impl Files {
    pub fn of(edge: &Edge, district: DistrictId) -> Self {
        Self { folder: edge.settings().data.join("imports").join(district.to_string()), district }
    }

    fn path(&self, id: BatchId, part: Part) -> PathBuf {
        self.folder.join(format!("{id}.{}", part.ending()))
    }

    /// Keeps bytes, sealed; written whole or not at all.
    pub fn keep(&self, keys: &Keyring, id: BatchId, part: Part, plain: &[u8]) -> Result<(), Fault> {
        let context = Context { district: self.district, column: part.column(), row: id.0 };
        let sealed = keys.seal(&context, plain)?;
        self.write(&self.path(id, part), &sealed).map_err(|e| Fault::from(e).context("keeping a table"))
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        let mut file = tempfile::Builder::new().prefix(SCRATCH).tempfile_in(&self.folder)?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        File::open(&self.folder)?.sync_all()
    }

    /// The bytes again; nothing where they are gone.
    pub fn read(&self, keys: &Keyring, id: BatchId, part: Part) -> Result<Option<Zeroizing<Vec<u8>>>, Fault> {
        let sealed = match fs::read(self.path(id, part)) {
            Ok(sealed) => sealed,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(Fault::from(e).context("reading a table")),
        };
        let context = Context { district: self.district, column: part.column(), row: id.0 };
        Ok(Some(keys.open(&context, &sealed)?))
    }

    /// The table in a file that has no name and is gone when it is let go.
    pub fn open(&self, keys: &Keyring, id: BatchId) -> Result<Option<File>, Fault> {
        let Some(plain) = self.read(keys, id, Part::Table)? else { return Ok(None) };
        self.nameless(&plain).map(Some)
    }

    /// Bytes in a file without a name.
    pub fn nameless(&self, plain: &[u8]) -> Result<File, Fault> {
        fs::create_dir_all(&self.folder)?;
        let mut file = tempfile::tempfile_in(&self.folder)?;
        file.write_all(plain)?;
        file.rewind()?;
        Ok(file)
    }

    /// A folder for what has to have a name while it is made.
    pub fn scratch(&self) -> Result<TempDir, Fault> {
        fs::create_dir_all(&self.folder)?;
        Ok(tempfile::Builder::new().prefix(SCRATCH).tempdir_in(&self.folder)?)
    }

    /// Forgets a batch's table, and its errors.
    pub fn remove(&self, id: BatchId, parts: &[Part]) {
        for part in parts {
            // Gone already, or the next sweep's.
            let _ = fs::remove_file(self.path(id, *part));
        }
    }

    /// What a process left that was killed. Only when none is at work.
    pub fn sweep_scratch(&self) {
        for entry in self.entries() {
            if entry.file_name().to_string_lossy().starts_with(SCRATCH) {
                let path = entry.path();
                let _ = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
            }
        }
    }

    /// Removes tables nobody came back for; answers how many files.
    pub fn sweep_old(&self, now: Time) -> usize {
        let before = now.before(KEPT);
        let is_old = |entry: &fs::DirEntry| {
            let modified = entry.metadata().and_then(|meta| meta.modified()).ok();
            let since = modified.and_then(|at| at.duration_since(UNIX_EPOCH).ok());
            let micros = since.and_then(|since| i64::try_from(since.as_micros()).ok());
            micros.is_some_and(|micros| Time::from_micros(micros) < before)
        };
        self.entries().filter(is_old).filter(|entry| fs::remove_file(entry.path()).is_ok()).count()
    }

    fn entries(&self) -> impl Iterator<Item = fs::DirEntry> {
        fs::read_dir(&self.folder).into_iter().flatten().filter_map(Result::ok)
    }
}
