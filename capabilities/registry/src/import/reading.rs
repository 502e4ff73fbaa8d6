//! The rows of a table, read and checked by themselves on a thread of their own, handed over in parts.

use super::columns::Columns;
use super::draft::Draft;
use super::seen::Seen;
use crate::model::Origin;
use sheets::{Book, SheetFault};
use std::ops::{ControlFlow, RangeInclusive};
use tokio::sync::mpsc::{self, Receiver, Sender};
use tokio::task::JoinHandle;

/// Rows of one part, what is decided together and saved in one write: a hundredth of the table, within these. Larger parts keep other
/// writes waiting; with smaller ones the same pages of an index are written again for each.
const PART_ROWS: RangeInclusive<usize> = 500..=3_000;
const PARTS: usize = 100;
/// Parts that wait to be decided on.
const PARTS_WAITING_MAX: usize = 2;

/// Rows that follow each other.
#[derive(Debug)]
pub(crate) struct Rows {
    /// How many rows of the table came before.
    pub before: i64,
    pub drafts: Vec<Draft>,
}

/// Reads a table of about so many rows; they come in order. Breaks off when nobody takes them any more.
pub(crate) fn read(
    book: Book,
    sheet: usize,
    columns: Columns,
    origin: Origin,
    rows: i64,
) -> (Receiver<Rows>, JoinHandle<Result<(), SheetFault>>) {
    let (sender, receiver) = mpsc::channel(PARTS_WAITING_MAX);
    let part_rows = (usize::try_from(rows).unwrap_or(0) / PARTS).clamp(*PART_ROWS.start(), *PART_ROWS.end());
    let reading =
        tokio::task::spawn_blocking(move || read_all(&book, sheet, (&columns, &origin), part_rows, &sender));
    (receiver, reading)
}

fn read_all(
    book: &Book,
    sheet: usize,
    (columns, origin): (&Columns, &Origin),
    part_rows: usize,
    sender: &Sender<Rows>,
) -> Result<(), SheetFault> {
    let (mut seen, mut before) = (Seen::default(), 0i64);
    let mut drafts = Vec::with_capacity(part_rows);
    let mut hand_over = |drafts: &mut Vec<Draft>| {
        let drafts = std::mem::replace(drafts, Vec::with_capacity(part_rows));
        let count = drafts.len() as i64;
        let is_taken = sender.blocking_send(Rows { before, drafts }).is_ok();
        before += count;
        is_taken
    };
    book.each_row(sheet, |row, cells| {
        if row <= columns.mapping.header_row {
            return ControlFlow::Continue(());
        }
        let mut draft = Draft::read(columns, row, cells, origin);
        seen.watch(columns, &mut draft);
        drafts.push(draft);
        match drafts.len() < part_rows || hand_over(&mut drafts) {
            true => ControlFlow::Continue(()),
            false => ControlFlow::Break(()),
        }
    })?;
    if !drafts.is_empty() {
        hand_over(&mut drafts);
    }
    Ok(())
}
