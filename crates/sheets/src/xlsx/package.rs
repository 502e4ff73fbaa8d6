//! The container of a workbook: parts by their path, unpacked while they are read and never beyond what is left to unpack.

use super::xml::Xml;
use crate::fault::SheetFault;
use platform::limits::MIB;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::FileExt;
use std::sync::Arc;
use zip::ZipArchive;
use zip::read::ZipFile;
use zip::result::ZipError;

/// Parts of a container; a workbook with a hundred sheets has some hundred.
const PARTS_MAX: usize = 10_000;
/// Bytes of one tag or one text: they are held in memory as a whole. The longest text of a cell has 32,767 characters.
const RUN_BYTES_MAX: usize = 4 * MIB as usize;
const CONTENT_TYPES: &str = "[Content_Types].xml";

/// How much may still be unpacked, over all parts. What a container says about its own size is not asked.
#[derive(Debug)]
pub(crate) struct Quota {
    bytes_left: u64,
    bytes_max: u64,
}

impl Quota {
    pub(crate) fn of(bytes_max: u64) -> Self {
        Self { bytes_left: bytes_max, bytes_max }
    }
}

/// The parts of a container.
#[derive(Debug)]
pub(crate) struct Package {
    archive: ZipArchive<Positioned>,
    /// Path in lower case, as programs do not agree on it → index in the container.
    parts: BTreeMap<String, usize>,
}

impl Package {
    pub(crate) fn open(file: File) -> Result<Self, SheetFault> {
        let archive = ZipArchive::new(Positioned { file: Arc::new(file), at: 0 }).map_err(fault_of)?;
        if archive.len() > PARTS_MAX {
            return Err(SheetFault::BrokenZip { why: format!("{} parts", archive.len()) });
        }
        let mut parts = BTreeMap::new();
        for index in 0..archive.len() {
            if let Some(Ok(name)) = archive.name_for_index(index) {
                parts.insert(path_of(&name), index);
            }
        }
        Ok(Self { archive, parts })
    }

    pub(crate) fn has(&self, part: &str) -> bool {
        self.parts.contains_key(&path_of(part))
    }

    pub(crate) fn has_folder(&self, folder: &str) -> bool {
        let folder = path_of(folder);
        self.parts.range(folder.clone()..).next().is_some_and(|(part, _)| part.starts_with(&folder))
    }

    /// Macros of both kinds: a project of Visual Basic, and sheets of the old macro language.
    pub(crate) fn has_macros(&self) -> bool {
        let is_project = |part: &String| part.rsplit('/').next() == Some("vbaproject.bin");
        self.has_folder("xl/macrosheets/") || self.parts.keys().any(is_project)
    }

    /// The workbook's own part, found by its type.
    pub(crate) fn main_part(&self, quota: &mut Quota) -> Result<String, SheetFault> {
        if !self.has(CONTENT_TYPES) {
            return Err(SheetFault::NotASheet);
        }
        let mut named = None;
        self.with_part(CONTENT_TYPES, quota, |xml| {
            xml.each_start(|element| {
                let kind = element.attribute("ContentType").unwrap_or_default();
                if named.is_none() && kind.ends_with(".main+xml") {
                    named = element.attribute("PartName").filter(|_| is_workbook(&kind));
                }
            })
        })?;
        // Some programs name no part and mean the usual one.
        let part = named.unwrap_or_else(|| "xl/workbook.xml".to_owned());
        if self.has(&part) { Ok(part.trim_start_matches('/').to_owned()) } else { Err(SheetFault::NotASheet) }
    }

    /// Opens a part, and counts what was unpacked of it.
    pub(crate) fn with_part<T>(
        &self,
        part: &str,
        quota: &mut Quota,
        read: impl FnOnce(&mut Xml<'_>) -> Result<T, SheetFault>,
    ) -> Result<T, SheetFault> {
        let missing = || SheetFault::BrokenZip { why: format!("{part} is missing") };
        let index = *self.parts.get(&path_of(part)).ok_or_else(missing)?;
        let mut archive = self.archive.clone();
        let inner = archive.by_index(index).map_err(fault_of)?;
        let bytes_left = quota.bytes_left;
        let mut xml = Xml::new(Metered { inner, bytes_left, run_bytes: 0 }, part, quota.bytes_max);
        let outcome = read(&mut xml);
        quota.bytes_left = xml.bytes_left();
        outcome
    }
}

/// `.xlsx` and its templates; those with macros are told apart afterwards.
fn is_workbook(kind: &str) -> bool {
    kind.contains("spreadsheetml") || kind.contains("ms-excel")
}

/// One spelling for paths: no slash in front, lower case.
fn path_of(part: &str) -> String {
    part.trim_start_matches('/').to_ascii_lowercase()
}

/// The target of a relation, seen from the folder of the part that has it.
pub(crate) fn resolve(folder: &str, target: &str) -> String {
    if target.starts_with('/') {
        return path_of(target);
    }
    let mut path: Vec<&str> = folder.split('/').filter(|step| !step.is_empty()).collect();
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => drop(path.pop()),
            step => path.push(step),
        }
    }
    path_of(&path.join("/"))
}

fn fault_of(error: ZipError) -> SheetFault {
    match error {
        ZipError::Io(error) if error.raw_os_error().is_some() => SheetFault::Disk(error),
        other => SheetFault::BrokenZip { why: other.to_string() },
    }
}

/// More was unpacked than is allowed.
#[derive(Debug, thiserror::Error)]
#[error("more was unpacked than is allowed")]
pub(crate) struct QuotaSpent;

/// A part while it is unpacked, with what may still come out of it.
pub(crate) struct Metered<'a> {
    inner: ZipFile<'a, Positioned>,
    bytes_left: u64,
    /// Bytes since the last tag ended.
    run_bytes: usize,
}

impl Metered<'_> {
    pub(crate) fn bytes_left(&self) -> u64 {
        self.bytes_left
    }
}

impl Read for Metered<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.run_bytes = match buffer[..count].iter().rposition(|byte| *byte == b'>') {
            Some(at) => count - at - 1,
            None => self.run_bytes + count,
        };
        if self.run_bytes > RUN_BYTES_MAX {
            return Err(io::Error::other(QuotaSpent));
        }
        self.bytes_left = self.bytes_left.checked_sub(count as u64).ok_or_else(|| {
            self.bytes_left = 0;
            io::Error::other(QuotaSpent)
        })?;
        Ok(count)
    }
}

/// The file with a position of its own, so that several may read it at once.
#[derive(Clone, Debug)]
pub(crate) struct Positioned {
    file: Arc<File>,
    at: u64,
}

impl Read for Positioned {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read_at(buffer, self.at)?;
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for Positioned {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.file.metadata()?.len().checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.at)
    }
}

#[cfg(test)]
mod tests {
    //! Where a relation leads.
    use super::resolve;

    #[test]
    fn targets_of_relations() {
        for (target, path) in [
            ("worksheets/Sheet1.xml", "xl/worksheets/sheet1.xml"),
            ("/xl/worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
            ("../xl/./styles.xml", "xl/styles.xml"),
            ("../../../etc/passwd", "etc/passwd"),
        ] {
            assert_eq!(resolve("xl", target), path);
        }
    }
}
