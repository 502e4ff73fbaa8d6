//! What happened to accounts: the lines of the audit. Ids, codes and numbers only, never a name, a phone or a login.

use super::{AssignmentId, SessionId};
use platform::{AccountId, Scope, Time};
use serde_json::{Value, json};
use uuid::Uuid;

#[derive(Clone, Debug)]
pub enum IdentityFact {
    AccountOpened {
        account: AccountId,
        kind: &'static str,
    },
    AccountSuspended {
        account: AccountId,
    },
    AccountUnlocked {
        account: AccountId,
    },
    AccountClosed {
        account: AccountId,
    },
    PasswordReset {
        account: AccountId,
    },
    PasswordChanged {
        account: AccountId,
    },
    SecondFactorOffered {
        account: AccountId,
    },
    SecondFactorEnrolled {
        account: AccountId,
    },
    SecondFactorReset {
        account: AccountId,
    },
    RecoveryCodeUsed {
        account: AccountId,
    },
    SignedIn {
        account: AccountId,
        session: SessionId,
        by: &'static str,
    },
    /// `None` where no account has the login.
    SignInFailed {
        account: Option<AccountId>,
        why: &'static str,
    },
    LoginLocked {
        account: Option<AccountId>,
        until: Time,
    },
    SignedOut {
        account: AccountId,
        session: SessionId,
    },
    SessionRevoked {
        account: AccountId,
        session: SessionId,
    },
    SessionsRevoked {
        account: AccountId,
        count: u64,
    },
    RoleAssigned {
        account: AccountId,
        assignment: AssignmentId,
        role: String,
        scope: Scope,
    },
    RoleWithdrawn {
        account: AccountId,
        assignment: AssignmentId,
        role: String,
    },
    ServiceKeyIssued {
        account: AccountId,
        key: Uuid,
    },
    ServiceKeyRevoked {
        account: AccountId,
        key: Uuid,
    },
    CodeSent {
        code: Uuid,
    },
    CodeRefused {
        code: Uuid,
    },
    AuditRead {
        reader: Uuid,
        filter: Value,
    },
    AuditExported {
        reader: Uuid,
        filter: Value,
    },
}

impl IdentityFact {
    pub const fn name(&self) -> &'static str {
        match self {
            Self::AccountOpened { .. } => "identity.account_opened",
            Self::AccountSuspended { .. } => "identity.account_suspended",
            Self::AccountUnlocked { .. } => "identity.account_unlocked",
            Self::AccountClosed { .. } => "identity.account_closed",
            Self::PasswordReset { .. } => "identity.password_reset",
            Self::PasswordChanged { .. } => "identity.password_changed",
            Self::SecondFactorOffered { .. } => "identity.second_factor_offered",
            Self::SecondFactorEnrolled { .. } => "identity.second_factor_enrolled",
            Self::SecondFactorReset { .. } => "identity.second_factor_reset",
            Self::RecoveryCodeUsed { .. } => "identity.recovery_code_used",
            Self::SignedIn { .. } => "identity.signed_in",
            Self::SignInFailed { .. } => "identity.sign_in_failed",
            Self::LoginLocked { .. } => "identity.login_locked",
            Self::SignedOut { .. } => "identity.signed_out",
            Self::SessionRevoked { .. } => "identity.session_revoked",
            Self::SessionsRevoked { .. } => "identity.sessions_revoked",
            Self::RoleAssigned { .. } => "identity.role_assigned",
            Self::RoleWithdrawn { .. } => "identity.role_withdrawn",
            Self::ServiceKeyIssued { .. } => "identity.service_key_issued",
            Self::ServiceKeyRevoked { .. } => "identity.service_key_revoked",
            Self::CodeSent { .. } => "identity.code_sent",
            Self::CodeRefused { .. } => "identity.code_refused",
            Self::AuditRead { .. } => "identity.audit_read",
            Self::AuditExported { .. } => "identity.audit_exported",
        }
    }

    /// The noun and id of the thing it happened to. The nil id stands for a login nobody has.
    pub fn subject(&self) -> (&'static str, Uuid) {
        match self {
            Self::AccountOpened { account, .. }
            | Self::AccountSuspended { account }
            | Self::AccountUnlocked { account }
            | Self::AccountClosed { account }
            | Self::PasswordReset { account }
            | Self::PasswordChanged { account }
            | Self::SecondFactorOffered { account }
            | Self::SecondFactorEnrolled { account }
            | Self::SecondFactorReset { account }
            | Self::RecoveryCodeUsed { account }
            | Self::SignedIn { account, .. }
            | Self::SignedOut { account, .. }
            | Self::SessionRevoked { account, .. }
            | Self::SessionsRevoked { account, .. }
            | Self::RoleAssigned { account, .. }
            | Self::RoleWithdrawn { account, .. }
            | Self::ServiceKeyIssued { account, .. }
            | Self::ServiceKeyRevoked { account, .. } => (AccountId::NOUN, account.0),
            Self::SignInFailed { account, .. } | Self::LoginLocked { account, .. } => {
                (AccountId::NOUN, account.map_or(Uuid::nil(), |a| a.0))
            }
            Self::CodeSent { code } | Self::CodeRefused { code } => ("code", *code),
            Self::AuditRead { reader, .. } | Self::AuditExported { reader, .. } => ("audit", *reader),
        }
    }

    pub fn data(&self) -> Value {
        match self {
            Self::AccountOpened { kind, .. } => json!({ "kind": kind }),
            Self::SignedIn { session, by, .. } => json!({ "session": session, "by": by }),
            Self::SignInFailed { why, .. } => json!({ "why": why }),
            Self::LoginLocked { until, .. } => json!({ "until": until }),
            Self::SignedOut { session, .. } | Self::SessionRevoked { session, .. } => {
                json!({ "session": session })
            }
            Self::SessionsRevoked { count, .. } => json!({ "count": count }),
            Self::RoleAssigned { assignment, role, scope, .. } => {
                json!({ "assignment": assignment, "role": role, "scope": scope })
            }
            Self::RoleWithdrawn { assignment, role, .. } => json!({ "assignment": assignment, "role": role }),
            Self::ServiceKeyIssued { key, .. } | Self::ServiceKeyRevoked { key, .. } => json!({ "key": key }),
            Self::AuditRead { filter, .. } | Self::AuditExported { filter, .. } => {
                json!({ "filter": filter })
            }
            _ => json!({}),
        }
    }
}
