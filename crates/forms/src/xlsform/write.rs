//! A form as the sheets of a workbook: what [`super::read`] makes the same form of again.

use super::types::TYPES;
use crate::expression::text_of_number;
use crate::form::{Choice, Form, Kind, Node};
use crate::text::{Language, NO_LANGUAGE, Text};
use std::collections::BTreeMap;

/// A sheet: its name, and its rows, the first of them the heads.
pub type Sheet = (&'static str, Vec<Vec<String>>);

/// The sheets of a form: `survey`, `choices`, `settings`.
pub fn write(form: &Form) -> Vec<Sheet> {
    let languages = languages_of(form);
    let mut survey = Table::default();
    write_nodes(&form.nodes, &languages, &mut survey);
    let mut choices = Table::default();
    for (list, all) in &form.lists {
        for choice in all {
            choices.add(choice_cells(list, choice, &languages));
        }
    }
    let mut settings = Table::default();
    settings.add(setting_cells(form, &languages));
    // A column for each language, though no label be in it: the columns are what names a form's languages.
    let labels = form.languages.iter().map(|language| head("label", &language.code, &languages));
    let survey = survey.finish(&["type", "name"], labels.collect());
    vec![
        ("survey", survey),
        ("choices", choices.finish(&["list_name", "name"], Vec::new())),
        ("settings", settings.finish(&["form_title", "form_id"], Vec::new())),
    ]
}

/// Cells by their head, in the order they are first met.
#[derive(Default)]
struct Table {
    heads: Vec<String>,
    rows: Vec<BTreeMap<String, String>>,
}

impl Table {
    fn add(&mut self, cells: Vec<(String, String)>) {
        let cells: Vec<(String, String)> = cells.into_iter().filter(|(_, text)| !text.is_empty()).collect();
        for (head, _) in &cells {
            if !self.heads.contains(head) {
                self.heads.push(head.clone());
            }
        }
        self.rows.push(cells.into_iter().collect());
    }

    fn finish(self, first: &[&str], then: Vec<String>) -> Vec<Vec<String>> {
        let mut heads: Vec<String> = Vec::new();
        for head in first.iter().map(|head| (*head).to_owned()).chain(then).chain(self.heads) {
            if !heads.contains(&head) {
                heads.push(head);
            }
        }
        let line = |row: &BTreeMap<String, String>| {
            heads.iter().map(|head| row.get(head).cloned().unwrap_or_default()).collect()
        };
        let rows: Vec<Vec<String>> = self.rows.iter().map(line).collect();
        std::iter::once(heads).chain(rows).collect()
    }
}

/// Names of languages by their code; a language that only a text has is called by its code.
fn languages_of(form: &Form) -> BTreeMap<&str, &str> {
    form.languages.iter().map(|Language { code, name }| (code.as_str(), name.as_str())).collect()
}

fn head(column: &str, code: &str, languages: &BTreeMap<&str, &str>) -> String {
    match code {
        NO_LANGUAGE => column.to_owned(),
        code => format!("{column}::{}", languages.get(code).copied().unwrap_or(code)),
    }
}

fn text_cells(
    column: &str,
    text: &Text,
    languages: &BTreeMap<&str, &str>,
    cells: &mut Vec<(String, String)>,
) {
    cells.extend(text.0.iter().map(|(code, text)| (head(column, code, languages), text.clone())));
}

fn write_nodes(nodes: &[Node], languages: &BTreeMap<&str, &str>, survey: &mut Table) {
    for node in nodes {
        survey.add(node_cells(node, languages));
        if let Kind::Group { nodes } | Kind::Repeat { nodes, .. } = &node.kind {
            write_nodes(nodes, languages, survey);
            let word = if node.kind.is_repeat() { "end_repeat" } else { "end_group" };
            survey.add(vec![("type".to_owned(), word.to_owned())]);
        }
    }
}

fn node_cells(node: &Node, languages: &BTreeMap<&str, &str>) -> Vec<(String, String)> {
    let mut cells = vec![("type".to_owned(), type_of(&node.kind)), ("name".to_owned(), node.name.clone())];
    text_cells("label", &node.label, languages, &mut cells);
    text_cells("hint", &node.hint, languages, &mut cells);
    text_cells("guidance_hint", &node.guidance, languages, &mut cells);
    for (kind, text) in &node.media {
        text_cells(&format!("media::{kind}"), text, languages, &mut cells);
    }
    text_cells("required_message", &node.required_message, languages, &mut cells);
    text_cells("constraint_message", &node.constraint_message, languages, &mut cells);
    let filter = node.kind.list().and_then(|(_, filter)| filter.map(str::to_owned));
    let count = match &node.kind {
        Kind::Repeat { count, .. } => count.clone(),
        _ => None,
    };
    let rules = [
        ("relevant", &node.relevant),
        ("required", &node.required),
        ("constraint", &node.constraint),
        ("calculation", &node.calculation),
        ("default", &node.default),
        ("read_only", &node.read_only),
        ("choice_filter", &filter),
        ("repeat_count", &count),
    ];
    cells.extend(rules.into_iter().filter_map(|(head, rule)| Some((head.to_owned(), rule.clone()?))));
    cells.push(("appearance".to_owned(), node.appearance.clone()));
    cells.push(("parameters".to_owned(), parameters_of(&node.kind)));
    if let Some(register) = &node.register {
        let field =
            |field: &Option<crate::form::FieldRef>| field.clone().map(String::from).unwrap_or_default();
        cells.push(("mulin::prefill".to_owned(), field(&register.prefill)));
        cells.push(("mulin::write".to_owned(), field(&register.write)));
        let days = register.fresh_days.map(|days| days.to_string()).unwrap_or_default();
        cells.push(("mulin::fresh_days".to_owned(), days));
    }
    cells
}

/// The usual word for a type; several kinds say more behind it.
fn type_of(kind: &Kind) -> String {
    let named = |word: &str| {
        let words = TYPES.iter().find(|(known, _)| *known == word).map(|(_, words)| words);
        words.and_then(|words| words.first()).copied().unwrap_or_default().to_owned()
    };
    match kind {
        Kind::SelectOne { list, .. } | Kind::SelectMany { list, .. } | Kind::Rank { list, .. } => {
            format!("{} {list}", named(kind.word()))
        }
        Kind::Place { shape } => named(match shape {
            crate::form::Shape::Point => "place (point)",
            crate::form::Shape::Trace => "place (trace)",
            crate::form::Shape::Shape => "place (shape)",
        }),
        Kind::Device { what } => what.word().to_owned(),
        Kind::LookUp { field } => format!("look_up {}", String::from(field.clone())),
        kind => named(kind.word()),
    }
}

fn parameters_of(kind: &Kind) -> String {
    match kind {
        Kind::Range { start, end, step } => {
            let number = |number: f64| text_of_number(number);
            format!("start={};end={};step={}", number(*start), number(*end), number(*step))
        }
        Kind::Photo { pixels_max: Some(pixels) } => format!("max-pixels={pixels}"),
        _ => String::new(),
    }
}

fn choice_cells(list: &str, choice: &Choice, languages: &BTreeMap<&str, &str>) -> Vec<(String, String)> {
    let mut cells = vec![("list_name".to_owned(), list.to_owned()), ("name".to_owned(), choice.name.clone())];
    text_cells("label", &choice.label, languages, &mut cells);
    for (kind, text) in &choice.media {
        text_cells(&format!("media::{kind}"), text, languages, &mut cells);
    }
    cells.extend(choice.columns.iter().map(|(column, value)| (column.clone(), value.clone())));
    cells
}

fn setting_cells(form: &Form, languages: &BTreeMap<&str, &str>) -> Vec<(String, String)> {
    let mut cells = Vec::new();
    text_cells("form_title", &form.title, languages, &mut cells);
    let more = [
        ("form_id", Some(form.id.clone())),
        ("version", Some(form.version.clone())),
        ("name", Some(form.root.clone())),
        ("instance_name", form.instance_name.clone()),
        ("style", form.style.clone()),
    ];
    cells.extend(more.into_iter().filter_map(|(head, text)| Some((head.to_owned(), text?))));
    cells
}
