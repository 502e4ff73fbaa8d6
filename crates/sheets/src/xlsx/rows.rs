//! The rows of one sheet: cells as the file has them become values, and gaps become empty cells.

use super::strings::{RichText, SharedStrings};
use super::styles::{Shown, Styles};
use super::xml::{Element, Token, Xml};
use crate::book::{MERGED_MAX, Survey};
use crate::cell::Cell;
use crate::date::{self, DateSystem};
use crate::fault::SheetFault;
use crate::limits::Limits;
use crate::place::{COLUMNS_OF_FORMAT, Place, ROWS_OF_FORMAT, Range, parse_reference};
use crate::row::{Row, reuse_text};
use std::ops::ControlFlow;

/// What a reader of rows stands on.
pub(crate) struct Ground<'a> {
    pub sheet: &'a str,
    pub limits: &'a Limits,
    pub styles: &'a Styles,
    pub strings: &'a SharedStrings,
    pub date_system: DateSystem,
}

/// Hands over the rows that hold anything until `take` has had enough.
pub(crate) fn read(
    xml: &mut Xml<'_>,
    ground: &Ground<'_>,
    mut take: impl FnMut(u32, &[Cell]) -> ControlFlow<()>,
) -> Result<Survey, SheetFault> {
    let mut reader = RowReader::on(ground);
    loop {
        match xml.next()? {
            Token::Start(element) => {
                if let Err(why) = reader.start(&element) {
                    return Err(xml.broken(why));
                }
            }
            Token::Text(text) => reader.cell.push(&text),
            Token::Char(c) => reader.cell.push(c.encode_utf8(&mut [0; 4])),
            Token::End(end) => {
                if let ControlFlow::Break(()) = reader.end(end.local_name().as_ref(), &mut take)? {
                    break;
                }
            }
            Token::Other => {}
            Token::Eof => break,
        }
        reader.check_length()?;
    }
    Ok(reader.survey)
}

struct RowReader<'a> {
    ground: &'a Ground<'a>,
    survey: Survey,
    number: u32,
    in_row: bool,
    /// The column after the last cell.
    column_next: u16,
    row: Row,
    cell: Open,
}

/// How a cell says what it holds.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Kind {
    #[default]
    Number,
    Shared,
    Text,
    Bool,
    Error,
    IsoDate,
}

/// The cell being read.
#[derive(Default)]
struct Open {
    column: u16,
    kind: Kind,
    style: usize,
    formula: bool,
    in_value: bool,
    inline: RichText,
    /// The value as written.
    raw: String,
}

impl Open {
    fn push(&mut self, text: &str) {
        if self.in_value || self.inline.is_told() {
            self.raw.push_str(text);
        }
    }
}

impl<'a> RowReader<'a> {
    fn on(ground: &'a Ground<'a>) -> Self {
        let (survey, row, cell) = (Survey::default(), Row::default(), Open::default());
        Self { ground, survey, number: 0, in_row: false, column_next: 0, row, cell }
    }

    fn start(&mut self, element: &Element<'_>) -> Result<(), String> {
        match element.name() {
            "row" => return self.start_row(element),
            "c" => return self.start_cell(element),
            "v" => self.cell.in_value = true,
            "f" => self.cell.formula = true,
            "mergeCell" => self.note_merged(element),
            name => self.cell.inline.start(name),
        }
        Ok(())
    }

    /// A row without a number follows the one before it.
    fn start_row(&mut self, element: &Element<'_>) -> Result<(), String> {
        let before = self.number;
        let mut number = Some(before + 1);
        element.each_attribute(|name, value| {
            if name == "r" {
                number = value.parse().ok();
            }
        });
        match number {
            _ if self.in_row => return Err(format!("a row within row {before}")),
            Some(number) if number > before && number <= ROWS_OF_FORMAT => self.number = number,
            _ => return Err(format!("the row after {before} is out of order")),
        }
        self.in_row = true;
        self.column_next = 0;
        self.row.clear();
        Ok(())
    }

    fn start_cell(&mut self, element: &Element<'_>) -> Result<(), String> {
        if !self.in_row {
            return Err(format!("a cell outside of a row, after row {}", self.number));
        }
        let cell = &mut self.cell;
        cell.raw.clear();
        (cell.kind, cell.style, cell.formula, cell.in_value) = (Kind::Number, 0, false, false);
        cell.inline = RichText::default();
        let mut column = Some(self.column_next);
        element.each_attribute(|name, value| match name {
            "r" => column = parse_reference(value).map(|(column, _)| column),
            "s" => cell.style = value.parse().unwrap_or(0),
            "t" => cell.kind = kind_of(value),
            _ => {}
        });
        let next = self.column_next;
        cell.column = column
            .filter(|column| *column >= next && *column < COLUMNS_OF_FORMAT)
            .ok_or_else(|| format!("a cell of row {} is out of order", self.number))?;
        self.column_next = cell.column + 1;
        Ok(())
    }

    fn end(
        &mut self,
        name: &str,
        take: &mut impl FnMut(u32, &[Cell]) -> ControlFlow<()>,
    ) -> Result<ControlFlow<()>, SheetFault> {
        match name {
            "v" => self.cell.in_value = false,
            "c" => self.end_cell()?,
            "row" => return self.end_row(take),
            name => self.cell.inline.end(name),
        }
        Ok(ControlFlow::Continue(()))
    }

    fn end_cell(&mut self) -> Result<(), SheetFault> {
        let cell = &self.cell;
        if cell.raw.is_empty() && !cell.formula {
            return Ok(());
        }
        if cell.column >= self.ground.limits.columns_max {
            let (place, columns_max) = (self.place(), self.ground.limits.columns_max);
            return Err(SheetFault::TooManyColumns { place, columns_max });
        }
        if cell.formula {
            if self.survey.formulas == 0 {
                self.survey.formula_row = self.number;
            }
            self.survey.formulas += 1;
        }
        let slot = self.row.slot(usize::from(cell.column));
        cell.fill(slot, self.ground);
        let chars_max = self.ground.limits.cell_chars_max;
        // A character has at least one byte: most texts need not be counted.
        let is_long = |text: &String| text.len() > chars_max && text.chars().count() > chars_max;
        if matches!(slot, Cell::Text(text) if is_long(text)) {
            return Err(SheetFault::CellTooLong { place: self.place(), chars_max });
        }
        if cell.formula {
            *slot = Cell::Formula(Box::new(std::mem::take(slot)));
        }
        Ok(())
    }

    fn end_row(
        &mut self,
        take: &mut impl FnMut(u32, &[Cell]) -> ControlFlow<()>,
    ) -> Result<ControlFlow<()>, SheetFault> {
        self.in_row = false;
        if !self.row.holds_anything() {
            return Ok(ControlFlow::Continue(()));
        }
        let rows_max = self.ground.limits.rows_max;
        if self.survey.rows == rows_max {
            let place = Place::row(self.ground.sheet, self.number);
            return Err(SheetFault::TooManyRows { place, rows_max });
        }
        self.survey.rows += 1;
        self.survey.row_last = self.number;
        Ok(take(self.number, self.row.cells()))
    }

    fn note_merged(&mut self, element: &Element<'_>) {
        self.survey.merged_count += 1;
        let range = element.attribute("ref").and_then(|text| Range::parse(&text));
        if self.survey.merged.len() < MERGED_MAX {
            self.survey.merged.extend(range);
        }
    }

    /// A value that grows past what any allowed text takes is not collected to its end.
    fn check_length(&self) -> Result<(), SheetFault> {
        let chars_max = self.ground.limits.cell_chars_max;
        let bytes_max = chars_max.saturating_mul(ESCAPE_BYTES).max(NUMBER_BYTES);
        if self.cell.raw.len() <= bytes_max {
            return Ok(());
        }
        Err(SheetFault::CellTooLong { place: self.place(), chars_max })
    }

    fn place(&self) -> Place {
        Place::cell(self.ground.sheet, self.number, self.cell.column)
    }
}

/// Bytes one character takes at most: written as `_x000D_`.
const ESCAPE_BYTES: usize = 7;
/// Bytes of a number, a date or a string's number, generously.
const NUMBER_BYTES: usize = 64;

impl Open {
    fn fill(&self, slot: &mut Cell, ground: &Ground<'_>) {
        let raw = self.raw.as_str();
        match self.kind {
            Kind::Shared => {
                let text = raw.trim().parse().ok().and_then(|index| ground.strings.get(index));
                set_text(slot, text.unwrap_or_default());
            }
            Kind::Text => set_text(slot, raw),
            Kind::Bool => *slot = Cell::Bool(matches!(raw.trim(), "1" | "true")),
            Kind::Error => *slot = Cell::Error(raw.to_owned()),
            Kind::IsoDate => *slot = iso_date(raw),
            Kind::Number => *slot = self.number(ground),
        }
    }

    fn number(&self, ground: &Ground<'_>) -> Cell {
        let raw = self.raw.trim();
        let Some(number) = raw.parse::<f64>().ok().filter(|number| number.is_finite()) else {
            return Cell::from_text(raw);
        };
        match ground.styles.shown(self.style) {
            Shown::Number => Cell::Number(number),
            Shown::Time if (0.0..1.0).contains(&number) => {
                date::time_from_fraction(number).map_or(Cell::Number(number), Cell::Time)
            }
            Shown::Date | Shown::Time => match date::moment_from_serial(number, ground.date_system) {
                Some(moment) if number.fract() == 0.0 => Cell::Date(moment.date()),
                Some(moment) => Cell::DateTime(moment),
                None => Cell::Number(number),
            },
        }
    }
}

fn kind_of(value: &str) -> Kind {
    match value {
        "s" => Kind::Shared,
        "str" | "inlineStr" => Kind::Text,
        "b" => Kind::Bool,
        "e" => Kind::Error,
        "d" => Kind::IsoDate,
        _ => Kind::Number,
    }
}

fn iso_date(raw: &str) -> Cell {
    match date::parse_moment(raw) {
        Some(moment) if raw.contains(':') => Cell::DateTime(moment),
        Some(moment) => Cell::Date(moment.date()),
        None => Cell::from_text(raw),
    }
}

fn set_text(slot: &mut Cell, text: &str) {
    if text.is_empty() {
        *slot = Cell::Empty;
    } else {
        push_unescaped(reuse_text(slot), text);
    }
}

/// Characters that XML cannot hold are written `_x000D_` (ECMA-376 part 1, 22.9.2.19).
fn push_unescaped(to: &mut String, text: &str) {
    let mut left = text;
    while let Some(at) = left.find("_x") {
        let escape = left.get(at + 2..at + 7).and_then(|code| code.strip_suffix('_'));
        let c = escape.and_then(|code| u32::from_str_radix(code, 16).ok()).and_then(char::from_u32);
        let taken = if c.is_some() { 7 } else { 2 };
        to.push_str(&left[..at]);
        match c {
            Some(c) => to.push(c),
            None => to.push_str("_x"),
        }
        left = &left[at + taken..];
    }
    to.push_str(left);
}
