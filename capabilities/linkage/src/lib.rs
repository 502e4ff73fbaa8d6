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
mod sensors;
mod store;

pub use error::LinkageError;
pub use partners::follow;
pub use sensors::{demo, listen};

use ::store::migrations;
use edge::{Capability, Preparation};
use platform::{DistrictId, Fault, Words};
use seal::Reseal;

/// This capability, as the server lists it.
pub const CAPABILITY: Capability = Capability {
    name: "linkage",
    words: Words::of("联动", "Linkage"),
    migrations: migrations!(
        "linkage",
        ["0001_hotline.sql", "0002_outages.sql", "0003_partners.sql", "0004_sensors.sql"]
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

/// Forgets messages of partners and readings of sensors of long ago.
///
/// # Errors
/// The store.
pub async fn sweep(db: &::store::Db, district: DistrictId) -> Result<u64, Fault> {
    Ok(partners::sweep(db, district).await? + sensors::sweep(db, district).await?)
}
