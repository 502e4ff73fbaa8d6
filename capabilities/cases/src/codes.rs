//! Follow codes and follow marks: six digits to say on the phone, and a signed mark for the browser that has said them.

use crate::model::{CaseId, FollowerId, code_from};
use crate::rules::Rules;
use crate::store;
use ::store::{Conn, Tx};
use hmac::{Hmac, KeyInit, Mac};
use platform::{DistrictId, Fault};
use sha2::Sha256;
use std::sync::Arc;

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
