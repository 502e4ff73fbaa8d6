//! A sheet as a table: a row of heads, and rows of text below it.

use sheets::{Book, SheetFault};
use std::ops::ControlFlow;

pub(super) struct Table {
    pub sheet: String,
    /// Trimmed; empty where the column has no head.
    pub heads: Vec<String>,
    pub head_row: u32,
    pub rows: Vec<Row>,
}

pub(super) struct Row {
    /// The number the spreadsheet program shows.
    pub number: u32,
    cells: Vec<String>,
}

impl Table {
    /// The sheet of a name, whatever its case; `None` where there is none.
    pub(super) fn read(book: &Book, name: &str) -> Result<Option<Self>, SheetFault> {
        let place = book.sheets().iter().position(|sheet| sheet.name.trim().to_lowercase() == name);
        place.map(|index| Self::read_at(book, index)).transpose()
    }

    pub(super) fn read_at(book: &Book, index: usize) -> Result<Self, SheetFault> {
        let sheet = book.sheets()[index].name.clone();
        let mut table = Self { sheet, heads: Vec::new(), head_row: 0, rows: Vec::new() };
        book.each_row(index, |number, cells| {
            let cells: Vec<String> = cells.iter().map(|cell| straight(&cell.text_ref())).collect();
            if cells.iter().all(String::is_empty) {
                return ControlFlow::Continue(());
            }
            if table.heads.is_empty() {
                (table.heads, table.head_row) = (cells, number);
            } else {
                table.rows.push(Row { number, cells });
            }
            ControlFlow::Continue(())
        })?;
        Ok(table)
    }
}

impl Row {
    /// Empty where there is no such cell.
    pub(super) fn cell(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", String::as_str)
    }

    pub(super) fn cells(&self) -> impl Iterator<Item = (usize, &str)> {
        self.cells.iter().map(String::as_str).enumerate().filter(|(_, text)| !text.is_empty())
    }
}

/// Word processors curl quotation marks, which expressions do not know; the same for the space that does not break.
fn straight(text: &str) -> String {
    let text: String = text
        .chars()
        .map(|c| match c {
            '\u{2018}' | '\u{2019}' => '\'',
            '\u{201c}' | '\u{201d}' => '"',
            '\u{a0}' => ' ',
            other => other,
        })
        .collect();
    text.trim().to_owned()
}
