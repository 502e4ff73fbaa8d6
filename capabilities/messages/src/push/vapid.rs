//! Who pushes: the key of a district, and the word signed with it for each service (RFC 8292). Pure: the moment is handed in.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use p256::elliptic_curve::Generate;
use platform::{Fault, Time};
use seal::Zeroizing;
use serde_json::json;
use std::time::Duration;

/// A word is good for so long; RFC 8292 allows a day.
const GOOD_FOR: Duration = Duration::from_secs(12 * 3600);
const SECOND_MICROS: i64 = 1_000_000;

/// The key pair of a district.
pub(crate) struct PushKey(SigningKey);

impl PushKey {
    pub fn generate() -> Self {
        Self(SigningKey::generate())
    }

    /// # Errors
    /// It is no key of the curve.
    pub fn read(text: &str) -> Result<Self, Fault> {
        let broken = || Fault::broken("the key of push is none");
        let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(text).map_err(|_| broken())?);
        SigningKey::from_slice(&bytes).map(Self).map_err(|_| broken())
    }

    /// The private half, to be sealed.
    pub fn secret(&self) -> Zeroizing<String> {
        Zeroizing::new(URL_SAFE_NO_PAD.encode(self.0.to_bytes()))
    }

    /// The public half, as browsers ask for it.
    pub fn public(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0.verifying_key().to_sec1_point(false).as_bytes())
    }

    /// What stands in `Authorization`: for one service, for half a day. `contact` is where its keeper reaches the house.
    pub fn authorization(&self, origin: &str, contact: Option<&str>, now: Time) -> String {
        let until = now.after(GOOD_FOR).micros() / SECOND_MICROS;
        let mut claims = json!({ "aud": origin, "exp": until });
        if let Some(contact) = contact {
            claims["sub"] = json!(contact);
        }
        let head = json!({ "typ": "JWT", "alg": "ES256" });
        let part = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let said = format!("{}.{}", part(head), part(claims));
        let signature: Signature = self.0.sign(said.as_bytes());
        format!("vapid t={said}.{}, k={}", URL_SAFE_NO_PAD.encode(signature.to_bytes()), self.public())
    }
}

#[cfg(test)]
mod tests {
    //! A key is kept and read again; what it signs is verified by its public half alone.
    use super::*;
    use p256::ecdsa::VerifyingKey;
    use p256::ecdsa::signature::Verifier;

    #[test]
    fn what_is_signed_is_verified_by_the_public_half() {
        let key = PushKey::read(&PushKey::generate().secret()).expect("as it was kept");
        let now: Time = "2026-03-02T00:00:00Z".parse().expect("a moment");
        let said = key.authorization("https://push.example.net", Some("https://mulin.example.cn"), now);
        let (token, public) =
            said.strip_prefix("vapid t=").expect("a word").split_once(", k=").expect("a key");
        let (signed, signature) = token.rsplit_once('.').expect("a signature");
        let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).expect("base64");
        let public = VerifyingKey::from_sec1_bytes(&bytes(public)).expect("a point");
        let signature = Signature::from_slice(&bytes(signature)).expect("64 bytes");
        public.verify(signed.as_bytes(), &signature).expect("signed by it");
        let claims: serde_json::Value =
            serde_json::from_slice(&bytes(signed.split_once('.').expect("two parts").1)).expect("JSON");
        let expected = json!({ "aud": "https://push.example.net", "exp": 1_772_452_800, "sub": "https://mulin.example.cn" });
        assert_eq!(claims, expected);
    }
}
