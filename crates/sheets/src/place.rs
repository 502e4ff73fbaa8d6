//! Where in a spreadsheet something is, in the words of the spreadsheet program: row 12, column AB.

use serde::Serialize;
use std::fmt;

/// Rows and columns of a sheet in the file format (ECMA-376, as spreadsheet programs hold to it).
pub(crate) const ROWS_OF_FORMAT: u32 = 1_048_576;
pub(crate) const COLUMNS_OF_FORMAT: u16 = 16_384;

/// A place as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The sheet's name.
    pub sheet: Option<String>,
    /// The row's number, from 1.
    pub row: Option<u32>,
    /// The column, from 0.
    pub column: Option<u16>,
}

impl Place {
    pub(crate) fn row(sheet: &str, row: u32) -> Self {
        Self { sheet: Some(sheet.to_owned()), row: Some(row), column: None }
    }

    pub(crate) fn cell(sheet: &str, row: u32, column: u16) -> Self {
        Self { column: Some(column), ..Self::row(sheet, row) }
    }
}

/// A rectangle of cells, both corners within it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Range {
    /// The first row, from 1.
    pub row: u32,
    /// The last row, from 1.
    pub row_last: u32,
    /// The first column, from 0.
    pub column: u16,
    /// The last column, from 0.
    pub column_last: u16,
}

impl Range {
    /// Reads `A3:B7`, or `A3` alone.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (first, last) = text.split_once(':').unwrap_or((text, text));
        let ((column, row), (column_last, row_last)) = (parse_reference(first)?, parse_reference(last)?);
        (row <= row_last && column <= column_last).then_some(Self { row, row_last, column, column_last })
    }

    /// Whether the row lies within.
    pub fn has_row(&self, row: u32) -> bool {
        (self.row..=self.row_last).contains(&row)
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, last) = (column_name(self.column), column_name(self.column_last));
        write!(f, "{first}{}:{last}{}", self.row, self.row_last)
    }
}

/// The letters over a column: 0 is `A`, 27 is `AB`.
pub fn column_name(column: u16) -> String {
    let mut letters = Vec::new();
    let mut left = u32::from(column) + 1;
    while left > 0 {
        left -= 1;
        letters.push(char::from(b'A' + (left % 26) as u8));
        left /= 26;
    }
    letters.iter().rev().collect()
}

/// `AB12` is column 27, row 12. Dollar signs, as in `$AB$12`, are allowed.
pub(crate) fn parse_reference(text: &str) -> Option<(u16, u32)> {
    let (mut column, mut row) = (0_u32, 0_u32);
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' if row == 0 => {
                column = column * 26 + u32::from(byte.to_ascii_uppercase() - b'A') + 1;
            }
            b'0'..=b'9' => row = row * 10 + u32::from(byte - b'0'),
            b'$' => {}
            _ => return None,
        }
        if column > u32::from(COLUMNS_OF_FORMAT) || row > ROWS_OF_FORMAT {
            return None;
        }
    }
    let column = u16::try_from(column.checked_sub(1)?).ok()?;
    (row > 0).then_some((column, row))
}

#[cfg(test)]
mod tests {
    //! References and letters, there and back.
    use super::{Range, column_name, parse_reference};

    #[test]
    fn a_reference_and_its_letters_agree() {
        for (text, column, row) in
            [("A1", 0, 1), ("Z9", 25, 9), ("AA10", 26, 10), ("XFD1048576", 16_383, 1_048_576)]
        {
            assert_eq!(parse_reference(text), Some((column, row)), "{text}");
            assert_eq!(format!("{}{row}", column_name(column)), text);
        }
        assert_eq!(parse_reference("$C$4"), Some((2, 4)));
    }

    #[test]
    fn what_is_no_reference_is_none() {
        for text in ["", "A", "7", "A0", "XFE1", "A1048577", "A1B", "一1", "ZZZZZZZZZZZZ1", "A99999999999999"]
        {
            assert_eq!(parse_reference(text), None, "{text}");
        }
        assert_eq!(Range::parse("B2:A1"), None);
        assert_eq!(Range::parse("A1:C3").unwrap().to_string(), "A1:C3");
    }
}
