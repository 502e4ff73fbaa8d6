//! THE LIST of capabilities, lowest row first. Adding one is a folder and a line here.

use edge::Capability;

/// Every capability of this house, in the order in which they are prepared.
pub static LIST: &[&Capability] = &[
    // what leaves the house
    &courier::CAPABILITY,
    // row 0
    &territory::CAPABILITY,
    // row 1
    &identity::CAPABILITY,
    // row 2
    &messages::CAPABILITY,
    &registry::CAPABILITY,
    // row 3
    &cases::CAPABILITY,
    // row 4
    &fieldwork::CAPABILITY,
    &linkage::CAPABILITY,
    // what runs them all
    &crate::operations::CAPABILITY,
];

/// What is sealed anew after a key was rotated, table by table.
pub static RESEALS: &[&[seal::Reseal]] =
    &[registry::RESEALS, fieldwork::RESEALS, courier::RESEALS, messages::RESEALS, linkage::RESEALS];
