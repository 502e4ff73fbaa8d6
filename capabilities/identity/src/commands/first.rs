//! The first three accounts of a district: nobody could open them from within.

use super::accounts::{NewStaff, create_staff};
use super::roles::{NewAssignment, assign_role};
use crate::access::Passwords;
use crate::error::IdentityError;
use crate::model::{Administrator, Roles, readable_password};
use crate::store;
use ::store::Tx;
use edge::Edge;
use platform::{Actor, Scope, Words};

/// An administrator's account just opened. The password is known here and nowhere else; it must be changed at the first
/// sign-in, and the second factor be set up.
#[derive(Clone, Debug)]
pub struct FirstAccount {
    /// The role's key in `catalog/roles.toml`.
    pub role: String,
    pub words: Words,
    pub login: String,
    pub password: String,
}

/// Opens an account for each of the three administrators the district lacks: the command line's way to begin, and to come
/// back in where all have left.
///
/// # Errors
/// A login like `system-admin` that somebody else has.
pub async fn found_administrators(edge: &Edge, actor: &Actor) -> Result<Vec<FirstAccount>, IdentityError> {
    let roles = edge.fixture::<Roles>();
    let mut opened = Vec::new();
    for kind in [Administrator::System, Administrator::Security, Administrator::Audit] {
        let role =
            roles.list.iter().find(|r| r.administrator == Some(kind)).ok_or(IdentityError::UnknownRole)?;
        let password = readable_password(&mut rand::rng());
        let hash = edge.fixture::<Passwords>().hash(password.clone()).await?;
        let login = role.key.replace('_', "-");
        let new = NewStaff { password_hash: Some(hash), ..NewStaff::new(&login, &role.words.zh) };
        let key = role.key.clone();
        let is_new =
            edge.db.write(actor, async move |tx: &mut Tx| open_one(tx, kind, &key, &new).await).await?;
        if is_new {
            opened.push(FirstAccount { role: role.key.clone(), words: role.words.clone(), login, password });
        }
    }
    Ok(opened)
}

/// Opens the account unless the district has such an administrator; answers whether it did.
async fn open_one(
    tx: &mut Tx,
    kind: Administrator,
    role: &str,
    new: &NewStaff,
) -> Result<bool, IdentityError> {
    if store::count_administrators(tx, kind).await? > 0 {
        return Ok(false);
    }
    let account = create_staff(tx, new).await?;
    let given =
        NewAssignment { account, role: role.to_owned(), scope: Scope::District, from: None, to: None };
    assign_role(tx, &given).await?;
    Ok(true)
}
