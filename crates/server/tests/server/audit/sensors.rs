//! Writes about sensors: registered alone and by table, changed, muted, heard again; the broker; readings of a gateway.

use super::{Audit, text};
use serde_json::{Value, json};
use std::time::Duration;
use testkit::Caller;

const SENSORS: &str = "/api/linkage/sensors";

pub(super) async fn sensors(audit: &mut Audit) {
    let desk = audit.house.person("dispatcher").await;
    let one = audit.does("register_sensor", desk.post(SENSORS, sensor("AUDIT-1"))).await;
    let path = format!("{SENSORS}/{}", text(&one["id"]));
    let change = json!({ "version": one["version"], "sensor": sensor("AUDIT-1"), "in_use": true });
    let changed = audit.does("change_sensor", desk.put(&path, change)).await;
    let until = platform::Clock::System.now().after(Duration::from_secs(3600));
    let mute = json!({ "version": changed["version"], "until": until, "reason": "检修" });
    let muted = audit.does("mute_sensor", desk.post(&format!("{path}/mute"), mute)).await;
    let heard = json!({ "version": muted["version"] });
    audit.does("unmute_sensor", desk.post(&format!("{path}/unmute"), heard)).await;
    by_table(audit, &desk).await;
    let admin = audit.house.person("system_admin").await;
    let broker = json!({ "address": "mqtt://127.0.0.1:9", "prefix": "mulin", "enabled": false });
    audit.does("set_broker", admin.put(&format!("{SENSORS}/broker"), broker)).await;
    let gateway = gateway(audit, &admin).await;
    let reading = json!({ "sensor": "AUDIT-1", "value": 0.1, "at": platform::Clock::System.now() });
    let body = json!({ "readings": [reading] });
    audit.does("send_readings", gateway.post("/api/linkage/readings", body)).await;
}

async fn by_table(audit: &mut Audit, desk: &Caller) {
    let table = "设备编号,种类,安装位置,经度,纬度\nAUDIT-2,烟感探测器,区政府楼道,113.115,27.875\n";
    let part = reqwest::multipart::Part::bytes(table.as_bytes()).file_name("sensors.csv");
    let form = reqwest::multipart::Form::new().part("file", part).text("dry_run", "false");
    let request = desk.client.post(format!("{}{SENSORS}/file", desk.url)).multipart(form);
    let told = audit.does("register_sensors", desk.send(request)).await;
    assert_eq!(told["registered"], 1, "{told}");
}

async fn gateway(audit: &Audit, admin: &Caller) -> Caller {
    let new = json!({ "kind": "service", "name": "感知平台" });
    let account = text(&admin.post("/api/identity/accounts", new).await.ok()["id"]);
    let role = json!({ "role": "sensor_gateway", "scope": { "kind": "district" } });
    let path = format!("/api/identity/accounts/{account}/roles");
    audit.house.person("security_admin").await.post(&path, role).await.ok();
    let key = admin.post("/api/identity/service-keys", json!({ "account": account })).await.ok();
    audit.house.caller().with_token(&text(&key["key"]))
}

/// In the middle of the demo's district.
fn sensor(code: &str) -> Value {
    json!({ "code": code, "kind": "water_level", "name": "区政府前下穿道", "lon": 113.115, "lat": 27.875 })
}
