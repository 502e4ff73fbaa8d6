//! What becomes of answers that belong to the register: written, confirmed, in conflict, refused. What somebody else wrote meanwhile
//! is never written over.

use platform::Words;
use registry::RecordId;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

store::text_enum! {
    /// What became of one answer.
    pub WriteState {
        /// It is the field's value now.
        Written = "written",
        /// It was asked, and still holds: the value is of today again.
        Confirmed = "confirmed",
        /// Somebody else changed the field since: the register keeps theirs, the submission keeps this.
        Clash = "clash",
        /// The register does not take it; the words say why. The submission keeps it.
        Refused = "refused",
    }
}

/// An answer and the register.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WriteBack {
    /// The question.
    pub path: String,
    /// `person.phones`
    pub field: String,
    /// None where the submission's subject leads to no record of that kind.
    pub record: Option<RecordId>,
    pub state: WriteState,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<Words>,
}

/// What the one who filled it had before their eyes.
#[derive(Clone, Copy, Debug)]
pub enum Seen<'v> {
    /// Nobody says.
    Unknown,
    /// The field's value, or that it had none.
    Value(Option<&'v Value>),
}

/// An answer beside the register.
#[derive(Clone, Copy, Debug)]
pub struct Meeting<'v> {
    /// The answer, as the register would keep it.
    pub mine: &'v Value,
    pub present: Option<&'v Value>,
    pub seen: Seen<'v>,
    pub is_written: bool,
    /// Whether somebody was asked. What was only shown as known confirms nothing: else a value would stay fresh for ever
    /// without anybody being asked.
    pub is_asked: bool,
}

/// What becomes of an answer; `None`: nothing.
pub fn decide(meeting: &Meeting<'_>) -> Option<WriteState> {
    let Meeting { mine, present, seen, is_written, is_asked } = *meeting;
    if present == Some(mine) {
        return is_asked.then_some(WriteState::Confirmed);
    }
    if !is_written {
        return None;
    }
    let is_as_seen = match seen {
        Seen::Value(value) => value == present,
        // Without a word of what was seen, only what is empty can be filled.
        Seen::Unknown => present.is_none(),
    };
    Some(if is_as_seen { WriteState::Written } else { WriteState::Clash })
}

#[cfg(test)]
mod tests {
    use super::{Meeting, Seen, WriteState, decide};
    use serde_json::{Value, json};

    #[test]
    fn nothing_is_written_over_in_silence() {
        use WriteState::{Clash, Confirmed, Written};
        let (a, b, mine) = (json!("a"), json!("b"), json!("m"));
        type Row<'v> = (Option<&'v Value>, Seen<'v>, bool, bool, Option<WriteState>);
        // Present, seen, written, asked; what follows.
        let rows: [Row<'_>; 9] = [
            (Some(&a), Seen::Value(Some(&a)), true, true, Some(Written)),
            (Some(&b), Seen::Value(Some(&a)), true, true, Some(Clash)),
            (None, Seen::Value(Some(&a)), true, true, Some(Clash)),
            (None, Seen::Value(None), true, true, Some(Written)),
            (Some(&a), Seen::Unknown, true, true, Some(Clash)),
            (None, Seen::Unknown, true, true, Some(Written)),
            (Some(&a), Seen::Value(Some(&a)), false, true, None),
            (Some(&mine), Seen::Value(Some(&a)), true, true, Some(Confirmed)),
            (Some(&mine), Seen::Value(Some(&mine)), true, false, None),
        ];
        for (present, seen, is_written, is_asked, expected) in rows {
            let meeting = Meeting { mine: &mine, present, seen, is_written, is_asked };
            assert_eq!(decide(&meeting), expected, "{meeting:?}");
        }
    }
}
