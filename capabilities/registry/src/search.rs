//! By what a record is found: the words of its label for the full-text index, keyed hashes for what is sealed.

use crate::model::{Fields, Kind, Record, address, spelling};
use platform::DistrictId;
use serde_json::Value;

/// Labels of keyed hashes.
pub(crate) const DOCUMENT: &str = "document";
pub(crate) const DOCUMENT_END: &str = "document4";
pub(crate) const PHONE: &str = "phone";
pub(crate) const PHONE_END: &str = "phone4";
pub(crate) const FACT: &str = "fact";

/// Digits of a document or telephone people remember.
const END_CHARS: usize = 4;

/// A token within a district and a kind. Who searches asks for both: in one token, the index has no list of all people of a district
/// to walk through.
pub(crate) fn scoped(district: DistrictId, kind: Kind, token: &str) -> String {
    format!("{district}{}{token}", letter(kind))
}

/// The letter of a kind that is found by words.
const fn letter(kind: Kind) -> char {
    match kind {
        Kind::Place => 'l',
        Kind::Dwelling => 'd',
        Kind::Person => 'p',
        Kind::Organisation => 'o',
        Kind::Thing => 't',
        Kind::Household | Kind::Residence | Kind::Share | Kind::ServiceFact => 'x',
    }
}

/// The token of an area's own code: the last part of its path.
pub(crate) fn area_token(path: &str) -> String {
    format!("a{}", path.rsplit('/').next().unwrap_or_default().to_ascii_lowercase())
}

/// The token of a whole name: those who bear it come before those whose names hold it.
pub(crate) fn whole_token(name: &str) -> String {
    let folded = spelling::fold_name(name);
    if folded.is_empty() { folded } else { format!("w{folded}") }
}

/// The token of a code: its letters and digits.
pub(crate) fn code_token(code: &str) -> String {
    code.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
}

/// The words of a record for the index, separated by spaces; nothing for what is found through its person or home.
pub(crate) fn tokens_of(district: DistrictId, record: &Record) -> Option<String> {
    let content = &record.content;
    let mut tokens = match record.kind {
        Kind::Person => {
            let former = content.open.get("former_names").and_then(Value::as_array);
            let former = former.into_iter().flatten().filter_map(Value::as_str);
            let names = std::iter::once(content.open.text("name")).chain(former);
            let mut tokens: Vec<_> = names.flat_map(spelling::name_tokens).collect();
            tokens.push(whole_token(&content.label));
            tokens
        }
        // A room is found as the home in it.
        Kind::Place if matches!(content.open.text("level"), "room" | "floor") => return None,
        Kind::Place | Kind::Dwelling => {
            let others = content.open.get("other_names").and_then(Value::as_array);
            let others = others.into_iter().flatten().filter_map(Value::as_str);
            let labels = std::iter::once(content.label.as_str()).chain(others);
            let mut tokens: Vec<_> =
                labels.flat_map(|label| address::tokens(&address::parse(label))).collect();
            tokens.push(code_token(content.open.text("code")));
            tokens
        }
        Kind::Organisation | Kind::Thing => {
            let mut tokens = spelling::text_tokens(&content.label);
            tokens.extend(["code", "component"].map(|key| code_token(content.open.text(key))));
            tokens.push(whole_token(&content.label));
            tokens
        }
        Kind::Household | Kind::Residence | Kind::Share | Kind::ServiceFact => return None,
    };
    if !record.is_live() {
        return Some(String::new());
    }
    tokens.extend(content.area_path.split('/').map(area_token));
    tokens.retain(|token| !token.is_empty());
    tokens.sort_unstable();
    tokens.dedup();
    let tokens: Vec<_> = tokens.iter().map(|token| scoped(district, record.kind, token)).collect();
    Some(tokens.join(" "))
}

/// What of the sealed values a record is looked up by: label and value.
pub(crate) fn lookup_values(secret: &Fields) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    let entries =
        |key: &str| secret.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    for number in entries("documents").iter().filter_map(|entry| entry["number"].as_str()) {
        found.push((DOCUMENT, number.to_owned()));
        found.push((DOCUMENT_END, end_of(number)));
    }
    let contact = secret.get("contact").and_then(|contact| contact["phone"].as_str());
    for number in entries("phones").iter().filter_map(Value::as_str).chain(contact) {
        found.push((PHONE, number.to_owned()));
        found.push((PHONE_END, end_of(number)));
    }
    if let Some(fact) = secret.get("fact").and_then(Value::as_str) {
        found.push((FACT, fact.to_owned()));
    }
    found.sort();
    found.dedup();
    found
}

/// The last four characters.
pub(crate) fn end_of(number: &str) -> String {
    let count = number.chars().count();
    number.chars().skip(count.saturating_sub(END_CHARS)).collect()
}
