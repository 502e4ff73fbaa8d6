//! The binary workbook of 1997 to 2003 ([MS-XLS]): its values are written anew as a workbook of today, and that one is read. Offices
//! still send such files, so they come in by the same door and under the same limits.

mod records;
mod rewrite;
mod strings;

use crate::fault::SheetFault;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

/// Bytes of such a workbook: it is held in memory while it is rewritten, some ten times as large.
pub(crate) const XLS_BYTES_MAX: u64 = 16 * platform::limits::MIB;
/// The stream that holds the workbook, since Excel 97; and before.
const STREAM: &str = "/Workbook";

/// The same workbook in the format of today, in a file without a name.
///
/// # Errors
/// [`SheetFault::OldXls`] for what is older than Excel 97, [`SheetFault::Encrypted`], [`SheetFault::BrokenXls`], and the disk's.
pub(crate) fn rewrite(file: File) -> Result<File, SheetFault> {
    let mut stream = Vec::new();
    let mut container = cfb::CompoundFile::open(file).map_err(|e| broken(e.to_string()))?;
    if !container.exists(STREAM) {
        return Err(SheetFault::OldXls);
    }
    let part = container.open_stream(STREAM).map_err(|e| broken(e.to_string()))?;
    part.take(XLS_BYTES_MAX).read_to_end(&mut stream).map_err(|e| broken(e.to_string()))?;
    let book = records::read(&stream)?;
    let mut made = tempfile::tempfile()?;
    rewrite::write(&book, &mut made)?;
    made.seek(SeekFrom::Start(0))?;
    Ok(made)
}

fn broken(why: impl Into<String>) -> SheetFault {
    SheetFault::BrokenXls { why: why.into() }
}
