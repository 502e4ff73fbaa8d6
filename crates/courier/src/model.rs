//! What leaves the house: endpoints of other systems, and deliveries to them.

use crate::lane::Health;
use crate::trouble::Trouble;
use platform::{DistrictId, FactId, Time, id};
use serde_json::Value;
use store::{Json, row, text_enum};
use uuid::Uuid;

id!(
    /// Where deliveries go to: an address of another system, with a lane of its own.
    EndpointId, "endpoint"
);
id!(
    /// Something on its way to an endpoint. The other side is told it, so that one which arrives twice is one.
    DeliveryId, "delivery"
);

text_enum!(
    /// How far a delivery has come.
    pub DeliveryState {
        /// On its way, or waiting for the one before it.
        Waiting = "waiting",
        /// It arrived, and the answer was taken.
        Sent = "sent",
        /// It cannot arrive as it is: a person looks at it. Those behind it of the same subject wait.
        Dead = "dead",
        /// A person decided that it is not sent.
        Skipped = "skipped"
    }
);

row! {
    /// An endpoint as stored.
    #[derive(Clone, Debug)]
    pub struct Endpoint {
        pub district: DistrictId,
        pub id: EndpointId,
        /// Which sender speaks to it.
        pub kind: String,
        pub address: String,
        /// Sealed; [`crate::open_secret`].
        pub secret: Option<Vec<u8>>,
        pub settings: Json<Value>,
        pub paused: bool,
        pub troubles: i64,
        pub retry_at: Option<Time>,
        pub pace: i64,
        pub last_error: Option<Trouble>,
        pub last_error_at: Option<Time>,
        pub last_sent_at: Option<Time>,
        pub version: i64,
    }
}

impl Endpoint {
    pub fn health(&self) -> Health {
        Health { troubles: self.troubles, retry_at: self.retry_at, pace: self.pace }
    }
}

row! {
    /// A delivery as stored.
    #[derive(Clone, Debug)]
    pub struct Delivery {
        pub id: DeliveryId,
        pub endpoint_id: EndpointId,
        /// What keeps its order.
        pub subject_id: Uuid,
        /// What it says, in the sender's own words for it.
        pub kind: String,
        pub body: Json<Value>,
        /// What caused it.
        pub fact_id: Option<FactId>,
        pub made_at: Time,
        pub due_at: Time,
        pub attempts: i64,
        pub state: DeliveryState,
        pub last_error: Option<Trouble>,
        pub settled_at: Option<Time>,
    }
}

/// What is to leave.
#[derive(Clone, Debug)]
pub struct Order {
    pub endpoint: EndpointId,
    pub subject: Uuid,
    pub kind: &'static str,
    /// Ids, codes and what the other side is to be told; never a resident's name or phone.
    pub body: Value,
    pub fact: Option<FactId>,
}
