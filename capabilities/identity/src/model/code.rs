//! The six digits sent to a phone: few tries, a short life, used once.

use super::Limits;
use platform::Time;
use rand::{Rng, RngExt};
use sha2::{Digest, Sha256};

/// A code that waits for its phone's owner.
#[derive(Clone, Debug)]
pub struct Code {
    pub salt: Vec<u8>,
    pub hash: Vec<u8>,
    pub tries: i64,
    pub ends_at: Time,
}

/// What a try at a code shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CodeState {
    Right,
    Wrong {
        tries_left: u32,
    },
    /// Past its life, or tried too often: a new one must be sent.
    Gone,
}

impl Code {
    pub fn new_digits(rng: &mut impl Rng) -> String {
        format!("{:06}", rng.random_range(0..1_000_000))
    }

    /// Holds what was typed against the code. A wrong try is to be counted by the caller.
    pub fn test(&self, typed: &str, phone: &str, now: Time, limits: &Limits) -> CodeState {
        let tries_max = i64::from(limits.code.tries_max);
        if now >= self.ends_at || self.tries >= tries_max {
            return CodeState::Gone;
        }
        let typed = hash_code(&self.salt, phone, typed);
        if bool::from(subtle::ConstantTimeEq::ct_eq(typed.as_slice(), self.hash.as_slice())) {
            return CodeState::Right;
        }
        let left = tries_max - self.tries - 1;
        if left > 0 {
            CodeState::Wrong { tries_left: u32::try_from(left).unwrap_or(0) }
        } else {
            CodeState::Gone
        }
    }
}

/// What the database keeps of a code. Six digits fall to anyone who holds the table; their short life is what guards them.
pub fn hash_code(salt: &[u8], phone: &str, code: &str) -> Vec<u8> {
    Sha256::new()
        .chain_update(salt)
        .chain_update(phone)
        .chain_update(b":")
        .chain_update(code.trim())
        .finalize()
        .to_vec()
}
