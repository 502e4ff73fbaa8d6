//! Telling on a case what the house itself knows of it, for everybody who follows it. Changes nothing of the case.

use super::act::check_photos;
use super::{WORDS_CHARS_MAX, clean_words, tell};
use crate::error::CaseError;
use crate::model::{Case, CaseId, Entry, EntryId};
use crate::photos::StoredPhoto;
use crate::store;
use ::store::Tx;

/// The action's name in the history.
pub const INFORM: &str = "inform";

/// Adds a line to the history that says something of the place or time of a case, in the name of whoever acts. Telling the same again adds
/// another line: who calls knows whether it was told. Answers whether there was such a case to tell it on, still open.
///
/// # Errors
/// `cases.too_long`, or the store.
pub async fn inform(tx: &mut Tx, id: CaseId, words: &str) -> Result<bool, CaseError> {
    let district = tx.district();
    let Some(case) = store::find(tx, district, id).await?.filter(|case| case.open) else { return Ok(false) };
    tell_words(tx, &case, words).await.map(|_| true)
}

/// As [`inform`], with a photo; the same photo twice is one. Answers whether it is new on an open case.
///
/// # Errors
/// `cases.too_long`, more photos than a case may have, or the store.
pub async fn show_photo(
    tx: &mut Tx,
    id: CaseId,
    words: &str,
    photo: &StoredPhoto,
) -> Result<bool, CaseError> {
    let district = tx.district();
    let Some(case) = store::find(tx, district, id).await?.filter(|case| case.open) else { return Ok(false) };
    if store::has_photo(tx, id, photo).await? {
        return Ok(false);
    }
    check_photos(tx, &case, 1).await?;
    let entry = tell_words(tx, &case, words).await?;
    store::add_photos(tx, id, entry, std::slice::from_ref(photo)).await?;
    Ok(true)
}

async fn tell_words(tx: &mut Tx, case: &Case, words: &str) -> Result<EntryId, CaseError> {
    let entry = Entry {
        id: EntryId::new(tx.now()),
        at: tx.now(),
        action: INFORM.to_owned(),
        from_state: Some(case.state.clone()),
        to_state: case.state.clone(),
        to_post: None,
        reason: None,
        note: Some(clean_words(words, "words", WORDS_CHARS_MAX)?),
        level: case.level,
        due_at: case.due_at,
    };
    tell(tx, case, &entry, None).await?;
    Ok(entry.id)
}
