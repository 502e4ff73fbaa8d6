//! Opening a session: the one place where a token is made.

use crate::error::IdentityError;
use crate::model::{
    Account, AccountKind, IdentityFact, Limits, Session, SessionId, Token, TokenKind, end_of,
};
use crate::store;
use ::store::Tx;
use platform::{AccountId, Time, Via};

/// A session just opened, with the token only its owner ever sees.
#[derive(Clone, Debug)]
pub(crate) struct Entered {
    pub(crate) token: Token,
    pub(crate) ends_at: Time,
}

/// Opens a session for whoever proved to be the account.
pub(super) async fn enter(
    tx: &mut Tx,
    account: &Account,
    by: &'static str,
    limited: bool,
) -> Result<Entered, IdentityError> {
    let now = tx.now();
    let token = Token::new(tx.district(), TokenKind::Session, rand::random());
    let session = Session {
        id: SessionId::new(now),
        account: account.id,
        kind: account.kind,
        limited,
        made_at: now,
        seen_at: now,
        ends_at: end_of(account.kind, now, &tx.fixture::<Limits>()),
    };
    let via = match tx.actor().via {
        Via::Page => "page",
        Via::Api | Via::Open311 => "api",
        Via::CommandLine => "command_line",
        Via::Clock => "clock",
    };
    store::insert_session(tx, &token.hash(), &session, via).await?;
    tx.record(&IdentityFact::SignedIn { account: account.id, session: session.id, by }).await?;
    Ok(Entered { token, ends_at: session.ends_at })
}

/// Opens a session without any proof: the command line, the demo and tests, which stand inside the house.
///
/// # Errors
/// Where there is no such account, or it is closed, suspended or a service's.
pub async fn open_session(tx: &mut Tx, account: AccountId) -> Result<Token, IdentityError> {
    let district = tx.district();
    let account = store::find_account(tx, district, account).await?.ok_or(IdentityError::NotFound)?;
    if account.kind == AccountKind::Service {
        return Err(IdentityError::WrongKind);
    }
    if !account.may_enter() {
        return Err(IdentityError::Suspended);
    }
    Ok(enter(tx, &account, "house", false).await?.token)
}
