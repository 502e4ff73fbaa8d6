//! Accounts of the demo's people: everybody in a post has one; one of each role can sign in.

use super::accounts::{DemoAccount, DemoAccounts};
use crate::failure::{Failure, Outcome};
use edge::Edge;
use identity::{NewAssignment, NewStaff, assign_role, create_staff, resident_of_phone};
use platform::{AccountId, Actor, Personal, Phone, Problem, Scope, Time};
use rand::RngExt;
use store::Tx;
use territory::{DemoPerson, DemoPlan, PostKind};

/// Accounts opened in one transaction.
const BATCH_ACCOUNTS: usize = 100;
/// RFC 4226, section 4: 160 bits are recommended.
const SECRET_BYTES: usize = 20;
/// A resident of the demo. Numbers beginning with 1990 and zeros are given to nobody.
const RESIDENT_PHONE: &str = "19900000001";

/// The roles of posts: who plays them in the demo, under which login.
const OF_POSTS: &[(PostKind, &str, &str, &str, bool)] = &[
    (PostKind::GridWorker, "grid_worker", "网格员", "Grid worker", false),
    (PostKind::GridLeader, "grid_leader", "网格长", "Grid leader", false),
    (PostKind::SubdistrictDesk, "subdistrict_desk", "街道窗口", "Subdistrict desk", false),
    (PostKind::Unit, "unit_desk", "部门或运营单位", "Department or operator", false),
    (PostKind::Dispatcher, "dispatcher", "区调度", "District dispatcher", true),
];
/// The three administrators, apart by law and by this program.
const ADMINISTRATORS: &[(&str, &str, &str)] = &[
    ("system_admin", "系统管理员", "System administrator"),
    ("security_admin", "安全管理员", "Security administrator"),
    ("audit_admin", "审计管理员", "Audit administrator"),
];

/// Opens an account for everybody in the plan, in its order, and one for each administrator and a resident.
pub(super) async fn open_accounts(
    edge: &Edge,
    actor: &Actor,
    plan: &DemoPlan,
    at: Time,
) -> Outcome<(DemoAccounts, Vec<AccountId>)> {
    let mut samples = Vec::new();
    let mut new = Vec::with_capacity(plan.people.len());
    for (number, person) in plan.people.iter().enumerate() {
        let role = OF_POSTS.iter().find(|(kind, ..)| *kind == person.kind);
        let (_, role, zh, en, second_factor) =
            role.ok_or_else(|| Failure::failed("the demo has a post without a role"))?;
        let login = format!("{}{:03}", login_of(role), number + 1);
        let staff = NewStaff { phone: phone_of(person), ..NewStaff::new(&login, &person.name) };
        let is_sample = !samples.iter().any(|s: &DemoAccount| s.role == *role);
        new.push(if is_sample {
            let mut sample = sample(role, zh, en, *second_factor);
            sample.post = Some(person.post_name.clone());
            sample.area = Some(person.area_path.clone());
            let staff = let_in(edge, staff, &mut sample, login_of(role)).await?;
            samples.push(sample);
            staff
        } else {
            staff
        });
    }
    let ids = open_all(edge, actor, new, at).await?;
    open_administrators(edge, actor, at, &mut samples).await?;
    open_resident(edge, actor, at, &mut samples).await?;
    Ok((DemoAccounts { district: actor.district.to_string(), accounts: samples }, ids))
}

fn login_of(role: &str) -> &'static str {
    match role {
        "grid_worker" => "worker",
        "grid_leader" => "leader",
        "subdistrict_desk" => "desk",
        "unit_desk" => "unit",
        _ => "dispatcher",
    }
}

fn phone_of(person: &DemoPerson) -> Option<Personal<Phone>> {
    Phone::parse(&person.phone).map(Personal::new)
}

fn sample(role: &str, zh: &str, en: &str, second_factor: bool) -> DemoAccount {
    let secret: Option<[u8; SECRET_BYTES]> = second_factor.then(|| rand::rng().random());
    DemoAccount {
        role: role.to_owned(),
        zh: zh.to_owned(),
        en: en.to_owned(),
        totp_secret: secret.map(|s| super::accounts::base32(&s)),
        ..DemoAccount::default()
    }
}

/// Gives an account a password of its own, and the second factor its role asks for.
async fn let_in(edge: &Edge, staff: NewStaff, sample: &mut DemoAccount, login: &str) -> Outcome<NewStaff> {
    let password = identity::new_password();
    let hash = identity::hash_password(edge, &password).await.map_err(Problem::from)?;
    sample.login = Some(login.to_owned());
    sample.password = Some(password);
    Ok(NewStaff {
        login: login.to_owned(),
        password_hash: Some(hash),
        must_change: false,
        totp_secret: sample.secret(),
        ..staff
    })
}

async fn open_all(edge: &Edge, actor: &Actor, new: Vec<NewStaff>, at: Time) -> Outcome<Vec<AccountId>> {
    let mut ids = Vec::with_capacity(new.len());
    for batch in new.chunks(BATCH_ACCOUNTS) {
        let batch = batch.to_vec();
        let opened = edge.db.write(actor, async move |tx: &mut Tx| {
            tx.at(at);
            let mut ids = Vec::with_capacity(batch.len());
            for staff in &batch {
                ids.push(create_staff(tx, staff).await?);
            }
            Ok::<_, identity::IdentityError>(ids)
        });
        ids.extend(opened.await.map_err(Problem::from)?);
    }
    Ok(ids)
}

async fn open_administrators(
    edge: &Edge,
    actor: &Actor,
    at: Time,
    samples: &mut Vec<DemoAccount>,
) -> Outcome {
    for (role, zh, en) in ADMINISTRATORS {
        let mut sample = sample(role, zh, en, true);
        let staff = let_in(edge, NewStaff::new(role, zh), &mut sample, &role.replace('_', "-")).await?;
        let opened = edge.db.write(actor, async move |tx: &mut Tx| {
            tx.at(at);
            let account = create_staff(tx, &staff).await?;
            let role = NewAssignment {
                account,
                role: (*role).to_owned(),
                scope: Scope::District,
                from: None,
                to: None,
            };
            assign_role(tx, &role).await
        });
        opened.await.map_err(Problem::from)?;
        samples.push(sample);
    }
    Ok(())
}

async fn open_resident(edge: &Edge, actor: &Actor, at: Time, samples: &mut Vec<DemoAccount>) -> Outcome {
    let phone =
        Phone::parse(RESIDENT_PHONE).ok_or_else(|| Failure::failed("the demo's resident has no phone"))?;
    let opened = edge.db.write(actor, async move |tx: &mut Tx| {
        tx.at(at);
        resident_of_phone(tx, &phone).await
    });
    opened.await.map_err(Problem::from)?;
    samples.push(DemoAccount {
        phone: Some(RESIDENT_PHONE.to_owned()),
        ..sample("resident", "居民", "Resident", false)
    });
    Ok(())
}
