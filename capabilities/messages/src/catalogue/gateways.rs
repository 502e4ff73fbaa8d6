//! How gateways of text messages are spoken to: catalog/messages/gateways.toml.

use super::call::{AnswerRule, Call, Format, RawCall};
use edge::Settings;
use platform::{Fault, Words};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

const FILE: (&str, &str) =
    ("messages/gateways.toml", include_str!("../../../../catalog/messages/gateways.toml"));
/// What a body may say; `params` is an object, `values` a list, the others texts.
const FILLS: &[&str] =
    &["id", "phone", "text", "signature", "template", "params", "values", "account", "secret"];
const MUST: &[&str] = &["phone", "id"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    source: String,
    version: String,
    gateway: Vec<Raw>,
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

/// A way of speaking.
#[derive(Clone, Debug)]
pub(crate) struct Gateway {
    pub key: String,
    pub words: Words,
    /// Whether it sends only words that are registered with it, by a number of its own.
    pub needs_template: bool,
    pub call: Call,
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
        Self::read(&settings.catalogue_text(FILE)?)
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
    let call = RawCall { headers: raw.headers, format: raw.format, body: raw.body, answer: raw.answer };
    let call = Call::read(&raw.key, call, (FILLS, MUST), faults);
    Gateway { words: Words::new(raw.zh, raw.en), key: raw.key, needs_template: raw.needs_template, call }
}

#[cfg(test)]
mod tests {
    //! Gateways of the house; what is wrong in another file; what answers mean.
    use super::super::call::{Judged, Said};
    use super::*;
    use courier::Trouble;
    use serde_json::json;

    #[test]
    fn an_answer_is_a_success_only_where_it_says_so() {
        let book = GatewayBook::read(FILE.1).expect("the file holds");
        let gateway = book.find("generic_json").expect("a gateway");
        let said = |word: &str, said: &str| Trouble::Gateway { word: word.to_owned(), said: said.to_owned() };
        let rows = [
            (json!({ "code": "OK" }), Judged::Done),
            (json!({ "code": 0 }), Judged::Done),
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
            assert_eq!(gateway.call.judge(answer.to_string().as_bytes()), expected, "{answer}");
        }
        let page = Trouble::BadAnswer { expected: "JSON".to_owned(), said: String::new() };
        assert_eq!(gateway.call.judge(b"<html>"), Judged::Unclear(page));
    }

    #[test]
    fn a_value_stays_in_its_place() {
        let book = GatewayBook::read(FILE.1).expect("the file holds");
        let gateway = book.find("generic_json").expect("a gateway");
        let mut said = Said::default();
        said.texts.insert("signature".to_owned(), "\"},{phone}".to_owned());
        said.params.insert("to".to_owned(), json!("{secret}"));
        let body = gateway.call.body(&said);
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
