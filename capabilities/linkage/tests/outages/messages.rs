//! The households an outage concerns are told once, by the way they chose; the operator sees numbers.

use crate::town::{GRID_1, GRID_2, OutageTown, each_outage_town, planned, sudden, text, with};
use serde_json::{Value, json};

async fn counts(town: &OutageTown, outage: &Value) -> Value {
    let path = format!("/api/linkage/outages/{}", text(&outage["id"]));
    town.staff("power").get(&path).await.ok()["messages"].clone()
}

fn numbers(sent: i64, waiting: i64, no_address: i64, not_sent: i64) -> Value {
    json!({ "sent": sent, "waiting": waiting, "no_address": no_address, "not_sent": not_sent, "failed": 0 })
}

#[tokio::test(flavor = "multi_thread")]
async fn each_household_is_told_once() {
    each_outage_town(async |town: OutageTown| {
        let head = town.moves_in("worker1", "1栋1单元101", GRID_1, Some("13907330001")).await;
        town.moves_in("worker1", "1栋1单元101", GRID_1, Some("13907330002")).await;
        town.moves_in("worker1", "1栋1单元102", GRID_1, None).await;
        town.moves_in("worker2", "3栋1单元101", GRID_2, Some("13907330003")).await;
        let told = town.publishes("power", planned("power")).await;
        town.delivers().await;
        let inbox = town.inbox().await;
        assert_eq!(inbox.len(), 1, "one household with a phone on the ground: {inbox:?}");
        assert!(inbox[0].contains("3月3日08:00 至 3月3日16:00 停电，涉及您家"), "{inbox:?}");
        assert!(inbox[0].contains("/m/"), "with the page by which it can be left: {inbox:?}");
        assert_eq!(counts(&town, &told).await, numbers(1, 0, 1, 0));
        // The same again, as after a crash: nobody is told twice.
        town.town.settles().await;
        town.delivers().await;
        assert_eq!(town.inbox().await.len(), 1);
        // Other words for the same window tell nobody again; another window does.
        let words = with(planned("power"), json!({ "reason": "变电站检修" }));
        let told = town.changes("power", &told, words).await.ok();
        town.delivers().await;
        assert_eq!(town.inbox().await.len(), 1);
        let later = json!({ "from": "2026-03-04T00:00:00Z", "to": "2026-03-04T08:00:00Z" });
        let told = town.changes("power", &told, with(planned("power"), later)).await.ok();
        town.delivers().await;
        assert!(town.inbox().await[0].contains("时间有变：停电改为 3月4日08:00"), "{:?}", town.inbox().await);
        town.steps("power", &told, "withdraw").await.ok();
        town.delivers().await;
        let inbox = town.inbox().await;
        assert_eq!(inbox.len(), 3);
        assert!(inbox[0].contains("取消了"), "{inbox:?}");
        // Whose phone was used, reads it.
        let looks = town.looks_at(&head).await;
        assert!(
            looks.iter().any(|look| look["purpose"] == "notice" && look["parts"] == json!(["phones"])),
            "{looks:?}"
        );
        let operators = town.facts().await.iter().map(|(_, data)| data.to_string()).collect::<String>();
        assert!(!operators.contains("1390733"), "no telephone in a fact");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_household_it_no_longer_concerns_is_told_that_it_is_off() {
    each_outage_town(async |town: OutageTown| {
        town.moves_in("worker1", "1栋1单元101", GRID_1, Some("13907330001")).await;
        town.moves_in("worker1", "2栋1单元101", GRID_1, Some("13907330002")).await;
        let both = json!({ "extent": { "places": [{ "place": town.place("1栋") }, { "place": town.place("2栋") }] } });
        let told = town.publishes("power", with(planned("power"), both)).await;
        town.delivers().await;
        assert_eq!(town.inbox().await.len(), 2);
        let one = json!({ "extent": { "places": [{ "place": town.place("1栋") }] } });
        town.changes("power", &told, with(planned("power"), one)).await.ok();
        town.delivers().await;
        let inbox = town.inbox().await;
        assert_eq!(inbox.len(), 3, "who is still concerned was told already: {inbox:?}");
        assert!(inbox[0].contains("停电取消了"), "{inbox:?}");
        assert_eq!(counts(&town, &told).await, numbers(3, 0, 0, 0));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn at_night_it_waits_but_for_danger() {
    each_outage_town(async |town: OutageTown| {
        town.moves_in("worker1", "1栋1单元101", GRID_1, Some("13907330001")).await;
        town.passes_hours(12).await;
        let night = json!({ "from": "2026-03-02T13:00:00Z", "to": "2026-03-03T06:00:00Z" });
        let told = town.publishes("power", with(sudden("power"), night.clone())).await;
        town.delivers().await;
        assert_eq!(town.inbox().await.len(), 0, "it is ten at night");
        assert_eq!(counts(&town, &told).await, numbers(0, 1, 0, 0));
        town.publishes("power", with(sudden("gas"), night)).await;
        town.delivers().await;
        let inbox = town.inbox().await;
        assert!(inbox.len() == 1 && inbox[0].contains("您家突然停气"), "{inbox:?}");
        town.passes_hours(10).await;
        town.delivers().await;
        let inbox = town.inbox().await;
        assert!(inbox.len() == 2 && inbox[0].contains("正在停电"), "in the morning: {inbox:?}");
        assert_eq!(counts(&town, &told).await, numbers(1, 0, 0, 0));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_click_leaves_and_brings_back() {
    each_outage_town(async |town: OutageTown| {
        town.moves_in("worker1", "1栋1单元101", GRID_1, Some("13907330001")).await;
        town.publishes("power", planned("power")).await;
        town.delivers().await;
        let line = town.inbox().await.remove(0);
        let path =
            line.split("href=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a link").to_owned();
        let visitor = town.town.caller();
        let page = visitor.get(&path).await;
        assert_eq!(page.status, 200);
        assert!(page.text.contains("确认退订") && page.text.contains("/outages/"), "{}", page.text);
        let other = format!("{}x", &path[..path.len() - 1]);
        assert_eq!(visitor.get(&other).await.status, 404, "nobody guesses another's");
        // Looking alone changes nothing, and a form of another site neither.
        assert_eq!(town.sends_form(&path, &[("do", "leave")]).await.status, 403);
        let left = town.sends_form(&format!("{path}/one-click"), &[("List-Unsubscribe", "One-Click")]).await;
        assert_eq!(left.status, 204, "{}", left.text);
        assert!(visitor.get(&path).await.text.contains("恢复接收"));
        let water = town.publishes("water", planned("water")).await;
        town.delivers().await;
        assert_eq!(town.inbox().await.len(), 1, "nothing more of this kind");
        let path = format!("/api/linkage/outages/{}", text(&water["id"]));
        assert_eq!(town.staff("water").get(&path).await.ok()["messages"], numbers(0, 0, 0, 1));
    })
    .await;
}
