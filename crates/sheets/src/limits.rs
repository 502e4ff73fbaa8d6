//! How much of a spreadsheet is read at most. Each limit has a name and, where it is not plain from it, a unit.

use platform::limits::MIB;

/// What a file may cost before it is refused. The defaults fit a district's register: 400,000 people with 30 columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a workbook as it was sent.
    pub file_bytes_max: u64,
    /// Bytes of a table in text, which unpacks to no more than it is.
    pub text_bytes_max: u64,
    /// Bytes of all its parts together once unpacked, counted while unpacking. For text: bytes after decoding.
    pub unpacked_bytes_max: u64,
    /// Rows of one sheet that hold anything.
    pub rows_max: u32,
    /// Columns of one sheet that hold anything.
    pub columns_max: u16,
    /// Characters of one cell.
    pub cell_chars_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes_max: 50 * MIB,
            text_bytes_max: 100 * MIB,
            unpacked_bytes_max: 400 * MIB,
            rows_max: 500_000,
            columns_max: 200,
            cell_chars_max: 2_000,
        }
    }
}
