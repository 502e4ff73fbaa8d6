//! Every read of identity: accounts and their state, sessions, keys, the demo inbox.

mod audit;

pub(crate) use audit::{Audit, EXPORT_ROWS_MAX, read_audit};

use crate::error::IdentityError;
use crate::model::{AccountKind, Limits, SessionId};
use platform::{AccountId, Cursor, DistrictId, Fault, Page, Personal, Phone, Time, Words};
use std::collections::HashMap;
use store::{Conn, List, row, sql};
use uuid::Uuid;

/// Sessions or keys of one account that are listed.
const LIST_ROWS_MAX: i64 = 200;
/// Messages on the demo's inbox page.
/// Routes and days of one key shown at once.
const KEY_USE_ROWS_MAX: i64 = 500;
const INBOX_ROWS_MAX: i64 = 50;

row! {
    /// An account as administrators see it.
    #[derive(Clone)]
    pub(crate) struct AccountLine {
        pub(crate) id: AccountId,
        pub(crate) kind: String,
        pub(crate) login: Option<String>,
        pub(crate) name: String,
        pub(crate) phone: Option<String>,
        pub(crate) has_password: bool,
        pub(crate) must_change: bool,
        pub(crate) has_second_factor: bool,
        pub(crate) suspended_at: Option<Time>,
        pub(crate) closed_at: Option<Time>,
        pub(crate) created_at: Time,
        pub(crate) locked_until: Option<Time>,
    }
}

row! {
    pub(crate) struct SessionLine {
        pub(crate) id: SessionId,
        pub(crate) via: String,
        pub(crate) made_at: Time,
        pub(crate) seen_at: Time,
        pub(crate) ends_at: Time,
    }
}

row! {
    pub(crate) struct KeyLine {
        pub(crate) id: Uuid,
        pub(crate) account_id: AccountId,
        pub(crate) name: String,
        pub(crate) hint: String,
        pub(crate) made_at: Time,
        pub(crate) ends_at: Option<Time>,
        pub(crate) revoked_at: Option<Time>,
        pub(crate) calls_per_minute: Option<i64>,
        pub(crate) last_at: Option<Time>,
    }
}

row! {
    /// What a key did on a route on a day.
    pub(crate) struct KeyUseRow {
        pub(crate) day: String,
        pub(crate) route: String,
        pub(crate) calls: i64,
        pub(crate) refused: i64,
        pub(crate) failed: i64,
        pub(crate) last_at: Time,
    }
}

row! {
    struct InboxRow { phone: String, words_zh: String, words_en: String, code: Option<String>, at: Time }
}

sql! {
    ACCOUNTS: (DistrictId, String, AccountId, i64) -> AccountLine =
        "select a.id, a.kind, a.login, a.name, a.phone, (a.password_hash is not null) as has_password, a.must_change,
             (a.totp_secret is not null) as has_second_factor, a.suspended_at, a.closed_at, a.created_at, t.locked_until
         from identity_account a
         left join identity_attempt t on t.district = a.district and t.login_hash = a.login_hash
         where a.district = $1 and a.kind = $2 and a.id < $3 order by a.id desc limit $4";
    ACCOUNT: (DistrictId, AccountId) -> AccountLine =
        "select a.id, a.kind, a.login, a.name, a.phone, (a.password_hash is not null) as has_password, a.must_change,
             (a.totp_secret is not null) as has_second_factor, a.suspended_at, a.closed_at, a.created_at, t.locked_until
         from identity_account a
         left join identity_attempt t on t.district = a.district and t.login_hash = a.login_hash
         where a.district = $1 and a.id = $2";
    ACCOUNT_BY_LOGIN: (DistrictId, String) -> AccountLine =
        "select a.id, a.kind, a.login, a.name, a.phone, (a.password_hash is not null) as has_password, a.must_change,
             (a.totp_secret is not null) as has_second_factor, a.suspended_at, a.closed_at, a.created_at, t.locked_until
         from identity_account a
         left join identity_attempt t on t.district = a.district and t.login_hash = a.login_hash
         where a.district = $1 and a.login = $2";
    NAMES: (DistrictId, List<AccountId>) -> (AccountId, String) =
        "select id, name from identity_account where district = $1 and id {in:$2:uuid}";
    SESSIONS: (DistrictId, AccountId, Time, i64) -> SessionLine =
        "select id, via, made_at, seen_at, ends_at from identity_session
         where district = $1 and account_id = $2 and ends_at > $3 order by id desc limit $4";
    KEYS: (DistrictId, i64) -> KeyLine =
        "select k.id, k.account_id, a.name, k.hint, k.made_at, k.ends_at, k.revoked_at, k.calls_per_minute,
             (select max(u.last_at) from identity_key_use u where u.district = k.district and u.key_id = k.id) as last_at
         from identity_service_key k
         join identity_account a on a.district = k.district and a.id = k.account_id
         where k.district = $1 order by k.id desc limit $2";
    KEY_USES: (DistrictId, Uuid, String, i64) -> KeyUseRow =
        "select day, route, calls, refused, failed, last_at from identity_key_use
         where district = $1 and key_id = $2 and day >= $3 order by day desc, calls desc, route limit $4";
    INBOX: (DistrictId, i64) -> InboxRow =
        "select phone, words_zh, words_en, code, at from identity_inbox where district = $1 order by id desc limit $2";
}

/// Accounts of a kind, newest first.
pub(crate) async fn list_accounts(
    conn: &mut Conn,
    district: DistrictId,
    kind: AccountKind,
    after: Option<&Cursor>,
    rows: u32,
) -> Result<Page<AccountLine>, IdentityError> {
    let before = match after {
        Some(cursor) => cursor.key().ok_or(IdentityError::BadFilter { field: "after" })?,
        None => AccountId(Uuid::max()),
    };
    let kind = kind.as_str().to_owned();
    let lines = conn.all(&ACCOUNTS, (district, kind, before, i64::from(rows) + 1)).await?;
    Ok(Page::cut(lines, rows as usize, |line| Cursor::of(&line.id)))
}

pub(crate) async fn find_line(
    conn: &mut Conn,
    district: DistrictId,
    id: AccountId,
) -> Result<Option<AccountLine>, Fault> {
    conn.optional(&ACCOUNT, (district, id)).await
}

pub(crate) async fn find_line_by_login(
    conn: &mut Conn,
    district: DistrictId,
    login: &str,
) -> Result<Option<AccountLine>, Fault> {
    conn.optional(&ACCOUNT_BY_LOGIN, (district, login.trim().to_lowercase())).await
}

/// The names of accounts, for those who may see who did what: staff by name, systems by theirs, residents without one.
pub async fn account_names(
    conn: &mut Conn,
    district: DistrictId,
    ids: Vec<AccountId>,
) -> Result<HashMap<AccountId, Personal<String>>, Fault> {
    let rows = conn.all(&NAMES, (district, List(ids))).await?;
    Ok(rows.into_iter().map(|(id, name)| (id, Personal::new(name))).collect())
}

/// The sessions of an account that are not over, newest first.
pub(crate) async fn list_sessions(
    conn: &mut Conn,
    district: DistrictId,
    account: AccountId,
    kind: AccountKind,
    now: Time,
    limits: &Limits,
) -> Result<Vec<SessionLine>, Fault> {
    let mut lines = conn.all(&SESSIONS, (district, account, now, LIST_ROWS_MAX)).await?;
    let idle_max = crate::model::idle_time(kind, limits);
    lines.retain(|line| now.since(line.seen_at) < idle_max);
    Ok(lines)
}

pub(crate) async fn list_keys(conn: &mut Conn, district: DistrictId) -> Result<Vec<KeyLine>, Fault> {
    conn.all(&KEYS, (district, LIST_ROWS_MAX)).await
}

/// What a key did from the day of a moment on, the latest day first, the most frequent route first.
pub(crate) async fn list_key_uses(
    conn: &mut Conn,
    district: DistrictId,
    key: Uuid,
    since: Time,
) -> Result<Vec<KeyUseRow>, Fault> {
    conn.all(&KEY_USES, (district, key, since.local().date().to_string(), KEY_USE_ROWS_MAX)).await
}

/// A message that would have been texted.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    /// `138****0000`
    pub(crate) to: String,
    pub(crate) words: Words,
    pub(crate) code: Option<String>,
    pub(crate) at: Time,
}

/// The demo's inbox, newest first.
pub(crate) async fn list_inbox(conn: &mut Conn, district: DistrictId) -> Result<Vec<Message>, Fault> {
    let rows = conn.all(&INBOX, (district, INBOX_ROWS_MAX)).await?;
    Ok(rows.into_iter().map(read_message).collect())
}

fn read_message(row: InboxRow) -> Message {
    let masked_mail = || {
        row.phone.split_once('@').map(|(name, at)| format!("{}…@{at}", name.chars().next().unwrap_or('…')))
    };
    let to =
        Phone::parse(&row.phone).map(|p| Personal::new(p).masked()).or_else(masked_mail).unwrap_or_default();
    Message { to, words: Words::new(row.words_zh, row.words_en), code: row.code, at: row.at }
}

impl AccountLine {
    /// The phone without its middle.
    pub(crate) fn masked_phone(&self) -> Option<String> {
        self.phone.as_deref().and_then(Phone::parse).map(|p| Personal::new(p).masked())
    }

    /// A resident has no login apart from the phone.
    pub(crate) fn shown_login(&self) -> Option<&str> {
        self.login.as_deref().filter(|_| self.kind != AccountKind::Resident.as_str())
    }
}

/// The phone of an account, for those who text it.
pub async fn phone_of_account(
    conn: &mut Conn,
    district: DistrictId,
    account: AccountId,
) -> Result<Option<Personal<Phone>>, Fault> {
    let line = find_line(conn, district, account).await?;
    Ok(line.and_then(|l| l.phone).and_then(|text| Phone::parse(&text)).map(Personal::new))
}
