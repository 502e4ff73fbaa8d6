//! Signing out, and ending sessions elsewhere.

use crate::error::IdentityError;
use crate::model::{IdentityFact, SessionId};
use crate::store;
use ::store::Tx;
use platform::AccountId;

fn own(tx: &Tx) -> Result<AccountId, IdentityError> {
    tx.actor().account.ok_or(IdentityError::SessionExpired)
}

/// Ends the session that asks. One that is gone already is as good as ended.
pub(crate) async fn sign_out(tx: &mut Tx, session: SessionId) -> Result<(), IdentityError> {
    let account = own(tx)?;
    if store::delete_session(tx, account, session).await? {
        tx.record(&IdentityFact::SignedOut { account, session }).await?;
    }
    Ok(())
}

/// Ends one of one's own sessions.
pub(crate) async fn revoke_own_session(tx: &mut Tx, session: SessionId) -> Result<(), IdentityError> {
    let account = own(tx)?;
    if !store::delete_session(tx, account, session).await? {
        return Err(IdentityError::NotFound);
    }
    tx.record(&IdentityFact::SessionRevoked { account, session }).await?;
    Ok(())
}

/// Ends all of one's own sessions but the one that asks; answers how many.
pub(crate) async fn revoke_own_sessions(tx: &mut Tx, kept: Option<SessionId>) -> Result<u64, IdentityError> {
    let account = own(tx)?;
    let count = store::delete_sessions_of(tx, account, kept).await?;
    tx.record(&IdentityFact::SessionsRevoked { account, count }).await?;
    Ok(count)
}
