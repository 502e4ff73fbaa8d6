//! Workbooks made for the tests: sheets of text.

use forms::xlsform::{self, Loaded, Refused};
use rust_xlsxwriter::Workbook;
use sheets::Book;

/// A sheet: its name, and its rows with `|` between the cells.
pub type Sheet<'s> = (&'s str, &'s [&'s str]);

/// The form in a workbook of these sheets.
pub fn read(sheets: &[Sheet<'_>]) -> Result<Loaded, Refused> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("form.xlsx");
    let mut workbook = Workbook::new();
    for (name, rows) in sheets {
        let sheet = workbook.add_worksheet();
        sheet.set_name(*name).expect("a name of a sheet");
        for (row, line) in rows.iter().enumerate() {
            for (column, text) in
                line.split('|').map(str::trim).enumerate().filter(|(_, text)| !text.is_empty())
            {
                sheet.write(row as u32, column as u16, text).expect("a cell");
            }
        }
    }
    workbook.save(&path).expect("a workbook");
    xlsform::read(
        &Book::open(&path, &xlsform::sheet_limits()).expect("a workbook that opens"),
        "household visit",
    )
}

/// What is wrong with it: code and words, in English.
pub fn faults(sheets: &[Sheet<'_>]) -> Vec<(String, String)> {
    match read(sheets) {
        Ok(_) => Vec::new(),
        Err(Refused::Form { faults, .. }) => {
            faults.iter().map(|fault| (fault.code().to_owned(), fault.words().en.into_owned())).collect()
        }
        Err(Refused::Sheet(fault)) => vec![(fault.code().to_owned(), fault.words().en.into_owned())],
    }
}
