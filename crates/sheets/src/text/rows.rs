//! The rows of a table in text (RFC 4180, and what programs make of it): quotes, line breaks within them, either line ending.
//!
//! Written here because a row must keep the number the spreadsheet program shows, empty lines counted, and because a
//! quotation that is never closed must not swallow the file.

use super::TextSurvey;
use super::decode::{CHUNK_BYTES, Decoded};
use crate::cell::Cell;
use crate::fault::SheetFault;
use crate::limits::Limits;
use crate::place::Place;
use crate::row::{Row, reuse_text};
use std::ops::ControlFlow;

const DELIMITERS: [u8; 3] = [b',', b'\t', b';'];
/// Bytes one character takes at most.
const CHAR_BYTES_MAX: usize = 4;

/// The mark that stands most often in the first line that has any, outside of quotes. A comma where none does.
pub(crate) fn find_delimiter(head: &[u8]) -> u8 {
    let mut counts = [0_u32; DELIMITERS.len()];
    let mut in_quotes = false;
    for byte in head {
        match byte {
            b'"' => in_quotes = !in_quotes,
            b'\n' if !in_quotes && counts.iter().any(|count| *count > 0) => break,
            byte if !in_quotes => {
                let known = DELIMITERS.iter().position(|delimiter| delimiter == byte);
                known.into_iter().for_each(|index| counts[index] += 1);
            }
            _ => {}
        }
    }
    let most = counts.iter().max().copied().unwrap_or(0);
    DELIMITERS[counts.iter().position(|count| *count == most).unwrap_or(0)]
}

/// Hands over the rows that hold anything until `take` has had enough.
pub(crate) fn read(
    mut decoded: Decoded<'_>,
    delimiter: u8,
    limits: &Limits,
    mut take: impl FnMut(u32, &[Cell]) -> ControlFlow<()>,
) -> Result<TextSurvey, SheetFault> {
    let mut table = Table::of(delimiter, limits);
    let mut chunk = [0; CHUNK_BYTES];
    loop {
        let count = decoded.fill(&mut chunk)?;
        if count == 0 {
            // The last line may do without an ending.
            if table.state != State::LineStart {
                let _ = table.end_row(&mut take)?;
            }
            return Ok(table.survey);
        }
        if table.push(&chunk[..count], &mut take)?.is_break() {
            return Ok(table.survey);
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    LineStart,
    CellStart,
    Plain,
    Quoted,
    /// Behind a quote within a quoted cell: its end, or the first half of a quote that is meant.
    QuoteSeen,
    /// Behind a carriage return that ended a line: a line feed belongs to it.
    ReturnSeen,
}

struct Table<'a> {
    delimiter: u8,
    limits: &'a Limits,
    state: State,
    row: u32,
    cell: Vec<u8>,
    /// Marks between cells seen in this line: the column of the next cell.
    column: usize,
    cells: Row,
    columns_first: Option<usize>,
    survey: TextSurvey,
}

impl<'a> Table<'a> {
    fn of(delimiter: u8, limits: &'a Limits) -> Self {
        Self {
            delimiter,
            limits,
            state: State::LineStart,
            row: 1,
            cell: Vec::new(),
            column: 0,
            cells: Row::default(),
            columns_first: None,
            survey: TextSurvey::default(),
        }
    }

    fn push(
        &mut self,
        bytes: &[u8],
        take: &mut impl FnMut(u32, &[Cell]) -> ControlFlow<()>,
    ) -> Result<ControlFlow<()>, SheetFault> {
        for byte in bytes {
            if self.state == State::ReturnSeen {
                self.state = State::LineStart;
                if *byte == b'\n' {
                    continue;
                }
            }
            let flow = match self.state {
                State::Quoted => self.push_quoted(*byte),
                _ => self.push_plain(*byte, take)?,
            };
            if flow.is_break() {
                return Ok(flow);
            }
            if self.cell.len() > self.limits.cell_chars_max.saturating_mul(CHAR_BYTES_MAX) {
                return Err(self.too_long());
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn push_quoted(&mut self, byte: u8) -> ControlFlow<()> {
        match byte {
            b'"' => self.state = State::QuoteSeen,
            byte => self.cell.push(byte),
        }
        ControlFlow::Continue(())
    }

    fn push_plain(
        &mut self,
        byte: u8,
        take: &mut impl FnMut(u32, &[Cell]) -> ControlFlow<()>,
    ) -> Result<ControlFlow<()>, SheetFault> {
        match (byte, self.state) {
            (b'"', State::LineStart | State::CellStart) => self.state = State::Quoted,
            (b'"', State::QuoteSeen) => {
                self.cell.push(byte);
                self.state = State::Quoted;
            }
            (b'\r' | b'\n', _) => {
                let flow = self.end_row(take)?;
                self.state = if byte == b'\r' { State::ReturnSeen } else { State::LineStart };
                return Ok(flow);
            }
            (byte, _) if byte == self.delimiter => {
                self.end_cell()?;
                self.state = State::CellStart;
            }
            (byte, _) => {
                self.cell.push(byte);
                self.state = State::Plain;
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn end_cell(&mut self) -> Result<(), SheetFault> {
        let column = self.column;
        self.column += 1;
        if self.cell.is_empty() {
            return Ok(());
        }
        // Rows that end in many empty cells are common; only what holds something counts as a column.
        let columns_max = self.limits.columns_max;
        if column >= usize::from(columns_max) {
            return Err(SheetFault::TooManyColumns { place: self.place(), columns_max });
        }
        let text = std::str::from_utf8(&self.cell).map_err(|_| SheetFault::Encoding)?;
        if text.len() > self.limits.cell_chars_max && text.chars().count() > self.limits.cell_chars_max {
            return Err(self.too_long());
        }
        reuse_text(self.cells.slot(column)).push_str(text);
        self.cell.clear();
        Ok(())
    }

    fn end_row(
        &mut self,
        take: &mut impl FnMut(u32, &[Cell]) -> ControlFlow<()>,
    ) -> Result<ControlFlow<()>, SheetFault> {
        self.end_cell()?;
        let flow =
            if self.cells.holds_anything() { self.hand_over(take)? } else { ControlFlow::Continue(()) };
        self.cells.clear();
        self.column = 0;
        self.row += 1;
        Ok(flow)
    }

    fn hand_over(
        &mut self,
        take: &mut impl FnMut(u32, &[Cell]) -> ControlFlow<()>,
    ) -> Result<ControlFlow<()>, SheetFault> {
        let rows_max = self.limits.rows_max;
        if self.survey.rows == rows_max {
            return Err(SheetFault::TooManyRows { place: self.place(), rows_max });
        }
        self.survey.rows += 1;
        self.survey.row_last = self.row;
        if self.column != *self.columns_first.get_or_insert(self.column) {
            if self.survey.ragged == 0 {
                self.survey.ragged_row = self.row;
            }
            self.survey.ragged += 1;
        }
        Ok(take(self.row, self.cells.cells()))
    }

    fn place(&self) -> Place {
        Place { row: Some(self.row), ..Place::default() }
    }

    fn too_long(&self) -> SheetFault {
        let place = Place { column: u16::try_from(self.column).ok(), ..self.place() };
        SheetFault::CellTooLong { place, chars_max: self.limits.cell_chars_max }
    }
}
