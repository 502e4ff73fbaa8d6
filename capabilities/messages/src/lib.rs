//! Messages 消息: what people are sent, by text, mail or push, in their language and at their hours; each traced to the fact that caused it.
//!
//! Whoever tells people something makes a [`Notice`] and names the recipients, never their addresses. A [`AddressBook`] finds those when a
//! message leaves, and the courier carries it. Why so: docs/decisions/0022.

mod access;
mod books;
mod catalogue;
mod codes;
mod commands;
mod error;
mod facts;
mod http;
mod links;
pub mod mail_room;
mod model;
mod pages;
mod push;
mod queries;
mod reactions;
mod sealed;
mod senders;
mod site;
mod store;

pub use books::{AddressBook, Books};
pub use catalogue::RelayBook;
pub use commands::relay::{
    RelayAnswer, RelayAsked, RelayNow, RelayWay, ask_relay, end_relay, relay_way, relays,
};
pub use commands::send::{Notice, QUEUED_AT_ONCE_MAX, note_told, queue, send, supersede};
/// What messages stand on, for whoever builds a part of the house: the courier has tables of its own.
pub use courier::CAPABILITY as COURIER;
pub use error::MessageError;
pub use model::{ACCOUNT, MessageId, MessageState, Recipient, RelayId, RelayState};
pub use queries::{
    HowItWent, MessageCounts, about, how_it_went, is_under_way, told, told_among, unreached_among,
};
pub use sealed::RESEALS;
pub use site::site;

use ::store::{Db, Tx, migrations};
use catalogue::{GatewayBook, TemplateBook};
use courier::Courier;
use edge::{Capability, Preparation, Settings};
use platform::{Actor, DistrictId, Fault, Words};
use std::sync::Arc;
use std::time::Duration;

/// How messages join the house.
pub const CAPABILITY: Capability = Capability {
    name: "messages",
    words: Words::of("消息", "Messages"),
    migrations: migrations!("messages", ["0001_messages.sql", "0002_push.sql", "0003_relays.sql"]),
    permissions: access::ALL,
    api: http::routes,
    pages: pages::routes,
    reactions: reactions::REACTIONS,
    timers: reactions::TIMERS,
    prepare,
};

/// What was sent is told so long to whoever it was sent to; then it goes. So do numbers in between that have ended.
const SENT_KEPT: Duration = Duration::from_secs(180 * 24 * 3600);

fn prepare(db: &Db) -> Preparation<'_> {
    Box::pin(async move {
        let shelf = db.fixtures();
        let settings = shelf.get::<Settings>();
        shelf.put(Arc::new(TemplateBook::load(&settings)?));
        shelf.put(Arc::new(GatewayBook::load(&settings)?));
        shelf.put(Arc::new(RelayBook::load(&settings)?));
        let books = Books::default();
        books.add(Arc::new(books::Accounts));
        shelf.put(Arc::new(books));
        let courier = shelf.get::<Courier>();
        courier.add_sender(Arc::new(senders::SmsSender::of(shelf)));
        courier.add_sender(Arc::new(senders::MailSender::of(shelf)));
        courier.add_sender(Arc::new(senders::PushSender::of(shelf)));
        courier.add_sender(Arc::new(senders::RelaySender::of(shelf)));
        courier.add_sender(Arc::new(senders::InboxSender::of(shelf)));
        let otherwise = identity::code_sender(shelf);
        identity::set_code_sender(shelf, Arc::new(codes::Texts { otherwise }));
        Ok(())
    })
}

/// Forgets what was sent long ago; answers how many.
///
/// # Errors
/// The store.
pub async fn sweep(db: &Db, district: DistrictId) -> Result<u64, Fault> {
    let actor = Actor::system(district, "tidying");
    db.write(&actor, async move |tx: &mut Tx| {
        let before = tx.now().before(SENT_KEPT);
        Ok(store::forget(tx, before).await? + store::relays::forget(tx, before).await?)
    })
    .await
}
