//! Removes files that no row names: photos of forms nobody sent again, and what a crash left unfinished.

use super::files::Folder;
use super::{ORPHAN_KEPT, path_of};
use crate::queries::files::each_named_file;
use edge::Edge;
use platform::{DistrictId, Fault};
use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use store::Conn;

/// Removes the district's files older than [`ORPHAN_KEPT`] that no row names; answers how many.
///
/// Files are listed before the rows are read: a file named meanwhile has its row by then.
pub async fn sweep(edge: &Edge, district: DistrictId) -> Result<u64, Fault> {
    let data = edge.settings().data.clone();
    let old = blocking(move || list_old(&data, district)).await?;
    let orphans = edge
        .db
        .read_long(async move |conn: &mut Conn| {
            let mut orphans = old.clone();
            each_named_file(conn, district, |name| {
                orphans.remove(name);
            })
            .await?;
            Ok::<_, Fault>(orphans)
        })
        .await?;
    blocking(move || {
        for path in orphans.values() {
            match fs::remove_file(path) {
                Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
                _ => {}
            }
        }
        Ok(orphans.len() as u64)
    })
    .await
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, Fault> {
    let done = tokio::task::spawn_blocking(work).await;
    let done = done.map_err(|e| Fault::broken("the sweep of photos stopped").because(e))?;
    done.map_err(|e| Fault::from(e).context("sweeping photos"))
}

/// Old files by name. Age is told by the file system, whatever clock the house runs by.
fn list_old(data_dir: &Path, district: DistrictId) -> io::Result<HashMap<String, PathBuf>> {
    let mut old = HashMap::new();
    let folder = Folder::of(data_dir, district);
    for shelf in entries(folder.path())? {
        for file in entries(&shelf.path())? {
            let (Ok(name), path) = (file.file_name().into_string(), file.path()) else { continue };
            let ours = path_of(data_dir, district, &name).is_some() || name.ends_with(".tmp");
            let age = file.metadata()?.modified()?.elapsed().unwrap_or_default();
            if ours && age > ORPHAN_KEPT {
                old.insert(name, path);
            }
        }
    }
    Ok(old)
}

/// A folder's entries; none where there is no such folder.
fn entries(folder: &Path) -> io::Result<Vec<fs::DirEntry>> {
    match fs::read_dir(folder) {
        Ok(entries) => entries.collect(),
        Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            Ok(Vec::new())
        }
        Err(e) => Err(e),
    }
}
