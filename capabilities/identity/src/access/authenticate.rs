//! A cookie, a bearer token or a key on a request, and the actor it stands for.

use super::{Doorkeeper, Known, UsedKey, know_account, posts_served};
use crate::error::IdentityError;
use crate::model::{Limits, Roles, Session, Standing, Token, TokenKind};
use crate::store;
use ::store::{Conn, Tx};
use axum::http::header;
use axum::http::request::Parts;
use edge::{Authenticate, Cookies, Edge, KeyUses, Quota, Rates, Shown};
use platform::{AccountId, Actor, DistrictId, MINUTE, Problem, Time, Via};
use std::pin::Pin;
use std::time::Duration;
use territory::Map;

/// The cookie that carries a resident's session.
pub(crate) const COOKIE: &str = "session";
/// Calls of one service key that has no limit of its own: bursts of a morning's batch, ten a second in the long run.
const PER_KEY: Quota = Quota { name: "identity.service_key", burst: 600, every: Duration::from_millis(100) };
/// Who comes here with a session that is over wants a new one.
const ENTRANCES: [&str; 3] = ["/api/identity/sign-in", "/api/identity/codes", "/api/identity/codes/redeem"];

/// The house's authenticator. It holds nothing: what it needs is on the shelf.
#[derive(Debug)]
pub(crate) struct Doors;

impl Authenticate for Doors {
    fn actor<'a>(
        &'a self,
        edge: &'a Edge,
        parts: &'a Parts,
        asked: Actor,
    ) -> Pin<Box<dyn Future<Output = Result<Option<Actor>, Problem>> + Send + 'a>> {
        Box::pin(async move {
            let Some(text) = token_of(parts) else { return Ok(None) };
            let lenient = asked.via == Via::Page || ENTRANCES.contains(&parts.uri.path());
            match admit(edge, parts, text, asked).await {
                Ok(actor) => Ok(Some(actor)),
                Err(IdentityError::Fault(fault)) => Err(IdentityError::Fault(fault).into()),
                // A page shows its way to sign in instead of a refusal.
                Err(_) if lenient => Ok(None),
                Err(refusal) => Err(refusal.into()),
            }
        })
    }

    fn shown(&self, parts: &Parts) -> Option<Shown> {
        let token = Token::parse(token_of(parts)?)?;
        Some(Shown { district: token.district, is_key: token.kind == TokenKind::ServiceKey })
    }

    fn actor_of_account<'a>(
        &'a self,
        edge: &'a Edge,
        account: AccountId,
        asked: Actor,
    ) -> Pin<Box<dyn Future<Output = Result<Option<Actor>, Problem>> + Send + 'a>> {
        Box::pin(async move { Ok(actor_of_account(edge, account, asked).await?) })
    }
}

/// What an account is and may do now, looked up anew: nothing of it is remembered, since no token stands for it.
async fn actor_of_account(
    edge: &Edge,
    account: AccountId,
    asked: Actor,
) -> Result<Option<Actor>, IdentityError> {
    let (roles, map, now, district) =
        (edge.fixture::<Roles>(), edge.fixture::<Map>(), edge.now(), asked.district);
    map.current(&edge.db, district).await?;
    let known = edge
        .db
        .read(async move |conn: &mut Conn| {
            let found = store::find_account(conn, district, account).await?;
            let Some(account) = found.filter(|account| account.may_enter()) else {
                return Ok::<_, IdentityError>(None);
            };
            let posts = posts_served(&map, district, account.id, now);
            Ok(Some(know_account(conn, &posts, &roles, district, &account, now).await?))
        })
        .await?;
    Ok(known.map(|known| Actor {
        kind: known.kind,
        account: Some(known.account),
        name: known.name,
        posts: known.posts,
        grants: known.grants,
        ..asked
    }))
}

/// A bearer token, else the cookie.
pub(crate) fn token_of(parts: &Parts) -> Option<&str> {
    let header = parts.headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok());
    let bearer =
        header.and_then(|v| v.split_once(' ')).filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    bearer.map(|(_, token)| token.trim()).or_else(|| Cookies::of(&parts.headers).get(COOKIE))
}

async fn admit(edge: &Edge, parts: &Parts, text: &str, asked: Actor) -> Result<Actor, IdentityError> {
    let token = Token::parse(text).ok_or(IdentityError::SessionExpired)?;
    let names_district = parts.headers.contains_key("mulin-district");
    if names_district && token.district != asked.district {
        return Err(IdentityError::OtherDistrict);
    }
    actor_of_token(edge, &token, asked).await
}

/// The actor of a service key given in another place than the header: Open311's `api_key`.
///
/// # Errors
/// `identity.key_refused` where it is unknown, revoked or over, `identity.other_district` where it is for another one.
pub(crate) async fn actor_of_key(edge: &Edge, key: &str, asked: &Actor) -> Result<Actor, IdentityError> {
    let token =
        Token::parse(key).filter(|t| t.kind == TokenKind::ServiceKey).ok_or(IdentityError::KeyRefused)?;
    if token.district != asked.district {
        return Err(IdentityError::OtherDistrict);
    }
    actor_of_token(edge, &token, asked.clone()).await
}

async fn actor_of_token(edge: &Edge, token: &Token, asked: Actor) -> Result<Actor, IdentityError> {
    let now = edge.now();
    let hash = token.hash();
    let doorkeeper = edge.fixture::<Doorkeeper>();
    let edition = edge.fixture::<Map>().of(token.district).edition;
    let (known, session, key) = match doorkeeper.recall(&hash, edition, now) {
        Ok(remembered) => (remembered.known, remembered.session, remembered.key),
        Err(mark) => {
            let found = look_up(edge, token, hash, now).await?;
            doorkeeper.remember(mark, hash, found.clone(), now);
            found
        }
    };
    if let Some(session) = &session {
        match session.standing(now, &edge.fixture::<Limits>()) {
            Standing::Over => return Err(IdentityError::SessionExpired),
            Standing::Touch => {
                doorkeeper.note_use(&hash, now);
                write_use_down(edge, token.district, hash).await;
            }
            Standing::Good => {}
        }
    }
    if let Some(key) = key {
        KeyUses::note(token.district, key.id);
        edge.fixture::<Rates>().check(quota_of(key), &key.id.to_string(), now)?;
    }
    let limited = session.is_some_and(|s| s.limited);
    Ok(Actor {
        district: token.district,
        kind: known.kind,
        account: Some(known.account),
        name: known.name,
        posts: if limited { [].into() } else { known.posts },
        grants: if limited { [].into() } else { known.grants },
        ..asked
    })
}

/// A minute's calls may come at once, and then evenly.
fn quota_of(key: UsedKey) -> Quota {
    let calls = key.calls_per_minute.and_then(|calls| u32::try_from(calls).ok()).filter(|calls| *calls > 0);
    calls.map_or(PER_KEY, |burst| Quota { burst, every: MINUTE / burst, ..PER_KEY })
}

async fn look_up(
    edge: &Edge,
    token: &Token,
    hash: [u8; 32],
    now: Time,
) -> Result<(Known, Option<Session>, Option<UsedKey>), IdentityError> {
    let (roles, map) = (edge.fixture::<Roles>(), edge.fixture::<Map>());
    let (district, kind) = (token.district, token.kind);
    // Another server may have put somebody into a post.
    map.current(&edge.db, district).await?;
    edge.db
        .read(async move |conn: &mut Conn| {
            let (account, session, key) = match kind {
                TokenKind::Session => {
                    let found = store::find_session(conn, district, &hash).await?;
                    let session = found.ok_or(IdentityError::SessionExpired)?;
                    (session.account, Some(session), None)
                }
                TokenKind::ServiceKey => {
                    let (owner, key) = find_key_owner(conn, district, &hash, now).await?;
                    (owner, None, Some(key))
                }
            };
            let account =
                store::find_account(conn, district, account).await?.ok_or(IdentityError::SessionExpired)?;
            let posts = posts_served(&map, district, account.id, now);
            let known = know_account(conn, &posts, &roles, district, &account, now).await?;
            Ok((known, session, key))
        })
        .await
}

async fn find_key_owner(
    conn: &mut Conn,
    district: DistrictId,
    hash: &[u8],
    now: Time,
) -> Result<(AccountId, UsedKey), IdentityError> {
    let key = store::find_key(conn, district, hash).await?.ok_or(IdentityError::KeyRefused)?;
    let over = key.ends_at.is_some_and(|end| end <= now) || key.revoked_at.is_some();
    if over || key.suspended_at.is_some() || key.closed_at.is_some() {
        return Err(IdentityError::KeyRefused);
    }
    Ok((key.account_id, UsedKey { id: key.id, calls_per_minute: key.calls_per_minute }))
}

/// A use that cannot be written down (a full disk) still lets its bearer read.
async fn write_use_down(edge: &Edge, district: DistrictId, hash: [u8; 32]) {
    let actor = Actor::system(district, "session");
    let written = edge.db.write(&actor, async move |tx: &mut Tx| store::touch_session(tx, &hash).await).await;
    if let Err(fault) = written {
        tracing::warn!("The use of a session could not be written down: {fault:?}");
    }
}
