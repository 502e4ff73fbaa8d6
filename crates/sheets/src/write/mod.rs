//! Tables out: one interface, and what a column, a watermark and a written cell are in every format.

mod book;
mod csv;
mod errors;
mod json_lines;
mod looks;
mod template;
mod texts;

pub use book::BookWriter;
pub use csv::{CsvWriter, guarded};
pub use errors::{ErrorBook, RowFault};
pub use json_lines::JsonLinesWriter;
pub use template::{TemplateColumn, write_template};
pub use texts::write_texts;

use crate::cell::Cell;
use platform::Fault;

/// Takes rows one at a time; memory does not grow with them.
pub trait RowWriter {
    /// Adds a row: a cell for each column, in their order. What is missing at the end stays empty; more is a fault.
    ///
    /// # Errors
    /// The disk, or more rows or cells than the format holds.
    fn add_row(&mut self, cells: &[Cell]) -> Result<(), Fault>;

    /// Writes what is left. A file that was not finished is not to be handed out.
    ///
    /// # Errors
    /// The disk.
    fn finish(self: Box<Self>) -> Result<(), Fault>;
}

/// What a column holds, which decides how its cells are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ColumnKind {
    /// Text, whatever the cell is: numbers of documents and phones keep all their digits and leading zeros.
    #[default]
    Text,
    Number,
    Date,
    DateTime,
    Bool,
}

/// A column of a table that is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Column {
    /// The name for programs: the field of a JSON line.
    pub key: String,
    /// The name for people: the head of the column.
    pub title: String,
    /// Width in characters.
    pub width: u16,
    pub kind: ColumnKind,
    /// Shown when somebody points at the head; none where empty.
    pub note: String,
}

impl Column {
    /// A column of text, sixteen characters wide.
    pub fn text(key: impl Into<String>, title: impl Into<String>) -> Self {
        Self { key: key.into(), title: title.into(), width: 16, ..Self::default() }
    }

    /// The same column with cells of another kind.
    pub fn of_kind(self, kind: ColumnKind) -> Self {
        Self { kind, ..self }
    }
}

/// Who took a table out of the system, when and why: printed on each page, and on request above the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watermark {
    /// One line.
    pub line: String,
    /// Whether the first row of the sheet says it too. The table then begins in the second.
    pub in_first_row: bool,
}

impl Watermark {
    /// The usual line. The moment is text as people read it, in the district's time.
    pub fn of(who: &str, moment: &str, reason: &str) -> Self {
        Self {
            line: format!("导出人：{who}　时间：{moment}　用途：{reason}"), in_first_row: false
        }
    }
}

/// A row has more cells than the table has columns: a defect of the caller, not of the data.
fn check_width(cells: &[Cell], columns: usize) -> Result<(), Fault> {
    if cells.len() <= columns {
        return Ok(());
    }
    Err(Fault::broken(format!("a row of {} cells for a table of {columns} columns", cells.len())))
}
