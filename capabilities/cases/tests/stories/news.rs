//! A reporter who signed in hears of their case: that it was taken on, is done, or how it ended. Who follows it and signed in hears how it
//! ended; nobody else hears anything.

use crate::town::*;
use cases::CaseId;
use serde_json::{Value, json};
use testkit::Caller;

/// What somebody was sent, as their own page tells it, the latest first; each with the page it leads to.
async fn told(resident: &Caller) -> Vec<String> {
    let page = resident.get("/my/messages").await.text;
    let parts = page.split("data-sent").skip(1);
    parts.map(|part| part.split("</li>").next().unwrap_or_default().to_owned()).collect()
}

async fn reports(resident: &Caller, report: Value) -> (CaseId, String) {
    let receipt = resident.post("/api/cases", report).await.ok();
    let number = receipt["number"].as_str().expect("a number").to_owned();
    (receipt["id"].as_str().and_then(|id| id.parse().ok()).expect("an id"), number)
}

fn burst_pipe() -> Value {
    json!({ "words": BURST, "type": BURST_PIPE, "place": point(0) })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reporter_hears_of_each_step_that_is_news_to_them() {
    each_town_of(WITH_MESSAGES, async |town: CaseTown| {
        let anna = town.resident("13907330001").await;
        let (id, number) = reports(&anna, burst_pipe()).await;
        assert!(told(&anna).await.is_empty(), "they have a receipt");
        town.act("water", &id, "take", json!({})).await.ok();
        let sent = told(&anna).await;
        assert_eq!(sent.len(), 1);
        assert!(sent[0].contains(&format!("（{number}）已有人接手办理")), "{sent:?}");
        assert!(sent[0].contains(&format!("href=\"/case/{number}\"")), "{sent:?}");
        assert!(!sent[0].contains("田心路口"), "not what they wrote: {sent:?}");
        town.act("water", &id, "report_progress", json!({ "note": "在挖。" })).await.ok();
        let photos = town.photo("water").await;
        town.act("water", &id, "finish", json!({ "note": "已换管。", "photos": photos })).await.ok();
        assert_eq!(told(&anna).await.len(), 1, "what goes on between offices is no news");
        town.act("desk", &id, "verify", json!({ "note": "已看过。" })).await.ok();
        let sent = told(&anna).await;
        assert!(sent.len() == 2 && sent[0].contains("已处理，请您确认"), "{sent:?}");
        act(&anna, &id, "confirm", json!({})).await.ok();
        assert_eq!(told(&anna).await.len(), 2, "their own word is no news to them");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reporter_hears_why_it_was_not_accepted_and_that_silence_closed_it() {
    each_town_of(WITH_MESSAGES, async |town: CaseTown| {
        let anna = town.resident("13907330001").await;
        let (id, _) = reports(&anna, burst_pipe()).await;
        let back = json!({ "reason": "wrong_place", "note": "不在供水范围。" });
        town.act("water", &id, "return", back).await.ok();
        assert!(told(&anna).await.is_empty(), "one office gave it to another");
        let refuse = json!({ "reason": "not_ours", "note": "地点在邻区。" });
        town.act("desk", &id, "refuse", refuse).await.ok();
        let sent = told(&anna).await;
        assert!(sent.len() == 1 && sent[0].contains("不予受理：不属于本区范围或职责"), "{sent:?}");
        let ask = json!({ "words": "老年证要带什么材料", "type": "P07002", "place": point(0) });
        let (id, _) = reports(&anna, ask).await;
        town.act("worker1", &id, "answer", json!({ "note": "带身份证和一张照片。" })).await.ok();
        assert!(told(&anna).await[0].contains("已答复，请您确认"));
        town.passes_days(8).await;
        let sent = told(&anna).await;
        assert!(sent.len() == 3 && sent[0].contains("）已办结"), "{sent:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_reported_without_an_account_is_not_told_and_a_telephone_for_asking_back_is_not_used() {
    each_town_of(WITH_MESSAGES, async |town: CaseTown| {
        let follower = town
            .reports(json!({ "words": BURST, "type": BURST_PIPE, "place": point(0), "reporter": { "phone": "13907330009" } }))
            .await;
        town.act("water", &follower.id, "take", json!({})).await.ok();
        let facts = town.facts().await;
        assert!(facts.iter().all(|fact| fact.name != "messages.queued"), "nobody was told");
        let anna = town.resident("13907330001").await;
        assert!(told(&anna).await.is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn in_the_morning_there_is_one_to_read() {
    each_town_of(WITH_MESSAGES, async |town: CaseTown| {
        let anna = town.resident("13907330001").await;
        let (id, _) = reports(&anna, burst_pipe()).await;
        town.passes_hours(12).await;
        town.act("water", &id, "take", json!({})).await.ok();
        let photos = town.photo("water").await;
        town.act("water", &id, "finish", json!({ "note": "已换管。", "photos": photos })).await.ok();
        town.act("desk", &id, "verify", json!({ "note": "已看过。" })).await.ok();
        assert!(told(&anna).await.is_empty(), "it is ten at night");
        town.passes_hours(11).await;
        let sent = told(&anna).await;
        assert!(sent.len() == 1 && sent[0].contains("已处理，请您确认"), "{sent:?}");
    })
    .await;
}

async fn follows(resident: &Caller, number: &str) {
    resident.post(&format!("/api/cases/{number}/followers"), json!({})).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_met_with_the_same_hears_how_it_ended_once() {
    each_town_of(WITH_MESSAGES, async |town: CaseTown| {
        let anna = town.resident("13907330001").await;
        let (id, number) = reports(&anna, burst_pipe()).await;
        let [ben, cleo] = [town.resident("13907330002").await, town.resident("13907330003").await];
        for follower in [&ben, &cleo, &cleo, &anna, &town.town.caller()] {
            follows(follower, &number).await;
        }
        town.water_mends(&id).await;
        town.act("desk", &id, "verify", json!({ "note": "已看过。" })).await.ok();
        assert!(told(&ben).await.is_empty(), "a follower has no say in it yet");
        act(&anna, &id, "confirm", json!({})).await.ok();
        town.town.settles().await;
        for follower in [&ben, &cleo] {
            let sent = told(follower).await;
            assert!(
                sent.len() == 1 && sent[0].contains(&format!("您也遇到的“供水管道破裂”（{number}）已办结")),
                "{sent:?}"
            );
        }
        let own = told(&anna).await;
        assert!(own.iter().all(|text| !text.contains("您也遇到的")), "it is their own report: {own:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_merged_goes_on_and_its_people_hear_of_the_common_end() {
    each_town_of(WITH_MESSAGES, async |town: CaseTown| {
        let (anna, ben) = (town.resident("13907330001").await, town.resident("13907330002").await);
        let (first, common) = reports(&anna, burst_pipe()).await;
        let (second, number) = reports(&ben, burst_pipe()).await;
        let cleo = town.resident("13907330003").await;
        follows(&cleo, &number).await;
        town.act("desk", &second, "merge", json!({ "target": common, "note": "同一处。" })).await.ok();
        assert!(told(&cleo).await.is_empty(), "it goes on");
        town.water_mends(&first).await;
        town.act("desk", &first, "verify", json!({ "note": "已看过。" })).await.ok();
        act(&anna, &first, "confirm", json!({})).await.ok();
        town.town.settles().await;
        for follower in [&ben, &cleo] {
            assert!(told(follower).await[0].contains("您也遇到的“供水管道破裂”"));
        }
        assert_eq!(told(&cleo).await.len(), 1);
    })
    .await;
}
