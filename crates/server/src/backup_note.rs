//! A note in the data directory of the latest backup, and of the latest that was restored for a check: what the health screen reads.

use platform::{Fault, Time};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The note of the latest backup made.
pub(crate) const MADE: &str = "last-backup.json";
/// The note of the latest backup that was restored for a check.
pub(crate) const CHECKED: &str = "last-backup-check.json";

/// What is known of a backup.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub(crate) struct BackupNote {
    /// When it was made, or checked.
    pub(crate) at: Time,
    /// 备份内容截至何时 · As of when the saved data is.
    pub(crate) as_of: Time,
    /// 文件名（不含目录）· The file's name, without its folder.
    pub(crate) file: String,
    pub(crate) bytes: u64,
}

/// Writes the note whole or not at all.
pub(crate) fn write(data: &Path, name: &str, note: &BackupNote) -> Result<(), Fault> {
    let text =
        serde_json::to_vec(note).map_err(|e| Fault::broken("a note of a backup is plain JSON").because(e))?;
    let making = data.join(format!("{name}.new"));
    let at =
        |e: std::io::Error| Fault::from(e).context(format_args!("noting the backup in {}", data.display()));
    std::fs::write(&making, text).map_err(at)?;
    std::fs::rename(&making, data.join(name)).map_err(at)
}

/// The note, where there is one that can be read.
pub(crate) fn read(data: &Path, name: &str) -> Option<BackupNote> {
    serde_json::from_slice(&std::fs::read(data.join(name)).ok()?).ok()
}

#[cfg(test)]
mod tests {
    //! What was written is read; what is not there is nothing.
    use super::{BackupNote, MADE, read, write};
    use platform::Time;

    #[test]
    fn a_note_is_read_as_written() {
        let folder = tempfile::tempdir().expect("a folder");
        assert_eq!(read(folder.path(), MADE), None);
        let at = Time::from_micros(1_772_416_800_000_000);
        let note = BackupNote { at, as_of: at, file: "mulin.tar.gz".to_owned(), bytes: 7 };
        write(folder.path(), MADE, &note).expect("written");
        assert_eq!(read(folder.path(), MADE), Some(note));
    }
}
