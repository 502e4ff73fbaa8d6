//! The sheet `choices`. XLSForm.org, "Choices worksheet".

use super::Reading;
use super::heads::{Column, Heads, column_name};
use super::settings::Settings;
use super::table::{Row, Table};
use crate::expression::{is_name_char, is_name_start};
use crate::fault::{At, Trouble};
use crate::form::Choice;
use crate::text::Language;
use sheets::{Book, SheetFault};
use std::collections::BTreeMap;

type Lists = BTreeMap<String, Vec<Choice>>;

/// All lists, and the languages their heads name. Old workbooks call the sheet `columns`, or both.
pub(super) fn read(
    book: &Book,
    settings: &Settings,
    reading: &mut Reading,
) -> Result<(Lists, Vec<Language>), SheetFault> {
    let (mut lists, mut languages) = (Lists::new(), Vec::new());
    for name in ["choices", "choices and columns", "columns"] {
        let Some(table) = Table::read(book, name)? else { continue };
        let heads = Heads::of_choices(&table, settings);
        languages.extend(heads.languages());
        reading.choices.clone_from(&table.sheet);
        let others: Vec<(usize, String)> = usable_columns(&heads);
        for row in &table.rows {
            add(&table, &heads, &others, row, &mut lists, reading);
        }
        // `columns` is the older name of the same sheet.
        if name != "columns" {
            break;
        }
    }
    Ok((lists, languages))
}

/// Columns for filters are steps of paths: what cannot be one cannot be asked for.
fn usable_columns(heads: &Heads) -> Vec<(usize, String)> {
    let named = heads.others().map(|(index, head)| (index, column_name(head)));
    named.filter(|(_, name)| name.starts_with(is_name_start) && name.chars().all(is_name_char)).collect()
}

fn add(
    table: &Table,
    heads: &Heads,
    others: &[(usize, String)],
    row: &Row,
    lists: &mut Lists,
    reading: &mut Reading,
) {
    let (list, name) = (heads.cell(row, Column::ListName), heads.cell(row, Column::Name));
    if list.is_empty() {
        return;
    }
    if name.is_empty() {
        let at = At::Cell { sheet: table.sheet.clone(), row: row.number, column: Some("name".to_owned()) };
        reading.fault(at, Trouble::MissingChoiceName { list: list.to_owned() });
        return;
    }
    let columns = others.iter().map(|(index, name)| (name.clone(), row.cell(*index).to_owned()));
    let choice = Choice {
        name: name.to_owned(),
        label: heads.text(row, Column::Label),
        media: heads.media(row),
        columns: columns.filter(|(_, value)| !value.is_empty()).collect(),
    };
    reading.choice_rows.insert((list.to_owned(), name.to_owned()), row.number);
    lists.entry(list.to_owned()).or_default().push(choice);
}
