//! "I have it too": one tap instead of a second report. And whose reports were made with a phone that somebody proves.

use super::report::tell_followed;
use super::{NAME_CHARS_MAX, clean_words, tell};
use crate::codes;
use crate::error::CaseError;
use crate::facts::ReportsClaimed;
use crate::model::{Case, CaseId, Entry, EntryId, FollowerId, FollowerKind};
use crate::store::{self, NewFollower};
use ::store::Tx;
use platform::{AccountId, Phone, Purpose};
use std::time::Duration;

/// How far back a proven phone leads: a number that was given up goes to somebody else after a while. (Operators are said to
/// keep it for 90 days [unverified].)
const PHONE_REACHES_BACK: Duration = Duration::from_secs(90 * 24 * 3600);
const CLAIMING: Purpose = Purpose("showing residents what they reported themselves");

/// Somebody joins a case that is open and may be seen by neighbours.
#[derive(Clone, Debug)]
pub struct Follow {
    /// Made by the device: the same tap twice is one follower.
    pub follower: FollowerId,
    pub name: Option<String>,
    pub phone: Option<Phone>,
    pub account: Option<AccountId>,
    pub words: Option<String>,
}

/// Somebody who has joined: the case, and what the follower keeps.
#[derive(Clone, Debug)]
pub struct Joined {
    pub case: Case,
    /// The id the follower is kept under: never the one the device sent, so that nobody joins as somebody who is there.
    pub follower: FollowerId,
    pub code: String,
}

/// Adds the follower.
pub async fn follow(tx: &mut Tx, id: CaseId, order: Follow) -> Result<Joined, CaseError> {
    let district = tx.district();
    let secret = codes::secret(tx).await?;
    let me = FollowerId(codes::kept_id(&secret, order.follower.0, tx.now()));
    let case = store::find(tx, district, id).await?.ok_or(CaseError::NotFound)?;
    if !case.public || case.hidden {
        return Err(CaseError::NotFound);
    }
    if !case.open {
        return Err(CaseError::invalid(
            "number",
            "cases.not_open",
            "这件事已经办结，请另外报告。",
            "This case is closed. Please report anew.",
        ));
    }
    let note = order.words.as_deref().map(|w| clean_words(w, "words", super::WORDS_CHARS_MAX)).transpose()?;
    let name = order.name.as_deref().map(|n| clean_words(n, "name", NAME_CHARS_MAX)).transpose()?;
    let follower = NewFollower {
        case: id,
        id: me,
        kind: FollowerKind::Follower,
        account: order.account,
        name: name.filter(|n| !n.is_empty()),
        phone: order.phone,
    };
    let fresh = store::add_follower(tx, follower).await?;
    let mut next = case.clone();
    if fresh {
        next.followers += 1;
        next.version += 1;
        store::save(tx, &case, &next).await?;
        tell_followed(tx, &next, me, FollowerKind::Follower).await?;
        if let Some(note) = note.filter(|n| !n.is_empty()) {
            tell(tx, &next, &supplement(&next, note, tx.now()), None).await?;
        }
    }
    Ok(Joined { case: next, follower: me, code: codes::code(&secret, id, me) })
}

/// Somebody who reported or follows a case asks again, by another way in: the history of an open case says so, and nobody is counted
/// twice. Answers the case in which it goes on.
///
/// # Errors
/// Not found, where nobody with this phone is known to the case.
pub async fn ask_again(tx: &mut Tx, id: CaseId, phone: &Phone, note: &str) -> Result<Case, CaseError> {
    let district = tx.district();
    if !store::followers(tx, district, id).await?.iter().any(|f| f.has_phone(phone)) {
        return Err(CaseError::NotFound);
    }
    let (common, _) = crate::queries::find_common(tx, district, id).await?;
    let case = store::find(tx, district, common).await?.ok_or(CaseError::NotFound)?;
    if case.open {
        let note = clean_words(note, "words", super::WORDS_CHARS_MAX)?;
        tell(tx, &case, &supplement(&case, note, tx.now()), None).await?;
    }
    Ok(case)
}

/// What was reported or joined with the phone that the signed-in resident has proven becomes theirs to see without a code;
/// answers how many followings that were.
pub async fn claim_reports(tx: &mut Tx) -> Result<u64, CaseError> {
    let district = tx.district();
    let Some(account) = tx.actor().account else { return Ok(0) };
    let Some(phone) = identity::phone_of_account(tx, district, account).await? else { return Ok(0) };
    let since = tx.now().before(PHONE_REACHES_BACK);
    let count = store::claim_followings(tx, account, phone.open(CLAIMING), since).await?;
    if count > 0 {
        tx.record(&ReportsClaimed { account, count }).await?;
    }
    Ok(count)
}

fn supplement(case: &Case, note: String, now: platform::Time) -> Entry {
    Entry {
        id: EntryId::new(now),
        at: now,
        action: "supplement".to_owned(),
        from_state: Some(case.state.clone()),
        to_state: case.state.clone(),
        to_post: None,
        reason: None,
        note: Some(note),
        level: case.level,
        due_at: case.due_at,
    }
}
