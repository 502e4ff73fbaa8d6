//! Restoring: unpacked and checked beside its place, then moved there in one step.

use super::{
    ArchiveProgress, ArchiveStep, CHUNK_BYTES, Entry, FORMAT, Hashing, MANIFEST_NAME, Making, Manifest, at,
    corrupt, named, parent, save::read_migrations, sync_folder,
};
use crate::migrate::refuse_strangers;
use crate::{Migrations, sqlite};
use flate2::read::GzDecoder;
use platform::Fault;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Read, Write};
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;

/// A manifest longer than this is none of ours: ten million files.
const MANIFEST_BYTES_MAX: u64 = 2 * 1024 * 1024 * 1024;

pub(super) struct Job {
    pub(super) file: PathBuf,
    pub(super) data: PathBuf,
    pub(super) known: Vec<Migrations>,
}

impl Job {
    pub(super) fn restore(self, mut progress: impl FnMut(ArchiveProgress)) -> Result<Manifest, Fault> {
        refuse_full_folder(&self.data)?;
        std::fs::create_dir_all(parent(&self.data)).map_err(|e| at(&self.data, e))?;
        let making = Making::beside(&self.data, ".restoring")?;
        let unpacked =
            unpack(&self.file, &making.0, &mut progress).map_err(|f| f.context(self.file.display()))?;
        let manifest = unpacked.agree().map_err(|f| f.context(self.file.display()))?;
        progress(ArchiveProgress { step: ArchiveStep::CheckDatabase, done: 0, total: 0 });
        self.check_database(&making.0, &manifest)?;
        sync_tree(&making.0)?;
        // One step: an empty folder is replaced, a full one refuses.
        std::fs::rename(&making.0, &self.data).map_err(|e| at(&self.data, e))?;
        sync_folder(parent(&self.data))?;
        Ok(manifest)
    }

    fn check_database(&self, folder: &Path, manifest: &Manifest) -> Result<(), Fault> {
        let path = folder.join(&manifest.database);
        let db = rusqlite::Connection::open(&path).map_err(sqlite::fault)?;
        sqlite::check_whole(&db)?;
        let applied = read_migrations(&db)?;
        if applied != manifest.migrations {
            return Err(corrupt("the manifest names other migrations than the database"));
        }
        let applied: Vec<_> = applied.into_iter().map(|m| (m.capability, m.name, m.hash)).collect();
        refuse_strangers(&self.known, &applied)?;
        db.close().map_err(|(_, e)| sqlite::fault(e))
    }
}

fn refuse_full_folder(data: &Path) -> Result<(), Fault> {
    let first = match std::fs::read_dir(data) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        entries => entries.map_err(|e| at(data, e))?.next(),
    };
    match first {
        None => Ok(()),
        Some(_) => Err(named(data, "is not empty; restore into a new directory")),
    }
}

/// What came out of the archive.
#[derive(Default)]
struct Unpacked {
    found: BTreeMap<String, Entry>,
    manifest: Option<Manifest>,
}

impl Unpacked {
    /// Holds what came out against the manifest.
    fn agree(self) -> Result<Manifest, Fault> {
        let manifest = self.manifest.ok_or_else(|| corrupt("it has no manifest: it was cut short"))?;
        if manifest.format > FORMAT {
            return Err(Fault::broken("it was written by a newer mulin; install that"));
        }
        for entry in &manifest.entries {
            match self.found.get(&entry.path) {
                Some(found) if found == entry => {}
                Some(_) => return Err(corrupt(format!("{} was changed: its hash is another", entry.path))),
                None => return Err(corrupt(format!("{} is missing", entry.path))),
            }
        }
        if self.found.len() != manifest.entries.len() {
            return Err(corrupt("it has files that its manifest does not name"));
        }
        if !self.found.contains_key(&manifest.database) {
            return Err(corrupt("it has no database"));
        }
        Ok(manifest)
    }
}

fn unpack(file: &Path, folder: &Path, progress: &mut impl FnMut(ArchiveProgress)) -> Result<Unpacked, Fault> {
    let opened = File::open(file)?;
    let total = opened.metadata()?.len();
    let read = Rc::new(Cell::new(0));
    let counted = Counted { inner: BufReader::with_capacity(CHUNK_BYTES, opened), read: read.clone() };
    let mut archive = tar::Archive::new(GzDecoder::new(counted));
    let mut unpacked = Unpacked::default();
    for entry in archive.entries().map_err(unreadable)? {
        let mut entry = entry.map_err(unreadable)?;
        let path = entry.path().map_err(unreadable)?.into_owned();
        let name = safe_name(&path).ok_or_else(|| corrupt(format!("{} is no path", path.display())))?;
        if !entry.header().entry_type().is_file() {
            return Err(corrupt(format!("{name} is no file")));
        }
        if name == MANIFEST_NAME {
            let manifest = serde_json::from_reader(entry.by_ref().take(MANIFEST_BYTES_MAX));
            unpacked.manifest = Some(manifest.map_err(|e| corrupt("its manifest is unreadable").because(e))?);
            continue;
        }
        let unpacked_entry = unpack_entry(&mut entry, &name, folder)?;
        if unpacked.found.insert(name.clone(), unpacked_entry).is_some() {
            return Err(corrupt(format!("{name} is in it twice")));
        }
        progress(ArchiveProgress { step: ArchiveStep::Unpack, done: read.get(), total });
    }
    // Behind the last entry stands the check of the compression itself.
    std::io::copy(&mut archive.into_inner(), &mut std::io::sink()).map_err(unreadable)?;
    progress(ArchiveProgress { step: ArchiveStep::Unpack, done: total, total });
    Ok(unpacked)
}

/// A reader that counts.
struct Counted<R> {
    inner: R,
    read: Rc<Cell<u64>>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.read.set(self.read.get() + read as u64);
        Ok(read)
    }
}

fn unpack_entry(from: &mut impl Read, name: &str, folder: &Path) -> Result<Entry, Fault> {
    let to = folder.join(name);
    std::fs::create_dir_all(parent(&to)).map_err(|e| at(&to, e))?;
    let mut file = File::create_new(&to).map_err(|e| at(&to, e))?;
    let mut hashing = Hashing::new(from);
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        let read = hashing.read(&mut chunk).map_err(unreadable)?;
        if read == 0 {
            break;
        }
        file.write_all(&chunk[..read]).map_err(|e| at(&to, e))?;
    }
    file.sync_all().map_err(|e| at(&to, e))?;
    Ok(hashing.finish(name.to_owned()))
}

/// A path that stays below the folder it is unpacked into.
fn safe_name(path: &Path) -> Option<String> {
    let is_plain = path.components().all(|part| matches!(part, Component::Normal(_)));
    path.to_str().filter(|name| is_plain && !name.is_empty()).map(str::to_owned)
}

fn unreadable(e: std::io::Error) -> Fault {
    corrupt("it is no archive of mulin, or damaged, or cut short").because(e)
}

fn sync_tree(folder: &Path) -> Result<(), Fault> {
    for entry in std::fs::read_dir(folder).map_err(|e| at(folder, e))? {
        let entry = entry.map_err(|e| at(folder, e))?;
        if entry.file_type().map_err(|e| at(folder, e))?.is_dir() {
            sync_tree(&entry.path())?;
        }
    }
    sync_folder(folder)
}
