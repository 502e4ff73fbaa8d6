//! The log's tree and proofs, held against published vectors and another program.

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use ct_merkle::{ConsistencyProof, InclusionProof, RootHash};
use proptest::prelude::*;
use seal::log::{
    Hash, Range, is_consistent, is_included, leaf_hash, prove_consistency, prove_inclusion, root_of,
};
use sha2::Sha256;

type Other = MemoryBackedTree<Sha256, Vec<u8>>;

fn entries(count: usize) -> Vec<Vec<u8>> {
    (0..count).map(|n| n.to_string().into_bytes()).collect()
}

fn both(entries: &[Vec<u8>]) -> (Vec<Hash>, Other) {
    let mut other = Other::new();
    entries.iter().for_each(|entry| other.push(entry.clone()));
    (entries.iter().map(|entry| leaf_hash(entry)).collect(), other)
}

fn flat(proof: &[Hash]) -> Vec<u8> {
    proof.concat()
}

#[test]
fn roots_are_those_of_the_reference_program_of_rfc_6962() {
    // google/certificate-transparency, merkletree tests: eight entries and the root after each.
    let rows = [
        ("", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
        ("00", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
        ("10", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
        ("2021", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"),
        ("3031", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"),
        ("40414243", "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"),
        ("5051525354555657", "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"),
        (
            "606162636465666768696a6b6c6d6e6f",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ),
    ];
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let mut range = Range::default();
    assert_eq!(hex(&range.root()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    for (entry, root) in rows {
        let pairs = entry.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).expect("digits"));
        let entry: Vec<u8> = pairs.map(|pair| u8::from_str_radix(pair, 16).expect("a byte")).collect();
        range.append(leaf_hash(&entry));
        assert_eq!(hex(&range.root()), root);
    }
}

#[test]
fn every_proof_of_small_logs_is_the_other_programs() {
    for size in 1..40 {
        let (leaves, other) = both(&entries(size));
        let root = root_of(&leaves);
        assert_eq!(root.as_slice(), other.root().as_bytes().as_slice());
        for index in 0..size {
            let proof = prove_inclusion(&leaves, index).expect("a proof");
            assert_eq!(flat(&proof), other.prove_inclusion(index).as_bytes());
            assert!(is_included(&leaves[index], index as u64, size as u64, &proof, &root));
        }
        for old in 1..=size {
            let proof = prove_consistency(&leaves, old).expect("a proof");
            assert_eq!(flat(&proof), other.prove_consistency(size - old).as_bytes());
            let old_root = root_of(&leaves[..old]);
            assert!(is_consistent(old as u64, &old_root, size as u64, &root, &proof), "{old} of {size}");
        }
        assert!(prove_inclusion(&leaves, size).is_none() && prove_consistency(&leaves, size + 1).is_none());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_range_goes_on_from_what_was_kept(size in 0usize..500, cut in 0usize..500) {
        let (leaves, other) = both(&entries(size.max(1)));
        let cut = cut.min(leaves.len());
        let mut range = Range::default();
        leaves[..cut].iter().for_each(|leaf| range.append(*leaf));
        let mut range = Range::kept(range.size(), range.subtrees().to_vec()).expect("a range");
        prop_assert!(Range::kept(range.size() + 1, vec![[0; 32]; 17]).is_none());
        leaves[cut..].iter().for_each(|leaf| range.append(*leaf));
        prop_assert!(range.root().as_slice() == other.root().as_bytes().as_slice());
    }

    #[test]
    fn the_other_program_accepts_our_proofs(size in 1usize..300, at in 0usize..300, old in 1usize..300) {
        let (at, old) = (at % size, 1 + (old - 1) % size);
        let entries = entries(size);
        let (leaves, other) = both(&entries);
        let inclusion = InclusionProof::<Sha256>::try_from_bytes(flat(&prove_inclusion(&leaves, at).expect("a proof")));
        let inclusion = inclusion.expect("a proof's bytes");
        prop_assert!(other.root().verify_inclusion(&entries[at], at as u64, &inclusion).is_ok());
        let consistency = ConsistencyProof::<Sha256>::try_from_bytes(flat(&prove_consistency(&leaves, old).expect("a proof")));
        let before = RootHash::<Sha256>::new(root_of(&leaves[..old]).into(), old as u64);
        prop_assert!(other.root().verify_consistency(&before, &consistency.expect("a proof's bytes")).is_ok());
    }

    #[test]
    fn a_proof_with_anything_changed_is_refused(size in 2usize..200, at in 0usize..200, old in 1usize..200, bit in 0usize..256) {
        let (at, old) = (at % size, 1 + (old - 1) % (size - 1));
        let (leaves, _) = both(&entries(size));
        let (root, old_root) = (root_of(&leaves), root_of(&leaves[..old]));
        let flip = |hash: &Hash| { let mut hash = *hash; hash[bit / 8] ^= 1 << (bit % 8); hash };
        let proof = prove_inclusion(&leaves, at).expect("a proof");
        prop_assert!(!is_included(&flip(&leaves[at]), at as u64, size as u64, &proof, &root));
        prop_assert!(!is_included(&leaves[at], at as u64, size as u64, &proof, &flip(&root)));
        prop_assert!(!is_included(&leaves[at], at as u64, size as u64, &proof[1..], &root));
        prop_assert!(!is_included(&leaves[at], size as u64, size as u64, &proof, &root));
        let proof = prove_consistency(&leaves, old).expect("a proof");
        let (old, size) = (old as u64, size as u64);
        prop_assert!(!is_consistent(old, &flip(&old_root), size, &root, &proof));
        prop_assert!(!is_consistent(old, &old_root, size, &flip(&root), &proof));
        prop_assert!(!is_consistent(old, &old_root, size, &root, &[proof.as_slice(), &[root]].concat()));
        prop_assert!(!is_consistent(old, &old_root, size, &root, &proof[..proof.len() - 1]));
        for changed in 0..proof.len() {
            let mut other = proof.clone();
            other[changed] = flip(&other[changed]);
            prop_assert!(!is_consistent(old, &old_root, size, &root, &other));
        }
    }
}
