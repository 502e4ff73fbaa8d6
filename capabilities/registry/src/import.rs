//! Tables brought in: heads matched to the catalogue, every row checked before one is saved, saved as one deed that can be taken back.

mod book;
mod bulk;
mod check;
mod columns;
mod compare;
mod deciding;
mod draft;
mod files;
mod homes;
mod known;
mod mapping;
mod people;
mod places;
mod places_new;
mod reading;
mod report;
mod runs;
mod save;
mod seen;
mod subjects;
mod template;
mod trouble;
mod undo;
mod work;

pub use book::{ColumnBook, ImportBook, Table, TableBook};
pub use bulk::{LineOutcome, LineTrouble};
pub use check::check_batch;
pub use deciding::Outcome;
pub use mapping::Mapping;
pub use report::{Report, Tally, TroubleCount, TroubleRow};
pub use runs::{Runs, resume, sweep};
pub use save::save_batch;
pub use undo::undo_batch;

pub(crate) use bulk::{Bulk, BulkDone, take_bulk};
pub(crate) use deciding::EVERYWHERE;
pub(crate) use files::{Files, Part as FilePart};
pub(crate) use mapping::{check as check_mapping, heads_hash, suggest};
pub(crate) use template::write as write_template;
pub(crate) use work::{load, open_book, refused};

use crate::model::ActId;
use platform::{AccountId, Time};
use store::text_enum;

/// Letters of a file's name that are kept.
pub const FILE_NAME_CHARS_MAX: usize = 100;

platform::id!(
    /// A table that was sent to be brought in.
    BatchId, "batch"
);

text_enum! {
    /// How far a table is.
    pub BatchState {
        /// Sent; how its columns are read is to be confirmed.
        Sent = "sent",
        Checking = "checking",
        /// Every row was checked; nothing was saved.
        Checked = "checked",
        Saving = "saving",
        Saved = "saved",
        Undoing = "undoing",
        Undone = "undone",
        /// It could not go on: its report says why.
        Stopped = "stopped",
        /// Thrown away before it was saved; its file is gone.
        Dropped = "dropped",
    }
}

/// A table that was sent, and how far it is.
#[derive(Clone, Debug)]
pub struct Batch {
    pub id: BatchId,
    pub table: Table,
    pub state: BatchState,
    pub account: Option<AccountId>,
    pub by_name: String,
    /// The areas its sender may bring records into.
    pub scopes: Vec<String>,
    pub file_name: String,
    pub sheet: usize,
    pub mapping: Option<Mapping>,
    pub takes_conflicts: bool,
    /// The deed of all its rows, and the one that takes them back.
    pub act: ActId,
    pub undo_act: ActId,
    /// Rows of the sheet below its heads, and how many are in the register's books.
    pub rows: i64,
    pub rows_done: i64,
    /// The last record that was taken back.
    pub undone_to: Option<crate::model::RecordId>,
    pub report: Report,
    pub created_at: Time,
    pub changed_at: Time,
}
