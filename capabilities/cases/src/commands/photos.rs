//! Photos that come after their report: a phone sends words first, and pictures when the line allows.

use super::act::check_photos;
use crate::access::REPORT;
use crate::error::CaseError;
use crate::facts::PhotosAdded;
use crate::model::CaseId;
use crate::photos::StoredPhoto;
use crate::store;
use ::store::Tx;

/// Puts photos beside the report of a case.
///
/// # Errors
/// A case that is neither the actor's to see nor reported by them, no permission to report, more photos than there may be.
pub async fn add_photos(tx: &mut Tx, id: CaseId, photos: &[StoredPhoto]) -> Result<(), CaseError> {
    let (case, first) = store::load_begun(tx, id).await?;
    if !tx.actor().holds(&REPORT) {
        return Err(CaseError::Forbidden(&REPORT));
    }
    check_photos(tx, &case, photos.len()).await?;
    store::add_photos(tx, id, first, photos).await?;
    tx.record(&PhotosAdded { case: &case, photos: photos.len() }).await?;
    Ok(())
}
