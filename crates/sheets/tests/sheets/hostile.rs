//! Files that are no spreadsheets, are broken, or are made to do harm: each refused with its own sentence.

use crate::making::{Made, Parts, content_types, workbook, worksheet};
use platform::limits::MIB;
use sheets::{Book, Limits, SheetFault};

const ROW: &str = r#"<sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData>"#;

fn refusal(made: &Made) -> SheetFault {
    made.open().expect_err("the file is refused")
}

fn code(made: &Made) -> &'static str {
    refusal(made).code()
}

#[test]
fn what_is_no_spreadsheet() {
    let mut pdf = b"%PDF-1.7\n".to_vec();
    pdf.extend([0; 100]);
    let document = Parts::of_sheet(ROW).with(
        "[Content_Types].xml",
        content_types("application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"),
    );
    for (bytes, expected) in [
        (pdf, "sheet.not_a_sheet"),
        (b"<html><table><tr><td>1</td></tr></table></html>".to_vec(), "sheet.not_a_sheet"),
        (b"".to_vec(), "sheet.not_a_sheet"),
        (b" \r\n\t".to_vec(), "sheet.not_a_sheet"),
        (b"a,b\0c\n1,2".to_vec(), "sheet.encoding"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF".to_vec(), "sheet.encoding"),
        (b"PK\x03\x04 and then nothing".to_vec(), "sheet.broken_zip"),
        (document.with("xl/workbook.xml", "<w:document/>").zip(), "sheet.no_such_sheet"),
    ] {
        assert_eq!(
            code(&Made::of(&bytes)),
            expected,
            "{:?}",
            String::from_utf8_lossy(&bytes[..bytes.len().min(20)])
        );
    }
}

#[test]
fn broken_and_encrypted_old_workbooks_are_told_apart() {
    let mut bytes = vec![0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
    bytes.resize(4_096, 0);
    bytes.extend("Workbook".encode_utf16().flat_map(u16::to_le_bytes));
    assert_eq!(code(&Made::of(&bytes)), "sheet.broken_xls");
    bytes.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
    assert_eq!(code(&Made::of(&bytes)), "sheet.encrypted");
}

#[test]
fn macros_are_refused_whatever_the_file_says_it_is() {
    let kind = "application/vnd.ms-excel.sheet.macroEnabled.main+xml";
    let told =
        Parts::of_sheet(ROW).with("[Content_Types].xml", content_types(kind)).with("xl/vbaProject.bin", "x");
    assert_eq!(code(&told.made()), "sheet.has_macros");
    assert_eq!(code(&Parts::of_sheet(ROW).with("custom/VBAProject.bin", "x").made()), "sheet.has_macros");
    assert_eq!(
        code(&Parts::of_sheet(ROW).with("xl/macrosheets/sheet1.xml", "<x/>").made()),
        "sheet.has_macros"
    );
}

#[test]
fn a_bomb_is_stopped_while_it_unpacks() {
    let row = format!("<row>{}</row>", "<c><v>0</v></c>".repeat(100));
    let bomb = Parts::of_sheet(&format!("<sheetData>{}</sheetData>", row.repeat(20_000))).made();
    let limits = Limits { unpacked_bytes_max: 8 * MIB, ..Limits::default() };
    let fault = Book::open(&bomb.path(), &limits).expect_err("thirty megabytes are too much");
    assert_eq!(fault.code(), "sheet.unpacks_too_large");
    assert!(fault.words().zh.contains("8 MB"));

    // The quota is one for all parts, not one for each.
    let strings = format!("<sst>{}</sst>", "<si><t>字</t></si>".repeat(400_000));
    let rows = format!("<sheetData>{}</sheetData>", row.repeat(3_000));
    let both = Parts::of_sheet(&rows).with("xl/sharedStrings.xml", strings).made();
    assert_eq!(Book::open(&both.path(), &limits).map(drop).unwrap_err().code(), "sheet.unpacks_too_large");

    // One text without an end is not collected, whatever the quota.
    let endless = Parts::of_sheet(&format!("<sheetData><row><c><v>{}", "9".repeat(20 << 20))).made();
    assert_eq!(code(&endless), "sheet.unpacks_too_large");
}

#[test]
fn entities_are_not_expanded() {
    let laughs = r#"<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "haha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>"#;
    let strings = format!("{laughs}<sst><si><t>&b;</t></si></sst>");
    assert_eq!(
        code(&Parts::of_sheet(ROW).with("xl/sharedStrings.xml", strings).made()),
        "sheet.forbidden_xml"
    );
    let outside = r#"<!DOCTYPE x SYSTEM "file:///etc/passwd"><workbook/>"#;
    assert_eq!(code(&Parts::of_sheet(ROW).with("xl/workbook.xml", outside).made()), "sheet.forbidden_xml");
    let undeclared = r#"<sheetData><row><c t="str"><v>&b;</v></c></row></sheetData>"#;
    assert_eq!(code(&Parts::of_sheet(undeclared).made()), "sheet.broken_xml");
}

#[test]
fn broken_parts_are_told() {
    for inside in [
        "<sheetData><row r=\"1\"><c><v>1</v></row></sheetData>",
        "<sheetData><row r=\"1\">",
        "<sheetData><row r=\"2\"/><row r=\"1\"/></sheetData>",
        "<sheetData><row r=\"0\"/></sheetData>",
        "<sheetData><row r=\"1048577\"/></sheetData>",
        "<sheetData><row r=\"x\"/></sheetData>",
        "<sheetData><row><c r=\"B1\"/><c r=\"A1\"/></row></sheetData>",
        "<sheetData><row><c r=\"XFE1\"/></row></sheetData>",
        "<sheetData><row r=\"1\"><row r=\"2\"><c><v>1</v></c></row><c><v>1</v></c></row></sheetData>",
        "<sheetData><c><v>1</v></c></sheetData>",
        &"<a>".repeat(200_000),
    ] {
        let fault = refusal(&Parts::of_sheet(inside).made());
        assert_eq!(fault.code(), "sheet.broken_xml", "{}", &inside[..inside.len().min(60)]);
        assert!(fault.to_string().contains("xl/worksheets/sheet1.xml"), "{fault}");
    }
    let without = Parts::of_sheet(ROW).with("xl/_rels/workbook.xml.rels", "<Relationships/>");
    assert_eq!(code(&without.made()), "sheet.no_such_sheet");
    let tabs = workbook("", r#"<sheet name="二" sheetId="2" r:id="r2"/>"#);
    assert_eq!(code(&Parts::of_sheet(ROW).with("xl/workbook.xml", tabs).made()), "sheet.broken_zip");
    let gbk =
        Parts::of_sheet(ROW).with("xl/worksheets/sheet1.xml", b"<worksheet>\xd5\xc5</worksheet>".to_vec());
    assert_eq!(code(&gbk.made()), "sheet.broken_xml");
}

#[test]
fn each_limit_names_its_place() {
    let limits = Limits { rows_max: 3, columns_max: 4, cell_chars_max: 5, ..Limits::default() };
    let rows = |rows: &str| Parts::of_sheet(&format!("<sheetData>{rows}</sheetData>")).made();
    let place = |made: Made| {
        let fault = Book::open(&made.path(), &limits).expect_err("beyond a limit");
        let place = fault.place().expect("a place").clone();
        (fault.code(), place.sheet, place.row, place.column)
    };
    let (sheet, cell) = (Some("人员".to_owned()), "<row><c><v>1</v></c></row>");
    // Rows and columns that only have a look do not count.
    let styled = r#"<row r="90"/><row r="91"><c r="ZZ91" s="1"/></row>"#;
    assert!(Book::open(&rows(&(cell.repeat(3) + styled)).path(), &limits).is_ok());
    assert_eq!(place(rows(&cell.repeat(4))), ("sheet.too_many_rows", sheet.clone(), Some(4), None));
    let wide = rows(r#"<row r="2"><c r="D2"><v>1</v></c><c r="E2"><v>1</v></c></row>"#);
    assert_eq!(place(wide), ("sheet.too_many_columns", sheet.clone(), Some(2), Some(4)));
    let fits = rows(r#"<row><c t="str"><v>一二三四五</v></c></row>"#);
    assert!(Book::open(&fits.path(), &limits).is_ok());
    let long = rows(r#"<row/><row><c r="B2" t="str"><v>一二三四五六</v></c></row>"#);
    assert_eq!(place(long), ("sheet.cell_too_long", sheet.clone(), Some(2), Some(1)));
    let endless = rows(&format!(r#"<row><c t="str"><v>{}</v></c></row>"#, "&amp;".repeat(100_000)));
    assert_eq!(place(endless), ("sheet.cell_too_long", sheet, Some(1), Some(0)));
    let small = Limits { file_bytes_max: 10, ..Limits::default() };
    assert_eq!(Book::open(&fits.path(), &small).map(drop).unwrap_err().code(), "sheet.too_large");
    let text = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(text.path(), "姓名,地址\n张晓明,田心三村\n").unwrap();
    assert!(Book::open(text.path(), &small).is_ok(), "text has a limit of its own");
    let short = Limits { text_bytes_max: 10, ..Limits::default() };
    assert_eq!(Book::open(text.path(), &short).map(drop).unwrap_err().code(), "sheet.too_large");
}

#[test]
fn a_hidden_sheet_meets_the_limits_when_it_is_read() {
    let tabs =
        r#"<sheet name="一" sheetId="1" r:id="r1"/><sheet name="藏" sheetId="2" state="hidden" r:id="r2"/>"#;
    let book = Parts::of_sheet(ROW)
        .with("xl/workbook.xml", workbook("", tabs))
        .with("xl/worksheets/sheet2.xml", worksheet("<sheetData><row>"))
        .made()
        .open()
        .unwrap();
    let fault = book.each_row(1, |_, _| std::ops::ControlFlow::Continue(())).unwrap_err();
    assert_eq!(fault.code(), "sheet.broken_xml");
    let fault = book.each_row(2, |_, _| std::ops::ControlFlow::Continue(())).unwrap_err();
    assert_eq!(fault.code(), "sheet.no_such_sheet");
}
