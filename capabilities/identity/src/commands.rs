//! Every write of identity.

mod accounts;
mod audit;
mod codes;
mod enter;
mod first;
mod keys;
mod password;
mod roles;
mod second_factor;
mod sessions;
mod sign_in;
mod systems;
mod walls;

pub use accounts::{NewStaff, create_staff, resident_of_phone};
pub(crate) use accounts::{
    close_account, lock_account, open_service, open_staff, reset_password, reset_second_factor,
    unlock_account,
};
pub(crate) use audit::{note_audit_export, note_audit_read};
pub use codes::{CodeAsked, CodeSender, InboxLine, SenderFuture, show_in_demo, text_resident};
pub(crate) use codes::{DemoInbox, Sender, redeem_code, send_code};
pub use enter::open_session;
pub use first::{FirstAccount, found_administrators};
pub use keys::keep_key_uses;
pub(crate) use keys::{KeyReach, issue_key, revoke_key, rotate_key};
pub(crate) use password::change_password;
pub use roles::{NewAssignment, assign_role};
pub(crate) use roles::{give_role, withdraw_role};
pub(crate) use second_factor::{confirm_second_factor, offer_second_factor};
pub(crate) use sessions::{revoke_own_session, revoke_own_sessions, sign_out};
pub(crate) use sign_in::{SignIn, sign_in};
pub use systems::{NewSystem, enter_sandbox, open_system, revoke_all_keys};
pub(crate) use walls::actor_of_wall;
pub use walls::{NewWall, open_wall};
