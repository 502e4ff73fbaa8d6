//! Over a real broker: a word becomes a case, nonsense harms nobody, a loud sensor keeps nobody waiting.

use crate::broker::{Broker, new_certificate, say, wait_until};
use crate::town::*;
use platform::Time;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// One server that listens.
pub struct Server {
    stop: watch::Sender<bool>,
    pub task: JoinHandle<()>,
}

impl Server {
    pub fn start(town: &SensorTown) -> Self {
        let (stop, told) = watch::channel(false);
        Self { stop, task: tokio::spawn(linkage::listen(town.town.edge.clone(), told)) }
    }

    /// As it is told to: what it took is written.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        self.task.await.expect("it ends by itself");
    }
}

pub async fn set_broker(town: &SensorTown, broker: &Broker) {
    let authority = broker.encrypted.as_ref().map(|(_, certificate)| certificate);
    believe(town, broker, authority.map(String::as_str)).await;
}

/// Sets the broker, and whose certificates are believed.
async fn believe(town: &SensorTown, broker: &Broker, authority: Option<&str>) {
    let set = town.staff("admin").get(&format!("{SENSORS}/broker")).await.ok();
    let body = json!({
        "address": broker.address(), "prefix": "mulin", "enabled": true, "authority": authority, "version": set["version"],
    });
    town.staff("admin").put(&format!("{SENSORS}/broker"), body).await.ok();
}

pub async fn intake(town: &SensorTown) -> Value {
    town.staff("dispatcher").get(&format!("{SENSORS}/intake")).await.ok()
}

pub async fn connected(town: &SensorTown) {
    wait_until("it is connected", async || intake(town).await["connected"] == true).await;
}

pub fn message(code: &str, kind: &str, value: f64, at: Time) -> (String, Vec<u8>) {
    let topic = format!("mulin/{code}/{kind}");
    (topic, json!({ "value": value, "at": at }).to_string().into_bytes())
}

pub fn refused(intake: &Value) -> BTreeMap<String, i64> {
    let all = intake["refused"].as_array().expect("refusals");
    all.iter().map(|one| (text(&one["reason"]), one["count"].as_i64().expect("a count"))).collect()
}

/// Readings that are kept of a sensor.
pub async fn kept(town: &SensorTown, sensor: &Value) -> i64 {
    let path = format!("{SENSORS}/{}/day", text(&sensor["id"]));
    let day = town.staff("dispatcher").get(&path).await.ok();
    let minutes = day["minutes"].as_array().expect("minutes");
    minutes.iter().map(|minute| minute["readings"].as_i64().expect("a count")).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_word_over_mqtt_becomes_a_case() {
    each_sensor_town(async |town: SensorTown| {
        let Some(broker) = Broker::start().await else { return };
        town.registers("YG-1", "smoke", AT_1).await;
        set_broker(&town, &broker).await;
        let server = Server::start(&town);
        connected(&town).await;
        say(broker.port, "device", vec![message("YG-1", "smoke", 1.0, town.now())]).await;
        wait_until("there is a case", async || {
            town.town.settles().await;
            town.cases().await.len() == 1
        })
        .await;
        server.stop().await;
        assert_eq!(intake(&town).await["connected"], false, "nobody listens, and nobody says so");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn over_tls_only_the_right_certificate_is_believed() {
    each_sensor_town(async |town: SensorTown| {
        let Some(broker) = Broker::start_encrypted().await else { return };
        town.registers("YG-1", "smoke", AT_1).await;
        let server = Server::start(&town);
        for wrong in [None, Some(new_certificate().0)] {
            believe(&town, &broker, wrong.as_deref()).await;
            wait_until("the screen says that the certificate is not believed", async || {
                intake(&town).await["trouble"].as_str().is_some_and(|why| why.contains("certificate"))
            })
            .await;
            assert_eq!(intake(&town).await["connected"], false);
        }
        set_broker(&town, &broker).await;
        connected(&town).await;
        say(broker.port, "device", vec![message("YG-1", "smoke", 1.0, town.now())]).await;
        wait_until("there is a case", async || {
            town.town.settles().await;
            town.cases().await.len() == 1
        })
        .await;
        server.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nonsense_is_counted_by_reason_and_harms_nobody() {
    each_sensor_town(async |town: SensorTown| {
        let Some(broker) = Broker::start().await else { return };
        let gauge = town.registers("SW-1", "water_level", AT_1).await;
        set_broker(&town, &broker).await;
        let server = Server::start(&town);
        connected(&town).await;
        let now = town.now();
        let mut messages = Vec::new();
        for n in 0..2_500 {
            messages.push((format!("mulin/none-{n}/gas"), b"{\"value\":1,\"at\":1}".to_vec()));
            messages.push(("mulin/SW-1/water_level".to_owned(), b"\xff\x00 no json {".to_vec()));
            messages.push(message("SW-1", "gas", 0.1, now));
            messages.push(message("SW-1", "water_level", 1e9, now));
        }
        messages.push(("mulin/SW-1/water_level".to_owned(), vec![b'x'; 1 << 20]));
        messages.push(message("SW-1", "water_level", 0.07, now));
        say(broker.port, "device", messages).await;
        wait_until("the last word is heard", async || {
            town.sees(&gauge).await["value"] == 0.07 || kept(&town, &gauge).await > 0 || {
                // What is in memory only is written when the minute is over.
                town.town.clock.now() == now && refused(&intake(&town).await).values().sum::<i64>() >= 10_001
            }
        })
        .await;
        server.stop().await;
        let counted = refused(&intake(&town).await);
        let of = |reason: &str| counted.get(reason).copied().unwrap_or_default();
        assert_eq!(of("unknown_sensor"), 2_500, "{counted:?}");
        assert_eq!((of("unreadable"), of("wrong_kind"), of("too_large")), (2_500, 2_500, 1), "{counted:?}");
        // So many at one moment are too many, whatever they say.
        assert_eq!(
            of("out_of_range") + of("too_many"),
            2_500 + i64::from(kept(&town, &gauge).await == 0),
            "{counted:?}"
        );
        assert_eq!(town.cases().await.len(), 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_loud_sensor_keeps_nobody_waiting() {
    each_sensor_town(async |town: SensorTown| {
        let Some(broker) = Broker::start().await else { return };
        let loud = town.registers("SW-1", "water_level", AT_1).await;
        town.registers("YG-1", "smoke", AT_1).await;
        set_broker(&town, &broker).await;
        let server = Server::start(&town);
        connected(&town).await;
        let start = town.now().before(Duration::from_secs(5));
        let all =
            (0..5_000).map(|n| message("SW-1", "water_level", 0.01, start.after(Duration::from_millis(n))));
        let shouting = tokio::spawn(say(broker.port, "loud", all.collect()));
        say(broker.port, "calm", vec![message("YG-1", "smoke", 1.0, town.now())]).await;
        wait_until("the other is heard", async || {
            town.town.settles().await;
            town.cases().await.len() == 1
        })
        .await;
        shouting.await.expect("it has said everything");
        wait_until("it is told as noisy", async || town.sees(&loud).await["condition"] == "noisy").await;
        wait_until("everything is counted", async || {
            refused(&intake(&town).await).get("too_many").is_some_and(|count| *count > 4_800)
        })
        .await;
        server.stop().await;
        let kept = kept(&town, &loud).await;
        assert!((30..200).contains(&kept), "thinned to what it may say: {kept}");
    })
    .await;
}
