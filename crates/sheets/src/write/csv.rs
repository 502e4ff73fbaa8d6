//! A table as CSV, in UTF-8 and with the line endings spreadsheet programs expect.

use super::{Column, RowWriter, check_width};
use crate::cell::Cell;
use csv::{Terminator, Writer, WriterBuilder};
use platform::Fault;
use std::borrow::Cow;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

/// Writes CSV row by row.
pub struct CsvWriter {
    writer: Writer<BufWriter<File>>,
    columns: usize,
}

impl CsvWriter {
    /// Begins a file with the heads. Excel takes a file without a mark for one in the local encoding, other programs
    /// stumble over the mark: `with_mark` is for those who open it in Excel.
    ///
    /// # Errors
    /// The disk.
    pub fn create(path: &Path, columns: &[Column], with_mark: bool) -> Result<Self, Fault> {
        let mut file = BufWriter::new(File::create(path)?);
        if with_mark {
            file.write_all("\u{feff}".as_bytes())?;
        }
        let writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(file);
        let mut writer = Self { writer, columns: columns.len() };
        let heads = columns.iter().map(|column| guarded(Cow::Borrowed(&column.title)));
        writer.put(heads)?;
        Ok(writer)
    }

    fn put<'a>(&mut self, texts: impl Iterator<Item = Cow<'a, str>>) -> Result<(), Fault> {
        for text in texts {
            self.writer.write_field(text.as_ref()).map_err(fault_of)?;
        }
        self.writer.write_record(None::<&[u8]>).map_err(fault_of)
    }
}

impl RowWriter for CsvWriter {
    fn add_row(&mut self, cells: &[Cell]) -> Result<(), Fault> {
        check_width(cells, self.columns)?;
        let missing = std::iter::repeat_n(Cow::Borrowed(""), self.columns - cells.len());
        self.put(cells.iter().map(text_of).chain(missing))
    }

    fn finish(mut self: Box<Self>) -> Result<(), Fault> {
        Ok(self.writer.flush()?)
    }
}

fn text_of(cell: &Cell) -> Cow<'_, str> {
    match cell.value() {
        Cell::Text(_) | Cell::Error(_) => guarded(cell.text_ref()),
        // A number may begin with a minus: it is one.
        _ => cell.text_ref(),
    }
}

/// A text that a spreadsheet program would run as a formula gets a quote in front (OWASP, “CSV Injection”). For those who write lines
/// of their own while they are sent.
pub fn guarded(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { Cow::Owned(format!("'{text}")) } else { text }
}

fn fault_of(error: csv::Error) -> Fault {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => Fault::from(error).context("writing a table"),
        other => Fault::broken(format!("writing a table: {other:?}")),
    }
}
