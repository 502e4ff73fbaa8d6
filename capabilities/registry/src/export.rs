//! Copies of many records that somebody takes along: what may be in one, how it is written, and whom it concerned.

mod changes;
mod columns;
mod take;

pub(crate) use changes::{Changed, LINES_MAX, Wanted, read_changes};
pub(crate) use columns::{Format, KINDS};
pub(crate) use take::{Order, take};

use crate::error::RegistryError;
use crate::import::Batch;
use crate::model::{Kind, RecordId};
use crate::store;
use ::store::Tx;

/// Rows of a copy a desk may take; more is for those who hold the right for the whole district.
pub const ROWS_MAX: i64 = 50_000;
/// Rows of any copy.
pub const ROWS_MAX_OF_DISTRICT: i64 = 500_000;

platform::id!(
    /// A copy somebody took along.
    ExportId, "export"
);

/// A copy, a page of changes, what a phone carries, or a list of differences somebody was shown: who, when, what and why; told to everybody it concerned.
#[derive(Clone, Debug)]
pub(crate) struct Noted {
    pub id: ExportId,
    pub kind: Kind,
    pub area_path: String,
    /// A key of the catalogue's purposes.
    pub purpose: String,
    /// Sealed values that were open.
    pub opened: Vec<String>,
    /// Words why.
    pub reason: String,
    pub rows: i64,
    /// The phone it lies on, as its owner calls it; none for a file.
    pub device: Option<String>,
}

impl Noted {
    /// What the check of a table shows of people who are registered otherwise.
    pub fn of_check(batch: &Batch) -> Self {
        Self {
            id: ExportId(batch.id.0),
            kind: Kind::Person,
            area_path: String::new(),
            purpose: "check".to_owned(),
            opened: Vec::new(),
            reason: batch.file_name.clone(),
            rows: batch.report.checked.rows,
            device: None,
        }
    }
}

/// Writes down who was in a copy: one line for the copy, and one short line for each person.
///
/// # Errors
/// The database.
pub(crate) async fn note_seen(tx: &mut Tx, noted: Noted, people: &[RecordId]) -> Result<(), RegistryError> {
    if people.is_empty() && noted.kind == Kind::Person {
        return Ok(());
    }
    Ok(store::exports::insert(tx, &noted, people).await?)
}
