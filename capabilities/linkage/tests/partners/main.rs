//! Partners in the loop of a case, through the front door, beside other systems that speak the published protocols.

mod mail;
mod open311;
mod other_open311;
mod photos;
mod promises;
mod rights;
mod shown;
#[path = "../../../cases/tests/stories/town.rs"]
#[allow(dead_code, reason = "the district in which the stories of cases play")]
mod town;
mod trial;
mod webhook;

use edge::Capability;
use serde_json::{Value, json};
use town::{CaseTown, each_town_of};

const CAPABILITIES: &[&Capability] = &[
    &courier::CAPABILITY,
    &territory::CAPABILITY,
    &identity::CAPABILITY,
    &messages::CAPABILITY,
    &registry::CAPABILITY,
    &cases::CAPABILITY,
    &linkage::CAPABILITY,
];

async fn each_linked_town(story: impl AsyncFn(CaseTown)) {
    each_town_of(CAPABILITIES, story).await;
}

/// The organisation of a unit, by its key.
fn unit(town: &CaseTown, key: &str) -> String {
    let places = town.town.edge.fixture::<territory::Map>().of(testkit::DISTRICT);
    places.organisation(key).expect("a unit").id.to_string()
}

fn partner_path(town: &CaseTown, key: &str, rest: &str) -> String {
    format!("/api/linkage/partners/{}{rest}", unit(town, key))
}

/// The dispatcher sets how the water company is reached.
async fn set_water(town: &CaseTown, body: Value) -> Value {
    let path = partner_path(town, "water_supply", "");
    town.staff("dispatcher").put(&path, body).await.ok()
}

/// The water company as the dispatcher's page shows it.
async fn water(town: &CaseTown) -> Value {
    town.staff("dispatcher").get(&partner_path(town, "water_supply", "")).await.ok()
}

/// What went wrong last in a lane, in words.
fn told(lane: &Value) -> &str {
    lane["last_error"]["words"]["zh"].as_str().expect("words")
}

/// Everything that is due happens: reactions, timers, deliveries.
async fn settle(town: &CaseTown) {
    for _ in 0..20 {
        town.town.settles().await;
        if courier::deliver_due(&town.town.edge).await.expect("lanes work") == 0 {
            return;
        }
    }
    panic!("it never came to rest");
}

/// Minutes go by, with everything that becomes due in them.
async fn minutes_pass(town: &CaseTown, minutes: u64) {
    for _ in 0..minutes {
        town.town.passes(std::time::Duration::from_mins(1)).await;
        settle(town).await;
    }
}

fn notes_of(case: &Value) -> Vec<&str> {
    case["timeline"].as_array().expect("a timeline").iter().filter_map(|e| e["note"].as_str()).collect()
}

fn by_open311(address: &str, states: &str) -> Value {
    json!({ "rung": "open311", "address": address, "key": "their-key", "states": states, "settings": { "updates": states == "updates" } })
}
