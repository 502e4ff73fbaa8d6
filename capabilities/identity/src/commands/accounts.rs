//! Opening, suspending, unlocking and closing accounts.

use crate::access::{MANAGE_ACCOUNTS, Passwords, UNLOCK_ACCOUNT, require};
use crate::error::IdentityError;
use crate::model::{
    Account, AccountKind, Administrator, IdentityFact, Roles, check_login, check_name, login_hash,
    readable_password,
};
use crate::store::{self, KEEPING};
use ::store::Tx;
use edge::Edge;
use platform::{AccountId, Actor, Permission, Personal, Phone};

/// A member of staff to come.
#[derive(Clone, Debug)]
pub struct NewStaff {
    pub login: String,
    pub name: Personal<String>,
    pub phone: Option<Personal<Phone>>,
    /// From [`crate::hash_password`]; without one nobody signs in by password until it is reset.
    pub password_hash: Option<String>,
    /// The password was made by somebody else and is to be replaced at the first sign-in.
    pub must_change: bool,
    /// An authenticator's secret known beforehand: the demo's.
    pub totp_secret: Option<Vec<u8>>,
}

impl NewStaff {
    /// Without password and second factor.
    pub fn new(login: &str, name: &str) -> Self {
        Self {
            login: login.to_owned(),
            name: Personal::new(name.to_owned()),
            phone: None,
            password_hash: None,
            must_change: true,
            totp_secret: None,
        }
    }
}

/// Opens an account of staff, for those who stand inside the house: the demo, imports, tests.
///
/// # Errors
/// A login or name that cannot be used, or a login already taken.
pub async fn create_staff(tx: &mut Tx, new: &NewStaff) -> Result<AccountId, IdentityError> {
    let login = check_login(&new.login).ok_or(IdentityError::BadLogin)?;
    let name = check_name(new.name.open(KEEPING)).ok_or(IdentityError::BadName)?;
    let now = tx.now();
    let account = Account {
        login: Some(Personal::new(login)),
        phone: new.phone.clone(),
        password_hash: new.password_hash.clone(),
        must_change: new.must_change,
        totp_secret: new.totp_secret.clone(),
        ..Account::new(AccountId::new(now), AccountKind::Staff, name, now)
    };
    // A district founded after the start gets its nightly sweep with its first accounts.
    crate::reactions::set_sweep(tx).await?;
    insert(tx, &account).await
}

/// The account of whoever has this phone, made if there is none. Only after the phone was proved, or on somebody's behalf.
pub async fn resident_of_phone(tx: &mut Tx, phone: &Phone) -> Result<AccountId, IdentityError> {
    let (district, now) = (tx.district(), tx.now());
    let id = AccountId::new(now);
    if store::insert_resident(tx, id, phone).await? {
        let kind = AccountKind::Resident.as_str();
        tx.record(&IdentityFact::AccountOpened { account: id, kind }).await?;
        return Ok(id);
    }
    let account = store::find_login(tx, district, phone.as_str()).await?;
    account.map(|a| a.id).ok_or(IdentityError::NotFound)
}

async fn insert(tx: &mut Tx, account: &Account) -> Result<AccountId, IdentityError> {
    store::insert_account(tx, account).await?;
    let kind = account.kind.as_str();
    tx.record(&IdentityFact::AccountOpened { account: account.id, kind }).await?;
    Ok(account.id)
}

/// Opens an account of staff with a first password, which is answered once.
pub(crate) async fn open_staff(
    edge: &Edge,
    actor: &Actor,
    mut new: NewStaff,
) -> Result<(AccountId, String), IdentityError> {
    require(actor, &MANAGE_ACCOUNTS)?;
    let password = readable_password(&mut rand::rng());
    new.password_hash = Some(edge.fixture::<Passwords>().hash(password.clone()).await?);
    let id = edge.db.write(actor, async move |tx: &mut Tx| create_staff(tx, &new).await).await?;
    Ok((id, password))
}

/// Opens an account of another system.
pub(crate) async fn open_service(tx: &mut Tx, name: &str) -> Result<AccountId, IdentityError> {
    require(tx.actor(), &MANAGE_ACCOUNTS)?;
    let name = check_name(name).ok_or(IdentityError::BadName)?;
    let now = tx.now();
    let account = Account::new(AccountId::new(now), AccountKind::Service, name, now);
    insert(tx, &account).await
}

/// The account to change, which is not one's own and not closed.
async fn load_others(tx: &mut Tx, id: AccountId, permission: &Permission) -> Result<Account, IdentityError> {
    let account = store::load_for(tx, id, permission).await?;
    if tx.actor().account == Some(id) {
        return Err(IdentityError::OwnAccount);
    }
    if account.is_open() { Ok(account) } else { Err(IdentityError::Closed) }
}

/// Suspends an account: its sessions end now, and nobody signs in until it is unlocked.
pub(crate) async fn lock_account(tx: &mut Tx, id: AccountId) -> Result<(), IdentityError> {
    let mut account = load_others(tx, id, &MANAGE_ACCOUNTS).await?;
    keep_one_administrator(tx, &account).await?;
    account.suspended_at = Some(tx.now());
    store::save_account(tx, &account).await?;
    store::delete_sessions_of(tx, id, None).await?;
    tx.record(&IdentityFact::AccountSuspended { account: id }).await?;
    Ok(())
}

/// Ends a suspension, and a lock after failures.
pub(crate) async fn unlock_account(tx: &mut Tx, id: AccountId) -> Result<(), IdentityError> {
    let mut account = load_others(tx, id, &UNLOCK_ACCOUNT).await?;
    account.suspended_at = None;
    store::save_account(tx, &account).await?;
    if let Some(login) = &account.login {
        let hash = login_hash(tx.district(), login.open(KEEPING));
        store::forget_attempts(tx, &hash).await?;
    }
    tx.record(&IdentityFact::AccountUnlocked { account: id }).await?;
    Ok(())
}

/// Closes an account for good. A resident's phone is taken out of it; a login of staff is never given again.
pub(crate) async fn close_account(tx: &mut Tx, id: AccountId) -> Result<(), IdentityError> {
    let mut account = load_others(tx, id, &MANAGE_ACCOUNTS).await?;
    keep_one_administrator(tx, &account).await?;
    account.closed_at = Some(tx.now());
    account.password_hash = None;
    account.reset_second_factor();
    if account.kind == AccountKind::Resident {
        account.login = None;
        account.phone = None;
    }
    store::save_account(tx, &account).await?;
    store::replace_recovery_codes(tx, id, Vec::new()).await?;
    store::delete_sessions_of(tx, id, None).await?;
    tx.record(&IdentityFact::AccountClosed { account: id }).await?;
    Ok(())
}

/// Gives a new first password, answered once; sessions end now.
pub(crate) async fn reset_password(
    edge: &Edge,
    actor: &Actor,
    id: AccountId,
) -> Result<String, IdentityError> {
    require(actor, &MANAGE_ACCOUNTS)?;
    let password = readable_password(&mut rand::rng());
    let hash = edge.fixture::<Passwords>().hash(password.clone()).await?;
    edge.db
        .write(actor, async move |tx: &mut Tx| {
            let mut account = load_others(tx, id, &MANAGE_ACCOUNTS).await?;
            if account.kind != AccountKind::Staff {
                return Err(IdentityError::WrongKind);
            }
            account.password_hash = Some(hash.clone());
            account.must_change = true;
            store::save_account(tx, &account).await?;
            store::delete_sessions_of(tx, id, None).await?;
            tx.record(&IdentityFact::PasswordReset { account: id }).await?;
            Ok(())
        })
        .await?;
    Ok(password)
}

/// Takes a lost second factor away; it is set up anew at the next sign-in.
pub(crate) async fn reset_second_factor(tx: &mut Tx, id: AccountId) -> Result<(), IdentityError> {
    let mut account = load_others(tx, id, &UNLOCK_ACCOUNT).await?;
    account.reset_second_factor();
    store::save_account(tx, &account).await?;
    store::replace_recovery_codes(tx, id, Vec::new()).await?;
    store::delete_sessions_of(tx, id, None).await?;
    tx.record(&IdentityFact::SecondFactorReset { account: id }).await?;
    Ok(())
}

/// Refuses to take the last administrator of a kind out of service: nobody could let another one in.
async fn keep_one_administrator(tx: &mut Tx, account: &Account) -> Result<(), IdentityError> {
    for kind in administrator_kinds(tx, account.id).await? {
        if store::count_administrators(tx, kind).await? <= 1 {
            return Err(IdentityError::LastAdministrator);
        }
    }
    Ok(())
}

async fn administrator_kinds(tx: &mut Tx, id: AccountId) -> Result<Vec<Administrator>, IdentityError> {
    let (district, now) = (tx.district(), tx.now());
    let roles = tx.fixture::<Roles>();
    let held = store::assignments_of(tx, district, id).await?;
    let held = held.iter().filter(|a| a.is_in_force(now));
    Ok(held.filter_map(|a| roles.find(&a.role)?.administrator).collect())
}
