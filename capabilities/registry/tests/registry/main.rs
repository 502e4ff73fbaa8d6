//! Stories of the register, told through the front door on both engines.

mod affected;
mod apart;
mod basis;
mod clear;
mod coverage;
mod deeds;
mod demo;
mod exports;
mod features;
mod history;
mod imports;
mod keys;
mod looks;
mod plates;
mod retention;
mod rights;
mod search;
mod served;
mod statements;
mod sync;
mod town;
