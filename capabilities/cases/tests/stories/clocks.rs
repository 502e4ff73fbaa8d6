//! Clocks: working time, reminders that only rise within a step, pauses, and what time does by itself.

use crate::town::*;
use serde_json::{Value, json};

fn level(case: &Value) -> &str {
    case["level"].as_str().expect("a level")
}

#[tokio::test(flavor = "multi_thread")]
async fn levels_rise_in_order_and_begin_anew_with_the_next_step() {
    each_case_town(async |town: CaseTown| {
        let id = town.reports_burst_pipe().await.id;
        let mut levels = Vec::new();
        for _ in 0..9 {
            levels.push(level(&town.sees("water", &id).await).to_owned());
            town.passes_hours(12).await;
        }
        levels.dedup();
        assert_eq!(levels, ["none", "urged", "supervised_yellow", "supervised_red"], "by the half day");
        let case = town.sees("desk", &id).await;
        let raised: Vec<&str> = case["timeline"]
            .as_array()
            .expect("a timeline")
            .iter()
            .filter(|e| e["action"] == "raise")
            .filter_map(|e| e["action_words"]["en"].as_str())
            .collect();
        assert_eq!(
            raised,
            ["reminded", "urged", "supervised, yellow", "supervised, red"],
            "none is left out"
        );
        assert_eq!(case["overdue"], true);
        town.act("water", &id, "take", json!({})).await.ok();
        assert_eq!(level(&town.sees("water", &id).await), "none", "a new step has its own clock and level");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_supervision_order_raises_at_once_and_nothing_lowers_it_within_the_step() {
    each_case_town(async |town: CaseTown| {
        let id = town.reports_burst_pipe().await.id;
        town.act("water", &id, "take", json!({})).await.ok();
        let order = json!({ "reason": "bad_effect", "note": "影响上学路。" });
        town.act("desk", &id, "supervise", order.clone()).await.refused("cases.not_yours");
        let case = town.act("dispatcher", &id, "supervise", order).await.ok();
        assert_eq!(level(&case), "supervised_yellow");
        town.act("water", &id, "report_progress", json!({ "note": "已到场。" })).await.ok();
        town.passes_hours(25).await;
        assert_eq!(
            level(&town.sees("desk", &id).await),
            "supervised_yellow",
            "reminders below are not said again"
        );
        town.passes_days(4).await;
        assert_eq!(level(&town.sees("desk", &id).await), "supervised_red");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn silence_closes_after_seven_days_with_one_kind_reminder() {
    each_case_town(async |town: CaseTown| {
        let reporter = town.reports_burst_pipe().await;
        town.water_mends(&reporter.id).await;
        town.act("desk", &reporter.id, "verify", json!({ "note": "已干。" })).await.ok();
        town.passes_days(6).await;
        assert_eq!(reporter.sees().await["state"], "confirming");
        town.passes_days(2).await;
        let case = reporter.sees().await;
        assert_eq!((&case["state"], &case["open"]), (&json!("closed"), &json!(false)));
        let last = case["timeline"].as_array().and_then(|t| t.last()).expect("a last entry").clone();
        assert_eq!(last["action"], "close_by_silence");
        assert!(can(&case, "rate"), "who was silent may still rate");
        let reminders = town.sees("desk", &reporter.id).await;
        let raised = actions_of(&reminders).iter().filter(|a| *a == "raise").count();
        assert_eq!(raised, 1, "nobody urges residents");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_stops_the_clock_and_ends_by_itself() {
    each_case_town(async |town: CaseTown| {
        let id = town.reports_burst_pipe().await.id;
        let taken = town.act("water", &id, "take", json!({})).await.ok();
        town.passes_hours(6).await;
        let pause = json!({
            "reason": "weather", "note": "暴雨红色预警。", "length": { "amount": 1, "unit": "working_day" },
        });
        let case = town.act("water", &id, "pause", pause.clone()).await.ok();
        assert_eq!((&case["state"], &case["paused"]), (&json!("paused"), &json!(true)));
        town.passes_hours(3).await;
        let case = town.act("water", &id, "resume", json!({})).await.ok();
        assert_eq!((&case["state"], &case["paused"]), (&json!("handling"), &json!(false)));
        assert_ne!(case["due_at"], taken["due_at"]);
        assert_eq!(case["due_at"], "2026-03-04T15:59:59.999999Z", "the day of the pause does not count");

        town.act("water", &id, "pause", pause.clone()).await.ok();
        town.passes_days(3).await;
        let case = town.sees("desk", &id).await;
        assert_eq!(case["state"], "handling", "the pause was over");
        assert!(actions_of(&case).contains(&"resume_by_clock".to_owned()));
        town.act("water", &id, "pause", pause).await.refused("cases.already_done");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nights_and_holidays_do_not_count_as_working_time() {
    each_case_town(async |town: CaseTown| {
        // Friday 16:00: an hour and a half is left of the week, the rest of four working hours goes into Monday morning.
        town.passes_hours(4 * 24 + 6).await;
        let noise = json!({ "words": "隔壁装修太吵", "type": "P06002", "place": point(0) });
        let receipt = town.town.caller().post("/api/cases", noise).await.ok();
        assert_eq!(receipt["due_at"], "2026-03-09T03:30:00Z", "{receipt:#}");
    })
    .await;
}
