//! The edge between HTTP and the capabilities: who asks, in which district, refusals as answers, pages and their look,
//! limits per source, live facts; and the descriptor by which a capability joins the house.

mod assets;
mod capability;
mod compress;
mod cookies;
mod district;
mod exchange;
mod extract;
mod faces;
mod form;
mod guard;
mod idempotent;
mod install;
mod key_use;
mod live;
mod page;
mod rate;
mod recording;
mod sandbox;
mod settings;
mod who;

pub use assets::Assets;
pub use capability::{Capability, Preparation, prepare, router, workload};
pub use cookies::{Cookies, SetCookie};
pub use district::{District, Districts};
pub use exchange::{
    EXCERPT_BYTES_MAX, Excerpt, Exchange, MASK, Recorder, Recorders, SECRET_MASK, Way, headers_that_matter,
    masked,
};
pub use extract::{Body, BodyUpTo, BytesUpTo, PathOf, QueryOf};
pub use form::{FormFault, Multipart, Part};
pub use guard::{SECURITY_HEADERS, is_secure};
pub use idempotent::idempotent;
pub use key_use::{KeyCalls, KeyRoute, KeyUses};
pub use live::{Live, follow};
pub use page::{Html, Page, Trouble};
pub use rate::{Quota, Rates};
pub use sandbox::InSandbox;
pub use settings::Settings;
pub use who::{Authenticate, Shown, Who};

use platform::Fixtures;
use std::sync::Arc;

/// What every handler is given: the database, and what the capabilities loaded at the start.
#[derive(Clone, Debug)]
pub struct Edge {
    pub db: store::Db,
}

impl Edge {
    pub fn new(db: store::Db) -> Self {
        Self { db }
    }

    pub fn fixtures(&self) -> &Fixtures {
        self.db.fixtures()
    }

    /// What a capability loaded at the start.
    pub fn fixture<T: Send + Sync + 'static>(&self) -> Arc<T> {
        self.db.fixtures().get()
    }

    pub fn settings(&self) -> Arc<Settings> {
        self.fixture()
    }

    pub fn now(&self) -> platform::Time {
        self.db.clock().now()
    }
}
