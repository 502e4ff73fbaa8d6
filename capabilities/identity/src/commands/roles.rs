//! Giving roles and taking them back.

use crate::access::{GRANT_ROLES, posts_served, require};
use crate::error::IdentityError;
use crate::model::{
    Account, AccountKind, Administrator, Assignment, AssignmentId, IdentityFact, Role, Roles,
};
use crate::store;
use ::store::Tx;
use platform::{AccountId, Sandbox, Scope, Time};

/// A role to give.
#[derive(Clone, Debug)]
pub struct NewAssignment {
    pub account: AccountId,
    /// Its key in `catalog/roles.toml`.
    pub role: String,
    pub scope: Scope,
    /// Now, where it is not given.
    pub from: Option<Time>,
    /// Until it is taken back, where it is not given.
    pub to: Option<Time>,
}

/// Gives a role, for those who stand inside the house. [`give_role`] is for administrators.
///
/// # Errors
/// An unknown role, a scope that does not go with it, a second administrator's role for one account.
pub async fn assign_role(tx: &mut Tx, new: &NewAssignment) -> Result<AssignmentId, IdentityError> {
    let (district, now) = (tx.district(), tx.now());
    let roles = tx.fixture::<Roles>();
    let role = roles.find(&new.role).ok_or(IdentityError::UnknownRole)?;
    if role.sandbox && Sandbox::of(district).is_none() {
        return Err(IdentityError::RoleUnfit);
    }
    role.check_scope(&new.scope).map_err(IdentityError::ScopeUnfit)?;
    let account = store::find_account(tx, district, new.account).await?.ok_or(IdentityError::NotFound)?;
    check_account(&account, role)?;
    let from_at = new.from.unwrap_or(now);
    if new.to.is_some_and(|to| to <= from_at) {
        return Err(IdentityError::BadPeriod);
    }
    let held = store::assignments_of(tx, district, account.id).await?;
    let held = held.iter().filter(|a| a.withdrawn_at.is_none() && a.to_at.is_none_or(|to| to > now));
    let held: Vec<&Role> = held.filter_map(|a| roles.find(&a.role)).collect();
    let has_posts = !posts_served(&tx.fixture::<territory::Map>(), district, account.id, now).is_empty();
    check_separation(role, &held, has_posts)?;
    let assignment = Assignment {
        id: AssignmentId::new(now),
        account: account.id,
        role: role.key.clone(),
        scope: new.scope.clone(),
        from_at,
        to_at: new.to,
        withdrawn_at: None,
        made_at: now,
    };
    store::insert_assignment(tx, &assignment, role.administrator).await?;
    let Assignment { id, account, role, scope, .. } = assignment;
    tx.record(&IdentityFact::RoleAssigned { account, assignment: id, role, scope }).await?;
    Ok(id)
}

/// Gives a role to somebody else.
pub(crate) async fn give_role(tx: &mut Tx, new: &NewAssignment) -> Result<AssignmentId, IdentityError> {
    require(tx.actor(), &GRANT_ROLES)?;
    if tx.actor().account == Some(new.account) {
        return Err(IdentityError::OwnAccount);
    }
    let id = assign_role(tx, new).await?;
    end_weaker_sessions(tx, new).await?;
    Ok(id)
}

/// A session opened by password alone does not reach what asks for more: the account signs in anew and sets it up.
async fn end_weaker_sessions(tx: &mut Tx, new: &NewAssignment) -> Result<(), IdentityError> {
    let district = tx.district();
    let asks = tx.fixture::<Roles>().find(&new.role).is_some_and(|role| role.second_factor);
    let account = store::find_account(tx, district, new.account).await?;
    if asks && account.is_some_and(|a| !a.has_second_factor()) {
        let count = store::delete_sessions_of(tx, new.account, None).await?;
        tx.record(&IdentityFact::SessionsRevoked { account: new.account, count }).await?;
    }
    Ok(())
}

/// Takes a role back from somebody else.
pub(crate) async fn withdraw_role(
    tx: &mut Tx,
    account: AccountId,
    id: AssignmentId,
) -> Result<(), IdentityError> {
    require(tx.actor(), &GRANT_ROLES)?;
    if tx.actor().account == Some(account) {
        return Err(IdentityError::OwnAccount);
    }
    let assignment = store::load_assignment(tx, id).await?.filter(|a| a.account == account);
    let assignment = assignment.ok_or(IdentityError::NotFound)?;
    if assignment.withdrawn_at.is_some() {
        return Ok(());
    }
    let administrator: Option<Administrator> =
        tx.fixture::<Roles>().find(&assignment.role).and_then(|r| r.administrator);
    if let Some(kind) = administrator
        && assignment.is_in_force(tx.now())
        && store::count_administrators(tx, kind).await? <= 1
    {
        return Err(IdentityError::LastAdministrator);
    }
    store::withdraw_assignment(tx, id).await?;
    tx.record(&IdentityFact::RoleWithdrawn { account, assignment: id, role: assignment.role }).await?;
    Ok(())
}

fn check_account(account: &Account, role: &Role) -> Result<(), IdentityError> {
    if !account.is_open() {
        return Err(IdentityError::Closed);
    }
    let fits = match account.kind {
        AccountKind::Staff => !role.service && role.key != Roles::RESIDENT,
        AccountKind::Service => role.service,
        AccountKind::Resident => false,
    };
    if fits { Ok(()) } else { Err(IdentityError::RoleUnfit) }
}

/// 三员分立: one administrator's role an account, and nothing beside it.
fn check_separation(role: &Role, held: &[&Role], has_posts: bool) -> Result<(), IdentityError> {
    let held_administrator = held.iter().any(|r| r.administrator.is_some());
    match (role.administrator.is_some(), held_administrator) {
        (true, true) => Err(IdentityError::OneAdministrator),
        (true, false) if has_posts || !held.is_empty() => Err(IdentityError::AdministratorAlone),
        (false, true) => Err(IdentityError::AdministratorAlone),
        _ => Ok(()),
    }
}
