//! Secrets of a district: sealed fields, blind look-up, and the append-only log that proves what was written.
//!
//! A master key outside the database wraps each district's keys ([`KeyHolder`]); they are unwrapped at the start and stand on
//! the shelf as the [`Vault`]. Why so: docs/decisions/0011 and 0012.

mod facts;
mod holder;
mod keyring;
pub mod ledger;
mod link;
pub mod log;
mod suite;
mod vault;

pub use holder::{KeyFile, KeyHolder};
pub use keyring::{Blind, Context, KeyNumber, Keyring, SealFault};
pub use link::Link;
pub use suite::Suite;
pub use vault::{KEY_FILE_NAME, Reseal, Resealing, SealSettings, Vault, prepare, prepare_with, rotate};
pub use zeroize::Zeroizing;
