//! Which row names the columns: titles, notes of who filled the table in and empty rows often stand above it.

use crate::cell::Cell;
use std::collections::BTreeSet;

/// Rows that are looked at.
pub const HEADER_ROWS_MAX: usize = 20;
/// A name of a column is short; an address or a remark is not.
const NAME_CHARS_MAX: usize = 40;

/// The row that seems to name the columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderGuess {
    /// The row's number, from 1.
    pub row: u32,
    /// The names in the order of the columns, trimmed, line breaks removed; empty where a column has none.
    pub names: Vec<String>,
}

/// Of the first [`HEADER_ROWS_MAX`] rows, the first one with the most distinct names. A merged title is one name, so it never
/// wins over the columns below it; rows of data lose because numbers and dates are no names. `None` where no row has one.
pub fn find_header<'a>(rows: impl IntoIterator<Item = (u32, &'a [Cell])>) -> Option<HeaderGuess> {
    let mut best: Option<(usize, u32, &[Cell])> = None;
    for (row, cells) in rows.into_iter().take(HEADER_ROWS_MAX) {
        let count = count_names(cells);
        if count > best.map_or(0, |(count, ..)| count) {
            best = Some((count, row, cells));
        }
    }
    let (_, row, cells) = best?;
    Some(HeaderGuess { row, names: cells.iter().map(|cell| name_of(&cell.text())).collect() })
}

fn count_names(cells: &[Cell]) -> usize {
    let texts = cells.iter().filter(|cell| matches!(cell.value(), Cell::Text(_)) && cell.date().is_none());
    let names: BTreeSet<String> =
        texts.map(|cell| name_of(&cell.text())).filter(|name| is_name(name)).collect();
    names.len()
}

fn is_name(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    text.chars().any(char::is_alphabetic) && digits < 6 && text.chars().count() <= NAME_CHARS_MAX
}

/// A name broken over two lines is one name.
fn name_of(text: &str) -> String {
    text.split(['\r', '\n']).map(str::trim).collect::<Vec<_>>().concat()
}

#[cfg(test)]
mod tests {
    //! Tables as they come from offices.
    use super::find_header;
    use crate::cell::Cell;

    fn row(texts: &[&str]) -> Vec<Cell> {
        texts.iter().map(|text| Cell::from_text(*text)).collect()
    }

    #[test]
    fn titles_and_notes_above_are_skipped() {
        let rows = [
            row(&["石峰区人口信息采集表", "", "", ""]),
            row(&["填报单位：田心街道", "", "", "填报日期：2026年1月5日"]),
            row(&["姓名", "证件\n号码", "出生日期", "住址"]),
            row(&["张三", "430204199001020011", "1990-01-02", "田心街道东门社区 3 栋 201"]),
        ];
        let guess = find_header((1..).zip(rows.iter().map(Vec::as_slice))).unwrap();
        assert_eq!(guess.row, 3);
        assert_eq!(guess.names, ["姓名", "证件号码", "出生日期", "住址"]);
    }

    #[test]
    fn of_two_equal_rows_the_first_one_counts() {
        let rows = [row(&["姓名", "民族"]), row(&["张三", "汉族"])];
        assert_eq!(find_header((5..).zip(rows.iter().map(Vec::as_slice))).unwrap().row, 5);
    }

    #[test]
    fn numbers_alone_have_no_header() {
        let rows = [row(&["1", "13873300000"]), vec![Cell::Number(1.0)]];
        assert_eq!(find_header((1..).zip(rows.iter().map(Vec::as_slice))), None);
    }
}
