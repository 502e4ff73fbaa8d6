//! The main job: a report travels to the one post that answers, is done within its clock, confirmed by the reporter and rated.

use crate::town::*;
use serde_json::json;
use store::FactRow;
use testkit::DISTRICT;

#[tokio::test(flavor = "multi_thread")]
async fn a_burst_pipe_from_report_to_rating() {
    each_case_town(async |town: CaseTown| {
        let resident = town.town.caller();
        let report = json!({ "words": BURST, "place": point(0), "reporter": { "phone": "13873312345" } });
        let receipt = resident.post("/api/cases", report).await.ok();
        assert_eq!((&receipt["state"], &receipt["held"]), (&json!("assigned"), &json!(false)));
        assert_eq!(receipt["owner"]["name"], "water岗");
        assert_eq!(receipt["code"].as_str().map(str::len), Some(6), "six digits to say on the phone");
        let why = receipt["why"]["zh"].as_str().unwrap_or_default();
        assert!(why.contains("001 网格") && why.contains("3.2"), "grid and duty list item are named: {why}");
        assert_eq!(
            receipt["due_at"], "2026-03-02T04:00:00Z",
            "what is urgent is taken within two hours, at any hour"
        );
        let sentence = receipt["sentence"]["zh"].as_str().unwrap_or_default();
        assert!(sentence.contains("water岗") && sentence.contains("12:00"), "{sentence}");

        let sentence = receipt["sentence"]["en"].as_str().unwrap_or_default();
        assert!(sentence.contains("post of water") && !sentence.contains('岗'), "{sentence}");
        let id = receipt["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
        let queue = town.staff("water").get("/api/cases").await.ok();
        assert_eq!(queue["items"][0]["number"], receipt["number"], "it lies on the water company's desk");
        town.act("water", &id, "take", json!({ "version": 1 })).await.ok();
        town.act("water", &id, "ask_help", json!({ "note": "请网格员通知住户。" })).await.ok();
        let worker = town.post("worker1");
        let helped = json!({ "post": worker, "note": "请告知住户停水两小时。" });
        let case = town.act("desk", &id, "add_helper", helped).await.ok();
        assert_eq!(
            case["cohosts"].as_array().map(Vec::len),
            Some(1),
            "the worker helps already by rule, once"
        );
        town.act("worker1", &id, "report_progress", json!({ "note": "住户已通知。" })).await.ok();
        let photos = town.photo("water").await;
        let done = json!({ "note": "已换管，恢复供水。", "photos": photos });
        let case = town.act("water", &id, "finish", done).await.ok();
        assert_eq!((&case["state"], &case["owner"]["name"]), (&json!("verifying"), &json!("desk岗")));
        town.act("desk", &id, "verify", json!({ "note": "路面已干。" })).await.ok();

        let number = receipt["number"].as_str().unwrap_or_default();
        let code = receipt["code"].as_str().unwrap_or_default();
        let found = lookup(&town.town.caller(), number, code).await.ok();
        assert_eq!(found["id"], receipt["id"]);
        let reporter = Follower::enters(&town, number, code).await;
        let case = reporter.sees().await;
        assert_eq!(case["state"], "confirming");
        assert!(case["sentence"]["zh"].as_str().unwrap_or_default().starts_with("已处理"));
        assert!(can(&case, "confirm") && can(&case, "reopen") && !can(&case, "rate"));
        let proof = case["timeline"][6]["photos"][0]["thumbnail"].as_str().unwrap_or_default().to_owned();
        assert!(proof.starts_with("/photo/"), "{case:#}");
        reporter.act("confirm", json!({})).await.ok();
        let case = reporter.act("rate", json!({ "rating": 5 })).await.ok();
        assert_eq!(
            (&case["state"], &case["rating"], &case["open"]),
            (&json!("closed"), &json!(5), &json!(false))
        );
        reporter.act("rate", json!({ "rating": 1 })).await.refused("cases.already_done");
        let expected = [
            "report",
            "route",
            "take",
            "ask_help",
            "add_helper",
            "report_progress",
            "finish",
            "verify",
            "confirm",
            "rate",
        ];
        assert_eq!(actions_of(&case), expected);
        let facts = town.town.db().read(async |conn| {
            FactRow::after(conn, DISTRICT, platform::FactId(uuid::Uuid::nil()), 500).await
        });
        let told: Vec<String> = facts
            .await
            .expect("the facts")
            .into_iter()
            .filter(|f| f.name.starts_with("cases.case_"))
            .map(|f| f.data.0["action"].as_str().unwrap_or_default().to_owned())
            .collect();
        assert_eq!(told.first().map(String::as_str), Some("report"));
        assert_eq!(told[1..], expected[2..].iter().map(|s| (*s).to_owned()).collect::<Vec<_>>());
    })
    .await;
}
