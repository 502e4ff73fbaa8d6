//! Duty lists as documents 清单: drafted, laid out for objections, published by number and date, in force from midnight, readable for good.
//!
//! A version never changes once it is published. Which one holds is a question of the day alone ([`Shelf`]), so every server changes over
//! at the same midnight. Reading order: `version.rs`, `check.rs`, `diff.rs`, [`crate::commands::duties`].

mod check;
mod diff;
pub(crate) mod facts;
mod http;
mod pages;
mod shelf;
mod table;
mod version;
mod view;

pub(crate) use check::{Hole, check};
pub(crate) use diff::{Change, ItemChange, diff};
pub(crate) use http::routes;
pub(crate) use pages::routes as pages;
pub(crate) use shelf::Shelf;
pub use shelf::{InForce, follow};
pub(crate) use version::{Content, DutyItem, DutyVersion, Objection, Terms, VersionState};
pub use version::{DutyVersionId, ObjectionId};

/// The lists a district publishes, in the order people read them: who answers, what a grid may be asked, what a grid needs.
pub const LISTS: [&str; 3] =
    [crate::catalogue::RESPONSIBILITIES, crate::catalogue::GRID_MATTERS, crate::catalogue::NEEDS];
