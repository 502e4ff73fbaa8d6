//! What fieldwork records of itself: ids, numbers and counts, never an answer.

use crate::model::{FormId, SubmissionId};
use serde_json::Value;
use store::Fact;
use uuid::Uuid;

pub const UPLOADED: &str = "fieldwork.form_uploaded";
pub const PUBLISHED: &str = "fieldwork.form_published";
pub const WITHDRAWN: &str = "fieldwork.form_withdrawn";
/// A form was filled in and has come.
pub const SUBMITTED: &str = "fieldwork.form_submitted";
/// Somebody read what was filled in.
pub const OPENED: &str = "fieldwork.submission_opened";
/// Somebody took a copy of a form's submissions along.
pub const EXPORTED: &str = "fieldwork.submissions_exported";
/// Sealed answers were sealed anew under the present key.
pub const RESEALED: &str = "fieldwork.answers_resealed";

/// Something about a form or a submission; the name says what.
pub(crate) struct FieldworkFact {
    name: &'static str,
    subject: (&'static str, Uuid),
    area_path: Option<String>,
    data: Value,
}

impl FieldworkFact {
    pub fn of_form(name: &'static str, form: FormId, area_path: &str, data: Value) -> Self {
        Self { name, subject: (FormId::NOUN, form.0), area_path: Some(area_path.to_owned()), data }
    }

    pub fn of_submission(name: &'static str, id: SubmissionId, area_path: &str, data: Value) -> Self {
        Self { name, subject: (SubmissionId::NOUN, id.0), area_path: Some(area_path.to_owned()), data }
    }

    /// About all submissions of a district.
    pub fn of_district(name: &'static str, data: Value) -> Self {
        Self { name, subject: (SubmissionId::NOUN, Uuid::nil()), area_path: None, data }
    }
}

impl Fact for FieldworkFact {
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
