//! What messages record of themselves: ids, codes and counts; never words, and never an address.

use crate::model::{Channel, RelayId};
use platform::DistrictId;
use serde_json::{Value, json};
use store::Fact;
use uuid::Uuid;

/// Messages about one thing were made, with how many.
pub const QUEUED: &str = "messages.queued";
/// Some that were due were judged, with how many left, wait and were dropped.
pub const JUDGED: &str = "messages.judged";
pub const GATEWAY_SET: &str = "messages.gateway_set";
/// It was taken off, and nothing took its place yet.
pub const GATEWAY_REMOVED: &str = "messages.gateway_removed";
/// A trial message was asked for.
pub const TRIED: &str = "messages.tried";
/// Somebody said by which way, when and what they want to be told.
pub const CHOSEN: &str = "messages.chosen";
/// Somebody wants no more messages of a class; by which message's link, where it was one.
pub const LEFT: &str = "messages.left";
pub const MAIL_CONFIRMED: &str = "messages.mail_confirmed";
/// The district's key of push was made.
pub const PUSH_KEY_MADE: &str = "messages.push_key_made";
/// Somebody wants notices on a device.
pub const DEVICE_ADDED: &str = "messages.device_added";
/// Its browser reaches it by another address from now on.
pub const DEVICE_CHANGED: &str = "messages.device_changed";
/// Its owner took it off.
pub const DEVICE_REMOVED: &str = "messages.device_removed";
/// Its service says that it is gone.
pub const DEVICE_GONE: &str = "messages.device_gone";
/// A number in between was asked for.
pub const RELAY_ASKED: &str = "messages.relay_asked";
/// The gateway gave one.
pub const RELAY_BOUND: &str = "messages.relay_bound";
/// By hand or by time.
pub const RELAY_ENDED: &str = "messages.relay_ended";
pub const RELAY_REFUSED: &str = "messages.relay_refused";
pub const RESEALED: &str = "messages.values_resealed";

/// A fact of messages.
#[derive(Debug)]
pub(crate) struct MessageFact {
    name: &'static str,
    subject: (&'static str, Uuid),
    area_path: Option<String>,
    data: Value,
}

impl MessageFact {
    /// About the thing that messages are about.
    pub fn of_thread(name: &'static str, thread: Uuid, data: Value) -> Self {
        Self { name, subject: ("thread", thread), area_path: None, data }
    }

    /// About what a recipient wants.
    pub fn of_recipient(name: &'static str, recipient: Uuid, data: Value) -> Self {
        Self { name, subject: ("recipient", recipient), area_path: None, data }
    }

    /// About a number in between.
    pub fn of_relay(name: &'static str, relay: RelayId, data: Value) -> Self {
        Self { name, subject: (RelayId::NOUN, relay.0), area_path: None, data }
    }

    pub fn of_gateway(name: &'static str, district: DistrictId, channel: Channel, data: Value) -> Self {
        let data = json!({ "channel": channel, "what": data });
        Self::of_district(name, district, data)
    }

    pub fn of_district(name: &'static str, district: DistrictId, data: Value) -> Self {
        let area_path = Some(territory::root_path(district));
        Self { name, subject: ("district", Uuid::from_u128(district.0 as u128)), area_path, data }
    }
}

impl Fact for MessageFact {
    fn name(&self) -> &'static str {
        self.name
    }
    fn subject(&self) -> (&'static str, Uuid) {
        self.subject
    }
    /// What concerns the district as a whole stands at its root; what concerns a person stands nowhere.
    fn area_path(&self) -> Option<&str> {
        self.area_path.as_deref()
    }
    fn data(&self) -> Value {
        self.data.clone()
    }
}
