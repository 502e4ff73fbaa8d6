//! What people read, by language: labels, hints, messages.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The language of what says no language (BCP 47 "undetermined").
pub const NO_LANGUAGE: &str = "und";

/// One text in any number of languages. The key is a BCP 47 tag where it is known (`zh`, `en`), else the name the form gives.
/// `${name}` in it stands for an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Text(pub BTreeMap<String, String>);

impl Text {
    /// A text that is the same in every language.
    pub fn plain(text: impl Into<String>) -> Self {
        Self::in_language(NO_LANGUAGE, text)
    }

    pub fn in_language(language: &str, text: impl Into<String>) -> Self {
        Self(BTreeMap::from([(language.to_owned(), text.into())]))
    }

    pub fn set(&mut self, language: &str, text: impl Into<String>) {
        self.0.insert(language.to_owned(), text.into());
    }

    pub fn is_empty(&self) -> bool {
        self.0.values().all(String::is_empty)
    }

    /// The text in a language, else without a language, else in Chinese, else in any.
    pub fn get(&self, language: &str) -> &str {
        let known = [language, NO_LANGUAGE, "zh"].into_iter().find_map(|key| self.0.get(key));
        known.or_else(|| self.0.values().next()).map_or("", String::as_str)
    }
}

/// A language a form is written in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Language {
    /// The key in every [`Text`].
    pub code: String,
    /// As the form names it: `中文 (zh)`.
    pub name: String,
}

impl Language {
    /// From the name in the head of a column. XLSForm.org, "Multiple language support": `English (en)` carries its tag;
    /// a few names without one are common enough to be known.
    pub fn of(name: &str) -> Self {
        let name = name.trim();
        let in_brackets = name.rsplit_once('(').and_then(|(_, rest)| rest.trim().strip_suffix(')'));
        let code = match in_brackets {
            Some(tag) if !tag.trim().is_empty() => tag.trim().to_ascii_lowercase(),
            _ => match name.to_lowercase().as_str() {
                "chinese" | "中文" | "简体中文" | "汉语" => "zh".to_owned(),
                "english" | "英文" | "英语" => "en".to_owned(),
                "" | "default" => NO_LANGUAGE.to_owned(),
                other => other.to_owned(),
            },
        };
        Self { code, name: name.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::{Language, Text};

    #[test]
    fn a_language_is_known_by_its_tag_or_its_name() {
        for (name, code) in [
            ("English (en)", "en"),
            ("中文 (zh)", "zh"),
            ("chinese", "zh"),
            ("Français (fr)", "fr"),
            ("Lingala", "lingala"),
            ("default", "und"),
        ] {
            assert_eq!(Language::of(name).code, code, "{name}");
        }
    }

    #[test]
    fn a_missing_language_falls_back() {
        let mut text = Text::in_language("zh", "姓名");
        text.set("en", "Name");
        assert_eq!((text.get("en"), text.get("zh"), text.get("fr")), ("Name", "姓名", "姓名"));
        assert_eq!(Text::plain("x").get("en"), "x");
        assert_eq!(Text::default().get("en"), "");
    }
}
