//! Deliveries to twenty partners, one dead, one slow, one flapping: how long until the healthy ones have theirs, and how soon one that was
//! just committed is there. The courier runs in this process, as the server runs it; beside it the same calls with no queue behind them.

use crate::measure::Scale;
use crate::server::{DATABASE_FILE, Engine};
use crate::table::Line;
use courier::signature::Secret;
use courier::{Courier, EndpointId, NewEndpoint, Order, WEBHOOK};
use edge::{District, Districts, Edge, Settings};
use hdrhistogram::Histogram;
use platform::{Actor, DistrictId, Fault};
use seal::Zeroizing;
use serde_json::json;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use store::{Db, Json, Options, Target, Tx};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, watch};
use uuid::Uuid;

const DISTRICT: DistrictId = DistrictId(430_204);
const PARTNERS: usize = 20;
const SICK: usize = 3;
const DELIVERIES: usize = 10_000;
const DELIVERIES_QUICK: usize = 2_000;
const SECONDS_MAX: f64 = 60.0;
const SINGLE: usize = 300;
const SINGLE_MS_MAX: f64 = 500.0;
const SLOW: Duration = Duration::from_secs(5);
const WAIT_MAX: Duration = Duration::from_secs(300);
/// Calls under way at once to one partner, with a queue and without.
const AT_ONCE: usize = 16;
const BUFFER_BYTES: usize = 16 * 1024;

/// How a partner answers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Health {
    Well,
    Slow,
    /// Every second call fails.
    Flapping,
}

/// A partner that counts what it took.
struct Partner {
    address: String,
    taken: Arc<AtomicUsize>,
    arrived: Arc<Notify>,
}

/// Fills the lanes, lets them run, then sends one by one.
pub async fn run(engine: Engine, scale: Scale, folder: &Path, lines: &mut Vec<Line>) -> Result<(), String> {
    let name = engine.name();
    let all = if scale.cases < 1_000_000 { DELIVERIES_QUICK } else { DELIVERIES };
    eprintln!("{name}: {all} deliveries to {PARTNERS} partners");
    let edge =
        open(&engine, &folder.join(format!("{name}-deliveries"))).await.map_err(|f| format!("{f:?}"))?;
    let (mut well, mut endpoints) = (Vec::new(), Vec::new());
    for one in 0..PARTNERS {
        let health = match one {
            0 => None,
            1 => Some(Health::Slow),
            2 => Some(Health::Flapping),
            _ => Some(Health::Well),
        };
        let (address, partner) = match health {
            // Nobody listens at the port of discard.
            None => ("http://127.0.0.1:9/hook".to_owned(), None),
            Some(health) => {
                let partner = listen(health).await?;
                (partner.address.clone(), Some(partner))
            }
        };
        endpoints.push(open_endpoint(&edge, address).await.map_err(|f| format!("{f:?}"))?);
        well.extend(partner.filter(|_| health == Some(Health::Well)));
    }
    let each = all / PARTNERS;
    for endpoint in &endpoints {
        order(&edge, *endpoint, each).await.map_err(|f| format!("{f:?}"))?;
    }
    let (stopping, told) = watch::channel(false);
    let started = Instant::now();
    let lanes = tokio::spawn(courier::run(edge.clone(), told));
    until(&well, each).await?;
    let took = started.elapsed().as_secs_f64();
    let raw = bare(&well, each).await?;
    let healthy = each * (PARTNERS - SICK);
    let what = format!(
        "{all} deliveries queued for {PARTNERS} partners, 1 dead, 1 slow, 1 flapping: the {healthy} of the others there"
    );
    let told_raw = format!("{raw:.1} s for the same calls without a queue, {:.0} %", raw / took * 100.0);
    lines.push(
        Line::new(name, &what, &format!("≤ {SECONDS_MAX:.0} s"), format!("{took:.1} s"), took <= SECONDS_MAX)
            .raw(told_raw),
    );

    let arrivals = one_by_one(&edge, endpoints[PARTNERS - 1], &well[well.len() - 1]).await?;
    let ms = |quantile: f64| arrivals.value_at_quantile(quantile) as f64 / 1000.0;
    let what = "commit → arrival at a healthy partner, the sick ones beside it, p50 / p99";
    let measured = format!("{:.1} / {:.1} ms", ms(0.5), ms(0.99));
    lines.push(Line::new(
        name,
        what,
        &format!("p99 ≤ {SINGLE_MS_MAX:.0} ms"),
        measured,
        ms(0.99) <= SINGLE_MS_MAX,
    ));
    stopping.send_replace(true);
    lanes.abort();
    Ok(())
}

async fn open(engine: &Engine, folder: &Path) -> Result<Edge, Fault> {
    std::fs::create_dir_all(folder)?;
    let target = match engine {
        Engine::Sqlite => Target::Sqlite(folder.join(DATABASE_FILE)),
        Engine::Postgres(url) => Target::Postgres(url.clone()),
    };
    let capabilities = [&courier::CAPABILITY];
    let db = Db::open(Options { workload: edge::workload(&capabilities), ..Options::new(target) }).await?;
    let this_machine = "127.0.0.0/8".parse().map_err(|e| Fault::broken("no network").because(e))?;
    let settings =
        Settings { data: folder.to_owned(), private_networks: vec![this_machine], ..Settings::default() };
    let edge = edge::prepare(&db, &capabilities, settings, None).await?;
    found_district(&db).await?;
    Ok(edge)
}

/// The district these loads are of.
pub async fn found_district(db: &Db) -> Result<(), Fault> {
    let district = District {
        district: DISTRICT,
        code: "430204".to_owned(),
        name: "石峰区（示意）".to_owned(),
        name_en: "Shifeng".to_owned(),
        host: None,
        settings: Json(json!({})),
    };
    db.write(&actor(), async move |tx: &mut Tx| Districts::found(tx, district.clone()).await).await?;
    Districts::load(db).await.map(drop)
}

fn actor() -> Actor {
    Actor::system(DISTRICT, "bench")
}

async fn open_endpoint(edge: &Edge, address: String) -> Result<EndpointId, Fault> {
    let make = async move |tx: &mut Tx| {
        let secret = Some(Zeroizing::new(Secret::make().text()));
        let new = NewEndpoint { kind: WEBHOOK, address: address.clone(), secret, settings: json!({}) };
        courier::make_endpoint(tx, new).await
    };
    edge.db.write(&actor(), make).await
}

async fn order(edge: &Edge, endpoint: EndpointId, count: usize) -> Result<(), Fault> {
    let order = async move |tx: &mut Tx| {
        for _ in 0..count {
            let body = json!({ "number": "260302-1058-2157", "words": "水管爆了，水喷得很高", "address": "田心路口" });
            let order = Order { endpoint, subject: Uuid::new_v4(), kind: "case.assigned", body, fact: None };
            courier::order(tx, order).await?;
        }
        Ok::<_, Fault>(())
    };
    edge.db.write(&actor(), order).await
}

/// A partner at a port of its own.
async fn listen(health: Health) -> Result<Partner, String> {
    let listener = TcpListener::bind("127.0.0.1:0").await.map_err(|e| e.to_string())?;
    let address = format!("http://{}/hook", listener.local_addr().map_err(|e| e.to_string())?);
    let (taken, arrived) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
    let (count, bell) = (taken.clone(), arrived.clone());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(answer(stream, health, count.clone(), bell.clone()));
        }
    });
    Ok(Partner { address, taken, arrived })
}

/// Answers one call after the other on a connection.
async fn answer(mut stream: TcpStream, health: Health, taken: Arc<AtomicUsize>, arrived: Arc<Notify>) {
    let mut seen = Vec::with_capacity(BUFFER_BYTES);
    loop {
        while let Some(length) = whole(&seen) {
            seen.drain(..length);
            let before = taken.fetch_add(1, Ordering::SeqCst);
            arrived.notify_one();
            if health == Health::Slow {
                tokio::time::sleep(SLOW).await;
            }
            let status = if health == Health::Flapping && before.is_multiple_of(2) {
                "500 Broken"
            } else {
                "204 Done"
            };
            let line = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n");
            if stream.write_all(line.as_bytes()).await.is_err() {
                return;
            }
        }
        match stream.read_buf(&mut seen).await {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
    }
}

/// How long the first call in a buffer is, once it is whole.
fn whole(seen: &[u8]) -> Option<usize> {
    let head = seen.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let text = std::str::from_utf8(&seen[..head]).ok()?.to_ascii_lowercase();
    let length =
        text.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse::<usize>().ok());
    let end = head + length.unwrap_or(0);
    (seen.len() >= end).then_some(end)
}

/// Waits until each has so many.
async fn until(partners: &[Partner], each: usize) -> Result<(), String> {
    let started = Instant::now();
    while partners.iter().any(|partner| partner.taken.load(Ordering::SeqCst) < each) {
        if started.elapsed() > WAIT_MAX {
            return Err(format!("not there after {} s", WAIT_MAX.as_secs()));
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    Ok(())
}

/// The same calls by the same client, with nothing written down; the seconds they take.
async fn bare(partners: &[Partner], each: usize) -> Result<f64, String> {
    let outside = courier::Outside::new(&["127.0.0.0/8".parse().map_err(|_| "no network")?])
        .map_err(|f| format!("{f:?}"))?;
    let started = Instant::now();
    let mut calls = tokio::task::JoinSet::new();
    for partner in partners {
        for _ in 0..AT_ONCE {
            let (outside, address) = (outside.clone(), partner.address.clone());
            calls.spawn(async move {
                for _ in 0..each / AT_ONCE {
                    let url = outside.check(&address).map_err(|e| e.to_string())?;
                    let body = json!({ "number": "260302-1058-2157", "words": "水管爆了，水喷得很高", "address": "田心路口" });
                    outside.call(outside.post(url).body(body.to_string())).await.map_err(|e| e.to_string())?;
                }
                Ok::<_, String>(())
            });
        }
    }
    while let Some(done) = calls.join_next().await {
        done.map_err(|e| e.to_string())??;
    }
    Ok(started.elapsed().as_secs_f64())
}

/// One after the other, each waited for: microseconds from the commit to the arrival.
async fn one_by_one(edge: &Edge, endpoint: EndpointId, partner: &Partner) -> Result<Histogram<u64>, String> {
    let mut found = Histogram::new(3).map_err(|e| e.to_string())?;
    for _ in 0..SINGLE {
        // What rang before has been heard.
        tokio::time::timeout(Duration::ZERO, partner.arrived.notified()).await.ok();
        order(edge, endpoint, 1).await.map_err(|f| format!("{f:?}"))?;
        let committed = Instant::now();
        tokio::time::timeout(WAIT_MAX, partner.arrived.notified()).await.map_err(|_| "it never arrived")?;
        found.record(committed.elapsed().as_micros() as u64).map_err(|e| e.to_string())?;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    edge.fixture::<Courier>().wake();
    Ok(found)
}
