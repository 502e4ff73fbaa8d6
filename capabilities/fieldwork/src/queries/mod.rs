//! Every read of fieldwork: lists, bounded, in the order of an index.

pub(crate) mod campaigns;
pub(crate) mod days;
pub(crate) mod devices;
pub(crate) mod forms;
pub(crate) mod routes;
pub(crate) mod saved;
pub(crate) mod sheets;
pub(crate) mod submissions;
pub(crate) mod sync;
pub(crate) mod tasks;

/// The first text behind an area's path and those of all below it.
pub(crate) fn end_of(path: &str) -> String {
    // '0' follows '/'.
    format!("{path}0")
}
