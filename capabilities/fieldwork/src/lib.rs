//! Work at the door 入户走访: forms in versions made from workbooks, and what is filled in with them, once for each id a phone made.

pub mod access;
mod campaigns;
mod catalogue;
mod commands;
mod days;
pub mod demo;
mod error;
mod export;
pub mod facts;
mod figures;
mod files;
mod http;
pub mod model;
mod pages;
mod plans;
mod queries;
mod reactions;
mod reseal;
mod store;
mod uploads;

pub use commands::errands::{ErrandAsked, ErrandAt, ask, ask_at, ask_each, take_back};
pub use commands::uploads::sweep_uploads;
pub use error::FieldworkError;
pub use model::{
    CampaignId, CommandId, DeviceId, Errand, ErrandPlace, FormId, FormState, Outcome, RouteId, SubmissionId,
    TaskId, TaskKind, TaskState,
};
pub use reseal::RESEALS;

use ::store::migrations;
use edge::{Capability, Preparation, Settings};
use platform::Words;
use std::sync::Arc;

/// How the house knows this capability.
pub static CAPABILITY: Capability = Capability {
    name: "fieldwork",
    words: Words::of("入户走访", "Fieldwork"),
    migrations: migrations!(
        "fieldwork",
        [
            "0001_forms.sql",
            "0002_tasks.sql",
            "0003_sync.sql",
            "0004_files.sql",
            "0005_campaigns.sql",
            "0006_day.sql"
        ]
    ),
    permissions: access::PERMISSIONS,
    api: http::routes,
    pages: || pages::routes().merge(http::openrosa::routes()),
    reactions: &[],
    timers: reactions::TIMERS,
    prepare,
};

/// Puts the catalogues and an empty shelf of plans there, and sets the clocks.
fn prepare(db: &::store::Db) -> Preparation<'_> {
    Box::pin(async move {
        let settings = db.fixtures().get::<Settings>();
        db.fixtures().put(Arc::new(catalogue::BurdenBook::load(&settings)?));
        let catalogue = db.fixtures().get::<registry::Catalogue>();
        db.fixtures().put(Arc::new(catalogue::CampaignBook::load(&settings, &catalogue)?));
        db.fixtures().put(Arc::new(catalogue::VisitBook::load(&settings, &catalogue)?));
        db.fixtures().put(Arc::new(catalogue::DayBook::load(&settings)?));
        db.fixtures().put(Arc::new(catalogue::SheetBook::load(&settings)?));
        db.fixtures().put(Arc::new(plans::Plans::default()));
        db.fixtures().put(Arc::new(catalogue::CarriedBook::load(&settings, &catalogue)?));
        reactions::arm(db).await
    })
}
