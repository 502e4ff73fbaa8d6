//! The writes of fieldwork, each done once: a form made, published, filled, taken along and withdrawn.

use super::{Audit, text};
use serde_json::json;

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
    audit.does("export_submissions", desk.post(&format!("{path}/exports"), copy)).await;
    audit.does("withdraw_form", desk.post(&version("withdraw"), json!({}))).await;
}
