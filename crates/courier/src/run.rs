//! The lanes at work: each endpoint by itself, so that a sick one keeps nobody waiting but its own.

use crate::commands::open_secret;
use crate::courier::{Attempt, Courier, Sender, Sent};
use crate::facts::{self, CourierFact};
use crate::lane::{ATTEMPTS_MAX, Health, wait_after};
use crate::model::{Delivery, DeliveryState, Endpoint, EndpointId};
use crate::outside::Outside;
use crate::store::{self, Round, Settled};
use crate::tape::Tape;
use crate::trouble::{Step, Trouble};
use ::store::{Conn, Db, Tx};
use edge::{Districts, Edge, Recorders};
use futures_util::future::join_all;
use platform::{Actor, DistrictId, Fault, FaultKind, Time};
use seal::Vault;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::{Id, JoinSet};

/// Lanes at work at once in this process. Those beyond wait for one that ends; a dead endpoint holds its place for one call.
const LANES_MAX: usize = 256;
const ENDPOINTS_READ_MAX: i64 = 1_000;
/// How long nobody else may work on a lane after its last sign of life: longer than any call.
const LEASE: Duration = Duration::from_secs(40);
/// What is due by its clock is found so soon at the latest.
const LOOK_INTERVAL: Duration = Duration::from_millis(500);
/// After the bell: its write commits meanwhile.
const COMMIT_WAITS: [Duration; 3] =
    [Duration::from_millis(5), Duration::from_millis(20), Duration::from_millis(60)];
const FAULT_WAIT: Duration = Duration::from_secs(2);
/// What has arrived is kept so long, to be traced.
const SENT_KEPT: Duration = Duration::from_secs(90 * 24 * 3600);

type Lane = (DistrictId, EndpointId);

/// Runs until told to stop; rounds under way are finished.
pub async fn run(edge: Edge, mut told: watch::Receiver<bool>) {
    let courier = edge.fixture::<Courier>();
    let (mut busy, mut lanes) = (HashMap::<Id, Lane>::new(), JoinSet::<()>::new());
    let mut looks = COMMIT_WAITS.iter();
    while !*told.borrow() {
        let wait = match start_lanes(&edge, &mut busy, &mut lanes).await {
            Ok(()) => looks.next().copied().unwrap_or(LOOK_INTERVAL),
            Err(fault) => {
                tracing::warn!("Deliveries wait {} s: {fault:?}", FAULT_WAIT.as_secs());
                FAULT_WAIT
            }
        };
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = courier.rung() => looks = COMMIT_WAITS.iter(),
            Some(ended) = lanes.join_next_with_id() => drop(busy.remove(&ended.map_or_else(|panic| panic.id(), |(id, ())| id))),
            _ = told.wait_for(|stopping| *stopping) => {}
        }
    }
    while lanes.join_next().await.is_some() {}
}

/// Begins a task for each lane that has something to do and none yet.
async fn start_lanes(
    edge: &Edge,
    busy: &mut HashMap<Id, Lane>,
    lanes: &mut JoinSet<()>,
) -> Result<(), Fault> {
    for district in edge.fixture::<Districts>().all() {
        for id in ready(edge, district.district).await? {
            let lane = (district.district, id);
            if lanes.len() >= LANES_MAX {
                return Ok(());
            }
            if !busy.values().any(|other| *other == lane) {
                let task = lanes.spawn(work_and_rest(edge.clone(), lane));
                busy.insert(task.id(), lane);
            }
        }
    }
    Ok(())
}

/// A lane at which nothing could be done, or which met a fault, is left alone for a moment.
async fn work_and_rest(edge: Edge, lane: Lane) {
    match work(&edge, lane).await {
        Ok(0) => tokio::time::sleep(LOOK_INTERVAL).await,
        Ok(_) => {}
        Err(fault) => {
            tracing::warn!(endpoint = %lane.1, "A lane stopped and goes on later: {fault:?}");
            tokio::time::sleep(FAULT_WAIT).await;
        }
    }
}

/// Everything that is due now is tried once or until nothing more is due, lane by lane; answers how many attempts were made. For tests
/// and for the command line: a server runs [`run`].
///
/// # Errors
/// The store.
pub async fn deliver_due(edge: &Edge) -> Result<usize, Fault> {
    let mut attempts = 0;
    for district in edge.fixture::<Districts>().all() {
        for id in ready(edge, district.district).await? {
            attempts += work(edge, (district.district, id)).await?;
        }
    }
    Ok(attempts)
}

async fn ready(edge: &Edge, district: DistrictId) -> Result<Vec<EndpointId>, Fault> {
    let now = edge.now();
    edge.db
        .read(async move |conn: &mut Conn| store::ready(conn, district, now, ENDPOINTS_READ_MAX).await)
        .await
}

/// Works on a lane until nothing more may leave.
async fn work(edge: &Edge, (district, id): Lane) -> Result<usize, Fault> {
    let courier = edge.fixture::<Courier>();
    let actor = Actor::system(district, "courier");
    let mut attempts = 0;
    while let Some(round) = next_round(edge, &courier, &actor, id).await? {
        attempts += round.attempts.len();
        let ways: Vec<Outside> =
            round.attempts.iter().map(|attempt| way_for(edge, &courier, attempt)).collect();
        let sending = round.attempts.iter().zip(&ways).map(|(attempt, way)| round.sender.send(way, attempt));
        let outcomes = join_all(sending).await;
        settle(edge, &actor, round, outcomes).await?;
    }
    let server = courier.server;
    edge.db.write(&actor, async move |tx: &mut Tx| store::release(tx, id, server).await).await?;
    Ok(attempts)
}

/// The way outside of one delivery: recorded, where the district is a sandbox.
fn way_for(edge: &Edge, courier: &Courier, attempt: &Attempt) -> Outside {
    match edge.fixture::<Recorders>().of(attempt.endpoint.district) {
        Some(recorder) => courier.outside.recorded(Tape::of(recorder.clone(), attempt)),
        None => courier.outside.clone(),
    }
}

/// What leaves at once.
struct Batch {
    endpoint: Endpoint,
    sender: Arc<dyn Sender>,
    attempts: Vec<Attempt>,
}

/// Leases the lane and reads what is next; nothing where another server has it, it is held, or nothing is due.
async fn next_round(
    edge: &Edge,
    courier: &Courier,
    actor: &Actor,
    id: EndpointId,
) -> Result<Option<Batch>, Fault> {
    let (district, server) = (actor.district, courier.server);
    let leased = edge
        .db
        .write(actor, async move |tx: &mut Tx| {
            let until = tx.now().after(LEASE);
            store::lease(tx, id, server, until).await
        })
        .await?;
    if !leased {
        return Ok(None);
    }
    let now = edge.now();
    let senders = edge.fixture::<Courier>();
    let read = async move |conn: &mut Conn| {
        let Some(endpoint) = store::find_endpoint(conn, district, id).await? else { return Ok(None) };
        if endpoint.paused || !endpoint.health().is_open(now) {
            return Ok(None);
        }
        let kind = &endpoint.kind;
        let unknown = || Fault::broken(format!("nobody speaks to endpoints of the kind {kind}"));
        let sender = senders.sender(kind).ok_or_else(unknown)?;
        let mut heads = store::heads(conn, district, id, now, endpoint.pace).await?;
        for delivery in &mut heads {
            sender.fill(conn, &endpoint, delivery).await?;
        }
        Ok::<_, Fault>((!heads.is_empty()).then_some((endpoint, sender, heads)))
    };
    let Some((endpoint, sender, heads)) = edge.db.read(read).await? else { return Ok(None) };
    let secret = open_secret(&*edge.fixture::<Vault>().of(district)?, &endpoint)?;
    let attempts = heads
        .into_iter()
        .map(|delivery| Attempt { endpoint: endpoint.clone(), secret: secret.clone(), delivery, now })
        .collect();
    Ok(Some(Batch { endpoint, sender, attempts }))
}

/// Writes down what a round came to: each delivery, and how the endpoint is.
async fn settle(edge: &Edge, actor: &Actor, round: Batch, outcomes: Vec<Sent>) -> Result<(), Fault> {
    let results: Vec<(Delivery, Sent)> =
        round.attempts.into_iter().map(|a| a.delivery).zip(outcomes).collect();
    let health = judge(round.endpoint.health(), &results, edge.now());
    let (before, id, sender) = (round.endpoint.health(), round.endpoint.id, round.sender);
    let write = async move |tx: &mut Tx| {
        for (delivery, sent) in &results {
            settle_one(tx, &*sender, delivery, sent).await?;
        }
        let error = results.iter().find_map(|(_, sent)| error_of(sent));
        let has_sent = results.iter().any(|(_, sent)| matches!(sent, Sent::Arrived(_)));
        store::set_health(tx, id, Round { health, error, has_sent }).await?;
        if before.is_broken() != health.is_broken() {
            let name = if health.is_broken() { facts::ENDPOINT_LOST } else { facts::ENDPOINT_BACK };
            tx.record(&CourierFact::of_endpoint(name, id, json!({ "troubles": before.troubles }))).await?;
        }
        Ok::<_, Fault>(())
    };
    edge.db.write(actor, write).await
}

fn error_of(sent: &Sent) -> Option<Trouble> {
    match sent {
        Sent::Arrived(_) => None,
        Sent::Trouble { why, .. } | Sent::Refused(why) => Some(why.clone()),
    }
}

/// How an endpoint is after a round: one that answers at all is there, though it may take offence at some of it.
fn judge(before: Health, results: &[(Delivery, Sent)], now: Time) -> Health {
    let answered = results.iter().any(|(_, sent)| !matches!(sent, Sent::Trouble { .. }));
    if answered {
        return before.after_success();
    }
    let asked = results.iter().filter_map(|(_, sent)| match sent {
        Sent::Trouble { wait, .. } => *wait,
        _ => None,
    });
    before.after_trouble(now, asked.max(), rand::random())
}

async fn settle_one(tx: &mut Tx, sender: &dyn Sender, delivery: &Delivery, sent: &Sent) -> Result<(), Fault> {
    let attempts = delivery.attempts + 1;
    let now = tx.now();
    let (state, error) = match sent {
        Sent::Arrived(answer) => match take(tx, sender, delivery, answer).await? {
            None => (DeliveryState::Sent, None),
            Some(why) => (DeliveryState::Dead, Some(why)),
        },
        Sent::Refused(why) => (DeliveryState::Dead, Some(why.clone())),
        Sent::Trouble { why, .. } if attempts >= ATTEMPTS_MAX && !is_down(tx, delivery).await? => {
            (DeliveryState::Dead, Some(why.clone()))
        }
        Sent::Trouble { why, .. } => (DeliveryState::Waiting, Some(why.clone())),
    };
    if state == DeliveryState::Sent && sender.is_passing(delivery) {
        return store::remove(tx, delivery.id).await;
    }
    let due_at =
        if state == DeliveryState::Waiting { now.after(wait_after(attempts, rand::random())) } else { now };
    store::settle(tx, Settled { id: delivery.id, state, due_at, attempts, error }).await?;
    if state == DeliveryState::Dead {
        let died = CourierFact::of_delivery(facts::DELIVERY_DIED, delivery.id, delivery.endpoint_id);
        tx.record(&died).await?;
    }
    Ok(())
}

/// Takes the answer in; why not, where it is none the sender can take.
async fn take(
    tx: &mut Tx,
    sender: &dyn Sender,
    delivery: &Delivery,
    answer: &Value,
) -> Result<Option<Trouble>, Fault> {
    let taken = tx.attempt(async |tx: &mut Tx| sender.take(tx, delivery, answer).await).await?;
    match taken {
        Ok(()) => Ok(None),
        Err(fault) if matches!(fault.kind(), FaultKind::Contention | FaultKind::Unavailable) => Err(fault),
        Err(fault) => {
            tracing::error!(delivery = %delivery.id, "An answer was not taken: {fault:?}");
            Ok(Some(Trouble::fault(Step::Taking, "")))
        }
    }
}

/// Whether the endpoint as a whole is down: it has taken nothing since this one was first tried. Then nothing dies of its attempts.
async fn is_down(tx: &mut Tx, delivery: &Delivery) -> Result<bool, Fault> {
    let district = tx.district();
    let endpoint = store::find_endpoint(tx, district, delivery.endpoint_id).await?;
    Ok(endpoint.is_none_or(|e| e.last_sent_at.is_none_or(|at| at < delivery.made_at)))
}

/// Forgets what arrived long ago; answers how many.
///
/// # Errors
/// The store.
pub async fn sweep(db: &Db, district: DistrictId) -> Result<u64, Fault> {
    let actor = Actor::system(district, "tidying");
    db.write(&actor, async move |tx: &mut Tx| {
        let before = tx.now().before(SENT_KEPT);
        store::forget(tx, before).await
    })
    .await
}
