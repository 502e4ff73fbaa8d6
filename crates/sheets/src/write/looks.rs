//! How written workbooks look: heads, kinds of columns, faults; and cells put where they belong.

use super::{Column, ColumnKind};
use crate::cell::Cell;
use crate::place::{COLUMNS_OF_FORMAT, ROWS_OF_FORMAT};
use jiff::civil::Date;
use platform::{Fault, FaultKind};
use rust_xlsxwriter::{Color, Format, Note, Workbook, Worksheet, XlsxError};
use std::path::Path;

/// UTF-16 units of a cell's text in the format; more is cut, and ends in [`CUT`].
const CELL_UNITS_MAX: usize = 32_767;
const CUT: &str = "……";
/// UTF-16 units of a note that are written.
const NOTE_UNITS_MAX: usize = 2_000;
/// The widest a column may be, in characters (ECMA-376 part 1, 18.3.1.13).
const WIDTH_MAX: u16 = 255;

const HEAD_FILL: Color = Color::RGB(0xe8eef4);
const FAULT_FILL: Color = Color::RGB(0xffc7ce);
const FAULT_INK: Color = Color::RGB(0x9c0006);

/// The formats of one workbook.
pub(super) struct Looks {
    pub head: Format,
    pub head_required: Format,
    pub faint: Format,
    text: Format,
    number: Format,
    date: Format,
    moment: Format,
    time: Format,
}

impl Looks {
    pub(super) fn plain() -> Self {
        Self::on(&Format::new())
    }

    /// For cells that hold a fault.
    pub(super) fn faulty() -> Self {
        Self::on(&Format::new().set_background_color(FAULT_FILL).set_font_color(FAULT_INK))
    }

    fn on(ground: &Format) -> Self {
        let head = Format::new().set_bold().set_background_color(HEAD_FILL).set_text_wrap();
        Self {
            head_required: head.clone().set_font_color(FAULT_INK),
            head,
            faint: Format::new().set_font_color(Color::Gray),
            text: ground.clone().set_num_format("@"),
            number: ground.clone(),
            date: ground.clone().set_num_format("yyyy-mm-dd"),
            moment: ground.clone().set_num_format("yyyy-mm-dd hh:mm:ss"),
            time: ground.clone().set_num_format("hh:mm:ss"),
        }
    }

    pub(super) fn of_kind(&self, kind: ColumnKind) -> &Format {
        match kind {
            ColumnKind::Text => &self.text,
            ColumnKind::Number | ColumnKind::Bool => &self.number,
            ColumnKind::Date => &self.date,
            ColumnKind::DateTime => &self.moment,
        }
    }

    /// Puts a cell. What does not fit the column's kind stays the text it is; nothing is guessed, and nothing is a formula.
    pub(super) fn put(
        &self,
        sheet: &mut Worksheet,
        (row, column): (u32, u16),
        cell: &Cell,
        kind: ColumnKind,
    ) -> Result<(), XlsxError> {
        match (cell.value(), kind) {
            (Cell::Empty | Cell::Formula(_), _) => Ok(()),
            (_, ColumnKind::Text) => self.put_text(sheet, (row, column), &cell.text_ref()),
            (value, _) => self.put_value(sheet, (row, column), value),
        }
    }

    /// Puts a cell as the kind of value it is.
    pub(super) fn put_value(
        &self,
        sheet: &mut Worksheet,
        (row, column): (u32, u16),
        cell: &Cell,
    ) -> Result<(), XlsxError> {
        match cell.value() {
            Cell::Number(number) => {
                sheet.write_number_with_format(row, column, *number, &self.number).map(drop)
            }
            Cell::Bool(value) => sheet.write_boolean_with_format(row, column, *value, &self.number).map(drop),
            Cell::Date(date) if is_written(*date) => {
                sheet.write_datetime_with_format(row, column, *date, &self.date).map(drop)
            }
            Cell::DateTime(moment) if is_written(moment.date()) => {
                sheet.write_datetime_with_format(row, column, *moment, &self.moment).map(drop)
            }
            Cell::Time(time) => sheet.write_datetime_with_format(row, column, *time, &self.time).map(drop),
            Cell::Empty | Cell::Formula(_) => Ok(()),
            _ => self.put_text(sheet, (row, column), &cell.text_ref()),
        }
    }

    pub(super) fn put_text(
        &self,
        sheet: &mut Worksheet,
        (row, column): (u32, u16),
        text: &str,
    ) -> Result<(), XlsxError> {
        sheet.write_string_with_format(row, column, cut(text, CELL_UNITS_MAX), &self.text).map(drop)
    }
}

/// The format counts days from 1900; earlier ones are written as text.
fn is_written(date: Date) -> bool {
    date.year() >= 1900
}

/// The text, or as much as fits with a sign that it was cut.
fn cut(text: &str, units_max: usize) -> String {
    if text.len() <= units_max || text.encode_utf16().count() <= units_max {
        return text.to_owned();
    }
    let mut units_left = units_max - CUT.encode_utf16().count();
    let fits = text.chars().take_while(|c| {
        let fits = c.len_utf16() <= units_left;
        units_left = units_left.saturating_sub(c.len_utf16());
        fits
    });
    fits.collect::<String>() + CUT
}

pub(super) fn note_of(text: &str) -> Note {
    Note::new(cut(text, NOTE_UNITS_MAX)).add_author_prefix(false).set_width(260).set_height(120)
}

/// A workbook whose temporary files lie beside the file that is made: they hold the same personal data.
pub(super) fn new_workbook(path: &Path) -> Result<Workbook, XlsxError> {
    let mut workbook = Workbook::new();
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    workbook.set_tempdir(folder)?;
    Ok(workbook)
}

/// Writes the heads of the columns into a row, with their notes, widths and the formats of what comes below.
pub(super) fn put_heads(
    sheet: &mut Worksheet,
    row: u32,
    columns: &[Column],
    looks: &Looks,
) -> Result<(), XlsxError> {
    for (index, column) in (0..COLUMNS_OF_FORMAT).zip(columns) {
        sheet.set_column_width(index, column.width.clamp(1, WIDTH_MAX))?;
        sheet.set_column_format(index, looks.of_kind(column.kind))?;
        sheet.write_string_with_format(row, index, column.title.as_str(), &looks.head)?;
        if !column.note.is_empty() {
            sheet.insert_note(row, index, &note_of(&column.note))?;
        }
    }
    sheet.set_freeze_panes(row + 1, 0)?;
    Ok(())
}

/// Lets people filter a finished table.
pub(super) fn put_filter(
    sheet: &mut Worksheet,
    head: u32,
    row_next: u32,
    columns: usize,
) -> Result<(), XlsxError> {
    match u16::try_from(columns).ok().and_then(|count| count.checked_sub(1)) {
        Some(column_last) => {
            sheet.autofilter(head, 0, row_next.saturating_sub(1).max(head), column_last).map(drop)
        }
        None => Ok(()),
    }
}

/// # Errors
/// The sheet is full.
pub(super) fn check_room(row: u32) -> Result<(), Fault> {
    if row < ROWS_OF_FORMAT {
        return Ok(());
    }
    Err(Fault::broken(format!("a sheet holds no more than {ROWS_OF_FORMAT} rows")))
}

/// The disk's troubles keep their kind; anything else is a defect.
pub(super) fn fault_of(error: XlsxError) -> Fault {
    match error {
        XlsxError::IoError(error) => Fault::from(error).context("writing a workbook"),
        other => Fault::new(FaultKind::Broken, "writing a workbook").because(other),
    }
}

#[cfg(test)]
mod tests {
    //! What is cut, and where.
    use super::cut;

    #[test]
    fn a_cut_text_says_so_and_keeps_whole_characters() {
        assert_eq!(cut("一二三", 3), "一二三");
        assert_eq!(cut("一二三四", 3), "一……");
        assert_eq!(cut("一𠀀三四五", 4), "一……");
    }
}
