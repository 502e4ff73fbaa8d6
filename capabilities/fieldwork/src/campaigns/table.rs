//! The report as a table to take along: areas with their doors, then what was found. No names, no single answers.

use super::CampaignReport;
use crate::model::{Campaign, DoorTally};
use platform::Fault;
use serde::{Deserialize, Serialize};
use sheets::{BookWriter, Cell, Column, ColumnKind, CsvWriter, RowWriter};
use std::path::Path;
use utoipa::ToSchema;

/// What is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TableFormat {
    #[default]
    Xlsx,
    Csv,
}

impl TableFormat {
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Csv => "text/csv; charset=utf-8",
        }
    }

    pub const fn disposition(self) -> &'static str {
        match self {
            Self::Xlsx => "attachment; filename=\"campaign.xlsx\"",
            Self::Csv => "attachment; filename=\"campaign.csv\"",
        }
    }
}

/// Writes the table away from the request threads.
///
/// # Errors
/// The disk.
pub(crate) async fn write_table(
    one: Campaign,
    report: CampaignReport,
    format: TableFormat,
) -> Result<Vec<u8>, Fault> {
    let writing = tokio::task::spawn_blocking(move || write(&one, &report, format));
    writing.await.map_err(|e| Fault::broken("a table was not written").because(e))?
}

fn write(one: &Campaign, report: &CampaignReport, format: TableFormat) -> Result<Vec<u8>, Fault> {
    let folder = tempfile::tempdir().map_err(Fault::from)?;
    let path = folder.path().join("campaign");
    let mut writer = begin(&path, format)?;
    for cells in rows_of(one, report) {
        writer.add_row(&cells)?;
    }
    writer.finish()?;
    std::fs::read(&path).map_err(Fault::from)
}

fn begin(path: &Path, format: TableFormat) -> Result<Box<dyn RowWriter>, Fault> {
    let columns = columns();
    Ok(match format {
        TableFormat::Xlsx => Box::new(BookWriter::create(path, &columns)?),
        TableFormat::Csv => Box::new(CsvWriter::create(path, &columns, true)?),
    })
}

fn columns() -> Vec<Column> {
    let number = |key, title| Column::text(key, title).of_kind(ColumnKind::Number);
    vec![
        Column::text("what", "项目"),
        Column::text("name", "名称"),
        number("doors", "应到户"),
        number("done", "已完成"),
        number("absent", "没人、还要再去"),
        number("not_reached", "多次没人"),
        number("refused", "不愿接受"),
        number("left", "没去"),
        number("answers", "回答数"),
    ]
}

fn rows_of(one: &Campaign, report: &CampaignReport) -> Vec<Vec<Cell>> {
    let mut rows = vec![tally_row("合计", &one.content.name, &report.total)];
    rows.extend(report.areas.iter().map(|area| tally_row("区域", &area.name, &area.tally)));
    rows.push(count_row("填写", "份", report.filled));
    rows.push(count_row("填写", "回答的项", report.answered));
    rows.push(count_row("填写", "未再问的项", report.not_asked));
    rows.push(count_row("负担", "分钟", report.burden.minutes));
    rows.push(count_row("负担", "项 × 分钟", report.burden.meter));
    for question in &report.found {
        let label = first_of(&question.label, &question.path);
        for choice in &question.choices {
            let name = first_of(&choice.label, &choice.name);
            rows.push(match choice.answers {
                Some(answers) => count_row(&label, &name, answers),
                None => counted_row(&label, &name, Cell::Text("少于 5，不列".into())),
            });
        }
    }
    rows
}

/// The words in the first language of a form; the name where it has none.
fn first_of(words: &std::collections::BTreeMap<String, String>, name: &str) -> String {
    words.values().find(|text| !text.is_empty()).cloned().unwrap_or_else(|| name.to_owned())
}

fn tally_row(what: &str, name: &str, tally: &DoorTally) -> Vec<Cell> {
    let mut cells = vec![text(what), text(name)];
    let figures = [tally.doors, tally.done, tally.absent, tally.not_reached, tally.refused, tally.left];
    cells.extend(figures.map(number));
    cells
}

fn count_row(what: &str, name: &str, count: i64) -> Vec<Cell> {
    counted_row(what, name, number(count))
}

fn counted_row(what: &str, name: &str, count: Cell) -> Vec<Cell> {
    const FIGURES: usize = 6;
    let mut cells = vec![text(what), text(name)];
    cells.extend(std::iter::repeat_n(Cell::Empty, FIGURES));
    cells.push(count);
    cells
}

fn text(text: &str) -> Cell {
    Cell::Text(text.into())
}

fn number(count: i64) -> Cell {
    Cell::Number(count as f64)
}
