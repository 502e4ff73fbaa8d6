//! The bytes of a fact that are hashed: all its columns, alike on both engines and for ever.

use serde_json::Value;
use store::FactRow;
use uuid::Uuid;

/// The form of an entry. Another one would be another number; what is sealed keeps its own.
const VERSION: u8 = 1;
/// From here on a whole number in a float says nothing exact.
const EXACT_MAX: f64 = 9_007_199_254_740_992.0;

/// Writes a fact's entry of the log to `out`, which is emptied first.
///
/// Version (1 byte), then the columns in their order: whole numbers as 8 bytes, big end first; ids as 16 bytes; text as its length in 4
/// bytes, big end first, and its UTF-8; what may be absent behind a byte 0 (absent) or 1; the data as text of JSON without spaces, with
/// keys in the order of their bytes, and whole numbers without a point.
pub fn entry_of(fact: &FactRow, out: &mut Vec<u8>) {
    out.clear();
    out.push(VERSION);
    out.extend_from_slice(&fact.district.0.to_be_bytes());
    out.extend_from_slice(fact.id.0.as_bytes());
    text(out, &fact.name);
    out.extend_from_slice(&fact.at.micros().to_be_bytes());
    text(out, &fact.actor_kind);
    id(out, fact.actor_id);
    text(out, &fact.actor_name);
    text(out, &fact.via);
    text(out, &fact.subject_kind);
    out.extend_from_slice(fact.subject_id.as_bytes());
    match &fact.area_path {
        None => out.push(0),
        Some(path) => {
            out.push(1);
            text(out, path);
        }
    }
    id(out, fact.unit_id);
    framed(out, |out| json(out, &fact.data.0));
}

fn text(out: &mut Vec<u8>, text: &str) {
    framed(out, |out| out.extend_from_slice(text.as_bytes()));
}

/// Writes the length of what `write` writes in front of it.
fn framed(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    const LENGTH_BYTES: usize = 4;
    let start = out.len();
    out.extend_from_slice(&[0; LENGTH_BYTES]);
    write(out);
    let length = (out.len() - start - LENGTH_BYTES) as u32;
    out[start..start + LENGTH_BYTES].copy_from_slice(&length.to_be_bytes());
}

fn id(out: &mut Vec<u8>, id: Option<Uuid>) {
    out.push(u8::from(id.is_some()));
    out.extend_from_slice(id.as_ref().map_or(&[], |id| id.as_bytes().as_slice()));
}

fn json(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_unstable_by_key(|(key, _)| *key);
            listed(out, b"{}", fields, |out, (key, value)| {
                plain(out, &Value::from(key.as_str()));
                out.push(b':');
                json(out, value);
            });
        }
        Value::Array(items) => listed(out, b"[]", items, json),
        // One engine keeps 2.0 as it was written, the other as 2.
        Value::Number(number) => match number.as_f64().filter(|n| n.fract() == 0.0 && n.abs() < EXACT_MAX) {
            Some(whole) => out.extend_from_slice((whole as i64).to_string().as_bytes()),
            None => plain(out, value),
        },
        Value::Null | Value::Bool(_) | Value::String(_) => plain(out, value),
    }
}

fn listed<T>(
    out: &mut Vec<u8>,
    brackets: &[u8; 2],
    items: impl IntoIterator<Item = T>,
    write: impl Fn(&mut Vec<u8>, T),
) {
    out.push(brackets[0]);
    for (i, item) in items.into_iter().enumerate() {
        if i > 0 {
            out.push(b',');
        }
        write(out, item);
    }
    out.push(brackets[1]);
}

/// As `serde_json` writes it: to memory, which cannot fail.
fn plain(out: &mut Vec<u8>, value: &Value) {
    serde_json::to_writer(out, value).expect("writing to memory");
}

#[cfg(test)]
mod tests {
    //! The bytes stand: an entry made today is the one made in ten years.
    use super::{entry_of, json};
    use platform::{DistrictId, FactId, Time};
    use serde_json::json;
    use store::{FactRow, Json};
    use uuid::Uuid;

    fn written(value: &str) -> String {
        let mut out = Vec::new();
        json(&mut out, &serde_json::from_str(value).expect("JSON"));
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn data_has_one_form() {
        for (as_kept, form) in [
            (r#"{ "b": 1, "a": [1.0, 2.5, -0.0, null, true] }"#, r#"{"a":[1,2.5,0,null,true],"b":1}"#),
            (r#"{"号":"一\n\"","A":{"z":{},"y":[]}}"#, r#"{"A":{"y":[],"z":{}},"号":"一\n\""}"#),
            ("18446744073709551615", "18446744073709551615"),
            ("-9007199254740991", "-9007199254740991"),
        ] {
            assert_eq!(written(as_kept), form);
        }
    }

    #[test]
    fn an_entry_is_all_columns_in_their_order() {
        let fact = FactRow {
            district: DistrictId(430_204),
            id: FactId(Uuid::from_u128(0x0102)),
            name: "a.b".to_owned(),
            at: Time::from_micros(1),
            actor_kind: "person".to_owned(),
            actor_id: Some(Uuid::from_u128(3)),
            actor_name: "甲".to_owned(),
            via: "api".to_owned(),
            subject_kind: "x".to_owned(),
            subject_id: Uuid::from_u128(4),
            area_path: None,
            unit_id: None,
            data: Json(json!({ "n": 5 })),
        };
        let mut out = vec![99];
        entry_of(&fact, &mut out);
        let hex: String = out.iter().map(|byte| format!("{byte:02x}")).collect();
        let zeros = |bytes: usize| "00".repeat(bytes);
        let parts = [
            "01".to_owned(),
            "000000000006907c".to_owned(),
            zeros(14) + "0102",
            "00000003612e62".to_owned(),
            zeros(7) + "01",
            "00000006706572736f6e".to_owned(),
            "01".to_owned() + &zeros(15) + "03",
            "00000003e794b2".to_owned(),
            "00000003617069".to_owned(),
            "0000000178".to_owned(),
            zeros(15) + "04",
            "00".to_owned(),
            "00".to_owned(),
            "000000077b226e223a357d".to_owned(),
        ];
        assert_eq!(hex, parts.concat());
    }
}
