//! Forms end to end: workbooks in, answers through, XForms out.

mod corpus;
mod vectors;
