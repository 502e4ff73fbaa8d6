//! The cells of the row being read: kept from row to row, and with them the memory of their texts.

use crate::cell::Cell;

/// One row under way. Cells are put from left to right; what lies between them is empty.
#[derive(Debug, Default)]
pub(crate) struct Row {
    cells: Vec<Cell>,
    /// Only so many count; those behind are memory of earlier rows.
    len: usize,
}

impl Row {
    pub(crate) fn clear(&mut self) {
        self.len = 0;
    }

    pub(crate) fn cells(&self) -> &[Cell] {
        &self.cells[..self.len]
    }

    /// The place of a cell to the right of all others, with whatever an earlier row left there.
    pub(crate) fn slot(&mut self, column: usize) -> &mut Cell {
        let known = self.cells.len().min(column);
        if self.len < known {
            self.cells[self.len..known].fill(Cell::Empty);
        }
        if self.cells.len() <= column {
            self.cells.resize(column + 1, Cell::Empty);
        }
        self.len = column + 1;
        &mut self.cells[column]
    }

    /// Whether any cell holds something; a formula without result does.
    pub(crate) fn holds_anything(&self) -> bool {
        self.cells().iter().any(|cell| cell.is_formula() || !cell.is_empty())
    }
}

/// Makes a cell a text, in the memory of the text that was there before.
pub(crate) fn reuse_text(slot: &mut Cell) -> &mut String {
    if !matches!(slot, Cell::Text(_)) {
        *slot = Cell::Text(String::new());
    }
    match slot {
        Cell::Text(kept) => {
            kept.clear();
            kept
        }
        _ => unreachable!("the cell was made a text in the line above"),
    }
}
