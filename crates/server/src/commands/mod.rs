//! The commands of `mulin`, one file each.

pub(crate) mod audit;
pub(crate) mod backup;
pub(crate) mod bench;
pub(crate) mod config;
pub(crate) mod demo;
pub(crate) mod export;
pub(crate) mod flow;
pub(crate) mod found;
pub(crate) mod import;
pub(crate) mod keys;
pub(crate) mod migrate;
pub(crate) mod openapi;
pub(crate) mod registry;
pub(crate) mod routing;
pub(crate) mod sandbox;
pub(crate) mod tables;
