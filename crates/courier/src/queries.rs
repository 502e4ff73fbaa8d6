//! What the courier tells about endpoints: what waits, what died, what was sent about a subject.

pub use crate::store::Queue;

use crate::model::{Delivery, DeliveryId, Endpoint, EndpointId};
use crate::store;
use ::store::Conn;
use platform::{DistrictId, Fault};
use uuid::Uuid;

/// Deliveries told of one subject.
const OF_SUBJECT_MAX: i64 = 200;

/// # Errors
/// The store.
pub async fn find_endpoint(
    conn: &mut Conn,
    district: DistrictId,
    id: EndpointId,
) -> Result<Option<Endpoint>, Fault> {
    store::find_endpoint(conn, district, id).await
}

/// # Errors
/// The store.
pub async fn find_delivery(
    conn: &mut Conn,
    district: DistrictId,
    id: DeliveryId,
) -> Result<Option<Delivery>, Fault> {
    store::find_delivery(conn, district, id).await
}

/// # Errors
/// The store.
pub async fn queue(conn: &mut Conn, district: DistrictId, id: EndpointId) -> Result<Queue, Fault> {
    store::queue(conn, district, id).await
}

/// Dead deliveries, the oldest first, after one.
///
/// # Errors
/// The store.
pub async fn dead(
    conn: &mut Conn,
    district: DistrictId,
    endpoint: EndpointId,
    after: Option<DeliveryId>,
    limit: i64,
) -> Result<Vec<Delivery>, Fault> {
    store::dead(conn, district, endpoint, after.unwrap_or(DeliveryId(Uuid::nil())), limit).await
}

/// What was sent about a subject, the oldest first.
///
/// # Errors
/// The store.
pub async fn of_subject(
    conn: &mut Conn,
    district: DistrictId,
    subject: Uuid,
) -> Result<Vec<Delivery>, Fault> {
    store::of_subject(conn, district, subject, OF_SUBJECT_MAX).await
}

/// What was sent about a subject last.
///
/// # Errors
/// The store.
pub async fn latest_of_subject(
    conn: &mut Conn,
    district: DistrictId,
    subject: Uuid,
) -> Result<Option<Delivery>, Fault> {
    store::latest_of_subject(conn, district, subject).await
}

/// Whether something about a subject has not arrived at an endpoint yet.
///
/// # Errors
/// The store.
pub async fn is_waiting(
    conn: &mut Conn,
    district: DistrictId,
    endpoint: EndpointId,
    subject: Uuid,
) -> Result<bool, Fault> {
    store::is_waiting(conn, district, endpoint, subject).await
}
