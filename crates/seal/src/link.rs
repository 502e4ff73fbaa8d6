//! Links that need no sign-in: an id with a keyed mark, so that whoever was sent it opens it, and nobody guesses another's.

use crate::Keyring;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq;
use uuid::Uuid;

const ID_BYTES: usize = 16;

/// A kind of link. The label keeps kinds apart: what opens one page opens no other.
#[derive(Clone, Copy, Debug)]
pub struct Link {
    pub label: &'static str,
    /// What stands before the token in an address.
    pub path: &'static str,
    /// Bytes of the mark: fewer make a shorter link, and each guess costs a request.
    pub mark_bytes: usize,
}

impl Link {
    fn mark(&self, keys: &Keyring, id: Uuid) -> Vec<u8> {
        keys.blind(self.label, &id.to_string()).0.into_iter().take(self.mark_bytes).collect()
    }

    /// The address of an id's page within this house.
    pub fn to(&self, keys: &Keyring, id: Uuid) -> String {
        let mut bytes = id.as_bytes().to_vec();
        bytes.extend(self.mark(keys, id));
        format!("{}{}", self.path, URL_SAFE_NO_PAD.encode(bytes))
    }

    /// The id of a token; none where it was not made here.
    pub fn read(&self, keys: &Keyring, token: &str) -> Option<Uuid> {
        let length = ID_BYTES + self.mark_bytes;
        let bytes = URL_SAFE_NO_PAD.decode(token).ok().filter(|bytes| bytes.len() == length)?;
        let (id, told) = bytes.split_at(ID_BYTES);
        let id = Uuid::from_slice(id).ok()?;
        bool::from(self.mark(keys, id).ct_eq(told)).then_some(id)
    }
}
