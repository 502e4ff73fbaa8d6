//! Stories of the register, told through the front door on both engines.

mod deeds;
mod demo;
mod exports;
mod features;
mod history;
mod imports;
mod keys;
mod looks;
mod search;
mod statements;
mod town;
