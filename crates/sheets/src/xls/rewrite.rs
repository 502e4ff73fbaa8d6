//! The values of a binary workbook, written as a workbook of today.

use super::broken;
use super::records::{OldBook, OldSheet, Shown, Value};
use crate::fault::SheetFault;
use rust_xlsxwriter::{Format, Formula, Workbook, Worksheet, XlsxError};
use std::fs::File;

/// Writes it.
///
/// # Errors
/// [`SheetFault::BrokenXls`] for what no workbook may hold: a name of a sheet twice, a merged range without cells.
pub(super) fn write(book: &OldBook, to: &mut File) -> Result<(), SheetFault> {
    let mut made = Workbook::new();
    for sheet in &book.sheets {
        write_sheet(made.add_worksheet(), sheet).map_err(|e| broken(e.to_string()))?;
    }
    made.save_to_writer(to).map_err(|e| broken(e.to_string()))
}

fn write_sheet(made: &mut Worksheet, sheet: &OldSheet) -> Result<(), XlsxError> {
    made.set_name(&sheet.name)?;
    made.set_hidden(sheet.hidden);
    for [top, bottom, left, right] in &sheet.merged {
        let is_one_cell = top == bottom && left == right;
        if !is_one_cell {
            made.merge_range(u32::from(*top), *left, u32::from(*bottom), *right, "", &Format::new())?;
        }
    }
    for ((row, column), value) in &sheet.cells {
        let row = u32::from(*row);
        match value {
            Value::Text(text) => made.write_string(row, *column, text)?,
            Value::Truth(truth) => made.write_boolean(row, *column, *truth)?,
            Value::Number(number, shown) => {
                made.write_number_with_format(row, *column, *number, &format_of(shown))?
            }
            Value::Fault(fault) => {
                made.write_formula(row, *column, Formula::new(format!("={fault}")).set_result(*fault))?
            }
        };
    }
    Ok(())
}

fn format_of(shown: &Shown) -> Format {
    match shown {
        Shown::BuiltIn(number) => Format::new().set_num_format_index(*number),
        Shown::As(text) => Format::new().set_num_format(text),
    }
}
