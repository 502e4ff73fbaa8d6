//! Every write of linkage, room by room: load for a purpose, decide, save, record the fact.

pub(crate) mod hotline;
pub(crate) mod outages;
pub(crate) mod partners;
pub(crate) mod sandbox;
pub(crate) mod sensors;
