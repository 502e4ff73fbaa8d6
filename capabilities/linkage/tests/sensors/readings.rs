//! Readings over HTTP: taken once, refused by name, thinned; one a minute is kept.

use crate::town::*;
use platform::Time;
use serde_json::{Value, json};
use std::time::Duration;

async fn day(town: &SensorTown, sensor: &Value) -> Vec<Value> {
    // The minutes that are over are written with the next word of their sensor.
    let path = format!("{SENSORS}/{}/day", text(&sensor["id"]));
    town.staff("dispatcher").get(&path).await.ok()["minutes"].as_array().expect("minutes").clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_minute_is_kept_with_its_least_and_most() {
    each_sensor_town(async |town: SensorTown| {
        let gauge = town.registers("SW-1", "water_level", AT_1).await;
        let start = town.now();
        let at = |seconds: u64| start.after(Duration::from_secs(seconds));
        town.passes(130).await;
        let said = [(0, 0.05), (10, 0.02), (20, 0.09), (59, 0.04), (60, 0.06), (120, 0.07)];
        let readings: Vec<Value> = said
            .iter()
            .map(|(s, v)| json!({ "sensor": "SW-1", "value": v, "at": at(*s), "unit": "m" }))
            .collect();
        assert_eq!(town.sends(json!(readings)).await["taken"], 6);
        let again = town.sends(json!(readings)).await;
        assert_eq!(again["taken"], 0, "the same again is not taken again");
        let minutes = day(&town, &gauge).await;
        assert_eq!(minutes.len(), 2, "the third goes on: {minutes:?}");
        let shown = ["last", "low", "high", "readings"].map(|key| minutes[0][key].clone());
        assert_eq!(shown, [json!(0.04), json!(0.02), json!(0.09), json!(4)]);
        assert_eq!(town.count_facts("linkage.readings_taken").await, 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_meant_is_refused_and_counted() {
    each_sensor_town(async |town: SensorTown| {
        town.registers("SW-1", "water_level", AT_1).await;
        let now = town.now();
        let (ahead, stale) = (now.after(Duration::from_secs(3600)), now.before(Duration::from_secs(90_000)));
        let of = |sensor: &str, value: Value, at: Time| json!({ "sensor": sensor, "value": value, "at": at });
        let mut cm = of("SW-1", json!(3), now);
        cm["unit"] = json!("cm");
        let readings = [
            of("SW-1", json!(0.1), now),
            of("SW-1", json!(0.1), now),
            of("SW-9", json!(0.1), now),
            of("SW-1", json!("NaN"), now),
            of("SW-1", json!(99), now),
            of("SW-1", json!(0.1), ahead),
            of("SW-1", json!(0.1), stale),
            of("SW-1", json!(0.1), now.before(Duration::from_secs(5))),
            cm,
        ];
        let receipt = town.sends(json!(readings)).await;
        assert_eq!(receipt["taken"], 1);
        let reasons: Vec<String> =
            receipt["refused"].as_array().expect("refused").iter().map(|one| text(&one["reason"])).collect();
        let expected =
            ["again", "unknown_sensor", "no_number", "out_of_range", "ahead", "stale", "late", "wrong_unit"];
        assert_eq!(reasons, expected);

        let many: Vec<Value> = (0..1_001).map(|_| json!({ "sensor": "a", "value": 1, "at": 1 })).collect();
        let refused = town.gateway.post("/api/linkage/readings", json!({ "readings": many })).await;
        refused.refused("linkage.too_many_readings");
        for name in ["dispatcher", "water", "worker1"] {
            let answer = town.staff(name).post("/api/linkage/readings", json!({ "readings": [] })).await;
            assert_eq!(answer.status, 403, "{name}");
        }
        assert_eq!(town.gateway.get(SENSORS).await.status, 403, "a gateway sees nothing");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sensor_that_says_too_much_is_thinned_and_told() {
    each_sensor_town(async |town: SensorTown| {
        let noisy = town.registers("SW-1", "water_level", AT_1).await;
        let calm = town.registers("SW-2", "water_level", AT_1).await;
        let start = town.now().before(Duration::from_secs(1));
        let mut readings: Vec<Value> = (0..990)
            .map(|n| json!({ "sensor": "SW-1", "value": 0.01, "at": start.after(Duration::from_millis(n)), "seq": n }))
            .collect();
        readings.push(json!({ "sensor": "SW-2", "value": 0.02, "at": start }));
        let receipt = town.sends(json!(readings)).await;
        let taken = receipt["taken"].as_u64().expect("a count");
        assert!((20..60).contains(&taken), "{taken}");
        assert_eq!(town.sees(&noisy).await["condition"], "noisy");
        assert_eq!(town.sees(&calm).await["condition"], "normal");
        assert_eq!(town.count_facts("linkage.sensor_noisy").await, 1);
        town.passes(3700).await;
        assert_eq!(town.says("SW-1", 0.01).await, None, "heard again");
        assert_eq!(town.sees(&noisy).await["condition"], "normal");
    })
    .await;
}
