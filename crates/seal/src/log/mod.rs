//! An append-only log as RFC 9162 has it: a Merkle tree over SHA-256, its proofs, and signed checkpoints. No IO.

mod note;
mod proof;
mod tree;

pub use note::{Checkpoint, LogKey, NoteFault, PublicKey};
pub use proof::{is_consistent, is_included, prove_consistency, prove_inclusion};
pub use tree::{Hash, Range, leaf_hash, root_of};
