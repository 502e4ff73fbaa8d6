//! The rows that have to be mended, given back: faults in red with a note each, and a list of all of them beside it.

use super::looks::{self, Looks, check_room, fault_of, note_of};
use super::{Column, ColumnKind};
use crate::cell::Cell;
use crate::place::column_name;
use platform::{Fault, Words};
use rust_xlsxwriter::{Workbook, XlsxError};
use std::path::{Path, PathBuf};

/// Notes of one workbook: programs grow slow with more. The list and the last column say the same.
const NOTES_MAX: usize = 20_000;
/// Faults that are listed; the rows themselves go on.
const LISTED_MAX: u32 = 200_000;
const ROWS_SHEET: &str = "需要改正";
const LIST_SHEET: &str = "问题清单";

/// One fault of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowFault {
    /// The column, from 0; none where the row as a whole is at fault.
    pub column: Option<u16>,
    /// The value for the list, already masked where it is personal: the list is passed around.
    pub shown: String,
    /// What is wrong and what to do.
    pub words: Words,
}

/// Writes the workbook of faults row by row. Its first sheet has the columns of the original in their order, so that it can
/// be mended and sent in again; two columns at the end say where a row came from and what is wrong with it.
pub struct ErrorBook {
    path: PathBuf,
    workbook: Workbook,
    plain: Looks,
    faulty: Looks,
    names: Vec<String>,
    row_next: u32,
    listed_next: u32,
    notes: usize,
}

impl ErrorBook {
    /// Begins a workbook with the names of the original's columns; the file is made by [`ErrorBook::finish`].
    ///
    /// # Errors
    /// The disk, or columns the format does not hold.
    pub fn create(path: &Path, names: &[String]) -> Result<Self, Fault> {
        Self::begin(path, names).map_err(fault_of)
    }

    fn begin(path: &Path, names: &[String]) -> Result<Self, XlsxError> {
        let (mut workbook, plain) = (looks::new_workbook(path)?, Looks::plain());
        let mut columns: Vec<Column> = names.iter().map(|name| Column::text("", name)).collect();
        columns.push(Column { width: 8, ..Column::text("", "原行号").of_kind(ColumnKind::Number) });
        columns.push(Column { width: 60, ..Column::text("", "问题") });
        let sheet = workbook.add_worksheet_with_constant_memory()?;
        sheet.set_name(ROWS_SHEET)?;
        looks::put_heads(sheet, 0, &columns, &plain)?;
        let sheet = workbook.add_worksheet_with_constant_memory()?;
        sheet.set_name(LIST_SHEET)?;
        looks::put_heads(sheet, 0, &list_columns(), &plain)?;
        let (path, names, faulty) = (path.to_owned(), names.to_vec(), Looks::faulty());
        Ok(Self { path, workbook, plain, faulty, names, row_next: 1, listed_next: 1, notes: 0 })
    }

    /// Adds a row of the original: its number there, its cells, and what is wrong with it.
    ///
    /// # Errors
    /// The disk, or more rows than a sheet holds.
    pub fn add_row(&mut self, row: u32, cells: &[Cell], faults: &[RowFault]) -> Result<(), Fault> {
        check_room(self.row_next)?;
        self.put_row(row, cells, faults).and_then(|()| self.list(row, faults)).map_err(fault_of)
    }

    fn put_row(&mut self, row: u32, cells: &[Cell], faults: &[RowFault]) -> Result<(), XlsxError> {
        let sheet = self.workbook.worksheet_from_index(0)?;
        for (index, _) in (0..).zip(&self.names) {
            let cell = cells.get(usize::from(index)).unwrap_or(&Cell::Empty);
            let told = tell(faults.iter().filter(|fault| fault.column == Some(index)));
            if told.is_empty() {
                self.plain.put_value(sheet, (self.row_next, index), cell)?;
                continue;
            }
            if cell.is_empty() {
                sheet.write_blank(self.row_next, index, self.faulty.of_kind(ColumnKind::Text))?;
            }
            self.faulty.put_value(sheet, (self.row_next, index), cell)?;
            if self.notes < NOTES_MAX {
                sheet.insert_note(self.row_next, index, &note_of(&told))?;
                self.notes += 1;
            }
        }
        let after = self.names.len() as u16;
        sheet.write_number(self.row_next, after, row)?;
        self.plain.put_text(sheet, (self.row_next, after + 1), &tell(faults.iter()))?;
        self.row_next += 1;
        Ok(())
    }

    fn list(&mut self, row: u32, faults: &[RowFault]) -> Result<(), XlsxError> {
        let sheet = self.workbook.worksheet_from_index(1)?;
        for fault in faults {
            if self.listed_next > LISTED_MAX {
                return Ok(());
            }
            let name = fault.column.and_then(|column| self.names.get(usize::from(column)));
            let letters = fault.column.map(column_name).unwrap_or_default();
            let texts = [
                letters.as_str(),
                name.map_or("", String::as_str),
                &fault.shown,
                &fault.words.zh,
                &fault.words.en,
            ];
            sheet.write_number(self.listed_next, 0, row)?;
            for (column, text) in (1..).zip(texts) {
                self.plain.put_text(sheet, (self.listed_next, column), text)?;
            }
            self.listed_next += 1;
        }
        Ok(())
    }

    /// Makes the file.
    ///
    /// # Errors
    /// The disk.
    pub fn finish(self) -> Result<(), Fault> {
        self.save().map_err(fault_of)
    }

    fn save(mut self) -> Result<(), XlsxError> {
        let columns = self.names.len() + 2;
        looks::put_filter(self.workbook.worksheet_from_index(0)?, 0, self.row_next, columns)?;
        looks::put_filter(self.workbook.worksheet_from_index(1)?, 0, self.listed_next, list_columns().len())?;
        self.workbook.save(&self.path)
    }
}

fn list_columns() -> Vec<Column> {
    [("原行号", 8), ("列", 6), ("列名", 16), ("内容", 24), ("问题", 60), ("Problem", 60)]
        .map(|(title, width)| Column { width, ..Column::text("", title) })
        .to_vec()
}

fn tell<'a>(faults: impl Iterator<Item = &'a RowFault>) -> String {
    faults.map(|fault| fault.words.zh.as_ref()).collect::<Vec<_>>().join("\n")
}
