//! Cases 事件: a report becomes a case with one responsible post, a clock, a timeline, a result confirmed by the reporter.

pub mod access;
mod answers;
mod at_hand;
pub mod catalogue;
mod codes;
pub mod commands;
pub mod day;
pub mod demo;
pub mod duties;
mod error;
pub mod export;
pub mod facts;
mod http;
pub mod import;
mod intake;
mod joint;
pub mod linked;
mod map;
pub mod model;
mod news;
mod open311;
pub mod outcome;
mod pages;
pub mod photos;
pub mod promises;
pub mod queries;
mod reach;
mod reactions;
pub mod routing;
mod rules;
mod search;
pub mod similar;
mod stage;
mod store;
pub mod suggest;
pub mod trial;
mod view;

pub use access::HANDLE;
pub use at_hand::{list_at_address, list_at_hand};
pub use error::CaseError;
pub use model::{Case, CaseId, EntryId, FollowerId, PhotoId, Source};
pub use queries::{EntryRow, PhotoRow};
pub use rules::Rules;
pub use view::{CaseLine, PostRef};

use edge::{Capability, Preparation, Settings};
use platform::{Fault, Words};
use std::sync::Arc;

/// This capability, as the server lists it.
pub const CAPABILITY: Capability = Capability {
    name: "cases",
    words: Words::of("事件", "Cases"),
    migrations: ::store::migrations!(
        "cases",
        [
            "0001_open_case.sql",
            "0002_other_systems.sql",
            "0003_counts.sql",
            "0004_map.sql",
            "0005_day.sql",
            "0006_due.sql",
            "0007_reported.sql",
            "0008_filtered.sql",
            "0009_merged.sql",
            "0010_duties.sql",
            "0011_joint.sql",
            "0012_given.sql",
            "0013_told.sql",
            "0014_answer.sql",
            "0015_reach.sql"
        ]
    ),
    permissions: access::ALL,
    api: http::routes,
    pages: || pages::routes().merge(open311::routes()).merge(duties::pages()),
    reactions: &[],
    timers: reactions::TIMERS,
    prepare,
};

fn prepare(db: &::store::Db) -> Preparation<'_> {
    Box::pin(async move {
        let rules = load_rules(db).await?;
        db.fixtures().put(Arc::new(rules));
        db.fixtures().put(Arc::new(joint::JointBook::load(&db.fixtures().get::<Settings>())?));
        db.fixtures().put(Arc::new(reach::ReachBook::load(&db.fixtures().get::<Settings>())?));
        // A house may do without messages; then nobody asks by which telephone a reporter is reached.
        if let Some(books) = db.fixtures().find::<messages::Books>() {
            books.add(Arc::new(reach::Reporters));
        }
        db.fixtures().put(Arc::new(queries::map::Charts::default()));
        db.fixtures().put(Arc::new(similar::Memory::default()));
        Ok(())
    })
}

/// The rule book from the catalogue, with the types that single districts brought with them.
async fn load_rules(db: &::store::Db) -> Result<Rules, Fault> {
    let settings = db.fixtures().get::<Settings>();
    let own_types = import::OwnTypes::read(db).await?;
    let rules = Rules::load(settings.catalog.as_deref())?.with_own_types(own_types);
    rules.duties().follow(db).await?;
    Ok(rules)
}
