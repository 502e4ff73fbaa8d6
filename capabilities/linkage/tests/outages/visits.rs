//! Who cannot be without a service, and whom no message reaches, is on the list of the grid's worker before it is cut; the operator sees nothing
//! of it.

use crate::town::{GRID_1, GRID_2, OutageTown, each_outage_town, planned, text, with};
use serde_json::{Value, json};
use std::time::Duration;

/// What a worker's list of today has of errands: the place and why.
async fn errands(town: &OutageTown, worker: &str) -> Vec<Value> {
    let today = town.staff(worker).get("/api/fieldwork/today").await.ok();
    let lines = today["lines"].as_array().expect("lines").clone();
    lines.into_iter().filter(|line| text(&line["cause"]).starts_with("errand:")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_worker_sees_homes_that_cannot_be_without() {
    each_outage_town(async |town: OutageTown| {
        town.lives("worker1", "1栋1单元101", GRID_1, "needs_electricity").await;
        town.lives("worker1", "1栋1单元101", GRID_1, "needs_oxygen").await;
        town.lives("worker1", "2栋1单元102", GRID_1, "moves_with_help").await;
        town.lives("worker2", "3栋1单元101", GRID_2, "needs_electricity").await;
        let told = town.publishes("power", planned("power")).await;
        town.town.settles().await;
        let found = errands(&town, "worker1").await;
        assert_eq!(found.len(), 1, "one home, whatever it needs: {found:?}");
        assert_eq!(found[0]["place_id"], town.place("1栋1单元101"));
        assert_eq!((&found[0]["kind"], &found[0]["due_on"]), (&json!("notice"), &json!("2026-03-02")));
        assert!(
            text(&found[0]["why"]["zh"]).contains("2026-03-03 08:00 至 2026-03-03 16:00 停电"),
            "{found:?}"
        );
        assert!(!text(&found[0]["label"]).contains('张'), "a home, and nobody's name");
        assert!(errands(&town, "worker2").await.is_empty(), "not on the ground");
        // Told once; a change of the reason asks nobody again, a change of the window does.
        let words = with(planned("power"), json!({ "reason": "变电站检修" }));
        let told = town.changes("power", &told, words).await.ok();
        town.town.settles().await;
        let same = errands(&town, "worker1").await;
        assert_eq!(same[0]["id"], found[0]["id"]);
        let later = json!({ "from": "2026-03-04T00:00:00Z", "to": "2026-03-04T08:00:00Z" });
        let told = town.changes("power", &told, with(planned("power"), later)).await.ok();
        town.town.settles().await;
        let moved = errands(&town, "worker1").await;
        assert_eq!((moved.len(), &moved[0]["due_on"]), (1, &json!("2026-03-03")), "{moved:?}");
        assert_ne!(moved[0]["id"], found[0]["id"]);
        town.steps("power", &told, "withdraw").await.ok();
        town.town.settles().await;
        assert!(errands(&town, "worker1").await.is_empty());
        let operators = town.facts().await.iter().map(|(_, data)| data.to_string()).collect::<String>();
        assert!(!operators.contains("errand") && !operators.contains("needs_"), "{operators}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_riser_concerns_its_own_homes_only() {
    each_outage_town(async |town: OutageTown| {
        town.lives("worker1", "1栋1单元101", GRID_1, "moves_with_help").await;
        town.lives("worker1", "1栋1单元102", GRID_1, "moves_with_help").await;
        let extent =
            json!({ "extent": { "places": [{ "place": town.place("1栋1单元"), "riser": "东立管" }] } });
        town.publishes("water", with(planned("water"), extent)).await;
        town.town.settles().await;
        let found = errands(&town, "worker1").await;
        let places: Vec<&Value> = found.iter().map(|line| &line["place_id"]).collect();
        assert_eq!(places, [&json!(town.place("1栋1单元102"))]);
        // Done at the door.
        let finish = json!({ "outcome": "delivered", "at": "2026-03-02T03:00:00Z" });
        let path = format!("/api/fieldwork/tasks/{}/finish", text(&found[0]["id"]));
        town.staff("worker1").post(&path, finish).await.ok();
        assert!(errands(&town, "worker1").await.is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_nobody_lives_by_asks_nobody() {
    each_outage_town(async |town: OutageTown| {
        town.lives("worker1", "1栋1单元101", GRID_1, "needs_electricity").await;
        town.publishes("water", planned("gas")).await;
        town.town.settles().await;
        assert!(errands(&town, "worker1").await.is_empty());
    })
    .await;
}

/// Messages are judged, and then it is looked whom they did not reach.
async fn passes_a_while(town: &OutageTown) {
    for _ in 0..2 {
        town.delivers().await;
        town.town.passes(Duration::from_secs(6 * 60)).await;
    }
    town.delivers().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_no_message_reaches_the_worker_tells_at_the_door() {
    each_outage_town(async |town: OutageTown| {
        town.moves_in("worker1", "1栋1单元101", GRID_1, Some("13907330001")).await;
        town.moves_in("worker1", "1栋1单元102", GRID_1, None).await;
        town.moves_in("worker1", "1栋1单元102", GRID_1, None).await;
        town.moves_in("worker2", "3栋1单元101", GRID_2, None).await;
        let told = town.publishes("power", planned("power")).await;
        passes_a_while(&town).await;
        let found = errands(&town, "worker1").await;
        assert_eq!(found.len(), 1, "one household without a telephone, however many live there: {found:?}");
        assert_eq!(found[0]["place_id"], town.place("1栋1单元102"));
        assert_eq!((&found[0]["kind"], &found[0]["title"]["zh"]), (&json!("notice"), &json!("停电上门告知")));
        assert!(text(&found[0]["why"]["zh"]).contains("没有留电话"), "{found:?}");
        assert!(errands(&town, "worker2").await.is_empty(), "not on the ground");
        // Told at the door: other words for the same window send nobody there again, though it is the next day.
        let finish = json!({ "outcome": "delivered", "at": "2026-03-02T03:00:00Z" });
        let path = format!("/api/fieldwork/tasks/{}/finish", text(&found[0]["id"]));
        town.staff("worker1").post(&path, finish).await.ok();
        town.passes_hours(23).await;
        let words = with(planned("power"), json!({ "reason": "变电站检修" }));
        let told = town.changes("power", &told, words).await.ok();
        passes_a_while(&town).await;
        assert!(errands(&town, "worker1").await.is_empty());
        // Another window does, and nothing is left to be told once it is off.
        let later = json!({ "from": "2026-03-04T02:00:00Z", "to": "2026-03-04T08:00:00Z" });
        let told = town.changes("power", &told, with(planned("power"), later)).await.ok();
        passes_a_while(&town).await;
        assert_eq!(errands(&town, "worker1").await.len(), 1);
        town.steps("power", &told, "withdraw").await.ok();
        passes_a_while(&town).await;
        assert!(errands(&town, "worker1").await.is_empty());
        let path = format!("/api/linkage/outages/{}", text(&told["id"]));
        let seen = town.staff("power").get(&path).await.ok();
        assert!(!seen.to_string().contains(town.place("1栋1单元102")), "the operator sees numbers: {seen}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn at_night_nobody_is_sent_to_a_door_and_who_is_asked_for_anyway_is_not_asked_for_twice() {
    each_outage_town(async |town: OutageTown| {
        town.moves_in("worker1", "1栋1单元101", GRID_1, None).await;
        town.lives("worker1", "1栋1单元102", GRID_1, "needs_electricity").await;
        town.passes_hours(12).await;
        let later = json!({ "from": "2026-03-04T02:00:00Z", "to": "2026-03-04T08:00:00Z" });
        town.publishes("power", with(planned("power"), later)).await;
        passes_a_while(&town).await;
        let places = async || {
            let found = errands(&town, "worker1").await;
            let mut places: Vec<String> =
                found.iter().map(|line| text(&line["place_id"]).to_owned()).collect();
            places.sort();
            places
        };
        assert_eq!(
            places().await,
            [town.place("1栋1单元102")],
            "who needs power is seen; messages wait for eight o'clock"
        );
        town.passes_hours(10).await;
        passes_a_while(&town).await;
        let mut both = [town.place("1栋1单元101"), town.place("1栋1单元102")];
        both.sort_unstable();
        assert_eq!(places().await, both, "each door once");
    })
    .await;
}
