//! What goes in and out of a sandbox, kept in memory until somebody writes it down. A real district has no recorder: there is nothing
//! to hand to whoever would record.

use crate::Districts;
use parking_lot::Mutex;
use platform::{DistrictId, Sandbox, Time, Words};
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// Of a body and of an answer, so much is recorded.
pub const EXCERPT_BYTES_MAX: usize = 16 * 1024;
/// Exchanges of one sandbox that wait to be written down; past that the oldest are forgotten.
const WAITING_MAX: usize = 1_000;
/// What stands where a key stood, and where a secret that signs.
pub const MASK: &str = "$KEY";
pub const SECRET_MASK: &str = "$SECRET";
/// Headers that tell an integrator something. Others are nobody's business here.
const HEADERS: [&str; 11] = [
    "accept",
    "authorization",
    "content-type",
    "idempotency-key",
    "mulin-district",
    "mulin-sandbox",
    "retry-after",
    "user-agent",
    "webhook-id",
    "webhook-signature",
    "webhook-timestamp",
];

/// The beginning of a body, with its keys masked.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Excerpt {
    pub text: String,
    /// There was more.
    pub is_cut: bool,
}

impl Excerpt {
    /// Text as it is; of anything else, that it is none.
    pub fn of(bytes: &[u8]) -> Self {
        let is_cut = bytes.len() > EXCERPT_BYTES_MAX;
        let kept = &bytes[..bytes.len().min(EXCERPT_BYTES_MAX)];
        let text = match std::str::from_utf8(kept) {
            Ok(text) => text,
            // Cut within a character.
            Err(e) if is_cut && e.error_len().is_none() => {
                std::str::from_utf8(&kept[..e.valid_up_to()]).unwrap_or_default()
            }
            Err(_) => return Self { text: format!("({} bytes that are no text)", bytes.len()), is_cut },
        };
        Self { text: masked(text), is_cut }
    }
}

/// Without its keys: `api_key=…`, service keys, secrets that sign.
pub fn masked(text: &str) -> String {
    let is_key = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '+' | '/' | '=');
    let value = |c: char| !matches!(c, '&' | '"' | '\'' | ' ' | '\n' | '\r' | '#');
    let text = mask_after(text, "whsec_", "", SECRET_MASK, is_key);
    let text = mask_after(&text, ".k.", "", MASK, is_key);
    mask_after(&text, "api_key=", "api_key=", MASK, value)
}

/// Puts a mask in place of each `mark` with what belongs to it, behind the words that are kept. A service key begins with the digits of its
/// district: they are part of it.
fn mask_after(text: &str, mark: &str, kept: &str, mask: &str, belongs: impl Fn(char) -> bool) -> String {
    let mut parts = text.split(mark);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        if mask == MASK && kept.is_empty() {
            out.truncate(out.trim_end_matches(|c: char| c.is_ascii_digit()).len());
        }
        let end = part.find(|c| !belongs(c)).unwrap_or(part.len());
        out.push_str(kept);
        out.push_str(mask);
        out.push_str(&part[end..]);
    }
    out
}

/// The headers that matter, in the order of their names; what proves who speaks is masked, the signature of a message is not.
pub fn headers_that_matter<'a>(of: impl Iterator<Item = (&'a str, &'a [u8])>) -> Vec<(String, String)> {
    let mut kept: Vec<(String, String)> = of
        .filter(|(name, _)| HEADERS.contains(name))
        .map(|(name, value)| {
            let text = String::from_utf8_lossy(value);
            let shown = if name == "authorization" {
                let scheme = text.split(' ').next().unwrap_or_default();
                format!("{scheme} {MASK}")
            } else {
                masked(&text)
            };
            (name.to_owned(), shown)
        })
        .collect();
    kept.sort();
    kept
}

/// Which way an exchange went.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    /// They called us.
    In,
    /// We called them: a delivery.
    Out { delivery: Uuid },
}

/// A call with its answer.
#[derive(Clone, Debug)]
pub struct Exchange {
    pub way: Way,
    pub at: Time,
    pub method: String,
    /// The path of a call that came in; the whole address of one that went out.
    pub address: String,
    pub query: String,
    pub headers: Vec<(String, String)>,
    pub body: Excerpt,
    /// None where no answer came.
    pub status: Option<u16>,
    pub answer: Excerpt,
    pub took: Duration,
    /// Why it was refused or did not arrive, in words.
    pub why: Option<Words>,
}

/// Records the exchanges of one sandbox.
#[derive(Debug)]
pub struct Recorder {
    sandbox: Sandbox,
    waiting: Mutex<VecDeque<Exchange>>,
}

impl Recorder {
    pub fn new(sandbox: Sandbox) -> Self {
        Self { sandbox, waiting: Mutex::default() }
    }

    pub const fn sandbox(&self) -> Sandbox {
        self.sandbox
    }

    pub fn note(&self, exchange: Exchange) {
        let mut waiting = self.waiting.lock();
        if waiting.len() >= WAITING_MAX {
            waiting.pop_front();
        }
        waiting.push_back(exchange);
    }

    /// Everything noted since it was last taken, in its order.
    pub fn take(&self) -> Vec<Exchange> {
        self.waiting.lock().drain(..).collect()
    }

    /// Puts back what could not be written down.
    pub fn put_back(&self, exchanges: Vec<Exchange>) {
        let mut waiting = self.waiting.lock();
        for exchange in exchanges.into_iter().rev().take(WAITING_MAX - waiting.len().min(WAITING_MAX)) {
            waiting.push_front(exchange);
        }
    }
}

/// The recorders of this house, on the shelf: one for each sandbox, and for nothing else.
#[derive(Debug, Default)]
pub struct Recorders(HashMap<DistrictId, Arc<Recorder>>);

impl Recorders {
    /// One for each sandbox among the districts; those there were before stay, with what they noted.
    pub(crate) fn of_districts(districts: &Districts, before: Option<&Self>) -> Self {
        let sandboxes = districts.all().iter().filter_map(|district| Sandbox::of(district.district));
        let known = |sandbox: Sandbox| before.and_then(|before| before.of(sandbox.district())).cloned();
        let one = |sandbox: Sandbox| known(sandbox).unwrap_or_else(|| Arc::new(Recorder::new(sandbox)));
        Self(sandboxes.map(|sandbox| (sandbox.district(), one(sandbox))).collect())
    }

    /// The recorder of a district; none where it is no sandbox.
    pub fn of(&self, district: DistrictId) -> Option<&Arc<Recorder>> {
        self.0.get(&district)
    }

    pub fn all(&self) -> impl Iterator<Item = &Arc<Recorder>> {
        self.0.values()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    //! No key gets into a record, however it was sent.
    use super::{EXCERPT_BYTES_MAX, Excerpt, headers_that_matter, masked};

    #[test]
    fn keys_are_masked_wherever_they_stand() {
        for (said, kept) in [
            ("api_key=990001.k.c2VjcmV0&service_code=P01002", "api_key=$KEY&service_code=P01002"),
            ("{\"key\":\"whsec_c2VjcmV0/+==\",\"x\":1}", "{\"key\":\"$SECRET\",\"x\":1}"),
            ("{\"key\":\"990001.k.Abc-_9\"}", "{\"key\":\"$KEY\"}"),
            ("nothing of the kind", "nothing of the kind"),
        ] {
            assert_eq!(masked(said), kept);
        }
        let sent = [
            ("authorization", &b"Bearer 990001.k.abc"[..]),
            ("cookie", b"session=1"),
            ("webhook-id", b"m-1"),
        ];
        let kept = headers_that_matter(sent.into_iter());
        let expected = [("authorization", "Bearer $KEY"), ("webhook-id", "m-1")];
        assert_eq!(kept, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }

    #[test]
    fn a_long_body_is_cut_between_two_characters() {
        let long = "水".repeat(EXCERPT_BYTES_MAX);
        let excerpt = Excerpt::of(long.as_bytes());
        assert!(excerpt.is_cut && excerpt.text.len() <= EXCERPT_BYTES_MAX && long.starts_with(&excerpt.text));
        assert!(Excerpt::of(&[0xff, 0xfe, 0]).text.contains("no text"));
    }
}
