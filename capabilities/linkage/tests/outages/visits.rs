//! Who cannot be without a service is on the list of the grid's worker before it is cut; the operator sees nothing of it.

use crate::town::{GRID_1, GRID_2, OutageTown, each_outage_town, planned, text, with};
use serde_json::{Value, json};

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
