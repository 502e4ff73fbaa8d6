//! What people may ask about their own data, where a request stands, what raises an alarm.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::text_enum;

platform::id!(
    /// That an account may see a person's data.
    ClaimId, "claim"
);
platform::id!(
    /// What somebody asked about their data.
    RequestId, "data_request"
);
platform::id!(
    /// Two records that were told apart.
    PairId, "pair"
);
platform::id!(
    /// Something the security administrator has to look at.
    AlarmId, "alarm"
);
platform::id!(
    /// A version of what the district says it keeps.
    NoticeId, "notice"
);
platform::id!(
    /// One night's removal of what has run out.
    SweepId, "sweep"
);

/// The standing of an account that proved to be the person; other standings are kinds of mandate.
pub const SELF: &str = "self";

text_enum! {
    /// What is asked of a desk. Looking and a copy need nobody's leave.
    pub Ask {
        Correct = "correct",
        Object = "object",
        Delete = "delete",
        Restrict = "restrict",
    }
}

text_enum! {
    /// Where a request stands.
    pub RequestState {
        Open = "open",
        Granted = "granted",
        Refused = "refused",
        /// Taken back by whoever asked.
        Withdrawn = "withdrawn",
    }
}

text_enum! {
    /// What the security administrator is told of.
    pub AlarmKind {
        /// A look beyond one's area, in an emergency.
        GlassBroken = "glass_broken",
        /// Too many looks in too short a time.
        BulkReading = "bulk_reading",
        /// Somebody asked to take more along than they may.
        ExportRefused = "export_refused",
        /// A desk agreed that a look was none of the looker's business.
        ObjectionUpheld = "objection_upheld",
        /// A person's request was not answered in time.
        AnswerOverdue = "answer_overdue",
    }
}

impl AlarmKind {
    /// The kind of an alarm by what raised it: the quota that ran out, or a refused export.
    pub fn of(what: &str) -> Self {
        if what.contains("export") { Self::ExportRefused } else { Self::BulkReading }
    }
}

/// The person's own words of a request; kept sealed.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Asked {
    /// The value as it should be, in the shape it is kept in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    pub words: String,
    /// What proves it, in words.
    pub evidence: String,
}
