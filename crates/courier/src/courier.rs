//! The courier on the shelf: who speaks to which kind of endpoint, and the bell that tells the lanes something is on its way.

use crate::model::{Delivery, Endpoint};
use crate::outside::Outside;
use crate::trouble::Trouble;
use futures_util::future::BoxFuture;
use parking_lot::RwLock;
use platform::Fault;
use seal::Zeroizing;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use store::{Conn, LocalFuture, Tx};
use tokio::sync::Notify;
use uuid::Uuid;

/// What an attempt came to, as the sender understands the other side.
#[derive(Clone, PartialEq, Debug)]
pub enum Sent {
    /// It is there; what the answer says is taken in the write that settles it.
    Arrived(Value),
    /// The endpoint is in trouble: not reached, overloaded, broken. Everything for it waits, this one too.
    Trouble { why: Trouble, wait: Option<Duration> },
    /// It understood and said no: as it is this one never arrives. A person looks at it.
    Refused(Trouble),
}

impl Sent {
    pub fn trouble(why: Trouble) -> Self {
        Self::Trouble { why, wait: None }
    }

    /// The same without a word that may not be kept: [`Trouble::without`].
    #[must_use]
    pub fn without(self, word: &str) -> Self {
        match self {
            Self::Arrived(answer) => Self::Arrived(answer),
            Self::Trouble { why, wait } => Self::Trouble { why: why.without(word), wait },
            Self::Refused(why) => Self::Refused(why.without(word)),
        }
    }
}

/// One attempt: what is said to whom.
#[derive(Clone, Debug)]
pub struct Attempt {
    pub endpoint: Endpoint,
    pub secret: Option<Zeroizing<String>>,
    pub delivery: Delivery,
    pub now: platform::Time,
}

/// Speaks to endpoints of one kind. What it does must be the same done twice: an answer may be lost.
pub trait Sender: Send + Sync {
    /// Endpoints of this kind are its own.
    fn kind(&self) -> &'static str;

    /// Adds to what is said what is known only now that it leaves (what the other side calls a thing, say).
    fn fill<'a>(
        &'a self,
        _: &'a mut Conn,
        _: &'a Endpoint,
        _: &'a mut Delivery,
    ) -> LocalFuture<'a, Result<(), Fault>> {
        Box::pin(async { Ok(()) })
    }

    /// Whether a delivery leaves no trace once it has arrived: a question that is asked every minute.
    fn is_passing(&self, _: &Delivery) -> bool {
        false
    }

    /// One attempt. Ends by itself: every call outside has its limit.
    fn send<'a>(&'a self, outside: &'a Outside, attempt: &'a Attempt) -> BoxFuture<'a, Sent>;

    /// Takes what the answer says, in the write that settles the delivery.
    fn take<'a>(
        &'a self,
        tx: &'a mut Tx,
        delivery: &'a Delivery,
        answer: &'a Value,
    ) -> LocalFuture<'a, Result<(), Fault>>;
}

/// The senders of this house and its way outside.
pub struct Courier {
    senders: RwLock<HashMap<&'static str, Arc<dyn Sender>>>,
    pub outside: Outside,
    bell: Notify,
    /// What leases of this process bear.
    pub(crate) server: Uuid,
}

impl std::fmt::Debug for Courier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Courier")
    }
}

impl Courier {
    pub fn new(outside: Outside) -> Self {
        Self { senders: RwLock::default(), outside, bell: Notify::new(), server: Uuid::new_v4() }
    }

    /// Called by each capability that has a kind of endpoint, while it is prepared.
    pub fn add_sender(&self, sender: Arc<dyn Sender>) {
        self.senders.write().insert(sender.kind(), sender);
    }

    pub(crate) fn sender(&self, kind: &str) -> Option<Arc<dyn Sender>> {
        self.senders.read().get(kind).cloned()
    }

    /// Something may leave.
    pub fn wake(&self) {
        self.bell.notify_one();
    }

    pub(crate) async fn rung(&self) {
        self.bell.notified().await;
    }
}
