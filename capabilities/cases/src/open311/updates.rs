//! The service-request-updates extension: another system that may see a request adds what it knows to its history.
//!
//! As FixMyStreet documents it: `POST servicerequestupdates` with `service_request_id`, `update_id` (the sender's own: the same again is
//! the same), `status`, `description`. What a status says is kept as words: who works on a case decides what follows from it.

use super::answer::Answer;
use super::call::{Call, bad, unknown};
use crate::access;
use crate::commands::{self, WORDS_CHARS_MAX};
use crate::error::CaseError;
use crate::model::parse_number;
use crate::store;
use ::store::Tx;
use axum::http::HeaderMap;
use edge::Edge;
use platform::Problem;
use serde::{Deserialize, Serialize};

#[derive(Clone, Serialize, Deserialize)]
struct UpdateTaken {
    update_id: String,
}

pub async fn add(edge: Edge, call: Call) -> Result<Answer, Problem> {
    if !call.is_keyed() {
        return Err(Problem::forbidden().field("api_key"));
    }
    let number =
        parse_number(call.params.need("service_request_id")?).ok_or_else(|| unknown("service_request_id"))?;
    let words = words(&call)?;
    let update_id = call.params.get("update_id").unwrap_or_default().to_owned();
    let (headers, body) = (once(&call.headers, &update_id), call.body.clone());
    let add = async move |tx: &mut Tx| {
        let (number, words, update_id) = (number.clone(), words.clone(), update_id.clone());
        edge::idempotent(tx, &headers, &body, async |tx: &mut Tx| {
            let district = tx.district();
            let found = store::find_by_number(tx, district, &number).await?.ok_or(CaseError::NotFound)?;
            let case = store::find(tx, district, found).await?.ok_or(CaseError::NotFound)?;
            if !access::may_see(tx.actor(), &case, None) {
                return Err(CaseError::NotFound);
            }
            commands::inform(tx, found, &words).await?;
            Ok::<_, CaseError>(UpdateTaken { update_id })
        })
        .await
    };
    let taken = edge.db.write(&call.actor, add).await?;
    Ok(Answer::new("service_request_updates", &[taken]).map_err(|f| Problem::from(&f))?.created())
}

/// What is written into the history: their words, else the state they tell.
fn words(call: &Call) -> Result<String, Problem> {
    let told = call.params.get("description").or_else(|| call.params.get("status"));
    let words =
        told.ok_or_else(|| bad("description", "须有说明或状态。", "A description or a status is needed."))?;
    if words.chars().count() > WORDS_CHARS_MAX {
        return Err(bad(
            "description",
            "说明太长，最多 2000 字。",
            "The description is too long: 2000 characters at most.",
        ));
    }
    Ok(words.to_owned())
}

/// The sender's own id makes an update one, where it sends no key for that.
fn once(headers: &HeaderMap, update_id: &str) -> HeaderMap {
    const KEY: &str = "idempotency-key";
    let mut headers = headers.clone();
    let key = format!("update-{update_id}")
        .parse()
        .ok()
        .filter(|_| !update_id.is_empty() && !headers.contains_key(KEY));
    if let Some(key) = key {
        headers.insert(KEY, key);
    }
    headers
}
