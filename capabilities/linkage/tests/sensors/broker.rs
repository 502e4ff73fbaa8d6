//! A real Mosquitto in a process of its own, on a port and in a folder of its own, and a device that speaks to it.

use rumqttc::NetworkOptions;
use rumqttc::v5::mqttbytes::QoS;
use rumqttc::v5::mqttbytes::v5::Packet;
use rumqttc::v5::{AsyncClient, Event, EventLoop, MqttOptions};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// A minute of looking: a slow machine is slow.
const TRIES: u32 = 600;
pub const PAUSE: Duration = Duration::from_millis(100);
/// Debian puts servers where only root looks.
const PLACES: [&str; 2] = ["/usr/sbin/mosquitto", "/usr/bin/mosquitto"];

const CERTIFICATE: &str = "certificate.pem";
const KEY: &str = "key.pem";

/// A broker that keeps its sessions over a restart.
pub struct Broker {
    pub port: u16,
    /// Where it also speaks TLS: at which port, and its own certificate, which is its authority too.
    pub encrypted: Option<(u16, String)>,
    program: PathBuf,
    folder: TempDir,
    process: Option<Child>,
}

impl Broker {
    /// Nothing where the program is not on this machine.
    pub async fn start() -> Option<Self> {
        Self::of(false).await
    }

    /// One that speaks TLS at a port of its own.
    pub async fn start_encrypted() -> Option<Self> {
        Self::of(true).await
    }

    async fn of(is_encrypted: bool) -> Option<Self> {
        let Some(program) = PLACES.iter().map(PathBuf::from).find(|path| path.exists()) else {
            eprintln!("skipped: mosquitto is not on this machine");
            return None;
        };
        let port = free_port();
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().display();
        let mut lines = vec![
            format!("listener {port} 127.0.0.1"),
            "allow_anonymous true".to_owned(),
            "persistence true".to_owned(),
            format!("persistence_location {path}/"),
            "max_queued_messages 0".to_owned(),
            "max_inflight_messages 0".to_owned(),
        ];
        let encrypted = is_encrypted.then(|| (free_port(), write_certificate(folder.path())));
        if let Some((port, _)) = &encrypted {
            lines.push(format!("listener {port} 127.0.0.1"));
            lines.push(format!("certfile {path}/{CERTIFICATE}"));
            lines.push(format!("keyfile {path}/{KEY}"));
        }
        std::fs::write(config(folder.path()), lines.join("\n") + "\n").expect("its settings");
        let mut broker = Self { port, encrypted, program, folder, process: None };
        broker.run().await;
        Some(broker)
    }

    pub async fn run(&mut self) {
        let mut command = Command::new(&self.program);
        // Started by root it would become somebody who cannot read the folder.
        if is_root() {
            let mut text = std::fs::read_to_string(config(self.folder.path())).expect("its settings");
            if !text.contains("user root") {
                text.push_str("user root\n");
                std::fs::write(config(self.folder.path()), text).expect("its settings");
            }
        }
        command.arg("-c").arg(config(self.folder.path())).stdout(Stdio::null()).stderr(Stdio::null());
        self.process = Some(command.spawn().expect("mosquitto starts"));
        for _ in 0..TRIES {
            if tokio::net::TcpStream::connect(("127.0.0.1", self.port)).await.is_ok() {
                return;
            }
            tokio::time::sleep(PAUSE).await;
        }
        panic!("mosquitto does not listen");
    }

    /// Ends it as a power cut would not: it writes down what it has promised.
    pub fn stop(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ = Command::new("kill").arg(process.id().to_string()).status();
            let _ = process.wait();
        }
    }

    pub fn address(&self) -> String {
        match &self.encrypted {
            Some((port, _)) => format!("mqtts://127.0.0.1:{port}"),
            None => format!("mqtt://127.0.0.1:{}", self.port),
        }
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        self.stop();
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a port").port()
}

/// A certificate for this machine, as it is given to whoever is to believe it.
pub fn new_certificate() -> (String, String) {
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).expect("a certificate");
    (made.cert.pem(), made.signing_key.serialize_pem())
}

fn write_certificate(folder: &Path) -> String {
    let (certificate, key) = new_certificate();
    std::fs::write(folder.join(CERTIFICATE), &certificate).expect("its certificate");
    std::fs::write(folder.join(KEY), key).expect("its key");
    certificate
}

fn config(folder: &Path) -> PathBuf {
    folder.join("mosquitto.conf")
}

fn is_root() -> bool {
    let answer = Command::new("id").arg("-u").output().expect("id is there");
    answer.stdout.trim_ascii() == b"0"
}

/// Messages on their way at once.
const WINDOW: usize = 100;

/// Says messages with QoS 1 until the broker has each. Where the connection breaks it says again what it is not sure of: the same message
/// twice is what QoS 1 is.
pub async fn say(port: u16, name: &str, messages: Vec<(String, Vec<u8>)>) {
    let mut windows = messages.chunks(WINDOW).peekable();
    while windows.peek().is_some() {
        let mut options = MqttOptions::new(name, "127.0.0.1", port);
        options.set_clean_start(true).set_keep_alive(Duration::from_secs(20));
        options.set_max_packet_size(Some(4 << 20));
        let mut network = NetworkOptions::new();
        network.set_tcp_nodelay(true);
        options.set_network_options(network);
        let (client, mut events) = AsyncClient::new(options, WINDOW + 1);
        while let Some(window) = windows.peek() {
            for (topic, payload) in *window {
                client.try_publish(topic, QoS::AtLeastOnce, false, payload.clone()).expect("there is room");
            }
            if !has_heard(&mut events, window.len()).await {
                tokio::time::sleep(PAUSE).await;
                break;
            }
            windows.next();
        }
    }
}

/// Whether the broker took so many; `false` where the connection broke.
async fn has_heard(events: &mut EventLoop, count: usize) -> bool {
    let mut heard = 0;
    while heard < count {
        match events.poll().await {
            Ok(Event::Incoming(Packet::PubAck(_))) => heard += 1,
            Ok(_) => {}
            Err(_) => return false,
        }
    }
    true
}

/// Looks until something holds.
pub async fn wait_until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    for _ in 0..TRIES {
        if holds().await {
            return;
        }
        tokio::time::sleep(PAUSE).await;
    }
    panic!("it never came to be: {what}");
}
