//! The shapes a value may have: what a person may enter, and how it is kept.

use super::identifier::{Document, DocumentKind, OrganisationCode};
use super::spelling;
use crate::catalogue::{Catalogue, FieldBook};
use jiff::civil::Date;
use platform::{Phone, Words};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// Letters of a text value.
pub const TEXT_CHARS_MAX: usize = 200;
/// Entries of a value that is a list.
pub const ENTRIES_MAX: usize = 10;
/// 0.01 m²: homes below 1 m² and above 20,000 m² are slips of the hand.
pub const AREA_MIN: i64 = 100;
pub const AREA_MAX: i64 = 2_000_000;
pub const WHOLE_MAX: i64 = 1_000_000;
/// Longest address code, as one county's system uses.
pub const CODE_CHARS_MAX: usize = 28;

/// How a value looks.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// A person's name.
    Name,
    /// A list of texts.
    Names,
    Text,
    /// 2026-03-02
    Date,
    Whole,
    /// 0.01 m²
    Area,
    Choice,
    Choices,
    Yes,
    /// `[{kind, number, until?}]`
    Documents,
    /// `[number]`
    Phones,
    /// `{name, phone, relation?}`
    Contact,
    OrganisationCode,
    Code,
    /// A key of the service facts.
    Fact,
    /// Details of a service fact, by their keys.
    Details,
}

impl Shape {
    /// Whether such a value is never kept in clear.
    pub fn must_be_sealed(self) -> bool {
        matches!(self, Self::Documents | Self::Phones | Self::Contact | Self::Fact | Self::Details)
    }
}

/// A value as it is kept.
#[derive(Clone, PartialEq, Debug)]
pub struct Checked(pub Value);

/// Why a value cannot be kept.
#[derive(Clone, PartialEq, Debug)]
pub struct ShapeFault {
    /// Stable: `registry.bad_date`, …
    pub code: &'static str,
    pub words: Words,
}

impl ShapeFault {
    pub fn new(code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { code, words: Words::new(zh.into(), en.into()) }
    }
}

type Outcome = Result<Checked, ShapeFault>;

/// Checks a value as a person or program gave it, and gives it as it is kept. Text is accepted for every plain shape, since
/// spreadsheets and forms know nothing else.
///
/// # Errors
/// What is wrong with it, in a sentence.
pub fn check(catalogue: &Catalogue, field: &FieldBook, value: &Value, today: Date) -> Outcome {
    match field.shape {
        Shape::Name => name(&text_of(value)?),
        Shape::Names => list(value, |entry| plain_text(&text_of(entry)?)),
        Shape::Text => plain_text(&text_of(value)?),
        Shape::Date => date(&text_of(value)?),
        Shape::Whole => whole(value, 0, WHOLE_MAX).map(|v| Checked(json!(v))),
        Shape::Area => area(value),
        Shape::Choice => choice(field, &text_of(value)?),
        Shape::Choices => list(value, |entry| choice(field, &text_of(entry)?)),
        Shape::Yes => yes(value),
        Shape::Documents => list(value, |entry| document(entry, today)),
        Shape::Phones => list(value, |entry| phone(&text_of(entry)?)),
        Shape::Contact => contact(value),
        Shape::OrganisationCode => organisation_code(&text_of(value)?),
        Shape::Code => code(&text_of(value)?),
        Shape::Fact => fact(catalogue, &text_of(value)?),
        Shape::Details => details(catalogue, value),
    }
}

fn text_of(value: &Value) -> Result<String, ShapeFault> {
    match value {
        Value::String(text) => Ok(text.trim().to_owned()),
        Value::Number(number) => Ok(number.to_string()),
        _ => Err(ShapeFault::new("registry.bad_text", "这里要填文字。", "A text is expected here.")),
    }
}

fn plain_text(text: &str) -> Outcome {
    let length = text.chars().count();
    if (1..=TEXT_CHARS_MAX).contains(&length) && !text.chars().any(char::is_control) {
        return Ok(Checked(json!(text)));
    }
    Err(ShapeFault::new(
        "registry.bad_text",
        format!("要有 1 到 {TEXT_CHARS_MAX} 个字，不含控制字符。"),
        format!("1 to {TEXT_CHARS_MAX} characters, none of them a control character."),
    ))
}

fn name(text: &str) -> Outcome {
    match spelling::check_name(text) {
        Ok(name) => Ok(Checked(json!(name))),
        Err(fault) => Err(ShapeFault { code: "registry.bad_name", words: fault.words() }),
    }
}

fn list(value: &Value, check: impl Fn(&Value) -> Outcome) -> Outcome {
    let one = [value.clone()];
    let entries: &[Value] = value.as_array().map_or(&one, Vec::as_slice);
    if entries.is_empty() || entries.len() > ENTRIES_MAX {
        return Err(ShapeFault::new(
            "registry.bad_list",
            format!("要有 1 到 {ENTRIES_MAX} 项。"),
            format!("1 to {ENTRIES_MAX} entries are expected."),
        ));
    }
    let mut kept: Vec<Value> = Vec::with_capacity(entries.len());
    for entry in entries {
        let Checked(value) = check(entry)?;
        if !kept.contains(&value) {
            kept.push(value);
        }
    }
    Ok(Checked(Value::Array(kept)))
}

/// The shapes in which people write a day: 1990-01-02, 1990/1/2, 1990.1.2, 19900102, 1990年1月2日.
pub fn parse_day(text: &str) -> Option<Date> {
    let text: String = text.trim().chars().map(half_width).collect();
    let parts: Vec<&str> =
        text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
    let (year, month, day) = match parts[..] {
        [year, month, day] => (year, month, day),
        [one] if one.len() == 8 => (one.get(..4)?, one.get(4..6)?, one.get(6..)?),
        _ => return None,
    };
    if year.len() != 4 || month.len() > 2 || day.len() > 2 {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

fn half_width(c: char) -> char {
    match c {
        '！'..='～' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
        _ => c,
    }
}

fn date(text: &str) -> Outcome {
    match parse_day(text).filter(|day| (1850..=2200).contains(&day.year())) {
        Some(day) => Ok(Checked(json!(day.to_string()))),
        None => Err(ShapeFault::new(
            "registry.bad_date",
            "日期不对，写成 1990-01-02 这样。",
            "This is no date; write it as 1990-01-02.",
        )),
    }
}

fn whole(value: &Value, min: i64, max: i64) -> Result<i64, ShapeFault> {
    let number = value.as_i64().or_else(|| value.as_str().and_then(|text| text.trim().parse().ok()));
    number.filter(|number| (min..=max).contains(number)).ok_or_else(|| {
        ShapeFault::new(
            "registry.bad_number",
            format!("要填 {min} 到 {max} 的整数。"),
            format!("A whole number from {min} to {max} is expected."),
        )
    })
}

/// Square metres as people write them ("89.5", "89.5㎡"), kept in 0.01 m².
fn area(value: &Value) -> Outcome {
    let text = text_of(value)?;
    let number = text.trim_end_matches(['㎡', '米', '平', '方', '²', 'm', ' ']);
    let hundredths = number.parse::<f64>().ok().map(|metres| (metres * 100.0).round());
    match hundredths.filter(|area| (AREA_MIN as f64..=AREA_MAX as f64).contains(area)) {
        Some(area) => Ok(Checked(json!(area as i64))),
        None => Err(ShapeFault::new(
            "registry.bad_area",
            "面积要在 1 到 20000 平方米之间。",
            "A floor area is between 1 and 20,000 m².",
        )),
    }
}

/// A choice by its code, or by its words as a spreadsheet has them.
fn choice(field: &FieldBook, text: &str) -> Outcome {
    let fits = |(code, words): &&(String, Words)| {
        code == text || words.zh == text || words.en.eq_ignore_ascii_case(text)
    };
    match field.choices.iter().find(fits) {
        Some((code, _)) => Ok(Checked(json!(code))),
        None => {
            let all = |lang: fn(&Words) -> &str| {
                field.choices.iter().map(|(_, words)| lang(words)).collect::<Vec<_>>().join("、")
            };
            Err(ShapeFault::new(
                "registry.bad_choice",
                format!("只能填：{}。", all(|words| &words.zh)),
                format!("One of: {}.", all(|words| &words.en)),
            ))
        }
    }
}

fn yes(value: &Value) -> Outcome {
    let known = match value {
        Value::Bool(yes) => Some(*yes),
        Value::String(text) => match text.trim() {
            "是" | "有" | "yes" | "true" | "1" => Some(true),
            "否" | "无" | "no" | "false" | "0" => Some(false),
            _ => None,
        },
        _ => None,
    };
    known
        .map(|yes| Checked(json!(yes)))
        .ok_or_else(|| ShapeFault::new("registry.bad_yes", "只能填“是”或“否”。", "Yes or no is expected."))
}

/// A document, or its bare number, whose kind is then guessed.
fn document(entry: &Value, today: Date) -> Outcome {
    let (kind, number) = match entry {
        Value::Object(map) => {
            let number = map.get("number").map(text_of).transpose()?.unwrap_or_default();
            let kind = map.get("kind").map(text_of).transpose()?;
            let kind = match kind {
                Some(kind) => DocumentKind::parse(&kind).ok_or_else(unknown_document)?,
                None => DocumentKind::guess(&number).ok_or_else(unknown_document)?,
            };
            (kind, number)
        }
        other => {
            let number = text_of(other)?;
            (DocumentKind::guess(&number).ok_or_else(unknown_document)?, number)
        }
    };
    let document = Document::parse(kind, &number, today)
        .map_err(|fault| ShapeFault { code: fault.code(), words: fault.words() })?;
    let mut kept = Map::new();
    kept.insert("kind".into(), json!(kind.as_str()));
    kept.insert("number".into(), json!(document.number(super::record::KEEPING)));
    if let Some(until) = entry.get("until") {
        let Checked(until) = date(&text_of(until)?)?;
        kept.insert("until".into(), until);
    }
    Ok(Checked(Value::Object(kept)))
}

fn unknown_document() -> ShapeFault {
    ShapeFault::new(
        "registry.bad_document_kind",
        "看不出是哪种证件，请写明证件种类。",
        "This number is of no kind of document we know; say which it is.",
    )
}

fn phone(text: &str) -> Outcome {
    match Phone::parse(text) {
        Some(phone) => Ok(Checked(json!(phone.as_str()))),
        None => Err(ShapeFault::new(
            "registry.bad_phone",
            "电话号码不对：手机 11 位，座机带区号。",
            "This is no telephone number: 11 digits, or a fixed line with its area code.",
        )),
    }
}

fn contact(value: &Value) -> Outcome {
    let part = |key: &str| value.get(key).map(text_of).transpose();
    let Checked(name) = name(&part("name")?.unwrap_or_default())?;
    let Checked(phone) = phone(&part("phone")?.unwrap_or_default())?;
    let mut kept = json!({ "name": name, "phone": phone });
    if let Some(relation) = part("relation")?.filter(|relation| !relation.is_empty()) {
        kept["relation"] = plain_text(&relation)?.0;
    }
    Ok(Checked(kept))
}

fn organisation_code(text: &str) -> Outcome {
    match OrganisationCode::parse(text) {
        Ok(code) => Ok(Checked(json!(code.as_str()))),
        Err(fault) => Err(ShapeFault { code: fault.code(), words: fault.words() }),
    }
}

fn code(text: &str) -> Outcome {
    let fits = (1..=CODE_CHARS_MAX).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._/".contains(&b));
    if fits {
        return Ok(Checked(json!(text)));
    }
    Err(ShapeFault::new(
        "registry.bad_code",
        format!("编码最多 {CODE_CHARS_MAX} 位，只用字母、数字和 - . _ /。"),
        format!("A code has up to {CODE_CHARS_MAX} letters, digits, - . _ or /."),
    ))
}

fn fact(catalogue: &Catalogue, text: &str) -> Outcome {
    let fits = |fact: &&crate::catalogue::FactBook| fact.key == text || fact.words.zh == text;
    match catalogue.facts.iter().find(fits) {
        Some(fact) => Ok(Checked(json!(fact.key))),
        None => Err(ShapeFault::new(
            "registry.no_such_fact",
            "没有哪项服务用得着这一项，不能登记。",
            "No service uses such a fact, so it is not kept.",
        )),
    }
}

/// Which details belong to which fact is decided by the command that has both; here only their words.
fn details(catalogue: &Catalogue, value: &Value) -> Outcome {
    let wrong =
        || ShapeFault::new("registry.bad_details", "细目不对。", "These details are not of this fact.");
    let map = value.as_object().ok_or_else(wrong)?;
    for (key, code) in map {
        let code = text_of(code)?;
        if catalogue.detail(key, &code).is_none() {
            return Err(wrong());
        }
    }
    Ok(Checked(value.clone()))
}
