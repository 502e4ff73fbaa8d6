//! Partners that take signed messages: spoken to by the courier's own sender, with the addresses of photos in what leaves.

use super::leaving::add_addresses;
use ::store::{Conn, Db, DbRef, LocalFuture, Tx};
use courier::{Attempt, Delivery, Endpoint, Outside, Sender, Sent, WEBHOOK, WebhookSender};
use futures_util::future::BoxFuture;
use platform::Fault;
use serde_json::Value;

/// Speaks to them.
#[derive(Clone, Debug)]
pub(crate) struct PartnerWebhookSender {
    db: DbRef,
    courier: WebhookSender,
}

impl PartnerWebhookSender {
    pub(crate) fn of(db: &Db) -> Self {
        Self { db: db.downgrade(), courier: WebhookSender }
    }
}

impl Sender for PartnerWebhookSender {
    fn kind(&self) -> &'static str {
        WEBHOOK
    }

    fn fill<'a>(
        &'a self,
        conn: &'a mut Conn,
        endpoint: &'a Endpoint,
        delivery: &'a mut Delivery,
    ) -> LocalFuture<'a, Result<(), Fault>> {
        Box::pin(add_addresses(&self.db, conn, endpoint, delivery))
    }

    fn send<'a>(&'a self, outside: &'a Outside, attempt: &'a Attempt) -> BoxFuture<'a, Sent> {
        self.courier.send(outside, attempt)
    }

    fn take<'a>(
        &'a self,
        tx: &'a mut Tx,
        delivery: &'a Delivery,
        answer: &'a Value,
    ) -> LocalFuture<'a, Result<(), Fault>> {
        self.courier.take(tx, delivery, answer)
    }
}
