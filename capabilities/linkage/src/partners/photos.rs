//! Photos of partners: whatever `media_url` their server names is fetched over the guarded way outside, made new, and shown on the case's
//! history. A photo that does not come holds up nothing else: it is its own subject, and a person may have it fetched again.

use super::forward::organisation_name;
use crate::model::partner::Partner;
use crate::store::partners as rows;
use ::store::Tx;
use cases::CaseId;
use cases::photos::{PHOTO_BYTES_MAX, PhotoError, StoredPhoto, keep_one};
use courier::{Attempt, Delivery, Order, Outside, Sent, Step, Trouble};
use platform::{Actor, ActorKind, DistrictId, Fault, Refusal, Words};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::path::PathBuf;
use uuid::Uuid;

/// Fetches one photo.
pub(crate) const PHOTO: &str = "photo.fetch";

/// The body of such a delivery.
#[derive(Debug, Serialize, Deserialize)]
struct Wanted {
    case_id: CaseId,
    number: String,
    url: String,
}

/// Orders a photo unless it was ordered before: their server names the same each minute.
pub(crate) async fn want(tx: &mut Tx, partner: &Partner, case: CaseId, url: &str) -> Result<(), Fault> {
    let (district, subject) = (tx.district(), subject_of(case, url));
    let Some(endpoint) = partner.endpoint_id else { return Ok(()) };
    if !courier::queries::of_subject(tx, district, subject).await?.is_empty() {
        return Ok(());
    }
    let Some(found) = cases::linked::find(tx, district, case).await? else { return Ok(()) };
    let body = json!(Wanted { case_id: case, number: found.number, url: url.to_owned() });
    courier::order(tx, Order { endpoint, subject, kind: PHOTO, body, fact: None }).await.map(drop)
}

/// A photo is its own subject: one that does not come must not hold up what is told of its case.
fn subject_of(case: CaseId, url: &str) -> Uuid {
    let hash = Sha256::new().chain_update(case.0.as_bytes()).chain_update(url).finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// Fetches it. Whatever goes wrong concerns this photo alone: it may lie on quite another server than the partner's.
pub(crate) async fn fetch(outside: &Outside, attempt: &Attempt, data: PathBuf) -> Sent {
    match fetched(outside, &attempt.delivery.body.0, data, attempt.endpoint.district).await {
        Ok(photo) => Sent::Arrived(json!(photo)),
        Err(why) => Sent::Refused(why),
    }
}

async fn fetched(
    outside: &Outside,
    body: &Value,
    data: PathBuf,
    district: DistrictId,
) -> Result<StoredPhoto, Trouble> {
    let wanted: Wanted =
        serde_json::from_value(body.clone()).map_err(|e| Trouble::fault(Step::Reading, e))?;
    let url = outside.check(&wanted.url)?;
    let bytes_max = usize::try_from(PHOTO_BYTES_MAX).unwrap_or(usize::MAX);
    let answer = outside.call_up_to(outside.get(url), bytes_max).await?;
    if !answer.is_success() {
        return Err(Trouble::Status { status: answer.status, said: answer.excerpt() });
    }
    keep_one(data, district, answer.body.into()).await.map_err(|e| match e {
        PhotoError::Fault(fault) => Trouble::fault(Step::Keeping, fault),
        refused => {
            let problem = refused.problem();
            Trouble::NotTaken { words: Words::new(problem.title, problem.title_en) }
        }
    })
}

/// Shows what was fetched, in the partner's name.
pub(crate) async fn take(tx: &mut Tx, delivery: &Delivery, answer: &Value) -> Result<(), Fault> {
    let read = |what: &'static str| move |e: serde_json::Error| Fault::broken(what).because(e);
    let wanted: Wanted =
        serde_json::from_value(delivery.body.0.clone()).map_err(read("a wanted photo cannot be read"))?;
    let photo: StoredPhoto =
        serde_json::from_value(answer.clone()).map_err(read("a fetched photo cannot be read"))?;
    let district = tx.district();
    let Some(partner) = rows::partner_of_endpoint(tx, district, delivery.endpoint_id).await? else {
        return Ok(());
    };
    show(tx, &partner, wanted.case_id, &[photo]).await
}

/// Shows photos on the history of a case, in the partner's name; those that are there already are not shown again.
pub(crate) async fn show(
    tx: &mut Tx,
    partner: &Partner,
    case: CaseId,
    photos: &[StoredPhoto],
) -> Result<(), Fault> {
    let name = organisation_name(tx, partner.organisation_id);
    let actor =
        Actor { kind: ActorKind::Service, name: name.into(), ..Actor::system(tx.district(), "partner") };
    let house = tx.actor().clone();
    tx.act_as(actor);
    let mut outcome = Ok(());
    for photo in photos {
        let words = "对方系统传来的照片";
        let shown =
            tx.attempt(async |tx: &mut Tx| cases::commands::show_photo(tx, case, words, photo).await).await;
        outcome = match shown {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(cases::CaseError::Fault(fault))) | Err(fault) => Err(fault),
            // As many photos as a case may have: the others stay where they are.
            Ok(Err(refusal)) => {
                tracing::info!(case = %case, "A partner's photo was not shown: {refusal}");
                Ok(())
            }
        };
        if outcome.is_err() {
            break;
        }
    }
    tx.act_as(house);
    outcome
}
