//! Partners 联动单位: how an organisation's own system takes part in a case, by whichever rung it is reached.
//!
//! What happens to a case here is told by [`forward`] (a reaction), what they say comes in by [`said`], over GeoReport v2 ([`open311`]),
//! signed messages ([`inbound`]) or the page behind a mail ([`mail`]). What they see of its photos is [`shown`]. The courier carries; `states`
//! understands. Whether anything gets there is seen by a [`trial`].

pub(crate) mod facts;
pub(crate) mod forward;
mod http;
mod inbound;
pub(crate) mod mail;
pub(crate) mod open311;
mod photos;
mod promises;
mod reactions;
mod reseal;
pub(crate) mod said;
pub(crate) mod secrets;
mod shown;
pub(crate) mod states;
mod systems;
pub(crate) mod trial;

pub(crate) use reactions::{REACTIONS, TIMERS};
pub(crate) use reseal::RESEAL;
pub use systems::follow;

use self::mail::PartnerMailSender;
use self::open311::Open311Sender;
use self::shown::PartnerWebhookSender;
use self::states::StateTables;
use ::store::{Db, Tx};
use courier::Courier;
use edge::{Edge, Settings};
use platform::{Actor, DistrictId, Fault};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use utoipa_axum::router::OpenApiRouter;

pub(crate) fn routes() -> OpenApiRouter<Edge> {
    http::routes().merge(inbound::routes()).merge(promises::routes())
}

pub(crate) fn pages() -> axum::Router<Edge> {
    mail::pages().merge(shown::pages())
}

/// Messages of partners are remembered for so long; what is older than five minutes is not believed anyway.
const MESSAGES_KEPT: Duration = Duration::from_secs(7 * 24 * 3600);

/// Puts the tables of states on the shelf, and gives the courier those who speak Open311, sign messages and write mail.
///
/// # Errors
/// A fault that names every hole in the tables.
pub(crate) async fn prepare(db: &Db) -> Result<(), Fault> {
    let fixtures = db.fixtures();
    let states: BTreeSet<String> = fixtures.get::<cases::Rules>().state_names();
    fixtures.put(Arc::new(StateTables::load(&fixtures.get::<Settings>(), &states)?));
    let data = fixtures.get::<Settings>().data.clone();
    let courier = fixtures.get::<Courier>();
    courier.add_sender(Arc::new(Open311Sender { db: db.downgrade(), data }));
    courier.add_sender(Arc::new(PartnerWebhookSender::of(db)));
    courier.add_sender(Arc::new(PartnerMailSender::of(db)));
    fixtures.put(Arc::new(systems::Systems::default()));
    follow(db).await
}

/// Forgets messages of long ago, and links to photos whose time is over.
///
/// # Errors
/// The store.
pub(crate) async fn sweep(db: &Db, district: DistrictId) -> Result<u64, Fault> {
    let actor = Actor::system(district, "tidying");
    db.write(&actor, async move |tx: &mut Tx| {
        let now = tx.now();
        let messages = crate::store::partners::forget_messages(tx, now.before(MESSAGES_KEPT)).await?;
        Ok(messages + crate::store::shown_photos::forget(tx, now).await?)
    })
    .await
}
