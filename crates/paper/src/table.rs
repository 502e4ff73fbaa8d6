//! A table of figures: names at the left, numbers in columns at the right, a total below; over as many sheets as it needs.

use crate::MM;
use crate::flow::{Flow, LINE_HEIGHT, MARGIN, Mark, SMALL, WIDTH};
use crate::font::{width_of, wrap};

/// The least that names get of the width, and the most that one column of numbers gets.
const NAMES_WIDTH_MIN: f32 = 34.0 * MM;
const COLUMN_WIDTH_MAX: f32 = 22.0 * MM;
/// White beside a line of words.
const PAD: f32 = 1.2 * MM;

/// A table that is being filled.
#[derive(Clone, Debug)]
pub struct Table {
    name: String,
    heads: Vec<String>,
    rows: Vec<Row>,
}

#[derive(Clone, Debug)]
struct Row {
    name: String,
    cells: Vec<String>,
    is_total: bool,
}

impl Table {
    /// With what its names are, and the heads of its columns.
    pub fn new(name: &str, heads: &[&str]) -> Self {
        let heads = heads.iter().map(|head| (*head).to_owned()).collect();
        Self { name: name.to_owned(), heads, rows: Vec::new() }
    }

    /// Adds a row: a cell for each column, in their order.
    pub fn row(&mut self, name: &str, cells: &[String]) {
        self.rows.push(Row { name: name.to_owned(), cells: cells.to_vec(), is_total: false });
    }

    /// Adds the row that sums up those above, heavier.
    pub fn total(&mut self, name: &str, cells: &[String]) {
        self.rows.push(Row { name: name.to_owned(), cells: cells.to_vec(), is_total: true });
    }

    pub(crate) fn put(&self, flow: &mut Flow) {
        let heads = Row { name: self.name.clone(), cells: self.heads.clone(), is_total: true };
        let head_lines = self.lines(&heads);
        flow.need(height_of(&head_lines) * 2.0);
        self.put_row(flow, &heads, &head_lines);
        for row in &self.rows {
            let lines = self.lines(row);
            if flow.need(height_of(&lines)) {
                self.put_row(flow, &heads, &head_lines);
            }
            self.put_row(flow, row, &lines);
        }
    }

    fn column_width(&self) -> f32 {
        ((WIDTH - NAMES_WIDTH_MIN) / self.heads.len().max(1) as f32).min(COLUMN_WIDTH_MAX)
    }

    fn names_width(&self) -> f32 {
        WIDTH - self.column_width() * self.heads.len() as f32
    }

    /// What stands in each field of a row, line by line.
    fn lines(&self, row: &Row) -> Vec<Vec<String>> {
        let name = wrap(&row.name, SMALL, self.names_width() - PAD);
        let cells = row.cells.iter().map(|cell| wrap(cell, SMALL, self.column_width() - PAD));
        std::iter::once(name).chain(cells).collect()
    }

    fn put_row(&self, flow: &mut Flow, row: &Row, fields: &[Vec<String>]) {
        let top = flow.y();
        for (column, lines) in (0_u16..).zip(fields) {
            for (number, words) in (0_u16..).zip(lines) {
                let y = top + PAD + SMALL + f32::from(number) * SMALL * LINE_HEIGHT;
                let right = MARGIN + self.names_width() + f32::from(column) * self.column_width();
                let x = if column == 0 { MARGIN } else { right - width_of(words, SMALL) };
                flow.line((x, y), SMALL, row.is_total, words);
            }
        }
        flow.move_down(height_of(fields));
        flow.put(Mark::Rule { at: (MARGIN, flow.y()), width: WIDTH });
    }
}

fn height_of(fields: &[Vec<String>]) -> f32 {
    let lines = fields.iter().map(Vec::len).max().unwrap_or(1);
    lines as f32 * SMALL * LINE_HEIGHT + 2.0 * PAD - SMALL * (LINE_HEIGHT - 1.0)
}
