//! Linkage 网格“1+N”: operators, departments, the hotline and other systems in the loop of a case, without re-typing.

mod access;
mod commands;
mod error;
mod hotline;
mod http;
mod model;
mod outages;
mod pages;
mod partners;
mod queries;
mod reactions;
pub mod sandbox;
mod sensors;
mod store;

pub use error::LinkageError;
pub use partners::follow;
pub use sensors::{demo, listen};

use ::store::migrations;
use edge::{Capability, Preparation};
use platform::{DistrictId, Fault, Sandbox, Words};
use seal::Reseal;

/// This capability, as the server lists it.
pub const CAPABILITY: Capability = Capability {
    name: "linkage",
    words: Words::of("联动", "Linkage"),
    migrations: migrations!(
        "linkage",
        [
            "0001_hotline.sql",
            "0002_outages.sql",
            "0003_partners.sql",
            "0004_sensors.sql",
            "0005_exchanges.sql",
            "0007_shown_photos.sql"
        ]
    ),
    permissions: access::ALL,
    api: http::routes,
    pages: pages::routes,
    reactions: reactions::REACTIONS,
    timers: reactions::TIMERS,
    prepare,
};

fn prepare(db: &::store::Db) -> Preparation<'_> {
    Box::pin(async move {
        hotline::prepare(db)?;
        outages::prepare(db)?;
        sensors::prepare(db)?;
        partners::prepare(db).await
    })
}

/// The tables of linkage that hold sealed values.
pub const RESEALS: &[Reseal] = &[partners::RESEAL, sensors::RESEAL];

/// Forgets messages of partners, readings of sensors and what went in and out of a sandbox long ago.
///
/// # Errors
/// The store.
pub async fn sweep(db: &::store::Db, district: DistrictId) -> Result<u64, Fault> {
    let of_sandbox = match Sandbox::of(district) {
        Some(sandbox) => sandbox::sweep(db, sandbox).await?,
        None => 0,
    };
    Ok(of_sandbox + partners::sweep(db, district).await? + sensors::sweep(db, district).await?)
}
