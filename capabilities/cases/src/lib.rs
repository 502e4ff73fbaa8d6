//! cases

pub mod catalogue;
pub mod suggest;
