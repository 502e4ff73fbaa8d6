//! Devices that take notices: added by whoever holds one, changed by its browser, taken off by its owner, or because its service says that it
//! is gone.

use super::choices;
use crate::error::MessageError;
use crate::facts::{DEVICE_ADDED, DEVICE_CHANGED, DEVICE_GONE, DEVICE_REMOVED, MessageFact, PUSH_KEY_MADE};
use crate::model::{Channel, PushDeviceId};
use crate::push::device::Subscription;
use crate::push::vapid::PushKey;
use crate::sealed;
use crate::senders::PUSH;
use crate::store::{self, DeviceRow, ServiceRow};
use ::store::Tx;
use courier::{Courier, EndpointId, NewEndpoint, Outside};
use platform::{AccountId, Fault, FaultKind, Words};
use seal::Vault;
use serde_json::json;
use std::net::IpAddr;

/// Devices of one person.
pub(crate) const DEVICES_MAX: usize = 10;
/// Services with lanes, the last of them shared by whatever is beyond.
pub(crate) const PUSH_SERVICES_MAX: i64 = 20;
/// The lanes that are shared.
const SHARED: &str = "";
/// What devices are known again by.
const MARK: &str = "messages.device";

/// The district's key, made when it is first asked for.
///
/// # Errors
/// The store; the key does not open.
pub(crate) async fn key(tx: &mut Tx) -> Result<PushKey, Fault> {
    let (district, vault) = (tx.district(), tx.fixture::<Vault>());
    if let Some(known) = store::push_key(tx, district).await? {
        return sealed::push::open_key(&vault, district, &known);
    }
    let key = PushKey::generate();
    let kept = sealed::push::seal_key(tx, &key)?;
    store::add_push_key(tx, kept).await?;
    tx.record(&MessageFact::of_district(PUSH_KEY_MADE, district, json!({}))).await?;
    Ok(key)
}

/// Keeps a device, which from now on is the way its owner is told. The same device again is the same one.
///
/// # Errors
/// Its address may not be reached; there are enough of them.
pub(crate) async fn add(
    tx: &mut Tx,
    account: AccountId,
    one: &Subscription,
    label: String,
) -> Result<PushDeviceId, MessageError> {
    let service = service_of(&tx.fixture::<Courier>().outside, &one.endpoint)?;
    let mark = tx.fixture::<Vault>().of(tx.district())?.blind(MARK, &one.endpoint);
    let known = store::device_of_mark(tx, mark).await?;
    let is_theirs = known.as_ref().is_some_and(|known| known.account_id == account);
    if !is_theirs && count_of(tx, account).await? >= DEVICES_MAX {
        return Err(MessageError::invalid(
            "endpoint",
            "messages.too_many_devices",
            format!("最多 {DEVICES_MAX} 台设备，请先移除不用的。"),
            format!("At most {DEVICES_MAX} devices: please remove one that is not used."),
        ));
    }
    let id = known.as_ref().map_or_else(|| PushDeviceId::new(tx.now()), |known| known.id);
    let sealed = sealed::push::seal_device(tx, id, one)?;
    match known {
        Some(known) => {
            store::change_device(tx, DeviceRow { account_id: account, sealed, label, ..known }).await?;
        }
        None => {
            let (service, added_at) = (lanes_for(tx, service).await?, tx.now());
            let row = DeviceRow { id, account_id: account, sealed, service, label, added_at };
            if !store::add_device(tx, row, mark).await? {
                return Err(Fault::new(FaultKind::Contention, "a device was added twice at once").into());
            }
        }
    }
    choices::go_by(tx, account, Some(Channel::Push)).await?;
    let data = json!({ "device": id, "again": is_theirs });
    tx.record(&MessageFact::of_recipient(DEVICE_ADDED, account.0, data)).await?;
    Ok(id)
}

/// A browser has changed its subscription by itself: the device stays the one it was, and so does what its owner chose. One that its owner
/// took off meanwhile is not added again. Told twice, it is done once.
///
/// # Errors
/// No such device of theirs; its new address may not be reached.
pub(crate) async fn change(
    tx: &mut Tx,
    account: AccountId,
    former: &str,
    one: &Subscription,
) -> Result<PushDeviceId, MessageError> {
    let service = service_of(&tx.fixture::<Courier>().outside, &one.endpoint)?;
    let keys = tx.fixture::<Vault>().of(tx.district())?;
    let (before, mark) = (keys.blind(MARK, former), keys.blind(MARK, &one.endpoint));
    let former = store::device_of_mark(tx, before).await?.filter(|row| row.account_id == account);
    let known = store::device_of_mark(tx, mark).await?;
    let is_former = |row: &DeviceRow| former.as_ref().is_some_and(|former| former.id == row.id);
    match (known.filter(|row| !is_former(row)), former) {
        (None, Some(former)) => {
            let id = former.id;
            let (sealed, service) = (sealed::push::seal_device(tx, id, one)?, lanes_for(tx, service).await?);
            store::move_device(tx, DeviceRow { sealed, service, ..former }, mark).await?;
            let data = json!({ "device": id });
            tx.record(&MessageFact::of_recipient(DEVICE_CHANGED, account.0, data)).await?;
            Ok(id)
        }
        // It was told before, or turned on anew in between.
        (Some(known), former) if known.account_id == account => {
            if let Some(former) = former {
                note_gone(tx, account, former.id).await?;
            }
            Ok(known.id)
        }
        _ => Err(MessageError::NotFound),
    }
}

/// Its owner takes it off. Without another, they are told as if they had chosen nothing.
///
/// # Errors
/// It is not theirs.
pub(crate) async fn remove(tx: &mut Tx, account: AccountId, id: PushDeviceId) -> Result<(), MessageError> {
    if !store::remove_device(tx, id, account).await? {
        return Err(MessageError::NotFound);
    }
    if count_of(tx, account).await? == 0 {
        choices::go_by(tx, account, None).await?;
    }
    let data = json!({ "device": id });
    tx.record(&MessageFact::of_recipient(DEVICE_REMOVED, account.0, data)).await?;
    Ok(())
}

/// Its service says that it takes nothing any more. What its owner chose stays, and is shown.
///
/// # Errors
/// The store.
pub(crate) async fn note_gone(tx: &mut Tx, account: AccountId, id: PushDeviceId) -> Result<(), Fault> {
    if store::remove_device(tx, id, account).await? {
        let data = json!({ "device": id });
        tx.record(&MessageFact::of_recipient(DEVICE_GONE, account.0, data)).await?;
    }
    Ok(())
}

async fn count_of(tx: &mut Tx, account: AccountId) -> Result<usize, Fault> {
    let district = tx.district();
    Ok(store::devices_of(tx, district, account, DEVICES_MAX as i64).await?.len())
}

/// The service that reaches an address: by https, or within the district's own networks.
fn service_of(outside: &Outside, endpoint: &str) -> Result<String, MessageError> {
    let refused =
        |words: Words| MessageError::Invalid { field: "endpoint", code: "messages.bad_endpoint", words };
    let url = outside.check(endpoint).map_err(|error| refused(error.words()))?;
    let host = url.host_str().unwrap_or_default();
    let is_own = host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|ip| outside.is_own(ip));
    match url.scheme() == "https" || is_own {
        true => Ok(url.origin().ascii_serialization()),
        false => {
            Err(refused(Words::of("推送地址须以 https 开头。", "The address of a device begins with https.")))
        }
    }
}

/// The lanes of a service, made on first need; beyond a number of services, those that are shared.
async fn lanes_for(tx: &mut Tx, service: String) -> Result<String, Fault> {
    let district = tx.district();
    let known = store::push_services(tx, district, PUSH_SERVICES_MAX).await?;
    let has = |service: &str| known.iter().any(|row| row.service == service);
    if has(&service) {
        return Ok(service);
    }
    let service = if (known.len() as i64) < PUSH_SERVICES_MAX - 1 { service } else { SHARED.to_owned() };
    if !has(&service) {
        let (fast_endpoint_id, bulk_endpoint_id) = (lane(tx, &service).await?, lane(tx, &service).await?);
        let row = ServiceRow { service: service.clone(), fast_endpoint_id, bulk_endpoint_id };
        store::add_push_service(tx, row).await?;
    }
    Ok(service)
}

async fn lane(tx: &mut Tx, service: &str) -> Result<EndpointId, Fault> {
    let (address, settings) = (service.to_owned(), json!({ "channel": Channel::Push }));
    courier::make_endpoint(tx, NewEndpoint { kind: PUSH, address, secret: None, settings }).await
}
