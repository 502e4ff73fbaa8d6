//! Fault runs: the broker ends and comes back, the server ends and another comes; nothing that was promised is lost, nothing counts twice.

use crate::broker::{Broker, say, wait_until};
use crate::mosquitto::{Server, connected, kept, message, set_broker};
use crate::town::*;
use serde_json::Value;
use std::time::Duration;
use testkit::faults;

/// In `make soak`; a tenth of them in every run of the tests.
const FAULTS: u64 = 30;
const SENSORS_HEARD: usize = 4;
/// Readings of each sensor between two faults.
const READINGS: u64 = 150;

/// What the sensors say in one round: a reading a second, as if they had waited.
fn round(town: &SensorTown, number: u64) -> Vec<(String, Vec<u8>)> {
    let total = faults(FAULTS) * READINGS + 60;
    let start = town.now().before(Duration::from_secs(total));
    let moments = (number * READINGS..(number + 1) * READINGS).map(|n| start.after(Duration::from_secs(n)));
    let of = |at| (0..SENSORS_HEARD).map(move |n| message(&format!("SW-{n}"), "water_level", 0.01, at));
    moments.flat_map(of).collect()
}

async fn register(town: &SensorTown) -> Vec<Value> {
    let mut all = Vec::new();
    for n in 0..SENSORS_HEARD {
        all.push(town.registers(&format!("SW-{n}"), "water_level", AT_1).await);
    }
    all
}

async fn all_kept(town: &SensorTown, sensors: &[Value]) -> i64 {
    let mut sum = 0;
    for sensor in sensors {
        sum += kept(town, sensor).await;
    }
    sum
}

/// Everything is there, once.
async fn nothing_lost_nothing_doubled(town: &SensorTown, sensors: &[Value], server: Server) {
    let all = (SENSORS_HEARD as u64 * READINGS * faults(FAULTS)) as i64;
    // All but the minutes that go on.
    let going_on = SENSORS_HEARD as i64 * 60;
    wait_until("nearly everything is written", async || all_kept(town, sensors).await >= all - going_on)
        .await;
    let mut still = 0;
    wait_until("nothing more comes", async || {
        let before = std::mem::replace(&mut still, all_kept(town, sensors).await);
        before == still
    })
    .await;
    server.stop().await;
    assert_eq!(all_kept(town, sensors).await, all, "every reading once");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_broker_ends_in_the_middle_and_comes_back() {
    each_sensor_town(async |town: SensorTown| {
        let Some(mut broker) = Broker::start().await else { return };
        let sensors = register(&town).await;
        set_broker(&town, &broker).await;
        let server = Server::start(&town);
        connected(&town).await;
        for number in 0..faults(FAULTS) {
            let saying = tokio::spawn(say(broker.port, "device", round(&town, number)));
            // Spread without chance: a run that fails can be run again.
            tokio::time::sleep(Duration::from_millis(20 + (number * 37) % 150)).await;
            broker.stop();
            broker.run().await;
            saying.await.expect("everything was said");
            connected(&town).await;
        }
        nothing_lost_nothing_doubled(&town, &sensors, server).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_ends_in_the_middle_and_another_goes_on() {
    each_sensor_town(async |town: SensorTown| {
        let Some(broker) = Broker::start().await else { return };
        let sensors = register(&town).await;
        set_broker(&town, &broker).await;
        let mut server = Server::start(&town);
        connected(&town).await;
        for number in 0..faults(FAULTS) {
            let saying = tokio::spawn(say(broker.port, "device", round(&town, number)));
            tokio::time::sleep(Duration::from_millis(10 + (number * 53) % 200)).await;
            server.stop().await;
            server = Server::start(&town);
            saying.await.expect("everything was said");
            connected(&town).await;
        }
        nothing_lost_nothing_doubled(&town, &sensors, server).await;
    })
    .await;
}

/// Cut off without a word, its lease runs out, and another takes over what was not acknowledged: no alarm is lost, none counts twice.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_cut_off_is_followed_by_another() {
    each_sensor_town(async |town: SensorTown| {
        let Some(broker) = Broker::start().await else { return };
        let mut codes = Vec::new();
        for n in 0..5 {
            codes.push(town.registers(&format!("YG-{n}"), "smoke", if n < 3 { AT_1 } else { AT_2 }).await);
        }
        set_broker(&town, &broker).await;
        let server = Server::start(&town);
        connected(&town).await;
        let alarms = (0..5).map(|n| message(&format!("YG-{n}"), "smoke", 1.0, town.now())).collect();
        let saying = tokio::spawn(say(broker.port, "device", alarms));
        server.task.abort();
        saying.await.expect("everything was said");
        town.passes(13).await;
        let next = Server::start(&town);
        wait_until("every alarm is a case", async || {
            town.town.settles().await;
            town.cases().await.len() == 5
        })
        .await;
        next.stop().await;
        assert_eq!(town.count_facts("linkage.sensor_alarm_raised").await, 5);
    })
    .await;
}
