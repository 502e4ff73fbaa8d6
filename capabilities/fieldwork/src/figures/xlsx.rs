//! A sheet as a workbook: a row for each grid, the total below; of so many of so many both have a column.

use crate::model::{Figure, Sheet, SheetColumn};
use platform::{Fault, Lang};
use sheets::{BookWriter, Cell, Column, ColumnKind, RowWriter, Watermark};

/// The file. `printed` says by whom and when.
///
/// # Errors
/// The disk.
pub(crate) fn to_xlsx(sheet: &Sheet, lang: Lang, title: &str, printed: &str) -> Result<Vec<u8>, Fault> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("sheet.xlsx");
    let mark = Watermark { line: format!("{title} · {printed}"), in_first_row: true };
    let mut book = Box::new(BookWriter::create_marked(&path, &heads(sheet, lang), &mark)?);
    for line in &sheet.lines {
        book.add_row(&cells(&line.name, &line.figures))?;
    }
    book.add_row(&cells(super::total_words(lang), &sheet.total))?;
    book.finish()?;
    Ok(std::fs::read(&path)?)
}

fn heads(sheet: &Sheet, lang: Lang) -> Vec<Column> {
    let name = Column { width: 28, ..Column::text("area", super::grid_words(lang)) };
    let all = sheet.columns().flat_map(|column| heads_of(column, lang));
    std::iter::once(name).chain(all).collect()
}

fn heads_of(column: &SheetColumn, lang: Lang) -> Vec<Column> {
    let words = column.words.get(lang);
    let head = |key: String, title: String| {
        Column { width: 12, ..Column::text(key, title) }.of_kind(ColumnKind::Number)
    };
    if !column.is_share {
        return vec![head(column.key.clone(), words.to_owned())];
    }
    let (done, due) = match lang {
        Lang::Zh => ("已完成", "应完成"),
        Lang::En => ("done", "due"),
    };
    vec![
        head(format!("{}_done", column.key), format!("{words} {done}")),
        head(format!("{}_due", column.key), format!("{words} {due}")),
    ]
}

fn cells(name: &str, figures: &[Figure]) -> Vec<Cell> {
    let number = |n: i64| Cell::Number(n as f64);
    let all =
        figures.iter().flat_map(|figure| std::iter::once(number(figure.n)).chain(figure.of.map(number)));
    std::iter::once(Cell::from_text(name)).chain(all).collect()
}
