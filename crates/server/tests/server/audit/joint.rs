//! Writes of working together: helping steps and calls to the spot of one case; and a duty list from its draft to its publication.

use super::{Audit, text};
use serde_json::{Value, json};
use testkit::Caller;

const DUTIES: &str = "/api/cases/duties";
const WATER: &str = "unit:water_supply";

/// The dispatcher has a case in hand and asks the water company, the demo's unit.
pub(super) async fn joint(audit: &mut Audit) {
    let (desk, unit) = (audit.house.person("dispatcher").await, audit.house.person("unit_desk").await);
    let case = in_hand(&desk).await;
    let ask = || json!({ "to": WATER, "words": "请派人到场关阀" });
    let helpers = format!("/api/cases/{case}/helpers");
    let first = audit.does("ask_help", desk.post(&helpers, ask())).await;
    let no = json!({ "accept": false, "reason": "人手在另一处抢修" });
    audit.does("answer_help", unit.post(&of_help(&first, "answer"), no)).await;
    let second = audit.does("ask_help", desk.post(&helpers, ask())).await;
    audit.does("finish_help", unit.post(&of_help(&second, "finish"), json!({ "words": "阀门已关" }))).await;
    let third = audit.does("ask_help", desk.post(&helpers, ask())).await;
    audit.does("release_help", desk.post(&of_help(&third, "release"), json!({ "reason": "不需要了" }))).await;
    calls(audit, (&desk, &unit), &case).await;
}

fn of_help(help: &Value, verb: &str) -> String {
    format!("/api/cases/helps/{}/{verb}", text(&help["id"]))
}

async fn in_hand(desk: &Caller) -> String {
    let told =
        json!({ "words": "几家一起才能办的事", "type": "P07008", "place": { "address": "区政府门口" } });
    let case = desk.post("/api/cases", told).await.ok();
    let path = format!("/api/cases/{}", text(&case["id"]));
    for action in ["self_handle", "take"] {
        let seen = desk.get(&path).await.ok();
        let actions = seen["actions"].as_array().expect("actions");
        if actions.iter().any(|one| one["action"] == action && one["can"] == true) {
            desk.post(&format!("{path}/actions"), json!({ "action": action })).await.ok();
        }
    }
    text(&case["id"])
}

async fn calls(audit: &mut Audit, (desk, unit): (&Caller, &Caller), case: &str) {
    let body =
        || json!({ "kind": "at_once", "place": "区政府门口", "matter": "一起看现场", "whom": [WATER] });
    let path = format!("/api/cases/{case}/calls");
    let slip = audit.does("call_units", desk.post(&path, body())).await;
    audit.does("cancel_call", desk.post(&of_call(&slip, "cancel"), json!({}))).await;
    let call = audit.does("call_units", desk.post(&path, body())).await;
    audit.does("answer_call", unit.post(&of_call(&call, "answer"), json!({ "coming": true }))).await;
    let post = call["units"][0]["post"]["id"].clone();
    let there = json!({ "post": post, "office": "抢修队" });
    audit.does("note_arrival", desk.post(&of_call(&call, "arrivals"), there)).await;
    audit.does("confirm_arrival", unit.post(&of_call(&call, "confirmation"), Value::Null)).await;
    let decision = json!({ "words": "先关阀", "tasks": [{ "post": post, "words": "关阀" }] });
    audit.does("decide_call", desk.post(&of_call(&call, "decision"), decision)).await;
    let review = json!({ "post": post, "good": true, "words": "来得快" });
    audit.does("review_call", desk.post(&of_call(&call, "reviews"), review)).await;
}

fn of_call(call: &Value, verb: &str) -> String {
    format!("/api/cases/calls/{}/{verb}", text(&call["id"]))
}

pub(super) async fn duties(audit: &mut Audit) {
    let (desk, unit) = (audit.house.person("dispatcher").await, audit.house.person("unit_desk").await);
    let begun = drafted(audit, &desk).await;
    let withdrawn = step(audit, &desk, "withdraw_duties", (&begun, "withdraw")).await;
    assert_eq!(withdrawn["state"], "withdrawn");
    let begun = drafted(audit, &desk).await;
    audit.does("try_duties", desk.post(&of_version(&begun, "/trial"), json!({ "days": 7 }))).await;
    let body = json!({ "version": begun["version"], "content": begun["content"] });
    let changed = audit.does("change_duties", desk.put(&of_version(&begun, ""), body)).await;
    let kept = desk.client.get(format!("{}{}", desk.url, of_version(&changed, "/table")));
    let kept = kept.bearer_auth(desk.token.clone().expect("a session")).send().await.expect("an answer");
    let table =
        reqwest::multipart::Part::bytes(kept.bytes().await.expect("a table").to_vec()).file_name("list.xlsx");
    let form = reqwest::multipart::Form::new().part("file", table);
    let url = format!("{}{}", desk.url, of_version(&changed, "/table"));
    let brought = audit.does("bring_duty_table", desk.send(desk.client.post(url).multipart(form))).await;
    let laid_out = step(audit, &desk, "lay_out_duties", (&brought, "lay-out")).await;
    let seen = unit.get(&of_version(&laid_out, "")).await.ok();
    let objection = json!({ "number": seen["objectable"][0], "reason": "不归我们" });
    let said =
        audit.does("object_to_duty", unit.post(&of_version(&laid_out, "/objections"), objection)).await;
    let ruling = of_version(&laid_out, &format!("/objections/{}/ruling", text(&said["id"])));
    let words = json!({ "sustained": false, "words": "管网由你单位养护" });
    audit.does("rule_on_duty", desk.post(&ruling, words)).await;
    let back = step(audit, &desk, "take_back_duties", (&laid_out, "take-back")).await;
    let again = step(audit, &desk, "lay_out_duties", (&back, "lay-out")).await;
    let today = platform::Clock::System.now().local().date();
    let publish = json!({ "version": again["version"], "document": "测试〔2026〕1号", "effective_from": today.tomorrow().expect("a day"),
        "reason": "测试", "early": "测试" });
    audit.does("publish_duties", desk.post(&of_version(&again, "/publish"), publish)).await;
}

async fn drafted(audit: &mut Audit, desk: &Caller) -> Value {
    audit.does("draft_duties", desk.post(&format!("{DUTIES}/responsibilities/versions"), json!({}))).await
}

async fn step(
    audit: &mut Audit,
    desk: &Caller,
    operation: &'static str,
    (seen, verb): (&Value, &str),
) -> Value {
    let path = of_version(seen, &format!("/{verb}"));
    audit.does(operation, desk.post(&path, json!({ "version": seen["version"] }))).await
}

fn of_version(version: &Value, verb: &str) -> String {
    format!("{DUTIES}/versions/{}{verb}", text(&version["id"]))
}
