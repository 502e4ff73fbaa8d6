//! Limits that belong to no capability. Each has a name and, at its end, a unit.

/// Bytes in a KiB and a MiB.
pub const KIB: u64 = 1024;
pub const MIB: u64 = 1024 * KIB;

/// Rows of one page of any list.
pub const PAGE_ROWS_MAX: u32 = 100;
/// Rows of a page where the caller names no number.
pub const PAGE_ROWS_DEFAULT: u32 = 50;
/// A JSON body. Photos have their own way in.
pub const JSON_BODY_BYTES_MAX: u64 = 256 * KIB;
/// A whole multipart form: a table of a hundred MiB, or a report with nine photos of ten MiB; and its fields.
pub const FORM_BODY_BYTES_MAX: u64 = 102 * MIB;
/// Sessions, cookies, keys: a header value we read.
pub const TOKEN_CHARS_MAX: usize = 200;
