//! Follow codes and follow marks: six digits to say on the phone, and a signed mark for the browser that has said them.

use crate::model::{CaseId, FollowerId, code_from};
use crate::rules::Rules;
use crate::store;
use ::store::{Conn, Tx};
use hmac::{Hmac, KeyInit, Mac};
use platform::{DistrictId, Fault, Time};
use sha2::Sha256;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// Hex digits kept of a mark's signature: 128 bits.
const MARK_DIGITS: usize = 32;

fn mac(secret: &[u8], what: &[u8], case: CaseId, follower: FollowerId) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes keys of any length");
    mac.update(what);
    mac.update(case.0.as_bytes());
    mac.update(follower.0.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// The code of one follower of one case. Nothing is stored: the same secret gives the same code again.
pub fn code(secret: &[u8], case: CaseId, follower: FollowerId) -> String {
    code_from(&mac(secret, b"code", case, follower))
}

/// What the browser keeps after the code was right: who follows, and the proof of it.
pub fn mark(secret: &[u8], case: CaseId, follower: FollowerId) -> String {
    let proof: String = mac(secret, b"mark", case, follower).iter().map(|b| format!("{b:02x}")).collect();
    format!("{}.{}", follower.0.simple(), &proof[..MARK_DIGITS])
}

/// How far the clock of somebody's device may be from ours for the time in its ids to be believed.
pub(crate) const DEVICE_CLOCK_OFF_MAX: Duration = Duration::from_secs(60 * 24 * 3600);

/// The id under which is kept what a device of the public has named itself; the same name gives the same id again.
///
/// Not the name as it was sent: who works on a case reads its id and its words, and were those all it takes, the same report
/// sent again would hand them the reporter's code.
pub(crate) fn kept_id(secret: &[u8], sent: Uuid, now: Time) -> Uuid {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes keys of any length");
    mac.update(b"id");
    mac.update(sent.as_bytes());
    let random: [u8; 8] = mac.finalize().into_bytes()[..8].try_into().expect("a MAC has 32 bytes");
    const VARIANT: u64 = 0b10 << 62;
    Uuid::from_u64_pair(time_half(sent, now), VARIANT | (u64::from_be_bytes(random) >> 2))
}

/// Time and version of an id of version 7, so that ids still sort by time; the present day where the device's clock is off.
fn time_half(sent: Uuid, now: Time) -> u64 {
    const VERSION: u64 = 7 << 12;
    const DAY_MS: u64 = 24 * 3600 * 1000;
    let (high, _) = sent.as_u64_pair();
    let (sent_ms, now_ms) = (high >> 16, u64::try_from(now.micros() / 1000).unwrap_or(0));
    let off = u128::from(sent_ms.abs_diff(now_ms));
    if sent.get_version_num() == 7 && off <= DEVICE_CLOCK_OFF_MAX.as_millis() {
        return high;
    }
    (now_ms - now_ms % DAY_MS) << 16 | VERSION
}

/// The follower a mark proves, if it was made by us for this case.
pub fn read_mark(secret: &[u8], case: CaseId, text: &str) -> Option<FollowerId> {
    let (id, _) = text.split_once('.')?;
    let follower = FollowerId(uuid::Uuid::parse_str(id).ok()?);
    let expected = mark(secret, case, follower);
    let same = expected.len() == text.len()
        && expected.bytes().zip(text.bytes()).fold(0, |acc, (a, b)| acc | (a ^ b)) == 0;
    same.then_some(follower)
}

/// The district's secret inside a write.
pub(crate) async fn secret(tx: &mut Tx) -> Result<Arc<[u8]>, Fault> {
    let (rules, district) = (tx.fixture::<Rules>(), tx.district());
    match rules.cached_secret(district) {
        Some(secret) => Ok(secret),
        // Not put into the cache yet: this write may still fail, and with it a secret just made.
        None => Ok(store::secret(tx).await?.into()),
    }
}

/// The district's secret for a page; none before the first case.
pub(crate) async fn find_secret(
    conn: &mut Conn,
    rules: &Rules,
    district: DistrictId,
) -> Result<Option<Arc<[u8]>>, Fault> {
    if let Some(secret) = rules.cached_secret(district) {
        return Ok(Some(secret));
    }
    Ok(store::find_secret(conn, district).await?.map(|s| rules.cache_secret(district, s)))
}
