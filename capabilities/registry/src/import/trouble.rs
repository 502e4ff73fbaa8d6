//! What is wrong with a row, or what it says other than the register.

use platform::Words;
use sheets::{Cell, RowFault};

/// One thing about a row that its sender should know.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Trouble {
    /// Stable.
    pub code: &'static str,
    pub words: Words,
    /// The column, from 0; none where the row as a whole is meant.
    pub column: Option<u16>,
}

impl Trouble {
    pub fn new(code: &'static str, column: Option<u16>, words: Words) -> Self {
        Self { code, words, column }
    }

    /// As the error workbook has it. The value itself stays in the row; the list beside it, which is passed around, has its length only.
    pub fn row_fault(&self, cells: &[Cell]) -> RowFault {
        let shown =
            self.column.and_then(|column| cells.get(usize::from(column))).map(shown_of).unwrap_or_default();
        RowFault { column: self.column, shown, words: self.words.clone() }
    }
}

/// The first and the last character of a value, as far as they tell nothing.
pub(crate) fn shown_of(cell: &Cell) -> String {
    const WHOLE_CHARS_MAX: usize = 2;
    let text = cell.text();
    let count = text.chars().count();
    match (text.chars().next(), text.chars().last()) {
        (Some(first), Some(last)) if count > WHOLE_CHARS_MAX => format!("{first}***{last}"),
        (Some(_), _) => "*".repeat(count),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    //! A list of faults tells no value.
    use super::shown_of;
    use sheets::Cell;

    #[test]
    fn values_are_masked() {
        for (text, shown) in
            [("430204199001011234", "4***4"), ("张伟", "**"), ("张晓明", "张***明"), ("", "")]
        {
            assert_eq!(shown_of(&Cell::from_text(text)), shown);
        }
    }
}
