//! Stories of a hotline: work orders come in by program and by table, are worked on, and are answered.

mod again;
mod orders;
mod pull;
mod table;
mod town;
