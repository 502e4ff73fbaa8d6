//! The same caller asks the same again: the earlier result, and no new case; with something new it is a case of its own.

use crate::town::*;
use serde_json::{Value, json};

const LATER: &str = "田心路12号门口水管又爆了，路面全是水";
const NEW: &str = "田心路12号门口水管爆了，地下车库进水，有人触电受伤被困";

async fn hands_in(town: &HotlineTown, number: &str, words: &str, fields: Value) -> Value {
    town.hands_in(with(order(number, words), fields)).await.ok()["work_order"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_again_gets_the_earlier_result() {
    each_hotline_town(async |town: HotlineTown| {
        let first = hands_in(&town, "1", BURST, json!({})).await;
        let again = hands_in(&town, "2", LATER, json!({})).await;
        assert_eq!((&again["outcome"], &again["case_number"]), (&json!("repeated"), &first["case_number"]));
        let why = again["why"]["zh"].as_str().expect("why");
        for piece in ["同一电话", "同一地址", "没有新情况"] {
            assert!(why.contains(piece), "{why}");
        }
        assert!(why.contains("北京市接诉即办工作条例"), "the rule is named: {why}");
        assert_eq!(town.count_cases().await, 1);
        let case = town.case(&first["case_number"]).await;
        let last = case["timeline"].as_array().and_then(|all| all.last()).expect("a line");
        assert_eq!(last["action"], "supplement");
        assert!(
            last["note"].as_str().is_some_and(|note| note.contains("工单 2") && note.contains("又爆了")),
            "{last}"
        );
        assert_eq!(case["followers"], 0, "the caller follows it already, and is nobody else");
        assert_eq!(again["why"], hands_in(&town, "2", LATER, json!({})).await["why"], "the same answer");
        let lines = town.case(&first["case_number"]).await["timeline"].as_array().map(Vec::len);
        assert_eq!(lines, case["timeline"].as_array().map(Vec::len), "asked once, told once");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_case_answers_for_some_days() {
    each_hotline_town(async |town: HotlineTown| {
        let first = hands_in(&town, "1", BURST, json!({})).await;
        town.water_mends(&first["case_id"]).await;
        town.act("desk", &first["case_id"], "verify", json!({ "note": "现场已恢复。" })).await.ok();
        town.passes_days(14).await;
        assert_eq!(town.case(&first["case_number"]).await["state"], "closed", "by silence");
        let soon = hands_in(&town, "2", LATER, json!({})).await;
        assert_eq!((&soon["outcome"], &soon["state"]), (&json!("repeated"), &json!("closed")));
        assert_eq!(soon["result"], "已换管，恢复供水。", "the earlier result");
        town.passes_days(31).await;
        let late = hands_in(&town, "3", LATER, json!({})).await;
        assert_eq!(late["outcome"], "filed", "closed too long ago");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn something_new_or_somebody_else_or_another_place_is_a_case_of_its_own() {
    each_hotline_town(async |town: HotlineTown| {
        let first = hands_in(&town, "1", BURST, json!({})).await;
        let new = hands_in(&town, "2", NEW, json!({})).await;
        assert_eq!(new["outcome"], "filed");
        let why = new["why"]["zh"].as_str().expect("why");
        assert!(why.contains("有新情况") && why.contains("触电"), "what is new is named: {why}");
        let rows = [
            ("another phone", json!({ "caller_phone": "13873300000" })),
            ("no phone", json!({ "caller_phone": null })),
            ("another place", json!({ "place": { "lon": 113.13, "lat": 27.88 } })),
            ("another house", json!({ "place": { "address": "田心社区响石路99号" } })),
            ("another type", json!({ "classification": "水压不足" })),
            ("said to be new", json!({ "new_facts": true })),
        ];
        for (n, (what, fields)) in rows.into_iter().enumerate() {
            let told = hands_in(&town, &format!("1{n}"), LATER, fields).await;
            assert_eq!(told["outcome"], "filed", "{what}");
            assert_ne!(told["case_number"], first["case_number"], "{what}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hotline_that_knows_better_gets_a_case_of_its_own() {
    each_hotline_town(async |town: HotlineTown| {
        let first = hands_in(&town, "1", BURST, json!({})).await;
        assert_eq!(hands_in(&town, "2", LATER, json!({})).await["outcome"], "repeated");
        let forced = hands_in(&town, "2", LATER, json!({ "new_facts": true })).await;
        assert_eq!(forced["outcome"], "filed");
        assert_ne!(forced["case_number"], first["case_number"]);
        let sent_again = hands_in(&town, "2", LATER, json!({ "new_facts": true })).await;
        assert_eq!(sent_again["case_number"], forced["case_number"]);
        assert_eq!(town.count_cases().await, 2);
        assert!(town.facts().await.iter().any(|fact| fact.name == "linkage.work_order_refiled"));
    })
    .await;
}
