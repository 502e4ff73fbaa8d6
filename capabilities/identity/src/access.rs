//! Who may do what here, and how a request's credentials become an actor.

mod authenticate;
mod doorkeeper;
mod passwords;
mod posts;

pub(crate) use authenticate::{COOKIE, Doors, actor_of_key, token_of};
pub(crate) use doorkeeper::{Doorkeeper, Known, UsedKey, know_account};
pub(crate) use passwords::Passwords;
pub(crate) use posts::posts_served;

use crate::error::IdentityError;
use platform::{Actor, Permission};

pub static MANAGE_ACCOUNTS: Permission =
    Permission::new("identity.manage_accounts", "开立、停用账号", "Open and suspend accounts");
pub static GRANT_ROLES: Permission =
    Permission::new("identity.grant_roles", "授予和收回角色", "Grant and withdraw roles");
pub static READ_AUDIT: Permission =
    Permission::new("identity.read_audit", "查阅审计记录", "Read the audit record");
pub static UNLOCK_ACCOUNT: Permission = Permission::new(
    "identity.unlock_account",
    "解锁账号、重置验证方式",
    "Unlock an account and reset its second factor",
);
pub static MANAGE_SERVICE_KEYS: Permission =
    Permission::new("identity.manage_service_keys", "签发和吊销接口密钥", "Issue and revoke service keys");

/// All of them, for the descriptor.
pub(crate) static PERMISSIONS: &[&Permission] =
    &[&MANAGE_ACCOUNTS, &GRANT_ROLES, &READ_AUDIT, &UNLOCK_ACCOUNT, &MANAGE_SERVICE_KEYS];

/// Refuses who does not hold the permission for the whole district: accounts belong to no area.
pub(crate) fn require(actor: &Actor, permission: &Permission) -> Result<(), IdentityError> {
    if actor.holds_everywhere(permission) { Ok(()) } else { Err(IdentityError::Forbidden) }
}
