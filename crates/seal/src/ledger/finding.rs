//! What an examination of the log finds wrong, in a sentence that names it.

use platform::{FactId, Time};
use std::fmt;

/// The first thing that is not as it was sealed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Finding {
    /// A row of the audit trail.
    Fact { fact: FactId, change: Change },
    /// A row of the log itself: what it says does not follow from the one before.
    Batch { batch: i64, first: FactId, last: FactId },
    /// A batch is gone.
    MissingBatch { batch: i64 },
    /// A checkpoint that the log's key did not sign, or not for this log.
    Checkpoint { size: i64, why: String },
    /// A checkpoint that was there when its batch was sealed.
    MissingCheckpoint { size: u64 },
    /// The log ends before its newest checkpoint.
    Shortened { size: u64, signed: i64 },
    /// The checkpoint an auditor kept is not one of this log.
    Rewritten { size: u64 },
}

/// What happened to a fact.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Change {
    Changed,
    Removed,
    /// It is older than what is sealed, was not sealed, and is not noted as late.
    PutInBetween,
    /// Two leaves of the log bear its id.
    SealedTwice,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fact { fact, change } => {
                let what = match change {
                    Change::Changed => "was changed after it was sealed",
                    Change::Removed => "was removed after it was sealed",
                    Change::PutInBetween => "was put in between facts that were sealed already",
                    Change::SealedTwice => "is sealed twice",
                };
                write!(f, "fact {} {what}", fact.0)?;
                moment_of(*fact)
                    .map_or(Ok(()), |at| write!(f, " (recorded {})", at.local().strftime("%F %T")))
            }
            Self::Batch { batch, first, last } => {
                write!(
                    f,
                    "batch {batch} of the log was changed: it seals the facts {} to {}",
                    first.0, last.0
                )
            }
            Self::MissingBatch { batch } => write!(f, "batch {batch} of the log was removed"),
            Self::Checkpoint { size, why } => write!(f, "the checkpoint at {size} facts was forged: {why}"),
            Self::MissingCheckpoint { size } => write!(f, "the checkpoint at {size} facts was removed"),
            Self::Shortened { size, signed } => {
                write!(f, "the log was cut off: it ends at {size} facts, and {signed} were signed")
            }
            Self::Rewritten { size } => {
                write!(f, "the log is not the one whose first {size} facts the given checkpoint signs")
            }
        }
    }
}

/// When the fact was recorded, as its id says.
fn moment_of(fact: FactId) -> Option<Time> {
    let (seconds, nanos) = fact.0.get_timestamp()?.to_unix();
    let micros = i64::try_from(seconds).ok()?.checked_mul(1_000_000)?;
    micros.checked_add(i64::from(nanos / 1000)).map(Time::from_micros)
}
