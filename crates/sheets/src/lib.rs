//! Spreadsheets in and out: XLSX and CSV, row by row, with every limit named. Knows no person and no database.

mod book;
mod cell;
mod date;
mod fault;
mod header;
mod limits;
mod notice;
mod place;
mod row;
mod sniff;
mod text;
mod write;
mod xls;
mod xlsx;

pub use book::{Book, Format, SheetInfo};
pub use cell::{Cell, CellFault};
pub use date::{DateSystem, date_from_serial, parse_date};
pub use fault::SheetFault;
pub use header::{HEADER_ROWS_MAX, HeaderGuess, find_header};
pub use limits::Limits;
pub use notice::Notice;
pub use place::{Place, Range, column_name};
pub use text::TextEncoding;
pub use write::{
    BookWriter, Column, ColumnKind, CsvWriter, ErrorBook, JsonLinesWriter, RowFault, RowWriter,
    TemplateColumn, Watermark, guarded, write_template, write_texts,
};
