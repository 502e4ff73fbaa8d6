//! The demo's accounts: everybody who serves has one, and one of each kind can sign in.
//!
//! Hashing five hundred passwords would take half a minute, and nobody would type them: only the samples get one.

use super::accounts::{NewStaff, create_staff};
use super::roles::{NewAssignment, assign_role};
use crate::access::Passwords;
use crate::error::IdentityError;
use crate::model::{Roles, SECRET_BYTES, readable_password, secret_text};
use ::store::Tx;
use edge::Edge;
use platform::{AccountId, Actor, Personal, Phone, Scope, Time, Words};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// The phone a sample resident signs in with; the code is on the inbox page. Written for Mulin, nobody's number.
const RESIDENT_PHONE: &str = "13900000000";
const ADMINISTRATORS: [(&str, &str); 3] =
    [("system_admin", "system"), ("security_admin", "security"), ("audit_admin", "audit")];

/// Somebody of the demo who will hold a post.
#[derive(Clone, Debug)]
pub struct DemoStaff {
    pub name: String,
    pub phone: Option<Phone>,
    /// The kind of post, as `catalog/roles.toml` names it under `posts`.
    pub post_kind: String,
    /// As the list of accounts prints it: "田心社区012网格".
    pub post: String,
    /// The first of a kind who may becomes its sample and gets a password: the main holder, not a stand-in.
    pub may_be_sample: bool,
}

/// A sample account of one role, as the demo prints it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DemoAccount {
    /// The role's key.
    pub role: String,
    pub words: Words,
    /// What is typed to sign in: a login, or a resident's phone.
    pub login: String,
    /// None for a resident, whose code is on the inbox page.
    pub password: Option<String>,
    /// Base32, where the role asks for a second factor.
    pub totp_secret: Option<String>,
    /// The post held, or the role's name.
    pub post: String,
}

/// What the seeding made.
#[derive(Clone, Debug)]
pub struct DemoAccounts {
    /// One for each of the people given, in their order.
    pub accounts: Vec<AccountId>,
    /// One for each role, to be printed once.
    pub samples: Vec<DemoAccount>,
}

/// A sample with what its account is made of.
struct Sample {
    shown: DemoAccount,
    new: NewStaff,
}

/// Opens the demo's accounts as of `at`: those who serve, and the three administrators.
///
/// # Errors
/// A kind of post without a role, or a database that cannot be written.
pub async fn seed_demo_accounts(
    edge: &Edge,
    actor: &Actor,
    people: &[DemoStaff],
    at: Time,
) -> Result<DemoAccounts, IdentityError> {
    let roles = edge.fixture::<Roles>();
    let mut sampled: HashSet<&str> = HashSet::new();
    let mut samples = Vec::new();
    let mut staff = Vec::with_capacity(people.len());
    for (place, person) in people.iter().enumerate() {
        let login = format!("{}.{}", person.post_kind, place + 1);
        let mut new = NewStaff::new(&login, &person.name);
        new.phone = person.phone.clone().map(Personal::new);
        if person.may_be_sample && sampled.insert(&person.post_kind) {
            let role = roles.of_post(&person.post_kind).next().ok_or(IdentityError::UnknownRole)?;
            let sample = make_sample(edge, role, new, &person.post).await?;
            samples.push(sample.shown);
            new = sample.new;
        }
        staff.push(new);
    }
    let mut administrators = Vec::new();
    for (key, login) in ADMINISTRATORS {
        let role = roles.find(key).ok_or(IdentityError::UnknownRole)?;
        let sample = make_sample(edge, role, NewStaff::new(login, &role.words.zh), &role.words.zh).await?;
        samples.push(sample.shown);
        administrators.push((key, sample.new));
    }
    samples.push(resident_sample(&roles)?);
    let accounts =
        edge.db.write(actor, async move |tx: &mut Tx| open_all(tx, &staff, &administrators, at).await);
    Ok(DemoAccounts { accounts: accounts.await?, samples })
}

/// Gives an account to come a password, and a second factor where its role asks for one.
async fn make_sample(
    edge: &Edge,
    role: &crate::model::Role,
    mut new: NewStaff,
    post: &str,
) -> Result<Sample, IdentityError> {
    let password = readable_password(&mut rand::rng());
    new.password_hash = Some(edge.fixture::<Passwords>().hash(password.clone()).await?);
    new.must_change = false;
    if role.second_factor {
        let secret: [u8; SECRET_BYTES] = rand::random();
        new.totp_secret = Some(secret.to_vec());
    }
    let shown = DemoAccount {
        role: role.key.clone(),
        words: role.words.clone(),
        login: new.login.clone(),
        password: Some(password),
        totp_secret: new.totp_secret.as_deref().map(secret_text),
        post: post.to_owned(),
    };
    Ok(Sample { shown, new })
}

fn resident_sample(roles: &Roles) -> Result<DemoAccount, IdentityError> {
    let role = roles.find(Roles::RESIDENT).ok_or(IdentityError::UnknownRole)?;
    Ok(DemoAccount {
        role: role.key.clone(),
        words: role.words.clone(),
        login: RESIDENT_PHONE.to_owned(),
        password: None,
        totp_secret: None,
        post: role.words.zh.to_string(),
    })
}

async fn open_all(
    tx: &mut Tx,
    staff: &[NewStaff],
    administrators: &[(&str, NewStaff)],
    at: Time,
) -> Result<Vec<AccountId>, IdentityError> {
    tx.at(at);
    let mut accounts = Vec::with_capacity(staff.len());
    for new in staff {
        accounts.push(create_staff(tx, new).await?);
    }
    for (role, new) in administrators {
        let account = create_staff(tx, new).await?;
        let role = (*role).to_owned();
        let given = NewAssignment { account, role, scope: Scope::District, from: None, to: None };
        assign_role(tx, &given).await?;
    }
    Ok(accounts)
}

impl DemoAccount {
    /// What an authenticator app reads, where the role asks for a second factor.
    pub fn otpauth_url(&self) -> Option<String> {
        let secret = totp_rs::Secret::try_from_base32(self.totp_secret.as_deref()?).ok()?;
        Some(crate::model::otpauth_url(secret.as_bytes(), &self.login))
    }

    /// The code of a moment, so that a newcomer needs no authenticator to look around.
    pub fn code_at(&self, now: Time) -> Option<String> {
        let secret = totp_rs::Secret::try_from_base32(self.totp_secret.as_deref()?).ok()?;
        Some(crate::model::code_at(secret.as_bytes(), now))
    }
}
