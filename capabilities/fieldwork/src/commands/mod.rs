//! Every write of fieldwork: load for a purpose, decide, save, record the fact.

mod forms;
mod look;
mod submit;

pub(crate) use forms::{change_state, make_version, read_workbook};
pub(crate) use look::look;
pub(crate) use submit::{Sent, submit};
