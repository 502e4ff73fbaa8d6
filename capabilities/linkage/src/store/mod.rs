//! Loads and saves of linkage, room by room.

pub(crate) mod broker;
pub(crate) mod exchanges;
pub(crate) mod hotline;
pub(crate) mod outages;
pub(crate) mod partners;
pub(crate) mod sensors;
pub(crate) mod shown_photos;
