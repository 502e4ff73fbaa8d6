//! The stories of sealed fields, keys and the sealed audit; those with a database are told on both engines.

mod audit;
mod fields;
mod keys;
mod log;
mod town;
