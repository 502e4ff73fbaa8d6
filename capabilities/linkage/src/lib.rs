//! Linkage 网格“1+N”: operators, departments, the hotline and other systems in the loop of a case, without re-typing.

mod access;
mod commands;
mod error;
mod hotline;
mod http;
mod model;
mod outages;
mod partners;
mod queries;
mod reactions;
mod store;

pub use error::LinkageError;
pub use partners::{RESEALS, follow, sweep};

use ::store::migrations;
use edge::{Capability, Preparation};
use platform::Words;

/// This capability, as the server lists it.
pub const CAPABILITY: Capability = Capability {
    name: "linkage",
    words: Words::of("联动", "Linkage"),
    migrations: migrations!("linkage", ["0001_hotline.sql", "0002_outages.sql", "0003_partners.sql"]),
    permissions: access::ALL,
    api: http::routes,
    pages: outages::pages,
    reactions: reactions::REACTIONS,
    timers: reactions::TIMERS,
    prepare,
};

fn prepare(db: &::store::Db) -> Preparation<'_> {
    Box::pin(async move {
        hotline::prepare(db)?;
        outages::prepare(db)?;
        partners::prepare(db).await
    })
}
