//! The writes about partners, each done once: a server set that refuses, its lane held and tried, what died decided, a message taken.

use super::{Audit, text};
use courier::signature::{ID_HEADER, SIGNATURE_HEADER, Secret, TIMESTAMP_HEADER, seconds};
use serde_json::{Value, json};
use std::time::Duration;
use testkit::Caller;

/// "Water pipe burst", which the router gives to the water company.
const BURST_PIPE: &str = "P01002";
/// Half a minute of looking.
const TRIES: u32 = 300;

pub(super) async fn partners(audit: &mut Audit) {
    let desk = audit.house.person("dispatcher").await;
    let organisations = desk.get("/api/territory/organisations").await.ok();
    let units = organisations["items"].as_array().or_else(|| organisations.as_array()).expect("units");
    let water = units.iter().find(|o| o["key"] == "water_supply");
    let path = format!("/api/linkage/partners/{}", text(&water.expect("the water company")["id"]));
    // The house itself is the other side: it knows no key like this, and refuses a report without a service.
    let address = format!("{}/open311/v2", desk.url);
    let body = json!({ "rung": "open311", "address": address, "states": "georeport",
        "settings": { "other": "no such service", "updates": true } });
    audit.does("set_partner", desk.put(&path, body)).await;
    for verb in ["pause", "resume", "try"] {
        audit.does("work_on_partner_lane", desk.post(&format!("{path}/lane/{verb}"), json!({}))).await;
    }
    let secret = audit.does("exchange_partner_secret", desk.post(&format!("{path}/secret"), json!({}))).await;
    let case = report(&desk).await;
    dead(audit, &desk, &path).await;
    let hook = json!({ "rung": "webhook", "address": "http://127.0.0.1:9/", "key": Secret::make().text(),
        "states": "mulin", "version": version(&desk, &path).await });
    desk.put(&path, hook).await.ok();
    audit.does("send_partner_trial", desk.post(&format!("{path}/trial"), json!({}))).await;
    message(audit, &path, &Secret::parse(&text(&secret["secret"])).expect("a secret"), &case).await;
    let asked = wait_for(&desk, &format!("{path}/questions")).await;
    let settle = format!("/api/linkage/questions/{}/settle", text(&asked["id"]));
    audit.does("settle_partner_question", desk.post(&settle, json!({}))).await;
}

/// A burst pipe, somewhere in the district; answers its number.
async fn report(desk: &Caller) -> String {
    let place = json!({ "address": "区政府门口" });
    let told = json!({ "words": "路口的水管爆了", "type": BURST_PIPE, "place": place });
    let case = desk.post("/api/cases", told).await.ok();
    let dispatch = json!({ "action": "dispatch", "to": "unit:water_supply" });
    let id = text(&case["id"]);
    let seen = desk.get(&format!("/api/cases/{id}")).await.ok();
    if seen["host"].is_null() {
        desk.post(&format!("/api/cases/{id}/actions"), dispatch).await.ok();
    }
    text(&case["number"])
}

/// What the other side refused: sent again, refused again, given up.
async fn dead(audit: &mut Audit, desk: &Caller, path: &str) {
    for again in [true, false] {
        let died = wait_for(desk, &format!("{path}/dead")).await;
        let decide = format!("{path}/dead/{}", text(&died["id"]));
        audit.does("decide_dead_delivery", desk.post(&decide, json!({ "again": again }))).await;
    }
}

/// A message of theirs with a state that no table knows.
async fn message(audit: &mut Audit, path: &str, secret: &Secret, number: &str) {
    let now = platform::Clock::System.now();
    let body =
        json!({ "type": "case.said", "data": { "number": number, "state": "lost in thought" } }).to_string();
    let caller = audit.house.caller();
    let request = caller
        .client
        .post(format!("{}{path}/messages", caller.url))
        .header("content-type", "application/json")
        .header(ID_HEADER, "m-1")
        .header(TIMESTAMP_HEADER, seconds(now))
        .header(SIGNATURE_HEADER, secret.sign("m-1", now, body.as_bytes()))
        .body(body);
    audit.does("take_partner_message", caller.send(request)).await;
}

async fn version(desk: &Caller, path: &str) -> Value {
    desk.get(path).await.ok()["version"].clone()
}

/// The first line of a list, once there is one.
async fn wait_for(desk: &Caller, path: &str) -> Value {
    for _ in 0..TRIES {
        let found = desk.get(path).await.ok();
        if let Some(first) = found["items"].as_array().and_then(|items| items.first()) {
            return first.clone();
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("nothing came at {path}: {}", desk.get("/api/linkage/partners").await.text);
}
