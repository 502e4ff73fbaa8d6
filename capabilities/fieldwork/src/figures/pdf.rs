//! A sheet on paper: a table for each section, what stands out, and lines to sign on.

use crate::model::{Figure, Section, Sheet};
use paper::{Flow, Table};
use platform::{Fault, Lang};

/// Columns beside each other on a sheet of A4; more go into a table below.
const COLUMNS_MAX: usize = 8;

/// The file. `printed` says by whom and when.
///
/// # Errors
/// As [`Flow::finish`].
pub(crate) fn to_pdf(sheet: &Sheet, lang: Lang, title: &str, printed: &str) -> Result<Vec<u8>, Fault> {
    let tr = |zh: &'static str, en: &'static str| if lang == Lang::Zh { zh } else { en };
    let missing = tr("〓：字库里没有的字。", "〓: a character this file has no font for.");
    let mut flow = Flow::new(title, lang.tag(), missing);
    flow.paragraph(printed);
    flow.note(tr(
        "“12/15”：应完成 15，已完成 12。不愿接受的不计入应完成。",
        "\"12/15\": 15 were due, 12 are done. Those who did not want it count as neither.",
    ));
    let mut start = 0;
    for section in &sheet.sections {
        put_section(&mut flow, sheet, section, start, lang);
        start += section.columns.len();
    }
    flow.heading(tr("需要关注", "What stands out"));
    for words in &sheet.stands_out {
        flow.paragraph(words.get(lang));
    }
    flow.signatures(&[tr("填报", "Made by"), tr("审核", "Checked by"), tr("日期", "Date")]);
    flow.finish()
}

/// The figures of a section begin at `start` among those of a line.
fn put_section(flow: &mut Flow, sheet: &Sheet, section: &Section, start: usize, lang: Lang) {
    flow.heading(section.words.get(lang));
    for (index, columns) in section.columns.chunks(COLUMNS_MAX).enumerate() {
        let heads: Vec<&str> = columns.iter().map(|column| column.words.get(lang)).collect();
        let first = start + index * COLUMNS_MAX;
        let cells = |figures: &[Figure]| -> Vec<String> {
            figures.iter().skip(first).take(columns.len()).map(Figure::to_string).collect()
        };
        let mut table = Table::new(super::grid_words(lang), &heads);
        for line in &sheet.lines {
            table.row(&line.name, &cells(&line.figures));
        }
        table.total(super::total_words(lang), &cells(&sheet.total));
        flow.table(&table);
    }
}
