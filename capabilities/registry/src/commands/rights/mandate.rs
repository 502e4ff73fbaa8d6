//! Mandates: somebody asks for a relative, on papers that were shown at a desk.

use super::{EVIDENCE_CHARS_MAX, checked_words};
use crate::access::DECIDE;
use crate::catalogue::Rights;
use crate::error::RegistryError;
use crate::facts::{MANDATE_ENDED, MANDATE_GRANTED, RegistryFact};
use crate::model::{Kind, RecordId};
use crate::store;
use ::store::Tx;
use jiff::ToSpan;
use platform::{AccountId, Fault, Personal, Phone, Purpose, Refusal, Time};
use serde_json::json;

const GRANTING: Purpose = Purpose("granting a mandate");

/// Who may ask for whom, and on what papers.
#[derive(Clone, Debug)]
pub struct GrantMandate {
    pub person: RecordId,
    /// The phone the relative signs in with.
    pub phone: Personal<Phone>,
    /// A kind of the catalogue.
    pub kind: String,
    /// The papers that were shown, in words.
    pub evidence: String,
}

/// Grants a mandate; answers until when it holds.
///
/// # Errors
/// `registry.no_such_mandate`; one for the dead where the person lives here, or the other way round; a fixed line.
pub async fn grant_mandate(tx: &mut Tx, order: GrantMandate) -> Result<Time, RegistryError> {
    let person = store::load_for(tx, order.person, &DECIDE).await?;
    if person.kind != Kind::Person {
        return Err(RegistryError::NotFound);
    }
    let evidence = checked_words("evidence", &order.evidence, 2, EVIDENCE_CHARS_MAX)?;
    let rights = tx.fixture::<Rights>();
    let mandate = rights.mandate(&order.kind).filter(|mandate| mandate.after_death != person.is_live());
    let Some(mandate) = mandate else {
        return Err(RegistryError::invalid(
            "kind",
            "registry.no_such_mandate",
            "没有这种代办资格，或与登记状况不符（在册人员、已注销人员的代办资格不同）。",
            "There is no such mandate, or it is not for this person: mandates for the living and for the dead differ.",
        ));
    };
    let phone = order.phone.open(GRANTING);
    if !phone.is_mobile() {
        return Err(RegistryError::invalid(
            "phone",
            "registry.no_mobile",
            "要填能收验证码的手机号。",
            "A mobile number that receives codes is needed.",
        ));
    }
    let account = identity::resident_of_phone(tx, phone).await.map_err(refused)?;
    let ends_at = tx.now().local().checked_add(mandate.months.months());
    let ends_at: Time =
        ends_at.map_err(|e| Fault::broken("a mandate ends beyond all time").because(e))?.timestamp().into();
    store::rights::put_claim(tx, account, person.id, &mandate.key, Some(&evidence), Some(ends_at)).await?;
    let data = json!({ "standing": mandate.key, "account": account, "ends_at": ends_at });
    tx.record(&RegistryFact::of(MANDATE_GRANTED, &person, data)).await?;
    Ok(ends_at)
}

fn refused(error: identity::IdentityError) -> RegistryError {
    match error {
        identity::IdentityError::Fault(fault) => RegistryError::Fault(fault),
        other => RegistryError::from(other.problem()),
    }
}

/// Ends somebody's leave to see a person's data: by the desk.
///
/// # Errors
/// There was none.
pub async fn end_mandate(tx: &mut Tx, person: RecordId, account: AccountId) -> Result<(), RegistryError> {
    let person = store::load_for(tx, person, &DECIDE).await?;
    if !store::rights::end_claim(tx, account, person.id).await? {
        return Err(RegistryError::NotFound);
    }
    tx.record(&RegistryFact::of(MANDATE_ENDED, &person, json!({ "account": account }))).await?;
    Ok(())
}
