//! The register 一标三实: places, homes, people, organisations and things, entered once, each value with its source and age, every
//! earlier state kept, every look recorded.

pub mod access;
mod actions;
mod catalogue;
pub mod commands;
pub mod demo;
mod error;
mod export;
pub mod facts;
mod features;
mod http;
pub mod import;
pub mod looks;
pub mod model;
mod pages;
mod plates;
mod queries;
pub mod reached;
mod reactions;
mod reseal;
mod search;
mod store;
mod view;

pub use catalogue::{Catalogue, DetailBook, FactBook, FieldBook, KindBook, PurposeBook, Rights};
pub use error::RegistryError;
pub use http::homes::{HomeView, look_at_home};
pub use http::{EnterBody, GivenBody, viewer};
pub use model::{ActId, Content, Kind, Links, Origin, Record, RecordId, Shape, Source, State};
pub use queries::carry;
pub use queries::described::{
    Behind, Described, Fit, Inspection, PlacePoint, fitting, inspections_until, points_of,
};
pub use queries::grounds::{Concerned, Ground, concerned};
pub use queries::known::{KnownShare, known_share};
pub use queries::listed::{Listed, listed};
pub use queries::served::{
    Branch, Nameable, SERVED_BUILDINGS_MAX, Served, nameable_in, served_below, served_on,
};
pub use reseal::RESEALS;
pub use view::Viewer;

use ::store::migrations;
use edge::{Capability, Preparation, Settings};
use platform::{DistrictId, Fault, Words};
use std::sync::Arc;

/// How the house knows this capability.
pub static CAPABILITY: Capability = Capability {
    name: "registry",
    words: Words::of("一标三实", "Register"),
    migrations: migrations!(
        "registry",
        [
            "0001_register.sql",
            "0002_import.sql",
            "0003_rights.sql",
            "0004_on_the_map.sql",
            "0005_claim_key.sql",
            "0006_plates.sql",
            "0007_in_order.sql",
            "0008_batch_of_act.sql",
            "0009_told_apart.sql",
            "0010_roots.sql",
            "0011_carried.sql"
        ]
    ),
    permissions: access::PERMISSIONS,
    api: http::routes,
    pages: || features::routes().merge(pages::routes()),
    reactions: reactions::REACTIONS,
    timers: reactions::TIMERS,
    prepare,
};

/// Puts what may be kept, and why, on the shelf.
fn prepare(db: &::store::Db) -> Preparation<'_> {
    Box::pin(async move {
        let settings = db.fixtures().get::<Settings>();
        let catalogue = Catalogue::load(&settings)?;
        db.fixtures().put(Arc::new(Rights::load(&settings, &catalogue)?));
        db.fixtures().put(Arc::new(import::ImportBook::load(&settings, &catalogue)?));
        db.fixtures().put(Arc::new(import::Runs::default()));
        let catalogue = Arc::new(catalogue);
        db.fixtures().put(catalogue.clone());
        // A house may do without messages; then nobody asks by whom a household is reached.
        if let Some(books) = db.fixtures().find::<messages::Books>() {
            books.add(Arc::new(reached::Households { vault: db.fixtures().get(), catalogue }));
        }
        reactions::arm(db).await
    })
}

/// How many records of each area have a value that is to be confirmed, by path.
///
/// # Errors
/// A fault of the database.
pub async fn count_stale(db: &::store::Db, district: DistrictId) -> Result<Vec<(String, i64)>, Fault> {
    let now = db.clock().now();
    db.read_long(async move |conn: &mut ::store::Conn| {
        queries::counts::count_stale(conn, district, now).await
    })
    .await
}

/// A record as it is: its version and content, for the house's own checks. Nobody is shown it, so it is no look.
///
/// # Errors
/// A fault where it cannot be read or opened.
pub async fn state_of(
    edge: &edge::Edge,
    district: DistrictId,
    id: RecordId,
) -> Result<Option<(i64, Content)>, Fault> {
    let keys = edge.fixture::<seal::Vault>().of(district)?;
    edge.db
        .read(async move |conn: &mut ::store::Conn| {
            let row = store::find(conn, district, id).await?;
            let record = row.map(|row| row.open(&keys, district)).transpose()?;
            Ok(record.map(|record| (record.version, record.content)))
        })
        .await
}

/// A record as it was as one version of it; none where it never had that version.
///
/// # Errors
/// As [`state_of`].
pub async fn state_at(
    edge: &edge::Edge,
    district: DistrictId,
    id: RecordId,
    version: i64,
) -> Result<Option<Content>, Fault> {
    let present = state_of(edge, district, id).await?;
    if let Some((_, content)) = present.filter(|(now, _)| *now == version) {
        return Ok(Some(content));
    }
    let keys = edge.fixture::<seal::Vault>().of(district)?;
    edge.db
        .read(async move |conn: &mut ::store::Conn| {
            let changes = store::changes(conn, &keys, district, id).await?;
            Ok(changes
                .into_iter()
                .find(|(change, _)| change.version == version + 1)
                .map(|(_, before)| before))
        })
        .await
}

/// A record as it is, within a write, for the house's own checks: nobody is shown it, so it is no look.
///
/// # Errors
/// As [`state_of`].
pub async fn record_in(tx: &mut ::store::Tx, id: RecordId) -> Result<Option<Record>, Fault> {
    store::load(tx, id).await
}

/// A record as it was as one version of it, within a write; none where it never had that version.
///
/// # Errors
/// As [`state_of`].
pub async fn content_in(
    tx: &mut ::store::Tx,
    present: &Record,
    version: i64,
) -> Result<Option<Content>, Fault> {
    if present.version == version {
        return Ok(Some(present.content.clone()));
    }
    let (district, keys) = (tx.district(), store::keys(tx)?);
    let changes = store::changes(tx, &keys, district, present.id).await?;
    Ok(changes.into_iter().find(|(change, _)| change.version == version + 1).map(|(_, before)| before))
}
