//! registry: (say in one sentence what it is for, and for whom).

mod access;
mod commands;
mod error;
mod http;
mod model;
mod queries;
mod store;

use ::store::migrations;
use edge::Capability;
use platform::Words;

/// How the house knows this capability.
pub static CAPABILITY: Capability = Capability {
    name: "registry",
    words: Words::of("registry", "registry"),
    migrations: migrations!("registry", ["0001_open.sql"]),
    permissions: access::PERMISSIONS,
    api: http::routes,
    pages: axum::Router::new,
    reactions: &[],
    timers: &[],
    prepare: |_| Box::pin(async { Ok(()) }),
};
