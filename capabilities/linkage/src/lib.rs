//! Linkage 网格“1+N”: operators, departments, the hotline and other systems in the loop of a case, without re-typing.

mod access;
mod error;
mod hotline;
mod http;
mod outages;

pub use error::LinkageError;

use ::store::migrations;
use edge::Capability;
use platform::Words;

/// This capability, as the server lists it.
pub const CAPABILITY: Capability = Capability {
    name: "linkage",
    words: Words::of("联动", "Linkage"),
    migrations: migrations!("linkage", ["0001_hotline.sql", "0002_outages.sql"]),
    permissions: access::ALL,
    api: http::routes,
    pages: outages::pages,
    reactions: &[],
    timers: &[],
    prepare: |_| Box::pin(async { Ok(()) }),
};
