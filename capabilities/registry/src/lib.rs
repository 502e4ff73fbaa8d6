//! The register 一标三实: places, homes, people, organisations and things, entered once, each value with its source and age, every
//! earlier state kept, every look recorded.

pub mod access;
mod catalogue;
pub mod commands;
mod error;
pub mod facts;
mod http;
pub mod looks;
mod model;
mod queries;
mod search;
mod store;
mod view;

pub use catalogue::{Catalogue, FactBook, FieldBook, KindBook, PurposeBook};
pub use error::RegistryError;
pub use model::{ActId, Content, Kind, Links, Origin, Record, RecordId, Shape, Source, State};

use ::store::migrations;
use edge::{Capability, Preparation, Settings};
use platform::Words;
use std::sync::Arc;

/// How the house knows this capability.
pub static CAPABILITY: Capability = Capability {
    name: "registry",
    words: Words::of("一标三实", "Register"),
    migrations: migrations!("registry", ["0001_register.sql"]),
    permissions: access::PERMISSIONS,
    api: http::routes,
    pages: axum::Router::new,
    reactions: &[],
    timers: &[],
    prepare,
};

/// Puts what may be kept, and why, on the shelf.
fn prepare(db: &::store::Db) -> Preparation<'_> {
    Box::pin(async move {
        let settings = db.fixtures().get::<Settings>();
        db.fixtures().put(Arc::new(Catalogue::load(&settings)?));
        Ok(())
    })
}
