//! A list as a table: taken away as XLSX, written on in any program, brought back as XLSX, CSV or TOML. Every row that does not hold is named.

use super::Hole;
use super::version::{Content, DutyItem};
use crate::catalogue::{Catalogue, PostSelector};
use crate::commands::duties::holes_problem;
use crate::error::CaseError;
use platform::limits::MIB;
use platform::{Fault, Words};
use serde::Deserialize;
use sheets::{Book, Cell, Limits, parse_date, write_texts};
use std::io::Write as _;
use std::ops::ControlFlow;

/// Bytes of a table.
pub(super) const TABLE_BYTES_MAX: u64 = 2 * MIB;

/// What a column holds, and the headings it is known by: the first is written.
const COLUMNS: [(&str, &[&str]); 7] = [
    ("number", &["编号", "序号", "number"]),
    ("words.zh", &["事项", "zh"]),
    ("words.en", &["英文", "en"]),
    ("who", &["谁来办", "责任单位", "who"]),
    ("basis", &["依据", "basis"]),
    ("types", &["事项类型", "types"]),
    ("effective_until", &["失效日期", "effective_until"]),
];

/// An item as a table has it, before anything is checked.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Row {
    number: String,
    zh: String,
    en: String,
    who: String,
    basis: String,
    types: Vec<String>,
    effective_until: String,
}

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    item: Vec<Row>,
}

/// The list as XLSX, in the columns it is read by.
///
/// # Errors
/// A fault of the writer.
pub(super) fn write(content: &Content, catalogue: &Catalogue) -> Result<Vec<u8>, Fault> {
    let heads = COLUMNS.iter().map(|(_, heads)| heads[0].to_owned()).collect();
    let rows = content.items.iter().map(|item| {
        vec![
            item.number.clone(),
            item.words.zh.to_string(),
            item.words.en.to_string(),
            catalogue.selector_words(&item.who).zh.to_string(),
            item.basis.clone().unwrap_or_default(),
            item.types.join(" "),
            item.effective_until.map(|day| day.to_string()).unwrap_or_default(),
        ]
    });
    let table = std::iter::once(heads).chain(rows).collect();
    write_texts(&[(&content.name.zh, table)])
}

/// The draft with the items of a table in the place of its own.
///
/// # Errors
/// `cases.duty_table` where it cannot be read, `cases.duty_holes` naming each row and field that does not hold.
pub(super) fn read(
    name: &str,
    bytes: &[u8],
    before: Content,
    catalogue: &Catalogue,
) -> Result<Content, CaseError> {
    let is_toml = name.to_ascii_lowercase().ends_with(".toml");
    let rows = if is_toml { read_toml(bytes)? } else { read_book(bytes)? };
    let (mut items, mut holes) = (Vec::new(), Vec::new());
    for (i, row) in rows.into_iter().enumerate() {
        match item(row, i, catalogue) {
            Ok(item) => items.push(item),
            Err(hole) => holes.push(hole),
        }
    }
    if holes.is_empty() { Ok(Content { items, ..before }) } else { Err(holes_problem(&holes).into()) }
}

fn unreadable(en: impl std::fmt::Display) -> CaseError {
    CaseError::invalid(
        "file",
        "cases.duty_table",
        "这份表格读不懂：要有“编号、事项、英文、谁来办”这几列。",
        format!("This table cannot be read: {en}. It has the columns number, zh, en, who."),
    )
}

fn read_toml(bytes: &[u8]) -> Result<Vec<Row>, CaseError> {
    let text = std::str::from_utf8(bytes).map_err(unreadable)?;
    toml::from_str::<File>(text).map(|file| file.item).map_err(|e| unreadable(e.message()))
}

fn read_book(bytes: &[u8]) -> Result<Vec<Row>, CaseError> {
    let mut file = tempfile::tempfile().map_err(Fault::from)?;
    file.write_all(bytes).map_err(Fault::from)?;
    let book = Book::open_file(file, &Limits::default()).map_err(unreadable)?;
    let header = book.find_header(0).map_err(unreadable)?.ok_or_else(|| unreadable("it has no headings"))?;
    let at = |heads: &[&str]| {
        header.names.iter().position(|name| heads.iter().any(|head| name.trim().eq_ignore_ascii_case(head)))
    };
    let places = COLUMNS.map(|(_, heads)| at(heads));
    if let Some(missing) = places[..4].iter().position(Option::is_none) {
        return Err(unreadable(format!("it has no column {}", COLUMNS[missing].1[0])));
    }
    let mut rows = Vec::new();
    book.each_row(0, |row, cells| {
        if row > header.row && !cells.iter().all(Cell::is_empty) {
            let text = |place: Option<usize>| {
                place
                    .and_then(|at| cells.get(at))
                    .map(|cell| cell.text().trim().to_owned())
                    .unwrap_or_default()
            };
            let [number, zh, en, who, basis, types, effective_until] = places.map(text);
            let types = types.split_whitespace().map(str::to_owned).collect();
            rows.push(Row { number, zh, en, who, basis, types, effective_until });
        }
        if rows.len() > super::check::ITEMS_MAX { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })
    .map_err(unreadable)?;
    Ok(rows)
}

/// A row as an item; what is empty or wrong in its words is told by the check of the whole.
fn item(row: Row, index: usize, catalogue: &Catalogue) -> Result<DutyItem, Hole> {
    let named = if row.number.is_empty() { format!("#{}", index + 1) } else { row.number.clone() };
    let hole = |field: &str, words: Words| Hole { row: named.clone(), field: field.to_owned(), words };
    let who = answerer(&row.who, catalogue).ok_or_else(|| {
        hole(
            "who",
            Words::new(
                format!("没有“{}”这个单位或岗位", row.who),
                format!("There is no unit or post {}", row.who),
            ),
        )
    })?;
    let until = Some(row.effective_until.as_str()).filter(|text| !text.is_empty());
    let until = match until.map(parse_date) {
        Some(None) => return Err(hole("effective_until", Words::of("日期不对", "This is no date"))),
        found => found.flatten(),
    };
    Ok(DutyItem {
        number: row.number,
        who,
        words: Words::new(row.zh, row.en),
        basis: Some(row.basis).filter(|text| !text.is_empty()),
        types: row.types,
        effective_until: until,
        source: None,
    })
}

/// By key, or by the name people use.
fn answerer(text: &str, catalogue: &Catalogue) -> Option<PostSelector> {
    let by_name = |who: &PostSelector| {
        let words = catalogue.selector_words(who);
        words.zh == text || words.en.eq_ignore_ascii_case(text)
    };
    let posts = [
        PostSelector::GridWorker,
        PostSelector::StandIn,
        PostSelector::GridLeader,
        PostSelector::SubdistrictDesk,
        PostSelector::Dispatcher,
    ];
    let units = catalogue.units().map(|unit| PostSelector::Unit(unit.key.clone()));
    text.parse().ok().or_else(|| posts.into_iter().chain(units).find(by_name))
}
