//! A call to a gateway over HTTP, as data: what is said to it, and what in its answer means success.

use crate::model::text::Text;
use courier::Trouble;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What of another side's answer is shown to a person.
const MESSAGE_CHARS_MAX: usize = 120;

#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Format {
    Json,
    Form,
}

/// Where an answer says how it went, and which words mean what.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AnswerRule {
    code: String,
    message: String,
    #[serde(alias = "sent")]
    done: Vec<String>,
    refused: Vec<String>,
}

/// A call as a file of the catalogue has it.
pub(super) struct RawCall {
    pub headers: BTreeMap<String, String>,
    pub format: Format,
    pub body: BTreeMap<String, Value>,
    pub answer: AnswerRule,
}

/// A call that was checked.
#[derive(Clone, Debug)]
pub(crate) struct Call {
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
    Done,
    Refused(Trouble),
    Unclear(Trouble),
}

impl Call {
    /// Checks a call: `fills` is what may stand in it, `must` what has to.
    pub(super) fn read(
        key: &str,
        raw: RawCall,
        (fills, must): (&[&str], &[&str]),
        faults: &mut Vec<String>,
    ) -> Self {
        let body = Value::Object(raw.body.into_iter().collect());
        let mut texts = Vec::new();
        collect(&body, &mut texts);
        let mut read = |text: &str| {
            let found = Text::read(text);
            let unknown = found.iter().flat_map(|text| text.names()).find(|name| !fills.contains(name));
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
        for name in must {
            if !texts.iter().any(|text| text.contains(&format!("{{{name}}}"))) {
                faults.push(format!("{key}: says no {name}"));
            }
        }
        let is_flat = body.as_object().is_some_and(|fields| fields.values().all(Value::is_string));
        if raw.format == Format::Form && !is_flat {
            faults.push(format!("{key}: a form has fields of text only"));
        }
        if raw.answer.done.is_empty() || !raw.answer.code.starts_with('/') {
            faults.push(format!("{key}: nothing in its answer means success"));
        }
        Self { headers, format: raw.format, body, answer: raw.answer }
    }

    pub fn headers(&self, said: &Said) -> Vec<(String, String)> {
        self.headers.iter().map(|(name, text)| (name.clone(), text.fill(&said.texts))).collect()
    }

    /// The body with everything in its place, as a value: it is written out as JSON or as a form, and so nothing breaks out of its place.
    pub fn body(&self, said: &Said) -> Value {
        filled(&self.body, said)
    }

    /// Whether a value of this name is told.
    pub fn says(&self, name: &str) -> bool {
        let mut texts = Vec::new();
        collect(&self.body, &mut texts);
        texts.iter().any(|text| text.contains(&format!("{{{name}}}")))
    }

    /// Reads an answer: only a word that is known for success is one.
    pub fn judge(&self, answer: &[u8]) -> Judged {
        let Ok(answer) = serde_json::from_slice::<Value>(answer) else {
            return Judged::Unclear(Trouble::BadAnswer { expected: "JSON".to_owned(), said: String::new() });
        };
        let word = told(&answer, &self.answer.code);
        let message = told(&answer, &self.answer.message);
        let said = message.chars().filter(|c| !c.is_control()).take(MESSAGE_CHARS_MAX).collect();
        if self.answer.done.contains(&word) {
            Judged::Done
        } else if self.answer.refused.contains(&word) {
            Judged::Refused(Trouble::Gateway { word, said })
        } else {
            Judged::Unclear(Trouble::Gateway { word, said })
        }
    }
}

/// What stands at a place of an answer, as text; empty where nothing does.
pub(crate) fn told(answer: &Value, pointer: &str) -> String {
    match answer.pointer(pointer) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => String::new(),
        Some(other) => other.to_string(),
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

fn collect(value: &Value, texts: &mut Vec<String>) {
    match value {
        Value::String(text) => texts.push(text.clone()),
        Value::Object(fields) => fields.values().for_each(|value| collect(value, texts)),
        Value::Array(items) => items.iter().for_each(|value| collect(value, texts)),
        _ => {}
    }
}
