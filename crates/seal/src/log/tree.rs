//! The Merkle tree of RFC 9162, 2.1: hashes of leaves, and the root of all appended so far from a few hashes.

use sha2::{Digest, Sha256};

/// A node of the tree.
pub type Hash = [u8; 32];

/// Leaves and inner nodes are hashed apart, so that none passes for the other (RFC 9162, 2.1.1).
const LEAF: u8 = 0;
const NODE: u8 = 1;

/// The hash of an entry as a leaf.
pub fn leaf_hash(entry: &[u8]) -> Hash {
    Sha256::new().chain_update([LEAF]).chain_update(entry).finalize().into()
}

pub(super) fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let mut bytes = [NODE; 65];
    bytes[1..33].copy_from_slice(left);
    bytes[33..].copy_from_slice(right);
    Sha256::digest(bytes).into()
}

/// All that must be kept of a log to append to it and to know its root: the hash of each full subtree, the widest first.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Range {
    size: u64,
    subtrees: Vec<Hash>,
}

impl Range {
    /// How many leaves were appended.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The hashes kept: one for each bit of the size, the highest first.
    pub fn subtrees(&self) -> &[Hash] {
        &self.subtrees
    }

    /// A range that was kept; none where the number of hashes is not that of the size.
    pub fn kept(size: u64, subtrees: Vec<Hash>) -> Option<Self> {
        (size.count_ones() as usize == subtrees.len()).then_some(Self { size, subtrees })
    }

    pub fn append(&mut self, leaf: Hash) {
        let mut hash = leaf;
        // Each trailing one of the size is a full subtree that finds its neighbour.
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.subtrees.pop() {
                hash = node_hash(&left, &hash);
            }
        }
        self.subtrees.push(hash);
        self.size += 1;
    }

    /// The root; of an empty log the hash of nothing.
    pub fn root(&self) -> Hash {
        let fold = |right: Hash, left: &Hash| node_hash(left, &right);
        match self.subtrees.split_last() {
            None => Sha256::digest(b"").into(),
            Some((last, others)) => others.iter().rev().fold(*last, fold),
        }
    }
}

/// The root of these leaves.
pub fn root_of(leaves: &[Hash]) -> Hash {
    let mut range = Range::default();
    leaves.iter().for_each(|leaf| range.append(*leaf));
    range.root()
}
