//! The sheet `settings`: one row. XLSForm.org, "Settings worksheet".

use super::Reading;
use super::table::Table;
use crate::expression::{is_name_char, is_name_start};
use crate::fault::At;
use crate::feature::Feature;
use crate::form::Form;
use crate::text::{Language, NO_LANGUAGE, Text};
use sheets::{Book, SheetFault};

#[derive(Debug, Default)]
pub(super) struct Settings {
    id: String,
    version: String,
    title: Text,
    root: String,
    instance_name: String,
    style: String,
    default_language: Option<Language>,
}

impl Settings {
    pub(super) fn read(book: &Book, reading: &mut Reading) -> Result<Self, SheetFault> {
        let mut settings = Self::default();
        let Some(table) = Table::read(book, "settings")? else { return Ok(settings) };
        let Some(row) = table.rows.first() else { return Ok(settings) };
        let mut titles = Vec::new();
        for (index, text) in row.cells() {
            let Some(head) = table.heads.get(index).filter(|head| !head.is_empty()) else { continue };
            let plain = head.to_lowercase().replace(' ', "_");
            if let Some(language) = plain.strip_prefix("form_title::") {
                titles.push((Language::of(language).code, text));
            } else if let Some(feature) = settings.set(&plain, text) {
                let at = At::Cell { sheet: table.sheet.clone(), row: row.number, column: Some(head.clone()) };
                reading.unsupported(feature, at, head);
            }
        }
        for (language, title) in titles {
            settings.title.set(&language, title);
        }
        Ok(settings)
    }

    /// The feature that a setting asks for and that is not there.
    fn set(&mut self, name: &str, text: &str) -> Option<Feature> {
        let text = text.to_owned();
        match name {
            "form_id" | "set_form_id" => self.id = text,
            "form_title" | "set_form_title" | "title" => self.title = Text::plain(text),
            "version" => self.version = text,
            "name" | "xml_root" => self.root = text,
            "instance_name" => self.instance_name = text,
            "style" => self.style = text,
            "default_language" => self.default_language = Some(Language::of(&text)),
            // A choice may be there twice, where other columns tell the two apart; names of groups are always kept.
            "allow_choice_duplicates" | "clean_text_values" | "add_none_option" => {}
            "public_key" => return Some(Feature::Encryption),
            "flat" => return Some(Feature::Flat),
            _ if name.starts_with("sms") || matches!(name, "prefix" | "delimiter") => {
                return Some(Feature::Sms);
            }
            _ => return Some(Feature::Setting),
        }
        None
    }

    /// The language of columns that name none.
    pub(super) fn default_language(&self) -> Language {
        self.default_language.clone().unwrap_or_else(|| Language::of(""))
    }

    /// A form without questions. `file` gives the id where the settings do not.
    pub(super) fn form(&self, file: &str) -> Form {
        let id = if self.id.is_empty() { name_of(file) } else { self.id.clone() };
        let optional = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        Form {
            title: if self.title.is_empty() { Text::plain(&id) } else { self.title.clone() },
            id,
            version: self.version.clone(),
            root: if self.root.is_empty() { "data".to_owned() } else { name_of(&self.root) },
            instance_name: optional(&self.instance_name),
            style: optional(&self.style),
            ..Form::default()
        }
    }

    /// All languages once, the default first; none where no column names one.
    pub(super) fn languages(&self, named: impl Iterator<Item = Language>) -> Vec<Language> {
        let mut languages: Vec<Language> = Vec::new();
        for language in self.default_language.clone().into_iter().chain(named) {
            if !languages.iter().any(|known| known.code == language.code) && language.code != NO_LANGUAGE {
                languages.push(language);
            }
        }
        languages
    }
}

/// A name of XML from any text.
fn name_of(text: &str) -> String {
    let name: String = text.trim().chars().map(|c| if is_name_char(c) { c } else { '_' }).collect();
    if name.starts_with(is_name_start) { name } else { format!("_{name}") }
}
