//! The key a program that speaks OpenRosa shows: `<district>.c.<random>`. It stands in the address of a server, since such programs
//! know no other place for it; the database keeps a hash.

use base64::Engine as _;
use platform::{DistrictId, limits};
use sha2::{Digest, Sha256};
use std::fmt;

/// Random bytes: 256 bits cannot be guessed.
const RANDOM_BYTES: usize = 32;
const MARK: &str = "c";
const BASE64: base64::engine::GeneralPurpose = base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// A key as its owner holds it. It prints as its district only.
#[derive(Clone, PartialEq, Eq)]
pub struct CollectKey {
    pub district: DistrictId,
    text: String,
}

impl CollectKey {
    pub fn new(district: DistrictId, random: [u8; RANDOM_BYTES]) -> Self {
        Self { district, text: format!("{district}.{MARK}.{}", BASE64.encode(random)) }
    }

    /// Reads a key; nothing where it was not made by us.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > limits::TOKEN_CHARS_MAX {
            return None;
        }
        let (district, rest) = text.split_once('.')?;
        let (mark, random) = rest.split_once('.')?;
        let is_whole = mark == MARK && BASE64.decode(random).ok()?.len() == RANDOM_BYTES;
        let district = district.parse().ok().filter(|DistrictId(number)| *number > 0)?;
        is_whole.then(|| Self { district, text: text.to_owned() })
    }

    /// What the database keeps of it.
    pub fn hash(&self) -> Vec<u8> {
        Sha256::digest(self.text.as_bytes()).to_vec()
    }

    /// The key itself, for its owner.
    pub fn reveal(&self) -> &str {
        &self.text
    }

    /// The end of it, by which people tell keys apart.
    pub fn hint(&self) -> String {
        self.text[self.text.len() - 4..].to_owned()
    }
}

impl fmt::Debug for CollectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CollectKey({}.…)", self.district)
    }
}

#[cfg(test)]
mod tests {
    use super::CollectKey;
    use platform::DistrictId;

    #[test]
    fn a_key_is_read_as_it_was_made() {
        let key = CollectKey::new(DistrictId(430_204), [7; 32]);
        assert_eq!(CollectKey::parse(key.reveal()), Some(key.clone()));
        assert!(!format!("{key:?}").contains(&key.hint()));
        for wrong in ["", "430204", "430204.c.", "x.c.AAAA", "430204.s.AAAA", "-1.c.AAAA"] {
            assert_eq!(CollectKey::parse(wrong), None, "{wrong}");
        }
    }
}
