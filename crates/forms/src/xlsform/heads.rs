//! Heads of columns: what each means, and in which language.

use super::Reading;
use super::settings::Settings;
use super::table::{Row, Table};
use crate::fault::{At, Trouble};
use crate::feature::Feature;
use crate::text::{Language, Text};
use std::collections::BTreeMap;

/// The columns of the sheets `survey` and `choices` that have a meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    Type,
    Name,
    ListName,
    Label,
    Hint,
    Guidance,
    Image,
    BigImage,
    Audio,
    Video,
    Relevant,
    Required,
    RequiredMessage,
    Constraint,
    ConstraintMessage,
    Calculation,
    Default,
    ReadOnly,
    Appearance,
    ChoiceFilter,
    RepeatCount,
    Parameters,
    Disabled,
    Prefill,
    Write,
    FreshDays,
    Trigger,
    SaveTo,
    /// Known, and without a meaning of its own: `$given_name`, `sms_field`, a note of whoever wrote the form.
    Sms,
}

/// XLSForm.org, "Column names", with pyxform's aliases; ours begin with `mulin`. In small letters, spaces as `_`.
const NAMES: &[(&str, Column)] = &[
    ("type", Column::Type),
    ("command", Column::Type),
    ("name", Column::Name),
    ("tag", Column::Name),
    ("value", Column::Name),
    ("list_name", Column::ListName),
    ("label", Column::Label),
    ("caption", Column::Label),
    ("hint", Column::Hint),
    ("guidance_hint", Column::Guidance),
    ("image", Column::Image),
    ("media::image", Column::Image),
    ("big-image", Column::BigImage),
    ("media::big-image", Column::BigImage),
    ("audio", Column::Audio),
    ("media::audio", Column::Audio),
    ("video", Column::Video),
    ("media::video", Column::Video),
    ("relevant", Column::Relevant),
    ("relevance", Column::Relevant),
    ("bind::relevant", Column::Relevant),
    ("skippable", Column::Relevant),
    ("required", Column::Required),
    ("bind::required", Column::Required),
    ("required_message", Column::RequiredMessage),
    ("requiredmsg", Column::RequiredMessage),
    ("bind::jr:requiredmsg", Column::RequiredMessage),
    ("constraint", Column::Constraint),
    ("bind::constraint", Column::Constraint),
    ("constraint_message", Column::ConstraintMessage),
    ("constraining_message", Column::ConstraintMessage),
    ("bind::jr:constraintmsg", Column::ConstraintMessage),
    ("calculation", Column::Calculation),
    ("calculate", Column::Calculation),
    ("bind::calculate", Column::Calculation),
    ("default", Column::Default),
    ("read_only", Column::ReadOnly),
    ("readonly", Column::ReadOnly),
    ("bind::readonly", Column::ReadOnly),
    ("appearance", Column::Appearance),
    ("control::appearance", Column::Appearance),
    ("body::appearance", Column::Appearance),
    ("choice_filter", Column::ChoiceFilter),
    ("repeat_count", Column::RepeatCount),
    ("count", Column::RepeatCount),
    ("jr:count", Column::RepeatCount),
    ("control::jr:count", Column::RepeatCount),
    ("body::jr:count", Column::RepeatCount),
    ("parameters", Column::Parameters),
    ("disabled", Column::Disabled),
    ("mulin::prefill", Column::Prefill),
    ("mulin::write", Column::Write),
    ("mulin::fresh_days", Column::FreshDays),
    ("trigger", Column::Trigger),
    ("save_to", Column::SaveTo),
    ("bind::entities:saveto", Column::SaveTo),
    ("sms_field", Column::Sms),
    ("sms_option", Column::Sms),
    ("sms_separator", Column::Sms),
    ("sms_allow_media", Column::Sms),
    ("sms_date_format", Column::Sms),
    ("sms_datetime_format", Column::Sms),
    ("sms_response", Column::Sms),
    ("compact_tag", Column::Sms),
];

/// Columns with words in them, which may be there once for each language.
const TRANSLATED: &[Column] = &[
    Column::Label,
    Column::Hint,
    Column::Guidance,
    Column::Image,
    Column::BigImage,
    Column::Audio,
    Column::Video,
    Column::RequiredMessage,
    Column::ConstraintMessage,
];

/// The heads of one sheet.
pub(super) struct Heads {
    heads: Vec<Option<Head>>,
    written: Vec<String>,
}

struct Head {
    column: Column,
    language: Language,
    /// Whether the head names the language, not the settings.
    is_named: bool,
}

impl Heads {
    /// Of the sheet `survey`: a column that is not known is told.
    pub(super) fn of_survey(table: &Table, settings: &Settings, reading: &mut Reading) -> Self {
        let heads = Self::of(table, settings);
        find_twins(table, reading);
        for (index, written) in table.heads.iter().enumerate() {
            let what = match &heads.heads[index] {
                None if written.is_empty() => continue,
                None => Feature::UnknownColumn,
                Some(head) if head.column == Column::Sms => Feature::Sms,
                Some(_) => continue,
            };
            let column = Some(written.clone());
            reading.unsupported(
                what,
                At::Cell { sheet: table.sheet.clone(), row: table.head_row, column },
                written,
            );
        }
        heads
    }

    /// Of the sheet `choices`: a column that is not known is data for filters.
    pub(super) fn of_choices(table: &Table, settings: &Settings) -> Self {
        Self::of(table, settings)
    }

    fn of(table: &Table, settings: &Settings) -> Self {
        let heads = table.heads.iter().map(|written| head_of(written, settings)).collect();
        Self { heads, written: table.heads.clone() }
    }

    /// The first column of a meaning, as it is written.
    pub(super) fn find(&self, column: Column) -> Option<&str> {
        let found =
            self.heads.iter().position(|head| head.as_ref().is_some_and(|head| head.column == column));
        found.map(|index| self.written[index].as_str())
    }

    /// What a row says under a meaning: the first cell that holds anything.
    pub(super) fn cell<'r>(&self, row: &'r Row, column: Column) -> &'r str {
        let columns = self.heads.iter().enumerate();
        let of_meaning = columns.filter(|(_, head)| head.as_ref().is_some_and(|head| head.column == column));
        of_meaning.map(|(index, _)| row.cell(index)).find(|text| !text.is_empty()).unwrap_or("")
    }

    /// The same in every language.
    pub(super) fn text(&self, row: &Row, column: Column) -> Text {
        let mut text = Text::default();
        for (index, head) in self.heads.iter().enumerate() {
            let Some(head) = head.as_ref().filter(|head| head.column == column) else { continue };
            let written = row.cell(index);
            // A head with a language says more than one that only takes the default.
            if !written.is_empty() && (head.is_named || !text.0.contains_key(&head.language.code)) {
                text.set(&head.language.code, written);
            }
        }
        text
    }

    /// Pictures, sounds and films that go with a label.
    pub(super) fn media(&self, row: &Row) -> BTreeMap<String, Text> {
        let kinds = [
            ("image", Column::Image),
            ("big-image", Column::BigImage),
            ("audio", Column::Audio),
            ("video", Column::Video),
        ];
        let texts = kinds.into_iter().map(|(kind, column)| (kind.to_owned(), self.text(row, column)));
        texts.filter(|(_, text)| !text.is_empty()).collect()
    }

    /// The columns without a meaning: index and head.
    pub(super) fn others(&self) -> impl Iterator<Item = (usize, &str)> {
        let columns = self.heads.iter().zip(&self.written).enumerate();
        let without = columns.filter(|(_, (head, written))| head.is_none() && !written.is_empty());
        without.map(|(index, (_, written))| (index, written.as_str()))
    }

    /// The languages that heads name, in their order.
    pub(super) fn languages(&self) -> impl Iterator<Item = Language> + '_ {
        let named = self.heads.iter().flatten().filter(|head| head.is_named);
        named.map(|head| head.language.clone())
    }
}

fn find_twins(table: &Table, reading: &mut Reading) {
    for (index, head) in table.heads.iter().enumerate() {
        if !head.is_empty() && table.heads[..index].contains(head) {
            let at = At::Cell { sheet: table.sheet.clone(), row: table.head_row, column: Some(head.clone()) };
            reading.fault(at, Trouble::DuplicateColumn { head: head.clone() });
        }
    }
}

fn head_of(written: &str, settings: &Settings) -> Option<Head> {
    let parts = parts_of(written);
    let (known, language) = match parts.split_last() {
        _ if find(&parts.join("::")).is_some() => (find(&parts.join("::")), None),
        Some((language, [])) => (find(language), None),
        Some((language, rest)) => (find(&rest.join("::")), Some(language.clone())),
        None => (None, None),
    };
    let column = known?;
    let is_named = language.is_some();
    if is_named && !TRANSLATED.contains(&column) {
        return None;
    }
    let language = language.map_or_else(|| settings.default_language(), |name| Language::of(&name));
    Some(Head { column, language, is_named })
}

/// `label::English (en)` into its parts; old forms have one colon, which names of XForms (`jr:count`) have too.
fn parts_of(written: &str) -> Vec<String> {
    let is_old = !written.contains("::") && !written.starts_with("jr:");
    let mark = if is_old { ":" } else { "::" };
    written.split(mark).map(|part| part.trim().to_owned()).collect()
}

fn find(name: &str) -> Option<Column> {
    let plain = name.to_lowercase().replace(' ', "_");
    NAMES.iter().find(|(known, _)| *known == plain).map(|(_, column)| *column)
}

/// A name that is not one of the known, for the columns of choices.
pub(super) fn column_name(written: &str) -> String {
    written.trim().replace(' ', "_")
}
