//! An opened file: which sheets it has, what should be told about it, and its rows one at a time.

use crate::cell::Cell;
use crate::date::DateSystem;
use crate::fault::SheetFault;
use crate::header::{HEADER_ROWS_MAX, HeaderGuess, find_header};
use crate::limits::Limits;
use crate::notice::Notice;
use crate::place::Range;
use crate::sniff::{Kind, sniff};
use crate::text::{TextBook, TextEncoding};
use crate::xls::{self, XLS_BYTES_MAX};
use crate::xlsx::{Quota, Workbook};
use std::fs::File;
use std::ops::ControlFlow;
use std::path::Path;

/// What the file turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A workbook (ECMA-376), or a binary one rewritten as such.
    Xlsx,
    /// A table in text.
    Text { encoding: TextEncoding, delimiter: char },
}

/// One sheet. Of a hidden one only the name is known: it is not looked at before somebody asks for its rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SheetInfo {
    /// As on its tab; empty for a table in text.
    pub name: String,
    /// Hidden from people who open the file.
    pub hidden: bool,
    /// Rows that hold anything.
    pub rows: Option<u32>,
    /// The number of the last row that holds anything.
    pub row_last: Option<u32>,
    /// Merged ranges, at most [`MERGED_MAX`] of them.
    pub merged: Vec<Range>,
}

/// Merged ranges that are named; more are only counted.
pub(crate) const MERGED_MAX: usize = 10_000;

/// What a reader found out on its way through one sheet.
#[derive(Debug, Default)]
pub(crate) struct Survey {
    pub rows: u32,
    pub row_last: u32,
    pub merged: Vec<Range>,
    pub merged_count: u32,
    pub formulas: u32,
    pub formula_row: u32,
}

/// A spreadsheet that was opened and looked through once: what is wrong with the file as a whole was refused by then.
#[derive(Debug)]
pub struct Book {
    inner: Inner,
    sheets: Vec<SheetInfo>,
    notices: Vec<Notice>,
}

#[derive(Debug)]
enum Inner {
    Xlsx(Box<Workbook>),
    Text(TextBook),
}

impl Book {
    /// Opens a file; its content decides what it is, never its name. Reads every visible sheet once, so that limits, damage
    /// and merged cells are known before the first row is taken.
    ///
    /// # Errors
    /// Any [`SheetFault`].
    pub fn open(path: &Path, limits: &Limits) -> Result<Self, SheetFault> {
        Self::open_file(File::open(path)?, limits)
    }

    /// The same with a file that is open already: one without a name, that is gone when it is let go.
    ///
    /// # Errors
    /// Any [`SheetFault`].
    pub fn open_file(file: File, limits: &Limits) -> Result<Self, SheetFault> {
        let (kind, bytes) = (sniff(&file)?, file.metadata()?.len());
        let bytes_max = match kind {
            Kind::Zip => limits.file_bytes_max,
            Kind::Compound => limits.file_bytes_max.min(XLS_BYTES_MAX),
            Kind::Text => limits.text_bytes_max,
        };
        if bytes > bytes_max {
            return Err(SheetFault::TooLarge { bytes, bytes_max });
        }
        match kind {
            Kind::Zip => Self::open_workbook(file, limits),
            Kind::Compound => Self::open_workbook(xls::rewrite(file)?, limits),
            Kind::Text => Self::open_text(file, limits),
        }
    }

    fn open_workbook(file: File, limits: &Limits) -> Result<Self, SheetFault> {
        let mut quota = Quota::of(limits.unpacked_bytes_max);
        let workbook = Workbook::open(file, limits, &mut quota)?;
        let mut notices: Vec<Notice> = Vec::new();
        let mut sheets = Vec::new();
        if workbook.has_external_links() {
            notices.push(Notice::ExternalLinks);
        }
        for (index, sheet) in workbook.sheets().iter().enumerate() {
            let (name, hidden) = (sheet.name.clone(), sheet.hidden);
            if hidden {
                notices.push(Notice::HiddenSheet { sheet: name.clone() });
                sheets.push(SheetInfo { name, hidden, ..SheetInfo::default() });
                continue;
            }
            let survey = workbook.read(index, &mut quota, |_, _| ControlFlow::Continue(()))?;
            notices.extend(notices_of(&name, &survey));
            let (rows, row_last) = (Some(survey.rows), Some(survey.row_last));
            sheets.push(SheetInfo { name, hidden, rows, row_last, merged: survey.merged });
        }
        Ok(Self { inner: Inner::Xlsx(Box::new(workbook)), sheets, notices })
    }

    fn open_text(file: File, limits: &Limits) -> Result<Self, SheetFault> {
        let (book, survey) = TextBook::open(file, limits)?;
        let mut notices = Vec::new();
        if book.encoding() != TextEncoding::Utf8 {
            notices.push(Notice::Encoded { encoding: book.encoding() });
        }
        if survey.ragged > 0 {
            notices.push(Notice::Ragged { count: survey.ragged, first_row: survey.ragged_row });
        }
        let (rows, row_last) = (Some(survey.rows), Some(survey.row_last));
        let sheets = vec![SheetInfo { rows, row_last, ..SheetInfo::default() }];
        Ok(Self { inner: Inner::Text(book), sheets, notices })
    }

    /// The sheets in the order of their tabs.
    pub fn sheets(&self) -> &[SheetInfo] {
        &self.sheets
    }

    /// What its sender should be told.
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    pub fn format(&self) -> Format {
        match &self.inner {
            Inner::Xlsx(_) => Format::Xlsx,
            Inner::Text(book) => Format::Text { encoding: book.encoding(), delimiter: book.delimiter() },
        }
    }

    /// Where bare serial numbers begin: for [`Cell::date_in`].
    pub fn date_system(&self) -> DateSystem {
        match &self.inner {
            Inner::Xlsx(workbook) => workbook.date_system(),
            Inner::Text(_) => DateSystem::Since1900,
        }
    }

    /// The rows that hold anything, one at a time and in order: `take` gets the number the spreadsheet program shows, from 1,
    /// and the cells from column A to the last one that holds anything. Memory does not grow with the rows.
    ///
    /// # Errors
    /// Any [`SheetFault`]; after an open that went well, those of hidden sheets and of the disk.
    pub fn each_row(
        &self,
        sheet: usize,
        take: impl FnMut(u32, &[Cell]) -> ControlFlow<()>,
    ) -> Result<(), SheetFault> {
        match &self.inner {
            _ if sheet >= self.sheets.len() => Err(SheetFault::NoSuchSheet { index: sheet }),
            Inner::Xlsx(workbook) => workbook.read_again(sheet, take).map(drop),
            Inner::Text(book) => book.read(take).map(drop),
        }
    }

    /// The row of a sheet that seems to name its columns; see [`find_header`].
    ///
    /// # Errors
    /// As [`Book::each_row`].
    pub fn find_header(&self, sheet: usize) -> Result<Option<HeaderGuess>, SheetFault> {
        let mut rows: Vec<(u32, Vec<Cell>)> = Vec::with_capacity(HEADER_ROWS_MAX);
        self.each_row(sheet, |row, cells| {
            rows.push((row, cells.to_vec()));
            if rows.len() < HEADER_ROWS_MAX { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        Ok(find_header(rows.iter().map(|(row, cells)| (*row, cells.as_slice()))))
    }
}

fn notices_of(sheet: &str, survey: &Survey) -> Vec<Notice> {
    let mut notices = Vec::new();
    if let Some(first) = survey.merged.first() {
        notices.push(Notice::Merged { sheet: sheet.to_owned(), count: survey.merged_count, first: *first });
    }
    if survey.formulas > 0 {
        let (count, first_row) = (survey.formulas, survey.formula_row);
        notices.push(Notice::Formulas { sheet: sheet.to_owned(), count, first_row });
    }
    notices
}
