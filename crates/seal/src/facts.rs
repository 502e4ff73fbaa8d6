//! What is recorded of keys: that they were made and rotated, by number, never a byte of them.

use crate::keyring::KeyNumber;
use crate::suite::Suite;
use store::Fact;
use uuid::Uuid;

/// The word of a key in the audit trail.
const NOUN: &str = "data_key";

/// A district's first keys were made.
pub(crate) struct KeysMade {
    pub(crate) suite: Suite,
}

impl Fact for KeysMade {
    fn name(&self) -> &'static str {
        "seal.keys_made"
    }
    fn subject(&self) -> (&'static str, Uuid) {
        (NOUN, id_of(KeyNumber(1)))
    }
    fn data(&self) -> serde_json::Value {
        serde_json::json!({ "suite": self.suite })
    }
}

/// A new key seals from now on.
pub(crate) struct KeyRotated {
    pub(crate) number: KeyNumber,
    pub(crate) suite: Suite,
}

impl Fact for KeyRotated {
    fn name(&self) -> &'static str {
        "seal.key_rotated"
    }
    fn subject(&self) -> (&'static str, Uuid) {
        (NOUN, id_of(self.number))
    }
    fn data(&self) -> serde_json::Value {
        serde_json::json!({ "number": self.number.0, "suite": self.suite })
    }
}

/// Keys have numbers; the audit trail asks for an id.
fn id_of(number: KeyNumber) -> Uuid {
    Uuid::from_u128(u128::from(number.0))
}
