//! Listening to brokers: one server of the house for each district, by a lease; the session at the broker outlives each of them.

use super::broker::{BrokerAddress, IN_FLIGHT_MAX, options};
use super::intake::Intake;
use super::memory::Message;
use crate::model::sensor::{Refused, parse_payload};
use crate::store::broker::{self as brokers, BrokerRow};
use ::store::{Conn, Tx};
use courier::Courier;
use edge::{Districts, Edge};
use parking_lot::Mutex;
use platform::{Actor, DistrictId, Fault};
use rumqttc::v5::mqttbytes::QoS;
use rumqttc::v5::mqttbytes::v5::{Packet, Publish};
use rumqttc::v5::{AsyncClient, ConnectionError, Event, EventLoop};
use seal::Vault;
use std::collections::HashMap;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, watch};
use tokio::task::{JoinHandle, JoinSet};
use uuid::Uuid;

/// How often it is looked whether somebody is to listen, and whether settings or lease have changed.
const LOOK_INTERVAL: Duration = Duration::from_secs(1);
/// A server that is gone is followed by another so soon.
const LEASE: Duration = Duration::from_secs(12);
const LEASE_RENEWED: Duration = Duration::from_secs(4);
/// How often minutes and counts are written.
const FLUSH_INTERVAL: Duration = Duration::from_secs(3);
const RETRY_WAIT_MIN: Duration = Duration::from_millis(500);
/// Shorter than a lease, with what is added by chance: who waits for a broker still is the one who listens.
const RETRY_WAIT_MAX: Duration = Duration::from_secs(8);
const FAULT_WAIT: Duration = Duration::from_secs(2);
/// Messages of one write.
const BATCH_MAX: usize = 1_000;
/// What waits between the connection and the writes: what is promised, and as much again of what is not.
const QUEUE_MAX: usize = 2 * IN_FLIGHT_MAX as usize;
/// What is under way when we are told to stop.
const LAST_WORDS_WAIT: Duration = Duration::from_secs(5);

/// Listens until told to stop; what was taken by then is written and acknowledged.
pub async fn listen(edge: Edge, mut told: watch::Receiver<bool>) {
    let server = Uuid::new_v4();
    let (mut busy, mut lines) = (HashMap::<tokio::task::Id, DistrictId>::new(), JoinSet::new());
    let mut flushed = Instant::now();
    while !*told.borrow() {
        for district in edge.fixture::<Districts>().all() {
            let district = district.district;
            if !busy.values().any(|other| *other == district) {
                let line = Line { edge: edge.clone(), district, server };
                busy.insert(lines.spawn(line.hold(told.clone())).id(), district);
            }
        }
        if flushed.elapsed() > FLUSH_INTERVAL {
            flushed = Instant::now();
            flush_all(&edge, false).await;
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK_INTERVAL) => {}
            _ = told.wait_for(|stopping| *stopping) => {}
        }
        while let Some(ended) = lines.try_join_next_with_id() {
            busy.remove(&ended.map_or_else(|panic| panic.id(), |(id, ())| id));
        }
    }
    while lines.join_next().await.is_some() {}
    flush_all(&edge, true).await;
}

async fn flush_all(edge: &Edge, all: bool) {
    let intake = edge.fixture::<Intake>();
    for district in edge.fixture::<Districts>().all() {
        if let Err(fault) = intake.flush(&edge.db, district.district, all).await {
            tracing::warn!("Readings of sensors were not written and wait: {fault:?}");
        }
    }
}

/// The line of one district.
struct Line {
    edge: Edge,
    district: DistrictId,
    server: Uuid,
}

/// A message on its way from the connection to the writes.
struct Arrived {
    message: Message,
    /// To be acknowledged; nothing where nobody waits for that.
    publish: Option<Publish>,
    /// Of which connection: one that broke has nothing to be told.
    connection: u64,
}

/// What connection and writes share.
struct Shared {
    client: AsyncClient,
    /// Counts connections; held while one acknowledges, so that none goes out on the next connection.
    connection: Mutex<u64>,
    taken: AtomicU64,
}

impl Line {
    fn actor(&self) -> Actor {
        Actor::system(self.district, "sensors")
    }

    /// Looks whether this server is to listen, and does while it is.
    async fn hold(self, told: watch::Receiver<bool>) {
        match self.leased().await {
            Ok(Some(row)) => {
                let ended = self.listen_to(&row, told).await;
                let server = self.server;
                let release = async move |tx: &mut Tx| brokers::release(tx, server).await;
                let released = self.edge.db.write(&self.actor(), release).await;
                if let Err(fault) = ended.and(released) {
                    tracing::warn!("Listening to a broker ended: {fault:?}");
                    tokio::time::sleep(FAULT_WAIT).await;
                }
            }
            Ok(None) => {}
            Err(fault) => {
                tracing::warn!("The broker of a district was not looked up: {fault:?}");
                tokio::time::sleep(FAULT_WAIT).await;
            }
        }
    }

    /// The broker this server is to listen to, where none other does.
    async fn leased(&self) -> Result<Option<BrokerRow>, Fault> {
        let district = self.district;
        let read = async move |conn: &mut Conn| brokers::find(conn, district).await;
        let found = self.edge.db.read::<_, Fault, _>(read).await?.filter(|row| row.enabled);
        match found {
            Some(row) if self.lease().await? => Ok(Some(row)),
            _ => Ok(None),
        }
    }

    async fn lease(&self) -> Result<bool, Fault> {
        let server = self.server;
        let lease = async move |tx: &mut Tx| {
            let until = tx.now().after(LEASE);
            brokers::lease(tx, server, until).await
        };
        self.edge.db.write(&self.actor(), lease).await
    }

    async fn is_unchanged(&self, version: i64) -> Result<bool, Fault> {
        let district = self.district;
        let read = async move |conn: &mut Conn| brokers::find(conn, district).await;
        let found = self.edge.db.read::<_, Fault, _>(read).await?;
        Ok(found.is_some_and(|row| row.enabled && row.version == version))
    }

    /// Connected, or trying to be, until told to stop, the settings change, or another server has the lease.
    async fn listen_to(&self, row: &BrokerRow, mut told: watch::Receiver<bool>) -> Result<(), Fault> {
        let Some(address) = BrokerAddress::parse(&row.address) else { return Ok(()) };
        let keys = self.edge.fixture::<Vault>().of(self.district)?;
        let options = options(&keys, self.district, row, &address)?;
        // As many acknowledgements as messages may wait: none is ever held back by the other.
        let (client, events) = AsyncClient::new(options, QUEUE_MAX);
        let shared = Arc::new(Shared { client, connection: Mutex::new(0), taken: AtomicU64::new(0) });
        let (queue, waiting) = mpsc::channel(QUEUE_MAX);
        let (edge, actor) = (self.edge.clone(), self.actor());
        let writes = tokio::spawn(write_on(edge, actor, waiting, shared.clone(), told.clone()));
        let mut connection =
            Connection { line: self, row, address, events, shared, queue, wait: RETRY_WAIT_MIN, said: None };
        let ended = connection.run(&mut told).await;
        connection.close(writes).await;
        ended
    }
}

/// One connection after the other.
struct Connection<'a> {
    line: &'a Line,
    row: &'a BrokerRow,
    address: BrokerAddress,
    events: EventLoop,
    shared: Arc<Shared>,
    queue: mpsc::Sender<Arrived>,
    wait: Duration,
    said: Option<(bool, Option<String>)>,
}

/// What happened next.
enum Next {
    Event(Box<Result<Event, ConnectionError>>),
    Tick,
    Stop,
}

impl Connection<'_> {
    async fn run(&mut self, told: &mut watch::Receiver<bool>) -> Result<(), Fault> {
        let mut look = tokio::time::interval(LOOK_INTERVAL);
        let (mut leased, mut counted) = (Instant::now(), (Instant::now(), 0));
        loop {
            if let Some(why) = self.barred().await {
                self.say(false, Some(why), 0.0).await?;
                self.rest(told).await;
                let goes_on = !*told.borrow() && self.line.is_unchanged(self.row.version).await?;
                if !goes_on || !self.line.lease().await? {
                    return Ok(());
                }
                continue;
            }
            // Polled to its end, whatever happens meanwhile: a connection is not begun anew with every look.
            let event = {
                let mut polled = pin!(self.events.poll());
                loop {
                    let next = tokio::select! {
                        event = &mut polled => Next::Event(Box::new(event)),
                        _ = look.tick() => Next::Tick,
                        _ = told.wait_for(|stopping| *stopping) => Next::Stop,
                    };
                    match next {
                        Next::Event(event) => break event,
                        Next::Stop => return Ok(()),
                        Next::Tick => {}
                    }
                    if !self.line.is_unchanged(self.row.version).await? {
                        return Ok(());
                    }
                    if leased.elapsed() > LEASE_RENEWED {
                        leased = Instant::now();
                        if !self.line.lease().await? {
                            return Ok(());
                        }
                        let taken = self.shared.taken.load(Ordering::Relaxed);
                        let seconds = counted.0.elapsed().as_secs_f64();
                        let per_second = (taken - counted.1) as f64 / seconds.max(0.001);
                        counted = (Instant::now(), taken);
                        if let Some((connected, trouble)) = self.said.clone() {
                            say(self.line, (connected, trouble, per_second)).await?;
                        }
                    }
                }
            };
            match *event {
                Ok(event) => self.take(event).await?,
                Err(error) => self.broke(&error, told).await?,
            }
        }
    }

    /// Only what may be reached is connected to; why not, for whoever set the address.
    async fn barred(&mut self) -> Option<String> {
        if self.said.as_ref().is_some_and(|(connected, _)| *connected) {
            return None;
        }
        let courier = self.line.edge.fixture::<Courier>();
        let words = courier.outside.check_host(&self.address.host, self.address.port).await.err()?.words();
        Some(format!("{} {}", words.zh, words.en))
    }

    async fn take(&mut self, event: Event) -> Result<(), Fault> {
        match event {
            Event::Incoming(Packet::ConnAck(_)) => {
                self.wait = RETRY_WAIT_MIN;
                let topic = format!("{}/+/+", self.row.prefix);
                if self.shared.client.try_subscribe(topic, QoS::AtLeastOnce).is_err() {
                    return Err(Fault::broken("a broker could not be asked for what sensors say"));
                }
                self.say(true, None, 0.0).await
            }
            Event::Incoming(Packet::Publish(publish)) => {
                self.arrived(publish).await;
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Read at once, so that what waits is small however long a message is.
    async fn arrived(&mut self, publish: Publish) {
        self.shared.taken.fetch_add(1, Ordering::Relaxed);
        let is_promised = publish.qos != QoS::AtMostOnce;
        let message = read(&self.row.prefix, &publish);
        if !is_promised && self.queue.capacity() <= usize::from(IN_FLIGHT_MAX) {
            // What was promised to be kept has its place, whatever else comes.
            let intake = self.line.edge.fixture::<Intake>();
            intake.count(self.line.district, Refused::Overrun, &message.code).await;
            return;
        }
        let connection = *self.shared.connection.lock();
        let bare =
            Publish { payload: Default::default(), topic: Default::default(), properties: None, ..publish };
        let arrived = Arrived { message, publish: is_promised.then_some(bare), connection };
        // Full only where the broker sends more than it may: it waits then, and nothing it promised to keep is left without an answer,
        // which would take a place of those under way until the next connection. Closed where we were told to stop.
        let _ = self.queue.send(arrived).await;
    }

    /// What was not acknowledged comes again.
    async fn broke(
        &mut self,
        error: &ConnectionError,
        told: &mut watch::Receiver<bool>,
    ) -> Result<(), Fault> {
        {
            let mut connection = self.shared.connection.lock();
            *connection += 1;
            self.events.clean();
        }
        self.say(false, Some(trouble(error)), 0.0).await?;
        self.rest(told).await;
        Ok(())
    }

    /// Waits longer each time, and not as long as another server beside it.
    async fn rest(&mut self, told: &mut watch::Receiver<bool>) {
        let jitter = 0.75 + rand::random::<f64>() / 2.0;
        tokio::select! {
            () = tokio::time::sleep(self.wait.mul_f64(jitter)) => {}
            _ = told.wait_for(|stopping| *stopping) => {}
        }
        self.wait = (self.wait * 2).min(RETRY_WAIT_MAX);
    }

    /// Notes how the connection is, where that is news.
    async fn say(&mut self, connected: bool, trouble: Option<String>, per_second: f64) -> Result<(), Fault> {
        let news = Some((connected, trouble.clone()));
        if self.said == news {
            return Ok(());
        }
        match &trouble {
            None => tracing::info!("Listening to the broker of district {}", self.line.district),
            Some(why) => {
                tracing::warn!("The broker of district {} is not reached: {why}", self.line.district)
            }
        }
        self.said = news;
        say(self.line, (connected, trouble, per_second)).await
    }

    /// What has arrived is written and acknowledged; then we say goodbye, and the broker keeps what comes for whoever is next.
    async fn close(self, writes: JoinHandle<()>) {
        let Self { mut events, shared, queue, .. } = self;
        drop(queue);
        let last = async {
            let mut writes = pin!(writes);
            loop {
                tokio::select! {
                    _ = &mut writes => break,
                    event = events.poll() => if event.is_err() { return },
                }
            }
            if shared.client.try_disconnect().is_ok() {
                while !matches!(
                    events.poll().await,
                    Err(_) | Ok(Event::Outgoing(rumqttc::Outgoing::Disconnect))
                ) {}
            }
        };
        let _ = tokio::time::timeout(LAST_WORDS_WAIT, last).await;
    }
}

async fn say(line: &Line, said: (bool, Option<String>, f64)) -> Result<(), Fault> {
    let server = line.server;
    let write = async move |tx: &mut Tx| brokers::say(tx, server, said.clone()).await;
    line.edge.db.write(&line.actor(), write).await
}

/// The end of the chain says it best.
fn trouble(error: &ConnectionError) -> String {
    const TROUBLE_CHARS_MAX: usize = 200;
    let mut cause: &dyn std::error::Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string().chars().filter(|c| !c.is_control()).take(TROUBLE_CHARS_MAX).collect()
}

/// `<prefix>/<code>/<kind>`, and what it carries.
fn read(prefix: &str, publish: &Publish) -> Message {
    let topic = String::from_utf8_lossy(&publish.topic);
    let rest = topic.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('/'));
    let (code, kind) = rest.and_then(|rest| rest.split_once('/')).unwrap_or_default();
    let short = |text: &str| text.chars().take(crate::model::sensor::CODE_CHARS_MAX + 1).collect::<String>();
    Message { code: short(code), kind: Some(short(kind)), reading: parse_payload(&publish.payload) }
}

/// Writes what arrives, batch by batch, and acknowledges behind each write.
async fn write_on(
    edge: Edge,
    actor: Actor,
    mut waiting: mpsc::Receiver<Arrived>,
    shared: Arc<Shared>,
    told: watch::Receiver<bool>,
) {
    let intake = edge.fixture::<Intake>();
    let mut batch = Vec::with_capacity(BATCH_MAX);
    while waiting.recv_many(&mut batch, BATCH_MAX).await > 0 {
        let messages: Vec<Message> = batch.iter().map(|arrived| arrived.message.clone()).collect();
        while let Err(fault) = intake.take(&edge.db, &actor, &messages).await {
            tracing::warn!("Readings of sensors wait {} s: {fault:?}", FAULT_WAIT.as_secs());
            if *told.borrow() {
                // Not acknowledged: they come again.
                return;
            }
            tokio::time::sleep(FAULT_WAIT).await;
        }
        let connection = shared.connection.lock();
        for arrived in batch.drain(..) {
            if let Some(publish) = arrived.publish.filter(|_| arrived.connection == *connection) {
                // There is room for as many as may be under way.
                let _ = shared.client.try_ack(&publish);
            }
        }
    }
}
