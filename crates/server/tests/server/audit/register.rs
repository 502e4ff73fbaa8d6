//! The register's writes, each done once: at the dispatcher's desk, with a table, by another platform, for a person, beyond one's area.

use super::{Audit, text};
use serde_json::{Value, json};
use std::time::Duration;
use testkit::Caller;

const RECORDS: &str = "/api/registry/records";
/// Waits for the check of a table, a tenth of a second each.
const WAITS_MAX: usize = 300;

/// Enters, corrects, moves, merges, undoes; brings a table and takes a copy; answers a request; hears an alarm.
pub(super) async fn register(audit: &mut Audit) {
    let desk = audit.house.person("dispatcher").await;
    let area = area_of(audit).await;
    let person = deeds(audit, &desk, &area).await;
    tables(audit, &desk, &area).await;
    bulk(audit).await;
    rights(audit, &desk, &person).await;
    let worker = audit.house.person("grid_worker").await;
    let affected =
        json!({ "ring": [[113.0, 27.8], [113.3, 27.8], [113.3, 28.0], [113.0, 28.0], [113.0, 27.8]] });
    audit.does("count_affected", worker.post("/api/registry/affected", affected)).await;
    alarm(audit, &worker).await;
}

/// The path of some grid.
async fn area_of(audit: &Audit) -> String {
    let code = super::super::kill::first_grid(&audit.house).await;
    format!("{}/{}/{}/{code}", &code[..6], &code[..9], &code[..12])
}

fn given() -> Value {
    json!({ "source": "desk" })
}

async fn enter(audit: &mut Audit, desk: &Caller, kind: &str, values: Value, link: (&str, &str)) -> Value {
    let mut body = json!({ "kind": kind, "values": values, "given": given() });
    body[link.0] = json!(link.1);
    audit.does("enter_record", desk.post(RECORDS, body)).await
}

/// Answers somebody who stays.
async fn deeds(audit: &mut Audit, desk: &Caller, area: &str) -> String {
    let named = |name: &str| json!({ "name": name });
    let keep = text(&enter(audit, desk, "person", named("审计甲"), ("area_path", area)).await["id"]);
    let gone = text(&enter(audit, desk, "person", named("审计乙"), ("area_path", area)).await["id"]);
    let house = json!({ "level": "building", "name": "审计1栋" });
    let house = text(&enter(audit, desk, "place", house, ("area_path", area)).await["id"]);
    let home =
        text(&enter(audit, desk, "dwelling", json!({ "use": "residential" }), ("place", &house)).await["id"]);
    audit.does("issue_plates", desk.post("/api/registry/plates", json!({ "place": house }))).await;
    let amend = json!({ "version": 1, "values": { "sex": "female" }, "given": given() });
    audit.does("amend_record", desk.post(&format!("{RECORDS}/{keep}/amend"), amend)).await;
    let confirm = json!({ "version": 2, "given": given() });
    audit.does("confirm_record", desk.post(&format!("{RECORDS}/{keep}/confirm"), confirm)).await;
    let go = json!({ "dwelling": home, "values": { "kind": "floating" }, "given": given() });
    let moved = audit.does("move_in", desk.post(&format!("/api/registry/people/{gone}/move-in"), go)).await;
    let out = format!("/api/registry/residences/{}/move-out", text(&moved["id"]));
    let left = audit.does("move_out", desk.post(&out, json!({}))).await;
    let undo = format!("/api/registry/acts/{}/undo", text(&left["act"]));
    audit.does("undo_deed", desk.post(&undo, json!({}))).await;
    let merge = json!({ "keep": keep, "keep_version": 3, "gone": gone, "gone_version": 1, "given": given() });
    audit.does("merge_records", desk.post("/api/registry/merges", merge)).await;
    let other = text(&enter(audit, desk, "person", named("审计丙"), ("area_path", area)).await["id"]);
    let apart = json!({ "one": keep, "other": other, "reason": "生日不同" });
    audit.does("tell_apart", desk.post("/api/registry/duplicates/not-same", apart)).await;
    let end = json!({ "version": 1, "given": given() });
    audit.does("end_record", desk.post(&format!("{RECORDS}/{other}/end"), end)).await;
    keep
}

async fn tables(audit: &mut Audit, desk: &Caller, area: &str) {
    let send = async |audit: &mut Audit, name: &str| {
        let rows = "姓名,住址,人口类型\n审计丁,审计1栋,户籍\n";
        let file = reqwest::multipart::Part::bytes(rows.as_bytes().to_vec()).file_name(name.to_owned());
        let form = reqwest::multipart::Form::new().text("table", "people").part("file", file);
        let request = desk.client.post(format!("{}/api/registry/imports", desk.url)).multipart(form);
        audit.does("send_table", desk.send(request)).await
    };
    let first = send(audit, "a.csv").await;
    let path = format!("/api/registry/imports/{}", text(&first["id"]));
    audit.does("drop_table", desk.delete(&path)).await;
    let second = send(audit, "b.csv").await;
    let path = format!("/api/registry/imports/{}", text(&second["id"]));
    let check = json!({ "sheet": 0, "mapping": second["mapping"] });
    // The work is done in the background, and its fact comes with it.
    for (operation, verb, body) in [
        ("check_table", "check", check),
        ("save_table", "save", json!({})),
        ("undo_table", "undo", json!({})),
    ] {
        let work = async {
            let answer = desk.post(&format!("{path}/{verb}"), body).await;
            rested(desk, &path).await;
            answer
        };
        audit.does(operation, work).await;
    }
    let copy = json!({ "kind": "person", "area_path": area, "format": "jsonl", "purpose": "notice",
        "reason": "停水通知到户", "open": [] });
    audit.does("export_records", desk.post("/api/registry/exports", copy)).await;
}

/// The province's platform, with a key of its own, sends a line.
async fn bulk(audit: &mut Audit) {
    let admin = audit.house.person("system_admin").await;
    let security = audit.house.person("security_admin").await;
    let service = json!({ "kind": "service", "name": "省级平台" });
    let service = admin.post("/api/identity/accounts", service).await.ok()["id"].clone();
    let role = json!({ "role": "upper_platform", "scope": { "kind": "district" } });
    security.post(&format!("/api/identity/accounts/{}/roles", text(&service)), role).await.ok();
    let key = admin.post("/api/identity/service-keys", json!({ "account": service })).await.ok();
    let province = admin.clone().with_token(&text(&key["key"]));
    let line = json!({ "person.name": "审计己", "address": "审计1栋", "residence.kind": "户籍" });
    let lines = json!({ "table": "people", "lines": [line] });
    audit.does("send_bulk", province.post("/api/registry/bulk", lines)).await;
}

/// Waits until the work on a table has ended.
async fn rested(desk: &Caller, path: &str) {
    for _ in 0..WAITS_MAX {
        let state = text(&desk.get(path).await.ok()["state"]);
        if !state.ends_with("ing") {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the work on {path} does not end");
}

async fn rights(audit: &mut Audit, desk: &Caller, person: &str) {
    let paper = json!({ "person": person, "record": person, "what": "object", "words": "不同意登记语言" });
    let request = audit.does("take_down_request", desk.post("/api/registry/requests", paper)).await;
    let decide = format!("/api/registry/requests/{}/decide", text(&request["id"]));
    let no = json!({ "granted": false, "ground": "within_duty", "words": "依职责登记" });
    audit.does("decide_request", desk.post(&decide, no)).await;
    let mandates = format!("/api/registry/people/{person}/mandates");
    let mandate = json!({ "phone": "13900000008", "kind": "authorised", "evidence": "委托书" });
    audit.does("grant_mandate", desk.post(&mandates, mandate)).await;
    let all = desk.get(&mandates).await.ok();
    let first = all.as_array().or_else(|| all["items"].as_array()).and_then(|all| all.first()).cloned();
    let end = format!("{mandates}/{}", text(&first.expect("a mandate")["account"]));
    audit.does("end_mandate", desk.delete(&end)).await;
}

/// A worker breaks the glass; the security administrator hears of it.
async fn alarm(audit: &mut Audit, worker: &Caller) {
    let security = audit.house.person("security_admin").await;
    let desk = audit.house.person("dispatcher").await;
    let far =
        json!({ "kind": "person", "values": { "name": "审计戊" }, "area_path": "430204", "given": given() });
    let id = text(&desk.post(RECORDS, far).await.ok()["id"]);
    let look = format!("{RECORDS}/{id}?purpose=visit&emergency=楼上着火，要马上通知这一户撤离");
    worker.get(&look).await.ok();
    let alarms = security.get("/api/registry/alarms").await.ok();
    let alarm = format!("/api/registry/alarms/{}/acknowledge", text(&alarms["items"][0]["id"]));
    audit.does("acknowledge_alarm", security.post(&alarm, json!({ "note": "消防已核实" }))).await;
}
