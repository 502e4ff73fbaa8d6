//! Spreadsheets as they come: well-made, odd, broken and hostile; and those that are made here, read back.

mod chance;
mod hostile;
mod making;
mod old;
mod text;
mod workbook;
mod writing;
