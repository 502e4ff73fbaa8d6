//! An empty table to fill in: heads with their meaning and an example, lists to choose from, and a page that explains them.

use super::Column;
use super::looks::{self, Looks, fault_of, note_of};
use platform::Fault;
use rust_xlsxwriter::{DataValidation, DataValidationErrorStyle, Formula, Workbook, Worksheet, XlsxError};
use std::path::Path;

use crate::place::{COLUMNS_OF_FORMAT, column_name};

/// Rows below the heads that offer the lists: as many as the format has would make programs slow.
const LISTED_ROWS: u32 = 20_000;
const FILL_SHEET: &str = "填写";
const EXPLAIN_SHEET: &str = "填写说明";
const CHOICES_SHEET: &str = "可选值";

/// A column to fill in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TemplateColumn {
    pub column: Column,
    /// What belongs there, in a sentence.
    pub meaning: String,
    /// One value as it should be written.
    pub example: String,
    /// Whether it must be filled in.
    pub required: bool,
    /// The only values allowed; any where empty.
    pub choices: Vec<String>,
}

/// Writes the workbook: a sheet with the heads only, which can be sent in as it is; one that explains; one with the lists.
///
/// # Errors
/// The disk, or more columns than the format holds.
pub fn write_template(path: &Path, columns: &[TemplateColumn]) -> Result<(), Fault> {
    write(path, columns).map_err(fault_of)
}

fn write(path: &Path, columns: &[TemplateColumn]) -> Result<(), XlsxError> {
    let (mut workbook, looks) = (looks::new_workbook(path)?, Looks::plain());
    put_fill_sheet(workbook.add_worksheet(), columns, &looks)?;
    put_explanations(workbook.add_worksheet(), columns, &looks)?;
    put_choices(&mut workbook, columns, &looks)?;
    workbook.save(path)
}

fn put_fill_sheet(sheet: &mut Worksheet, columns: &[TemplateColumn], looks: &Looks) -> Result<(), XlsxError> {
    sheet.set_name(FILL_SHEET)?;
    let heads: Vec<Column> = columns.iter().map(|column| column.column.clone()).collect();
    looks::put_heads(sheet, 0, &heads, looks)?;
    for (index, column) in (0..COLUMNS_OF_FORMAT).zip(columns) {
        if column.required {
            sheet.write_string_with_format(0, index, column.column.title.as_str(), &looks.head_required)?;
        }
        sheet.insert_note(0, index, &note_of(&explain(column)))?;
        if !column.choices.is_empty() {
            sheet.add_data_validation(1, index, LISTED_ROWS, index, &choice_of(index, column)?)?;
        }
    }
    Ok(())
}

fn explain(column: &TemplateColumn) -> String {
    let required = if column.required { "必填。" } else { "可不填。" };
    let example =
        if column.example.is_empty() { String::new() } else { format!("\n例：{}", column.example) };
    format!("{required}{}{example}", column.meaning)
}

/// The list stands on its own sheet in the column of the same letters: a list within the rule holds 255 characters only.
fn choice_of(index: u16, column: &TemplateColumn) -> Result<DataValidation, XlsxError> {
    let (letters, row_last) = (column_name(index), column.choices.len() + 1);
    let list = Formula::new(format!("={CHOICES_SHEET}!${letters}$2:${letters}${row_last}"));
    DataValidation::new()
        .allow_list_formula(list)
        .set_error_style(DataValidationErrorStyle::Stop)
        .set_error_title("请从列表中选择")?
        .set_error_message("这一列只能填列表中的值，见“可选值”。")
}

fn put_explanations(
    sheet: &mut Worksheet,
    columns: &[TemplateColumn],
    looks: &Looks,
) -> Result<(), XlsxError> {
    sheet.set_name(EXPLAIN_SHEET)?;
    let heads = [("列名", 16), ("必填", 8), ("说明", 60), ("例", 24), ("可选值", 60)];
    let heads = heads.map(|(title, width)| Column { width, ..Column::text("", title) });
    looks::put_heads(sheet, 0, &heads, looks)?;
    for (row, column) in (1..).zip(columns) {
        let required = if column.required { "是" } else { "" };
        let choices = column.choices.join("、");
        let texts = [&column.column.title, required, &column.meaning, &column.example, &choices];
        for (index, text) in (0..).zip(texts) {
            looks.put_text(sheet, (row, index), text)?;
        }
    }
    Ok(())
}

fn put_choices(workbook: &mut Workbook, columns: &[TemplateColumn], looks: &Looks) -> Result<(), XlsxError> {
    if columns.iter().all(|column| column.choices.is_empty()) {
        return Ok(());
    }
    let sheet = workbook.add_worksheet().set_name(CHOICES_SHEET)?;
    for (index, column) in
        (0..COLUMNS_OF_FORMAT).zip(columns).filter(|(_, column)| !column.choices.is_empty())
    {
        sheet.write_string_with_format(0, index, column.column.title.as_str(), &looks.head)?;
        for (row, choice) in (1..).zip(&column.choices) {
            looks.put_text(sheet, (row, index), choice)?;
        }
    }
    Ok(())
}
