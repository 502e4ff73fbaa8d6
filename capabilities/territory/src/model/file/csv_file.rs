//! CSV of areas, without boundaries: as offices have it, whatever program wrote it.

use super::fields::{Field, Texts};
use super::{ReadFile, bad_file};
use crate::TerritoryError;
use crate::model::{Area, Finding, cjt349_place};
use geo::CoordinateSystem;
use std::borrow::Cow;

/// Reads UTF-8 (with or without BOM), UTF-16 with BOM, or GBK; commas, semicolons or tabs.
pub fn read_csv(bytes: &[u8], system: CoordinateSystem) -> Result<ReadFile, TerritoryError> {
    let text = decode(bytes)?;
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter_of(&text))
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let headers = reader.headers().map_err(broken)?.clone();
    let columns: Vec<Option<Field>> = headers.iter().map(Field::parse).collect();
    if !columns.contains(&Some(Field::Code)) || !columns.contains(&Some(Field::Name)) {
        return Err(bad_file(
            "territory.no_header",
            "file",
            "第一行要写列名，至少有 code（编码）和 name（名称）。".into(),
            "The first line must name the columns, code and name at least.".into(),
        ));
    }
    let mut findings = Vec::new();
    for (name, _) in headers.iter().zip(&columns).filter(|(name, field)| field.is_none() && !name.is_empty())
    {
        let shown: String = name.chars().take(40).collect();
        findings.push(Finding::warning(
            "territory.column_ignored",
            "",
            format!("不认识“{shown}”这一列，没有读取。"),
            format!("The column \"{shown}\" is not known and was not read."),
        ));
    }
    let mut areas = Vec::new();
    for record in reader.records() {
        let record = record.map_err(broken)?;
        let line = record.position().map_or(0, csv::Position::line);
        let mut texts = Texts::default();
        for (text, field) in record.iter().zip(&columns) {
            if let Some(field) = field {
                texts.put(*field, text);
            }
        }
        if !texts.is_empty() {
            areas.push(texts.draft(&format!("第 {line} 行 (line {line})"), None)?);
        }
    }
    Ok(ReadFile { areas, findings, corners: Vec::new(), system })
}

/// The text, whatever it was written in. GBK is read as GB 18030, which holds it.
fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, TerritoryError> {
    if let Some((encoding, _)) = encoding_rs::Encoding::for_bom(bytes) {
        let (text, _, failed) = encoding.decode(bytes);
        return if failed { Err(not_text()) } else { Ok(text) };
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok(Cow::Borrowed(text));
    }
    let (text, _, failed) = encoding_rs::GB18030.decode(bytes);
    if failed || text.contains('\u{0}') { Err(not_text()) } else { Ok(text) }
}

fn not_text() -> TerritoryError {
    bad_file(
        "territory.not_text",
        "file",
        "这不是 UTF-8 或 GBK 的文字文件。".into(),
        "This is no text in UTF-8 or GBK.".into(),
    )
}

fn delimiter_of(text: &str) -> u8 {
    let header = text.lines().next().unwrap_or_default();
    let count = |mark: u8| header.bytes().filter(|b| *b == mark).count();
    [b',', b';', b'\t'].into_iter().max_by_key(|mark| (count(*mark), *mark == b',')).unwrap_or(b',')
}

fn broken(error: csv::Error) -> TerritoryError {
    let line = error.position().map_or(0, csv::Position::line);
    bad_file(
        "territory.bad_csv",
        "file",
        format!("第 {line} 行读不懂。"),
        format!("Line {line} cannot be read: {error}"),
    )
}

/// Writes areas as CSV with a BOM, so that spreadsheet programs read the Chinese.
pub fn write_csv(areas: &[Area]) -> String {
    let mut out = csv::Writer::from_writer(Vec::new());
    let header = [
        "code",
        "name",
        "name_en",
        "level",
        "kind",
        "parent",
        "households",
        "path",
        "valid_from",
        "valid_to",
        "version",
        "cjt349_place",
    ];
    // Writing to memory cannot fail.
    let _ = out.write_record(header);
    for area in areas {
        let texts = [
            area.code.clone(),
            unformula(&area.name),
            unformula(area.name_en.as_deref().unwrap_or_default()),
            area.level.as_str().to_owned(),
            area.kind.as_str().to_owned(),
            area.parent.clone().unwrap_or_default(),
            area.households.map(|n| n.to_string()).unwrap_or_default(),
            area.path.clone(),
            area.valid_from.to_string(),
            area.valid_to.map(|at| at.to_string()).unwrap_or_default(),
            area.version.to_string(),
            cjt349_place(&area.code).unwrap_or_default(),
        ];
        let _ = out.write_record(texts);
    }
    let bytes = out.into_inner().unwrap_or_default();
    format!("\u{feff}{}", String::from_utf8_lossy(&bytes))
}

/// A spreadsheet runs what begins like a formula.
fn unformula(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@']) { format!("'{text}") } else { text.to_owned() }
}
