//! The answers of the standard by their fields: names, kinds, and which must have a value; JSON and XML are held against it alike.

use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::{Map, Value};
use std::sync::LazyLock;

static SCHEMA: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("open311_schema.json")).expect("the schema is JSON"));

/// What is in an answer that the schema does not have, or the other way round; each by its path. Nothing: it fits.
pub fn misfits_of_json(answer: &str, text: &str) -> Vec<String> {
    let value: Value = serde_json::from_str(text).unwrap_or_else(|e| panic!("{answer}: {e}: {text}"));
    misfits(answer, &value)
}

/// The same of an XML answer; its root and the elements of its lists bear the names the specification prints.
pub fn misfits_of_xml(answer: &str, root: &str, text: &str) -> Vec<String> {
    let tree = Element::read(text);
    if tree.name != root {
        return vec![format!("the root is {}, not {root}", tree.name)];
    }
    let mut wrong = Vec::new();
    let value = value_of(&tree, &SCHEMA["answers"][answer], answer, &mut wrong);
    wrong.extend(misfits(answer, &value));
    wrong
}

fn misfits(answer: &str, value: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    check(&SCHEMA["answers"][answer], value, answer, &mut wrong);
    wrong
}

/// A kind as the schema writes it, taken apart: what it is, and whether it must have a value.
fn kind_of(shape: &Value) -> (&str, bool) {
    let text = shape.as_str().unwrap_or_default();
    (text.trim_end_matches('!'), text.ends_with('!'))
}

fn list_of(kind: &str) -> Option<&str> {
    kind.strip_prefix('[')?.strip_suffix(']')
}

/// What one item of a list is: a shape by its name, or a kind.
fn item_shape(name: &str) -> Value {
    SCHEMA["shapes"].get(name).cloned().unwrap_or_else(|| Value::from(format!("{name}!")))
}

fn check(shape: &Value, value: &Value, path: &str, wrong: &mut Vec<String>) {
    if let Some(fields) = shape.as_object() {
        return check_fields(fields, value, path, wrong);
    }
    let (kind, is_needed) = kind_of(shape);
    match (list_of(kind), value) {
        (_, Value::Null) if !is_needed => {}
        // An empty text is no value.
        (_, Value::String(text)) if !is_needed && text.trim().is_empty() => {}
        (Some(item), Value::Array(items)) => {
            let shape = item_shape(item);
            for (at, item) in items.iter().enumerate() {
                check(&shape, item, &format!("{path}[{at}]"), wrong);
            }
        }
        (None, value) if is_kind(kind, value) => {}
        _ => wrong.push(format!("{path} is no {kind}: {value}")),
    }
}

fn check_fields(fields: &Map<String, Value>, value: &Value, path: &str, wrong: &mut Vec<String>) {
    let Some(found) = value.as_object() else {
        wrong.push(format!("{path} has no fields: {value}"));
        return;
    };
    for name in found.keys().filter(|name| !fields.contains_key(*name)) {
        wrong.push(format!("{path}.{name} is no field of the standard"));
    }
    for (name, shape) in fields {
        check(shape, found.get(name).unwrap_or(&Value::Null), &format!("{path}.{name}"), wrong);
    }
}

fn is_kind(kind: &str, value: &Value) -> bool {
    let text = value.as_str().map(str::trim);
    match kind {
        "text" => text.is_some_and(|text| !text.is_empty()),
        "id" => value.is_u64() || text.is_some_and(|text| !text.is_empty()),
        "number" => value.is_number(),
        "flag" => value.is_boolean(),
        "moment" => text.is_some_and(|text| text.parse::<jiff::Timestamp>().is_ok()),
        "link" => text.is_some_and(|text| text.starts_with("http://") || text.starts_with("https://")),
        words => text.is_some_and(|text| words.split('|').any(|word| word == text)),
    }
}

/// An element with what is in it.
struct Element {
    name: String,
    text: String,
    children: Vec<Element>,
}

impl Element {
    fn read(text: &str) -> Self {
        assert!(text.starts_with("<?xml version=\"1.0\" encoding=\"utf-8\"?>"), "{text}");
        let mut reader = Reader::from_str(text);
        let new = |name: &str| Self { name: name.to_owned(), text: String::new(), children: Vec::new() };
        let mut open = vec![new("")];
        loop {
            match reader.read_event().unwrap_or_else(|e| panic!("{e}: {text}")) {
                Event::Start(element) => open.push(new(element.name().as_ref())),
                Event::Empty(element) => {
                    let empty = new(element.name().as_ref());
                    open.last_mut().expect("an open element").children.push(empty);
                }
                Event::Text(words) => {
                    let words: &str = words.as_ref();
                    open.last_mut().expect("an open element").text.push_str(words);
                }
                Event::End(_) => {
                    let closed = open.pop().expect("an open element");
                    open.last_mut().expect("the document").children.push(closed);
                }
                Event::Eof => break,
                _ => {}
            }
        }
        open.pop().and_then(|mut document| document.children.pop()).expect("a root")
    }
}

/// An element as the value that stands for it in JSON, by what the schema says it is.
fn value_of(element: &Element, shape: &Value, path: &str, wrong: &mut Vec<String>) -> Value {
    if let Some(fields) = shape.as_object() {
        let value = |child: &Element, wrong: &mut Vec<String>| {
            let shape = fields.get(&child.name).cloned().unwrap_or_default();
            value_of(child, &shape, &format!("{path}.{}", child.name), wrong)
        };
        return Value::Object(element.children.iter().map(|c| (c.name.clone(), value(c, wrong))).collect());
    }
    let (kind, _) = kind_of(shape);
    if let Some(item) = list_of(kind) {
        let shape = item_shape(item);
        let called = element_name(&element.name, item);
        for child in element.children.iter().filter(|child| child.name != called) {
            wrong.push(format!("{path} has a {}, where the specification has {called}", child.name));
        }
        return element.children.iter().map(|child| value_of(child, &shape, path, wrong)).collect();
    }
    let text = element.text.trim();
    match kind {
        _ if text.is_empty() => Value::Null,
        "number" | "flag" => serde_json::from_str(text).unwrap_or_else(|_| Value::from(text)),
        _ => Value::from(text),
    }
}

/// What the specification calls an item of a list.
fn element_name<'a>(list: &'a str, item: &'a str) -> &'a str {
    match list {
        "service_requests" => "request",
        "service_request_updates" => "request_update",
        "formats" => "format",
        _ => item,
    }
}
