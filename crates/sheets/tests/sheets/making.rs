//! Files for the tests: workbooks put together part by part, and whatever comes out of a file that is read.

use sheets::{Book, Cell, Limits, SheetFault};
use std::io::Write;
use std::ops::ControlFlow;
use std::path::PathBuf;
use tempfile::TempDir;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// A folder with one file in it, gone when dropped.
pub struct Made {
    folder: TempDir,
}

impl Made {
    /// The name says nothing on purpose: content alone decides.
    pub fn of(bytes: &[u8]) -> Self {
        let made = Self { folder: tempfile::tempdir().expect("a temporary folder") };
        std::fs::write(made.path(), bytes).expect("a file in it");
        made
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("file.dat")
    }

    pub fn open(&self) -> Result<Book, SheetFault> {
        Book::open(&self.path(), &Limits::default())
    }
}

pub const RELATIONS_HEAD: &str =
    r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">"#;
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";

/// The parts of a workbook with one sheet.
pub struct Parts {
    parts: Vec<(String, Vec<u8>)>,
}

impl Parts {
    /// A workbook whose sheet has this within `<worksheet>`.
    pub fn of_sheet(inside: &str) -> Self {
        let parts = [
            (
                "[Content_Types].xml",
                content_types("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"),
            ),
            ("xl/workbook.xml", workbook("", r#"<sheet name="人员" sheetId="1" r:id="r1"/>"#)),
            ("xl/_rels/workbook.xml.rels", relations()),
            ("xl/worksheets/sheet1.xml", worksheet(inside)),
        ];
        Self { parts: parts.map(|(name, text)| (name.to_owned(), text.into_bytes())).to_vec() }
    }

    /// Puts a part, in place of the one of that name.
    pub fn with(mut self, name: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.parts.retain(|(known, _)| known != name);
        self.parts.push((name.to_owned(), bytes.into()));
        self
    }

    pub fn zip(&self) -> Vec<u8> {
        let mut zip = ZipWriter::new(std::io::Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        for (name, bytes) in &self.parts {
            zip.start_file(name.as_str(), options).expect("a part");
            zip.write_all(bytes).expect("its bytes");
        }
        zip.finish().expect("a container").into_inner()
    }

    pub fn made(&self) -> Made {
        Made::of(&self.zip())
    }
}

pub fn content_types(kind: &str) -> String {
    format!(r#"<Types><Override PartName="/xl/workbook.xml" ContentType="{kind}"/></Types>"#)
}

pub fn workbook(properties: &str, sheets: &str) -> String {
    format!(
        r#"<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><workbookPr {properties}/><sheets>{sheets}</sheets></workbook>"#
    )
}

pub fn worksheet(inside: &str) -> String {
    format!(r#"<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="{MAIN}">{inside}</worksheet>"#)
}

fn relations() -> String {
    let of = |id: &str, kind: &str, target: &str| {
        format!(r#"<Relationship Id="{id}" Type="{OFFICE}/{kind}" Target="{target}"/>"#)
    };
    let (sheet, second) =
        (of("r1", "worksheet", "worksheets/sheet1.xml"), of("r2", "worksheet", "/xl/worksheets/sheet2.xml"));
    let (styles, strings) =
        (of("r3", "styles", "styles.xml"), of("r4", "sharedStrings", "sharedStrings.xml"));
    format!("{RELATIONS_HEAD}{sheet}{second}{styles}{strings}</Relationships>")
}

/// All rows of a sheet with their numbers.
pub fn rows_of(book: &Book, sheet: usize) -> Vec<(u32, Vec<Cell>)> {
    let mut rows = Vec::new();
    let taken = book.each_row(sheet, |row, cells| {
        rows.push((row, cells.to_vec()));
        ControlFlow::Continue(())
    });
    taken.expect("the sheet can be read");
    rows
}

/// The same as texts.
pub fn texts_of(book: &Book, sheet: usize) -> Vec<(u32, Vec<String>)> {
    let texts = |cells: Vec<Cell>| cells.iter().map(Cell::text).collect();
    rows_of(book, sheet).into_iter().map(|(row, cells)| (row, texts(cells))).collect()
}

pub fn text(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}
