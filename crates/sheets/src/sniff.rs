//! What a file is, by its first bytes. Its name and what the sender calls it are not asked.

use crate::fault::SheetFault;
use std::fs::File;
use std::os::unix::fs::FileExt;

/// What the first bytes promise; whether it is kept, the reader of that kind finds out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A ZIP container: a workbook, if it has a workbook in it.
    Zip,
    /// A compound file: a binary workbook, if it has a workbook in it.
    Compound,
    /// Perhaps a table in text.
    Text,
}

const HEAD_BYTES: usize = 512;
const ZIP: &[u8] = b"PK\x03\x04";
/// The compound file of before 2007; encrypted workbooks of today come wrapped in one too ([MS-OFFCRYPTO] 2.3.4.4).
const COMPOUND: &[u8] = &[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
/// The name of the stream that holds an encrypted workbook, as a compound file's directory writes it.
const ENCRYPTED_STREAM: &str = "EncryptedPackage";
/// Bytes of a compound file in which the directory is looked for, at its beginning and at its end.
const DIRECTORY_BYTES: usize = 1 << 20;
/// Beginnings of files that are text or look so, but no table: pages and XML saved under an old name, PDF.
const NO_TABLES: &[&[u8]] = &[b"<", b"%PDF", b"{\\rtf"];

/// Looks at the first bytes.
///
/// # Errors
/// [`SheetFault::Encrypted`] and [`SheetFault::NotASheet`] for what is known to be neither, and [`SheetFault::Disk`].
pub(crate) fn sniff(file: &File) -> Result<Kind, SheetFault> {
    let mut head = [0; HEAD_BYTES];
    let count = read_some(file, &mut head, 0)?;
    let head = &head[..count];
    if head.starts_with(ZIP) {
        return Ok(Kind::Zip);
    }
    if head.starts_with(COMPOUND) {
        return if is_encrypted(file)? { Err(SheetFault::Encrypted) } else { Ok(Kind::Compound) };
    }
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    if text.is_empty() || NO_TABLES.iter().any(|start| text.starts_with(start)) {
        return Err(SheetFault::NotASheet);
    }
    Ok(Kind::Text)
}

/// Fills as much of the buffer as the file has from there on.
fn read_some(file: &File, buffer: &mut [u8], from: u64) -> Result<usize, SheetFault> {
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read_at(&mut buffer[filled..], from + filled as u64)? {
            0 => break,
            count => filled += count,
        }
    }
    Ok(filled)
}

fn is_encrypted(file: &File) -> Result<bool, SheetFault> {
    let name: Vec<u8> = ENCRYPTED_STREAM.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let bytes = file.metadata()?.len();
    let mut window = vec![0; DIRECTORY_BYTES];
    for from in [0, bytes.saturating_sub(DIRECTORY_BYTES as u64)] {
        let count = read_some(file, &mut window, from)?;
        if window[..count].windows(name.len()).any(|part| part == name) {
            return Ok(true);
        }
    }
    Ok(false)
}
