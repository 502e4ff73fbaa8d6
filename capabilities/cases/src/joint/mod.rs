//! Working together 协同: one host keeps the case and its clock, others help with steps of their own (协办), and a street calls units to
//! the spot (吹哨报到). Reviews are of calls and offices, never of persons.
//!
//! Reading order: `book.rs`, `help.rs`, `call.rs`, [`crate::commands::joint`].

mod book;
mod call;
pub(crate) mod facts;
mod help;
mod http;
mod view;

pub(crate) use book::JointBook;
pub use call::CallId;
pub(crate) use call::{Call, CallState, CalledUnit, Outcome};
pub use help::HelpId;
pub(crate) use help::{Help, HelpState};
pub(crate) use http::routes;
