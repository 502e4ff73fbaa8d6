//! What of the answers is shown to whom: in a copy only what says nothing about a person, in a look what its purpose opens.

use super::known::find_field;
use forms::{Kind, Node};
use registry::Catalogue;
use serde_json::{Map, Value};

/// Stands for an answer that is not shown; says nothing of its length.
pub const MASK: &str = "***";
/// `2026-11`, of a day.
const MONTH_CHARS: usize = 7;
/// Digits from which on a number may be a telephone or a document's.
const TELLING_DIGITS: usize = 7;

/// Who reads.
#[derive(Clone, Copy, Debug)]
pub enum Reader<'a> {
    /// A copy of many: choices, scales, short numbers and months; no words, places, files or codes, nothing of a person's record.
    Copy,
    /// A recorded look: all answers, but of sealed fields of the register only those its purpose opens.
    Look { opens: &'a [String] },
}

/// Answers as a reader is shown them. Their shape is the form's: groups are objects, repeats lists.
pub fn shown(nodes: &[Node], answers: &Value, reader: Reader<'_>, catalogue: &Catalogue) -> Value {
    let Value::Object(given) = answers else { return Value::Null };
    let mut seen = Map::new();
    for node in nodes {
        let Some(value) = given.get(&node.name) else { continue };
        let value = match (&node.kind, value) {
            (Kind::Repeat { nodes, .. }, Value::Array(instances)) => {
                instances.iter().map(|instance| shown(nodes, instance, reader, catalogue)).collect()
            }
            (Kind::Group { nodes }, value) => shown(nodes, value, reader, catalogue),
            (_, value) => one(node, value, reader, catalogue),
        };
        seen.insert(node.name.clone(), value);
    }
    Value::Object(seen)
}

fn one(node: &Node, value: &Value, reader: Reader<'_>, catalogue: &Catalogue) -> Value {
    let register = node.register.iter();
    let mut fields = register.flat_map(|register| register.prefill.iter().chain(&register.write));
    let mask = || Value::String(MASK.to_owned());
    match reader {
        Reader::Look { opens } => {
            let is_closed = |field: &forms::FieldRef| {
                find_field(catalogue, field).is_some_and(|book| book.sealed) && !opens.contains(&field.field)
            };
            if fields.any(is_closed) { mask() } else { value.clone() }
        }
        Reader::Copy if fields.next().is_some() => mask(),
        Reader::Copy => in_copy(&node.kind, value).unwrap_or_else(mask),
    }
}

/// What a copy shows of an answer that is tied to no field of the register; `None`: nothing.
fn in_copy(kind: &Kind, value: &Value) -> Option<Value> {
    match kind {
        Kind::SelectOne { .. }
        | Kind::SelectMany { .. }
        | Kind::Rank { .. }
        | Kind::Acknowledge
        | Kind::Range { .. }
        | Kind::Time => Some(value.clone()),
        Kind::Integer | Kind::Decimal => {
            let digits = value.to_string().chars().filter(char::is_ascii_digit).count();
            (digits < TELLING_DIGITS).then(|| value.clone())
        }
        Kind::Date | Kind::DateTime => {
            let month = value.as_str()?.get(..MONTH_CHARS)?;
            Some(Value::String(month.to_owned()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{MASK, in_copy};
    use forms::{Kind, Shape};
    use serde_json::{Value, json};

    #[test]
    fn a_copy_shows_what_says_nothing_about_a_person() {
        let list = || "l".to_owned();
        let rows: Vec<(Kind, Value, Value)> = vec![
            (Kind::SelectOne { list: list(), filter: None }, json!("yes"), json!("yes")),
            (Kind::SelectMany { list: list(), filter: None }, json!(["a", "b"]), json!(["a", "b"])),
            (Kind::Integer, json!(12), json!(12)),
            (Kind::Integer, json!(13_873_300_042_i64), json!(MASK)),
            (Kind::Decimal, json!(36.6), json!(36.6)),
            (Kind::Date, json!("1949-12-31"), json!("1949-12")),
            (Kind::Date, json!("?"), json!(MASK)),
            (Kind::Text, json!("张晓明"), json!(MASK)),
            (Kind::Barcode, json!("690"), json!(MASK)),
            (Kind::Photo { pixels_max: None }, json!("a.jpg"), json!(MASK)),
            (Kind::Place { shape: Shape::Point }, json!("27.8 113.1 0 5"), json!(MASK)),
            (Kind::Calculate, json!("张晓明 1949"), json!(MASK)),
        ];
        for (kind, answer, expected) in rows {
            let seen = in_copy(&kind, &answer).unwrap_or_else(|| json!(MASK));
            assert_eq!(seen, expected, "{kind:?} {answer}");
        }
    }
}
