//! Every write of the register: load for a purpose, decide, save with the state before, record the fact.

pub(crate) mod alarms;
mod amend;
mod beside;
mod confirm;
mod enter;
pub mod import;
pub(crate) mod look_counts;
mod merge;
pub(crate) mod notices;
mod plates;
mod reside;
pub(crate) mod retention;
pub mod rights;
mod tell_apart;
mod undo;

pub(crate) use amend::amend_as_asked;
pub use amend::{Amend, amend};
pub use beside::{AmendBeside, Beside, Crossed, amend_beside, confirm_seen, enter_once};
pub use confirm::{Confirm, End, confirm, confirm_home, end};
pub(crate) use enter::{Drafting, fill_from_document, label_of};
pub use enter::{Enter, enter};
pub use merge::{Merge, merge};
pub(crate) use plates::issue_plates;
pub use reside::{MoveIn, MoveOut, move_in, move_out};
pub use tell_apart::{TellApart, tell_apart};
pub(crate) use undo::undo_step;
pub use undo::{Undone, undo};

use crate::error::RegistryError;
use crate::model::{Origin, Record, Source};
use crate::store;
use ::store::Tx;
use jiff::civil::Date;

/// Where the values of a deed come from.
#[derive(Clone, Debug)]
pub struct Given {
    pub source: Source,
    /// What proves them, in words.
    pub evidence: Option<String>,
}

impl Given {
    /// The origin of values brought by this write's actor, now.
    ///
    /// # Errors
    /// `registry.bad_evidence` where the words are endless.
    fn origin(&self, tx: &Tx) -> Result<Origin, RegistryError> {
        const EVIDENCE_CHARS_MAX: usize = 200;
        let evidence = self.evidence.as_deref().map(str::trim).filter(|words| !words.is_empty());
        if evidence.is_some_and(|words| words.chars().count() > EVIDENCE_CHARS_MAX) {
            return Err(RegistryError::invalid(
                "evidence",
                "registry.bad_evidence",
                "依据最多 200 个字。",
                "The evidence has at most 200 characters.",
            ));
        }
        Ok(Origin {
            source: self.source,
            at: tx.now(),
            by: tx.actor().account,
            evidence: evidence.map(str::to_owned),
        })
    }
}

/// Refuses to work on data of a person who asked that it is only stored: neither to correct or confirm it nor to add to it. The person's
/// own corrections, an end, and undoing what was done, remain.
async fn refuse_restricted(tx: &mut Tx, record: &Record) -> Result<(), RegistryError> {
    let Some(person) = record.person() else { return Ok(()) };
    let district = tx.district();
    match store::rights::restricted_since(tx, district, person).await? {
        Some(_) => Err(RegistryError::Restricted),
        None => Ok(()),
    }
}

/// The day of the write, in China.
fn today(tx: &Tx) -> Date {
    tx.now().local().date()
}
