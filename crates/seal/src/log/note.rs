//! Checkpoints: the size and root of a log in three lines, signed, to be kept by others (C2SP tlog-checkpoint, signed-note).

use super::tree::Hash;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use platform::{DistrictId, Fault, FaultKind};
use sha2::{Digest, Sha256};
use std::fmt;

/// The signature type of Ed25519 (C2SP signed-note).
const ED25519: u8 = 1;
/// Between a signature's line and the text.
const DASH: &str = "\u{2014} ";
/// A note longer than this is none of ours.
const NOTE_BYTES_MAX: usize = 16 * 1024;

/// The key that signs a district's checkpoints.
#[derive(Clone)]
pub struct LogKey {
    key: SigningKey,
    public: PublicKey,
}

/// What others need to check a checkpoint, and which log it is of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PublicKey {
    /// The log's origin and the key's name.
    name: String,
    id: [u8; 4],
    key: VerifyingKey,
}

/// The head of a log.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Checkpoint {
    /// Which log: `mulin/430204/facts`.
    pub origin: String,
    pub size: u64,
    pub root: Hash,
}

/// Why a note is no checkpoint of a log.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NoteFault {
    /// Its lines are not those of a checkpoint.
    #[error("it is no checkpoint: {0}")]
    Form(&'static str),
    /// Another log's.
    #[error("it is a checkpoint of {found}, not of {expected}")]
    Origin { expected: String, found: String },
    /// Nobody signed it, or another key did, or it was changed.
    #[error("its signature is not that of {0}")]
    Signature(String),
}

impl LogKey {
    /// The key of a district's log of facts from its 32 bytes.
    pub fn new(district: DistrictId, seed: &[u8]) -> Result<Self, Fault> {
        let wrong_length = |_| Fault::new(FaultKind::Corrupt, "a log key is of another length");
        let key = SigningKey::from_bytes(seed.try_into().map_err(wrong_length)?);
        let public = PublicKey::new(format!("mulin/{district}/facts"), key.verifying_key());
        Ok(Self { key, public })
    }

    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// The checkpoint of this size and root, signed: text, blank line, signature.
    pub fn sign(&self, size: u64, root: Hash) -> String {
        let checkpoint = Checkpoint { origin: self.public.name.clone(), size, root };
        let text = checkpoint.to_string();
        let mut signature = self.public.id.to_vec();
        signature.extend_from_slice(&self.key.sign(text.as_bytes()).to_bytes());
        format!("{text}\n{DASH}{} {}\n", self.public.name, STANDARD.encode(signature))
    }
}

impl fmt::Debug for LogKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LogKey({})", self.public)
    }
}

impl PublicKey {
    fn new(name: String, key: VerifyingKey) -> Self {
        let digest = Sha256::new()
            .chain_update(name.as_bytes())
            .chain_update([b'\n', ED25519])
            .chain_update(key.as_bytes())
            .finalize();
        let id = [digest[0], digest[1], digest[2], digest[3]];
        Self { name, id, key }
    }

    /// The log this key signs for.
    pub fn origin(&self) -> &str {
        &self.name
    }

    /// The district whose log it is; none where the name is not one this program gives.
    pub fn district(&self) -> Option<DistrictId> {
        self.name.strip_prefix("mulin/")?.strip_suffix("/facts")?.parse().ok()
    }

    /// Reads a note and checks that this key signed it; lines of other signers are passed over.
    pub fn open(&self, note: &str) -> Result<Checkpoint, NoteFault> {
        if note.len() > NOTE_BYTES_MAX {
            return Err(NoteFault::Form("it is too long"));
        }
        let (text, signatures) = note.split_once("\n\n").ok_or(NoteFault::Form("it has no signature"))?;
        let text = format!("{text}\n");
        let checkpoint: Checkpoint = text.parse()?;
        if checkpoint.origin != self.name {
            return Err(NoteFault::Origin { expected: self.name.clone(), found: checkpoint.origin });
        }
        let is_signed = signatures.lines().any(|line| self.is_signature(line, &text));
        is_signed.then_some(checkpoint).ok_or_else(|| NoteFault::Signature(self.to_string()))
    }

    fn is_signature(&self, line: &str, text: &str) -> bool {
        let signature = || {
            let (name, encoded) = line.strip_prefix(DASH)?.split_once(' ')?;
            let bytes = STANDARD.decode(encoded).ok().filter(|_| name == self.name)?;
            let (id, signature) = bytes.split_first_chunk::<4>()?;
            Signature::from_slice(signature).ok().filter(|_| *id == self.id)
        };
        signature().is_some_and(|signature| self.key.verify_strict(text.as_bytes(), &signature).is_ok())
    }
}

/// `name+keyhash+base64(type || key)`, the form other verifiers read (C2SP signed-note, verifier keys).
impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = vec![ED25519];
        bytes.extend_from_slice(self.key.as_bytes());
        write!(f, "{}+{:08x}+{}", self.name, u32::from_be_bytes(self.id), STANDARD.encode(bytes))
    }
}

impl std::str::FromStr for PublicKey {
    type Err = NoteFault;
    fn from_str(text: &str) -> Result<Self, NoteFault> {
        const NO_KEY: NoteFault =
            NoteFault::Form("a verifier's key looks like mulin/430204/facts+0f12ab34+AW…");
        // Base64 may contain a plus itself: the name ends at the first one.
        let (name, rest) = text.trim().split_once('+').ok_or(NO_KEY)?;
        let (id, encoded) = rest.split_once('+').ok_or(NO_KEY)?;
        let bytes = STANDARD.decode(encoded).map_err(|_| NO_KEY)?;
        let [ED25519, key @ ..] = bytes.as_slice() else { return Err(NO_KEY) };
        let key = VerifyingKey::from_bytes(key.try_into().map_err(|_| NO_KEY)?).map_err(|_| NO_KEY)?;
        let read = Self::new(name.to_owned(), key);
        (u32::from_str_radix(id, 16) == Ok(u32::from_be_bytes(read.id))).then_some(read).ok_or(NO_KEY)
    }
}

/// The text that is signed.
impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}\n{}\n", self.origin, self.size, STANDARD.encode(self.root))
    }
}

impl std::str::FromStr for Checkpoint {
    type Err = NoteFault;
    fn from_str(text: &str) -> Result<Self, NoteFault> {
        let mut lines = text.lines();
        let origin = lines.next().filter(|line| !line.is_empty()).ok_or(NoteFault::Form("no origin"))?;
        let size = lines.next().ok_or(NoteFault::Form("no size"))?;
        let has_no_padding = size == "0" || !size.starts_with(['0', '+']);
        let size =
            size.parse().ok().filter(|_| has_no_padding).ok_or(NoteFault::Form("its size is no number"))?;
        let root = lines.next().and_then(|line| STANDARD.decode(line).ok());
        let root =
            root.and_then(|bytes| bytes.try_into().ok()).ok_or(NoteFault::Form("its root is no hash"))?;
        Ok(Self { origin: origin.to_owned(), size, root })
    }
}

#[cfg(test)]
mod tests {
    //! Notes as other programs write them, and those that are refused.
    use super::{LogKey, NoteFault, PublicKey};
    use platform::DistrictId;

    /// Of the tests of golang.org/x/mod/sumdb/note, the format's first program.
    const NEUMANN: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    const TEXT: &str = "If you think cryptography is the answer to your problem,\n\
        then you don't know what your problem is.\n";
    const SIGNATURE: &str = "\u{2014} PeterNeumann \
        x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=";

    #[test]
    fn a_signature_of_another_program_holds() {
        let key: PublicKey = NEUMANN.parse().expect("a verifier's key");
        assert_eq!(key.to_string(), NEUMANN);
        assert!(key.is_signature(SIGNATURE, TEXT));
        assert!(!key.is_signature(SIGNATURE, "another text\n"));
        assert!(NEUMANN.replace("c74f", "c74e").parse::<PublicKey>().is_err(), "its hash is part of it");
    }

    #[test]
    fn a_checkpoint_opens_as_it_was_signed_and_not_otherwise() {
        let key = LogKey::new(DistrictId(430_204), &[7; 32]).expect("a key");
        let note = key.sign(20_852_163, [0xC4; 32]);
        let lines: Vec<&str> = note.lines().collect();
        let root = "xMTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMQ=";
        assert_eq!(lines[..4], ["mulin/430204/facts", "20852163", root, ""]);
        assert!(lines[4].starts_with("\u{2014} mulin/430204/facts "), "{note}");
        let read = key.public().open(&note).expect("ours");
        assert_eq!((read.size, read.root), (20_852_163, [0xC4; 32]));
        assert_eq!(key.public().district(), Some(DistrictId(430_204)));
        let witnessed = format!("{note}\u{2014} witness.example AAAA\n");
        assert!(key.public().open(&witnessed).is_ok(), "others may sign it too");
        let stranger = LogKey::new(DistrictId(430_204), &[8; 32]).expect("a key");
        let signature = |fault| matches!(fault, Err(NoteFault::Signature(_)));
        assert!(signature(stranger.public().open(&note)));
        assert!(signature(key.public().open(&note.replace("20852163", "20852164"))));
        let neighbour = LogKey::new(DistrictId(430_203), &[7; 32]).expect("a key");
        assert!(matches!(neighbour.public().open(&note), Err(NoteFault::Origin { .. })));
        for broken in ["", "a\nb\n", "mulin/430204/facts\n007\nAAAA\n\n", "\n\n"] {
            assert!(matches!(key.public().open(broken), Err(NoteFault::Form(_))), "{broken:?}");
        }
    }
}
