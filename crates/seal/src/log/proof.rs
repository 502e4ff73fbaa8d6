//! Proofs: that an entry is in a log, and that one log is the beginning of another (RFC 9162, 2.1.3 and 2.1.4).

use super::tree::{Hash, node_hash, root_of};

/// The hashes beside the way from a leaf to the root; none where there is no such leaf.
pub fn prove_inclusion(leaves: &[Hash], index: usize) -> Option<Vec<Hash>> {
    (index < leaves.len()).then(|| path(leaves, index))
}

/// RFC 9162, 2.1.3.1.
fn path(leaves: &[Hash], index: usize) -> Vec<Hash> {
    if leaves.len() <= 1 {
        return Vec::new();
    }
    let (left, right) = leaves.split_at(split(leaves.len()));
    let (mut proof, beside) = match index.checked_sub(left.len()) {
        None => (path(left, index), right),
        Some(index) => (path(right, index), left),
    };
    proof.push(root_of(beside));
    proof
}

/// Whether the leaf is the one at `index` of the log of this size and root (RFC 9162, 2.1.3.2).
pub fn is_included(leaf: &Hash, index: u64, size: u64, proof: &[Hash], root: &Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut node, mut last, mut hash) = (index, size - 1, *leaf);
    for beside in proof {
        if last == 0 {
            return false;
        }
        if node & 1 == 1 || node == last {
            hash = node_hash(beside, &hash);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, beside);
        }
        node >>= 1;
        last >>= 1;
    }
    last == 0 && hash == *root
}

/// The hashes that lead from the log's first `old` leaves to all of them; none where it has fewer, or for an empty log.
pub fn prove_consistency(leaves: &[Hash], old: usize) -> Option<Vec<Hash>> {
    (0 < old && old <= leaves.len()).then(|| subproof(leaves, old, true))
}

/// RFC 9162, 2.1.4.1. `is_whole`: the old log is a whole subtree, whose hash the verifier has.
fn subproof(leaves: &[Hash], old: usize, is_whole: bool) -> Vec<Hash> {
    if old == leaves.len() {
        return if is_whole { Vec::new() } else { vec![root_of(leaves)] };
    }
    let (left, right) = leaves.split_at(split(leaves.len()));
    let (mut proof, beside) = match old.checked_sub(left.len()) {
        None | Some(0) => (subproof(left, old, is_whole), right),
        Some(old) => (subproof(right, old, false), left),
    };
    proof.push(root_of(beside));
    proof
}

/// Whether a log of `old_size` and `old_root` is the beginning of that of `size` and `root` (RFC 9162, 2.1.4.2).
pub fn is_consistent(old_size: u64, old_root: &Hash, size: u64, root: &Hash, proof: &[Hash]) -> bool {
    if old_size == 0 || old_size > size {
        return false;
    }
    if old_size == size {
        return proof.is_empty() && old_root == root;
    }
    // Where the old log is one whole subtree, its root begins the way and is not sent.
    let (first, rest) = match (old_size.is_power_of_two(), proof) {
        (true, rest) => (old_root, rest),
        (false, [first, rest @ ..]) => (first, rest),
        (false, []) => return false,
    };
    let (mut node, mut last) = (old_size - 1, size - 1);
    while node & 1 == 1 {
        node >>= 1;
        last >>= 1;
    }
    let (mut old_hash, mut hash) = (*first, *first);
    for beside in rest {
        if last == 0 {
            return false;
        }
        if node & 1 == 1 || node == last {
            old_hash = node_hash(beside, &old_hash);
            hash = node_hash(beside, &hash);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, beside);
        }
        node >>= 1;
        last >>= 1;
    }
    last == 0 && old_hash == *old_root && hash == *root
}

/// The widest full subtree that leaves something on its right.
fn split(leaves: usize) -> usize {
    leaves.next_power_of_two() / 2
}
