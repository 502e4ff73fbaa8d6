//! How a question and the register belong together: declared, so that whoever reads a form sees what it takes and gives.

use serde::{Deserialize, Serialize};

/// A field of a kind of the register, written `person.phone`. Which there are is the caller's to know.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FieldRef {
    pub kind: String,
    pub field: String,
}

/// Prefill and write-back of one question.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Register {
    /// Shown as known instead of asked, where the register has it and it is fresh.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefill: Option<FieldRef>,
    /// The answer becomes this field's value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub write: Option<FieldRef>,
    /// Days for which a known value counts as fresh here; without it the register's own rule for the field holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fresh_days: Option<u32>,
}

impl FieldRef {
    /// From `kind.field`: lower-case words joined by `_`.
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, field) = text.trim().split_once('.')?;
        let is_word = |word: &str| {
            word.starts_with(|c: char| c.is_ascii_lowercase())
                && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        };
        (is_word(kind) && is_word(field)).then(|| Self { kind: kind.to_owned(), field: field.to_owned() })
    }
}

impl TryFrom<String> for FieldRef {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).ok_or_else(|| format!("`{text}` is not kind.field"))
    }
}

impl From<FieldRef> for String {
    fn from(field: FieldRef) -> Self {
        format!("{}.{}", field.kind, field.field)
    }
}

#[cfg(test)]
mod tests {
    use super::FieldRef;

    #[test]
    fn a_field_is_a_kind_and_a_word() {
        assert_eq!(FieldRef::parse(" person.phone ").map(String::from).as_deref(), Some("person.phone"));
        for wrong in ["person", "person.", ".phone", "Person.phone", "person.phone.x", "人.phone", ""] {
            assert_eq!(FieldRef::parse(wrong), None, "{wrong}");
        }
    }
}
