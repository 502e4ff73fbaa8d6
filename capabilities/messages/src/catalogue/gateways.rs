//! How gateways of text messages are spoken to: catalog/messages/gateways.toml.

use crate::model::text::Text;
use courier::Trouble;
use edge::Settings;
use platform::{Fault, Words};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

const FILE: (&str, &str) =
    ("messages/gateways.toml", include_str!("../../../../catalog/messages/gateways.toml"));
/// What a body may say; `params` is an object, `values` a list, the others texts.
const PLACEHOLDERS: &[&str] =
    &["id", "phone", "text", "signature", "template", "params", "values", "account", "secret"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    source: String,
    version: String,
    gateway: Vec<Raw>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Format {
    Json,
    Form,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    key: String,
    zh: String,
    en: String,
    needs_template: bool,
    headers: BTreeMap<String, String>,
    format: Format,
    body: BTreeMap<String, Value>,
    answer: AnswerRule,
}

/// Where an answer says how it went, and which words mean what.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AnswerRule {
    code: String,
    message: String,
    sent: Vec<String>,
    refused: Vec<String>,
}

/// A way of speaking.
#[derive(Clone, Debug)]
pub(crate) struct Gateway {
    pub key: String,
    pub words: Words,
    /// Whether it sends only words that are registered with it, by a number of its own.
    pub needs_template: bool,
    headers: BTreeMap<String, Text>,
    pub format: Format,
    body: Value,
    answer: AnswerRule,
}

/// What is told to a gateway.
#[derive(Clone, Debug, Default)]
pub(crate) struct Said {
    pub texts: BTreeMap<String, String>,
    pub params: Map<String, Value>,
    pub values: Vec<Value>,
}

/// What an answer means.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Judged {
    Sent,
    Refused(Trouble),
    Unclear(Trouble),
}

impl Gateway {
    pub fn headers(&self, said: &Said) -> Vec<(String, String)> {
        self.headers.iter().map(|(name, text)| (name.clone(), text.fill(&said.texts))).collect()
    }

    /// The body with everything in its place, as a value: it is written out as JSON or as a form, and so nothing breaks out of its place.
    pub fn body(&self, said: &Said) -> Value {
        filled(&self.body, said)
    }

    /// Reads an answer: only a word that is known for success is one.
    pub fn judge(&self, answer: &[u8]) -> Judged {
        let Ok(answer) = serde_json::from_slice::<Value>(answer) else {
            return Judged::Unclear(Trouble::BadAnswer { expected: "JSON".to_owned(), said: String::new() });
        };
        let told = |pointer: &str| match answer.pointer(pointer) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Null) | None => String::new(),
            Some(other) => other.to_string(),
        };
        let (word, message) = (told(&self.answer.code), told(&self.answer.message));
        let said = message.chars().filter(|c| !c.is_control()).take(120).collect();
        if self.answer.sent.contains(&word) {
            Judged::Sent
        } else if self.answer.refused.contains(&word) {
            Judged::Refused(Trouble::Gateway { word, said })
        } else {
            Judged::Unclear(Trouble::Gateway { word, said })
        }
    }
}

fn filled(body: &Value, said: &Said) -> Value {
    match body {
        Value::String(text) if text == "{params}" => Value::Object(said.params.clone()),
        Value::String(text) if text == "{values}" => Value::Array(said.values.clone()),
        Value::String(text) => {
            // It was read when the file was loaded.
            Value::String(Text::read(text).map(|text| text.fill(&said.texts)).unwrap_or_default())
        }
        Value::Object(fields) => {
            Value::Object(fields.iter().map(|(key, value)| (key.clone(), filled(value, said))).collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(|item| filled(item, said)).collect()),
        other => other.clone(),
    }
}

/// The file, on the shelf.
#[derive(Clone, Debug)]
pub(crate) struct GatewayBook(Vec<Gateway>);

impl GatewayBook {
    /// Reads and checks the file.
    ///
    /// # Errors
    /// A fault that names every hole.
    pub fn load(settings: &Settings) -> Result<Self, Fault> {
        Self::read(&super::text_of(settings, FILE)?)
    }

    fn read(text: &str) -> Result<Self, Fault> {
        let file: File = toml::from_str(text)
            .map_err(|e| Fault::broken(format!("{} cannot be read", FILE.0)).because(e))?;
        let mut faults = Vec::new();
        if file.source.trim().is_empty() || file.version.trim().is_empty() {
            faults.push("says no source or version".to_owned());
        }
        let mut gateways: Vec<Gateway> = Vec::new();
        for raw in file.gateway {
            if gateways.iter().any(|known| known.key == raw.key) {
                faults.push(format!("{} stands there twice", raw.key));
            }
            gateways.push(read_gateway(raw, &mut faults));
        }
        super::whole(FILE.0, &faults, Self(gateways))
    }

    pub fn all(&self) -> &[Gateway] {
        &self.0
    }

    pub fn find(&self, key: &str) -> Option<&Gateway> {
        self.0.iter().find(|gateway| gateway.key == key)
    }
}

fn read_gateway(raw: Raw, faults: &mut Vec<String>) -> Gateway {
    let key = raw.key;
    let body = Value::Object(raw.body.into_iter().collect());
    let mut texts = Vec::new();
    collect(&body, &mut texts);
    let mut read = |text: &str| {
        let found = Text::read(text);
        let unknown = found.iter().flat_map(|text| text.names()).find(|name| !PLACEHOLDERS.contains(name));
        match (&found, unknown) {
            (None, _) => faults.push(format!("{key}: “{text}” has a broken placeholder")),
            (_, Some(name)) => faults.push(format!("{key}: nothing fills {{{name}}}")),
            _ => {}
        }
        found.unwrap_or(Text(Vec::new()))
    };
    for text in &texts {
        read(text);
    }
    let headers = raw.headers.iter().map(|(name, text)| (name.to_lowercase(), read(text))).collect();
    if !texts.iter().any(|text| text.contains("{phone}")) || !texts.iter().any(|text| text.contains("{id}")) {
        faults.push(format!("{key}: says no phone, or not which message it is"));
    }
    let is_flat = body.as_object().is_some_and(|fields| fields.values().all(Value::is_string));
    if raw.format == Format::Form && !is_flat {
        faults.push(format!("{key}: a form has fields of text only"));
    }
    if raw.answer.sent.is_empty() || !raw.answer.code.starts_with('/') {
        faults.push(format!("{key}: nothing in its answer means success"));
    }
    Gateway {
        words: Words::new(raw.zh, raw.en),
        key,
        needs_template: raw.needs_template,
        headers,
        format: raw.format,
        body,
        answer: raw.answer,
    }
}

fn collect(value: &Value, texts: &mut Vec<String>) {
    match value {
        Value::String(text) => texts.push(text.clone()),
        Value::Object(fields) => fields.values().for_each(|value| collect(value, texts)),
        Value::Array(items) => items.iter().for_each(|value| collect(value, texts)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    //! Gateways of the house; what is wrong in another file; what answers mean.
    use super::*;
    use serde_json::json;

    #[test]
    fn an_answer_is_a_success_only_where_it_says_so() {
        let book = GatewayBook::read(FILE.1).expect("the file holds");
        let gateway = book.find("generic_json").expect("a gateway");
        let said = |word: &str, said: &str| Trouble::Gateway { word: word.to_owned(), said: said.to_owned() };
        let rows = [
            (json!({ "code": "OK" }), Judged::Sent),
            (json!({ "code": 0 }), Judged::Sent),
            (
                json!({ "code": "INVALID_NUMBER", "message": "空号" }),
                Judged::Refused(said("INVALID_NUMBER", "空号")),
            ),
            (
                json!({ "code": "NO_BALANCE", "message": "余额不足" }),
                Judged::Unclear(said("NO_BALANCE", "余额不足")),
            ),
            (json!({}), Judged::Unclear(said("", ""))),
            (json!({ "code": null }), Judged::Unclear(said("", ""))),
        ];
        for (answer, expected) in rows {
            assert_eq!(gateway.judge(answer.to_string().as_bytes()), expected, "{answer}");
        }
        let page = Trouble::BadAnswer { expected: "JSON".to_owned(), said: String::new() };
        assert_eq!(gateway.judge(b"<html>"), Judged::Unclear(page));
    }

    #[test]
    fn a_value_stays_in_its_place() {
        let book = GatewayBook::read(FILE.1).expect("the file holds");
        let gateway = book.find("generic_json").expect("a gateway");
        let mut said = Said::default();
        said.texts.insert("signature".to_owned(), "\"},{phone}".to_owned());
        said.params.insert("to".to_owned(), json!("{secret}"));
        let body = gateway.body(&said);
        assert_eq!(body["sign_name"], "\"},{phone}");
        assert_eq!(body["template_param"], json!({ "to": "{secret}" }));
    }

    #[test]
    fn what_is_wrong_in_the_file_is_named() {
        let rows = [
            ("mobile = \"{phone}\", sign", "sign", "generic_json: says no phone"),
            ("\"{params}\"", "\"{parms}\"", "generic_json: nothing fills {parms}"),
            (
                "content = \"{text}\"",
                "content = { a = \"{text}\" }",
                "generic_form: a form has fields of text only",
            ),
            ("sent = [\"0\", \"OK\"]", "sent = []", "generic_json: nothing in its answer means success"),
            ("key = \"generic_form\"", "key = \"generic_json\"", "generic_json stands there twice"),
        ];
        for (good, wrong, said) in rows {
            assert!(FILE.1.contains(good), "{good}");
            let fault = GatewayBook::read(&FILE.1.replacen(good, wrong, 1)).expect_err(said);
            assert!(format!("{fault:?}").contains(said), "{fault:?}");
        }
    }
}
