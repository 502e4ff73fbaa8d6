//! How gateways of relayed calls are spoken to: catalog/messages/relays.toml.

use super::call::{AnswerRule, Call, Format, RawCall, told};
use edge::Settings;
use platform::{Fault, Words};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

const FILE: (&str, &str) = ("messages/relays.toml", include_str!("../../../../catalog/messages/relays.toml"));
const BIND_FILLS: &[&str] = &["id", "phone", "caller", "seconds", "account", "secret"];
const BIND_MUST: &[&str] = &["id", "phone", "seconds"];
const END_FILLS: &[&str] = &["id", "binding", "account", "secret"];
const END_MUST: &[&str] = &["binding"];
/// What somebody dials is no longer, nor is a gateway's own name for it.
const NUMBER_CHARS: std::ops::RangeInclusive<usize> = 3..=20;
const EXTENSION_CHARS_MAX: usize = 8;
const BINDING_CHARS_MAX: usize = 200;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    source: String,
    version: String,
    relay: Vec<Raw>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    key: String,
    zh: String,
    en: String,
    headers: BTreeMap<String, String>,
    format: Format,
    bind: RawBind,
    end: RawEnd,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawBind {
    path: String,
    body: BTreeMap<String, Value>,
    answer: AnswerRule,
    found: FoundAt,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawEnd {
    path: String,
    body: BTreeMap<String, Value>,
    answer: AnswerRule,
}

/// Where in an answer stands what was bound.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FoundAt {
    number: String,
    extension: String,
    binding: String,
}

/// A way of speaking.
#[derive(Clone, Debug)]
pub(crate) struct Relayer {
    pub key: String,
    pub words: Words,
    pub bind: (String, Call),
    pub end: (String, Call),
    found: FoundAt,
}

/// A number in between, as a gateway gave it.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize, Deserialize)]
pub(crate) struct Bound {
    pub number: String,
    pub extension: Option<String>,
    pub binding: String,
}

impl Relayer {
    /// Whether it puts through calls of one telephone only, and so has to be told which.
    pub fn needs_caller(&self) -> bool {
        self.bind.1.says("caller")
    }

    /// What an answer that means success gives; none where that is nothing somebody could dial.
    pub fn bound(&self, answer: &[u8]) -> Option<Bound> {
        let answer: Value = serde_json::from_slice(answer).ok()?;
        let number = told(&answer, &self.found.number);
        let (extension, binding) = (told(&answer, &self.found.extension), told(&answer, &self.found.binding));
        let digits = number.strip_prefix('+').unwrap_or(&number);
        let is_number =
            NUMBER_CHARS.contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit() || b == b'-');
        let is_extension =
            extension.len() <= EXTENSION_CHARS_MAX && extension.bytes().all(|b| b.is_ascii_digit());
        let is_binding = (1..=BINDING_CHARS_MAX).contains(&binding.len()) && binding.is_ascii();
        (is_number && is_extension && is_binding).then(|| Bound {
            number,
            extension: Some(extension).filter(|text| !text.is_empty()),
            binding,
        })
    }
}

/// The file, on the shelf.
#[derive(Clone, Debug)]
pub struct RelayBook(Vec<Relayer>);

impl RelayBook {
    /// Reads and checks the file.
    ///
    /// # Errors
    /// A fault that names every hole.
    pub(crate) fn load(settings: &Settings) -> Result<Self, Fault> {
        Self::read(&settings.catalogue_text(FILE)?)
    }

    fn read(text: &str) -> Result<Self, Fault> {
        let file: File = toml::from_str(text)
            .map_err(|e| Fault::broken(format!("{} cannot be read", FILE.0)).because(e))?;
        let mut faults = Vec::new();
        if file.source.trim().is_empty() || file.version.trim().is_empty() {
            faults.push("says no source or version".to_owned());
        }
        let mut relays: Vec<Relayer> = Vec::new();
        for raw in file.relay {
            if relays.iter().any(|known| known.key == raw.key) {
                faults.push(format!("{} stands there twice", raw.key));
            }
            relays.push(read_relay(raw, &mut faults));
        }
        super::whole(FILE.0, &faults, Self(relays))
    }

    pub(crate) fn all(&self) -> &[Relayer] {
        &self.0
    }

    pub(crate) fn find(&self, key: &str) -> Option<&Relayer> {
        self.0.iter().find(|relay| relay.key == key)
    }
}

fn read_relay(raw: Raw, faults: &mut Vec<String>) -> Relayer {
    let (key, format) = (raw.key, raw.format);
    for path in [&raw.bind.path, &raw.end.path] {
        if !path.starts_with('/') {
            faults.push(format!("{key}: “{path}” is no path"));
        }
    }
    let at = &raw.bind.found;
    if ![&at.number, &at.extension, &at.binding].iter().all(|place| place.starts_with('/')) {
        faults.push(format!("{key}: its answer says no number, or not which binding it is"));
    }
    let bind = RawCall { headers: raw.headers.clone(), format, body: raw.bind.body, answer: raw.bind.answer };
    let end = RawCall { headers: raw.headers, format, body: raw.end.body, answer: raw.end.answer };
    Relayer {
        words: Words::new(raw.zh, raw.en),
        bind: (raw.bind.path, Call::read(&key, bind, (BIND_FILLS, BIND_MUST), faults)),
        end: (raw.end.path, Call::read(&key, end, (END_FILLS, END_MUST), faults)),
        found: raw.bind.found,
        key,
    }
}

#[cfg(test)]
mod tests {
    //! Relays of the house; what is wrong in another file; what can be dialled.
    use super::*;
    use serde_json::json;

    #[test]
    fn only_what_can_be_dialled_is_a_number() {
        let book = RelayBook::read(FILE.1).expect("the file holds");
        let relay = book.find("generic_json").expect("a relay");
        let found = |number: Value, extension: Value, binding: Value| {
            let answer =
                json!({ "data": { "number": number, "extension": extension, "binding_id": binding } });
            relay.bound(answer.to_string().as_bytes()).map(|bound| (bound.number, bound.extension))
        };
        let rows = [
            (found(json!("95013000001"), json!("12"), json!("b1")), Some(("95013000001", Some("12")))),
            (found(json!("+861700000001"), Value::Null, json!(7)), Some(("+861700000001", None))),
            (found(json!("<a>"), Value::Null, json!("b1")), None),
            (found(json!("95013000001;ext"), Value::Null, json!("b1")), None),
            (found(json!("95013000001"), json!("x"), json!("b1")), None),
            (found(Value::Null, Value::Null, json!("b1")), None),
            (found(json!("95013000001"), Value::Null, Value::Null), None),
        ];
        for (found, expected) in rows {
            let expected =
                expected.map(|(number, extension)| (number.to_owned(), extension.map(str::to_owned)));
            assert_eq!(found, expected);
        }
        assert!(!relay.needs_caller());
        assert!(book.find("generic_json_caller").expect("another").needs_caller());
    }

    #[test]
    fn what_is_wrong_in_the_file_is_named() {
        let rows = [
            ("called = \"{phone}\"", "called = \"{id}\"", "generic_json: says no phone"),
            ("\"{binding}\"", "\"{bind}\"", "generic_json: nothing fills {bind}"),
            ("path = \"/bind\"", "path = \"bind\"", "generic_json: “bind” is no path"),
            ("\"/data/number\"", "\"\"", "generic_json: its answer says no number"),
            ("key = \"generic_json_caller\"", "key = \"generic_json\"", "generic_json stands there twice"),
        ];
        for (good, wrong, said) in rows {
            assert!(FILE.1.contains(good), "{good}");
            let fault = RelayBook::read(&FILE.1.replacen(good, wrong, 1)).expect_err(said);
            assert!(format!("{fault:?}").contains(said), "{fault:?}");
        }
    }
}
