//! Standard Webhooks: what signs a message, and how one that came in is believed.
//!
//! Specification: <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>. Symmetric signatures
//! (`v1`): HMAC-SHA-256 over `id.timestamp.body`, the secret in base64 behind `whsec_`, 24 to 64 bytes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use platform::Time;
use sha2::Sha256;
use std::time::Duration;
use subtle::ConstantTimeEq as _;

pub const ID_HEADER: &str = "webhook-id";
pub const TIMESTAMP_HEADER: &str = "webhook-timestamp";
pub const SIGNATURE_HEADER: &str = "webhook-signature";
/// How far the other side's clock may be from ours, either way.
pub const CLOCK_SKEW_MAX: Duration = Duration::from_secs(5 * 60);

const PREFIX: &str = "whsec_";
const SECRET_BYTES: usize = 32;
const SECRET_BYTES_MIN: usize = 24;
const SECRET_BYTES_MAX: usize = 64;
/// While a secret is exchanged a message bears one signature for each.
const SIGNATURES_MAX: usize = 8;
const ID_CHARS_MAX: usize = 100;

/// Why a message is not believed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Disbelief {
    #[error("the headers webhook-id, webhook-timestamp and webhook-signature are needed")]
    NoHeaders,
    #[error("the message is older or newer than five minutes by our clock")]
    WrongTime,
    #[error("the signature is not ours to know")]
    WrongSignature,
}

/// A secret both sides know.
#[derive(Clone)]
pub struct Secret(Vec<u8>);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

impl Secret {
    /// A new one, by chance.
    pub fn make() -> Self {
        Self(rand::random::<[u8; SECRET_BYTES]>().to_vec())
    }

    /// Reads `whsec_…`; none where it is no such secret.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = STANDARD.decode(text.trim().strip_prefix(PREFIX)?).ok()?;
        (SECRET_BYTES_MIN..=SECRET_BYTES_MAX).contains(&bytes.len()).then_some(Self(bytes))
    }

    /// The text that is shown once.
    pub fn text(&self) -> String {
        format!("{PREFIX}{}", STANDARD.encode(&self.0))
    }

    /// The value of the signature header for a message.
    pub fn sign(&self, id: &str, at: Time, body: &[u8]) -> String {
        format!("v1,{}", STANDARD.encode(self.mac(id, &seconds(at).to_string(), body)))
    }

    fn mac(&self, id: &str, timestamp: &str, body: &[u8]) -> Vec<u8> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        for part in [id.as_bytes(), b".", timestamp.as_bytes(), b".", body] {
            mac.update(part);
        }
        mac.finalize().into_bytes().to_vec()
    }
}

/// The seconds of a timestamp header.
pub fn seconds(at: Time) -> i64 {
    at.micros().div_euclid(1_000_000)
}

/// The three headers of a message that came in.
#[derive(Clone, Copy, Debug)]
pub struct Headers<'a> {
    pub id: &'a str,
    pub timestamp: &'a str,
    pub signatures: &'a str,
}

/// Believes a message, or not. Whether its id was seen before is asked afterwards, by whoever keeps them.
///
/// `secrets` are those in force: two while one takes the other's place.
///
/// # Errors
/// Headers that are none, another time, no signature of ours.
pub fn verify(secrets: &[Secret], headers: Headers<'_>, body: &[u8], now: Time) -> Result<(), Disbelief> {
    let id_is_fit = !headers.id.is_empty() && headers.id.len() <= ID_CHARS_MAX && headers.id.is_ascii();
    let told = headers.timestamp.parse::<i64>().ok().filter(|_| id_is_fit).ok_or(Disbelief::NoHeaders)?;
    let skew = i64::try_from(CLOCK_SKEW_MAX.as_secs()).unwrap_or(i64::MAX);
    if seconds(now).saturating_sub(told).saturating_abs() > skew {
        return Err(Disbelief::WrongTime);
    }
    let signed: Vec<Vec<u8>> =
        secrets.iter().map(|secret| secret.mac(headers.id, headers.timestamp, body)).collect();
    let given = headers
        .signatures
        .split(' ')
        .take(SIGNATURES_MAX)
        .filter_map(|one| STANDARD.decode(one.strip_prefix("v1,")?).ok());
    let mut believed = false;
    for signature in given {
        // All are compared, so that the time it takes tells nothing.
        believed |= signed.iter().any(|ours| bool::from(ours.as_slice().ct_eq(&signature)));
    }
    if believed { Ok(()) } else { Err(Disbelief::WrongSignature) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification's own libraries.
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const BODY: &[u8] = br#"{"test": 2432232314}"#;
    const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    const SECONDS: i64 = 1_614_265_330;

    fn at(seconds: i64) -> Time {
        Time::from_micros(seconds * 1_000_000)
    }

    fn headers(signatures: &str) -> Headers<'_> {
        Headers { id: ID, timestamp: "1614265330", signatures }
    }

    #[test]
    fn signs_as_the_specification_does() {
        let secret = Secret::parse(SECRET).expect("a secret");
        assert_eq!(secret.sign(ID, at(SECONDS), BODY), SIGNATURE);
        assert_eq!(secret.text(), SECRET);
    }

    #[test]
    fn believes_what_is_signed_in_time_and_nothing_else() {
        let (ours, other) = (Secret::parse(SECRET).expect("a secret"), Secret::make());
        let ask = |secrets: &[Secret], headers, body, now| verify(secrets, headers, body, at(now));
        let both = format!("v1,AAAA v1a,xyz {SIGNATURE}");
        assert_eq!(ask(std::slice::from_ref(&ours), headers(SIGNATURE), BODY, SECONDS), Ok(()));
        assert_eq!(ask(&[other.clone(), ours.clone()], headers(&both), BODY, SECONDS + 299), Ok(()));
        let refusals = [
            (headers(SIGNATURE), BODY, SECONDS + 301, Disbelief::WrongTime),
            (headers(SIGNATURE), BODY, SECONDS - 301, Disbelief::WrongTime),
            (headers(SIGNATURE), b"{}".as_slice(), SECONDS, Disbelief::WrongSignature),
            (headers("v1,"), BODY, SECONDS, Disbelief::WrongSignature),
            (headers(""), BODY, SECONDS, Disbelief::WrongSignature),
            (Headers { timestamp: "soon", ..headers(SIGNATURE) }, BODY, SECONDS, Disbelief::NoHeaders),
            (Headers { id: "", ..headers(SIGNATURE) }, BODY, SECONDS, Disbelief::NoHeaders),
            (
                Headers { timestamp: "-9223372036854775808", ..headers(SIGNATURE) },
                BODY,
                SECONDS,
                Disbelief::WrongTime,
            ),
        ];
        for (headers, body, now, refusal) in refusals {
            assert_eq!(ask(std::slice::from_ref(&ours), headers, body, now), Err(refusal), "{headers:?}");
        }
        assert_eq!(ask(&[other], headers(SIGNATURE), BODY, SECONDS), Err(Disbelief::WrongSignature));
    }

    #[test]
    fn a_secret_has_its_length() {
        assert!(Secret::parse("whsec_AAAA").is_none());
        assert!(Secret::parse(&SECRET[6..]).is_none());
        assert_eq!(Secret::parse(&Secret::make().text()).map(|s| s.0.len()), Some(SECRET_BYTES));
    }
}
