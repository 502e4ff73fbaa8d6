//! What working together tells the rest of the house: ids and states, never words.

use super::{Call, CallId, Help, HelpId};
use ::store::Fact;
use platform::PostId;
use serde_json::{Value, json};
use uuid::Uuid;

pub(crate) const HELP_ASKED: &str = "cases.help_asked";
/// Accepted, declined, done or taken back: its data says which.
pub(crate) const HELP_STEPPED: &str = "cases.help_stepped";
/// A helping step is not done in its time.
pub(crate) const HELP_LATE: &str = "cases.help_late";
pub(crate) const CALLED: &str = "cases.units_called";
pub(crate) const CALL_ANSWERED: &str = "cases.call_answered";
pub(crate) const CALL_ARRIVED: &str = "cases.call_arrived";
pub(crate) const CALL_CONFIRMED: &str = "cases.call_confirmed";
pub(crate) const CALL_DECIDED: &str = "cases.call_decided";
pub(crate) const CALL_CANCELLED: &str = "cases.call_cancelled";
pub(crate) const CALL_REVIEWED: &str = "cases.call_reviewed";

/// A step of a helping step.
pub(crate) struct HelpFact<'a>(pub &'static str, pub &'a Help);

impl Fact for HelpFact<'_> {
    fn name(&self) -> &'static str {
        self.0
    }
    fn subject(&self) -> (&'static str, Uuid) {
        (HelpId::NOUN, self.1.id.0)
    }
    fn area_path(&self) -> Option<&str> {
        Some(&self.1.area_path)
    }
    fn data(&self) -> Value {
        let help = self.1;
        json!({ "case": help.case_id, "call": help.call_id, "post": help.post_id, "state": help.state, "due_at": help.due_at })
    }
}

/// A step of a call, and the office it is about.
pub(crate) struct CallFact<'a>(pub &'static str, pub &'a Call, pub Option<PostId>);

impl Fact for CallFact<'_> {
    fn name(&self) -> &'static str {
        self.0
    }
    fn subject(&self) -> (&'static str, Uuid) {
        (CallId::NOUN, self.1.id.0)
    }
    fn area_path(&self) -> Option<&str> {
        Some(&self.1.area_path)
    }
    fn data(&self) -> Value {
        let call = self.1;
        json!({ "case": call.case_id, "kind": call.kind, "state": call.state, "by_at": call.by_at, "post": self.2 })
    }
}
