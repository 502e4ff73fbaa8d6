//! A sensor that says nothing becomes a task of its grid's worker, once, and the task goes when it speaks.

use crate::town::*;
use serde_json::Value;

async fn tasks(town: &SensorTown, worker: &str) -> Vec<Value> {
    let today = town.staff(worker).get("/api/fieldwork/today").await.ok();
    today["lines"].as_array().expect("lines").clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn silence_becomes_one_task_and_ends_with_a_word() {
    each_sensor_town(async |town: SensorTown| {
        let gauge = town.registers("SW-1", "water_level", AT_1).await;
        town.says("SW-1", 0.05).await;
        town.passes(50 * 60).await;
        town.says("SW-1", 0.05).await;
        // An hour after its registration it spoke ten minutes ago.
        town.passes(11 * 60).await;
        town.town.settles().await;
        assert_eq!(tasks(&town, "worker1").await.len(), 0, "it speaks");
        town.passes(50 * 60).await;
        town.town.settles().await;
        assert_eq!(town.sees(&gauge).await["condition"], "silent");
        for _ in 0..3 {
            town.passes(3600).await;
            town.town.settles().await;
        }
        let found = tasks(&town, "worker1").await;
        assert_eq!(found.len(), 1, "once: {found:?}");
        assert!(text(&found[0]["why"]["zh"]).contains("田心路SW-1"), "{}", found[0]);
        assert_eq!((found[0]["lon"].as_f64(), &found[0]["label"]), (Some(AT_1.0), &"田心路SW-1".into()));
        assert_eq!(tasks(&town, "worker2").await.len(), 0, "not the other grid's");

        assert_eq!(town.says("SW-1", 0.05).await, None);
        town.town.settles().await;
        assert_eq!(tasks(&town, "worker1").await.len(), 0, "it spoke");
        assert_eq!(town.sees(&gauge).await["condition"], "normal");
        // And once more.
        town.passes(3700).await;
        town.town.settles().await;
        assert_eq!(tasks(&town, "worker1").await.len(), 1);
        assert_eq!(town.count_facts("linkage.sensor_silent").await, 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sensor_out_of_use_is_waited_for_by_nobody() {
    each_sensor_town(async |town: SensorTown| {
        let gauge = town.registers("SW-1", "water_level", AT_1).await;
        town.passes(3700).await;
        town.town.settles().await;
        assert_eq!(tasks(&town, "worker1").await.len(), 1, "registered and never heard");
        let body = serde_json::json!({ "version": gauge["version"], "sensor": sensor("SW-1", "water_level", AT_1), "in_use": false });
        let path = format!("{SENSORS}/{}", text(&gauge["id"]));
        assert_eq!(town.staff("dispatcher").put(&path, body).await.ok()["condition"], "off");
        assert_eq!(tasks(&town, "worker1").await.len(), 0);
        assert_eq!(town.says("SW-1", 0.1).await.as_deref(), Some("unknown_sensor"));
    })
    .await;
}
