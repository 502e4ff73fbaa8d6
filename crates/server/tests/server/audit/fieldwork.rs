//! The writes of fieldwork, each done once: a form made, published, filled, taken along and withdrawn; a visit done.

use super::{Audit, text};
use serde_json::json;
use testkit::Caller;

/// SHA-256 of the picture.
const PNG_HASH: &str = "cc400f720eba69d01614378119b967313a753c02a8261ee678598dd9a37aa82b";

pub(super) async fn fieldwork(audit: &mut Audit) {
    let desk = audit.house.person("dispatcher").await;
    let table = "type,name,label\ntext,valve,阀门位置\n";
    let file = reqwest::multipart::Part::bytes(table.as_bytes().to_vec()).file_name("audit_valves.csv");
    let form = reqwest::multipart::Form::new().part("file", file);
    let request = desk.client.post(format!("{}/api/fieldwork/forms", desk.url)).multipart(form);
    let made = audit.does("upload_form", desk.send(request)).await;
    let path = format!("/api/fieldwork/forms/{}", text(&made["form"]));
    let version = |verb: &str| format!("{path}/versions/1/{verb}");
    audit.does("publish_form", desk.post(&version("publish"), json!({}))).await;
    let worker = audit.house.person("grid_worker").await;
    let sent = json!({ "id": "019c8a00-0000-7000-8000-000000000001", "version": 1, "answers": { "valve": "门左" },
        "filled_at": "2026-11-22T09:30:00+08:00" });
    audit.does("submit_form", worker.post(&format!("{path}/submissions"), sent)).await;
    let copy = json!({ "purpose": "check" });
    let definition = desk.get(&version("definition")).await.ok();
    audit
        .does("define_form", desk.post("/api/fieldwork/forms/definition?area=430204", renamed(definition)))
        .await;
    let draft = json!({ "version": 1, "answers": { "valve": "门左" } });
    audit.does("migrate_draft", worker.post(&format!("{path}/drafts/migrate"), draft)).await;
    let key = audit
        .does("issue_collect_key", worker.post("/api/fieldwork/keys", json!({ "name": "旧手机" })))
        .await;
    audit
        .does("revoke_collect_key", worker.delete(&format!("/api/fieldwork/keys/{}", text(&key["id"]))))
        .await;
    audit.does("export_submissions", desk.post(&format!("{path}/exports"), copy)).await;
    audit.does("withdraw_form", desk.post(&version("withdraw"), json!({}))).await;
    day(audit, &worker).await;
    campaigns(audit).await;
    routes(audit).await;
    devices(audit).await;
}

/// Days from now, as the house counts them.
fn day_in(days: i64) -> String {
    let today = platform::Clock::System.now().local().date();
    today.checked_add(jiff::Span::new().days(days)).expect("a day").to_string()
}

/// A campaign drafted, changed, published and ended.
async fn campaigns(audit: &mut Audit) {
    let desk = audit.house.person("dispatcher").await;
    let content = json!({
        "name": "分类宣传", "reason": { "zh": "送说明", "en": "a leaflet" }, "basis": "区通知", "purpose": "送到说明",
        "target": { "of": "homes", "values": { "occupancy": ["own"] } },
        "minutes": 1, "from_on": day_in(0), "due_on": day_in(300), "again_days": 3, "calls_max": 2,
    });
    let made = audit
        .does("make_campaign", desk.post("/api/fieldwork/campaigns", json!({ "content": content })))
        .await;
    let path = format!("/api/fieldwork/campaigns/{}", text(&made["id"]));
    let change = json!({ "version": made["version"], "content": content });
    audit.does("amend_campaign", desk.put(&path, change)).await;
    audit.does("publish_campaign", desk.post(&format!("{path}/publish"), json!({}))).await;
    audit.does("end_campaign", desk.post(&format!("{path}/end"), json!({}))).await;
}

/// A patrol route made, changed and ended.
async fn routes(audit: &mut Audit) {
    let desk = audit.house.person("dispatcher").await;
    let code = super::super::kill::first_grid(&audit.house).await;
    let area = format!("{}/{}/{}/{code}", &code[..6], &code[..9], &code[..12]);
    let thing = json!({ "kind": "thing", "values": { "component": "0101", "name": "审计灯", "state": "sound" },
        "area_path": area, "given": { "source": "desk" } });
    let thing = audit.does("enter_record", desk.post("/api/registry/records", thing)).await;
    let content = json!({
        "name": "早巡", "look_at": "灯亮不亮", "every_days": 1, "from_on": day_in(1), "stops": [thing["id"]],
    });
    let body = json!({ "area": area, "content": content });
    let made = audit.does("make_route", desk.post("/api/fieldwork/routes", body)).await;
    let path = format!("/api/fieldwork/routes/{}", text(&made["id"]));
    let change = json!({ "version": made["version"], "content": content });
    audit.does("amend_route", desk.put(&path, change)).await;
    audit.does("end_route", desk.post(&format!("{path}/end"), json!({}))).await;
}

/// The same form under another name.
fn renamed(mut definition: serde_json::Value) -> serde_json::Value {
    definition["id"] = json!("audit_valves_too");
    definition
}

/// A phone that begins, sends, is lost, and another that leaves.
async fn devices(audit: &mut Audit) {
    let worker = audit.house.person("grid_worker").await;
    let id = |number: u8| format!("019c8a00-0000-7000-8000-0000000000a{number}");
    for number in [1, 2] {
        let body = json!({ "id": id(number), "name": "红米" });
        audit.does("begin_device", worker.post("/api/fieldwork/devices", body)).await;
    }
    let now = "2026-11-22T09:30:00+08:00";
    let report = json!({ "id": id(3), "seq": 1, "at": now, "kind": "report",
        "body": { "words": "楼道灯不亮", "place": { "address": "楼道" } } });
    let batch = json!({ "device": id(1), "sent_at": now, "commands": [report] });
    audit.does("send_commands", worker.post("/api/fieldwork/sync/commands", batch)).await;
    let begun = json!({ "hash": PNG_HASH, "bytes": super::PNG.len(), "media_type": "image/png", "for": { "command": id(3) } });
    audit.does("begin_upload", worker.post("/api/fieldwork/uploads", begun)).await;
    let url = format!("{}/api/fieldwork/uploads/{PNG_HASH}?offset=0", worker.url);
    audit.does("send_part", worker.send(worker.client.put(url).body(super::PNG))).await;
    let wipe = format!("/api/fieldwork/devices/{}/wipe", id(1));
    audit.does("wipe_device", worker.post(&wipe, json!({}))).await;
    let leave = format!("/api/fieldwork/devices/{}/leave", id(2));
    audit.does("leave_device", worker.post(&leave, json!({}))).await;
}

/// A visit of the demo: what the home wishes, and how it ended.
pub(super) async fn visits(audit: &mut Audit) {
    let desk = audit.house.person("dispatcher").await;
    audit.does("try_visit_plan", desk.post("/api/fieldwork/tasks/plan/dry-run", json!({}))).await;
    let worker = audit.house.person("grid_worker").await;
    let today = worker.get("/api/fieldwork/today").await.ok();
    let lines = today["lines"].as_array().expect("lines");
    let visit = lines.iter().find(|line| line["kind"] == "visit").expect("the demo has visits");
    let wishes = format!("/api/fieldwork/homes/{}/wishes", text(&visit["place_id"]));
    audit.does("save_wishes", worker.put(&wishes, json!({ "how": "先打电话" }))).await;
    let finish = format!("/api/fieldwork/tasks/{}/finish", text(&visit["id"]));
    let end = json!({ "outcome": "unchanged", "at": "2026-11-22T09:30:00+08:00" });
    audit.does("finish_task", worker.post(&finish, end)).await;
}

/// The worker's own words of a day, and a day that somebody else serves.
async fn day(audit: &mut Audit, worker: &Caller) {
    let words = json!({ "words": "和物业说好了", "version": 0 });
    audit.does("write_day_report", worker.put("/api/fieldwork/days/2026-11-20", words)).await;
    let away = json!({ "until": "2027-12-01T18:00:00+08:00" });
    let taken = audit.does("begin_stand_in", worker.post("/api/fieldwork/stand-in", away)).await;
    let end = format!("/api/fieldwork/stand-in/{}/end", text(&taken[0]["id"]));
    audit.does("end_stand_in", worker.post(&end, json!({}))).await;
}
