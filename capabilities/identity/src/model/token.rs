//! What a caller shows: `<district>.<s|k>.<random>`. The district in it says where to look it up; the database keeps a hash.

use base64::Engine as _;
use platform::{DistrictId, limits};
use sha2::{Digest, Sha256};
use std::fmt;

/// Random bytes in a token: 256 bits cannot be guessed.
const RANDOM_BYTES: usize = 32;
const BASE64: base64::engine::GeneralPurpose = base64::engine::general_purpose::URL_SAFE_NO_PAD;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TokenKind {
    Session,
    ServiceKey,
}

impl TokenKind {
    const fn mark(self) -> &'static str {
        match self {
            Self::Session => "s",
            Self::ServiceKey => "k",
        }
    }
}

/// A token as its owner holds it. It prints as its district only.
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    pub district: DistrictId,
    pub kind: TokenKind,
    text: String,
}

impl Token {
    pub fn new(district: DistrictId, kind: TokenKind, random: [u8; RANDOM_BYTES]) -> Self {
        let text = format!("{district}.{}.{}", kind.mark(), BASE64.encode(random));
        Self { district, kind, text }
    }

    /// Reads a token; nothing where it was not made by us.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > limits::TOKEN_CHARS_MAX {
            return None;
        }
        let (district, rest) = text.split_once('.')?;
        let (mark, random) = rest.split_once('.')?;
        let kind = [TokenKind::Session, TokenKind::ServiceKey].into_iter().find(|k| k.mark() == mark)?;
        let whole = BASE64.decode(random).ok()?.len() == RANDOM_BYTES;
        let district = district.parse().ok().filter(|DistrictId(number)| *number > 0)?;
        whole.then(|| Self { district, kind, text: text.to_owned() })
    }

    /// What the database keeps of it.
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.text.as_bytes()).into()
    }

    /// The token itself, for its owner.
    pub fn reveal(&self) -> &str {
        &self.text
    }

    /// The end of it, by which people tell keys apart.
    pub fn hint(&self) -> String {
        self.text[self.text.len() - 4..].to_owned()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token({}.{}.…)", self.district, self.kind.mark())
    }
}

#[cfg(test)]
mod tests {
    use super::{Token, TokenKind};
    use platform::DistrictId;

    #[test]
    fn a_token_is_read_as_it_was_made() {
        let token = Token::new(DistrictId(430_204), TokenKind::Session, [7; 32]);
        assert_eq!(Token::parse(token.reveal()), Some(token.clone()));
        assert!(!format!("{token:?}").contains(&token.hint()));
        for wrong in ["", "430204", "430204.s.", "x.s.AAAA", "430204.z.AAAA", "-1.s.AAAA"] {
            assert_eq!(Token::parse(wrong), None, "{wrong}");
        }
    }
}
