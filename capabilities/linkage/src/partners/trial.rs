//! A trial: something is sent to a partner that asks for nothing, to see whether its mailbox or its server is reached. It goes by the
//! partner's own lane, and what became of it stands on the partner's page.

use ::store::{Conn, Tx};
use courier::{Delivery, DeliveryState, EndpointId, Order, TroubleView};
use platform::{DistrictId, Fault, Time};
use serde::Serialize;
use serde_json::json;
use std::time::Duration;
use utoipa::ToSchema;

/// The kind of these deliveries, and the type of such a message.
pub(crate) const TRIAL: &str = "trial";
/// One partner is sent no more than one in this time.
pub(crate) const TRIAL_INTERVAL: Duration = Duration::from_secs(60);

/// How far a trial has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TrialState {
    /// It waits in its lane.
    Waiting,
    /// Their server took it, or the mail server did for their mailbox.
    Taken,
    /// It cannot arrive as it is.
    Refused,
    /// A person gave it up.
    GivenUp,
}

/// The latest trial of a partner.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TrialView {
    pub state: TrialState,
    pub made_at: Time,
    /// When it was taken, or given up.
    pub settled_at: Option<Time>,
    pub error: Option<TroubleView>,
}

impl From<Delivery> for TrialView {
    fn from(trial: Delivery) -> Self {
        let state = match trial.state {
            DeliveryState::Waiting => TrialState::Waiting,
            DeliveryState::Sent => TrialState::Taken,
            DeliveryState::Dead => TrialState::Refused,
            DeliveryState::Skipped => TrialState::GivenUp,
        };
        Self {
            state,
            made_at: trial.made_at,
            settled_at: trial.settled_at,
            error: trial.last_error.map(TroubleView::from),
        }
    }
}

/// A trial is about the endpoint itself: nothing waits behind it, and another mailbox has none yet.
pub(crate) async fn latest(
    conn: &mut Conn,
    district: DistrictId,
    endpoint: EndpointId,
) -> Result<Option<Delivery>, Fault> {
    courier::queries::latest_of_subject(conn, district, endpoint.0).await
}

pub(crate) async fn order(tx: &mut Tx, endpoint: EndpointId) -> Result<(), Fault> {
    let order = Order { endpoint, subject: endpoint.0, kind: TRIAL, body: json!({}), fact: None };
    courier::order(tx, order).await.map(drop)
}
