//! The ground of a district: areas with boundaries valid over time, posts and who holds them, and which grid a place is in.
//!
//! Others read the [`Map`] (a snapshot in memory) and call the commands below within their own transaction. This
//! capability stands lowest: it knows accounts only by their id.

mod access;
mod commands;
mod error;
mod http;
mod model;
mod pages;
mod queries;
mod store;

pub use access::{EDIT_AREAS, HAND_OVER, MANAGE_POSTS, STAND_IN, VIEW_AREAS};
pub use commands::{
    AddOrganisation, ChangeOrganisation, DemoPerson, DemoPlan, DemoScale, ExportOptions, HandOver,
    HandedOver, HandedPost, Heir, HoldPost, ImportOptions, ImportReport, ImportStep, Imported, KeptPost,
    NoteAbsence, OpenPost, StandIn, StoodIn, UndoneHandOver, add_organisation, change_organisation,
    check_areas, close_post, end_holding, end_stand_in, export_file, export_text, hand_over, hold_post,
    import_areas, import_bytes, import_file, note_absence, open_post, plan_demo, read_published_phone,
    seed_demo, stand_in, undo_hand_over, write,
};
pub use error::TerritoryError;
pub use model::{
    Area, AreaDraft, AreaId, AreaKind, AreaLevel, Away, CheckedPlan, Drawn, DrawnCell, Edition, FileFormat,
    FileOptions, Finding, HeldPost, Holding, HoldingId, HoldingRole, Land, Near, Organisation,
    OrganisationKind, Plan, Post, PostKind, ReadFile, Review, Roster, Seats, Severity, Snapshot,
    cjt349_place, code_of_path, level_of_code, parent_path, read_file, root_path,
};
pub use queries::{Map, find_area, list_areas_at, list_holdings, list_versions};

use edge::{Capability, Preparation};
use platform::Words;
use std::sync::Arc;

/// How the territory joins the house.
pub const CAPABILITY: Capability = Capability {
    name: "territory",
    words: Words::of("区域与岗位", "Territory"),
    migrations: ::store::migrations!("territory", ["0001_territory.sql"]),
    permissions: access::ALL,
    api: http::routes,
    pages: pages::routes,
    reactions: &[],
    timers: &[],
    prepare,
};

/// Puts the map on the shelf, with every district this server runs.
fn prepare(db: &::store::Db) -> Preparation<'_> {
    Box::pin(async move {
        let map = Arc::new(Map::new(db.clock().clone()));
        db.fixtures().put(map.clone());
        db.fixtures().put(Arc::new(http::TileShelf::default()));
        let districts = db.fixtures().get::<edge::Districts>();
        for district in districts.all() {
            map.refresh(db, district.district).await?;
        }
        Ok(())
    })
}
