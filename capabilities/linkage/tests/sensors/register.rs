//! The register of sensors: one by one or as a table, by whom it may be, and what is refused.

use crate::town::*;
use serde_json::{Value, json};
use testkit::Answer;

async fn send(town: &SensorTown, bytes: Vec<u8>, dry_run: bool) -> Answer {
    let part = reqwest::multipart::Part::bytes(bytes).file_name("sensors.xlsx");
    let form = reqwest::multipart::Form::new().part("file", part);
    let form = form.text("dry_run", if dry_run { "true" } else { "false" });
    let desk = town.staff("dispatcher");
    desk.send(desk.client.post(format!("{}{SENSORS}/file", desk.url)).multipart(form)).await
}

fn counts(report: &Value) -> [u64; 4] {
    ["rows", "registered", "known", "refused"].map(|key| report[key].as_u64().expect("a count"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_is_looked_through_and_then_registered_once() {
    each_sensor_town(async |town: SensorTown| {
        let row = |cells: [&str; 7]| cells.map(str::to_owned).to_vec();
        let rows = vec![
            row(["设备编号*", "种类", "安装位置", "经度", "纬度", "权属单位", "报警值"]),
            row(["SW-1", "积水水位计", "田心路下穿桥", "113.11", "27.88", "", "0.4"]),
            row(["SW-2", "water_level", "田心路口", "113.12", "27.88", "供水公司", ""]),
            row(["SW 3", "water_level", "田心路口", "113.12", "27.88", "", ""]),
            row(["SW-4", "雷达", "田心路口", "113.12", "27.88", "", ""]),
            row(["SW-5", "gas", "别处", "114.12", "27.88", "", ""]),
            row(["SW-6", "gas", "田心路口", "113.12", "27.88", "", "很高"]),
            row(["SW-1", "积水水位计", "另一处", "113.11", "27.88", "", ""]),
        ];
        let bytes = sheets::write_texts(&[("设备", rows)]).expect("a workbook");
        let looked = send(&town, bytes.clone(), true).await.ok();
        assert_eq!(counts(&looked), [7, 3, 0, 4], "{looked}");
        assert_eq!(town.staff("dispatcher").get(SENSORS).await.ok()["items"], json!([]), "nothing was taken");
        let taken = send(&town, bytes.clone(), false).await.ok();
        assert_eq!(counts(&taken), [7, 2, 0, 5]);
        let faults: Vec<String> = taken["faults"]
            .as_array()
            .expect("faults")
            .iter()
            .map(|f| format!("{}{} {}", f["column"].as_str().unwrap_or("?"), f["row"], text(&f["code"])))
            .collect();
        let expected = [
            "A4 linkage.bad_sensor_code",
            "B5 linkage.unknown_sensor_kind",
            "D6 linkage.sensor_outside",
            "G7 linkage.no_number",
            "A8 linkage.sensor_code_taken",
        ];
        assert_eq!(faults, expected);
        assert_eq!(counts(&send(&town, bytes, false).await.ok()), [7, 0, 2, 5], "each once");
        let listed = town.staff("dispatcher").get(SENSORS).await.ok();
        assert_eq!(
            (&listed["items"][0]["code"], &listed["items"][0]["alarm"]),
            (&json!("SW-1"), &json!(0.4))
        );
        assert_eq!(listed["items"][1]["unit"]["key"], "water_supply");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_unit_sees_and_mutes_its_own() {
    each_sensor_town(async |town: SensorTown| {
        let (water, desk) = (town.staff("water"), town.staff("dispatcher"));
        let districts = town.registers("SW-1", "water_level", AT_1).await;
        let mut own = sensor("SW-2", "water_level", AT_1);
        water.post(SENSORS, own.clone()).await.refused("forbidden");
        own["unit"] = json!("water_supply");
        let own = water.post(SENSORS, own).await.ok();
        let listed = water.get(SENSORS).await.ok();
        assert_eq!(listed["items"].as_array().map(Vec::len), Some(1));
        assert_eq!(listed["items"][0]["id"], own["id"]);
        assert_eq!(water.get(&format!("{SENSORS}/{}", text(&districts["id"]))).await.status, 404);
        let body = json!({ "version": 1, "until": town.now().after(std::time::Duration::from_secs(60)), "reason": "检修" });
        let mute = |sensor: &Value| format!("{SENSORS}/{}/mute", text(&sensor["id"]));
        assert_eq!(water.post(&mute(&districts), body.clone()).await.status, 404);
        water.post(&mute(&own), body.clone()).await.ok();
        desk.post(&mute(&own), body).await.refused("linkage.stale");
        assert_eq!(town.staff("worker1").get(SENSORS).await.status, 403);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_hold_is_refused_by_name() {
    each_sensor_town(async |town: SensorTown| {
        let desk = town.staff("dispatcher");
        let one = town.registers("SW-1", "water_level", AT_1).await;
        assert_eq!(town.registers("SW-1", "water_level", AT_1).await["id"], one["id"], "the same is the same");
        let rows = [
            (json!({ "code": "SW/1" }), "linkage.bad_sensor_code"),
            (json!({ "name": " " }), "linkage.bad_sensor_name"),
            (json!({ "kind": "radar" }), "linkage.unknown_sensor_kind"),
            (json!({ "lon": 120.0 }), "linkage.sensor_outside"),
            (json!({ "own": { "alarm": 0.1 } }), "linkage.bad_thresholds"),
            (json!({ "own": { "alarm": 11.0 } }), "linkage.bad_thresholds"),
            (json!({ "unit": "nobody" }), "linkage.unknown_unit"),
            (json!({ "code": "SW-1" }), "linkage.sensor_code_taken"),
        ];
        for (change, code) in rows {
            let mut body = sensor("SW-2", "water_level", AT_2);
            for (key, value) in change.as_object().expect("fields") {
                body[key] = value.clone();
            }
            desk.post(SENSORS, body).await.refused(code);
        }
        let path = format!("{SENSORS}/{}", text(&one["id"]));
        let change = |sensor: Value| json!({ "version": 1, "sensor": sensor, "in_use": true });
        desk.put(&path, change(sensor("SW-7", "water_level", AT_1))).await.refused("linkage.sensor_is_another");
        let moved = desk.put(&path, change(sensor("SW-1", "water_level", AT_2))).await.ok();
        assert!(text(&moved["area_path"]).ends_with("J002"));
        desk.put(&path, change(sensor("SW-1", "water_level", AT_2))).await.refused("linkage.stale");
        let late = json!({ "version": 2, "until": town.now().after(std::time::Duration::from_secs(31 * 86_400)), "reason": "x" });
        desk.post(&format!("{path}/mute"), late).await.refused("linkage.bad_mute");
        let bare = json!({ "version": 2, "until": town.now().after(std::time::Duration::from_secs(60)), "reason": " " });
        desk.post(&format!("{path}/mute"), bare).await.refused("linkage.mute_reason_missing");
    })
    .await;
}
