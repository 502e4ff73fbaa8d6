//! A submission that was corrected where it was filled comes again in the place of the first. The first stays, says by which it was
//! replaced, and is in no copy.

use super::submit::{Checked, Received, keep};
use crate::error::FieldworkError;
use crate::facts::{FieldworkFact, REPLACED};
use crate::model::SubmissionId;
use crate::store;
use ::store::Tx;
use serde_json::json;

/// Keeps a submission in the place of an earlier one. Where the earlier never came, it is kept as any other.
///
/// # Errors
/// As [`keep`]; the earlier is somebody else's, of another form, or was replaced by another.
pub(crate) async fn keep_instead(
    tx: &mut Tx,
    checked: Checked,
    earlier: SubmissionId,
) -> Result<Received, FieldworkError> {
    let received = keep(tx, checked).await?;
    let one = &received.submission;
    let Some(first) = store::submissions::find(tx, earlier).await? else { return Ok(received) };
    let is_own = first.by_account == one.by_account && first.form == one.form && first.id != one.id;
    match first.replaced_by {
        Some(by) if by == one.id && is_own => Ok(received),
        None if is_own => {
            store::submissions::replace(tx, earlier, one.id).await?;
            let data = json!({ "by": one.id });
            tx.record(&FieldworkFact::of_submission(REPLACED, earlier, &first.area_path, data)).await?;
            Ok(received)
        }
        _ => Err(FieldworkError::NotReplaced),
    }
}
