//! Every write of the courier but those of its lanes: endpoints made and changed, deliveries ordered, a person's word about dead ones.
//! Whether somebody may is asked by the capability that owns the endpoint.

use crate::courier::Courier;
use crate::facts::{self, CourierFact};
use crate::lane::PACE_MAX;
use crate::model::{DeliveryId, DeliveryState, Endpoint, EndpointId, Order};
use crate::store::{self, Settled};
use ::store::{Json, Tx};
use platform::Fault;
use seal::{Context, Vault, Zeroizing};
use serde_json::{Value, json};

/// What a secret is bound to.
const SECRET: &str = "courier_endpoint.secret";

/// An endpoint as somebody gives it. Its address was checked by [`crate::Outside::check`].
#[derive(Clone, Debug)]
pub struct NewEndpoint {
    pub kind: &'static str,
    pub address: String,
    /// Their key, or the secret that signs; kept sealed.
    pub secret: Option<Zeroizing<String>>,
    pub settings: Value,
}

/// What a person's word about a delivery came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Word {
    Done,
    /// There is no such dead delivery.
    NotDead,
}

/// Makes an endpoint.
///
/// # Errors
/// The store, the keys.
pub async fn make_endpoint(tx: &mut Tx, new: NewEndpoint) -> Result<EndpointId, Fault> {
    let (district, id) = (tx.district(), EndpointId::new(tx.now()));
    let secret = seal_secret(tx, id, new.secret.as_deref())?;
    let kind = new.kind.to_owned();
    store::add_endpoint(tx, (district, id, kind, new.address, secret, Json(new.settings), PACE_MAX)).await?;
    tx.record(&CourierFact::of_endpoint(facts::ENDPOINT_MADE, id, json!({ "kind": new.kind }))).await?;
    Ok(id)
}

/// Gives an endpoint another address, settings or secret (`None` keeps the secret); its troubles are forgotten. `false` where it was
/// changed meanwhile.
///
/// # Errors
/// The store, the keys.
pub async fn change_endpoint(tx: &mut Tx, before: &Endpoint, new: NewEndpoint) -> Result<bool, Fault> {
    let secret = match &new.secret {
        Some(secret) => seal_secret(tx, before.id, Some(secret))?,
        None => before.secret.clone(),
    };
    let change = (tx.district(), before.id, before.version, new.address, secret, Json(new.settings));
    let changed = store::change_endpoint(tx, change).await?;
    if changed {
        let data = json!({ "secret": new.secret.is_some() });
        tx.record(&CourierFact::of_endpoint(facts::ENDPOINT_CHANGED, before.id, data)).await?;
    }
    Ok(changed)
}

fn seal_secret(tx: &Tx, id: EndpointId, secret: Option<&String>) -> Result<Option<Vec<u8>>, Fault> {
    let keys = tx.fixture::<Vault>().of(tx.district())?;
    let context = Context { district: tx.district(), column: SECRET, row: id.0 };
    secret.map(|text| keys.seal(&context, text.as_bytes())).transpose()
}

/// The endpoint's secret, for whoever is about to use it.
///
/// # Errors
/// It was changed from outside, or its key is gone.
pub fn open_secret(keys: &seal::Keyring, endpoint: &Endpoint) -> Result<Option<Zeroizing<String>>, Fault> {
    let context = Context { district: endpoint.district, column: SECRET, row: endpoint.id.0 };
    let Some(sealed) = &endpoint.secret else { return Ok(None) };
    let plain = keys.open(&context, sealed)?;
    let text = std::str::from_utf8(&plain).map_err(|e| Fault::broken("a secret is no text").because(e))?;
    Ok(Some(Zeroizing::new(text.to_owned())))
}

/// Seals an endpoint's secret anew where it is not under the present key.
pub(crate) fn reseal_secret(
    keys: &seal::Keyring,
    district: platform::DistrictId,
    id: EndpointId,
    sealed: &[u8],
) -> Result<Option<Vec<u8>>, Fault> {
    if keys.is_current(sealed) {
        return Ok(None);
    }
    let context = Context { district, column: SECRET, row: id.0 };
    let plain = keys.open(&context, sealed)?;
    keys.seal(&context, &plain).map(Some)
}

/// Puts something on its way. It leaves after the commit, behind everything of the same subject that has not arrived.
///
/// # Errors
/// The store.
pub async fn order(tx: &mut Tx, order: Order) -> Result<DeliveryId, Fault> {
    let ids = order_many(tx, vec![order]).await?;
    Ok(ids[0])
}

/// Puts many things on their way, in their order; answers their ids.
///
/// # Errors
/// The store.
pub async fn order_many(tx: &mut Tx, orders: Vec<Order>) -> Result<Vec<DeliveryId>, Fault> {
    let (district, now) = (tx.district(), tx.now());
    let mut ids = Vec::with_capacity(orders.len());
    let rows = orders.into_iter().map(|order| {
        let id = DeliveryId::new(now);
        ids.push(id);
        let kind = order.kind.to_owned();
        (district, id, order.endpoint, order.subject, kind, Json(order.body), order.fact, now)
    });
    let rows: Vec<_> = rows.collect();
    store::add_deliveries(tx, rows).await?;
    tx.fixture::<Courier>().wake();
    Ok(ids)
}

/// Holds an endpoint: what is under way arrives, nothing more leaves.
///
/// # Errors
/// The store.
pub async fn pause(tx: &mut Tx, id: EndpointId) -> Result<(), Fault> {
    store::set_paused(tx, id, true).await?;
    tx.record(&CourierFact::of_endpoint(facts::ENDPOINT_PAUSED, id, json!({}))).await.map(drop)
}

/// Lets a held endpoint go on.
///
/// # Errors
/// The store.
pub async fn resume(tx: &mut Tx, id: EndpointId) -> Result<(), Fault> {
    store::set_paused(tx, id, false).await?;
    tx.fixture::<Courier>().wake();
    tx.record(&CourierFact::of_endpoint(facts::ENDPOINT_RESUMED, id, json!({}))).await.map(drop)
}

/// Tries an endpoint at once, whatever it waits for.
///
/// # Errors
/// The store.
pub async fn try_now(tx: &mut Tx, endpoint: &Endpoint) -> Result<(), Fault> {
    let health = crate::lane::Health { retry_at: None, ..endpoint.health() };
    store::set_health(tx, endpoint.id, store::Round { health, error: None, has_sent: false }).await?;
    let hurried = store::hurry(tx, endpoint.id).await?;
    tx.fixture::<Courier>().wake();
    let data = json!({ "deliveries": hurried });
    tx.record(&CourierFact::of_endpoint(facts::ENDPOINT_TRIED, endpoint.id, data)).await.map(drop)
}

/// Gives up whatever has not left for an endpoint, dead ones too: its owner is reached otherwise from now on. Answers how many.
///
/// # Errors
/// The store.
pub async fn drop_waiting(tx: &mut Tx, id: EndpointId) -> Result<u64, Fault> {
    let dropped = store::drop_waiting(tx, id).await?;
    tx.record(&CourierFact::of_endpoint(facts::ENDPOINT_LEFT, id, json!({ "deliveries": dropped }))).await?;
    Ok(dropped)
}

/// A dead delivery is sent again, for instance because the other side has mended itself.
///
/// # Errors
/// The store.
pub async fn retry(tx: &mut Tx, endpoint: EndpointId, id: DeliveryId) -> Result<Word, Fault> {
    give_word(tx, endpoint, id, DeliveryState::Waiting).await
}

/// A dead delivery is given up, so that what waits behind it leaves.
///
/// # Errors
/// The store.
pub async fn skip(tx: &mut Tx, endpoint: EndpointId, id: DeliveryId) -> Result<Word, Fault> {
    give_word(tx, endpoint, id, DeliveryState::Skipped).await
}

/// Sends a delivery of a sandbox once more under the same id, though it has arrived: so an integrator sees that its system does it once.
///
/// # Errors
/// The store.
pub async fn again(tx: &mut Tx, _: platform::Sandbox, id: DeliveryId) -> Result<Word, Fault> {
    let district = tx.district();
    let found = store::find_delivery(tx, district, id).await?;
    let Some(delivery) = found else { return Ok(Word::NotDead) };
    if !store::again(tx, id).await? {
        return Ok(Word::NotDead);
    }
    tx.record(&CourierFact::of_delivery(facts::DELIVERY_RETRIED, id, delivery.endpoint_id)).await?;
    tx.fixture::<Courier>().wake();
    Ok(Word::Done)
}

async fn give_word(
    tx: &mut Tx,
    endpoint: EndpointId,
    id: DeliveryId,
    state: DeliveryState,
) -> Result<Word, Fault> {
    let district = tx.district();
    let found = store::find_delivery(tx, district, id).await?;
    let Some(delivery) = found.filter(|d| d.endpoint_id == endpoint && d.state == DeliveryState::Dead) else {
        return Ok(Word::NotDead);
    };
    let (due_at, error) = (tx.now(), delivery.last_error);
    store::settle(tx, Settled { id, state, due_at, attempts: 0, error }).await?;
    let name =
        if state == DeliveryState::Waiting { facts::DELIVERY_RETRIED } else { facts::DELIVERY_SKIPPED };
    tx.record(&CourierFact::of_delivery(name, id, endpoint)).await?;
    tx.fixture::<Courier>().wake();
    Ok(Word::Done)
}
