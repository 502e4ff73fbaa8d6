//! What messages do by themselves: those that are due leave, one the gateway refused is marked so, and numbers in between end.

use crate::commands::leave::{self, DELIVERY, LEAVE};
use crate::commands::relay::{self, BIND, RELAY_DUE};
use crate::model::{MessageId, MessageState, RelayId, Why};
use crate::store;
use ::store::{FactRow, LocalFuture, Reaction, Timer, TimerRow, Tx};
use courier::DeliveryId;
use courier::facts::{DELIVERY_DIED, DELIVERY_RETRIED, DELIVERY_SKIPPED};
use platform::{Fault, Fixtures};

pub(crate) const REACTIONS: &[Reaction] = &[
    Reaction { name: "messages.note_death", to: DELIVERY_DIED, wanted: always, run: note },
    Reaction { name: "messages.note_retry", to: DELIVERY_RETRIED, wanted: always, run: note },
    Reaction { name: "messages.note_end", to: DELIVERY_SKIPPED, wanted: always, run: note },
];

pub(crate) const TIMERS: &[Timer] =
    &[Timer { kind: LEAVE, run: leave_due }, Timer { kind: RELAY_DUE, run: relay_due }];

fn always(_: &Fixtures, _: &FactRow) -> bool {
    true
}

fn leave_due<'a>(tx: &'a mut Tx, _: &'a TimerRow) -> LocalFuture<'a, Result<(), Fault>> {
    Box::pin(leave::step(tx))
}

fn relay_due<'a>(tx: &'a mut Tx, row: &'a TimerRow) -> LocalFuture<'a, Result<(), Fault>> {
    Box::pin(relay::end_relay(tx, RelayId(row.subject_id)))
}

/// The courier's word about the binding of a number.
async fn note_bind(tx: &mut Tx, delivery: &courier::Delivery) -> Result<(), Fault> {
    let id = RelayId(delivery.subject_id);
    match delivery.state {
        courier::DeliveryState::Dead => relay::note_refused(tx, id, None).await,
        courier::DeliveryState::Skipped => relay::note_refused(tx, id, Some(Why::GivenUp)).await,
        courier::DeliveryState::Waiting => relay::note_asked_again(tx, id).await,
        courier::DeliveryState::Sent => Ok(()),
    }
}

/// The courier's word about a delivery, in terms of its message. It is read as it is by now, so that the order of facts does not matter.
fn note<'a>(tx: &'a mut Tx, fact: &'a FactRow) -> LocalFuture<'a, Result<(), Fault>> {
    Box::pin(async move {
        let district = tx.district();
        let found = courier::queries::find_delivery(tx, district, DeliveryId(fact.subject_id)).await?;
        let delivery = match found {
            Some(delivery) if delivery.kind == BIND => return note_bind(tx, &delivery).await,
            Some(delivery) if delivery.kind == DELIVERY => delivery,
            _ => return Ok(()),
        };
        let id = MessageId(delivery.subject_id);
        match delivery.state {
            courier::DeliveryState::Dead => store::fail(tx, id).await,
            courier::DeliveryState::Waiting => store::on_its_way(tx, id).await,
            courier::DeliveryState::Skipped => {
                store::settle(tx, vec![(id, MessageState::Dropped, Some(Why::GivenUp))]).await
            }
            courier::DeliveryState::Sent => Ok(()),
        }
    })
}
