//! Loads and saves accounts and what belongs to them.

mod attempts;
mod codes;
mod keys;
mod recovery;
mod roles;
mod sessions;

pub(crate) use attempts::{forget_attempts, load_attempts, save_attempts};
pub(crate) use codes::{count_try, drop_code, load_code, put_in_inbox, save_code};
pub(crate) use keys::{
    add_key_use, end_key, find_key, insert_key, list_good_keys, load_key, revoke_key, sweep_key_uses,
};
pub(crate) use recovery::{replace_recovery_codes, use_recovery_code};
pub(crate) use roles::{
    assignments_of, count_administrators, insert_assignment, load_assignment, withdraw_assignment,
};
pub(crate) use sessions::{
    delete_session, delete_sessions_of, find_session, insert_session, lift_limit, sweep, touch_session,
};

use crate::error::IdentityError;
use crate::model::{Account, AccountKind, IdentityFact, login_hash};
use platform::{AccountId, DistrictId, Fault, FaultKind, Permission, Personal, Phone, Purpose, Time};
use store::{Conn, Fact, Tx, row, sql, value};
use uuid::Uuid;

value!(crate::model::SessionId as Uuid, |v| v.0, crate::model::SessionId);
value!(crate::model::AssignmentId as Uuid, |v| v.0, crate::model::AssignmentId);

/// Why the store opens personal values: to write them down, and to find an account by them.
pub(crate) const KEEPING: Purpose = Purpose("keeping the account");

impl Fact for IdentityFact {
    fn name(&self) -> &'static str {
        self.name()
    }
    fn subject(&self) -> (&'static str, Uuid) {
        self.subject()
    }
    fn data(&self) -> serde_json::Value {
        self.data()
    }
}

row! {
    struct AccountRow {
        id: AccountId,
        kind: String,
        login: Option<String>,
        name: String,
        phone: Option<String>,
        password_hash: Option<String>,
        must_change: bool,
        totp_secret: Option<Vec<u8>>,
        totp_pending: Option<Vec<u8>>,
        totp_step: i64,
        suspended_at: Option<Time>,
        closed_at: Option<Time>,
        created_at: Time,
        version: i64,
    }
}

type InsertAccount = (
    DistrictId,
    AccountId,
    String,
    Option<String>,
    Option<Vec<u8>>,
    String,
    Option<String>,
    Option<String>,
    bool,
    Option<Vec<u8>>,
    Time,
);
type UpdateAccount = (
    DistrictId,
    AccountId,
    i64,
    Option<String>,
    Option<Vec<u8>>,
    String,
    Option<String>,
    Option<String>,
    bool,
    Option<Vec<u8>>,
    Option<Vec<u8>>,
    i64,
    Option<Time>,
    Option<Time>,
);

sql! {
    INSERT_ACCOUNT: InsertAccount =
        "insert into identity_account (district, id, kind, login, login_hash, name, phone, password_hash, must_change,
             totp_secret, totp_step, created_at, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11, 1)";
    /// The second to come finds the first one's account.
    INSERT_RESIDENT: (DistrictId, AccountId, String, String, String, Time) =
        "insert into identity_account (district, id, kind, login, name, phone, must_change, totp_step, created_at, version)
         values ($1, $2, $3, $4, '', $5, false, 0, $6, 1)
         on conflict (district, login) do nothing";
    ACCOUNT: (DistrictId, AccountId) -> AccountRow =
        "select id, kind, login, name, phone, password_hash, must_change, totp_secret, totp_pending, totp_step,
             suspended_at, closed_at, created_at, version
         from identity_account where district = $1 and id = $2";
    ACCOUNT_OF_LOGIN: (DistrictId, String) -> AccountRow =
        "select id, kind, login, name, phone, password_hash, must_change, totp_secret, totp_pending, totp_step,
             suspended_at, closed_at, created_at, version
         from identity_account where district = $1 and login = $2";
    UPDATE_ACCOUNT: UpdateAccount =
        "update identity_account set login = $4, login_hash = $5, name = $6, phone = $7, password_hash = $8,
             must_change = $9, totp_secret = $10, totp_pending = $11, totp_step = $12, suspended_at = $13, closed_at = $14,
             version = version + 1
         where district = $1 and id = $2 and version = $3";
}

fn read_account(row: AccountRow) -> Result<Account, Fault> {
    let kind = AccountKind::parse(&row.kind)
        .ok_or_else(|| Fault::new(FaultKind::Corrupt, format!("no kind of account is {}", row.kind)))?;
    Ok(Account {
        id: row.id,
        kind,
        login: row.login.map(Personal::new),
        name: Personal::new(row.name),
        phone: row.phone.and_then(|text| Phone::parse(&text)).map(Personal::new),
        password_hash: row.password_hash,
        must_change: row.must_change,
        totp_secret: row.totp_secret,
        totp_pending: row.totp_pending,
        totp_step: row.totp_step,
        suspended_at: row.suspended_at,
        closed_at: row.closed_at,
        created_at: row.created_at,
        version: row.version,
    })
}

pub(crate) async fn find_account(
    conn: &mut Conn,
    district: DistrictId,
    id: AccountId,
) -> Result<Option<Account>, Fault> {
    conn.optional(&ACCOUNT, (district, id)).await?.map(read_account).transpose()
}

/// The account that signs in by this login (staff) or phone (residents).
pub(crate) async fn find_login(
    conn: &mut Conn,
    district: DistrictId,
    login: &str,
) -> Result<Option<Account>, Fault> {
    conn.optional(&ACCOUNT_OF_LOGIN, (district, login.to_owned())).await?.map(read_account).transpose()
}

/// The account an administrator may change with `permission`, which reaches the whole district.
pub(crate) async fn load_for(
    tx: &mut Tx,
    id: AccountId,
    permission: &Permission,
) -> Result<Account, IdentityError> {
    if !tx.actor().holds_everywhere(permission) {
        return Err(IdentityError::Forbidden);
    }
    let district = tx.district();
    find_account(tx, district, id).await?.ok_or(IdentityError::NotFound)
}

/// The account of whoever acts.
pub(crate) async fn load_own(tx: &mut Tx) -> Result<Account, IdentityError> {
    let district = tx.district();
    let id = tx.actor().account.ok_or(IdentityError::SessionExpired)?;
    let account = find_account(tx, district, id).await?;
    account.filter(Account::may_enter).ok_or(IdentityError::SessionExpired)
}

pub(crate) async fn insert_account(tx: &mut Tx, account: &Account) -> Result<(), Fault> {
    let district = tx.district();
    let login = account.login.as_ref().map(|l| l.open(KEEPING).clone());
    let params = (
        district,
        account.id,
        account.kind.as_str().to_owned(),
        login.clone(),
        login.map(|l| login_hash(district, &l)),
        account.name.open(KEEPING).clone(),
        account.phone.as_ref().map(|p| p.open(KEEPING).as_str().to_owned()),
        account.password_hash.clone(),
        account.must_change,
        account.totp_secret.clone(),
        account.created_at,
    );
    tx.execute(&INSERT_ACCOUNT, params).await.map(drop)
}

/// Makes the resident's account unless there is one; answers whether it was made now.
pub(crate) async fn insert_resident(tx: &mut Tx, id: AccountId, phone: &Phone) -> Result<bool, Fault> {
    let (district, now) = (tx.district(), tx.now());
    let kind = AccountKind::Resident.as_str().to_owned();
    let phone = phone.as_str().to_owned();
    Ok(tx.execute(&INSERT_RESIDENT, (district, id, kind, phone.clone(), phone, now)).await? > 0)
}

pub(crate) async fn save_account(tx: &mut Tx, account: &Account) -> Result<(), Fault> {
    let district = tx.district();
    let login = account.login.as_ref().map(|l| l.open(KEEPING).clone());
    let params = (
        district,
        account.id,
        account.version,
        login.clone(),
        login.map(|l| login_hash(district, &l)),
        account.name.open(KEEPING).clone(),
        account.phone.as_ref().map(|p| p.open(KEEPING).as_str().to_owned()),
        account.password_hash.clone(),
        account.must_change,
        account.totp_secret.clone(),
        account.totp_pending.clone(),
        account.totp_step,
        account.suspended_at,
        account.closed_at,
    );
    match tx.execute(&UPDATE_ACCOUNT, params).await? {
        1 => Ok(()),
        _ => Err(Fault::new(FaultKind::Contention, "the account was changed at the same time")),
    }
}
