//! Keys by which programs that speak OpenRosa fill forms for an account: made by whoever will carry them, shown once.

use crate::access::FILL;
use crate::error::FieldworkError;
use crate::facts::{FieldworkFact, KEY_ISSUED, KEY_REVOKED};
use crate::model::{CollectKey, KeyId};
use crate::store::keys::{self, KeyRow};
use ::store::Tx;
use serde_json::json;
use std::time::Duration;

/// How long a key is good: a year's work.
const KEY_TIME: Duration = Duration::from_hours(365 * 24);
/// Keys of one account that are good at the same time: its phones.
pub(crate) const KEYS_MAX: usize = 5;
/// Keys of an account that are shown, with those that are over.
pub(crate) const KEYS_SHOWN_MAX: i64 = 50;
/// Characters of what its owner calls a phone.
const NAME_CHARS_MAX: usize = 40;

/// Makes a key for whoever asks; it acts for that account and may what that account may at the time.
///
/// # Errors
/// A name without end, more keys than phones.
pub(crate) async fn issue_key(tx: &mut Tx, name: &str) -> Result<(KeyRow, CollectKey), FieldworkError> {
    let name = name.trim();
    if !(1..=NAME_CHARS_MAX).contains(&name.chars().count()) {
        return Err(FieldworkError::invalid(
            "name",
            "fieldwork.bad_key_name",
            "请给这部手机起个名，最多 40 个字。",
            "Give this phone a name of at most 40 characters.",
        ));
    }
    if !tx.actor().holds(&FILL) {
        return Err(FieldworkError::Forbidden(&FILL));
    }
    let (district, now) = (tx.district(), tx.now());
    let account = tx.actor().account.ok_or(FieldworkError::Forbidden(&FILL))?;
    let own = keys::of_account(tx, district, account, KEYS_SHOWN_MAX).await?;
    let good = own.iter().filter(|key| key.revoked_at.is_none() && key.ends_at > now).count();
    if good >= KEYS_MAX {
        return Err(FieldworkError::TooManyKeys { keys_max: KEYS_MAX });
    }
    let key = CollectKey::new(district, rand::random());
    let row = KeyRow {
        id: KeyId::new(now),
        account,
        name: name.to_owned(),
        hint: key.hint(),
        made_at: now,
        ends_at: now.after(KEY_TIME),
        revoked_at: None,
    };
    keys::insert(tx, key.hash(), row.clone()).await?;
    tx.record(&FieldworkFact::of_key(KEY_ISSUED, row.id, json!({ "account": account }))).await?;
    Ok((row, key))
}

/// Ends a key of one's own, at once and for good.
///
/// # Errors
/// No such key, or somebody else's.
pub(crate) async fn revoke_key(tx: &mut Tx, id: KeyId) -> Result<(), FieldworkError> {
    let key = keys::find_by_id(tx, id).await?.ok_or(FieldworkError::NotFound)?;
    if tx.actor().account != Some(key.account) {
        return Err(FieldworkError::NotFound);
    }
    if key.revoked_at.is_none() {
        keys::revoke(tx, id).await?;
        tx.record(&FieldworkFact::of_key(KEY_REVOKED, id, json!({ "account": key.account }))).await?;
    }
    Ok(())
}
