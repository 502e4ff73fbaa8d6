//! Workbooks as programs write them, the common and the odd.

use crate::making::{Made, Parts, rows_of, text, texts_of, workbook, worksheet};
use jiff::civil::{date, time};
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};
use sheets::{Book, Cell, CellFault, DateSystem, Format as FileFormat, Notice};
use std::ops::ControlFlow;

const STYLES: &str = r#"<styleSheet><numFmts><numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;m&quot;月&quot;"/></numFmts>
    <cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>
    <cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="20"/><xf numFmtId="31"/></cellXfs>
    <cellStyles/></styleSheet>"#;

fn only_row(book: &Book) -> Vec<Cell> {
    rows_of(book, 0).remove(0).1
}

#[test]
fn a_workbook_of_another_program_is_read() {
    let made = Made::of(b"");
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("人员").unwrap();
    sheet.write(0, 0, "姓名").unwrap().write(0, 1, "出生日期").unwrap().write(0, 3, "合计").unwrap();
    sheet.write(4, 0, " 张三 & 李四\n二 ").unwrap();
    let day = ExcelDateTime::from_ymd(1990, 1, 2).unwrap();
    sheet.write_with_format(4, 1, &day, &Format::new().set_num_format("yyyy-mm-dd")).unwrap();
    sheet.write(4, 2, true).unwrap();
    sheet.write(4, 3, Formula::new("=1+1").set_result("2")).unwrap();
    book.save(made.path()).unwrap();

    let book = made.open().unwrap();
    assert_eq!(book.format(), FileFormat::Xlsx);
    let info = &book.sheets()[0];
    assert_eq!(
        (info.name.as_str(), info.hidden, info.rows, info.row_last),
        ("人员", false, Some(2), Some(5))
    );
    let rows = rows_of(&book, 0);
    assert_eq!(rows[0], (1, vec![text("姓名"), text("出生日期"), Cell::Empty, text("合计")]));
    let sum = Cell::Formula(Box::new(Cell::Number(2.0)));
    assert_eq!(
        rows[1],
        (5, vec![text(" 张三 & 李四\n二 "), Cell::Date(date(1990, 1, 2)), Cell::Bool(true), sum])
    );
    assert_eq!(book.notices(), [Notice::Formulas { sheet: "人员".into(), count: 1, first_row: 5 }]);
    assert_eq!(book.find_header(0).unwrap().unwrap().names, ["姓名", "出生日期", "", "合计"]);
}

#[test]
fn strings_of_every_kind() {
    let strings = r#"<sst><si><t>整</t></si><si><r><t xml:space="preserve">富 </t></r><r><rPr><b/></rPr><t>文本</t></r></si>
        <si><t>東京</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh></si><si><t>a&lt;b&#x4e2d;<![CDATA[<c>]]></t></si><si/></sst>"#;
    let sheet = r#"<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="s"><v>2</v></c>
        <c r="D1" t="s"><v>3</v></c><c r="E1" t="s"><v>4</v></c><c r="F1" t="inlineStr"><is><r><t>行</t></r><r><t>内</t></r></is></c>
        <c r="G1" t="str"><f>A1</f><v>算</v></c><c r="H1" t="s"><v>99</v></c><c r="I1" t="inlineStr"><is><t>一_x000A_二_xZZZZ_</t></is></c></row></sheetData>"#;
    let book = Parts::of_sheet(sheet).with("xl/sharedStrings.xml", strings).made().open().unwrap();
    let told: Vec<String> = only_row(&book).iter().map(Cell::text).collect();
    assert_eq!(told, ["整", "富 文本", "東京", "a<b中<c>", "", "行内", "算", "", "一\n二_xZZZZ_"]);
}

#[test]
fn gaps_prefixes_and_missing_references() {
    let sheet = r#"<x:sheetData xmlns:x="m"><x:row><x:c><x:v>1</x:v></x:c><x:c r="C1"><x:v>3</x:v></x:c><x:c><x:v>4</x:v></x:c></x:row>
        <x:row r="3"><x:c r="B3" s="1"/></x:row><x:row r="7"><x:c r="B7"><x:v>2</x:v></x:c></x:row><x:row><x:c t="inlineStr"><x:is><x:t>  </x:t></x:is></x:c></x:row>
        <x:row><x:c r="A9"><x:v>9</x:v></x:c></x:row></x:sheetData>"#;
    let book = Parts::of_sheet(sheet).made().open().unwrap();
    let told = texts_of(&book, 0);
    let expected: [(u32, &[&str]); 3] = [(1, &["1", "", "3", "4"]), (7, &["", "2"]), (9, &["9"])];
    let expected: Vec<(u32, Vec<String>)> =
        expected.map(|(row, texts)| (row, texts.iter().map(|text| (*text).to_owned()).collect())).to_vec();
    assert_eq!(told, expected);
}

#[test]
fn numbers_shown_as_days_and_times() {
    let sheet = r#"<sheetData><row r="1"><c r="A1" s="1"><v>32875</v></c><c r="B1" s="2"><v>32875.5</v></c><c r="C1" s="3"><v>0.354166666666667</v></c>
        <c r="D1" s="4"><v>60</v></c><c r="E1"><v>32875</v></c><c r="F1" t="d"><v>1990-01-02T08:30:00</v></c><c r="G1" s="1" t="e"><v>#N/A</v></c></row></sheetData>"#;
    let parts = Parts::of_sheet(sheet).with("xl/styles.xml", STYLES);
    let cells = only_row(&parts.made().open().unwrap());
    let day = date(1990, 1, 2);
    assert_eq!(cells[0], Cell::Date(day));
    assert_eq!(cells[1], Cell::DateTime(day.at(12, 0, 0, 0)));
    assert_eq!(cells[2], Cell::Time(time(8, 30, 0, 0)));
    assert_eq!(cells[3], Cell::Number(60.0));
    assert_eq!((&cells[4], cells[4].date()), (&Cell::Number(32_875.0), Some(day)));
    assert_eq!(cells[5], Cell::DateTime(day.at(8, 30, 0, 0)));
    assert_eq!(cells[6].fault(), Some(CellFault::ErrorValue { shown: "#N/A".into() }));
}

#[test]
fn a_workbook_of_the_1904_system() {
    let sheet = r#"<sheetData><row r="1"><c r="A1" s="1"><v>31413</v></c><c r="B1"><v>31413</v></c></row></sheetData>"#;
    let book = Parts::of_sheet(sheet)
        .with("xl/styles.xml", STYLES)
        .with("xl/workbook.xml", workbook(r#"date1904="1""#, r#"<sheet name="一" sheetId="1" r:id="r1"/>"#))
        .made()
        .open()
        .unwrap();
    assert_eq!(book.date_system(), DateSystem::Since1904);
    let cells = only_row(&book);
    assert_eq!(cells[0], Cell::Date(date(1990, 1, 2)));
    assert_eq!(cells[1].date_in(book.date_system()), Some(date(1990, 1, 2)));
}

#[test]
fn long_numbers_and_numbers_as_text() {
    let sheet = r#"<sheetData><row r="1"><c r="A1"><v>4.3020419900102000E+17</v></c><c r="B1" t="inlineStr"><is><t>430204199001020011</t></is></c>
        <c r="C1"><v>13873300000</v></c><c r="D1"><v>1.3873300000000000E+10</v></c><c r="E1"><v>nan</v></c></row></sheetData>"#;
    let cells = only_row(&Parts::of_sheet(sheet).made().open().unwrap());
    assert_eq!(cells[0].fault(), Some(CellFault::LostDigits));
    let told: Vec<String> = cells[1..].iter().map(Cell::text).collect();
    assert_eq!(told, ["430204199001020011", "13873300000", "13873300000", "nan"]);
    assert!(cells[1..].iter().all(|cell| cell.fault().is_none()));
}

#[test]
fn merged_cells_are_told() {
    let sheet = r#"<sheetData><row r="1"><c r="A1" t="str"><v>表</v></c></row><row r="3"><c r="A3"><v>1</v></c></row></sheetData>
        <mergeCells count="2"><mergeCell ref="A1:D1"/><mergeCell ref="A3:A5"/></mergeCells>"#;
    let book = Parts::of_sheet(sheet).made().open().unwrap();
    let merged = &book.sheets()[0].merged;
    assert_eq!(merged.iter().map(ToString::to_string).collect::<Vec<_>>(), ["A1:D1", "A3:A5"]);
    assert!(merged[1].has_row(4) && !merged[1].has_row(6));
    assert!(matches!(book.notices(), [Notice::Merged { count: 2, .. }]));
    assert!(book.notices()[0].words().zh.contains("A1:D1"));
}

#[test]
fn a_hidden_sheet_is_told_and_read_only_when_asked() {
    let tabs = r#"<sheet name="一" sheetId="1" r:id="r1"/><sheet name="藏" sheetId="2" state="veryHidden" r:id="r2"/>
        <sheet name="图" sheetId="3" r:id="r3"/>"#;
    let second = worksheet(r#"<sheetData><row r="1"><c r="A1"><v>42</v></c></row></sheetData>"#);
    let book = Parts::of_sheet("<sheetData/>")
        .with("xl/workbook.xml", workbook("", tabs))
        .with("xl/worksheets/sheet2.xml", second)
        .with("xl/externalLinks/externalLink1.xml", "<externalLink/>")
        .made()
        .open()
        .unwrap();
    let names: Vec<&str> = book.sheets().iter().map(|sheet| sheet.name.as_str()).collect();
    assert_eq!(names, ["一", "藏"], "a tab whose relation is no sheet has no rows");
    assert_eq!((book.sheets()[1].hidden, book.sheets()[1].rows), (true, None));
    assert_eq!(book.notices(), [Notice::ExternalLinks, Notice::HiddenSheet { sheet: "藏".into() }]);
    assert_eq!(texts_of(&book, 1), [(1, vec!["42".to_owned()])]);
}

#[test]
fn a_reader_may_stop_and_several_may_read() {
    fn assert_shared<T: Send + Sync>(_: &T) {}
    let sheet: String = (1..=50).map(|row| format!(r#"<row r="{row}"><c><v>{row}</v></c></row>"#)).collect();
    let book = Parts::of_sheet(&format!("<sheetData>{sheet}</sheetData>")).made().open().unwrap();
    assert_shared(&book);
    let (mut outer, mut inner) = (0, 0);
    book.each_row(0, |_, _| {
        outer += 1;
        if outer == 3 {
            inner = rows_of(&book, 0).len();
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    })
    .unwrap();
    assert_eq!((outer, inner), (3, 50));
}
