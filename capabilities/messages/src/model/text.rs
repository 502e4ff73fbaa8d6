//! Words of a message: placeholders filled with values, and how many texts the words take. No IO.

use platform::{Lang, Time, Words};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// What a placeholder holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ValueKind {
    Text,
    /// In both languages.
    Words,
    Number,
    Moment,
    /// The house's own page about the message.
    Link,
}

/// A piece of words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Piece {
    Words(String),
    Value(String),
}

/// Words with placeholders.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Text(pub Vec<Piece>);

impl Text {
    /// Reads `…{name}…`; none where a brace is left open or a name is empty.
    pub fn read(text: &str) -> Option<Self> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, more) = after.split_once('}')?;
            let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
            if before.contains('}') || !is_name {
                return None;
            }
            pieces.push(Piece::Words(before.to_owned()));
            pieces.push(Piece::Value(name.to_owned()));
            rest = more;
        }
        if rest.contains('}') {
            return None;
        }
        pieces.push(Piece::Words(rest.to_owned()));
        Some(Self(pieces))
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Value(name) => Some(name.as_str()),
            Piece::Words(_) => None,
        })
    }

    /// The words with values in their places; a value nobody gave stays empty, which [`check`] refuses beforehand.
    pub fn fill(&self, values: &BTreeMap<String, String>) -> String {
        let piece = |piece: &Piece| match piece {
            Piece::Words(words) => words.clone(),
            Piece::Value(name) => values.get(name).cloned().unwrap_or_default(),
        };
        self.0.iter().map(piece).collect()
    }
}

/// What is wrong with a value, if anything.
pub(crate) fn check(kind: ValueKind, value: Option<&Value>) -> Result<(), &'static str> {
    let holds = match (kind, value) {
        (ValueKind::Link, None) => true,
        (ValueKind::Text, Some(Value::String(text))) => !text.trim().is_empty(),
        (ValueKind::Number, Some(Value::Number(_))) => true,
        (ValueKind::Words, Some(value)) => words_of(value).is_some(),
        (ValueKind::Moment, Some(value)) => moment_of(value).is_some(),
        (_, None) => return Err("is missing"),
        _ => false,
    };
    if holds { Ok(()) } else { Err("is of another kind") }
}

/// A value as it is read in one language; `link` is the page about the message.
pub(crate) fn shown(kind: ValueKind, value: Option<&Value>, link: &str, lang: Lang) -> String {
    match (kind, value) {
        (ValueKind::Link, _) => link.to_owned(),
        (ValueKind::Words, Some(value)) => {
            words_of(value).map(|words| words.get(lang).to_owned()).unwrap_or_default()
        }
        (ValueKind::Moment, Some(value)) => moment_of(value).map(|at| moment(at, lang)).unwrap_or_default(),
        (_, Some(Value::String(text))) => text.clone(),
        (_, Some(value)) => value.to_string(),
        (_, None) => String::new(),
    }
}

fn words_of(value: &Value) -> Option<Words> {
    let text = |key: &str| value.get(key)?.as_str().filter(|text| !text.is_empty());
    Some(Words::new(text("zh")?.to_owned(), text("en")?.to_owned()))
}

fn moment_of(value: &Value) -> Option<Time> {
    value.as_str()?.parse().ok()
}

fn moment(at: Time, lang: Lang) -> String {
    let local = at.local();
    match lang {
        Lang::En => local.strftime("%-d %b %H:%M").to_string(),
        _ => local.strftime("%-m月%-d日%H:%M").to_string(),
    }
}

/// How many texts some words take: in GSM 03.38 160 characters, or 153 each of several; with any other letter 70, or 67.
pub(crate) fn sms_parts(text: &str) -> usize {
    let septets: Option<usize> = text.chars().map(septets_of).sum();
    let (length, alone, joined) = match septets {
        Some(septets) => (septets, 160, 153),
        None => (text.encode_utf16().count(), 70, 67),
    };
    if length <= alone { 1 } else { length.div_ceil(joined) }
}

/// How many septets a letter of the GSM alphabet takes; none outside of it.
fn septets_of(c: char) -> Option<usize> {
    const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
    const EXTENDED: &str = "^{}\\[~]|€";
    match c {
        c if BASIC.contains(c) => Some(1),
        c if EXTENDED.contains(c) => Some(2),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    //! Placeholders and parts.
    use super::*;

    #[test]
    fn words_are_counted_as_gateways_count_them() {
        let rows = [
            ("a".repeat(160), 1),
            ("a".repeat(161), 2),
            ("a".repeat(306), 2),
            ("a".repeat(307), 3),
            ("€".repeat(80), 1),
            ("€".repeat(81), 2),
            ("停".repeat(70), 1),
            ("停".repeat(71), 2),
            ("停".repeat(134), 2),
            ("停".repeat(135), 3),
            (String::new(), 1),
        ];
        for (text, parts) in rows {
            assert_eq!(sms_parts(&text), parts, "{} characters", text.chars().count());
        }
    }

    #[test]
    fn a_text_is_read_or_refused() {
        let text = Text::read("验证码 {code}，{minutes} 分钟").expect("a text");
        assert_eq!(text.names().collect::<Vec<_>>(), ["code", "minutes"]);
        let values =
            BTreeMap::from([("code".to_owned(), "1{x}".to_owned()), ("minutes".to_owned(), "5".to_owned())]);
        assert_eq!(text.fill(&values), "验证码 1{x}，5 分钟", "a value is never read as words");
        for wrong in ["{", "a}", "{}", "{A}", "{a{b}}", "{a b}"] {
            assert_eq!(Text::read(wrong), None, "{wrong}");
        }
    }
}
