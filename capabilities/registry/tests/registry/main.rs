//! Stories of the register, told through the front door on both engines.

mod deeds;
mod features;
mod history;
mod keys;
mod looks;
mod statements;
mod town;
