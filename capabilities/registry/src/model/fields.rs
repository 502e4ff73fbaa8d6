//! What a record says of its subject: values, each with where it is from, who brought it and when.

use platform::{AccountId, Time};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use store::text_enum;

text_enum! {
    /// How a value came into the register.
    pub Source {
        /// A grid worker at the door.
        Door = "door",
        /// A table somebody brought.
        Import = "import",
        /// The person.
        Own = "self",
        /// A department or another system.
        Department = "department",
        /// A clerk at a desk, on paper or by phone.
        Desk = "desk",
    }
}

/// Where a value is from.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Origin {
    #[serde(rename = "s")]
    pub source: Source,
    #[serde(rename = "t")]
    pub at: Time,
    /// Whose hand; none for another system.
    #[serde(rename = "b", default, skip_serializing_if = "Option::is_none")]
    pub by: Option<AccountId>,
    /// What proves it, in words: "身份证原件", a file's name and row.
    #[serde(rename = "e", default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
}

/// A value and the place of its origin in [`Fields`].
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Held(pub Value, u16);

/// The values of a record. Many share one origin, so origins are listed once.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Fields {
    #[serde(rename = "o", default, skip_serializing_if = "Vec::is_empty")]
    origins: Vec<Origin>,
    #[serde(rename = "v", default, skip_serializing_if = "BTreeMap::is_empty")]
    values: BTreeMap<String, Held>,
}

impl Fields {
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// A value by its field's key.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.values.get(key).map(|held| &held.0)
    }

    /// A text value; the empty text where there is none.
    pub fn text(&self, key: &str) -> &str {
        self.get(key).and_then(Value::as_str).unwrap_or_default()
    }

    /// Where a value is from.
    pub fn origin(&self, key: &str) -> Option<&Origin> {
        self.values.get(key).and_then(|held| self.origins.get(usize::from(held.1)))
    }

    /// All values with their origins, by key.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value, &Origin)> {
        self.values.iter().filter_map(|(key, held)| {
            let origin = self.origins.get(usize::from(held.1))?;
            Some((key.as_str(), &held.0, origin))
        })
    }

    /// Puts a value in; also to say that it still holds.
    pub fn set(&mut self, key: &str, value: Value, origin: &Origin) {
        let place = self.place_of(origin);
        self.values.insert(key.to_owned(), Held(value, place));
        self.drop_unused();
    }

    /// Takes a value out; whether there was one.
    pub fn remove(&mut self, key: &str) -> bool {
        let was_there = self.values.remove(key).is_some();
        self.drop_unused();
        was_there
    }

    fn place_of(&mut self, origin: &Origin) -> u16 {
        let place = self.origins.iter().position(|known| known == origin).unwrap_or_else(|| {
            self.origins.push(origin.clone());
            self.origins.len() - 1
        });
        u16::try_from(place).unwrap_or(u16::MAX)
    }

    /// Forgets origins nothing comes from any more, so that a record does not grow with its age.
    fn drop_unused(&mut self) {
        let used: Vec<bool> = (0..self.origins.len())
            .map(|place| self.values.values().any(|held| usize::from(held.1) == place))
            .collect();
        if used.iter().all(|used| *used) {
            return;
        }
        let moved: Vec<u16> = used
            .iter()
            .scan(0u16, |next, used| {
                let place = *next;
                *next += u16::from(*used);
                Some(place)
            })
            .collect();
        let mut keep = used.iter();
        self.origins.retain(|_| *keep.next().unwrap_or(&true));
        for held in self.values.values_mut() {
            held.1 = moved.get(usize::from(held.1)).copied().unwrap_or(0);
        }
    }
}

#[cfg(test)]
mod tests {
    //! Values keep their own origin, and origins nobody needs are forgotten.
    use super::{Fields, Origin, Source};
    use platform::Time;
    use serde_json::json;

    fn origin(source: Source, at: i64) -> Origin {
        Origin { source, at: Time::from_micros(at), by: None, evidence: None }
    }

    #[test]
    fn each_value_knows_where_it_is_from() {
        let mut fields = Fields::default();
        fields.set("name", json!("张伟"), &origin(Source::Import, 1));
        fields.set("sex", json!("male"), &origin(Source::Import, 1));
        fields.set("name", json!("张炜"), &origin(Source::Door, 2));
        assert_eq!(fields.origin("name").map(|o| o.source), Some(Source::Door));
        assert_eq!(fields.origin("sex").map(|o| o.source), Some(Source::Import));
        fields.set("sex", json!("male"), &origin(Source::Door, 2));
        assert_eq!(fields.origins.len(), 1, "the import's origin is forgotten");
        assert_eq!(fields.origin("name").map(|o| o.at), Some(Time::from_micros(2)));
        let text = serde_json::to_string(&fields).expect("it can be written");
        assert_eq!(serde_json::from_str::<Fields>(&text).expect("and read"), fields);
    }
}
