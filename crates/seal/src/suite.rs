//! The two suites of algorithms: the Chinese commercial ones, and the international ones. All keyed work is done here.

use aes_gcm::aead::consts::U12;
use aes_gcm::aead::{AeadInOut, KeyInit};
use aes_gcm::{Aes256Gcm, AesGcm, Nonce};
use hmac::digest::OutputSizeUser;
use hmac::digest::consts::U32;
use hmac::{Hmac, Mac};
use platform::{Fault, FaultKind};
use sha2::Sha256;
use sm3::Sm3;
use sm4::Sm4;
use zeroize::Zeroizing;

/// Bytes of a nonce: 96 bits, the length for which GCM needs no hashing of it (NIST SP 800-38D, 8.2).
pub(crate) const NONCE_BYTES: usize = 12;
/// Bytes of the tag behind a ciphertext.
pub(crate) const TAG_BYTES: usize = 16;
/// Bytes of what a keyed hash makes, in both suites.
pub(crate) const HASH_BYTES: usize = 32;

/// Which algorithms keep a district's secrets.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Suite {
    /// SM4-GCM (GB/T 32907, RFC 8998) and HMAC-SM3 (GB/T 32905): what an assessment by GB/T 39786 asks for.
    #[default]
    Sm,
    /// AES-256-GCM (NIST SP 800-38D) and HMAC-SHA-256 (RFC 2104).
    International,
}

impl Suite {
    /// The word of the setting and of the tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sm => "sm",
            Self::International => "international",
        }
    }

    pub(crate) const fn byte(self) -> u8 {
        match self {
            Self::Sm => 1,
            Self::International => 2,
        }
    }

    pub(crate) const fn of_byte(byte: u8) -> Option<Self> {
        match byte {
            1 => Some(Self::Sm),
            2 => Some(Self::International),
            _ => None,
        }
    }

    /// Bytes of a key that encrypts.
    pub(crate) const fn key_bytes(self) -> usize {
        match self {
            Self::Sm => 16,
            Self::International => 32,
        }
    }
}

impl std::str::FromStr for Suite {
    type Err = Fault;
    fn from_str(text: &str) -> Result<Self, Fault> {
        match text {
            "sm" => Ok(Self::Sm),
            "international" => Ok(Self::International),
            _ => Err(Fault::broken(format!("\"{text}\" is no suite: it is sm or international"))),
        }
    }
}

impl std::fmt::Display for Suite {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A key that encrypts, its rounds computed once. Both kinds wipe themselves when dropped.
pub(crate) enum Cipher {
    Sm(Box<AesGcm<Sm4, U12>>),
    International(Box<Aes256Gcm>),
}

impl Cipher {
    pub(crate) fn new(suite: Suite, key: &[u8]) -> Result<Self, Fault> {
        let wrong_length =
            |_| Fault::new(FaultKind::Corrupt, format!("a key of {suite} is of another length"));
        Ok(match suite {
            Suite::Sm => Self::Sm(Box::new(AesGcm::new_from_slice(key).map_err(wrong_length)?)),
            Suite::International => {
                Self::International(Box::new(Aes256Gcm::new_from_slice(key).map_err(wrong_length)?))
            }
        })
    }

    pub(crate) const fn suite(&self) -> Suite {
        match self {
            Self::Sm(_) => Suite::Sm,
            Self::International(_) => Suite::International,
        }
    }

    /// Appends nonce, ciphertext and tag to `out`.
    pub(crate) fn seal_onto(&self, out: &mut Vec<u8>, aad: &[u8], plain: &[u8]) -> Result<(), Fault> {
        let nonce: [u8; NONCE_BYTES] = rand::random();
        self.seal_with(nonce, out, aad, plain)
    }

    fn seal_with(
        &self,
        nonce: [u8; NONCE_BYTES],
        out: &mut Vec<u8>,
        aad: &[u8],
        plain: &[u8],
    ) -> Result<(), Fault> {
        out.extend_from_slice(&nonce);
        let start = out.len();
        out.extend_from_slice(plain);
        let nonce = Nonce::from(nonce);
        let text = (&mut out[start..]).into();
        let tag = match self {
            Self::Sm(cipher) => cipher.encrypt_inout_detached(&nonce, aad, text),
            Self::International(cipher) => cipher.encrypt_inout_detached(&nonce, aad, text),
        };
        out.extend_from_slice(&tag.map_err(|_| Fault::broken("a value is too long to be sealed"))?);
        Ok(())
    }

    /// What [`Cipher::seal_onto`] appended, opened; none where a bit of it, of its key or of its context is another.
    pub(crate) fn open(&self, aad: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, rest) = sealed.split_first_chunk::<NONCE_BYTES>()?;
        let (text, tag) = rest.split_last_chunk::<TAG_BYTES>()?;
        let (nonce, tag) = (Nonce::from(*nonce), (*tag).into());
        let mut plain = Zeroizing::new(text.to_vec());
        let buffer = plain.as_mut_slice().into();
        match self {
            Self::Sm(cipher) => cipher.decrypt_inout_detached(&nonce, aad, buffer, &tag),
            Self::International(cipher) => cipher.decrypt_inout_detached(&nonce, aad, buffer, &tag),
        }
        .ok()?;
        Some(plain)
    }
}

/// A key that hashes, its first blocks computed once.
#[derive(Clone)]
pub(crate) enum Hasher {
    Sm(Hmac<Sm3>),
    International(Hmac<Sha256>),
}

impl Hasher {
    pub(crate) fn new(suite: Suite, key: &[u8]) -> Self {
        // HMAC takes a key of any length (RFC 2104, 2).
        const ANY_LENGTH: &str = "a keyed hash takes any key";
        match suite {
            Suite::Sm => Self::Sm(Hmac::new_from_slice(key).expect(ANY_LENGTH)),
            Suite::International => Self::International(Hmac::new_from_slice(key).expect(ANY_LENGTH)),
        }
    }

    /// The hash of the parts, one behind the other.
    pub(crate) fn hash(&self, parts: &[&[u8]]) -> [u8; HASH_BYTES] {
        fn of<M>(key: &M, parts: &[&[u8]]) -> [u8; HASH_BYTES]
        where
            M: Mac + Clone + OutputSizeUser<OutputSize = U32>,
        {
            let mut mac = key.clone();
            for part in parts {
                mac.update(part);
            }
            mac.finalize().into_bytes().into()
        }
        match self {
            Self::Sm(key) => of(key, parts),
            Self::International(key) => of(key, parts),
        }
    }
}

#[cfg(test)]
mod tests {
    //! Published vectors, so that another program reads what this one wrote.
    use super::{Cipher, Hasher, Suite};

    fn bytes(hex: &str) -> Vec<u8> {
        let digits: Vec<u8> = hex.bytes().filter(u8::is_ascii_hexdigit).collect();
        let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
        digits.chunks(2).map(byte).collect()
    }

    fn is_known(suite: Suite, key: &str, nonce: &str, aad: &str, plain: &str, cipher: &str, tag: &str) {
        let key = Cipher::new(suite, &bytes(key)).expect("a key");
        let nonce: [u8; 12] = bytes(nonce).try_into().expect("twelve bytes");
        let mut sealed = Vec::new();
        key.seal_with(nonce, &mut sealed, &bytes(aad), &bytes(plain)).expect("sealed");
        assert_eq!(sealed[12..], [bytes(cipher), bytes(tag)].concat());
        assert_eq!(key.open(&bytes(aad), &sealed).expect("opened").as_slice(), bytes(plain));
    }

    #[test]
    fn sm4_gcm_is_that_of_rfc_8998_appendix_a_1() {
        is_known(
            Suite::Sm,
            "0123456789ABCDEFFEDCBA9876543210",
            "00001234567800000000ABCD",
            "FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2",
            "AAAAAAAAAAAAAAAABBBBBBBBBBBBBBBBCCCCCCCCCCCCCCCCDDDDDDDDDDDDDDDD
             EEEEEEEEEEEEEEEEFFFFFFFFFFFFFFFFEEEEEEEEEEEEEEEEAAAAAAAAAAAAAAAA",
            "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735
             D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D",
            "83DE3541E4C2B58177E065A9BF7B62EC",
        );
    }

    #[test]
    fn aes_256_gcm_is_that_of_the_specification() {
        // McGrew and Viega, The Galois/Counter Mode of Operation, test case 16.
        is_known(
            Suite::International,
            "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
            "cafebabefacedbaddecaf888",
            "feedfacedeadbeeffeedfacedeadbeefabaddad2",
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72
             1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
            "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa
             8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662",
            "76fc6ece0f4e1768cddf8853bb2d551b",
        );
    }

    #[test]
    fn hmac_sha_256_is_that_of_rfc_4231_case_2() {
        let hash = Hasher::new(Suite::International, b"Jefe").hash(&[b"what do ya want ", b"for nothing?"]);
        assert_eq!(hash.to_vec(), bytes("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"));
    }

    #[test]
    fn hmac_sm3_is_that_of_gm_t_0042_2015() {
        let key: Vec<u8> = (1..=32).collect();
        let message = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".repeat(2);
        assert_eq!(
            Hasher::new(Suite::Sm, &key).hash(&[message.as_bytes()]).to_vec(),
            bytes("ca05e144ed05d1857840d1f318a4a8669e559fc8391f414485bfdf7bb408963a")
        );
    }
}
