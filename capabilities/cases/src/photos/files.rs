//! Files under `DATA/attachments/<district>/<2 hex>/<sha-256>.jpg`: named by their content, written whole or not at all.

use platform::{DistrictId, Fault};
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// The folder of a district's files.
pub(super) struct Folder(PathBuf);

impl Folder {
    pub fn of(data_dir: &Path, district: DistrictId) -> Self {
        Self(data_dir.join("attachments").join(district.to_string()))
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Keeps a JPEG durably; answers its name. The same bytes are kept once.
    pub fn keep(&self, jpeg: &[u8]) -> Result<String, Fault> {
        let hash: String = Sha256::digest(jpeg).iter().map(|b| format!("{b:02x}")).collect();
        let name = format!("{hash}.jpg");
        let shelf = self.0.join(&hash[..2]);
        let path = shelf.join(&name);
        // Written even where it is there: a young file is safe from the sweep until its new row is.
        write_whole(&shelf, &path, jpeg).map_err(|e| Fault::from(e).context("keeping a photo"))?;
        Ok(name)
    }
}

fn write_whole(shelf: &Path, path: &Path, bytes: &[u8]) -> io::Result<()> {
    fs::create_dir_all(shelf)?;
    let unfinished = path.with_extension(format!("{:016x}.tmp", rand::random::<u64>()));
    let written = (|| {
        let mut file = File::create_new(&unfinished)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&unfinished, path)?;
        // The name is durable only with its folder.
        File::open(shelf)?.sync_all()
    })();
    if written.is_err() {
        // What is left of it is the sweep's, should even this fail.
        fs::remove_file(&unfinished).ok();
    }
    written
}

/// Where a kept file lies; nothing for any name that is not 64 hex digits and `.jpg`, so that no name leads elsewhere.
pub fn path_of(data_dir: &Path, district: DistrictId, file: &str) -> Option<PathBuf> {
    let hash = file.strip_suffix(".jpg")?;
    let is_hash = hash.len() == 64 && hash.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    is_hash.then(|| Folder::of(data_dir, district).0.join(&hash[..2]).join(file))
}

/// Reads a kept file; nothing where there is none of that name. Whether the caller may see it is asked before.
pub async fn open(data_dir: &Path, district: DistrictId, file: &str) -> Result<Option<Vec<u8>>, Fault> {
    let Some(path) = path_of(data_dir, district, file) else { return Ok(None) };
    match tokio::fs::read(path).await {
        Ok(bytes) => Ok(Some(bytes)),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(Fault::from(e).context("reading a photo")),
    }
}
