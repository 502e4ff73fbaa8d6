//! What was said to another system and what it answered, recorded for a sandbox.

use crate::courier::Attempt;
use crate::outside::Answer;
use crate::trouble::Trouble;
use edge::{Excerpt, Exchange, Recorder, Way, headers_that_matter, masked};
use platform::{Time, Words};
use std::sync::Arc;
use std::time::Instant;
use uuid::Uuid;

/// Records the calls made for one delivery. It is made from a recorder, which only a sandbox has.
#[derive(Clone, Debug)]
pub struct Tape {
    recorder: Arc<Recorder>,
    delivery: Uuid,
    at: Time,
}

/// A call under way.
pub(crate) struct Taken {
    exchange: Exchange,
    begun: Instant,
}

impl Tape {
    pub(crate) fn of(recorder: Arc<Recorder>, attempt: &Attempt) -> Self {
        Self { recorder, delivery: attempt.delivery.id.0, at: attempt.now }
    }

    /// Notes what is about to be said.
    pub(crate) fn take(&self, request: &reqwest::Request) -> Taken {
        let headers = request.headers().iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
        let body = request.body().and_then(reqwest::Body::as_bytes).unwrap_or_default();
        let mut address = request.url().clone();
        address.set_query(None);
        let exchange = Exchange {
            way: Way::Out { delivery: self.delivery },
            at: self.at,
            method: request.method().to_string(),
            address: masked(address.as_str()),
            query: masked(request.url().query().unwrap_or_default()),
            headers: headers_that_matter(headers),
            body: Excerpt::of(body),
            status: None,
            answer: Excerpt::default(),
            took: std::time::Duration::ZERO,
            why: None,
        };
        Taken { exchange, begun: Instant::now() }
    }

    /// Keeps the call with what came of it.
    pub(crate) fn keep(&self, Taken { exchange, begun }: Taken, outcome: &Result<Answer, Trouble>) {
        let took = begun.elapsed();
        self.recorder.note(match outcome {
            Ok(answer) => Exchange {
                status: Some(answer.status),
                answer: Excerpt::of(&answer.body),
                why: (!answer.is_success()).then(|| not_taken(answer.status)),
                took,
                ..exchange
            },
            Err(error) => Exchange { why: Some(error.words()), took, ..exchange },
        });
    }
}

/// What a status other than success means for a message, as docs/integrating.md promises it.
fn not_taken(status: u16) -> Words {
    match status {
        300..=399 => {
            Words::of("对方要转到别处，本平台不跟随。", "It sends us elsewhere, and nobody is followed.")
        }
        401 | 403 | 404 | 407 | 408 | 421 | 425 | 429 | 500.. => Words::of(
            "对方有故障或没有准备好：发给它的都等着，过一会儿再试。",
            "Their system is in trouble: everything for it waits, and is tried again later.",
        ),
        _ => Words::of(
            "对方看懂了，但不收这一条：不再自动重发。",
            "It understood and refused this one message: it is not sent again by itself.",
        ),
    }
}
