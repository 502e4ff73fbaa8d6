//! A device as its browser describes it: where and by which keys it is reached, and what its owner calls it. Pure.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::PublicKey;
use platform::Fault;
use serde::{Deserialize, Serialize};

const AUTH_BYTES: usize = 16;
const POINT_BYTES: usize = 65;

/// A subscription of a browser (Push API, W3C).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct Subscription {
    pub endpoint: String,
    /// Its key: an uncompressed point of P-256.
    pub p256dh: Vec<u8>,
    pub auth: Vec<u8>,
}

impl Subscription {
    /// Reads what a browser gave, base64url; none where a key is none.
    pub fn read(endpoint: &str, p256dh: &str, auth: &str) -> Option<Self> {
        let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok();
        let one = Self { endpoint: endpoint.to_owned(), p256dh: bytes(p256dh)?, auth: bytes(auth)? };
        let holds = one.auth.len() == AUTH_BYTES && one.p256dh.len() == POINT_BYTES && one.key().is_ok();
        holds.then_some(one)
    }

    /// # Errors
    /// It is no point of the curve.
    pub fn key(&self) -> Result<PublicKey, Fault> {
        PublicKey::from_sec1_bytes(&self.p256dh).map_err(|_| Fault::broken("the key of a device is no point"))
    }
}

/// Browser and system, as people call them; the first that is named counts, since each also names those before it.
pub(crate) fn label_of(user_agent: &str) -> String {
    const BROWSERS: [(&str, &str); 5] = [
        ("Edg", "Edge"),
        ("Firefox", "Firefox"),
        ("SamsungBrowser", "Samsung"),
        ("Chrome", "Chrome"),
        ("Safari", "Safari"),
    ];
    const SYSTEMS: [(&str, &str); 7] = [
        ("HarmonyOS", "HarmonyOS"),
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Macintosh", "Mac"),
        ("Linux", "Linux"),
    ];
    let named = |known: &[(&str, &'static str)]| {
        known.iter().find(|(mark, _)| user_agent.contains(mark)).map(|(_, name)| *name)
    };
    let parts: Vec<&str> = [named(&BROWSERS), named(&SYSTEMS)].into_iter().flatten().collect();
    parts.join(" · ")
}

#[cfg(test)]
mod tests {
    //! What devices are called, and which keys are none.
    use super::*;

    #[test]
    fn a_device_bears_the_name_its_owner_knows() {
        let rows = [
            (
                "Mozilla/5.0 (Linux; Android 14; V2284A) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36",
                "Chrome · Android",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Mobile/15E148 Safari/604.1",
                "Safari · iPhone",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0",
                "Edge · Windows",
            ),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0", "Firefox · Linux"),
            ("curl/8", ""),
        ];
        for (agent, label) in rows {
            assert_eq!(label_of(agent), label, "{agent}");
        }
    }

    #[test]
    fn keys_that_are_none_are_not_taken() {
        let key = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
        let auth = "BTBZMqHH6r4Tts7J_aSIgg";
        let moved = key.replacen("CVx", "CVy", 1);
        for (key, auth) in [("", auth), (&key[..80], auth), (key, "BTBZ"), (key, "?"), (&moved, auth)] {
            assert_eq!(Subscription::read("https://push.example.net/p", key, auth), None, "{key} {auth}");
        }
        let padded = format!("{auth}==");
        assert!(Subscription::read("https://push.example.net/p", key, &padded).is_some());
    }
}
