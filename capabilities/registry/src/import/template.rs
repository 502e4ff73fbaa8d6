//! The empty table of a kind, to fill in: its columns with meaning, example and choices.

use super::book::{ColumnBook, TableBook, Target};
use crate::catalogue::Catalogue;
use crate::model::Shape;
use crate::model::identifier::DocumentKind;
use platform::Fault;
use sheets::{Column, TemplateColumn, write_template};
use std::path::Path;

/// Writes the workbook.
///
/// # Errors
/// The disk.
pub(crate) fn write(path: &Path, book: &TableBook, catalogue: &Catalogue) -> Result<(), Fault> {
    let columns: Vec<TemplateColumn> =
        book.columns.iter().map(|column| column_of(column, catalogue)).collect();
    write_template(path, &columns)
}

fn column_of(column: &ColumnBook, catalogue: &Catalogue) -> TemplateColumn {
    TemplateColumn {
        column: Column::text(&column.key, column.words.zh.as_ref()),
        meaning: format!("{}（{}）", column.meaning.zh, column.meaning.en),
        example: column.example.clone(),
        required: column.required,
        choices: choices_of(column, catalogue),
    }
}

fn choices_of(column: &ColumnBook, catalogue: &Catalogue) -> Vec<String> {
    match &column.target {
        Target::DocumentKind => DocumentKind::ALL.iter().map(|kind| kind.words().zh.into_owned()).collect(),
        Target::Field(kind, key) => {
            let field = catalogue.kind(*kind).field(key).filter(|field| field.shape == Shape::Choice);
            field
                .into_iter()
                .flat_map(|field| &field.choices)
                .map(|(_, words)| words.zh.to_string())
                .collect()
        }
        _ => Vec::new(),
    }
}
