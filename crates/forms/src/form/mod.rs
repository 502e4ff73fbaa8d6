//! The definition of a form: what is asked, in which order, and by which rules. Plain data; [`crate::Plan`] checks it.

mod choices;
mod kind;
mod register;

pub use choices::Choice;
pub use kind::{Device, Kind, Shape};
pub use register::{FieldRef, Register};

use crate::limits::FORM_BYTES_MAX;
use crate::text::{Language, Text};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The version of the JSON this program writes. A reader refuses a higher one.
pub const FORMAT: u32 = 1;

/// A form as it is kept, sent to phones and compared. Expressions are text in the language of `docs/forms.md`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Form {
    /// See [`FORMAT`].
    pub format: u32,
    /// The same through all versions.
    pub id: String,
    /// Names one version of the form; any text, compared only for sameness.
    pub version: String,
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub title: Text,
    /// The first is the one a phone begins with. Empty where the form says no language.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub languages: Vec<Language>,
    /// The name of the root of the answers; absolute paths begin with it.
    #[serde(default = "root_name")]
    pub root: String,
    /// An expression whose result names one set of answers for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance_name: Option<String>,
    /// How the form is paged: `pages`, `theme-grid`, as XLSForm's setting `style`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub style: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub lists: BTreeMap<String, Vec<Choice>>,
    pub nodes: Vec<Node>,
}

fn root_name() -> String {
    "data".to_owned()
}

/// A question, a group, a repeat or a value nobody is asked for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Node {
    /// Unique among its siblings; unique in the form where an expression names it.
    pub name: String,
    #[serde(flatten)]
    pub kind: Kind,
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub label: Text,
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub hint: Text,
    /// What helps whoever asks; shown on demand.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub guidance: Text,
    /// Names of files shown with the label, by form (`image`, `big-image`, `audio`, `video`).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub media: BTreeMap<String, Text>,
    /// Asked only where this is true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relevant: Option<String>,
    /// An answer is needed where this is true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub required: Option<String>,
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub required_message: Text,
    /// What an answer has to keep; not asked of an empty one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub constraint: Option<String>,
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub constraint_message: Text,
    /// The value, whenever what it depends on changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calculation: Option<String>,
    /// The first value: text as it is, or an expression where it has the form of one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_only: Option<String>,
    /// Hints for the look, as XLSForm.org, "Appearance". Unknown ones are kept and have no effect.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub appearance: String,
    /// Where the value is known already, and where it goes when it is new.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub register: Option<Register>,
}

impl Form {
    /// Reads a definition; its rules are not looked at before [`crate::Plan::of`].
    ///
    /// # Errors
    /// Too long, not JSON of this shape, or of a later format; the text says which, for whoever wrote the JSON.
    pub fn from_json(bytes: &[u8]) -> Result<Self, String> {
        if bytes.len() > FORM_BYTES_MAX {
            return Err(format!("more than {FORM_BYTES_MAX} bytes"));
        }
        let form: Self = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        match form.format {
            0..=FORMAT => Ok(form),
            later => Err(format!("format {later} is later than {FORMAT}")),
        }
    }

    /// # Panics
    /// Never: every key of a definition is text.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a definition has only text as keys")
    }

    /// The language a phone begins with.
    pub fn first_language(&self) -> &str {
        self.languages.first().map_or(crate::text::NO_LANGUAGE, |language| &language.code)
    }

    /// How many choices all lists have together.
    pub fn count_choices(&self) -> usize {
        self.lists.values().map(Vec::len).sum()
    }
}

impl Node {
    pub fn of(name: impl Into<String>, kind: Kind) -> Self {
        Self { name: name.into(), kind, ..Self::default() }
    }

    /// What lies within; empty for a question.
    pub fn children(&self) -> &[Node] {
        match &self.kind {
            Kind::Group { nodes } | Kind::Repeat { nodes, .. } => nodes,
            _ => &[],
        }
    }
}
