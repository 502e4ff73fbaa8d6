//! Reads of linkage, room by room: bounded, and filtered by the reader's scope.

pub(crate) mod hotline;
pub(crate) mod outages;
pub(crate) mod partners;
pub(crate) mod sensors;
