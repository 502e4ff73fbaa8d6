//! The people of these stories, and how they come in.

use identity::{NewAssignment, NewStaff, create_staff, open_session};
use platform::{AccountId, Personal, Phone, Scope};
use serde_json::{Value, json};
use store::Tx;
use testkit::{Caller, Town};

pub const CAPABILITIES: &[&edge::Capability] = &[&territory::CAPABILITY, &identity::CAPABILITY];
pub const PASSWORD: &str = "三只猫和一把旧雨伞 2026";
pub const NAME: &str = "欧阳某某";
pub const PHONE: &str = "13873300042";
pub const SECRET: [u8; 20] = [42; 20];

/// Somebody with an account and a caller that carries its session.
pub struct Person {
    pub id: AccountId,
    pub calls: Caller,
}

/// Opens an account of staff with [`PASSWORD`], no second factor, and the roles named, each for the district.
pub async fn staff(town: &Town, login: &str, roles: &[&str]) -> Person {
    staff_with(town, login, roles, None).await
}

/// As [`staff`], with an authenticator's secret.
pub async fn staff_with(town: &Town, login: &str, roles: &[&str], secret: Option<[u8; 20]>) -> Person {
    let hash = identity::hash_password(&town.edge, PASSWORD).await.expect("a hash");
    let new = NewStaff {
        phone: Phone::parse(PHONE).map(Personal::new),
        password_hash: Some(hash),
        must_change: false,
        totp_secret: secret.map(|s| s.to_vec()),
        ..NewStaff::new(login, NAME)
    };
    let roles: Vec<String> = roles.iter().map(|r| (*r).to_owned()).collect();
    let (id, token) = town
        .db()
        .write(&town.system(), async move |tx: &mut Tx| {
            let account = create_staff(tx, &new).await?;
            for role in roles.clone() {
                let new = NewAssignment { account, role, scope: Scope::District, from: None, to: None };
                identity::assign_role(tx, &new).await?;
            }
            let token = open_session(tx, account).await?;
            Ok::<_, identity::IdentityError>((account, token.reveal().to_owned()))
        })
        .await
        .expect("the account is opened");
    Person { id, calls: town.caller().with_token(&token) }
}

pub fn credentials(login: &str, password: &str) -> Value {
    json!({ "login": login, "password": password })
}

/// The code an authenticator with [`SECRET`] shows now.
pub fn code_now(town: &Town) -> String {
    identity::second_factor_code(&SECRET, town.clock.now())
}

/// Every fact of the town, as text.
pub async fn all_facts(town: &Town) -> Vec<store::FactRow> {
    let district = testkit::DISTRICT;
    town.db()
        .read(async move |conn: &mut store::Conn| {
            store::FactRow::after(conn, district, platform::FactId(uuid::Uuid::nil()), 10_000).await
        })
        .await
        .expect("the facts are read")
}

/// The names of the facts about an account, oldest first.
pub async fn facts_of(town: &Town, account: AccountId) -> Vec<String> {
    let facts = all_facts(town).await;
    facts.into_iter().filter(|f| f.subject_id == account.0).map(|f| f.name).collect()
}
