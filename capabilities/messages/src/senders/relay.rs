//! Numbers in between by a gateway's HTTP: one is bound to a telephone, which is looked up only now that it leaves, and released again.

use super::SENDING;
use super::say::{Saying, say};
use crate::books::Books;
use crate::catalogue::{Bound, RelayBook, Relayer, Said};
use crate::commands::relay::{self, END};
use crate::model::{DIRECT, Relay, RelayId, RelayState};
use crate::sealed::relays;
use crate::store::relays as rows;
use ::store::{Conn, LocalFuture, Tx};
use courier::{Attempt, Delivery, Endpoint, Outside, Sender, Sent, Step, Trouble};
use futures_util::future::BoxFuture;
use platform::{DistrictId, Fault, Fixtures, Phone};
use seal::Vault;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::sync::Arc;

/// The kind of these lanes.
pub(crate) const RELAY: &str = "relay";

/// Speaks to gateways of relayed calls.
pub(crate) struct RelaySender {
    books: Arc<Books>,
    relays: Arc<RelayBook>,
    vault: Arc<Vault>,
}

/// A delivery as [`send`] finds it, in memory only.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Filled {
    Bind {
        called: String,
        caller: String,
        seconds: i64,
    },
    End {
        binding: String,
    },
    /// Nobody is there to be called.
    NoAddress,
    /// It has ended, or was released.
    Nothing,
}

/// What is taken of an answer.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Taken {
    Bound(Bound),
    Released,
    NoAddress,
    Nothing,
}

impl RelaySender {
    pub fn of(shelf: &Fixtures) -> Self {
        Self { books: shelf.get(), relays: shelf.get(), vault: shelf.get() }
    }

    async fn filled(
        &self,
        conn: &mut Conn,
        district: DistrictId,
        delivery: &Delivery,
    ) -> Result<Filled, Fault> {
        let Some(relay) = rows::find(conn, district, relay_of(delivery)).await? else {
            return Ok(Filled::Nothing);
        };
        if delivery.kind == END {
            return Ok(relay.binding.map_or(Filled::Nothing, |binding| Filled::End { binding }));
        }
        if !matches!(relay.state, RelayState::Asked | RelayState::Refused) {
            return Ok(Filled::Nothing);
        }
        let ends = relays::open(&self.vault, district, &relay)?;
        let called = match ends.called {
            Some(typed) => Some(typed),
            None => self.phone(conn, district, &relay).await?,
        };
        let caller = ends.caller.unwrap_or_default();
        Ok(called.map_or(Filled::NoAddress, |called| Filled::Bind { called, caller, seconds: relay.seconds }))
    }

    async fn phone(
        &self,
        conn: &mut Conn,
        district: DistrictId,
        relay: &Relay,
    ) -> Result<Option<String>, Fault> {
        if relay.recipient_kind == DIRECT {
            return Ok(None);
        }
        let book = self.books.of(&relay.recipient_kind)?;
        let found = book.phone(conn, district, relay.recipient_id).await?;
        Ok(found.map(|phone| phone.open(SENDING).as_str().to_owned()))
    }
}

fn relay_of(delivery: &Delivery) -> RelayId {
    RelayId(delivery.subject_id)
}

impl Sender for RelaySender {
    fn kind(&self) -> &'static str {
        RELAY
    }

    fn fill<'a>(
        &'a self,
        conn: &'a mut Conn,
        endpoint: &'a Endpoint,
        delivery: &'a mut Delivery,
    ) -> LocalFuture<'a, Result<(), Fault>> {
        Box::pin(async move {
            let filled = self.filled(conn, endpoint.district, delivery).await?;
            delivery.body.0 = json!(filled);
            Ok(())
        })
    }

    /// The relay itself tells how it went.
    fn is_passing(&self, _: &Delivery) -> bool {
        true
    }

    fn send<'a>(&'a self, outside: &'a Outside, attempt: &'a Attempt) -> BoxFuture<'a, Sent> {
        Box::pin(send(self, outside, attempt))
    }

    fn take<'a>(
        &'a self,
        tx: &'a mut Tx,
        delivery: &'a Delivery,
        answer: &'a Value,
    ) -> LocalFuture<'a, Result<(), Fault>> {
        Box::pin(take(tx, relay_of(delivery), answer))
    }
}

async fn send(sender: &RelaySender, outside: &Outside, attempt: &Attempt) -> Sent {
    let settings = &attempt.endpoint.settings.0;
    let Some(relayer) = settings["gateway"].as_str().and_then(|key| sender.relays.find(key)) else {
        return Sent::trouble(Trouble::UnknownGateway);
    };
    let secret = attempt.secret.as_ref().map(|secret| secret.to_string()).unwrap_or_default();
    let account = settings["account"].as_str().unwrap_or_default();
    let mut texts = vec![
        // Ours, the same however often it is tried: a gateway that knows it binds once.
        ("id", attempt.delivery.subject_id.to_string()),
        ("account", account.to_owned()),
        ("secret", secret),
    ];
    match serde_json::from_value(attempt.delivery.body.0.clone()) {
        Ok(Filled::Bind { called, caller, seconds }) => {
            texts.extend([("phone", called.clone()), ("caller", caller), ("seconds", seconds.to_string())]);
            bind(outside, attempt, relayer, (texts, &called)).await
        }
        Ok(Filled::End { binding }) => {
            texts.push(("binding", binding));
            end(outside, attempt, relayer, texts).await
        }
        Ok(Filled::NoAddress) => Sent::Arrived(json!(Taken::NoAddress)),
        Ok(Filled::Nothing) => Sent::Arrived(json!(Taken::Nothing)),
        Err(error) => Sent::trouble(Trouble::fault(Step::Reading, error)),
    }
}

type Texts = Vec<(&'static str, String)>;

fn said(texts: Texts) -> Said {
    let texts = texts.into_iter().map(|(name, text)| (name.to_owned(), text)).collect();
    Said { texts, ..Said::default() }
}

/// Where a call goes: behind the address that was entered.
fn address(attempt: &Attempt, path: &str) -> String {
    format!("{}{path}", attempt.endpoint.address.trim_end_matches('/'))
}

async fn bind(
    outside: &Outside,
    attempt: &Attempt,
    relayer: &Relayer,
    (texts, hidden): (Texts, &str),
) -> Sent {
    let (path, call) = &relayer.bind;
    let (address, said) = (address(attempt, path), said(texts));
    match say(outside, attempt, Saying { address: &address, call, said: &said, hidden }).await {
        Ok(answer) => match relayer.bound(&answer) {
            // A gateway that put the called telephone itself into its answer would show it to the caller.
            Some(bound) if Phone::parse(&bound.number).is_none_or(|own| own.as_str() != hidden) => {
                Sent::Arrived(json!(Taken::Bound(bound)))
            }
            _ => Sent::Refused(Trouble::NoNumberToDial),
        },
        Err(ended) => ended,
    }
}

async fn end(outside: &Outside, attempt: &Attempt, relayer: &Relayer, texts: Texts) -> Sent {
    let (path, call) = &relayer.end;
    let (address, said) = (address(attempt, path), said(texts));
    match say(outside, attempt, Saying { address: &address, call, said: &said, hidden: "" }).await {
        Ok(_) => Sent::Arrived(json!(Taken::Released)),
        Err(ended) => ended,
    }
}

async fn take(tx: &mut Tx, id: RelayId, answer: &Value) -> Result<(), Fault> {
    let taken = serde_json::from_value(answer.clone())
        .map_err(|e| Fault::broken("what a relay came to is no JSON").because(e))?;
    match taken {
        Taken::Bound(bound) => relay::note_bound(tx, id, bound).await,
        Taken::Released => rows::release(tx, id).await,
        Taken::NoAddress => relay::note_refused(tx, id, Some(crate::model::Why::NoAddress)).await,
        Taken::Nothing => Ok(()),
    }
}
