//! Fault runs: a server that is killed while it tells households of an outage, of its new window, and that it is off. Each household hears each
//! of these once.

use crate::town::{GRID_1, GRID_2, OutageTown, each_outage_town, planned, text, with};
use serde_json::{Value, json};
use std::time::Duration;
use testkit::{Chance, faults};

/// Outages in `make soak`, each told three times; a tenth of them in every run of the tests.
const OUTAGES: u64 = 60;
/// Kills while one edition is told.
const KILLS: u64 = 4;
const KILL_AFTER_MS_MAX: u64 = 30;
const HOMES: [(&str, &str, &str, &str); 4] = [
    ("worker1", "1栋1单元101", GRID_1, "13907330001"),
    ("worker1", "1栋1单元102", GRID_1, "13907330002"),
    ("worker1", "2栋1单元101", GRID_1, "13907330003"),
    ("worker2", "3栋1单元101", GRID_2, "13907330004"),
];

#[tokio::test(flavor = "multi_thread")]
async fn killed_while_it_tells_each_household_hears_once() {
    each_outage_town(async |town: OutageTown| {
        let mut chance = Chance::of_run();
        for (worker, home, grid, phone) in HOMES {
            town.moves_in(worker, home, grid, Some(phone)).await;
        }
        let mut cut_short = 0;
        for _ in 0..faults(OUTAGES) {
            let told = town.publishes("power", content(&town, 24)).await;
            cut_short += tells(&town, &mut chance, &told, 1).await;
            let told = town.changes("power", &told, content(&town, 48)).await.ok();
            cut_short += tells(&town, &mut chance, &told, 2).await;
            town.steps("power", &told, "withdraw").await.ok();
            cut_short += tells(&town, &mut chance, &told, 3).await;
            // A household gets so many a day.
            town.passes_hours(24).await;
        }
        println!("{} outages (seed {}): {cut_short} kills cut something short", faults(OUTAGES), chance.seed);
        assert!(cut_short > 0, "seed {}: nothing was ever cut short", chance.seed);
    })
    .await;
}

/// Tells an edition in the face of kills; afterwards every household has heard so many in all. Answers how many kills cut something short.
async fn tells(town: &OutageTown, chance: &mut Chance, outage: &Value, editions: i64) -> u64 {
    let mut cut_short = 0;
    for _ in 0..KILLS {
        let time = Duration::from_millis(chance.below(KILL_AFTER_MS_MAX));
        // Killed: whatever was under way is dropped where it stands.
        cut_short += u64::from(tokio::time::timeout(time, town.delivers()).await.is_err());
    }
    town.delivers().await;
    let path = format!("/api/linkage/outages/{}", text(&outage["id"]));
    let counts = town.staff("power").get(&path).await.ok()["messages"].clone();
    let all = HOMES.len() as i64 * editions;
    let expected = json!({ "sent": all, "waiting": 0, "no_address": 0, "not_sent": 0, "failed": 0 });
    assert_eq!(counts, expected, "seed {}: after edition {editions}", chance.seed);
    cut_short
}

/// A planned cut of two hours that begins so many hours from now, in all three buildings.
fn content(town: &OutageTown, hours: u64) -> Value {
    let at = |hours: u64| town.town.clock.now().after(Duration::from_secs(hours * 3600));
    let buildings = ["1栋", "2栋", "3栋"].map(|name| json!({ "place": town.place(name) }));
    let changes = json!({ "from": at(hours), "to": at(hours + 2), "extent": { "places": buildings } });
    with(planned("power"), changes)
}
