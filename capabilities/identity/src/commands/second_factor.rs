//! Setting up the second factor: a secret is handed out, proved with a code, and only then asked for.

use super::sign_in::gather;
use crate::error::IdentityError;
use crate::model::{
    Account, AccountKind, IdentityFact, RECOVERY_CODES, SECRET_BYTES, check_code, new_recovery_code,
    otpauth_url, recovery_hash, secret_text,
};
use crate::store::{self, KEEPING};
use ::store::Tx;

/// A secret handed out, as an app takes it.
#[derive(Debug)]
pub(crate) struct Offer {
    pub(crate) url: String,
    pub(crate) secret: String,
}

/// Hands out a new secret. Where there is one in force, a code of it is asked for first.
pub(crate) async fn offer_second_factor(tx: &mut Tx, code: Option<&str>) -> Result<Offer, IdentityError> {
    let mut account = load_own_staff(tx).await?;
    if let Some(secret) = account.totp_secret.clone() {
        let code = code.ok_or(IdentityError::SecondFactorNeeded)?;
        let step = check_code(&secret, code, account.totp_step, tx.now());
        account.totp_step = step.ok_or(IdentityError::SecondFactorWrong)?;
    }
    let secret: [u8; SECRET_BYTES] = rand::random();
    account.totp_pending = Some(secret.to_vec());
    store::save_account(tx, &account).await?;
    tx.record(&IdentityFact::SecondFactorOffered { account: account.id }).await?;
    let login = account.login.as_ref().map(|l| l.open(KEEPING).as_str()).unwrap_or_default();
    Ok(Offer { url: otpauth_url(&secret, login), secret: secret_text(&secret) })
}

/// Puts the secret handed out in force, proved by a code; answers recovery codes, once.
pub(crate) async fn confirm_second_factor(tx: &mut Tx, code: &str) -> Result<Vec<String>, IdentityError> {
    let mut account = load_own_staff(tx).await?;
    let pending = account.totp_pending.take().ok_or(IdentityError::NoSecondFactor)?;
    let step = check_code(&pending, code, 0, tx.now()).ok_or(IdentityError::SecondFactorWrong)?;
    account.totp_secret = Some(pending);
    account.totp_step = step;
    store::save_account(tx, &account).await?;
    let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| new_recovery_code(&mut rand::rng())).collect();
    let hashes = codes.iter().filter_map(|code| recovery_hash(code)).collect();
    store::replace_recovery_codes(tx, account.id, hashes).await?;
    lift_when_ready(tx, &account).await?;
    tx.record(&IdentityFact::SecondFactorEnrolled { account: account.id }).await?;
    Ok(codes)
}

/// Lets the sessions open everything once nothing is left to set up.
pub(super) async fn lift_when_ready(tx: &mut Tx, account: &Account) -> Result<(), IdentityError> {
    let needs = gather(tx, account).await?.second_factor;
    if !account.must_change && (!needs || account.has_second_factor()) {
        store::lift_limit(tx, account.id).await?;
    }
    Ok(())
}

async fn load_own_staff(tx: &mut Tx) -> Result<Account, IdentityError> {
    let account = store::load_own(tx).await?;
    if account.kind == AccountKind::Staff { Ok(account) } else { Err(IdentityError::WrongKind) }
}
