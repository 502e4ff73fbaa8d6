//! Changing one's own password.

use crate::access::Passwords;
use crate::error::IdentityError;
use crate::model::{Account, AccountKind, IdentityFact, Limits, SessionId, check_password};
use crate::store::{self, KEEPING};
use ::store::{Conn, Tx};
use edge::{Edge, Quota, Rates};
use platform::{Actor, Personal};
use std::time::Duration;

/// Tries at the present password, per account: a stolen session does not guess it.
const PER_ACCOUNT: Quota = Quota { name: "identity.password", burst: 5, every: Duration::from_secs(120) };

/// Replaces the password. The other sessions of the account end; this one opens everything from now on.
pub(crate) async fn change_password(
    edge: &Edge,
    actor: &Actor,
    kept: Option<SessionId>,
    present: Personal<String>,
    new: Personal<String>,
) -> Result<(), IdentityError> {
    let id = actor.account.ok_or(IdentityError::SessionExpired)?;
    edge.fixture::<Rates>().check(PER_ACCOUNT, &id.to_string(), edge.now())?;
    let district = actor.district;
    let account =
        edge.db.read(async move |conn: &mut Conn| store::find_account(conn, district, id).await).await?;
    let account = account.ok_or(IdentityError::SessionExpired)?;
    if account.kind != AccountKind::Staff {
        return Err(IdentityError::WrongKind);
    }
    let (present, new) = (present.open(KEEPING).clone(), new.open(KEEPING).clone());
    check_new(edge, &account, &present, &new)?;
    let passwords = edge.fixture::<Passwords>();
    let known = account.password_hash.clone();
    if !passwords.verify(known.clone(), present).await? {
        return Err(IdentityError::WrongPassword);
    }
    let hash = passwords.hash(new).await?;
    edge.db.write(actor, async move |tx: &mut Tx| save(tx, kept, known.as_deref(), &hash).await).await
}

fn check_new(edge: &Edge, account: &Account, present: &str, new: &str) -> Result<(), IdentityError> {
    let login = account.login.as_ref().map(|l| l.open(KEEPING).as_str()).unwrap_or_default();
    let chars_min = edge.fixture::<Limits>().password.chars_min;
    check_password(new, login, chars_min).map_err(IdentityError::WeakPassword)?;
    if new == present {
        return Err(IdentityError::WeakPassword(crate::model::Weakness::Same));
    }
    Ok(())
}

async fn save(
    tx: &mut Tx,
    kept: Option<SessionId>,
    known: Option<&str>,
    hash: &str,
) -> Result<(), IdentityError> {
    let mut account = store::load_own(tx).await?;
    if account.password_hash.as_deref() != known {
        return Err(IdentityError::WrongPassword);
    }
    account.password_hash = Some(hash.to_owned());
    account.must_change = false;
    store::save_account(tx, &account).await?;
    store::delete_sessions_of(tx, account.id, kept).await?;
    super::second_factor::lift_when_ready(tx, &account).await?;
    tx.record(&IdentityFact::PasswordChanged { account: account.id }).await?;
    Ok(())
}
