//! Several sheets of plain text in one workbook, made in memory: for forms, whose every cell is text.

use super::looks::fault_of;
use platform::Fault;
use rust_xlsxwriter::{Format, Workbook, XlsxError};

/// Width of a column in characters.
const COLUMN_CHARS: f64 = 24.0;

/// Writes XLSX; the first row of each sheet is its heads. Text stays text: no cell is taken for a formula or a number.
///
/// # Errors
/// More rows, columns or characters than the format holds.
pub fn write_texts(sheets: &[(&str, Vec<Vec<String>>)]) -> Result<Vec<u8>, Fault> {
    write(sheets).map_err(fault_of)
}

fn write(sheets: &[(&str, Vec<Vec<String>>)]) -> Result<Vec<u8>, XlsxError> {
    let (mut workbook, bold) = (Workbook::new(), Format::new().set_bold());
    for (name, rows) in sheets {
        let sheet = workbook.add_worksheet();
        sheet.set_name(*name)?.set_freeze_panes(1, 0)?;
        for (row, cells) in (0..).zip(rows) {
            for (column, text) in (0..).zip(cells).filter(|(_, text)| !text.is_empty()) {
                if row == 0 {
                    sheet.set_column_width(column, COLUMN_CHARS)?;
                    sheet.write_string_with_format(row, column, text, &bold)?;
                } else {
                    sheet.write_string(row, column, text)?;
                }
            }
        }
    }
    workbook.save_to_buffer()
}
