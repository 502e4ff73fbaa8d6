//! Lanes and dead deliveries as those read them who look after an endpoint.

use crate::model::Endpoint;
use crate::store::Queue;
use crate::trouble::TroubleView;
use platform::Time;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How a lane is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LaneView {
    pub waiting: i64,
    pub dead: i64,
    /// When the oldest that has not arrived was made.
    pub oldest_at: Option<Time>,
    pub paused: bool,
    /// Troubles in a row; from five on one message at a time tries.
    pub troubles: i64,
    pub is_broken: bool,
    pub retry_at: Option<Time>,
    pub last_error: Option<TroubleView>,
    pub last_error_at: Option<Time>,
    pub last_sent_at: Option<Time>,
}

impl LaneView {
    pub fn of(endpoint: &Endpoint, queue: &Queue) -> Self {
        Self {
            waiting: queue.waiting,
            dead: queue.dead,
            oldest_at: queue.oldest_at,
            paused: endpoint.paused,
            troubles: endpoint.troubles,
            is_broken: endpoint.health().is_broken(),
            retry_at: endpoint.retry_at,
            last_error: endpoint.last_error.clone().map(TroubleView::from),
            last_error_at: endpoint.last_error_at,
            last_sent_at: endpoint.last_sent_at,
        }
    }
}

/// What may be done to a lane.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LaneVerb {
    Pause,
    Resume,
    Try,
}

/// A person's word about a dead delivery.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeliveryWord {
    /// True: sent again. False: given up, and what waits behind it leaves.
    pub again: bool,
}
