//! One's own day: what one did, in words, without anybody having to write it down.

use crate::town::*;
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn a_day_is_what_one_did() {
    each_case_town(async |town: CaseTown| {
        let reporter = town.reports_burst_pipe().await;
        town.water_mends(&reporter.id).await;
        let water = town.staff("water");
        let day = water.get("/api/cases/day?date=2026-03-02").await.ok();
        let deeds = day["deeds"].as_array().expect("deeds");
        let actions: Vec<&Value> = deeds.iter().map(|deed| &deed["action"]).collect();
        assert_eq!(actions, [&json!("finish"), &json!("take")], "newest first");
        assert_eq!((&deeds[0]["number"], &day["done"]), (&json!(reporter.number), &json!(1)));
        assert_eq!(deeds[0]["action_words"]["zh"], "处理完成");
        assert_eq!(day["open"], 0, "it waits for the desk to check it");

        let other = water.get("/api/cases/day?date=2026-03-01").await.ok();
        assert_eq!((&other["deeds"], &other["done"]), (&json!([]), &json!(0)));
        let desk = town.staff("desk").get("/api/cases/day?date=2026-03-02").await.ok();
        assert_eq!((&desk["deeds"], &desk["open"]), (&json!([]), &json!(1)), "only one's own");
        water.get("/api/cases/day?date=gestern").await.refused("cases.bad_date");
        town.town.caller().get("/api/cases/day?date=2026-03-02").await.refused("sign_in");
    })
    .await;
}
