//! Work at the door 入户走访: forms in versions made from workbooks, and what is filled in with them, once for each id a phone made.

pub mod access;
mod catalogue;
mod commands;
mod error;
mod export;
pub mod facts;
mod http;
pub mod model;
mod plans;
mod queries;
mod reseal;
mod store;

pub use error::FieldworkError;
pub use model::{FormId, FormState, SubmissionId};
pub use reseal::RESEALS;

use ::store::migrations;
use edge::{Capability, Preparation, Settings};
use platform::Words;
use std::sync::Arc;

/// How the house knows this capability.
pub static CAPABILITY: Capability = Capability {
    name: "fieldwork",
    words: Words::of("入户走访", "Fieldwork"),
    migrations: migrations!("fieldwork", ["0001_forms.sql"]),
    permissions: access::PERMISSIONS,
    api: http::routes,
    pages: axum::Router::new,
    reactions: &[],
    timers: &[],
    prepare,
};

/// Puts the burden's numbers and an empty shelf of plans there.
fn prepare(db: &::store::Db) -> Preparation<'_> {
    Box::pin(async move {
        let settings = db.fixtures().get::<Settings>();
        db.fixtures().put(Arc::new(catalogue::BurdenBook::load(&settings)?));
        db.fixtures().put(Arc::new(plans::Plans::default()));
        Ok(())
    })
}
