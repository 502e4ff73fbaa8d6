//! What is pushed, encrypted for one device: RFC 8291 over the content coding aes128gcm of RFC 8188. Pure: key and salt are handed in.

use super::device::Subscription;
use aes_gcm::aead::{Aead, KeyInit};
use aes_gcm::{Aes128Gcm, Nonce};
use hkdf::Hkdf;
use p256::SecretKey;
use p256::elliptic_curve::sec1::ToSec1Point;
use platform::Fault;
use sha2::Sha256;

pub(crate) const SALT_BYTES: usize = 16;
const POINT_BYTES: usize = 65;
const TAG_BYTES: usize = 16;
/// The one record there is: what push services take at least (RFC 8030, 7.2), header and all.
const BODY_BYTES_MAX: usize = 4_096;
const HEADER_BYTES: usize = SALT_BYTES + 4 + 1 + POINT_BYTES;
/// What may be said at most: the record without its header, its tag and the byte that ends it.
pub(crate) const PLAIN_BYTES_MAX: usize = BODY_BYTES_MAX - HEADER_BYTES - TAG_BYTES - 1;
/// Ends the last record.
const LAST: u8 = 2;

/// The body of a push. `own` is a key for this one body alone.
///
/// # Errors
/// It is too long; the device's key is no point of the curve.
pub(crate) fn encrypt(
    plain: &[u8],
    to: &Subscription,
    own: &SecretKey,
    salt: [u8; SALT_BYTES],
) -> Result<Vec<u8>, Fault> {
    if plain.len() > PLAIN_BYTES_MAX {
        return Err(Fault::broken(format!("{} bytes are too many for a push", plain.len())));
    }
    let theirs = to.key()?;
    let own_point = own.public_key().to_sec1_point(false);
    let shared = own.diffie_hellman(&theirs);
    let info = [b"WebPush: info\0".as_slice(), &to.p256dh, own_point.as_bytes()].concat();
    let input = derive::<32>(&to.auth, shared.raw_secret_bytes(), &info)?;
    let key = derive::<16>(&salt, &input, b"Content-Encoding: aes128gcm\0")?;
    let nonce = derive::<12>(&salt, &input, b"Content-Encoding: nonce\0")?;
    let cipher = Aes128Gcm::new_from_slice(&key).map_err(|e| Fault::broken("no key").because(e))?;
    let record = [plain, &[LAST]].concat();
    let sealed = cipher
        .encrypt(&Nonce::from(nonce), record.as_slice())
        .map_err(|_| Fault::broken("a push was not encrypted"))?;
    let mut body = Vec::with_capacity(HEADER_BYTES + sealed.len());
    body.extend_from_slice(&salt);
    body.extend_from_slice(&(BODY_BYTES_MAX as u32).to_be_bytes());
    body.push(POINT_BYTES as u8);
    body.extend_from_slice(own_point.as_bytes());
    body.extend_from_slice(&sealed);
    Ok(body)
}

fn derive<const N: usize>(salt: &[u8], input: &[u8], info: &[u8]) -> Result<[u8; N], Fault> {
    let mut derived = [0; N];
    Hkdf::<Sha256>::new(Some(salt), input)
        .expand(info, &mut derived)
        .map_err(|_| Fault::broken("a key of that length is not derived"))?;
    Ok(derived)
}

#[cfg(test)]
mod tests {
    //! The example of RFC 8291, to the letter.
    use super::*;
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    fn bytes(text: &str) -> Vec<u8> {
        URL_SAFE_NO_PAD.decode(text).expect("base64")
    }

    fn device() -> Subscription {
        let key = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
        let subscription = Subscription::read("https://push.example.net/p", key, "BTBZMqHH6r4Tts7J_aSIgg");
        subscription.expect("a subscription")
    }

    fn own() -> SecretKey {
        SecretKey::from_slice(&bytes("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")).expect("a key")
    }

    #[test]
    fn the_example_of_the_rfc_holds() {
        let salt = bytes("DGv6ra1nlYgDCS1FRnbzlw").try_into().expect("sixteen bytes");
        let plain = b"When I grow up, I want to be a watermelon";
        let body = encrypt(plain, &device(), &own(), salt).expect("a body");
        let expected = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN";
        assert_eq!(URL_SAFE_NO_PAD.encode(body), expected);
    }

    #[test]
    fn the_longest_fits_and_one_more_does_not() {
        let body = encrypt(&[b'a'; PLAIN_BYTES_MAX], &device(), &own(), [7; SALT_BYTES]).expect("a body");
        assert_eq!(body.len(), BODY_BYTES_MAX);
        encrypt(&[b'a'; PLAIN_BYTES_MAX + 1], &device(), &own(), [7; SALT_BYTES]).expect_err("too long");
    }
}
