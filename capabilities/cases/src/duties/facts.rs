//! What duty lists tell the rest of the house: keys, labels and dates.

use super::version::{DutyVersion, DutyVersionId, Objection};
use ::store::Fact;
use serde_json::{Value, json};
use uuid::Uuid;

pub(crate) const DRAFTED: &str = "cases.duty_list_drafted";
pub(crate) const CHANGED: &str = "cases.duty_list_changed";
pub(crate) const LAID_OUT: &str = "cases.duty_list_laid_out";
pub(crate) const TAKEN_BACK: &str = "cases.duty_list_taken_back";
pub(crate) const WITHDRAWN: &str = "cases.duty_list_withdrawn";
pub(crate) const PUBLISHED: &str = "cases.duty_list_published";
/// It holds from now on, and the one before does not.
pub(crate) const IN_FORCE: &str = "cases.duty_list_in_force";
pub(crate) const OBJECTED: &str = "cases.duty_list_objected";
pub(crate) const RULED: &str = "cases.duty_list_ruled";

/// An objection to a list that holds was not answered in time.
pub(crate) const ANSWER_LATE: &str = "cases.duty_answer_late";

/// A step of a version; the name says which.
pub(crate) struct DutyFact<'a>(pub &'static str, pub &'a DutyVersion);

impl Fact for DutyFact<'_> {
    fn name(&self) -> &'static str {
        self.0
    }
    fn subject(&self) -> (&'static str, Uuid) {
        (DutyVersionId::NOUN, self.1.id.0)
    }
    fn data(&self) -> Value {
        let one = self.1;
        json!({ "list": one.list_key, "label": one.label, "version": one.version, "items": one.content.0.items.len(),
            "terms": one.terms.as_ref().map(|terms| &terms.0) })
    }
}

/// Something about an objection.
pub(crate) struct ObjectionFact<'a>(pub &'static str, pub &'a Objection);

impl Fact for ObjectionFact<'_> {
    fn name(&self) -> &'static str {
        self.0
    }
    fn subject(&self) -> (&'static str, Uuid) {
        (DutyVersionId::NOUN, self.1.version_id.0)
    }
    fn data(&self) -> Value {
        json!({ "objection": self.1.id, "number": self.1.number, "post": self.1.post_id, "sustained": self.1.sustained })
    }
}
