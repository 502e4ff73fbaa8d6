//! Another system as it comes in through the command line: its account, its role and its key at once; and the keys of a sandbox that ends.

use super::accounts::open_service;
use super::keys::{KeyReach, issue_key};
use super::roles::{NewAssignment, assign_role};
use crate::access::{COOKIE, actor_of_key};
use crate::error::IdentityError;
use crate::model::{IdentityFact, Token};
use crate::store;
use ::store::Tx;
use axum::http::{HeaderMap, header};
use edge::{Edge, SetCookie};
use platform::{AccountId, Actor, Sandbox, Scope};
use std::time::Duration;

/// How long a browser keeps the key of a sandbox.
const KEPT: Duration = Duration::from_secs(12 * 3600);

/// A system to come.
#[derive(Clone, Debug)]
pub struct NewSystem {
    pub name: String,
    /// Its key in `catalog/roles.toml`.
    pub role: &'static str,
    pub scope: Scope,
}

/// Opens the account of another system, gives it its role and issues its key, which is answered this once.
///
/// # Errors
/// An actor who does not manage accounts and keys, a name that cannot be used, a role that is not there.
pub async fn open_system(tx: &mut Tx, new: &NewSystem) -> Result<(AccountId, Token), IdentityError> {
    let account = open_service(tx, &new.name).await?;
    let role =
        NewAssignment { account, role: new.role.to_owned(), scope: new.scope.clone(), from: None, to: None };
    assign_role(tx, &role).await?;
    let (_, token) = issue_key(tx, account, KeyReach::default()).await?;
    Ok((account, token))
}

/// Revokes every key of a sandbox; answers how many.
///
/// # Errors
/// The store.
pub async fn revoke_all_keys(tx: &mut Tx, sandbox: Sandbox) -> Result<usize, IdentityError> {
    let keys = store::list_good_keys(tx, sandbox.district()).await?;
    for (key, account) in &keys {
        store::revoke_key(tx, *key).await?;
        tx.record(&IdentityFact::ServiceKeyRevoked { account: *account, key: *key }).await?;
    }
    Ok(keys.len())
}

/// The cookie by which a browser looks into a sandbox as the system whose key it is. In a sandbox alone: nothing real lies behind it, and
/// a key of a real district does not belong into a browser.
///
/// # Errors
/// `identity.key_refused` where the key is none of a sandbox, or not good any more.
pub async fn enter_sandbox(
    edge: &Edge,
    asked: &Actor,
    key: &str,
    secure: bool,
) -> Result<(Actor, HeaderMap), IdentityError> {
    let sandbox = Token::parse(key).and_then(|token| Sandbox::of(token.district));
    let district = sandbox.ok_or(IdentityError::KeyRefused)?.district();
    let actor = actor_of_key(edge, key, &Actor { district, ..asked.clone() }).await?;
    let cookie = SetCookie::new(COOKIE.to_owned(), key.to_owned(), Some(KEPT.as_secs()), secure);
    let mut headers: HeaderMap = cookie.header().into_iter().collect();
    headers.insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    Ok((actor, headers))
}
