//! Every write about cases, one file per verb: load for a purpose, decide, save, record the fact.

mod act;
pub mod duties;
mod follow;
mod inform;
pub mod joint;
mod merge;
mod photos;
pub mod reach;
mod report;
mod reporter;
mod route;
mod ruling;

pub use act::{Act, Acted, act, ring};
pub use follow::{Follow, Joined, ask_again, claim_reports, follow};
pub use inform::{INFORM, inform, show_photo};
pub use merge::MERGE_IN;
pub use photos::add_photos;
pub use report::{Filed, Held, PlaceGiven, Report, ReporterGiven, check_words, report, spot_of};
pub use reporter::{OpenedReporter, PURPOSES, open_reporter};

use crate::error::CaseError;
use crate::facts::CaseStepped;
use crate::model::{Case, Entry, Setting, next_ring};
use crate::rules::Rules;
use crate::store;
use ::store::Tx;
use platform::{FactId, PostId, Time};
use std::sync::Arc;
use territory::Snapshot;

/// The kind of the timer that is a case's clock.
pub const CLOCK: &str = "cases.clock";

/// Words somebody writes: an account of what happened, a note, a reason in words.
pub const WORDS_CHARS_MAX: usize = 2_000;

/// A person's name, as given.
pub(crate) const NAME_CHARS_MAX: usize = 50;

/// An address in words.
pub(crate) const ADDRESS_CHARS_MAX: usize = 200;

/// The rule book and the places of the district, inside a write.
pub(crate) fn books(tx: &Tx) -> (Arc<Rules>, Arc<Snapshot>) {
    (tx.fixture::<Rules>(), tx.fixture::<territory::Map>().of(tx.district()))
}

/// Sets the timer to the next moment the clock has something to say, or takes it away.
pub(crate) async fn wind(tx: &mut Tx, case: &Case, setting: &Setting<'_>) -> Result<(), CaseError> {
    match next_ring(case, setting) {
        Some(ring) => tx.set_timer(CLOCK, case.id.0, ring.at, serde_json::Value::Null).await?,
        None => tx.cancel_timer(CLOCK, case.id.0).await?,
    }
    Ok(())
}

/// Appends the line of history and tells the house: audit row, reactions, live screens.
pub(crate) async fn tell(
    tx: &mut Tx,
    case: &Case,
    entry: &Entry,
    post: Option<PostId>,
) -> Result<FactId, CaseError> {
    store::add_entry(tx, case.id, entry, post).await?;
    Ok(tx.record(&CaseStepped { case, entry }).await?)
}

/// Words as somebody wrote them: control characters out, ends trimmed, length held.
pub(crate) fn clean_words(text: &str, field: &'static str, chars_max: usize) -> Result<String, CaseError> {
    let cleaned: String = text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
    let cleaned = cleaned.trim();
    let chars = cleaned.chars().count();
    if chars > chars_max {
        return Err(CaseError::invalid(
            field,
            "cases.too_long",
            format!("最多 {chars_max} 个字，现在有 {chars} 个。"),
            format!("At most {chars_max} characters; there are {chars}."),
        ));
    }
    Ok(cleaned.to_owned())
}

/// A date somebody entered, within reason.
pub(crate) fn check_entered(at: Time, field: &'static str, now: Time) -> Result<(), CaseError> {
    if at < Time::ENTERED_MIN || at > Time::ENTERED_MAX {
        return Err(CaseError::invalid(
            field,
            "cases.impossible_date",
            "日期不对，请填写 1900 到 2200 年之间的日期。",
            "The date must lie between 1900 and 2200.",
        ));
    }
    if at > now {
        return Err(CaseError::invalid(
            field,
            "cases.future_date",
            "时间还没有到。",
            "That time has not come yet.",
        ));
    }
    Ok(())
}
