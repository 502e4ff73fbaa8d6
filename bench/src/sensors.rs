//! Sensors over a real Mosquitto: 5,000 messages a second into the server, its memory, and beside it a bare subscriber in the same run.

use crate::http::request;
use crate::measure::Scale;
use crate::rest::come_to_rest;
use crate::server::{Engine, Server};
use crate::table::Line;
use platform::Clock;
use rumqttc::NetworkOptions;
use rumqttc::v5::mqttbytes::QoS;
use rumqttc::v5::mqttbytes::v5::Packet;
use rumqttc::v5::{AsyncClient, Event, EventLoop, MqttOptions};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const RATE_MIN: f64 = 5_000.0;
const SENSORS: usize = 1_000;
const MESSAGES: usize = 150_000;
const MESSAGES_QUICK: usize = 50_000;
/// Rows of one table of sensors.
const ROWS: usize = 1_000;
const MEMORY_MIB_MAX: f64 = 512.0;
const WAIT_MAX: Duration = Duration::from_secs(300);
const PLACES: [&str; 2] = ["/usr/sbin/mosquitto", "/usr/bin/mosquitto"];

/// The broker of a run.
struct Broker {
    port: u16,
    child: Child,
}

impl Broker {
    fn start(folder: &Path) -> Result<Option<Self>, String> {
        let Some(program) = PLACES.iter().map(PathBuf::from).find(|path| path.exists()) else {
            return Ok(None);
        };
        let socket = std::net::TcpListener::bind("127.0.0.1:0").map_err(|e| e.to_string())?;
        let port = socket.local_addr().map_err(|e| e.to_string())?.port();
        drop(socket);
        std::fs::create_dir_all(folder).map_err(|e| e.to_string())?;
        let settings = folder.join("mosquitto.conf");
        let lines = format!(
            "listener {port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\nmax_inflight_messages 0\n"
        );
        std::fs::write(&settings, lines).map_err(|e| e.to_string())?;
        let mut command = Command::new(program);
        command.arg("-c").arg(settings).stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn().map_err(|e| format!("mosquitto cannot be started: {e}"))?;
        Ok(Some(Self { port, child }))
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Registers the sensors, lets them speak, and asks when the last word of all has become an alarm.
pub async fn run(engine: Engine, scale: Scale, folder: &Path, lines: &mut Vec<Line>) -> Result<(), String> {
    let name = engine.name();
    let all = if scale.cases < 1_000_000 { MESSAGES_QUICK } else { MESSAGES };
    eprintln!("{name}: {all} messages of {SENSORS} sensors");
    let Some(broker) = Broker::start(&folder.join(format!("{name}-broker")))? else {
        eprintln!("{name}: sensors are not measured: mosquitto is not on this machine");
        return Ok(());
    };
    let mut server = Server::new(&folder.join(format!("{name}-sensors")), engine);
    server.play(0)?;
    come_to_rest().await;
    server.start().await?;
    let desk = format!("Bearer {}", server.sign_in("dispatcher").await?);
    let last = register(&server, &desk).await?;
    let bare = count_bare(broker.port, all).await?;
    listen(&server, &broker, &desk).await?;
    let idle = server.memory_mib();
    let started = Instant::now();
    say(broker.port, "mulin", all).await?;
    until_alarm(&server, &desk, &last).await?;
    let rate = all as f64 / started.elapsed().as_secs_f64();
    let memory = server.memory_mib();
    server.stop();
    let what = format!("messages of {SENSORS} sensors over Mosquitto (QoS 1), taken and acknowledged");
    let raw = format!("{bare:.0}/s a bare subscriber, {:.0} %", rate / bare * 100.0);
    lines.push(Line::new(name, &what, "≥ 5,000/s", format!("{rate:.0}/s"), rate >= RATE_MIN).raw(raw));
    let what = "the most memory of the server with them, and before";
    let measured = format!("{memory:.0} MiB, {idle:.0} MiB");
    lines.push(Line::new(name, what, "≤ 512 MiB", measured, memory <= MEMORY_MIB_MAX));
    Ok(())
}

fn code(n: usize) -> String {
    format!("BENCH-{n:05}")
}

/// By table, as a district does; answers the detector that speaks last.
async fn register(server: &Server, desk: &str) -> Result<String, String> {
    let rows = (0..SENSORS).map(|n| {
        let (lon, lat) = (113.11 + n as f64 * 1e-6, 27.88);
        format!("{},water_level,量测点 {n},{lon},{lat}\n", code(n))
    });
    let rows: Vec<String> = rows.collect();
    for piece in rows.chunks(ROWS) {
        let table = format!("code,kind,name,lon,lat\n{}", piece.concat());
        let border = "mulin-bench-border";
        let body = format!(
            "--{border}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"sensors.csv\"\r\ncontent-type: text/csv\r\n\r\n{table}\r\n--{border}--\r\n"
        );
        let kind = format!("multipart/form-data; boundary={border}");
        let headers = [("authorization", desk), ("content-type", kind.as_str())];
        let report = server.ask(&request("POST", "/api/linkage/sensors/file", &headers, &body)).await?;
        if report["refused"] != 0 {
            return Err(format!("the sensors were not registered: {report}"));
        }
    }
    let detector =
        json!({ "code": "BENCH-LAST", "kind": "smoke", "name": "最后一句", "lon": 113.11, "lat": 27.88 });
    let headers = [("authorization", desk)];
    let one = server.ask(&request("POST", "/api/linkage/sensors", &headers, &detector.to_string())).await?;
    one["id"].as_str().map(str::to_owned).ok_or_else(|| format!("not registered: {one}"))
}

async fn listen(server: &Server, broker: &Broker, desk: &str) -> Result<(), String> {
    let admin = format!("Bearer {}", server.sign_in("system_admin").await?);
    let body =
        json!({ "address": format!("mqtt://127.0.0.1:{}", broker.port), "prefix": "mulin", "enabled": true });
    let headers = [("authorization", admin.as_str())];
    server.ask(&request("PUT", "/api/linkage/sensors/broker", &headers, &body.to_string())).await?;
    let started = Instant::now();
    while started.elapsed() < WAIT_MAX {
        let headers = [("authorization", desk)];
        let intake = server.ask(&request("GET", "/api/linkage/sensors/intake", &headers, "")).await?;
        if intake["connected"] == true {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Err("the server does not listen to the broker".to_owned())
}

async fn until_alarm(server: &Server, desk: &str, detector: &str) -> Result<(), String> {
    let (path, headers) = (format!("/api/linkage/sensors/{detector}"), [("authorization", desk)]);
    let started = Instant::now();
    while started.elapsed() < WAIT_MAX {
        let one: Value = server.ask(&request("GET", &path, &headers, "")).await?;
        if one["level"] == "alarm" {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Err("the last word did not arrive".to_owned())
}

fn client(port: u16, name: &str) -> (AsyncClient, EventLoop) {
    let mut options = MqttOptions::new(name, "127.0.0.1", port);
    options.set_clean_start(true).set_keep_alive(Duration::from_secs(60));
    options.set_receive_maximum(Some(2_000)).set_outgoing_inflight_upper_limit(2_000);
    let mut network = NetworkOptions::new();
    network.set_tcp_nodelay(true);
    options.set_network_options(network);
    AsyncClient::new(options, 2_000)
}

/// Every sensor in turn, a reading of a second each; at the end the detector.
async fn say(port: u16, prefix: &'static str, all: usize) -> Result<(), String> {
    let (client, mut events) = client(port, &format!("devices-{prefix}"));
    let start = Clock::System.now().before(Duration::from_secs((all / SENSORS) as u64));
    let saying = tokio::spawn(async move {
        for n in 0..all {
            let at = start.after(Duration::from_secs((n / SENSORS) as u64));
            let topic = format!("{prefix}/{}/water_level", code(n % SENSORS));
            let payload = json!({ "value": 0.05, "at": at, "seq": n }).to_string();
            client.publish(topic, QoS::AtLeastOnce, false, payload).await.map_err(|e| e.to_string())?;
        }
        let payload = json!({ "value": 1, "at": Clock::System.now() }).to_string();
        let topic = format!("{prefix}/BENCH-LAST/smoke");
        client.publish(topic, QoS::AtLeastOnce, false, payload).await.map_err(|e| e.to_string())?;
        Ok::<_, String>(client)
    });
    let mut heard = 0;
    while heard <= all {
        if let Event::Incoming(Packet::PubAck(_)) = events.poll().await.map_err(|e| e.to_string())? {
            heard += 1;
        }
    }
    saying.await.map_err(|e| e.to_string())?.map(drop)
}

/// A subscriber that only counts: messages a second.
async fn count_bare(port: u16, all: usize) -> Result<f64, String> {
    let (listener, mut events) = client(port, "bare");
    listener.subscribe("bare/#", QoS::AtLeastOnce).await.map_err(|e| e.to_string())?;
    loop {
        if let Event::Incoming(Packet::SubAck(_)) = events.poll().await.map_err(|e| e.to_string())? {
            break;
        }
    }
    let started = Instant::now();
    let saying = tokio::spawn(say(port, "bare", all));
    let mut heard = 0;
    while heard <= all {
        if let Event::Incoming(Packet::Publish(_)) = events.poll().await.map_err(|e| e.to_string())? {
            heard += 1;
        }
    }
    let rate = all as f64 / started.elapsed().as_secs_f64();
    saying.await.map_err(|e| e.to_string())??;
    Ok(rate)
}
