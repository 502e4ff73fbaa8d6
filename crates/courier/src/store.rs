//! Loads and saves endpoints and deliveries: the only SQL of the courier.

use crate::lane::Health;
use crate::model::{Delivery, DeliveryId, DeliveryState, Endpoint, EndpointId};
use crate::trouble::Trouble;
use platform::{DistrictId, FactId, Fault, Time};
use serde_json::Value;
use store::{Conn, Json, Tx, row, sql, value};
use uuid::Uuid;

value!(EndpointId as Uuid, |v| v.0, EndpointId);
value!(DeliveryId as Uuid, |v| v.0, DeliveryId);
value!(Trouble as String, |trouble| trouble.noted(), Trouble::read);

type NewEndpoint = (DistrictId, EndpointId, String, String, Option<Vec<u8>>, Json<Value>, i64);
type EndpointChange = (DistrictId, EndpointId, i64, String, Option<Vec<u8>>, Json<Value>);
type HealthChange =
    (DistrictId, EndpointId, i64, Option<Time>, i64, Option<Trouble>, Option<Time>, Option<Time>);
type NewDelivery = (DistrictId, DeliveryId, EndpointId, Uuid, String, Json<Value>, Option<FactId>, Time);
type Settlement = (DistrictId, DeliveryId, DeliveryState, Time, i64, Option<Trouble>, Option<Time>);

row! {
    /// What waits at an endpoint.
    #[derive(Clone, Copy, PartialEq, Eq, Debug)]
    pub struct Queue {
        pub waiting: i64,
        pub dead: i64,
        /// When the oldest that has not left was made.
        pub oldest_at: Option<Time>,
    }
}

sql! {
    ADD_ENDPOINT: NewEndpoint =
        "insert into courier_endpoint (district, id, kind, address, secret, settings, paused, troubles, pace, leased_until, version)
         values ($1, $2, $3, $4, $5, $6, false, 0, $7, 0, 1)";
    CHANGE_ENDPOINT: EndpointChange =
        "update courier_endpoint set address = $4, secret = $5, settings = $6, troubles = 0, retry_at = null, version = version + 1
         where district = $1 and id = $2 and version = $3";
    FIND_ENDPOINT: (DistrictId, EndpointId) -> Endpoint =
        "select district, id, kind, address, secret, settings, paused, troubles, retry_at, pace, last_error, last_error_at,
             last_sent_at, version
         from courier_endpoint where district = $1 and id = $2";
    SET_PAUSED: (DistrictId, EndpointId, bool) =
        "update courier_endpoint set paused = $3, version = version + 1 where district = $1 and id = $2";
    SET_HEALTH: HealthChange =
        "update courier_endpoint set troubles = $3, retry_at = $4, pace = $5, last_error = coalesce($6, last_error),
             last_error_at = coalesce($7, last_error_at), last_sent_at = coalesce($8, last_sent_at)
         where district = $1 and id = $2";
    SEAL_ENDPOINT: (DistrictId, EndpointId, Vec<u8>, Vec<u8>) =
        "update courier_endpoint set secret = $3 where district = $1 and id = $2 and secret = $4";
    SEALED_ENDPOINTS: (DistrictId, EndpointId, i64) -> (EndpointId, Option<Vec<u8>>) =
        "select id, secret from courier_endpoint where district = $1 and id > $2 order by id limit $3";
    LEASE: (DistrictId, EndpointId, Uuid, Time, Time) =
        "update courier_endpoint set leased_by = $3, leased_until = $5
         where district = $1 and id = $2 and (leased_until < $4 or leased_by = $3)";
    RELEASE: (DistrictId, EndpointId, Uuid) =
        "update courier_endpoint set leased_until = 0 where district = $1 and id = $2 and leased_by = $3";
    READY: (DistrictId, Time, i64) -> (EndpointId,) =
        "select e.id from courier_endpoint e
         where e.district = $1 and not e.paused and (e.retry_at is null or e.retry_at <= $2)
           and exists (select 1 from courier_delivery d where d.district = e.district and d.endpoint_id = e.id
               and d.state = 'waiting' and d.due_at <= $2)
         order by e.id limit $3 /* whole district */";
    ADD_DELIVERY: NewDelivery =
        "insert into courier_delivery (district, id, endpoint_id, subject_id, kind, body, fact_id, made_at, due_at, attempts, state)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $8, 0, 'waiting')";
    HEADS: (DistrictId, EndpointId, Time, i64) -> Delivery =
        "select d.id, d.endpoint_id, d.subject_id, d.kind, d.body, d.fact_id, d.made_at, d.due_at, d.attempts, d.state,
             d.last_error, d.settled_at
         from courier_delivery d
         where d.district = $1 and d.endpoint_id = $2 and d.state = 'waiting' and d.due_at <= $3
           and not exists (select 1 from courier_delivery b where b.district = d.district and b.endpoint_id = d.endpoint_id
               and b.subject_id = d.subject_id and b.id < d.id and b.state in ('waiting', 'dead'))
         order by d.due_at, d.id limit $4";
    FIND_DELIVERY: (DistrictId, DeliveryId) -> Delivery =
        "select id, endpoint_id, subject_id, kind, body, fact_id, made_at, due_at, attempts, state, last_error, settled_at
         from courier_delivery where district = $1 and id = $2";
    SETTLE: Settlement =
        "update courier_delivery set state = $3, due_at = $4, attempts = $5, last_error = $6, settled_at = $7
         where district = $1 and id = $2 and state in ('waiting', 'dead')";
    AGAIN: (DistrictId, DeliveryId, Time) =
        "update courier_delivery set state = 'waiting', due_at = $3, attempts = 0, settled_at = null
         where district = $1 and id = $2 and state <> 'waiting'";
    DROP_WAITING: (DistrictId, EndpointId, Time) =
        "update courier_delivery set state = 'skipped', settled_at = $3
         where district = $1 and endpoint_id = $2 and state in ('waiting', 'dead')";
    HURRY: (DistrictId, EndpointId, Time) =
        "update courier_delivery set due_at = $3 where district = $1 and endpoint_id = $2 and state = 'waiting' and due_at > $3";
    QUEUE: (DistrictId, EndpointId) -> Queue =
        "select (select count(*) from courier_delivery w where w.district = $1 and w.endpoint_id = $2 and w.state = 'waiting') as waiting,
             (select count(*) from courier_delivery x where x.district = $1 and x.endpoint_id = $2 and x.state = 'dead') as dead,
             (select min(o.made_at) from courier_delivery o where o.district = $1 and o.endpoint_id = $2 and o.state in ('waiting', 'dead')) as oldest_at";
    DEAD: (DistrictId, EndpointId, DeliveryId, i64) -> Delivery =
        "select id, endpoint_id, subject_id, kind, body, fact_id, made_at, due_at, attempts, state, last_error, settled_at
         from courier_delivery where district = $1 and endpoint_id = $2 and state = 'dead' and id > $3 order by id limit $4";
    OF_SUBJECT: (DistrictId, Uuid, i64) -> Delivery =
        "select id, endpoint_id, subject_id, kind, body, fact_id, made_at, due_at, attempts, state, last_error, settled_at
         from courier_delivery where district = $1 and subject_id = $2 order by id limit $3";
    LATEST_OF_SUBJECT: (DistrictId, Uuid) -> Delivery =
        "select id, endpoint_id, subject_id, kind, body, fact_id, made_at, due_at, attempts, state, last_error, settled_at
         from courier_delivery where district = $1 and subject_id = $2 order by id desc limit 1";
    REMOVE: (DistrictId, DeliveryId) = "delete from courier_delivery where district = $1 and id = $2";
    IS_WAITING: (DistrictId, EndpointId, Uuid) -> (DeliveryId,) =
        "select id from courier_delivery where district = $1 and endpoint_id = $2 and subject_id = $3 and state in ('waiting', 'dead')
         order by id limit 1";
    FORGET: (DistrictId, Time) =
        "delete from courier_delivery where district = $1 and settled_at is not null and settled_at < $2";
}

pub(crate) async fn add_endpoint(tx: &mut Tx, new: NewEndpoint) -> Result<(), Fault> {
    tx.execute(&ADD_ENDPOINT, new).await.map(drop)
}

/// `false` where somebody else changed it meanwhile.
pub(crate) async fn change_endpoint(tx: &mut Tx, change: EndpointChange) -> Result<bool, Fault> {
    Ok(tx.execute(&CHANGE_ENDPOINT, change).await? == 1)
}

pub(crate) async fn find_endpoint(
    conn: &mut Conn,
    district: DistrictId,
    id: EndpointId,
) -> Result<Option<Endpoint>, Fault> {
    conn.optional(&FIND_ENDPOINT, (district, id)).await
}

/// Puts a delivery back to those that wait, whatever became of it; `false` where there is none, or it waits already.
pub(crate) async fn again(tx: &mut Tx, id: DeliveryId) -> Result<bool, Fault> {
    let (district, now) = (tx.district(), tx.now());
    Ok(tx.execute(&AGAIN, (district, id, now)).await? == 1)
}

pub(crate) async fn set_paused(tx: &mut Tx, id: EndpointId, paused: bool) -> Result<(), Fault> {
    let district = tx.district();
    tx.execute(&SET_PAUSED, (district, id, paused)).await.map(drop)
}

/// What a round of a lane came to.
#[derive(Clone, Debug)]
pub(crate) struct Round {
    pub health: Health,
    pub error: Option<Trouble>,
    pub has_sent: bool,
}

pub(crate) async fn set_health(tx: &mut Tx, id: EndpointId, round: Round) -> Result<(), Fault> {
    let (district, now) = (tx.district(), tx.now());
    let Round { health, error, has_sent } = round;
    let error_at = error.as_ref().map(|_| now);
    let columns = (
        district,
        id,
        health.troubles,
        health.retry_at,
        health.pace,
        error,
        error_at,
        has_sent.then_some(now),
    );
    tx.execute(&SET_HEALTH, columns).await.map(drop)
}

pub(crate) async fn sealed_endpoints(
    conn: &mut Conn,
    district: DistrictId,
    after: EndpointId,
    limit: i64,
) -> Result<Vec<(EndpointId, Option<Vec<u8>>)>, Fault> {
    conn.all(&SEALED_ENDPOINTS, (district, after, limit)).await
}

pub(crate) async fn seal_endpoint(
    tx: &mut Tx,
    id: EndpointId,
    sealed: Vec<u8>,
    before: Vec<u8>,
) -> Result<(), Fault> {
    let district = tx.district();
    tx.execute(&SEAL_ENDPOINT, (district, id, sealed, before)).await.map(drop)
}

/// Takes a lane for this server, or keeps it; `false` where another has it.
pub(crate) async fn lease(tx: &mut Tx, id: EndpointId, server: Uuid, until: Time) -> Result<bool, Fault> {
    let (district, now) = (tx.district(), tx.now());
    Ok(tx.execute(&LEASE, (district, id, server, now, until)).await? == 1)
}

pub(crate) async fn release(tx: &mut Tx, id: EndpointId, server: Uuid) -> Result<(), Fault> {
    let district = tx.district();
    tx.execute(&RELEASE, (district, id, server)).await.map(drop)
}

/// Endpoints at which something may leave now.
pub(crate) async fn ready(
    conn: &mut Conn,
    district: DistrictId,
    now: Time,
    limit: i64,
) -> Result<Vec<EndpointId>, Fault> {
    Ok(conn.all(&READY, (district, now, limit)).await?.into_iter().map(|(id,)| id).collect())
}

pub(crate) async fn add_deliveries(tx: &mut Tx, new: Vec<NewDelivery>) -> Result<(), Fault> {
    tx.execute_many(&ADD_DELIVERY, new).await.map(drop)
}

/// The next of each subject that is due, at most `limit`.
pub(crate) async fn heads(
    conn: &mut Conn,
    district: DistrictId,
    endpoint: EndpointId,
    now: Time,
    limit: i64,
) -> Result<Vec<Delivery>, Fault> {
    conn.all(&HEADS, (district, endpoint, now, limit)).await
}

pub(crate) async fn find_delivery(
    conn: &mut Conn,
    district: DistrictId,
    id: DeliveryId,
) -> Result<Option<Delivery>, Fault> {
    conn.optional(&FIND_DELIVERY, (district, id)).await
}

/// How a delivery stands after an attempt, or after a person's word.
#[derive(Clone, Debug)]
pub(crate) struct Settled {
    pub id: DeliveryId,
    pub state: DeliveryState,
    pub due_at: Time,
    pub attempts: i64,
    pub error: Option<Trouble>,
}

pub(crate) async fn settle(tx: &mut Tx, settled: Settled) -> Result<(), Fault> {
    let (district, now) = (tx.district(), tx.now());
    let is_over = matches!(settled.state, DeliveryState::Sent | DeliveryState::Skipped);
    let Settled { id, state, due_at, attempts, error } = settled;
    tx.execute(&SETTLE, (district, id, state, due_at, attempts, error, is_over.then_some(now)))
        .await
        .map(drop)
}

pub(crate) async fn drop_waiting(tx: &mut Tx, id: EndpointId) -> Result<u64, Fault> {
    let (district, now) = (tx.district(), tx.now());
    tx.execute(&DROP_WAITING, (district, id, now)).await
}

pub(crate) async fn hurry(tx: &mut Tx, id: EndpointId) -> Result<u64, Fault> {
    let (district, now) = (tx.district(), tx.now());
    tx.execute(&HURRY, (district, id, now)).await
}

pub(crate) async fn queue(conn: &mut Conn, district: DistrictId, id: EndpointId) -> Result<Queue, Fault> {
    conn.one(&QUEUE, (district, id)).await
}

pub(crate) async fn dead(
    conn: &mut Conn,
    district: DistrictId,
    endpoint: EndpointId,
    after: DeliveryId,
    limit: i64,
) -> Result<Vec<Delivery>, Fault> {
    conn.all(&DEAD, (district, endpoint, after, limit)).await
}

pub(crate) async fn of_subject(
    conn: &mut Conn,
    district: DistrictId,
    subject: Uuid,
    limit: i64,
) -> Result<Vec<Delivery>, Fault> {
    conn.all(&OF_SUBJECT, (district, subject, limit)).await
}

pub(crate) async fn latest_of_subject(
    conn: &mut Conn,
    district: DistrictId,
    subject: Uuid,
) -> Result<Option<Delivery>, Fault> {
    conn.optional(&LATEST_OF_SUBJECT, (district, subject)).await
}

pub(crate) async fn remove(tx: &mut Tx, id: DeliveryId) -> Result<(), Fault> {
    let district = tx.district();
    tx.execute(&REMOVE, (district, id)).await.map(drop)
}

pub(crate) async fn is_waiting(
    conn: &mut Conn,
    district: DistrictId,
    endpoint: EndpointId,
    subject: Uuid,
) -> Result<bool, Fault> {
    Ok(conn.optional(&IS_WAITING, (district, endpoint, subject)).await?.is_some())
}

pub(crate) async fn forget(tx: &mut Tx, before: Time) -> Result<u64, Fault> {
    let district = tx.district();
    tx.execute(&FORGET, (district, before)).await
}
