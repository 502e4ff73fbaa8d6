//! Who gets a report, and why; nothing reaches a grid worker that the published list does not name.

use crate::town::*;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn what_the_list_names_goes_to_the_worker_of_the_grid_and_nothing_else_does() {
    each_case_town(async |town: CaseTown| {
        let clutter = json!({ "words": "楼道堆满杂物", "type": CLUTTER, "place": point(2) });
        let reporter = town.reports(clutter).await;
        assert_eq!(reporter.sees().await["owner"]["name"], "worker3岗");
        let no_water = json!({
            "words": "整栋楼都停水了", "type": "P01001", "place": point(0), "answers": { "how_far": "building" },
        });
        let id = town.reports(no_water).await.id;
        let dump = json!({ "to": "grid_worker", "note": "你去看看。" });
        let refused = town.act("desk", &id, "redispatch", dump).await.refused("cases.not_on_the_list");
        let sentence = refused["title"].as_str().unwrap_or_default();
        assert!(sentence.contains("网格事项准入清单") && sentence.contains("停水"), "{sentence}");
        assert!(sentence.contains("3.1"), "it says which item names who: {sentence}");
        let worker = json!({ "post": town.post("worker1"), "note": "你去看看。" });
        town.act("water", &id, "take", json!({})).await.ok();
        town.act("water", &id, "add_helper", worker).await.refused("cases.not_on_the_list");
        let case = town.sees("desk", &id).await;
        assert_eq!((&case["owner"]["name"], &case["version"]), (&json!("water岗"), &json!(2)), "nothing half-done");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hours_sources_and_places_decide_too() {
    each_case_town(async |town: CaseTown| {
        let noise = json!({ "words": "楼上半夜放音响", "type": "P06001", "place": point(0) });
        let by_day = town.reports(noise.clone()).await;
        assert_eq!(by_day.sees().await["owner"]["name"], "worker1岗");
        let staff = json!({ "words": "网格员态度不好", "type": "P07007", "place": point(0) });
        let complaint = town.reports(staff).await;
        assert_eq!(complaint.sees().await["owner"]["name"], "dispatcher岗", "never through the same grid");
        let somewhere =
            json!({ "words": "楼道堆满杂物", "type": CLUTTER, "place": { "address": "大丰小区三栋" } });
        let case = town.reports(somewhere).await.sees().await;
        assert_eq!(case["owner"]["name"], "dispatcher岗", "{case:#}");
        assert!(case["explanation"]["zh"].as_str().unwrap_or_default().contains("不够具体"));
        let named = json!({
            "words": "楼道堆满杂物", "type": CLUTTER, "place": { "address": "田心街道田心社区大丰小区三栋" },
        });
        let case = town.reports(named).await.sees().await;
        assert_eq!(case["owner"]["name"], "leader岗", "the address names the community: {case:#}");
        let why = case["explanation"]["zh"].as_str().unwrap_or_default();
        assert!(why.contains("按地址在田心社区"), "{why}");
        let plate = json!({
            "words": "楼道堆满杂物", "type": CLUTTER,
            "place": { "address": "大丰小区三栋", "grid": "430204001008J002" },
        });
        let case = town.reports(plate).await.sees().await;
        assert_eq!(case["owner"]["name"], "worker2岗");
        town.passes_hours(13).await;
        let by_night = town.reports(noise).await;
        assert_eq!(by_night.sees().await["owner"]["name"], "police岗");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_reports_on_patrol_and_is_not_asked_to_confirm() {
    each_case_town(async |town: CaseTown| {
        let worker = town.staff("worker1");
        let report = json!({
            "words": "巡查发现水管爆裂", "type": BURST_PIPE, "place": point(0), "seen_at": "2026-03-02T01:30:00Z",
        });
        let receipt = worker.post("/api/cases", report).await.ok();
        assert_eq!((&receipt["code"], &receipt["owner"]["name"]), (&json!(null), &json!("water岗")));
        let id = receipt["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
        let case = worker.get(&format!("/api/cases/{id}")).await.ok();
        assert_eq!((&case["source"], &case["reported_at"]), (&json!("worker"), &json!("2026-03-02T01:30:00Z")));
        town.act("water", &id, "take", json!({})).await.ok();
        let photos = town.photo("water").await;
        let case = town.act("water", &id, "finish", json!({ "note": "已修。", "photos": photos })).await.ok();
        assert_eq!(case["state"], "closed", "an inspector found it: nobody is asked again");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_reports_for_somebody_who_then_follows_it_themselves() {
    each_case_town(async |town: CaseTown| {
        let body = json!({
            "words": "李奶奶来电：家门口水管漏水", "type": BURST_PIPE, "place": point(0), "source": "desk",
            "reporter": { "name": "李奶奶", "phone": "0731-2860 1234" },
        });
        town.town.caller().post("/api/cases", body.clone()).await.refused("forbidden");
        let receipt = town.staff("desk").post("/api/cases", body).await.ok();
        let (number, code) = (receipt["number"].as_str().unwrap(), receipt["code"].as_str().unwrap());
        let reporter = Follower::enters(&town, number, code).await;
        town.water_mends(&reporter.id).await;
        town.act("desk", &reporter.id, "verify", json!({ "note": "电话问过。" })).await.ok();
        assert_eq!(reporter.act("confirm", json!({})).await.ok()["state"], "closed");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn changed_rules_are_tried_on_what_has_been_and_change_nothing() {
    each_case_town(async |town: CaseTown| {
        let clutter = json!({ "words": "楼道堆满杂物", "type": CLUTTER, "place": point(0) });
        let id = town.reports(clutter).await.id;
        town.reports_burst_pipe().await;
        let rules = r#"
version = "trial"
source = "a story"

[[rule]]
key = "all-to-city"
zh = "都给城管"
en = "All to city management"
to = "unit:city_management"
item = "responsibilities/1.1"
"#;
        let body = json!({ "rules": rules, "days": 31 });
        town.staff("desk").post("/api/cases/dry-run", body.clone()).await.refused("forbidden");
        town.staff("dispatcher")
            .post("/api/cases/dry-run", json!({ "rules": "version = 1" }))
            .await
            .refused("cases.bad_rules");
        let run = town.staff("dispatcher").post("/api/cases/dry-run", body).await.ok();
        assert_eq!((&run["cases"], &run["unchanged"]), (&json!(2), &json!(0)), "{run:#}");
        assert_eq!(run["moves"].as_array().map(Vec::len), Some(2));
        assert!(run["moves"][0]["type_words"]["zh"].is_string(), "a move is of one type: {run:#}");
        assert_eq!(town.sees("desk", &id).await["owner"]["name"], "worker1岗");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_keeps_the_grid_it_was_reported_in() {
    each_case_town(async |town: CaseTown| {
        let case = town.reports_burst_pipe().await.sees().await;
        assert_eq!(case["area_path"], GRID_1);
        let counts = town.staff("desk").get("/api/cases/counts").await;
        counts.refused("forbidden");
        let counts = town.staff("desk").get(&format!("/api/cases/counts?area={STREET}")).await.ok();
        assert_eq!(counts[0]["area_path"], GRID_1);
        assert_eq!((&counts[0]["open"], &counts[0]["overdue"]), (&json!(1), &json!(0)));
        let counts = town.staff("dispatcher").get("/api/cases/counts").await.ok();
        assert_eq!(counts.as_array().map(Vec::len), Some(1));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn words_suggest_a_type_with_the_reason_and_petitions_are_told_where_they_belong() {
    each_case_town(async |town: CaseTown| {
        let anyone = town.town.caller();
        let suggested = anyone.get("/api/cases/suggest?words=水管爆了").await.ok();
        assert_eq!(suggested[0]["code"], BURST_PIPE);
        assert!(suggested[0]["because"].as_str().unwrap_or_default().contains("水管"), "{suggested}");
        assert_eq!(anyone.get("/api/cases/elsewhere?words=水管爆了").await.ok(), json!([]));
        let told = anyone.get("/api/cases/elsewhere?words=我要信访").await.ok();
        assert_eq!(told[0]["key"], "petition");
        assert!(told[0]["notice"]["zh"].as_str().unwrap_or_default().contains("信访"));
        let types = anyone.get("/api/cases/types").await.ok();
        assert!(types.as_array().is_some_and(|t| t.len() > 100), "both trees are offered");
        assert!(anyone.get("/api/cases/workflow?format=mermaid").await.text.starts_with("stateDiagram"));
        assert_eq!(anyone.get("/api/cases/duty-lists").await.ok().as_array().map(Vec::len), Some(3));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_put_through_is_filed_as_the_hotlines_by_those_who_dispatch() {
    each_case_town(async |town: CaseTown| {
        let call = json!({
            "words": "李奶奶来电：家门口水管漏水", "type": BURST_PIPE, "place": point(0), "source": "hotline",
            "reporter": { "name": "李奶奶", "phone": "13812340000" },
        });
        let receipt = town.staff("desk").post("/api/cases", call.clone()).await.ok();
        assert!(receipt["code"].is_string(), "she is told how to follow it");
        let id = receipt["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
        assert_eq!(town.sees("desk", &id).await["source"], "hotline");
        for other in ["worker1", "water"] {
            let refused = town.staff(other).post("/api/cases", call.clone()).await.refused("forbidden");
            assert_eq!(refused["field"], "source", "{other}");
        }
        town.town.caller().post("/api/cases", call).await.refused("forbidden");
    })
    .await;
}
