//! An answer as XML: the same tree as its JSON, lists wrapped and their items named as the specification prints them.

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use serde_json::Value;
use std::io;

/// Writes `value` under an element `root`.
pub fn write(root: &str, value: &Value) -> io::Result<Vec<u8>> {
    let mut writer = Writer::new(Vec::new());
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
    element(&mut writer, root, value)?;
    Ok(writer.into_inner())
}

fn element(writer: &mut Writer<Vec<u8>>, name: &str, value: &Value) -> io::Result<()> {
    match value {
        Value::Null => writer.create_element(name).write_empty().map(drop),
        Value::Array(items) => wrapped(writer, name, |inner| {
            items.iter().try_for_each(|item| element(inner, item_of(name), item))
        }),
        Value::Object(fields) => wrapped(writer, name, |inner| {
            fields.iter().try_for_each(|(field, value)| element(inner, field, value))
        }),
        Value::String(text) => text_element(writer, name, text),
        Value::Bool(_) | Value::Number(_) => text_element(writer, name, &value.to_string()),
    }
}

fn wrapped(
    writer: &mut Writer<Vec<u8>>,
    name: &str,
    inside: impl FnOnce(&mut Writer<Vec<u8>>) -> io::Result<()>,
) -> io::Result<()> {
    writer.create_element(name).write_inner_content(inside).map(drop)
}

fn text_element(writer: &mut Writer<Vec<u8>>, name: &str, text: &str) -> io::Result<()> {
    let allowed: String = text.chars().filter(|c| is_xml(*c)).collect();
    writer.create_element(name).write_text_content(BytesText::new(&allowed)).map(drop)
}

/// What one item of a list is called.
fn item_of(list: &str) -> &str {
    match list {
        "service_requests" => "request",
        "service_request_updates" => "request_update",
        other => other.strip_suffix('s').unwrap_or("item"),
    }
}

/// Characters XML 1.0 can hold at all.
fn is_xml(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r') || (c >= ' ' && !matches!(c, '\u{fffe}' | '\u{ffff}'))
}

#[cfg(test)]
mod tests {
    //! Lists are wrapped, what XML cannot hold is left out.
    use super::write;
    use serde_json::json;

    #[test]
    fn a_tree_becomes_elements() {
        let tree = json!([{ "a": null, "b": true, "values": [{ "key": "1<2 & \u{1}\u{1F4A7}\n" }] }]);
        let text = String::from_utf8(write("service_requests", &tree).unwrap()).unwrap();
        let expected = "<?xml version=\"1.0\" encoding=\"utf-8\"?><service_requests><request><a/><b>true</b>\
             <values><value><key>1&lt;2 &amp; \u{1F4A7}\n</key></value></values></request></service_requests>";
        assert_eq!(text, expected);
    }
}
