//! Every read of fieldwork: lists, bounded, in the order of an index.

pub(crate) mod forms;
pub(crate) mod submissions;

/// The first text behind an area's path and those of all below it.
pub(crate) fn end_of(path: &str) -> String {
    // '0' follows '/'.
    format!("{path}0")
}
