//! Photos of a form that must be sent again: their names go out in a hidden field and come back signed.

use super::{ORPHAN_KEPT, PHOTOS_MAX, StoredPhoto};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use platform::Time;
use sha2::Sha256;

/// Characters of a token that are read at all.
const TOKEN_CHARS_MAX: usize = 8 * 1024;
/// What the signature is about, so that no other signature of the same secret passes for it.
const PURPOSE: &[u8] = b"kept photos 1\n";

/// The hidden field `kept`: what is already on the disk, signed with the district's secret.
pub fn pack(secret: &[u8], photos: &[StoredPhoto], now: Time) -> String {
    // Strings and numbers: writing them as JSON cannot fail.
    let content = serde_json::to_vec(&(now, photos)).unwrap_or_default();
    let signature = sign(secret, &content).finalize().into_bytes();
    format!("{}.{}", URL_SAFE_NO_PAD.encode(&content), URL_SAFE_NO_PAD.encode(signature))
}

/// The photos again; nothing where the token is not ours, or so old that the sweep may have taken the files.
pub fn unpack(secret: &[u8], token: &str, now: Time) -> Option<Vec<StoredPhoto>> {
    if token.len() > TOKEN_CHARS_MAX {
        return None;
    }
    let (content, signature) = token.split_once('.')?;
    let content = URL_SAFE_NO_PAD.decode(content).ok()?;
    sign(secret, &content).verify_slice(&URL_SAFE_NO_PAD.decode(signature).ok()?).ok()?;
    let (packed, photos): (Time, Vec<StoredPhoto>) = serde_json::from_slice(&content).ok()?;
    let young = now.since(packed) < ORPHAN_KEPT / 2;
    (young && photos.len() <= PHOTOS_MAX).then_some(photos)
}

#[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
fn sign(secret: &[u8], content: &[u8]) -> Hmac<Sha256> {
    let mac = Hmac::<Sha256>::new_from_slice(secret).expect("a key of any length");
    mac.chain_update(PURPOSE).chain_update(content)
}
