//! Who may come in, what proves it, and how far each may go: accounts, sessions, keys, roles, the audit's readers.
//!
//! Others ask nothing of this capability in a request: the edge hands them a [`platform::Actor`] with posts and grants.

mod access;
mod catalogue;
mod commands;
mod error;
mod http;
mod model;
mod pages;
mod queries;
mod reactions;
mod store;

pub use access::{GRANT_ROLES, MANAGE_ACCOUNTS, MANAGE_SERVICE_KEYS, READ_AUDIT, UNLOCK_ACCOUNT};
pub use catalogue::check_roles;
pub use commands::{
    CodeAsked, CodeSender, FirstAccount, InboxLine, NewAssignment, NewStaff, NewSystem, NewWall,
    SenderFuture, assign_role, create_staff, enter_sandbox, found_administrators, keep_key_uses,
    open_session, open_system, open_wall, resident_of_phone, revoke_all_keys, show_in_demo, text_resident,
};
pub use error::IdentityError;
pub use model::{AssignmentId, Limits, Roles, SessionId, Token};
pub use queries::{account_names, phone_of_account};

use ::store::Db;
use edge::{Capability, Edge, Preparation, Settings};
use platform::{Actor, Fault, Fixtures, Words};
use std::sync::Arc;

/// How identity joins the house.
pub const CAPABILITY: Capability = Capability {
    name: "identity",
    words: Words::of("账号与权限", "Identity"),
    migrations: ::store::migrations!("identity", ["0001_accounts.sql", "0002_key_use.sql"]),
    permissions: access::PERMISSIONS,
    api: http::routes,
    pages: pages::routes,
    reactions: &[],
    timers: reactions::TIMERS,
    prepare,
};

/// Puts roles, limits, the doorkeeper and the hasher on the shelf; in a demo also the inbox that stands for texting.
fn prepare(db: &Db) -> Preparation<'_> {
    Box::pin(async move {
        let fixtures = db.fixtures();
        catalogue::load(fixtures)?;
        fixtures.put(Arc::new(access::Doorkeeper::new(db.facts().subscribe())));
        fixtures.put(Arc::new(access::Passwords::default()));
        Edge::set_authenticate(fixtures, Arc::new(access::Doors));
        if fixtures.get::<Settings>().demo {
            set_code_sender(fixtures, Arc::new(commands::DemoInbox));
        }
        reactions::arm_sweep(db).await
    })
}

/// Says how codes reach phones. The demo has a sender of its own.
pub fn set_code_sender(fixtures: &Fixtures, sender: Arc<dyn CodeSender>) {
    fixtures.put(Arc::new(commands::Sender(sender)));
}

/// Who says it at present, for one who knows a better way and falls back on it.
pub fn code_sender(fixtures: &Fixtures) -> Option<Arc<dyn CodeSender>> {
    fixtures.find::<commands::Sender>().map(|sender| sender.0.clone())
}

/// The PHC string of a password: outside of any transaction, since it takes its time on purpose.
///
/// # Errors
/// `identity.busy` where too many wait for the same.
pub async fn hash_password(edge: &Edge, password: &str) -> Result<String, IdentityError> {
    edge.fixture::<access::Passwords>().hash(password.to_owned()).await
}

/// The actor of a service key given elsewhere than in the header: Open311's `api_key`.
///
/// # Errors
/// `identity.key_refused` where it is unknown, revoked or over; `identity.other_district` where it is for another one.
pub async fn actor_of_key(edge: &Edge, key: &str, asked: &Actor) -> Result<Actor, IdentityError> {
    access::actor_of_key(edge, key, asked).await
}

/// A random password that can be read aloud.
pub fn new_password() -> String {
    model::readable_password(&mut rand::rng())
}

/// Refuses a start whose roles and permissions do not know each other. Called once all capabilities are prepared.
///
/// # Errors
/// Names every permission that only one side knows.
pub fn check_house(edge: &Edge, capabilities: &[&Capability]) -> Result<(), Fault> {
    check_roles(edge.fixtures(), capabilities.iter().flat_map(|c| c.permissions).copied())
}

/// The code an authenticator app shows for a secret at a moment: for the demo's scripts and for tests.
pub fn second_factor_code(secret: &[u8], now: platform::Time) -> String {
    model::code_at(secret, now)
}
