//! The sealed audit: every fact of a district is a leaf of its log, and each batch ends in a signed checkpoint.

mod append;
mod finding;
mod leaf;
mod verify;

pub use append::{SEALED_AFTER, newest_checkpoint, seal_facts};
pub use finding::{Change, Finding};
pub use leaf::entry_of;
pub use verify::{Seen, Verdict, verify};

use crate::log::Hash;
use platform::FactId;
use uuid::Uuid;

/// Bytes of a fact's id in a batch.
const ID_BYTES: usize = 16;
/// Bytes of a batch's row for one fact: its id and its leaf hash.
const LEAF_BYTES: usize = ID_BYTES + size_of::<Hash>();

/// A sealed fact: which, and as what it was sealed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Leaf {
    fact: FactId,
    hash: Hash,
}

impl Leaf {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.fact.0.as_bytes());
        out.extend_from_slice(&self.hash);
    }

    /// The leaves of a batch; none where the bytes are no whole number of them.
    fn read_all(bytes: &[u8]) -> Option<Vec<Leaf>> {
        let (leaves, rest) = bytes.as_chunks::<LEAF_BYTES>();
        let read = |bytes: &[u8; LEAF_BYTES]| {
            let (id, hash) = bytes.split_first_chunk::<ID_BYTES>()?;
            Some(Leaf { fact: FactId(Uuid::from_bytes(*id)), hash: hash.try_into().ok()? })
        };
        if rest.is_empty() { leaves.iter().map(read).collect() } else { None }
    }
}
