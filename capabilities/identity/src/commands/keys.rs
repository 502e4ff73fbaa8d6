//! Keys of other systems: shown once, kept as a hash.

use crate::access::{MANAGE_SERVICE_KEYS, require};
use crate::error::IdentityError;
use crate::model::{AccountKind, IdentityFact, Token, TokenKind};
use crate::store;
use ::store::Tx;
use platform::{AccountId, Time};
use uuid::Uuid;

platform::id!(
    /// A key of another system.
    KeyId, "service_key"
);

/// Issues a key; the token is answered this once.
pub(crate) async fn issue_key(
    tx: &mut Tx,
    account: AccountId,
    ends_at: Option<Time>,
) -> Result<(Uuid, Token), IdentityError> {
    let account = store::load_for(tx, account, &MANAGE_SERVICE_KEYS).await?;
    if account.kind != AccountKind::Service {
        return Err(IdentityError::WrongKind);
    }
    if !account.may_enter() {
        return Err(IdentityError::Closed);
    }
    let now = tx.now();
    if ends_at.is_some_and(|end| end <= now) {
        return Err(IdentityError::BadPeriod);
    }
    let token = Token::new(tx.district(), TokenKind::ServiceKey, rand::random());
    let id = KeyId::new(now).0;
    store::insert_key(tx, &token.hash(), id, account.id, token.hint(), ends_at).await?;
    tx.record(&IdentityFact::ServiceKeyIssued { account: account.id, key: id }).await?;
    Ok((id, token))
}

/// Revokes a key, at once and for good.
pub(crate) async fn revoke_key(tx: &mut Tx, id: Uuid) -> Result<(), IdentityError> {
    require(tx.actor(), &MANAGE_SERVICE_KEYS)?;
    let (account, revoked_at) = store::load_key(tx, id).await?.ok_or(IdentityError::NotFound)?;
    if revoked_at.is_none() {
        store::revoke_key(tx, id).await?;
        tx.record(&IdentityFact::ServiceKeyRevoked { account, key: id }).await?;
    }
    Ok(())
}
