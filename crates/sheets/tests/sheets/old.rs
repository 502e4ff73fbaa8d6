//! Binary workbooks of 1997 to 2003: made here record by record, and those other people made, where a folder of them is at hand.

use crate::making::{Made, rows_of, text};
use calamine::{Data, Reader, Xls, open_workbook};
use jiff::civil::date;
use proptest::prelude::*;
use sheets::{Book, Cell, Limits, SheetFault};
use std::collections::BTreeMap;
use std::io::{Cursor, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

fn record(kind: u16, body: &[u8]) -> Vec<u8> {
    let mut bytes = kind.to_le_bytes().to_vec();
    bytes.extend((body.len() as u16).to_le_bytes());
    bytes.extend(body);
    bytes
}

fn bof(version: u16, kind: u16) -> Vec<u8> {
    record(0x0809, &[version.to_le_bytes(), kind.to_le_bytes(), [0; 2], [0; 2]].concat())
}

fn wide(text: &str) -> Vec<u8> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let mut bytes = (units.len() as u16).to_le_bytes().to_vec();
    bytes.push(1);
    bytes.extend(units.into_iter().flat_map(u16::to_le_bytes));
    bytes
}

/// A cell's row, column and format, with what follows.
fn cell(row: u16, column: u16, format: u16, rest: &[u8]) -> Vec<u8> {
    let mut bytes: Vec<u8> = [row, column, format].into_iter().flat_map(u16::to_le_bytes).collect();
    bytes.extend(rest);
    bytes
}

/// A workbook's stream: one sheet 居民 with two texts, a day, two packed numbers, a truth, a fault and a formula with a text.
fn stream() -> Vec<u8> {
    let texts = [&[2, 0, 0, 0, 2, 0, 0, 0][..], &wide("姓名"), &wide("张晓明")].concat();
    let xf = |number: u16| record(0x00e0, &[[0, 0], number.to_le_bytes()].concat());
    let formats = [xf(0), xf(14)].concat();
    let name = [&[1, 2, 1][..], &wide("居民")[3..]].concat();
    let sheet_name = [&[name[1]][..], &[1], &name[3..]].concat();
    let head = [bof(0x0600, 5), record(0x00fc, &texts), formats].concat();
    let bound = 4 + 6 + sheet_name.len();
    let at = (head.len() + bound + 4) as u32;
    let listed = record(0x0085, &[&at.to_le_bytes()[..], &[0, 0], &sheet_name].concat());
    let packed = [
        &cell(2, 0, 0, &[])[..4],
        &[0, 0],
        &0x0192_u32.to_le_bytes(),
        &[0, 0],
        &0x0006_u32.to_le_bytes(),
        &[1, 0],
    ]
    .concat();
    let made = [&[0; 6][..], &[0xff, 0xff]].concat();
    let sheet = [
        bof(0x0600, 0x10),
        record(0x00fd, &cell(0, 0, 0, &0_u32.to_le_bytes())),
        record(0x00fd, &cell(1, 0, 0, &1_u32.to_le_bytes())),
        record(0x0203, &cell(1, 1, 1, &32_875.0_f64.to_le_bytes())),
        record(0x00bd, &packed),
        record(0x0205, &cell(3, 0, 0, &[1, 0])),
        record(0x0205, &cell(3, 1, 0, &[0x2a, 1])),
        record(0x0006, &cell(4, 0, 0, &made)),
        record(0x0207, &wide("算出")),
        record(0x00e5, &[1, 0, 5, 0, 6, 0, 0, 0, 1, 0]),
        record(0x000a, &[]),
    ];
    [head, listed, record(0x000a, &[]), sheet.concat()].concat()
}

/// The container of such a stream.
fn file(stream: &[u8]) -> Vec<u8> {
    let mut container = cfb::CompoundFile::create(Cursor::new(Vec::new())).expect("a container");
    container.create_stream("/Workbook").and_then(|mut part| part.write_all(stream)).expect("a stream");
    container.into_inner().into_inner()
}

#[test]
fn its_values_come_as_those_of_a_workbook_of_today() {
    let made = Made::of(&file(&stream()));
    let book = made.open().expect("a workbook");
    assert_eq!(book.sheets()[0].name, "居民");
    let rows = rows_of(&book, 0);
    assert_eq!(
        rows,
        [
            (1, vec![text("姓名")]),
            (2, vec![text("张晓明"), Cell::Date(date(1990, 1, 2))]),
            (3, vec![Cell::Number(100.0), Cell::Number(1.0)]),
            (4, vec![Cell::Bool(true), Cell::Formula(Box::new(Cell::Error("#N/A".to_owned())))]),
            (5, vec![text("算出")]),
        ]
    );
}

#[test]
fn what_is_older_locked_or_broken_is_told() {
    let code = |stream: &[u8]| Made::of(&file(stream)).open().map(drop).map_err(|fault| fault.code());
    let whole = stream();
    assert_eq!(code(&bof(0x0500, 5)), Err("sheet.old_xls"));
    assert_eq!(code(&[bof(0x0600, 5), record(0x002f, &[0; 54])].concat()), Err("sheet.encrypted"));
    assert_eq!(code(&whole[..whole.len() - 4]), Err("sheet.broken_xls"), "a sheet without an end");
    assert_eq!(code(&whole[..whole.len() - 6]), Err("sheet.broken_xls"), "a record without an end");
    let mut container = cfb::CompoundFile::create(Cursor::new(Vec::new())).expect("a container");
    container.create_stream("/Book").expect("a stream");
    let before = container.into_inner().into_inner();
    assert_eq!(Made::of(&before).open().map(drop).map_err(|fault| fault.code()), Err("sheet.old_xls"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]
    #[test]
    fn nothing_that_chance_does_to_it_panics(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12)) {
        let mut bytes = stream();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let made = Made::of(&file(&bytes));
        if let Ok(book) = made.open() {
            for index in 0..book.sheets().len() {
                let _ = book.each_row(index, |_, _| ControlFlow::Continue(()));
            }
        }
    }
}

fn others() -> Vec<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/xforms");
    let folder = std::env::var_os("MULIN_XFORMS").map_or(beside, PathBuf::from);
    let folders = ["pyxform_xls", "pyxform_bug_xls"].map(|name| folder.join(name));
    let files = folders.iter().flat_map(|folder| std::fs::read_dir(folder).into_iter().flatten().flatten());
    files
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "xls"))
        .collect()
}

/// What another reader finds in a sheet, as texts by place.
fn theirs(range: &calamine::Range<Data>) -> Vec<(u32, u32, String)> {
    let (top, left) = range.start().unwrap_or_default();
    let told = range.used_cells().filter_map(|(row, column, data)| {
        let text = match data {
            Data::String(text) if !text.trim().is_empty() => text.clone(),
            Data::Float(number) => number.to_string(),
            Data::Int(number) => number.to_string(),
            Data::Bool(truth) => truth.to_string(),
            _ => return None,
        };
        Some((top + row as u32, left + column as u32, text))
    });
    told.collect()
}

#[test]
fn another_reader_finds_the_same() {
    let mut cells = 0;
    for path in others() {
        let mut other: Xls<_> = open_workbook(&path).expect("another reader opens it");
        let book = match Book::open(
            &path,
            &Limits { columns_max: 256, cell_chars_max: 40_000, ..Limits::default() },
        ) {
            Ok(book) => book,
            Err(SheetFault::BrokenXls { why }) => panic!("{}: {why}", path.display()),
            Err(_) => continue,
        };
        for (index, sheet) in book.sheets().iter().enumerate().filter(|(_, sheet)| !sheet.hidden) {
            let range = other.worksheet_range(&sheet.name).expect("the same sheet");
            let ours: BTreeMap<u32, Vec<Cell>> = rows_of(&book, index).into_iter().collect();
            for (row, column, text) in theirs(&range) {
                let mine = ours.get(&(row + 1)).and_then(|cells| cells.get(column as usize));
                assert_eq!(
                    mine.map(text_of).unwrap_or_default(),
                    text.trim(),
                    "{} {} at {row}, {column}",
                    path.display(),
                    sheet.name
                );
                cells += 1;
            }
        }
    }
    println!("{cells} cells are the same");
}

fn text_of(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => text.trim().to_owned(),
        Cell::Number(number) => number.to_string(),
        Cell::Bool(truth) => truth.to_string(),
        _ => String::new(),
    }
}
