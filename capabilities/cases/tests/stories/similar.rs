//! Repeated demand: the desk is shown earlier cases of the same matter, with the reasons, and only what it may see.

use crate::town::*;
use serde_json::{Value, json};

const LIFT: &str = "P05001";
const STAIR_LIGHT: &str = "P05003";

async fn similar(town: &CaseTown, who: &str, case: &Follower) -> Vec<Value> {
    let path = format!("/api/cases/{}/similar", case.id);
    town.staff(who).get(&path).await.ok().as_array().expect("similar cases").clone()
}

fn numbers(found: &[Value]) -> Vec<&str> {
    found.iter().map(|s| s["case"]["number"].as_str().expect("a number")).collect()
}

async fn says(town: &CaseTown, words: &str, kind: &str, place: Value) -> Follower {
    town.reports(json!({ "words": words, "type": kind, "place": place })).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_trouble_said_again_is_found_with_its_reasons() {
    each_case_town(async |town: CaseTown| {
        let first = says(&town, "田心路口的水管爆了，水喷得很高", BURST_PIPE, point(0)).await;
        let elsewhere = says(&town, "田心路口的水管爆了，水喷得很高", BURST_PIPE, point(1)).await;
        let other = says(&town, "楼道里堆满了旧家具", CLUTTER, point(0)).await;
        town.passes_days(3).await;
        let again = says(&town, "田心路口水管爆裂，路面全是水", BURST_PIPE, point(0)).await;
        let found = similar(&town, "desk", &again).await;
        assert_eq!(
            numbers(&found),
            [first.number.as_str()],
            "not {} and not {}",
            elsewhere.number,
            other.number
        );
        let parts = found[0]["parts"].as_array().expect("parts");
        let zh: Vec<&str> = parts.iter().map(|p| p["words"]["zh"].as_str().expect("words")).collect();
        assert!(zh[0].starts_with("都提到“") && zh[0].contains("水管爆"), "{zh:?}");
        assert_eq!(zh[1..], ["相距 0 米", "同一类事项", "相隔 3 天"]);
        let why = &found[0]["why"];
        assert!(why["zh"].as_str().is_some_and(|w| w.ends_with("相隔 3 天。")), "{why}");
        assert!(why["en"].as_str().is_some_and(|w| w.contains("3 days apart")), "{why}");
        assert!(found[0]["score"].as_u64().is_some_and(|s| (40..=100).contains(&s)));
        assert_eq!(similar(&town, "desk", &first).await, Vec::<Value>::new(), "nothing came before it");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_in_words_is_enough() {
    each_case_town(async |town: CaseTown| {
        let at = |address: &str| json!({ "address": address });
        let first = says(&town, "电梯停在四楼不动，老人下不来", LIFT, at("田心社区响石路8号3栋1单元")).await;
        says(&town, "电梯停在四楼不动，老人下不来", LIFT, at("民主社区清霞路8号3栋")).await;
        let again = says(&town, "电梯又停了，老人困在四楼", LIFT, at("田心社区响石路８号三栋2单元")).await;
        let found = similar(&town, "desk", &again).await;
        assert_eq!(numbers(&found)[0], first.number);
        assert_eq!(found[0]["parts"][1]["words"]["zh"], "同一栋楼或门牌");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_ended_without_work_is_not_offered() {
    each_case_town(async |town: CaseTown| {
        let words = "二楼楼道的灯不亮，晚上上楼看不见";
        let taken_back = says(&town, words, STAIR_LIGHT, point(0)).await;
        let goes_on = says(&town, words, STAIR_LIGHT, point(0)).await;
        let again = says(&town, "楼道的灯还是不亮", STAIR_LIGHT, point(0)).await;
        assert_eq!(similar(&town, "desk", &again).await.len(), 2);
        taken_back.act("withdraw", json!({})).await.ok();
        let found = similar(&town, "desk", &again).await;
        assert_eq!(numbers(&found), [goes_on.number.as_str()]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_five_and_only_of_ninety_days() {
    each_case_town(async |town: CaseTown| {
        let words = "楼道里堆满了旧家具，走不过去";
        let old = says(&town, words, CLUTTER, point(0)).await;
        town.passes_days(91).await;
        for _ in 0..6 {
            says(&town, words, CLUTTER, point(0)).await;
        }
        let again = says(&town, words, CLUTTER, point(0)).await;
        let found = similar(&town, "desk", &again).await;
        assert_eq!(found.len(), cases::similar::SIMILAR_ROWS_MAX);
        assert!(!numbers(&found).contains(&old.number.as_str()));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_learns_of_what_they_may_not_see() {
    each_case_town(async |town: CaseTown| {
        let words = "楼道里堆满了旧家具，走不过去";
        // On both sides of the line between two grids, forty metres apart.
        let here = says(&town, words, CLUTTER, json!({ "lon": 113.1198, "lat": 27.89 })).await;
        let there = says(&town, words, CLUTTER, json!({ "lon": 113.1202, "lat": 27.89 })).await;
        assert_eq!(numbers(&similar(&town, "desk", &there).await), [here.number.as_str()]);
        assert_eq!(similar(&town, "worker2", &there).await, Vec::<Value>::new(), "it lies in another's grid");
        let path = format!("/api/cases/{}/similar", there.id);
        for stranger in ["worker1", "worker3", "city"] {
            town.staff(stranger).get(&path).await.refused("not_found");
        }
        town.town.caller().get(&path).await.refused("sign_in");
        there.get(&path).await.refused("sign_in");
        town.resident("13873312345").await.get(&path).await.refused("not_found");
        town.staff("desk").get("/api/cases/260302-0000-0000/similar").await.refused("not_found");
    })
    .await;
}
