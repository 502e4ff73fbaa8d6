//! Planned work and outages 停水停电停气: what an operator announces, the homes it concerns, the notice and its feeds.

pub(crate) mod catalogue;
pub(crate) mod concern;
pub(crate) mod facts;
mod feeds;
mod http;
mod notice;
mod pages;
mod reactions;
pub(crate) mod tell;
mod unreached;
mod view;
pub(crate) mod visits;

pub(crate) use http::routes;
pub(crate) use pages::pages;
pub(crate) use reactions::{REACTIONS, TIMERS};

use self::catalogue::OutageBook;
use ::store::Db;
use edge::Settings;
use platform::Fault;
use std::sync::Arc;

/// Puts what outages mean on the shelf.
///
/// # Errors
/// A fault that names what is wrong in the catalogue.
pub(crate) fn prepare(db: &Db) -> Result<(), Fault> {
    let fixtures = db.fixtures();
    let (settings, rules) = (fixtures.get::<Settings>(), fixtures.get::<cases::Rules>());
    let book = OutageBook::load(&settings, &rules, &fixtures.get::<registry::Catalogue>())?;
    fixtures.put(Arc::new(book));
    Ok(())
}
