//! The courier: what leaves the house for other systems. At least once, in order for each subject, each endpoint a lane of its own.
//!
//! A capability makes an endpoint, orders deliveries in its writes, and adds a [`Sender`] for its kind. The courier keeps trying, opens
//! the circuit of an endpoint in trouble, comes back slowly, and shows a person what cannot arrive. Why so: docs/decisions/0020.

mod commands;
mod courier;
pub mod facts;
pub mod lane;
mod model;
pub mod outside;
pub mod queries;
mod reseal;
mod run;
pub mod signature;
mod store;
mod tape;
mod trouble;
mod view;
mod webhook;

pub use commands::{
    NewEndpoint, Word, again, change_endpoint, drop_waiting, make_endpoint, open_secret, order, order_many,
    pause, resume, retry, skip, try_now,
};
pub use courier::{Attempt, Courier, Sender, Sent};
pub use model::{Delivery, DeliveryId, DeliveryState, Endpoint, EndpointId, Order};
pub use outside::{Answer, Outside};
pub use reseal::RESEALS;
pub use run::{deliver_due, run, sweep};
pub use trouble::{Cause, MailSide, Step, Trouble, TroubleView};
pub use view::{DeliveryWord, LaneVerb, LaneView};
pub use webhook::{WEBHOOK, WebhookSender, judge};

use edge::{Capability, Preparation, Settings};
use platform::Words;
use std::sync::Arc;

/// How the courier joins the house. It has no routes: whoever owns an endpoint answers for it.
pub const CAPABILITY: Capability = Capability {
    name: "courier",
    words: Words::of("投递", "Deliveries"),
    migrations: ::store::migrations!("courier", ["0001_lanes.sql"]),
    permissions: &[],
    api: utoipa_axum::router::OpenApiRouter::new,
    pages: axum::Router::new,
    reactions: &[],
    timers: &[],
    prepare,
};

fn prepare(db: &::store::Db) -> Preparation<'_> {
    Box::pin(async move {
        let settings = db.fixtures().get::<Settings>();
        let courier = Courier::new(Outside::new(&settings.private_networks)?);
        courier.add_sender(Arc::new(WebhookSender));
        db.fixtures().put(Arc::new(courier));
        Ok(())
    })
}
