//! What the register records of itself: ids, codes and counts, never a name, a number or a value.

use crate::import::{Batch, BatchId};
use crate::model::{Record, RecordId};
use serde_json::{Value, json};
use store::Fact;
use uuid::Uuid;

/// A record was entered, corrected, confirmed, moved, merged, undone: the name says which.
pub const ENTERED: &str = "registry.record_entered";
/// The demo entered the records of a grid; numbers by kind.
pub const DEMO_ENTERED: &str = "registry.demo_entered";
pub const AMENDED: &str = "registry.record_amended";
pub const CONFIRMED: &str = "registry.record_confirmed";
pub const MOVED: &str = "registry.person_moved";
pub const ENDED: &str = "registry.record_ended";
pub const MERGED: &str = "registry.records_merged";
/// Two records were looked at side by side, and are not of the same subject.
pub const TOLD_APART: &str = "registry.records_told_apart";
pub const UNDONE: &str = "registry.deed_undone";
/// Somebody looked at a record: the person it is about is shown this fact.
pub const OPENED: &str = "registry.record_opened";
/// Somebody searched: how the words were meant and how much was found, never the words.
pub const SEARCHED: &str = "registry.searched";
/// Somebody asked which homes an outage or works concern.
pub const CONCERNED: &str = "registry.concerned_counted";
/// Plates were given to places or things, with their number.
pub const PLATES_ISSUED: &str = "registry.plates_issued";
/// Somebody looked at a record beyond their area, in an emergency; the reason is kept with it, sealed.
pub const GLASS_BROKEN: &str = "registry.glass_broken";
/// Somebody read in bulk, or asked to take everything along.
pub const ALARM: &str = "registry.alarm_raised";
/// Somebody proved to be a person of the register, or failed to.
pub const CLAIMED: &str = "registry.person_claimed";
pub const CLAIM_REFUSED: &str = "registry.claim_refused";
pub const MANDATE_GRANTED: &str = "registry.mandate_granted";
pub const MANDATE_ENDED: &str = "registry.mandate_ended";
/// Somebody asked something about their data, took it back, was answered.
pub const ASKED: &str = "registry.request_made";
pub const ASK_WITHDRAWN: &str = "registry.request_withdrawn";
pub const DECIDED: &str = "registry.request_decided";
pub const RESTRICTION_LIFTED: &str = "registry.restriction_lifted";
/// Values were taken away for good, with every earlier state of their record.
pub const ERASED: &str = "registry.values_erased";
/// The night's removal of what has run out, with counts.
pub const SWEPT: &str = "registry.records_swept";
/// Another notice of what is kept came into force.
pub const NOTICE: &str = "registry.notice_in_force";
pub const ACKNOWLEDGED: &str = "registry.alarm_acknowledged";

/// Something about people's rights that is no record: an account, an alarm, a notice, a sweep.
pub(crate) struct RightsFact {
    pub name: &'static str,
    pub subject: (&'static str, Uuid),
    pub area_path: Option<String>,
    pub data: Value,
}

impl Fact for RightsFact {
    fn name(&self) -> &'static str {
        self.name
    }
    fn subject(&self) -> (&'static str, Uuid) {
        self.subject
    }
    fn area_path(&self) -> Option<&str> {
        self.area_path.as_deref()
    }
    fn data(&self) -> Value {
        self.data.clone()
    }
}
/// Sealed values were sealed anew under the present key.
pub const RESEALED: &str = "registry.values_resealed";

/// One deed or one look, about one record.
pub(crate) struct RegistryFact<'a> {
    pub name: &'static str,
    pub subject: RecordId,
    pub area_path: Option<&'a str>,
    pub data: Value,
}

impl<'a> RegistryFact<'a> {
    pub fn of(name: &'static str, record: &'a Record, data: Value) -> Self {
        Self { name, subject: record.id, area_path: Some(&record.content.area_path), data }
    }
}

impl Fact for RegistryFact<'_> {
    fn name(&self) -> &'static str {
        self.name
    }
    fn subject(&self) -> (&'static str, Uuid) {
        (RecordId::NOUN, self.subject.0)
    }
    fn area_path(&self) -> Option<&str> {
        self.area_path
    }
    fn data(&self) -> Value {
        self.data.clone()
    }
}

/// A table was sent, checked, saved: the name says which. Its rows' history names the same deed.
pub const TABLE_SENT: &str = "registry.table_sent";
pub const CHECKED: &str = "registry.table_checked";
pub const SAVED: &str = "registry.table_saved";
pub const TABLE_DROPPED: &str = "registry.table_dropped";
/// Somebody took a copy of many records along; who is in it stands beside.
pub const EXPORTED: &str = "registry.records_exported";

/// Another system was told what has changed; who was in it stands beside.
pub const CHANGES_TOLD: &str = "registry.changes_told";

/// A step of a table that is brought in: counts, and the deed.
pub(crate) struct BatchFact {
    name: &'static str,
    batch: BatchId,
    data: Value,
}

impl BatchFact {
    pub fn of(name: &'static str, batch: &Batch) -> Self {
        let tally = if name == SAVED { batch.report.saved } else { batch.report.checked };
        let data = json!({
            "table": batch.table, "state": batch.state, "act": batch.act, "rows_done": batch.rows_done, "rows": tally.rows,
            "new": tally.new, "changed": tally.changed, "unchanged": tally.unchanged, "conflicts": tally.conflicts,
            "wrong": tally.wrong, "takes_conflicts": batch.takes_conflicts,
        });
        Self { name, batch: batch.id, data }
    }
}

impl Fact for BatchFact {
    fn name(&self) -> &'static str {
        self.name
    }
    fn subject(&self) -> (&'static str, Uuid) {
        (BatchId::NOUN, self.batch.0)
    }
    fn data(&self) -> Value {
        self.data.clone()
    }
}
