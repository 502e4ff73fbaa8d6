//! The same write twice gives the same answer once.

use crate::{Tx, sql};
use platform::{Fault, Time};
use sha2::{Digest, Sha256};

/// What the key stands for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Replay {
    /// Not seen before: do the work, then [`Tx::remember`] the answer.
    Fresh,
    /// Done before, with the same request: give this answer again.
    Same { status: u16, body: String },
    /// Used before for another request: refuse.
    Other,
}

sql! {
    RECALL: (platform::DistrictId, String) -> (Vec<u8>, i64, String) =
        "select request_hash, status, body from platform_idempotency where district = $1 and key = $2";
    REMEMBER: (platform::DistrictId, String, Vec<u8>, i64, String, Time) =
        "insert into platform_idempotency (district, key, request_hash, status, body, at) values ($1, $2, $3, $4, $5, $6)";
    FORGET: (platform::DistrictId, Time) =
        "delete from platform_idempotency where district = $1 and at < $2";
}

impl Tx {
    /// Looks a key up. Keys are the caller's own: prefix them with who calls.
    pub async fn recall(&mut self, key: &str, request: &[u8]) -> Result<Replay, Fault> {
        let district = self.district();
        let found = self.optional(&RECALL, (district, key.to_owned())).await?;
        Ok(match found {
            None => Replay::Fresh,
            Some((hash, status, body)) if hash == Sha256::digest(request).as_slice() => {
                Replay::Same { status: u16::try_from(status).unwrap_or(200), body }
            }
            Some(_) => Replay::Other,
        })
    }

    /// Keeps the answer with the change it belongs to.
    pub async fn remember(
        &mut self,
        key: &str,
        request: &[u8],
        status: u16,
        body: &str,
    ) -> Result<(), Fault> {
        let params = (
            self.district(),
            key.to_owned(),
            Sha256::digest(request).to_vec(),
            i64::from(status),
            body.to_owned(),
            self.now(),
        );
        self.execute(&REMEMBER, params).await.map(drop)
    }

    /// Drops answers older than `before`.
    pub async fn forget_answers(&mut self, before: Time) -> Result<u64, Fault> {
        let district = self.district();
        self.execute(&FORGET, (district, before)).await
    }
}
