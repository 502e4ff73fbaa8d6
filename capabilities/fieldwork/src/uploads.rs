//! Bytes of files on their way and until they are claimed: `DATA/attachments/uploads/<district>/`, a part a file, named by whose it is
//! and by its content. What lies there is the truth of how far a file is, also after a crash.

use crate::error::{FieldworkError, conflict};
use crate::model::{FileHash, MediaKind, Upload};
use crate::store::uploads::Kept;
use cases::photos;
use edge::Edge;
use parking_lot::Mutex;
use platform::{AccountId, DistrictId, Fault, Problem};
use sha2::{Digest, Sha256};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Files at once that are written without waiting for each other.
const LOCKS: usize = 64;
/// The same part twice at the same time is written once.
static AT_WORK: [Mutex<()>; LOCKS] = [const { Mutex::new(()) }; LOCKS];

/// Where a district's files are until they are claimed.
#[derive(Clone, Debug)]
pub(crate) struct Shelf {
    root: PathBuf,
    district: DistrictId,
}

impl Shelf {
    pub(crate) fn of(edge: &Edge, district: DistrictId) -> Self {
        Self { root: edge.settings().data.join("attachments").join("uploads"), district }
    }

    /// The folder where an account's photos lie as those of cases do.
    pub(crate) fn photos(&self, account: AccountId) -> PathBuf {
        self.root.join(account.0.simple().to_string())
    }

    fn folder(&self) -> PathBuf {
        self.root.join(self.district.to_string())
    }

    fn part(&self, account: AccountId, hash: &FileHash) -> PathBuf {
        self.folder().join(format!("{}-{}.part", account.0.simple(), hash.as_str()))
    }

    /// Where a whole file that is no photo lies.
    pub(crate) fn whole(&self, account: AccountId, hash: &FileHash) -> PathBuf {
        self.folder().join(format!("{}-{}", account.0.simple(), hash.as_str()))
    }

    /// How many bytes of a file are there.
    pub(crate) fn have(&self, account: AccountId, hash: &FileHash) -> Result<u64, Fault> {
        match fs::metadata(self.part(account, hash)) {
            Ok(data) => Ok(data.len()),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(0),
            Err(e) => Err(Fault::from(e).context("looking at a file on its way")),
        }
    }

    /// Puts a part where the file ends; one that is there already, or would leave a gap, changes nothing. Answers how much is there.
    pub(crate) fn append(&self, upload: &Upload, offset: u64, part: &[u8]) -> Result<u64, Fault> {
        let _one_at_a_time = lock(&upload.hash).lock();
        let have = self.have(upload.account, &upload.hash)?;
        if offset != have || have + part.len() as u64 > upload.bytes {
            return Ok(have);
        }
        let path = self.part(upload.account, &upload.hash);
        write_part(&path, have, part).map_err(|e| Fault::from(e).context("keeping a part of a file"))?;
        Ok(have + part.len() as u64)
    }

    /// Makes a whole file of its parts: its bytes are what its name says, and what its kind allows.
    ///
    /// # Errors
    /// `fieldwork.file_broken`: it is to be sent again from its beginning. `fieldwork.file_kind`, and what is wrong with a photo.
    pub(crate) fn finish(&self, upload: &Upload) -> Result<Kept, FieldworkError> {
        let _one_at_a_time = lock(&upload.hash).lock();
        let path = self.part(upload.account, &upload.hash);
        let bytes = fs::read(&path).map_err(|e| Fault::from(e).context("reading a file that is whole"))?;
        let hash: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        if hash != upload.hash.as_str() {
            remove(&path)?;
            return Err(broken().into());
        }
        let kept = self.keep(upload, &bytes);
        if !matches!(&kept, Err(FieldworkError::Fault(_))) {
            remove(&path)?;
        }
        kept
    }

    fn keep(&self, upload: &Upload, bytes: &[u8]) -> Result<Kept, FieldworkError> {
        match MediaKind::of(&upload.media_type) {
            Some(MediaKind::Photo) => {
                match photos::keep(&self.photos(upload.account), self.district, bytes) {
                    Ok(photo) => Ok(Kept::Photo(photo)),
                    Err(photos::PhotoError::Fault(fault)) => Err(fault.into()),
                    Err(other) => Err(platform::Refusal::problem(&other).into()),
                }
            }
            Some(MediaKind::Audio) if is_audio(bytes) => {
                let path = self.whole(upload.account, &upload.hash);
                write_part(&path, 0, bytes).map_err(|e| Fault::from(e).context("keeping a voice note"))?;
                Ok(Kept::File { bytes: bytes.len() as u64 })
            }
            _ => Err(FieldworkError::invalid(
                "media_type",
                "fieldwork.file_kind",
                "文件内容与声明的类型不符。",
                "The file is not what its media type says.",
            )),
        }
    }

    /// The bytes of a whole file, as it is kept.
    pub(crate) fn read(&self, upload: &Upload, kept: &Kept) -> Result<Vec<u8>, Fault> {
        let path = match kept {
            Kept::Photo(photo) => photos::path_of(&self.photos(upload.account), self.district, &photo.file),
            Kept::File { .. } => Some(self.whole(upload.account, &upload.hash)),
        };
        let path = path.ok_or_else(|| Fault::broken("no name of a photo"))?;
        fs::read(path).map_err(|e| Fault::from(e).context("reading a file to hand on"))
    }

    /// Takes away all that is there of a file.
    pub(crate) fn drop_file(
        &self,
        account: AccountId,
        hash: &FileHash,
        kept: Option<&Kept>,
    ) -> Result<(), Fault> {
        remove(&self.part(account, hash))?;
        remove(&self.whole(account, hash))?;
        if let Some(Kept::Photo(photo)) = kept {
            for name in [&photo.file, &photo.thumbnail] {
                if let Some(path) = photos::path_of(&self.photos(account), self.district, name) {
                    remove(&path)?;
                }
            }
        }
        Ok(())
    }
}

fn lock(hash: &FileHash) -> &'static Mutex<()> {
    let place = hash.as_str().bytes().map(usize::from).sum::<usize>() % LOCKS;
    &AT_WORK[place]
}

/// What a file gets that arrived otherwise than it was announced.
fn broken() -> Problem {
    conflict(
        "fieldwork.file_broken",
        "文件在路上损坏了，请从头再传一次。",
        "The file was damaged on its way: send it again from its beginning.",
    )
    .with("have", 0)
}

/// Writes durably at the end of a file; what could not be written whole is taken back.
fn write_part(path: &Path, at: u64, part: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut file = OpenOptions::new().create(true).truncate(false).write(true).open(path)?;
    let written = file.seek(SeekFrom::Start(at)).and_then(|_| file.write_all(part));
    let written = written.and_then(|()| file.sync_data());
    if written.is_err() {
        // Where even this fails, the file's own hash tells.
        file.set_len(at).ok();
    }
    written?;
    path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

fn remove(path: &Path) -> Result<(), Fault> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(Fault::from(e).context("removing a file")),
        _ => Ok(()),
    }
}

/// Whether the first bytes are those of a recording: WebM, Ogg, MP4, MP3, AAC or WAV.
fn is_audio(bytes: &[u8]) -> bool {
    match bytes {
        [0x1A, 0x45, 0xDF, 0xA3, ..] | [b'O', b'g', b'g', b'S', ..] | [b'I', b'D', b'3', ..] => true,
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'A', b'V', b'E', ..] => true,
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => true,
        [0xFF, second, ..] => second & 0xE0 == 0xE0,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    //! A part goes where the file ends, and nowhere else.
    use super::{Shelf, is_audio};
    use crate::model::{FileHash, Upload};
    use platform::{AccountId, DistrictId, Time};
    use uuid::Uuid;

    #[test]
    fn parts_come_in_any_way_and_make_one_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let shelf = Shelf { root: folder.path().to_owned(), district: DistrictId(1) };
        let hash: FileHash = "0".repeat(64).parse().expect("a hash");
        let account = AccountId(Uuid::from_u128(1));
        let upload = Upload::begin(account, hash, 6, "image/png", Time::from_micros(0)).expect("an upload");
        let rows: [(u64, &[u8], u64); 6] = [
            (2, b"cd", 0), // a gap
            (0, b"ab", 2),
            (0, b"ab", 2),    // again
            (2, b"cdefg", 2), // more than was announced
            (2, b"cd", 4),
            (4, b"ef", 6),
        ];
        for (offset, part, have) in rows {
            assert_eq!(shelf.append(&upload, offset, part).expect("kept"), have, "{offset}");
        }
        let bytes = std::fs::read(shelf.part(account, &upload.hash)).expect("the file");
        assert_eq!(bytes, b"abcdef");
        assert!(shelf.finish(&upload).is_err(), "its hash is another");
        assert_eq!(shelf.have(account, &upload.hash).expect("looked"), 0, "it begins anew");
    }

    #[test]
    fn a_recording_is_told_by_its_first_bytes() {
        assert!(is_audio(b"OggS....") && is_audio(&[0xFF, 0xFB, 0x90]) && is_audio(b"\0\0\0\x20ftypM4A "));
        assert!(!is_audio(b"<html>") && !is_audio(b"") && !is_audio(&[0xFF, 0x00]));
    }
}
