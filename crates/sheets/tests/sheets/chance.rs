//! Chance against the readers: nothing panics, no limit is passed, and another reader agrees where it can read at all.

use crate::making::{Made, Parts, rows_of};
use calamine::{Data, Reader, Xlsx, open_workbook};
use proptest::prelude::*;
use proptest::sample::Index;
use sheets::{Book, Cell, Limits};
use std::ops::ControlFlow;

const SHEET: &str = r#"<sheetData><row r="1" s="2"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>住&amp;址</t></is></c></row>
    <row r="3"><c r="A3" s="1"><v>32875</v></c><c r="C3"><f>A3+1</f><v>4.5E+3</v></c></row></sheetData>
    <mergeCells><mergeCell ref="A1:B1"/></mergeCells>"#;
const STRINGS: &str = "<sst><si><t>姓名</t></si></sst>";
const STYLES: &str = "<styleSheet><cellXfs><xf/><xf numFmtId=\"14\"/></cellXfs></styleSheet>";

fn parts() -> Parts {
    Parts::of_sheet(SHEET).with("xl/sharedStrings.xml", STRINGS).with("xl/styles.xml", STYLES)
}

fn narrow() -> Limits {
    Limits {
        unpacked_bytes_max: 1 << 20,
        rows_max: 50,
        columns_max: 20,
        cell_chars_max: 100,
        ..Limits::default()
    }
}

/// Opens and reads everything; what is let through keeps the limits and the order.
fn read_all(made: &Made) {
    let limits = narrow();
    let Ok(book) = Book::open(&made.path(), &limits) else { return };
    for sheet in 0..book.sheets().len() {
        let (mut rows, mut row_before) = (0, 0);
        let _ = book.each_row(sheet, |row, cells| {
            rows += 1;
            assert!(row > row_before, "row {row} after {row_before}");
            row_before = row;
            assert!(cells.len() <= usize::from(limits.columns_max));
            assert!(cells.iter().all(|cell| cell.text().chars().count() <= limits.cell_chars_max.max(400)));
            for cell in cells {
                let _ = (cell.date(), cell.fault(), cell.text_narrow());
            }
            ControlFlow::Continue(())
        });
        assert!(rows <= limits.rows_max);
        let _ = book.find_header(sheet);
    }
}

fn change(bytes: &mut [u8], changes: &[(Index, u8)]) {
    for (index, byte) in changes {
        bytes[index.index(bytes.len())] = *byte;
    }
}

fn texts() -> impl Strategy<Value = String> {
    "[ -~一-十０-９\"\r\n,;\t]{0,12}"
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..2_000)) {
        read_all(&Made::of(&bytes));
    }

    #[test]
    fn any_bytes_behind_the_sign_of_a_container(bytes in proptest::collection::vec(any::<u8>(), 0..500)) {
        read_all(&Made::of(&[b"PK\x03\x04", bytes.as_slice()].concat()));
    }

    #[test]
    fn a_changed_container(changes in proptest::collection::vec(any::<(Index, u8)>(), 1..8)) {
        let mut bytes = parts().zip();
        change(&mut bytes, &changes);
        read_all(&Made::of(&bytes));
    }

    #[test]
    fn a_changed_sheet(changes in proptest::collection::vec((any::<Index>(), proptest::sample::select(b"<>/=\"& 019Zrct\0\xff".to_vec())), 1..6)) {
        let mut sheet = crate::making::worksheet(SHEET).into_bytes();
        change(&mut sheet, &changes);
        read_all(&parts().with("xl/worksheets/sheet1.xml", sheet).made());
    }

    #[test]
    fn a_table_in_text_is_read_as_another_reader_reads_it(
        rows in proptest::collection::vec(proptest::collection::vec(texts(), 1..5), 1..6)
    ) {
        let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
        // The first line decides the mark between cells; it is not what is tried here.
        writer.write_record(["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m"]).unwrap();
        rows.iter().for_each(|row| writer.write_record(row).unwrap());
        let made = Made::of(&writer.into_inner().unwrap());
        let read: Vec<Vec<String>> = rows_of(&made.open().unwrap(), 0).into_iter().skip(1).map(|(_, cells)| raw(&cells)).collect();
        let expected: Vec<Vec<String>> = rows.into_iter().map(without_empty_tail).filter(|row| row.iter().any(|text| !text.trim().is_empty())).collect();
        prop_assert_eq!(read, expected);
    }

    #[test]
    fn a_workbook_is_read_as_another_reader_reads_it(
        rows in proptest::collection::vec(proptest::collection::vec(prop_oneof![
            texts().prop_map(|text| text.replace('\r', "")).prop_map(Cell::from_text),
            (-1e9..1e9_f64).prop_map(Cell::Number),
            any::<bool>().prop_map(Cell::Bool),
        ], 1..5), 1..6)
    ) {
        let made = Made::of(b"");
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet();
        for (row, cells) in (0..).zip(&rows) {
            for (column, cell) in (0..).zip(cells) {
                match cell {
                    Cell::Text(text) => drop(sheet.write(row, column, text).unwrap()),
                    Cell::Number(number) => drop(sheet.write(row, column, *number).unwrap()),
                    Cell::Bool(value) => drop(sheet.write(row, column, *value).unwrap()),
                    _ => {}
                }
            }
        }
        book.save(made.path()).unwrap();
        let mut other: Xlsx<_> = open_workbook(made.path()).unwrap();
        let range = other.worksheet_range_at(0).unwrap().unwrap();
        for (row, cells) in rows_of(&made.open().unwrap(), 0) {
            for (column, cell) in (0..).zip(&cells) {
                let seen = range.get_value((row - 1, column)).cloned().unwrap_or_default();
                prop_assert!(agrees(cell, &seen), "{:?} and {:?}", cell, seen);
            }
        }
        let ours: usize = rows_of(&made.open().unwrap(), 0).iter().map(|(_, cells)| cells.iter().filter(|cell| !cell.is_empty()).count()).sum();
        let written: usize = rows.iter().flatten().filter(|cell| !cell.is_empty()).count();
        prop_assert_eq!(ours, written);
    }
}

fn raw(cells: &[Cell]) -> Vec<String> {
    cells.iter().map(|cell| if let Cell::Text(text) = cell { text.clone() } else { String::new() }).collect()
}

fn without_empty_tail(mut row: Vec<String>) -> Vec<String> {
    while row.last().is_some_and(String::is_empty) {
        row.pop();
    }
    row
}

fn agrees(ours: &Cell, theirs: &Data) -> bool {
    match (ours, theirs) {
        (Cell::Empty, Data::Empty) => true,
        (Cell::Text(ours), Data::String(theirs)) => ours == theirs,
        (Cell::Number(ours), Data::Float(theirs)) => ours == theirs,
        (Cell::Bool(ours), Data::Bool(theirs)) => ours == theirs,
        _ => false,
    }
}
