//! Sessions by the hash of their token, and the sweeping out of what is over.

use crate::model::{AccountKind, Session, SessionId};
use platform::{AccountId, DistrictId, Fault, FaultKind, Time};
use std::time::Duration;
use store::{Conn, Tx, row, sql};

/// Longest a session can lie idle (the bound of `catalog/identity.toml`), after which its row is of no use.
const SESSION_KEPT: Duration = Duration::from_secs(181 * 24 * 3600);
const ATTEMPT_KEPT: Duration = Duration::from_secs(2 * 24 * 3600);
const INBOX_KEPT: Duration = Duration::from_secs(30 * 24 * 3600);

row! {
    struct SessionRow {
        id: SessionId,
        account_id: AccountId,
        kind: String,
        limited: bool,
        made_at: Time,
        seen_at: Time,
        ends_at: Time,
        suspended_at: Option<Time>,
        closed_at: Option<Time>,
    }
}

sql! {
    FIND_SESSION: (DistrictId, Vec<u8>) -> SessionRow =
        "select s.id, s.account_id, a.kind, s.limited, s.made_at, s.seen_at, s.ends_at, a.suspended_at, a.closed_at
         from identity_session s
         join identity_account a on a.district = s.district and a.id = s.account_id
         where s.district = $1 and s.token_hash = $2";
    INSERT_SESSION: (DistrictId, Vec<u8>, SessionId, AccountId, String, bool, Time, Time) =
        "insert into identity_session (district, token_hash, id, account_id, via, limited, made_at, seen_at, ends_at)
         values ($1, $2, $3, $4, $5, $6, $7, $7, $8)";
    TOUCH_SESSION: (DistrictId, Vec<u8>, Time) =
        "update identity_session set seen_at = $3 where district = $1 and token_hash = $2 and seen_at < $3";
    DELETE_SESSION: (DistrictId, AccountId, SessionId) =
        "delete from identity_session {by:identity_session_account} where district = $1 and account_id = $2 and id = $3";
    DELETE_OTHERS: (DistrictId, AccountId, SessionId) =
        "delete from identity_session {by:identity_session_account} where district = $1 and account_id = $2 and id <> $3";
    DELETE_ALL: (DistrictId, AccountId) =
        "delete from identity_session {by:identity_session_account} where district = $1 and account_id = $2";
    LIFT_LIMIT: (DistrictId, AccountId) =
        "update identity_session {by:identity_session_account} set limited = false
         where district = $1 and account_id = $2 and limited";
    SWEEP_SESSIONS: (DistrictId, Time, Time) =
        "delete from identity_session where district = $1 and (seen_at < $2 or ends_at < $3) /* whole district */";
    SWEEP_ATTEMPTS: (DistrictId, Time) = "delete from identity_attempt where district = $1 and last_at < $2";
    SWEEP_CODES: (DistrictId, Time) = "delete from identity_code where district = $1 and ends_at < $2";
    SWEEP_INBOX: (DistrictId, Time) = "delete from identity_inbox where district = $1 and at < $2 /* whole district */";
}

/// The session of a token, unless its account was closed or suspended.
pub(crate) async fn find_session(
    conn: &mut Conn,
    district: DistrictId,
    token_hash: &[u8],
) -> Result<Option<Session>, Fault> {
    let Some(row) = conn.optional(&FIND_SESSION, (district, token_hash.to_vec())).await? else {
        return Ok(None);
    };
    if row.suspended_at.is_some() || row.closed_at.is_some() {
        return Ok(None);
    }
    let kind = AccountKind::parse(&row.kind)
        .ok_or_else(|| Fault::new(FaultKind::Corrupt, format!("no kind of account is {}", row.kind)))?;
    Ok(Some(Session {
        id: row.id,
        account: row.account_id,
        kind,
        limited: row.limited,
        made_at: row.made_at,
        seen_at: row.seen_at,
        ends_at: row.ends_at,
    }))
}

pub(crate) async fn insert_session(
    tx: &mut Tx,
    token_hash: &[u8],
    session: &Session,
    via: &str,
) -> Result<(), Fault> {
    let district = tx.district();
    let s = session;
    let params =
        (district, token_hash.to_vec(), s.id, s.account, via.to_owned(), s.limited, s.made_at, s.ends_at);
    tx.execute(&INSERT_SESSION, params).await.map(drop)
}

pub(crate) async fn touch_session(tx: &mut Tx, token_hash: &[u8]) -> Result<(), Fault> {
    let (district, now) = (tx.district(), tx.now());
    tx.execute(&TOUCH_SESSION, (district, token_hash.to_vec(), now)).await.map(drop)
}

/// Ends one session of the account; answers whether there was one.
pub(crate) async fn delete_session(
    tx: &mut Tx,
    account: AccountId,
    session: SessionId,
) -> Result<bool, Fault> {
    let district = tx.district();
    Ok(tx.execute(&DELETE_SESSION, (district, account, session)).await? > 0)
}

/// Ends all sessions of the account, or all but one; answers how many.
pub(crate) async fn delete_sessions_of(
    tx: &mut Tx,
    account: AccountId,
    kept: Option<SessionId>,
) -> Result<u64, Fault> {
    let district = tx.district();
    match kept {
        Some(kept) => tx.execute(&DELETE_OTHERS, (district, account, kept)).await,
        None => tx.execute(&DELETE_ALL, (district, account)).await,
    }
}

/// Lets the account's sessions open everything, once password and second factor are in order.
pub(crate) async fn lift_limit(tx: &mut Tx, account: AccountId) -> Result<(), Fault> {
    let district = tx.district();
    tx.execute(&LIFT_LIMIT, (district, account)).await.map(drop)
}

/// Removes sessions, attempts, codes and demo messages that are over.
pub(crate) async fn sweep(tx: &mut Tx) -> Result<(), Fault> {
    let (district, now) = (tx.district(), tx.now());
    tx.execute(&SWEEP_SESSIONS, (district, now.before(SESSION_KEPT), now)).await?;
    tx.execute(&SWEEP_ATTEMPTS, (district, now.before(ATTEMPT_KEPT))).await?;
    tx.execute(&SWEEP_CODES, (district, now)).await?;
    tx.execute(&SWEEP_INBOX, (district, now.before(INBOX_KEPT))).await.map(drop)
}
