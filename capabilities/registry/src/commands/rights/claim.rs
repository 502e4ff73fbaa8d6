//! Proving to be a person of the register: name, document number and the account's own phone fit one record.

use super::refusal;
use crate::error::RegistryError;
use crate::facts::{CLAIM_REFUSED, CLAIMED, RESTRICTION_LIFTED, RegistryFact, RightsFact};
use crate::model::identifier::{Document, DocumentKind};
use crate::model::{KEEPING, Kind, Record, RecordId, SELF, State, spelling};
use crate::search::DOCUMENT;
use crate::store;
use ::store::Tx;
use axum::http::StatusCode;
use jiff::civil::Date;
use platform::{AccountId, ActorKind, Personal, Phone, Words};
use serde_json::{Value, json};
use std::time::Duration;

/// How long a claim holds before it is proven again: telephone numbers are given to somebody else, some months after they lapse.
const CLAIM_TIME: Duration = Duration::from_secs(90 * 24 * 3600);
/// Records one merged into the next, followed from a claim.
const MERGES_MAX: usize = 8;

/// Who somebody says to be.
#[derive(Clone, Debug)]
pub struct Claim {
    pub name: Personal<String>,
    pub number: Personal<String>,
}

/// A person whose data an account may see, and as what.
#[derive(Clone, Debug)]
pub(crate) struct Own {
    pub person: Record,
    /// `self`, or a kind of mandate.
    pub standing: String,
}

/// Proves a claim. A wrong one is a value and no error, since it is written down.
///
/// # Errors
/// Nobody is signed in as a resident.
pub async fn claim(tx: &mut Tx, claim: Claim) -> Result<Result<RecordId, RegistryError>, RegistryError> {
    let account = resident(tx)?;
    let district = tx.district();
    let phone = identity::phone_of_account(tx, district, account).await?;
    let found = match phone {
        Some(phone) => fitting(tx, &claim, &phone).await?,
        None => None,
    };
    let Some(person) = found else {
        let subject = (AccountId::NOUN, account.0);
        tx.record(&RightsFact { name: CLAIM_REFUSED, subject, area_path: None, data: json!({}) }).await?;
        return Ok(Err(not_proven()));
    };
    let ends_at = tx.now().after(CLAIM_TIME);
    store::rights::put_claim(tx, account, person.id, SELF, None, Some(ends_at)).await?;
    tx.record(&RegistryFact::of(CLAIMED, &person, json!({ "standing": SELF }))).await?;
    Ok(Ok(person.id))
}

/// The same for every way in which a claim can be wrong, so that nobody learns who is registered.
fn not_proven() -> RegistryError {
    refusal(
        StatusCode::FORBIDDEN,
        "registry.claim_refused",
        Words::of(
            "姓名、证件号码与登录手机号对不上。请带证件到街道或社区窗口，当场核对、打印。",
            "Name, document and the phone you signed in with do not fit together. Please bring your document to the desk: it is checked and printed there.",
        ),
    )
}

pub(super) fn resident(tx: &Tx) -> Result<AccountId, RegistryError> {
    let account = tx.actor().account.filter(|_| tx.actor().kind == ActorKind::Resident);
    account.ok_or_else(|| RegistryError::from(platform::Problem::sign_in()))
}

/// The one live person all three fit.
async fn fitting(
    tx: &mut Tx,
    claim: &Claim,
    phone: &Personal<Phone>,
) -> Result<Option<Record>, RegistryError> {
    let today = tx.now().local().date();
    let mut found = Vec::new();
    for number in numbers(claim.number.open(KEEPING), today) {
        for id in store::rights::records_of_blind(tx, DOCUMENT, &number).await? {
            let person = store::load(tx, id).await?.filter(|record| record.kind == Kind::Person);
            let fits = |person: &Record| {
                person.is_live() && has_name(person, claim.name.open(KEEPING)) && has_phone(person, phone)
            };
            found.extend(person.filter(fits));
        }
    }
    Ok(if found.len() == 1 { found.pop() } else { None })
}

/// A number as it may be kept: as written, and an old one of fifteen digits also as the new one it became.
fn numbers(typed: &str, today: Date) -> Vec<String> {
    let document = DocumentKind::guess(typed).and_then(|kind| Document::parse(kind, typed, today).ok());
    let Some(document) = document else { return Vec::new() };
    let upgraded = document.upgraded().map(|new| new.number(KEEPING).to_owned());
    let mut numbers = vec![document.number(KEEPING).to_owned()];
    numbers.extend(upgraded.filter(|new| *new != numbers[0]));
    numbers
}

fn has_name(person: &Record, typed: &str) -> bool {
    let name = person.content.open.text("name");
    !name.is_empty() && spelling::fold_name(name) == spelling::fold_name(typed)
}

fn has_phone(person: &Record, phone: &Personal<Phone>) -> bool {
    let phones = person.content.fields(true).get("phones").and_then(Value::as_array);
    phones.is_some_and(|all| all.iter().any(|known| known.as_str() == Some(phone.open(KEEPING).as_str())))
}

/// A person whose data the signed-in account may see.
///
/// # Errors
/// Nobody is signed in; the account has proven nothing of that person, or no longer has the phone that proved it.
pub(crate) async fn own_person(tx: &mut Tx, id: RecordId) -> Result<Own, RegistryError> {
    let account = resident(tx)?;
    let (district, now) = (tx.district(), tx.now());
    let claims = store::rights::claims(tx, district, account, now).await?;
    let claim = claims.into_iter().find(|claim| claim.person_id == id).ok_or(RegistryError::NotFound)?;
    let person = follow_merges(tx, id).await?.ok_or(RegistryError::NotFound)?;
    if claim.standing == SELF {
        let phone = identity::phone_of_account(tx, district, account).await?;
        if !phone.is_some_and(|phone| has_phone(&person, &phone)) {
            return Err(RegistryError::NotFound);
        }
    }
    Ok(Own { person, standing: claim.standing })
}

/// The people the signed-in account may see, by the ids it has proven.
///
/// # Errors
/// Nobody is signed in.
pub(crate) async fn owns(tx: &mut Tx) -> Result<Vec<(RecordId, Own)>, RegistryError> {
    let account = resident(tx)?;
    let (district, now) = (tx.district(), tx.now());
    let mut owned = Vec::new();
    for claim in store::rights::claims(tx, district, account, now).await? {
        match own_person(tx, claim.person_id).await {
            Ok(own) => owned.push((claim.person_id, own)),
            Err(RegistryError::NotFound) => {}
            Err(other) => return Err(other),
        }
    }
    Ok(owned)
}

/// The record a person's record has become; nothing where it was taken back or erased.
async fn follow_merges(tx: &mut Tx, id: RecordId) -> Result<Option<Record>, RegistryError> {
    let mut id = id;
    for _ in 0..MERGES_MAX {
        let Some(record) = store::load(tx, id).await?.filter(|record| record.kind == Kind::Person) else {
            return Ok(None);
        };
        match (record.content.state, record.content.merged_into) {
            (State::Merged, Some(into)) => id = into,
            (State::Live | State::Ended, _) => return Ok(Some(record)),
            _ => return Ok(None),
        }
    }
    Ok(None)
}

/// The person wants the data used again.
///
/// # Errors
/// As [`own_person`]; nothing was restricted.
pub async fn lift_restriction(tx: &mut Tx, id: RecordId) -> Result<(), RegistryError> {
    let own = own_person(tx, id).await?;
    if !store::rights::lift(tx, own.person.id).await? {
        return Err(RegistryError::NotFound);
    }
    let data = json!({ "standing": own.standing });
    tx.record(&RegistryFact::of(RESTRICTION_LIFTED, &own.person, data)).await?;
    Ok(())
}
