//! Looking at what was filled in: for a purpose, on record before the answer.

use crate::access::READ;
use crate::error::FieldworkError;
use crate::facts::{FieldworkFact, OPENED};
use crate::files;
use crate::model::{Submission, SubmissionId};
use crate::store;
use crate::store::files::FileRow;
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

/// A file of a submission to be shown, by the name an answer gives it; on record as a look.
///
/// # Errors
/// As [`look`]; no such file, or not yet here.
pub(crate) async fn look_at_file(
    tx: &mut Tx,
    id: SubmissionId,
    name: &str,
    purpose: &str,
) -> Result<FileRow, FieldworkError> {
    let submission = store::submissions::load_for(tx, id, &READ).await?;
    let catalogue = tx.fixture::<Catalogue>();
    let purpose = catalogue.purpose(purpose).ok_or(FieldworkError::NoPurpose)?;
    let (district, name) = (tx.district(), files::blind_name(&*store::keys(tx)?, name));
    let all = store::files::of_submission(tx, district, id).await?;
    let file = all.into_iter().find(|file| file.name == name).ok_or(FieldworkError::NotFound)?;
    let data = json!({ "purpose": purpose.key, "form": submission.form, "file": file.id });
    tx.record(&FieldworkFact::of_submission(OPENED, id, &submission.area_path, data)).await?;
    Ok(file)
}
