//! The turns a case may take: sent back once, objected to, extended, paused, reopened, withdrawn, merged, answered, refused.

use crate::town::*;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_solved_is_reopened_with_new_facts_and_the_second_time_the_district_looks() {
    each_case_town(async |town: CaseTown| {
        let reporter = town.reports_burst_pipe().await;
        town.water_mends(&reporter.id).await;
        town.act("desk", &reporter.id, "verify", json!({ "note": "已干。" })).await.ok();
        let refused = reporter.act("reopen", json!({})).await.refused("cases.missing");
        assert_eq!(refused["field"], "new_facts");
        let again = json!({ "note": "隔壁单元门口又冒水了。" });
        let case = reporter.act("reopen", again).await.ok();
        assert_eq!((&case["state"], &case["owner"]["name"]), (&json!("handling"), &json!("water岗")));
        let photos = town.photo("water").await;
        let done = json!({ "note": "接头重做。", "photos": photos });
        town.act("water", &reporter.id, "finish", done).await.ok();
        town.act("desk", &reporter.id, "verify", json!({ "note": "已看过。" })).await.ok();
        let case = reporter.act("reopen", json!({ "note": "还在漏。" })).await.ok();
        assert_eq!(
            (&case["state"], &case["owner"]["name"]),
            (&json!("with_dispatcher"), &json!("dispatcher岗"))
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_desk_that_finds_it_not_done_sends_it_back_with_a_photo_and_a_short_clock() {
    each_case_town(async |town: CaseTown| {
        let reporter = town.reports_burst_pipe().await;
        town.water_mends(&reporter.id).await;
        let failed = json!({ "note": "井边还在渗水。" });
        town.act("desk", &reporter.id, "verify_failed", failed.clone()).await.refused("cases.missing");
        let photos = town.photo("desk").await;
        let failed = json!({ "note": failed["note"], "photos": photos });
        let case = town.act("desk", &reporter.id, "verify_failed", failed).await.ok();
        assert_eq!((&case["state"], &case["owner"]["name"]), (&json!("handling"), &json!("water岗")));
        assert_eq!(case["due_at"], "2026-03-04T09:30:00Z", "two working days, to the end of work");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_goes_back_once_and_not_twice() {
    each_case_town(async |town: CaseTown| {
        let id = town.reports_burst_pipe().await.id;
        let back = json!({ "reason": "wrong_place", "note": "这段管道是小区自管。" });
        let listed = json!({ "reason": "我不想办", "note": "……" });
        town.act("water", &id, "return", listed).await.refused("cases.reason_not_listed");
        let case = town.act("water", &id, "return", back.clone()).await.ok();
        assert_eq!((&case["state"], &case["owner"]["name"]), (&json!("accepted"), &json!("desk岗")));
        let to = json!({ "to": "unit:water_supply", "note": "查过图，是市政管道。" });
        let case = town.act("desk", &id, "dispatch", to).await.ok();
        assert_eq!(case["owner"]["name"], "water岗");
        town.act("water", &id, "take", json!({})).await.ok();
        town.act("water", &id, "return", back).await.refused("cases.already_done");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_district_sent_comes_back_to_the_district() {
    each_case_town(async |town: CaseTown| {
        let id = town.reports_burst_pipe().await.id;
        let note = json!({ "reason": "not_in_list", "note": "清单没有这一项。" });
        town.act("water", &id, "return", note.clone()).await.ok();
        town.act("desk", &id, "hand_up", json!({ "note": "请区里协调。" })).await.ok();
        let to = json!({ "to": "unit:city_management" });
        let case = town.act("dispatcher", &id, "dispatch", to).await.ok();
        assert_eq!(case["owner"]["name"], "city岗");
        town.act("city", &id, "return", note).await.refused("cases.already_done");
        let object = json!({ "reason": "other_unit", "note": "责任清单 3.2 写的是供水公司。" });
        town.act("city", &id, "object", object).await.ok();
        let rule = json!({ "to": "unit:water_supply", "note": "按 3.2 由供水公司办理。" });
        let case = town.act("dispatcher", &id, "rule", rule).await.ok();
        assert_eq!(case["owner"]["name"], "water岗");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_objection_is_ruled_once_and_then_stands() {
    each_case_town(async |town: CaseTown| {
        let reporter = town.reports_burst_pipe().await;
        let id = reporter.id;
        let object = json!({ "reason": "owners_matter", "note": "在小区红线内。" });
        let case = town.act("water", &id, "object", object.clone()).await.ok();
        assert_eq!((&case["state"], &case["owner"]["name"]), (&json!("objected"), &json!("dispatcher岗")));
        let rule = json!({ "to": "unit:water_supply", "note": "表前管归供水公司。" });
        town.act("desk", &id, "rule", rule.clone()).await.refused("cases.not_yours");
        let case = town.act("dispatcher", &id, "rule", rule).await.ok();
        assert_eq!((&case["state"], &case["owner"]["name"]), (&json!("assigned"), &json!("water岗")));
        town.act("water", &id, "object", object).await.refused("cases.already_done");
        let back = json!({ "reason": "cannot_act", "note": "……" });
        town.act("water", &id, "return", back).await.refused("cases.not_after");
        let seen = reporter.sees().await;
        let ruled = seen["timeline"].as_array().and_then(|t| t.last()).expect("a last entry");
        assert_eq!(
            (&ruled["action"], &ruled["note"]),
            (&json!("rule"), &json!(null)),
            "a note between offices"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_extension_has_a_reason_a_plan_and_an_end() {
    each_case_town(async |town: CaseTown| {
        let id = town.reports_burst_pipe().await.id;
        let case = town.act("water", &id, "take", json!({})).await.ok();
        assert_eq!(case["due_at"], "2026-03-03T15:59:59.999999Z", "one natural day");
        let days = |n: u32| json!({ "amount": n, "unit": "working_day" });
        let ask =
            |n: u32| json!({ "reason": "works", "note": "要换整段管，五天内完成。", "length": days(n) });
        town.act("water", &id, "extend", ask(20)).await.refused("cases.too_long");
        let without = json!({ "reason": "works", "note": "再等等。" });
        town.act("water", &id, "extend", without).await.refused("cases.missing");
        let case = town.act("water", &id, "extend", ask(2)).await.ok();
        assert_eq!(case["due_at"], "2026-03-05T09:30:00Z", "two working days on top");
        town.act("water", &id, "extend", ask(1)).await.refused("cases.already_done");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_is_withdrawn_only_while_it_is_nobody_elses() {
    each_case_town(async |town: CaseTown| {
        let alone = town.reports_burst_pipe().await;
        let case = alone.act("withdraw", json!({})).await.ok();
        assert_eq!((&case["state"], &case["open"]), (&json!("withdrawn"), &json!(false)));

        let shared = town.reports_burst_pipe().await;
        let path = format!("/api/cases/{}/followers", shared.id);
        assert_eq!(town.town.caller().post(&path, json!({})).await.ok()["followers"], 1);
        shared.act("withdraw", json!({})).await.refused("cases.not_met");
        assert!(!can(&shared.sees().await, "withdraw"));

        let wire = json!({ "words": "电线掉在人行道上", "type": "P01007", "place": point(1) });
        town.reports(wire).await.act("withdraw", json!({})).await.refused("cases.not_met");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn merged_reports_go_on_as_one_and_both_reporters_follow_it() {
    each_case_town(async |town: CaseTown| {
        let (first, second) = (town.reports_burst_pipe().await, town.reports_burst_pipe().await);
        let into = json!({ "target": first.number, "note": "同一处。" });
        town.act("worker3", &second.id, "merge", into.clone()).await.refused("not_found");
        let itself = json!({ "target": second.number });
        town.act("desk", &second.id, "merge", itself).await.refused("cases.bad_target");
        let case = town.act("desk", &second.id, "merge", into).await.ok();
        assert_eq!((&case["state"], &case["merged_into"]), (&json!("merged"), &json!(first.id)));

        let one = town.sees("desk", &first.id).await;
        assert_eq!(one["followers"], 1);
        assert!(actions_of(&one).contains(&"merge_in".to_owned()), "the case it went into says so: {one:#}");
        let own = second.sees().await;
        assert_eq!((&own["state"], &own["merged_into"]), (&json!("merged"), &json!(first.id)));
        let onward = Follower::enters(&town, &second.number, &second.code).await;
        assert_eq!(
            onward.sees().await["number"],
            json!(first.number),
            "the own number and code lead to the common case"
        );

        let back = json!({ "target": second.number });
        town.act("desk", &first.id, "merge", back).await.refused("cases.bad_target");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_is_answered_by_the_grid_worker_without_a_photo() {
    each_case_town(async |town: CaseTown| {
        let ask = json!({ "words": "老年证要带什么材料", "type": "P07002", "place": point(0) });
        let reporter = town.reports(ask).await;
        assert_eq!(reporter.sees().await["owner"]["name"], "worker1岗");
        town.act("worker1", &reporter.id, "answer", json!({})).await.refused("cases.missing");
        let said = json!({ "note": "带身份证和一张照片，到社区当天办好。" });
        let case = town.act("worker1", &reporter.id, "answer", said).await.ok();
        assert_eq!(case["state"], "answered");
        let case = reporter.act("confirm", json!({})).await.ok();
        assert_eq!(case["state"], "closed");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_says_why_and_where_to_go() {
    each_case_town(async |town: CaseTown| {
        let reporter = town.reports_burst_pipe().await;
        let back = json!({ "reason": "wrong_place", "note": "不在供水范围。" });
        town.act("water", &reporter.id, "return", back).await.ok();
        let bare = json!({ "reason": "not_ours" });
        town.act("desk", &reporter.id, "refuse", bare).await.refused("cases.missing");
        let refuse = json!({ "reason": "not_ours", "note": "地点在邻区。" });
        town.act("desk", &reporter.id, "refuse", refuse).await.ok();
        let case = reporter.sees().await;
        let last = case["timeline"].as_array().and_then(|t| t.last()).expect("a last entry");
        assert_eq!(last["reason"]["zh"], "不属于本区范围或职责");
        assert!(last["advice"]["zh"].as_str().unwrap_or_default().contains("12345"));
        assert!(case["actions"].as_array().expect("actions").iter().all(|a| a["can"] == false));
        assert_eq!(town.staff("desk").get("/api/cases").await.ok()["items"], json!([]));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_desk_may_do_it_itself_keep_it_as_information_or_give_it_to_another() {
    each_case_town(async |town: CaseTown| {
        let unplaced = json!({ "words": "路边的树歪了", "type": "P05007", "place": point(0) });
        let reporter = town.reports(unplaced).await;
        let back = json!({ "reason": "wrong_type", "note": "不是小区里的树。" });
        town.act("property", &reporter.id, "return", back.clone()).await.ok();
        let case = town.act("desk", &reporter.id, "self_handle", json!({})).await.ok();
        assert_eq!((&case["state"], &case["owner"]["name"]), (&json!("handling"), &json!("desk岗")));
        let up = town.act("desk", &reporter.id, "pass_up", json!({ "note": "要用吊车。" })).await.ok();
        assert_eq!(up["owner"]["name"], "dispatcher岗");
        let down = json!({ "to": "unit:city_management", "note": "请安排。" });
        let case = town.act("dispatcher", &reporter.id, "dispatch", down).await.ok();
        assert_eq!((&case["state"], &case["owner"]["name"]), (&json!("assigned"), &json!("city岗")));
        let other = json!({ "to": "unit:property", "note": "又查了一次，归物业。" });
        let case = town.act("dispatcher", &reporter.id, "redispatch", other).await.ok();
        assert_eq!((&case["state"], &case["owner"]["name"]), (&json!("assigned"), &json!("property岗")));

        let note =
            town.reports(json!({ "words": "夸一下保洁师傅", "type": "P05005", "place": point(0) })).await;
        town.act("property", &note.id, "return", back).await.ok();
        let case = town.act("desk", &note.id, "archive", json!({ "note": "表扬信息。" })).await.ok();
        assert_eq!((&case["state"], &case["open"]), (&json!("archived"), &json!(false)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_reporter_adds_facts_and_the_worker_passes_up_what_is_too_big() {
    each_case_town(async |town: CaseTown| {
        let clutter = json!({ "words": "三楼楼道堆满了纸箱", "type": CLUTTER, "place": point(0) });
        let reporter = town.reports(clutter).await;
        reporter.act("supplement", json!({ "note": "今天又多了一辆电动车。" })).await.ok();
        town.act("worker1", &reporter.id, "take", json!({})).await.ok();
        let up = json!({ "note": "户主不肯搬，需要消防到场。" });
        let case = town.act("worker1", &reporter.id, "pass_up", up).await.ok();
        assert_eq!((&case["state"], &case["owner"]["name"]), (&json!("accepted"), &json!("desk岗")));
        assert_eq!(actions_of(&case), ["report", "route", "supplement", "take", "pass_up"]);
    })
    .await;
}
