//! THE LIST of capabilities, lowest row first. Adding one is a folder and a line here.

use edge::Capability;

/// Every capability of this house, in the order in which they are prepared.
pub static LIST: &[&Capability] = &[&territory::CAPABILITY, &identity::CAPABILITY, &cases::CAPABILITY];
