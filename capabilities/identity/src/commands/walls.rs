//! Walls: a screen that shows the map's figures by a key of its own, without anybody being signed in.

use super::accounts::open_service;
use super::keys::{KeyReach, issue_key};
use super::roles::{NewAssignment, assign_role};
use crate::access::{MANAGE_SERVICE_KEYS, actor_of_key, require};
use crate::error::IdentityError;
use crate::model::{Roles, Token};
use ::store::Tx;
use edge::Edge;
use platform::{AccountId, Actor, Scope, Time};
use territory::Map;
use uuid::Uuid;

/// A wall to come.
#[derive(Clone, Debug)]
pub struct NewWall {
    /// Where it hangs: "区网格中心大厅".
    pub name: String,
    /// The path of the area it shows; the whole district, where it is not given.
    pub area: Option<String>,
    pub ends_at: Option<Time>,
}

impl NewWall {
    /// One that shows the whole district until its key is revoked.
    pub fn of_district(name: &str) -> Self {
        Self { name: name.to_owned(), area: None, ends_at: None }
    }
}

/// Opens the wall's account, makes it a wall and issues its key, which is answered this once. The role is the only one a system
/// administrator gives: the catalogue's loader holds it to figures and areas.
///
/// # Errors
/// An actor who does not manage keys, a name that cannot be used, an area that is not there, an end that is past.
pub async fn open_wall(tx: &mut Tx, new: &NewWall) -> Result<(AccountId, Uuid, Token), IdentityError> {
    require(tx.actor(), &MANAGE_SERVICE_KEYS)?;
    let scope = match &new.area {
        None => Scope::District,
        Some(path) if tx.fixture::<Map>().of(tx.district()).by_path(path).is_some() => {
            Scope::Area { path: path.clone() }
        }
        Some(_) => return Err(IdentityError::NotFound),
    };
    let account = open_service(tx, &new.name).await?;
    let role = NewAssignment { account, role: Roles::WALL.to_owned(), scope, from: None, to: None };
    assign_role(tx, &role).await?;
    let (id, token) =
        issue_key(tx, account, KeyReach { ends_at: new.ends_at, ..KeyReach::default() }).await?;
    Ok((account, id, token))
}

/// The actor of a wall's key; the key of any other system is refused, for it would lie in a browser.
pub(crate) async fn actor_of_wall(edge: &Edge, key: &str, asked: &Actor) -> Result<Actor, IdentityError> {
    let actor = actor_of_key(edge, key, asked).await?;
    let is_wall = |name: &str| Roles::WALL_PERMISSIONS.contains(&name);
    let shows_figures = actor.grants.iter().any(|g| g.permission == Roles::WALL_PERMISSIONS[0]);
    if shows_figures && actor.grants.iter().all(|g| is_wall(&g.permission)) {
        Ok(actor)
    } else {
        Err(IdentityError::KeyRefused)
    }
}
