//! Keys of other systems: shown once, kept as a hash.

use crate::access::{MANAGE_SERVICE_KEYS, require};
use crate::error::IdentityError;
use crate::model::{AccountKind, IdentityFact, Token, TokenKind};
use crate::store;
use ::store::Tx;
use edge::{Edge, KeyCalls, KeyRoute, KeyUses};
use platform::{AccountId, Actor, DistrictId, Fault, Time};
use std::collections::BTreeMap;
use std::time::Duration;
use uuid::Uuid;

platform::id!(
    /// A key of another system.
    KeyId, "service_key"
);

/// The most calls a minute a key can be given.
pub(crate) const CALLS_PER_MINUTE_MAX: i64 = 60_000;
/// How long a key and its successor hold side by side, at most.
pub(crate) const OVERLAP_HOURS_MAX: u32 = 7 * 24;

/// How far a key reaches.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct KeyReach {
    pub ends_at: Option<Time>,
    /// None: as the house has it.
    pub calls_per_minute: Option<i64>,
}

/// Issues a key; the token is answered this once.
pub(crate) async fn issue_key(
    tx: &mut Tx,
    account: AccountId,
    reach: KeyReach,
) -> Result<(Uuid, Token), IdentityError> {
    let KeyReach { ends_at, calls_per_minute } = reach;
    let account = store::load_for(tx, account, &MANAGE_SERVICE_KEYS).await?;
    if account.kind != AccountKind::Service {
        return Err(IdentityError::WrongKind);
    }
    if !account.may_enter() {
        return Err(IdentityError::Closed);
    }
    let now = tx.now();
    if ends_at.is_some_and(|end| end <= now) {
        return Err(IdentityError::BadPeriod);
    }
    if calls_per_minute.is_some_and(|calls| !(1..=CALLS_PER_MINUTE_MAX).contains(&calls)) {
        return Err(IdentityError::BadReach {
            field: "calls_per_minute",
            zh: "每分钟次数在 1 到 60000 之间。",
            en: "Calls a minute are 1 to 60000.",
        });
    }
    let token = Token::new(tx.district(), TokenKind::ServiceKey, rand::random());
    let id = KeyId::new(now).0;
    store::insert_key(tx, &token.hash(), id, account.id, token.hint(), (ends_at, calls_per_minute)).await?;
    tx.record(&IdentityFact::ServiceKeyIssued { account: account.id, key: id }).await?;
    Ok((id, token))
}

/// Issues a key in place of another, which holds for some hours more, so that the other system changes it without a gap.
///
/// # Errors
/// `not_found`; `identity.key_over` for one that opens nothing any more.
pub(crate) async fn rotate_key(
    tx: &mut Tx,
    id: Uuid,
    overlap_hours: u32,
) -> Result<(Uuid, Token), IdentityError> {
    require(tx.actor(), &MANAGE_SERVICE_KEYS)?;
    if overlap_hours > OVERLAP_HOURS_MAX {
        return Err(IdentityError::BadReach {
            field: "overlap_hours",
            zh: "新旧密钥并用最多 168 小时。",
            en: "Both keys hold for 168 hours at most.",
        });
    }
    let former = store::load_key(tx, id).await?.ok_or(IdentityError::NotFound)?;
    let now = tx.now();
    if former.revoked_at.is_some() || former.ends_at.is_some_and(|end| end <= now) {
        return Err(IdentityError::KeyOver);
    }
    let reach = KeyReach { ends_at: former.ends_at, calls_per_minute: former.calls_per_minute };
    let issued = issue_key(tx, former.account_id, reach).await?;
    let end = now.after(Duration::from_secs(u64::from(overlap_hours) * 3600));
    store::end_key(tx, id, former.ends_at.map_or(end, |before| before.min(end))).await?;
    Ok(issued)
}

/// Writes down what keys did since the last time. What cannot be written is kept for the next.
///
/// # Errors
/// The store.
pub async fn keep_key_uses(edge: &Edge) -> Result<(), Fault> {
    let uses = edge.fixture::<KeyUses>();
    let mut by_district: BTreeMap<DistrictId, Vec<(KeyRoute, KeyCalls)>> = BTreeMap::new();
    for (route, calls) in uses.take() {
        by_district.entry(route.district).or_default().push((route, calls));
    }
    for (district, counts) in by_district {
        let actor = Actor::system(district, "key use");
        let rows = counts.clone();
        let written = edge.db.write(&actor, async move |tx: &mut Tx| {
            for (route, calls) in &rows {
                store::add_key_use(tx, route, calls).await?;
            }
            Ok::<_, Fault>(())
        });
        if let Err(fault) = written.await {
            uses.put_back(counts);
            return Err(fault);
        }
    }
    Ok(())
}

/// Revokes a key, at once and for good.
pub(crate) async fn revoke_key(tx: &mut Tx, id: Uuid) -> Result<(), IdentityError> {
    require(tx.actor(), &MANAGE_SERVICE_KEYS)?;
    let key = store::load_key(tx, id).await?.ok_or(IdentityError::NotFound)?;
    if key.revoked_at.is_none() {
        store::revoke_key(tx, id).await?;
        tx.record(&IdentityFact::ServiceKeyRevoked { account: key.account_id, key: id }).await?;
    }
    Ok(())
}
