//! Stories of the register, told through the front door on both engines.

mod deeds;
mod demo;
mod features;
mod history;
mod keys;
mod looks;
mod search;
mod statements;
mod town;
