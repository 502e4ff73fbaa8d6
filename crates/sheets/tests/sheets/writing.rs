//! What is written here and read back: by this crate, and by another one.

use crate::making::{Made, rows_of, text, texts_of};
use calamine::{Data, Reader, Xlsx, open_workbook};
use jiff::civil::date;
use platform::Words;
use sheets::{
    BookWriter, Cell, Column, ColumnKind, CsvWriter, ErrorBook, JsonLinesWriter, RowFault, RowWriter,
    TemplateColumn, Watermark, write_template,
};
use std::io::Read;

fn columns() -> Vec<Column> {
    let note = "身份证件上的号码".to_owned();
    vec![
        Column { note, ..Column::text("document", "证件号码") },
        Column::text("born", "出生日期").of_kind(ColumnKind::Date),
        Column::text("members", "家庭人数").of_kind(ColumnKind::Number),
        Column::text("rented", "是否租住").of_kind(ColumnKind::Bool),
        Column::text("changed_at", "更新时间").of_kind(ColumnKind::DateTime),
    ]
}

fn people() -> Vec<Vec<Cell>> {
    let day = date(1990, 1, 2);
    let first = vec![
        text("043020419900102001"),
        Cell::Date(day),
        Cell::Number(3.0),
        Cell::Bool(true),
        Cell::DateTime(day.at(8, 30, 0, 0)),
    ];
    let second = vec![text("=1+1"), text("不详"), Cell::Number(-2.5)];
    vec![first, second, vec![Cell::Formula(Box::new(Cell::Number(430_204.0))), Cell::Date(date(1899, 5, 1))]]
}

fn write(mut writer: Box<dyn RowWriter>) {
    for person in people() {
        writer.add_row(&person).unwrap();
    }
    let too_wide = vec![Cell::Empty; columns().len() + 1];
    assert!(writer.add_row(&too_wide).is_err(), "a row wider than the table is a defect");
    writer.finish().unwrap();
}

/// The text of one part of a workbook.
fn part(made: &Made, name: &str) -> String {
    let mut zip = zip::ZipArchive::new(std::fs::File::open(made.path()).unwrap()).unwrap();
    let mut text = String::new();
    zip.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

#[test]
fn a_workbook_comes_back_as_it_was_written() {
    let made = Made::of(b"");
    let mark = Watermark {
        in_first_row: true,
        ..Watermark::of("王五 & 李四", "2026-11-22 09:00", "人口核对")
    };
    write(Box::new(BookWriter::create_marked(&made.path(), &columns(), &mark).unwrap()));

    let book = made.open().unwrap();
    let header = book.find_header(0).unwrap().unwrap();
    assert_eq!((header.row, header.names.len()), (2, 5));
    let rows = rows_of(&book, 0);
    assert_eq!(rows[0].1[0].text(), mark.line);
    assert_eq!(rows[2].1, people()[0]);
    assert_eq!(rows[3].1, people()[1], "what looks like a formula stays a text");
    assert_eq!(rows[4].1, [text("430204"), text("1899-05-01")]);
    assert!(book.notices().is_empty());

    let sheet = part(&made, "xl/worksheets/sheet1.xml");
    assert!(sheet.contains(r#"state="frozen""#) && sheet.contains("<autoFilter ref=\"A2:E5\""));
    assert!(sheet.contains("王五 &amp;&amp; 李四"), "the ampersand of a name is no code of the header");
    assert!(part(&made, "xl/comments1.xml").contains("身份证件上的号码"));
    let left = std::fs::read_dir(made.path().parent().unwrap()).unwrap().count();
    assert_eq!(left, 1, "no temporary file is left beside it");
}

#[test]
fn another_reader_sees_the_same_workbook() {
    let made = Made::of(b"");
    write(Box::new(BookWriter::create(&made.path(), &columns()).unwrap()));
    let mut book: Xlsx<_> = open_workbook(made.path()).unwrap();
    let range = book.worksheet_range_at(0).unwrap().unwrap();
    assert_eq!(range.get((0, 0)), Some(&Data::String("证件号码".into())));
    assert_eq!(range.get((1, 0)), Some(&Data::String("043020419900102001".into())));
    let born = range.get((1, 1)).unwrap();
    assert!(matches!(born, Data::DateTime(day) if day.as_f64() == 32_875.0), "{born:?}");
    assert_eq!(range.get((2, 0)), Some(&Data::String("=1+1".into())));
}

#[test]
fn csv_is_guarded_against_formulas() {
    let made = Made::of(b"");
    write(Box::new(CsvWriter::create(&made.path(), &columns(), true).unwrap()));
    let written = std::fs::read_to_string(made.path()).unwrap();
    let lines: Vec<&str> = written.split("\r\n").collect();
    assert_eq!(
        lines,
        [
            "\u{feff}证件号码,出生日期,家庭人数,是否租住,更新时间",
            "043020419900102001,1990-01-02,3,TRUE,1990-01-02 08:30:00",
            "'=1+1,不详,-2.5,,",
            "430204,1899-05-01,,,",
            "",
        ]
    );
    let mut writer = Box::new(CsvWriter::create(&made.path(), &columns()[..1], false).unwrap());
    for dangerous in ["+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0"] {
        writer.add_row(&[text(dangerous)]).unwrap();
    }
    writer.finish().unwrap();
    let told = texts_of(&made.open().unwrap(), 0);
    assert!(told[1..].iter().all(|(_, texts)| texts[0].starts_with('\'')), "{told:?}");
}

#[test]
fn lines_of_json_keep_the_kinds() {
    let made = Made::of(b"");
    write(Box::new(JsonLinesWriter::create(&made.path(), &columns()).unwrap()));
    let written = std::fs::read_to_string(made.path()).unwrap();
    let lines: Vec<&str> = written.lines().collect();
    assert_eq!(
        lines[0],
        r#"{"document":"043020419900102001","born":"1990-01-02","members":3,"rented":true,"changed_at":"1990-01-02T08:30:00"}"#
    );
    assert_eq!(
        lines[1],
        r#"{"document":"=1+1","born":"不详","members":-2.5,"rented":null,"changed_at":null}"#
    );
}

#[test]
fn a_book_of_faults_shows_them_and_can_be_sent_in_again() {
    let made = Made::of(b"");
    let names = ["姓名".to_owned(), "证件号码".to_owned()];
    let mut book = ErrorBook::create(&made.path(), &names).unwrap();
    let words = Words::of("校验位不对，请核对证件号码。", "The check digit is wrong.");
    let fault = RowFault { column: Some(1), shown: "430204********0011".into(), words };
    let missing = RowFault {
        column: Some(0),
        shown: String::new(),
        words: Words::of("姓名没有填。", "The name is missing."),
    };
    book.add_row(7, &[text("张三"), text("430204199001020011")], std::slice::from_ref(&fault)).unwrap();
    book.add_row(9, &[Cell::Empty, Cell::Number(1.0)], &[missing, fault]).unwrap();
    book.finish().unwrap();

    let read = made.open().unwrap();
    let rows = texts_of(&read, 0);
    assert_eq!(rows[0].1, ["姓名", "证件号码", "原行号", "问题"]);
    assert_eq!(rows[1].1, ["张三", "430204199001020011", "7", "校验位不对，请核对证件号码。"]);
    assert_eq!(rows[2].1[3], "姓名没有填。\n校验位不对，请核对证件号码。");
    let list = texts_of(&read, 1);
    assert_eq!(list[1].1[..5], ["7", "B", "证件号码", "430204********0011", "校验位不对，请核对证件号码。"]);
    assert_eq!(list.len(), 4);
    assert!(!part(&made, "xl/worksheets/sheet2.xml").contains("430204199001020011"), "the list is masked");
    let notes = part(&made, "xl/comments1.xml");
    assert_eq!(notes.matches("<comment ").count(), 3);
    let styles = part(&made, "xl/styles.xml");
    assert!(styles.contains("FFFFC7CE"));
}

#[test]
fn a_template_explains_itself() {
    let made = Made::of(b"");
    let name = TemplateColumn {
        column: Column::text("name", "姓名"),
        meaning: "与证件上一致。".into(),
        example: "张三".into(),
        required: true,
        choices: Vec::new(),
    };
    let choices: Vec<String> = (1..=56).map(|number| format!("第{number}个民族的名称")).collect();
    let nation =
        TemplateColumn { column: Column::text("nation", "民族"), choices, ..TemplateColumn::default() };
    write_template(&made.path(), &[name, nation]).unwrap();

    let book = made.open().unwrap();
    assert_eq!(book.find_header(0).unwrap().unwrap().names, ["姓名", "民族"]);
    assert_eq!(book.sheets()[0].rows, Some(1), "an example must not be taken for a person");
    assert_eq!(texts_of(&book, 1)[1].1[..4], ["姓名", "是", "与证件上一致。", "张三"]);
    assert_eq!(texts_of(&book, 2).len(), 57);
    let sheet = part(&made, "xl/worksheets/sheet1.xml");
    assert!(sheet.contains("可选值!$B$2:$B$57") && sheet.contains(r#"sqref="B2:B20001""#), "{sheet}");
    assert!(part(&made, "xl/comments1.xml").contains("必填。与证件上一致。\n例：张三"));
}
