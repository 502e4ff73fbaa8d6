//! Forms end to end: workbooks in, answers through, XForms out.

mod chance;
mod checks;
mod corpus;
mod filling;
mod known;
mod making;
mod openrosa;
mod papers;
mod vectors;
mod versions;
mod workbook;
