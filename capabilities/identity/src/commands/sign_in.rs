//! Staff sign in with a password and, where their role asks for it, a code.
//!
//! The slow hash is checked before the transaction, which then looks again: the account may have changed meanwhile.

use super::enter::enter;
use crate::access::{Passwords, know_account, posts_served};
use crate::error::IdentityError;
use crate::model::{
    Account, AccountKind, IdentityFact, Limits, Roles, check_code, login_hash, recovery_hash,
};
use crate::store;
use ::store::{Conn, Tx};
use edge::{Edge, Quota, Rates};
use platform::{Actor, Personal, Time};
use std::time::Duration;

/// Sign-ins one source may try: an office behind one address, not a guessing machine.
const PER_SOURCE: Quota = Quota { name: "identity.sign_in", burst: 30, every: Duration::from_secs(6) };

/// What somebody typed to come in.
#[derive(Clone, Debug)]
pub(crate) struct SignIn {
    pub(crate) login: Personal<String>,
    pub(crate) password: Personal<String>,
    /// The code of the second factor, or a recovery code.
    pub(crate) code: Option<String>,
}

/// A session of staff just opened, and what is to be done first.
#[derive(Debug)]
pub(crate) struct SignedIn {
    pub(crate) token: String,
    pub(crate) expires_at: Time,
    pub(crate) account: platform::AccountId,
    pub(crate) must_change: bool,
    pub(crate) must_enrol: bool,
    pub(crate) known: crate::access::Known,
}

/// A failure is written down and answered, so it is a value of the transaction and no error of it.
type Outcome = Result<SignedIn, IdentityError>;

pub(crate) async fn sign_in(edge: &Edge, asked: &Actor, order: SignIn) -> Result<SignedIn, IdentityError> {
    edge.fixture::<Rates>().check(PER_SOURCE, &asked.source, edge.now())?;
    let (district, now) = (asked.district, edge.now());
    let login = order.login.open(store::KEEPING).trim().to_lowercase();
    let attempts_at = login_hash(district, &login);
    let (found, attempts) = {
        let (login, attempts_at) = (login.clone(), attempts_at.clone());
        edge.db
            .read(async move |conn: &mut Conn| {
                let found = store::find_login(conn, district, &login).await?;
                let attempts = store::load_attempts(conn, district, &attempts_at).await?;
                Ok::<_, IdentityError>((found, attempts))
            })
            .await?
    };
    if let Some(until) = attempts.locked(now) {
        return Err(IdentityError::Locked { until });
    }
    let known_hash = found.filter(|a| a.kind == AccountKind::Staff).and_then(|a| a.password_hash);
    let password = order.password.open(store::KEEPING).clone();
    let right = edge.fixture::<Passwords>().verify(known_hash.clone(), password).await?;
    let proven = if right { known_hash } else { None };
    let code = order.code;
    let outcome: Outcome = edge
        .db
        .write(asked, async move |tx: &mut Tx| {
            finish(tx, &login, &attempts_at, proven.as_deref(), code.as_deref()).await
        })
        .await?;
    outcome
}

/// `proven` is the hash the password was right for.
async fn finish(
    tx: &mut Tx,
    login: &str,
    attempts_at: &[u8],
    proven: Option<&str>,
    code: Option<&str>,
) -> Result<Outcome, IdentityError> {
    let (district, now) = (tx.district(), tx.now());
    // Others may have failed while the password was checked: a right guess among them comes too late.
    if let Some(until) = store::load_attempts(tx, district, attempts_at).await?.locked(now) {
        return Ok(Err(IdentityError::Locked { until }));
    }
    let found = store::find_login(tx, district, login).await?.filter(|a| a.kind == AccountKind::Staff);
    let id = found.as_ref().map(|a| a.id);
    let account = found.filter(|a| a.is_open() && proven.is_some() && a.password_hash.as_deref() == proven);
    let Some(mut account) = account else {
        return fail(tx, attempts_at, id, "password", IdentityError::WrongSignIn).await;
    };
    if account.suspended_at.is_some() {
        tx.record(&IdentityFact::SignInFailed { account: id, why: "suspended" }).await?;
        return Ok(Err(IdentityError::Suspended));
    }
    let mut by = "password";
    if account.has_second_factor() {
        let Some(code) = code else { return Ok(Err(IdentityError::SecondFactorNeeded)) };
        match check_second_factor(tx, &mut account, code).await? {
            Some(proof) => by = proof,
            None => {
                return fail(tx, attempts_at, id, "second_factor", IdentityError::SecondFactorWrong).await;
            }
        }
    }
    store::forget_attempts(tx, attempts_at).await?;
    admit(tx, account, by).await.map(Ok)
}

async fn admit(tx: &mut Tx, account: Account, by: &'static str) -> Result<SignedIn, IdentityError> {
    let known = gather(tx, &account).await?;
    let must_change = account.must_change;
    let must_enrol = known.second_factor && !account.has_second_factor();
    let entered = enter(tx, &account, by, must_change || must_enrol).await?;
    Ok(SignedIn {
        token: entered.token.reveal().to_owned(),
        expires_at: entered.ends_at,
        account: account.id,
        must_change,
        must_enrol,
        known,
    })
}

/// What the account may do now.
pub(super) async fn gather(tx: &mut Tx, account: &Account) -> Result<crate::access::Known, IdentityError> {
    let (district, now) = (tx.district(), tx.now());
    let roles = tx.fixture::<Roles>();
    let posts = posts_served(&tx.fixture::<territory::Map>(), district, account.id, now);
    Ok(know_account(tx, &posts, &roles, district, account, now).await?)
}

/// The kind of proof, where the code is good: from the app, or one of the recovery codes.
async fn check_second_factor(
    tx: &mut Tx,
    account: &mut Account,
    code: &str,
) -> Result<Option<&'static str>, IdentityError> {
    let now = tx.now();
    let secret = account.totp_secret.clone().unwrap_or_default();
    if let Some(step) = check_code(&secret, code, account.totp_step, now) {
        account.totp_step = step;
        store::save_account(tx, account).await?;
        account.version += 1;
        return Ok(Some("password and code"));
    }
    let Some(hash) = recovery_hash(code) else { return Ok(None) };
    if !store::use_recovery_code(tx, account.id, hash).await? {
        return Ok(None);
    }
    tx.record(&IdentityFact::RecoveryCodeUsed { account: account.id }).await?;
    Ok(Some("password and recovery code"))
}

/// Writes a failure down; with the last one allowed, the login is locked.
async fn fail(
    tx: &mut Tx,
    attempts_at: &[u8],
    account: Option<platform::AccountId>,
    why: &'static str,
    refusal: IdentityError,
) -> Result<Outcome, IdentityError> {
    let (district, now) = (tx.district(), tx.now());
    let limits = tx.fixture::<Limits>();
    let attempts = store::load_attempts(tx, district, attempts_at).await?.failed(now, &limits);
    store::save_attempts(tx, attempts_at, attempts).await?;
    tx.record(&IdentityFact::SignInFailed { account, why }).await?;
    if let Some(until) = attempts.locked_until {
        tx.record(&IdentityFact::LoginLocked { account, until }).await?;
        return Ok(Err(IdentityError::Locked { until }));
    }
    Ok(Err(refusal))
}
