//! Who asks: the actor behind a request.

use crate::{Cookies, Districts, Edge};
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use platform::{AccountId, Actor, DistrictId, Lang, Problem, Via};
use sha2::{Digest, Sha256};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, LazyLock};

/// What the credentials of a request say of themselves, before they are proved.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Shown {
    pub district: DistrictId,
    /// A key of another system, and no person's session.
    pub is_key: bool,
}

/// How a request's credentials become an actor. The identity capability puts one on the shelf.
pub trait Authenticate: Send + Sync {
    /// `None` where the request carries no credentials; a problem where they are no longer good.
    ///
    /// The house is handed in: an authenticator that kept it would keep the database open for ever.
    fn actor<'a>(
        &'a self,
        edge: &'a Edge,
        parts: &'a Parts,
        asked: Actor,
    ) -> Pin<Box<dyn Future<Output = Result<Option<Actor>, Problem>> + Send + 'a>>;

    /// What the credentials say of themselves; none where there are none, or none of ours.
    fn shown(&self, _parts: &Parts) -> Option<Shown> {
        None
    }

    /// The actor an account of the district asked for is now, for a capability that knows the account by a key of its own. `None`
    /// where it may not enter any more, or where nobody knows accounts.
    fn actor_of_account<'a>(
        &'a self,
        _edge: &'a Edge,
        _account: AccountId,
        _asked: Actor,
    ) -> Pin<Box<dyn Future<Output = Result<Option<Actor>, Problem>> + Send + 'a>> {
        Box::pin(async { Ok(None) })
    }
}

/// The authenticator on the shelf.
#[derive(Clone)]
pub(crate) struct Authenticator(pub(crate) Arc<dyn Authenticate>);

impl Edge {
    /// Lets a capability say who the actors are.
    pub fn set_authenticate(fixtures: &platform::Fixtures, authenticate: Arc<dyn Authenticate>) {
        fixtures.put(Arc::new(Authenticator(authenticate)));
    }

    /// As [`Authenticate::actor_of_account`].
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn actor_of_account(&self, account: AccountId, asked: Actor) -> Result<Option<Actor>, Problem> {
        match self.fixtures().find::<Authenticator>() {
            Some(authenticator) => authenticator.0.actor_of_account(self, account, asked).await,
            None => Ok(None),
        }
    }
}

/// The actor of this request: signed in, or anonymous in the district asked for.
#[derive(Clone, Debug)]
pub struct Who(pub Actor);

impl Who {
    /// Refuses those who have not signed in.
    pub fn signed_in(&self) -> Result<&Actor, Problem> {
        if self.0.account.is_some() { Ok(&self.0) } else { Err(Problem::sign_in()) }
    }
}

impl FromRequestParts<Edge> for Who {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, edge: &Edge) -> Result<Self, Problem> {
        if let Some(known) = parts.extensions.get::<Who>() {
            return Ok(known.clone());
        }
        let districts = edge.fixture::<Districts>();
        let district = districts.of_request(&parts.headers)?.district;
        let asked = asking(parts, edge, district);
        let actor = match edge.fixtures().find::<Authenticator>() {
            Some(authenticator) => authenticator.0.actor(edge, parts, asked.clone()).await?.unwrap_or(asked),
            None => asked,
        };
        let who = Who(actor);
        parts.extensions.insert(who.clone());
        Ok(who)
    }
}

fn asking(parts: &Parts, edge: &Edge, district: DistrictId) -> Actor {
    let path = parts.uri.path();
    let via = match path {
        p if p.starts_with("/open311/") => Via::Open311,
        p if p.starts_with("/api/") => Via::Api,
        _ => Via::Page,
    };
    Actor::anonymous(district, via, lang_of(parts), &source_of(parts, edge))
}

/// `?lang=`, else the cookie, else the browser's first wish, else Chinese.
pub(crate) fn lang_of(parts: &Parts) -> Lang {
    let query = parts.uri.query().unwrap_or_default();
    let asked = query.split('&').find_map(|p| p.strip_prefix("lang="));
    let cookie = Cookies::of(&parts.headers).get("lang");
    match asked.or(cookie) {
        Some(tag) if tag.starts_with("en") => Lang::En,
        Some(_) => Lang::Zh,
        None => {
            let wish = parts.headers.get("accept-language").and_then(|v| v.to_str().ok()).unwrap_or_default();
            if wish.starts_with("en") { Lang::En } else { Lang::Zh }
        }
    }
}

/// The key of limits per source: a keyed hash, since an address is personal and the key need not outlive the process.
fn source_of(parts: &Parts, edge: &Edge) -> String {
    static SALT: LazyLock<[u8; 16]> = LazyLock::new(rand::random);
    let forwarded = if edge.settings().behind_proxy {
        let header = parts.headers.get("x-forwarded-for").and_then(|v| v.to_str().ok());
        header.and_then(|v| v.rsplit(',').next()).map(|v| v.trim().to_owned())
    } else {
        None
    };
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|c| c.0.ip().to_string());
    let address = forwarded.or(peer).unwrap_or_else(|| "unknown".to_owned());
    let hash = Sha256::new().chain_update(*SALT).chain_update(address).finalize();
    hash[..12].iter().map(|b| format!("{b:02x}")).collect()
}
