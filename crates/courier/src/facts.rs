//! What the courier tells the house: ids and counts, never what a delivery says.

use platform::DistrictId;
use serde_json::{Value, json};
use store::Fact;
use uuid::Uuid;

use crate::model::{DeliveryId, EndpointId};

pub const ENDPOINT_MADE: &str = "courier.endpoint_made";
pub const ENDPOINT_CHANGED: &str = "courier.endpoint_changed";
pub const ENDPOINT_PAUSED: &str = "courier.endpoint_paused";
pub const ENDPOINT_RESUMED: &str = "courier.endpoint_resumed";
/// It was hurried by hand: nothing waits for its time any more.
pub const ENDPOINT_TRIED: &str = "courier.endpoint_tried";
/// So many troubles in a row that the circuit opened.
pub const ENDPOINT_LOST: &str = "courier.endpoint_lost";
pub const ENDPOINT_BACK: &str = "courier.endpoint_back";
/// Nothing leaves for it any more.
pub const ENDPOINT_LEFT: &str = "courier.endpoint_left";
pub const DELIVERY_DIED: &str = "courier.delivery_died";
pub const DELIVERY_RETRIED: &str = "courier.delivery_retried";
pub const DELIVERY_SKIPPED: &str = "courier.delivery_skipped";
pub const SECRETS_RESEALED: &str = "courier.secrets_resealed";

/// A fact of the courier.
#[derive(Debug)]
pub(crate) struct CourierFact {
    name: &'static str,
    subject: (&'static str, Uuid),
    data: Value,
}

impl CourierFact {
    pub(crate) fn of_endpoint(name: &'static str, id: EndpointId, data: Value) -> Self {
        Self { name, subject: (EndpointId::NOUN, id.0), data }
    }

    pub(crate) fn of_delivery(name: &'static str, id: DeliveryId, endpoint: EndpointId) -> Self {
        Self { name, subject: (DeliveryId::NOUN, id.0), data: json!({ "endpoint": endpoint }) }
    }

    pub(crate) fn of_district(name: &'static str, district: DistrictId, data: Value) -> Self {
        Self { name, subject: ("district", Uuid::from_u128(district.0 as u128)), data }
    }
}

impl Fact for CourierFact {
    fn name(&self) -> &'static str {
        self.name
    }
    fn subject(&self) -> (&'static str, Uuid) {
        self.subject
    }
    fn data(&self) -> Value {
        self.data.clone()
    }
}
