//! Two processes of this program: a district, and an operator that runs one of its own. Over Open311 each gives the other work.

use super::house::{House, Scale};
use serde_json::{Value, json};
use std::time::Duration;
use testkit::Caller;

/// "Water pipe burst": the water company's.
const BURST_PIPE: &str = "P01002";
/// Half a minute of looking.
const TRIES: u32 = 300;

#[tokio::test(flavor = "multi_thread")]
async fn a_district_and_an_operator_each_with_a_server_of_this_program_work_on_each_others_cases() {
    let (district, operator) = tokio::join!(House::open(Scale::Small), House::open(Scale::Small));
    let (of_operator, key_of_operator) = account(&district).await;
    let (of_district, key_of_district) = account(&operator).await;
    link(&district, &operator, &key_of_district, &of_operator).await;
    link(&operator, &district, &key_of_operator, &of_district).await;
    goes_and_comes_back(&district, &operator).await;
    goes_and_comes_back(&operator, &district).await;
}

/// An account at `house` for the other's system: its id and key.
pub(super) async fn account(house: &House) -> (String, String) {
    let admin = house.person("system_admin").await;
    let opened =
        admin.post("/api/identity/accounts", json!({ "kind": "service", "name": "对接系统" })).await.ok();
    let account = text(&opened["id"]);
    let role =
        json!({ "role": "integrator", "scope": { "kind": "unit", "organisation": water(house).await } });
    house
        .person("security_admin")
        .await
        .post(&format!("/api/identity/accounts/{account}/roles"), role)
        .await
        .ok();
    let key = admin.post("/api/identity/service-keys", json!({ "account": account })).await.ok();
    (account, text(&key["key"]))
}

/// Sets the water company of `from` to be reached at `to`; what comes from there by `account` is not sent back.
async fn link(from: &House, to: &House, key: &str, account: &str) {
    let body = json!({ "rung": "open311", "address": format!("{}/open311/v2", to.url), "key": key,
        "states": "georeport", "settings": { "updates": true, "account": account } });
    let path = format!("/api/linkage/partners/{}", water(from).await);
    from.person("dispatcher").await.put(&path, body).await.ok();
}

/// The water company of a district.
pub(super) async fn water(house: &House) -> String {
    let found = house.person("dispatcher").await.get("/api/territory/organisations").await.ok();
    let all = found["items"].as_array().or_else(|| found.as_array()).expect("units").clone();
    text(&all.iter().find(|o| o["key"] == "water_supply").expect("a water company")["id"])
}

async fn goes_and_comes_back(from: &House, to: &House) {
    let (here, there) = (from.person("dispatcher").await, to.person("dispatcher").await);
    let number = report(from).await;
    let theirs =
        wait_for(&there, &format!("/api/cases?queue=all&area=430204&type={BURST_PIPE}&limit=100"), |page| {
            page["items"]
                .as_array()?
                .iter()
                .find(|c| c["words"].as_str().is_some_and(|w| w.contains(&number)))
                .cloned()
        })
        .await;
    // Their people take it, do it, look at it: nobody is there to be asked, so it is closed.
    let id = text(&theirs["id"]);
    work(to, &id).await;
    assert_eq!(there.get(&format!("/api/cases/{id}")).await.ok()["state"], "closed");

    let lane = format!("/api/linkage/partners/{}/lane/try", water(from).await);
    assert_eq!(here.post(&lane, json!({})).await.status, 204);
    let ours = wait_for(&here, &format!("/api/cases/{number}"), |case| {
        (case["state"] == "verifying" || case["state"] == "confirming").then(|| case.clone())
    })
    .await;
    let actions: Vec<&Value> =
        ours["timeline"].as_array().expect("a timeline").iter().map(|e| &e["action"]).collect();
    assert!(actions.contains(&&json!("finish")), "{actions:?}");
}

/// Somebody without an account reports a burst pipe; answers its number.
pub(super) async fn report(house: &House) -> String {
    let grid = super::kill::first_grid(house).await;
    let told =
        json!({ "words": "路口的水管爆了，水喷得很高", "type": BURST_PIPE, "place": { "grid": grid } });
    let receipt = house.caller().post("/api/cases", told).await.ok();
    text(&receipt["number"])
}

/// What the staff of the house does on a case of the water company's.
async fn work(house: &House, id: &str) {
    let (unit, desk) = (house.person("unit_desk").await, house.person("subdistrict_desk").await);
    let act =
        async |caller: &Caller, body: Value| caller.post(&format!("/api/cases/{id}/actions"), body).await;
    act(&unit, json!({ "action": "take" })).await.ok();
    let photos = photo(&unit).await;
    act(&unit, json!({ "action": "finish", "note": "已换管。", "photos": photos })).await.ok();
    act(&desk, json!({ "action": "verify", "note": "已看过。" })).await.ok();
}

async fn photo(caller: &Caller) -> String {
    let part = reqwest::multipart::Part::bytes(super::audit::PNG).file_name("done.png");
    let form = reqwest::multipart::Form::new().part("photos", part);
    let sent =
        caller.send(caller.client.post(format!("{}/api/cases/photos", caller.url)).multipart(form)).await;
    text(&sent.ok()["photos"])
}

pub(super) async fn wait_for(caller: &Caller, path: &str, found: impl Fn(&Value) -> Option<Value>) -> Value {
    for _ in 0..TRIES {
        let answer = caller.get(path).await.ok();
        if let Some(value) = found(&answer) {
            return value;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("it never came: {path}: {}", caller.get(path).await.text);
}

pub(super) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
