//! Work orders of a hotline (12345): taken in once, worked on as cases, answered with result and satisfaction.

pub(crate) mod book;
mod export;
pub(crate) mod facts;
mod http;
mod row;
mod table;
mod view;

pub(crate) use http::routes;

use self::book::HotlineBook;
use ::store::Db;
use edge::Settings;
use platform::Fault;
use std::sync::Arc;

/// Puts what hotlines send means here on the shelf.
///
/// # Errors
/// A fault that names what is wrong in the catalogue.
pub(crate) fn prepare(db: &Db) -> Result<(), Fault> {
    let fixtures = db.fixtures();
    let (settings, rules) = (fixtures.get::<Settings>(), fixtures.get::<cases::Rules>());
    fixtures.put(Arc::new(HotlineBook::load(&settings, &rules)?));
    Ok(())
}
