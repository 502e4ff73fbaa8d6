//! A table as a workbook of one sheet: heads bold and frozen, a filter, columns of their kind.

use super::looks::{self, Looks, check_room, fault_of};
use super::{Column, RowWriter, Watermark, check_width};
use crate::cell::Cell;
use platform::Fault;
use rust_xlsxwriter::{Workbook, Worksheet, XlsxError};
use std::path::{Path, PathBuf};

/// UTF-16 units of a printed header; the format allows 255 with its codes.
const PRINTED_CHARS_MAX: usize = 120;

/// Writes XLSX row by row: rows leave memory for a temporary file beside the target.
pub struct BookWriter {
    path: PathBuf,
    workbook: Workbook,
    looks: Looks,
    columns: Vec<Column>,
    head: u32,
    row_next: u32,
}

impl BookWriter {
    /// Begins a workbook; the file is made by [`RowWriter::finish`].
    ///
    /// # Errors
    /// The disk, or columns the format does not hold.
    pub fn create(path: &Path, columns: &[Column]) -> Result<Self, Fault> {
        Self::begin(path, columns, None).map_err(fault_of)
    }

    /// The same with a line that says who took it, when and why.
    ///
    /// # Errors
    /// As [`BookWriter::create`].
    pub fn create_marked(path: &Path, columns: &[Column], mark: &Watermark) -> Result<Self, Fault> {
        Self::begin(path, columns, Some(mark)).map_err(fault_of)
    }

    fn begin(path: &Path, columns: &[Column], mark: Option<&Watermark>) -> Result<Self, XlsxError> {
        let (mut workbook, looks) = (looks::new_workbook(path)?, Looks::plain());
        let sheet = workbook.add_worksheet_with_constant_memory()?;
        let mut head = 0;
        if let Some(mark) = mark {
            print_mark(sheet, mark);
            if mark.in_first_row {
                sheet.write_string_with_format(0, 0, mark.line.as_str(), &looks.faint)?;
                head = 1;
            }
        }
        looks::put_heads(sheet, head, columns, &looks)?;
        let (path, columns) = (path.to_owned(), columns.to_vec());
        Ok(Self { path, workbook, looks, columns, head, row_next: head + 1 })
    }

    fn put_row(&mut self, cells: &[Cell]) -> Result<(), XlsxError> {
        let sheet = self.workbook.worksheet_from_index(0)?;
        for ((index, cell), column) in (0..).zip(cells).zip(&self.columns) {
            self.looks.put(sheet, (self.row_next, index), cell, column.kind)?;
        }
        self.row_next += 1;
        Ok(())
    }

    fn save(mut self) -> Result<(), XlsxError> {
        let sheet = self.workbook.worksheet_from_index(0)?;
        looks::put_filter(sheet, self.head, self.row_next, self.columns.len())?;
        self.workbook.save(&self.path)
    }
}

impl RowWriter for BookWriter {
    fn add_row(&mut self, cells: &[Cell]) -> Result<(), Fault> {
        check_width(cells, self.columns.len())?;
        check_room(self.row_next)?;
        self.put_row(cells).map_err(fault_of)
    }

    fn finish(self: Box<Self>) -> Result<(), Fault> {
        self.save().map_err(fault_of)
    }
}

/// On every printed page, above and below.
fn print_mark(sheet: &mut Worksheet, mark: &Watermark) {
    // `&` begins a code there; a space keeps the size 8 apart from a line that begins with a digit.
    let line: String = mark.line.chars().take(PRINTED_CHARS_MAX).collect::<String>().replace('&', "&&");
    sheet.set_header(format!("&C&8 {line}"));
    sheet.set_footer(format!("&L&8 {line}&R&8 &P/&N"));
}
