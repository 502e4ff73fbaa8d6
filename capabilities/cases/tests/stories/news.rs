//! A reporter who signed in hears of their case: that it was taken on, is done, or how it ended; nobody else does.

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
