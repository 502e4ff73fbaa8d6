//! Values that two changed: what one saw, what stands there now, what the other says; and who decides.

use super::CommandId;
use platform::{AccountId, Personal, Purpose, Time, Words};
use registry::RecordId;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Clashes are opened to be settled; whoever is shown one carried the values, or is told that they are sealed.
pub const CLASH_KEEPING: Purpose = Purpose("settling a clash");

store::text_enum! {
    /// Whose value stays.
    pub Choice {
        Mine = "mine",
        Theirs = "theirs",
    }
}

/// One field of a clash. Of a sealed value only the own side is told.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct FieldClash {
    pub field: String,
    /// Its name.
    pub words: Words,
    /// What the worker said.
    pub mine: Option<Value>,
    /// What stands in the register now.
    pub theirs: Option<Value>,
    /// What both had seen before.
    pub before: Option<Value>,
    /// The value is sealed: what others know of it is not told here.
    pub sealed: bool,
    /// Who brought theirs, and when.
    pub theirs_by: Option<String>,
    pub theirs_at: Option<Time>,
}

/// Fields of one record that clash, from one command.
#[derive(Clone, Debug)]
pub struct Clash {
    /// Of the command.
    pub id: CommandId,
    pub account: AccountId,
    pub record: RecordId,
    pub area_path: String,
    /// When the command came.
    pub at: Time,
    pub content: Personal<ClashContent>,
    pub settled_at: Option<Time>,
}

/// What of a clash is sealed. It stays when it is settled: whoever asks for the loser finds it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ClashContent {
    /// What the record is listed by, and its version when they clashed.
    pub label: String,
    pub version: i64,
    pub fields: Vec<FieldClash>,
}

impl ClashContent {
    /// The values to put in their place by what was chosen, each with what the chooser saw there; `None` where a field was left open
    /// or none of this clash was named.
    pub fn chosen(&self, choices: &BTreeMap<String, Choice>) -> Option<Chosen> {
        let is_whole = self.fields.iter().all(|field| choices.contains_key(&field.field));
        let is_known = choices.keys().all(|key| self.fields.iter().any(|field| field.field == *key));
        if !is_whole || !is_known {
            return None;
        }
        let mine = self.fields.iter().filter(|field| choices[&field.field] == Choice::Mine);
        let value = |value: &Option<Value>| value.clone().unwrap_or(Value::Null);
        Some(Chosen {
            values: mine.clone().map(|field| (field.field.clone(), value(&field.mine))).collect(),
            seen: mine.map(|field| (field.field.clone(), value(&field.theirs))).collect(),
        })
    }
}

/// What somebody chose of a clash.
#[derive(Clone, PartialEq, Debug)]
pub struct Chosen {
    /// One's own values that are to stand.
    pub values: BTreeMap<String, Value>,
    /// What stood there when it was chosen.
    pub seen: BTreeMap<String, Value>,
}

#[cfg(test)]
mod tests {
    //! A choice names every field of its clash, and no other.
    use super::{Choice, ClashContent, FieldClash};
    use platform::Words;
    use serde_json::{Value, json};
    use std::collections::BTreeMap;

    fn field(key: &str, mine: Option<Value>, theirs: Option<Value>) -> FieldClash {
        let words = Words::new(key, key);
        FieldClash {
            field: key.to_owned(),
            words,
            mine,
            theirs,
            before: None,
            sealed: false,
            theirs_by: None,
            theirs_at: None,
        }
    }

    #[test]
    fn every_field_is_chosen() {
        let fields = vec![
            field("name", Some(json!("张炜")), Some(json!("张玮"))),
            field("sex", None, Some(json!("male"))),
        ];
        let clash = ClashContent { label: String::new(), version: 1, fields };
        let chosen = |pairs: &[(&str, Choice)]| {
            let choices: BTreeMap<_, _> =
                pairs.iter().map(|(key, choice)| ((*key).to_owned(), *choice)).collect();
            clash.chosen(&choices)
        };
        assert_eq!(chosen(&[("name", Choice::Mine)]), None, "one was left open");
        assert_eq!(chosen(&[("name", Choice::Mine), ("sex", Choice::Mine), ("shoe", Choice::Mine)]), None);
        let all = chosen(&[("name", Choice::Theirs), ("sex", Choice::Mine)]).expect("chosen");
        assert_eq!(all.values, [("sex".to_owned(), Value::Null)].into());
        assert_eq!(all.seen, [("sex".to_owned(), json!("male"))].into());
        let none = chosen(&[("name", Choice::Theirs), ("sex", Choice::Theirs)]).expect("chosen");
        assert!(none.values.is_empty());
    }
}
