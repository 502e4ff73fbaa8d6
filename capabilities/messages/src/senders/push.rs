//! Notices on devices: encrypted for each, and carried by its browser's own service (RFC 8030). All of somebody's devices are tried; one
//! that took it is enough, and what a service no longer knows is forgotten.

use super::{Desk, letter_of, message_of, settle};
use crate::commands::devices::{self, DEVICES_MAX};
use crate::commands::leave;
use crate::model::{Class, Message, PushDeviceId};
use crate::push::content::{self, encrypt};
use crate::push::device::Subscription;
use crate::push::vapid::PushKey;
use crate::sealed::push::{open_device, open_key};
use crate::{links, store};
use ::store::{Conn, LocalFuture, Tx};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use courier::{Attempt, Delivery, Endpoint, Outside, Sender, Sent, Step, Trouble};
use futures_util::future::{BoxFuture, join_all};
use p256::SecretKey;
use p256::elliptic_curve::Generate;
use platform::{AccountId, DistrictId, Fault, Fixtures, Time};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::time::Duration;

/// The kind of these lanes.
pub(crate) const PUSH: &str = "push";
/// What services keep a message for at most; longer is refused by some.
const TTL_MAX: Duration = Duration::from_secs(28 * 24 * 3600);
/// For what says no end: a device that is off for longer need not be told any more.
const TTL_USUAL: Duration = Duration::from_secs(3 * 24 * 3600);
/// Of the words; in Chinese and with the rest they stay within what a push may hold.
const TEXT_CHARS_MAX: usize = 1_000;
/// What a message's topic is made with: the same for all states of one thing, and nothing to anybody else.
const TOPIC: &str = "messages.topic";

/// Speaks to push services.
pub(crate) struct PushSender {
    desk: Desk,
}

impl PushSender {
    pub fn of(shelf: &Fixtures) -> Self {
        Self { desk: Desk::of(shelf) }
    }
}

/// What a push takes besides its words; in memory only.
#[derive(Serialize, Deserialize)]
struct Parcel {
    /// The district's own, private half.
    key: String,
    /// Where a service's keeper reaches the house.
    contact: Option<String>,
    account: AccountId,
    devices: Vec<(PushDeviceId, Subscription)>,
    /// A later state of the same thing takes the place of one that waits at the service, or still stands on the device.
    topic: String,
    /// After which it is of no use.
    until: Option<Time>,
    urgency: String,
    /// The page that a tap opens.
    page: String,
}

impl Sender for PushSender {
    fn kind(&self) -> &'static str {
        PUSH
    }

    fn fill<'a>(
        &'a self,
        conn: &'a mut Conn,
        endpoint: &'a Endpoint,
        delivery: &'a mut Delivery,
    ) -> LocalFuture<'a, Result<(), Fault>> {
        Box::pin(async move {
            self.desk.fill(conn, endpoint, delivery).await?;
            let found = store::find(conn, endpoint.district, message_of(delivery)).await?;
            if let Some((message, account)) =
                found.and_then(|one| one.account_id.map(|account| (one, account)))
            {
                delivery.body.0["parcel"] = json!(self.parcel(conn, &message, account).await?);
            }
            Ok(())
        })
    }

    /// The message itself tells that it was sent.
    fn is_passing(&self, _: &Delivery) -> bool {
        true
    }

    fn send<'a>(&'a self, outside: &'a Outside, attempt: &'a Attempt) -> BoxFuture<'a, Sent> {
        Box::pin(send(outside, attempt))
    }

    fn take<'a>(
        &'a self,
        tx: &'a mut Tx,
        delivery: &'a Delivery,
        answer: &'a Value,
    ) -> LocalFuture<'a, Result<(), Fault>> {
        Box::pin(take(tx, delivery, answer))
    }
}

impl PushSender {
    async fn parcel(&self, conn: &mut Conn, message: &Message, account: AccountId) -> Result<Parcel, Fault> {
        let (district, vault) = (message.district, &self.desk.vault);
        let sealed = store::push_key(conn, district).await?;
        let sealed = sealed.ok_or_else(|| Fault::broken("a device was added without a key of push"))?;
        let rows = store::devices_of(conn, district, account, DEVICES_MAX as i64).await?;
        let open = |row: &store::DeviceRow| Ok((row.id, open_device(vault, district, row)?));
        let keys = vault.of(district)?;
        let about = format!("{} {}", message.thread_id, message.recipient_id);
        let is_urgent = self.desk.templates.get(&message.template)?.is_urgent;
        Ok(Parcel {
            key: open_key(vault, district, &sealed)?.secret().to_string(),
            contact: contact(conn, district).await?,
            account,
            devices: rows.iter().map(open).collect::<Result<_, Fault>>()?,
            topic: URL_SAFE_NO_PAD.encode(keys.blind(TOPIC, &about).0),
            until: message.until_at,
            urgency: urgency(message.class, is_urgent).to_owned(),
            page: links::path(&keys, message.id),
        })
    }
}

/// A service keeps it as long as it is of use.
fn ttl(until: Option<Time>, now: Time) -> Duration {
    let left = until.map(|until| Duration::from_micros((until.micros() - now.micros()).max(0) as u64));
    left.unwrap_or(TTL_USUAL).min(TTL_MAX)
}

/// RFC 8030, 5.3: whether a device on a small battery is woken for it.
fn urgency(class: Class, is_urgent: bool) -> &'static str {
    if is_urgent || class == Class::Must { "high" } else { "normal" }
}

/// The address of this house, where a gateway of texts or mail was given one.
async fn contact(conn: &mut Conn, district: DistrictId) -> Result<Option<String>, Fault> {
    for row in store::gateways(conn, district).await? {
        let endpoint = courier::queries::find_endpoint(conn, district, row.fast_endpoint_id).await?;
        let site = endpoint.and_then(|one| one.settings.0["site"].as_str().map(str::to_owned));
        if let Some(site) = site.filter(|site| site.starts_with("https://")) {
            return Ok(Some(site));
        }
    }
    Ok(None)
}

async fn send(outside: &Outside, attempt: &Attempt) -> Sent {
    let letter = match letter_of(&attempt.delivery) {
        Ok(letter) => letter,
        Err(ended) => return ended,
    };
    let Ok(parcel) = serde_json::from_value::<Parcel>(attempt.delivery.body.0["parcel"].clone()) else {
        return Sent::trouble(Trouble::fault(Step::Reading, "no parcel"));
    };
    let Ok(key) = PushKey::read(&parcel.key) else {
        return Sent::trouble(Trouble::fault(Step::Encrypting, "no key"));
    };
    let text: String = letter.text.trim().chars().take(TEXT_CHARS_MAX).collect();
    let said = json!({ "title": letter.subject, "body": text, "url": parcel.page, "lang": letter.lang, "tag": parcel.topic });
    let said = said.to_string();
    let pushing = parcel.devices.iter().map(async |(id, device)| {
        let pushed = push(outside, attempt.now, &key, &parcel, device, said.as_bytes()).await;
        (*id, pushed)
    });
    outcome(parcel.account, join_all(pushing).await)
}

/// What became of it on one device.
#[derive(Debug)]
enum Pushed {
    Taken,
    /// The service does not know the device any more.
    Gone,
    Otherwise(Sent),
}

async fn push(
    outside: &Outside,
    now: Time,
    key: &PushKey,
    parcel: &Parcel,
    device: &Subscription,
    said: &[u8],
) -> Pushed {
    let url = match outside.check(&device.endpoint) {
        Ok(url) => url,
        Err(error) => return Pushed::Otherwise(Sent::trouble(error)),
    };
    let salt: [u8; content::SALT_BYTES] = rand::random();
    let body = match encrypt(said, device, &SecretKey::generate(), salt) {
        Ok(body) => body,
        Err(fault) => return Pushed::Otherwise(Sent::Refused(Trouble::fault(Step::Encrypting, fault))),
    };
    let origin = url.origin().ascii_serialization();
    let request = outside
        .post(url)
        .header("authorization", key.authorization(&origin, parcel.contact.as_deref(), now))
        .header("content-type", "application/octet-stream")
        .header("content-encoding", "aes128gcm")
        .header("ttl", ttl(parcel.until, now).as_secs())
        .header("urgency", &parcel.urgency)
        .header("topic", &parcel.topic)
        .body(body);
    match outside.call(request).await {
        Ok(answer) => match (answer.status, courier::judge(&answer, now)) {
            (404 | 410, _) => Pushed::Gone,
            (_, Sent::Arrived(_)) => Pushed::Taken,
            // What a service says may name the device's address, which is as good as a key to it.
            (_, otherwise) => Pushed::Otherwise(otherwise.without(&device.endpoint)),
        },
        Err(error) => Pushed::Otherwise(Sent::trouble(error.without(&device.endpoint))),
    }
}

/// Of all devices together: one that took it is enough; trouble is tried again; a refusal is looked at by a person; and where none is left, it
/// goes another way.
fn outcome(account: AccountId, pushed: Vec<(PushDeviceId, Pushed)>) -> Sent {
    let (mut gone, mut taken) = (Vec::new(), 0);
    let (mut trouble, mut refused): (Option<Sent>, Option<Sent>) = (None, None);
    for (id, one) in pushed {
        match one {
            Pushed::Taken => taken += 1,
            Pushed::Gone => gone.push(id),
            Pushed::Otherwise(sent @ Sent::Trouble { .. }) => trouble = Some(longer(trouble, sent)),
            Pushed::Otherwise(sent) => refused = Some(sent),
        }
    }
    match (taken, trouble.or(refused)) {
        (0, Some(sent)) => sent,
        _ => Sent::Arrived(json!({ "account": account, "gone": gone, "unreached": taken == 0 })),
    }
}

/// Of two troubles the one that asks for the longer wait.
fn longer(known: Option<Sent>, sent: Sent) -> Sent {
    let wait = |sent: &Sent| if let Sent::Trouble { wait, .. } = sent { *wait } else { None };
    match known {
        Some(known) if wait(&known) >= wait(&sent) => known,
        _ => sent,
    }
}

async fn take(tx: &mut Tx, delivery: &Delivery, answer: &Value) -> Result<(), Fault> {
    #[derive(Deserialize)]
    struct Told {
        account: AccountId,
        gone: Vec<PushDeviceId>,
        unreached: bool,
    }
    let Ok(told) = serde_json::from_value::<Told>(answer.clone()) else {
        return settle(tx, delivery, answer).await;
    };
    for id in told.gone {
        devices::note_gone(tx, told.account, id).await?;
    }
    if told.unreached {
        store::unreached(tx, message_of(delivery)).await?;
        return leave::soon(tx).await;
    }
    settle(tx, delivery, answer).await
}

#[cfg(test)]
mod tests {
    //! What several devices come to together, and how long a service keeps a message.
    use super::*;

    #[test]
    fn one_device_that_took_it_is_enough() {
        let account = AccountId(uuid::Uuid::nil());
        let id = |n| PushDeviceId(uuid::Uuid::from_u128(n));
        let trouble = |wait: Option<u64>| Sent::Trouble {
            why: Trouble::Status { status: 429, said: String::new() },
            wait: wait.map(Duration::from_secs),
        };
        let no = || Sent::Refused(Trouble::Refused { status: 413, said: String::new() });
        let busy = |wait: Option<u64>| Pushed::Otherwise(trouble(wait));
        let refused = || Pushed::Otherwise(no());
        let arrived = |gone: &[PushDeviceId], unreached: bool| {
            Sent::Arrived(json!({ "account": account, "gone": gone, "unreached": unreached }))
        };
        let rows = [
            (vec![(id(1), Pushed::Taken)], arrived(&[], false)),
            (vec![(id(1), Pushed::Gone), (id(2), Pushed::Taken)], arrived(&[id(1)], false)),
            (vec![(id(1), busy(None)), (id(2), Pushed::Taken)], arrived(&[], false)),
            (vec![(id(1), Pushed::Gone)], arrived(&[id(1)], true)),
            (vec![], arrived(&[], true)),
            (vec![(id(1), busy(Some(90))), (id(2), busy(Some(5)))], trouble(Some(90))),
            (vec![(id(1), refused()), (id(2), busy(None))], trouble(None)),
            (vec![(id(1), refused()), (id(2), Pushed::Gone)], no()),
        ];
        for (pushed, expected) in rows {
            let words = format!("{pushed:?}");
            assert_eq!(outcome(account, pushed), expected, "{words}");
        }
    }

    #[test]
    fn a_service_keeps_it_as_long_as_it_is_of_use() {
        let now: Time = "2026-03-02T00:00:00Z".parse().expect("a moment");
        let rows = [
            (None, TTL_USUAL),
            (Some(now.after(Duration::from_secs(60))), Duration::from_secs(60)),
            (Some(now.before(Duration::from_secs(60))), Duration::ZERO),
            (Some(now.after(TTL_MAX * 2)), TTL_MAX),
        ];
        for (until, expected) in rows {
            assert_eq!(ttl(until, now), expected, "{until:?}");
        }
    }
}
