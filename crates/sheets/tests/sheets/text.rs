//! Tables in text: every encoding, every mark between cells, and rows as spreadsheet programs number them.

use crate::making::{Made, texts_of};
use encoding_rs::{GB18030, GBK};
use sheets::{Book, Format, Limits, Notice, TextEncoding};

fn rows(bytes: &[u8]) -> Vec<(u32, Vec<String>)> {
    texts_of(&Made::of(bytes).open().expect("a table"), 0)
}

fn expect(bytes: &[u8], expected: &[(u32, &[&str])]) {
    let expected: Vec<(u32, Vec<String>)> = expected
        .iter()
        .map(|(row, texts)| (*row, texts.iter().map(|text| (*text).to_owned()).collect()))
        .collect();
    assert_eq!(rows(bytes), expected, "{:?}", String::from_utf8_lossy(bytes));
}

#[test]
fn every_encoding_is_found_and_told() {
    let table = "姓名,住址\r\n张𠮷,田心街道\r\n";
    let utf16 = |mark: [u8; 2], bytes: fn(u16) -> [u8; 2]| {
        mark.into_iter().chain(table.encode_utf16().flat_map(bytes)).collect::<Vec<u8>>()
    };
    let plain = table.replace('𠮷', "三");
    for (bytes, encoding) in [
        (table.as_bytes().to_vec(), TextEncoding::Utf8),
        (format!("\u{feff}{table}").into_bytes(), TextEncoding::Utf8),
        (GB18030.encode(table).0.into_owned(), TextEncoding::Gb18030),
        (GBK.encode(&plain).0.into_owned(), TextEncoding::Gb18030),
        (utf16([0xff, 0xfe], u16::to_le_bytes), TextEncoding::Utf16Le),
        (utf16([0xfe, 0xff], u16::to_be_bytes), TextEncoding::Utf16Be),
    ] {
        let book = Made::of(&bytes).open().unwrap();
        assert_eq!(book.format(), Format::Text { encoding, delimiter: ',' });
        assert_eq!(texts_of(&book, 0)[0], (1, vec!["姓名".into(), "住址".into()]), "{encoding}");
        let told = book.notices().contains(&Notice::Encoded { encoding });
        assert_eq!(told, encoding != TextEncoding::Utf8);
    }
}

#[test]
fn a_long_table_is_decoded_across_its_chunks() {
    for shift in 0..4 {
        let line = "张三李四王五，田心街道东门社区\n".repeat(3_000);
        let table = format!("{}\n{line}", "x".repeat(shift));
        for bytes in [table.as_bytes().to_vec(), GB18030.encode(&table).0.into_owned()] {
            let rows = rows(&bytes);
            assert_eq!(rows.len(), 3_000 + usize::from(shift > 0));
            assert!(rows[1..].iter().all(|(_, texts)| texts == &["张三李四王五，田心街道东门社区"]));
        }
    }
}

#[test]
fn quotes_line_ends_and_empty_lines() {
    expect(b"a,b\nc,d", &[(1, &["a", "b"]), (2, &["c", "d"])]);
    expect(b"a,b\r\n\r\n\nc,d\r\n", &[(1, &["a", "b"]), (4, &["c", "d"])]);
    expect(b"a,b\rc,d\r", &[(1, &["a", "b"]), (2, &["c", "d"])]);
    expect(b"\"a,\"\"1\"\"\",\"b\r\nb\"\n,,\nc,d,", &[(1, &["a,\"1\"", "b\r\nb"]), (3, &["c", "d"])]);
    expect(b"\"\",x\n\"a\"b,c\n", &[(1, &["", "x"]), (2, &["ab", "c"])]);
    expect(b"a\"b,c\n", &[(1, &["a\"b", "c"])]);
}

#[test]
fn the_mark_between_cells_is_found() {
    expect(b"a;b;c\n1,5;2;3\n", &[(1, &["a", "b", "c"]), (2, &["1,5", "2", "3"])]);
    expect(b"title\na\tb\tc\n", &[(1, &["title"]), (2, &["a", "b", "c"])]);
    expect(b"\"a;b;c\",d\n", &[(1, &["a;b;c", "d"])]);
}

#[test]
fn ragged_rows_are_told() {
    let book = Made::of(b"a,b,c\n1,2,3\n1,2\n1,2,3,4\n").open().unwrap();
    assert_eq!(book.notices(), [Notice::Ragged { count: 2, first_row: 3 }]);
    assert_eq!((book.sheets()[0].rows, book.sheets()[0].row_last), (Some(4), Some(4)));
}

#[test]
fn limits_hold_in_text_too() {
    let limits = Limits { rows_max: 3, columns_max: 4, cell_chars_max: 5, ..Limits::default() };
    for (bytes, code, row) in [
        (&b"1\n2\n\n3\n4\n"[..], "sheet.too_many_rows", 5),
        (b"1\n1,2,3,4,5\n", "sheet.too_many_columns", 2),
        (b"1\n123456\n", "sheet.cell_too_long", 2),
        (b"1\n\"never closed, and so on, and so on\n1\n", "sheet.cell_too_long", 2),
    ] {
        let fault = Book::open(&Made::of(bytes).path(), &limits).map(drop).unwrap_err();
        assert_eq!((fault.code(), fault.place().and_then(|place| place.row)), (code, Some(row)));
    }
    assert!(Book::open(&Made::of("1,2,3,4,,,,,,\n一二三四五\n".as_bytes()).path(), &limits).is_ok());
    let small = Limits { unpacked_bytes_max: 4, ..Limits::default() };
    let fault = Book::open(&Made::of(b"1,2,3\n").path(), &small).map(drop).unwrap_err();
    assert_eq!(fault.code(), "sheet.unpacks_too_large");
}
