//! Looking at what was filled in: for a purpose, on record before the answer.

use crate::access::READ;
use crate::error::FieldworkError;
use crate::facts::{FieldworkFact, OPENED};
use crate::model::{Submission, SubmissionId};
use crate::store;
use ::store::Tx;
use registry::Catalogue;
use serde_json::json;

/// The submission, and the sealed fields its purpose opens. The look is part of this write: there is no answer without its line.
///
/// # Errors
/// Not there, not theirs, no purpose of the register's catalogue.
pub(crate) async fn look(
    tx: &mut Tx,
    id: SubmissionId,
    purpose: &str,
) -> Result<(Submission, Vec<String>), FieldworkError> {
    let submission = store::submissions::load_for(tx, id, &READ).await?;
    let catalogue = tx.fixture::<Catalogue>();
    let purpose = catalogue.purpose(purpose).ok_or(FieldworkError::NoPurpose)?;
    let data = json!({ "purpose": purpose.key, "form": submission.form, "number": submission.number });
    tx.record(&FieldworkFact::of_submission(OPENED, id, &submission.area_path, data)).await?;
    Ok((submission, purpose.opens.clone()))
}
