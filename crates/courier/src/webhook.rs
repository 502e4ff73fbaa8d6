//! Endpoints that take Standard Webhooks: JSON by POST, signed, the delivery's id as the message's.

use crate::courier::{Attempt, Sender, Sent};
use crate::model::Delivery;
use crate::outside::{Answer, Outside};
use crate::signature::{ID_HEADER, SIGNATURE_HEADER, Secret, TIMESTAMP_HEADER, seconds};
use crate::trouble::Trouble;
use futures_util::future::BoxFuture;
use platform::{Fault, Time};
use serde_json::{Value, json};
use store::{LocalFuture, Tx};

/// The kind of these endpoints.
pub const WEBHOOK: &str = "webhook";

/// Speaks to them.
#[derive(Clone, Copy, Debug)]
pub struct WebhookSender;

impl Sender for WebhookSender {
    fn kind(&self) -> &'static str {
        WEBHOOK
    }

    fn send<'a>(&'a self, outside: &'a Outside, attempt: &'a Attempt) -> BoxFuture<'a, Sent> {
        Box::pin(send(outside, attempt))
    }

    /// A webhook's answer says nothing but that it arrived.
    fn take<'a>(
        &'a self,
        _: &'a mut Tx,
        _: &'a Delivery,
        _: &'a Value,
    ) -> LocalFuture<'a, Result<(), Fault>> {
        Box::pin(async { Ok(()) })
    }
}

async fn send(outside: &Outside, attempt: &Attempt) -> Sent {
    let Some(secret) = attempt.secret.as_ref().and_then(|text| Secret::parse(text)) else {
        return Sent::trouble(Trouble::NoSecret);
    };
    let url = match outside.check(&attempt.endpoint.address) {
        Ok(url) => url,
        Err(error) => return Sent::trouble(error),
    };
    let delivery = &attempt.delivery;
    let id = format!("msg_{}", delivery.id);
    let message = json!({ "type": delivery.kind, "timestamp": delivery.made_at, "data": delivery.body.0 });
    let body = message.to_string();
    let request = outside
        .post(url)
        .header("content-type", "application/json")
        .header(ID_HEADER, &id)
        .header(TIMESTAMP_HEADER, seconds(attempt.now))
        .header(SIGNATURE_HEADER, secret.sign(&id, attempt.now, body.as_bytes()))
        .body(body);
    match outside.call(request).await {
        Ok(answer) => judge(&answer, attempt.now),
        Err(error) => Sent::trouble(error),
    }
}

/// What a status means for what was sent. What concerns the endpoint as a whole (its key, its load, its breakdown) is its trouble.
pub fn judge(answer: &Answer, now: Time) -> Sent {
    let (status, said) = (answer.status, answer.excerpt());
    match status {
        // By what it says, not by its type: many a receiver says a plain "ok" as text/html.
        200..=299 if answer.is_page() => Sent::trouble(Trouble::Page { status }),
        200..=299 => Sent::Arrived(Value::Null),
        300..=399 => Sent::trouble(Trouble::Elsewhere { status }),
        401 | 403 | 404 | 407 | 408 | 421 | 425 | 429 | 500.. => {
            Sent::Trouble { why: Trouble::Status { status, said }, wait: answer.asked_wait(now) }
        }
        _ => Sent::Refused(Trouble::Refused { status, said }),
    }
}
