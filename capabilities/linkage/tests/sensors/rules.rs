//! By rule: an alarm is one case while it stands, again it joins, restored it is told; hours, budget and muting hold back.

use crate::town::*;
use serde_json::json;

/// Until the seventh hour of the next morning in China, from ten in the morning.
const TO_NIGHT_S: u64 = 13 * 3600;

#[tokio::test(flavor = "multi_thread")]
async fn an_alarm_is_one_case_and_people_end_it() {
    each_sensor_town(async |town: SensorTown| {
        let gauge = town.registers("SW-1", "water_level", AT_1).await;
        assert_eq!(gauge["condition"], "unheard");
        town.holds("SW-1", 0.05, 60).await;
        assert_eq!(town.sees(&gauge).await["condition"], "normal");
        town.holds("SW-1", 0.32, 61).await;
        let cases = town.cases().await;
        assert_eq!(cases.len(), 1);
        assert_eq!(
            (&cases[0]["type"], &cases[0]["source"]),
            (&json!("P08006"), &json!("sensor")),
            "{}",
            cases[0]
        );
        let whole = town.staff("dispatcher").get(&format!("/api/cases/{}", text(&cases[0]["id"]))).await.ok();
        let words = text(&whole["text"]);
        assert!(
            words.contains("水深 0.32 m，达到报警值 0.27 m") && words.contains("Water depth 0.32 m"),
            "{words}"
        );
        assert!(text(&cases[0]["area_path"]).ends_with("J001"), "where it stands");

        // It stands, and is no second case however long.
        for _ in 0..5 {
            town.holds("SW-1", 0.4, 120).await;
        }
        assert_eq!(town.cases().await.len(), 1);
        let seen = town.sees(&gauge).await;
        let mut became = outcomes(&seen);
        became.sort();
        assert_eq!(
            (&seen["condition"], became),
            (&json!("alarm"), vec!["filed".to_owned(), "seen".to_owned()])
        );

        // Restored: told, and the case stays open.
        town.holds("SW-1", 0.0, 301).await;
        let told = town.told_on(&cases[0]["id"]).await;
        assert!(told.len() == 1 && told[0].contains("恢复正常"), "{told:?}");
        assert_eq!(town.cases().await[0]["open"], true);

        // Again: joins the open case.
        town.holds("SW-1", 0.5, 61).await;
        assert_eq!(town.cases().await.len(), 1);
        let told = town.told_on(&cases[0]["id"]).await;
        assert!(told.len() == 2 && told.iter().any(|line| line.contains("再次报警")), "{told:?}");
        assert_eq!(
            outcomes(&town.sees(&gauge).await).iter().filter(|outcome| *outcome == "joined").count(),
            1
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn at_night_only_what_is_dangerous_becomes_a_case() {
    each_sensor_town(async |town: SensorTown| {
        let cover = town.registers("JG-1", "manhole", AT_1).await;
        let other = town.registers("JG-2", "manhole", AT_1).await;
        town.registers("RQ-1", "gas", AT_1).await;
        town.passes(TO_NIGHT_S).await;
        town.holds("JG-1", 40.0, 31).await;
        town.holds("JG-2", 40.0, 31).await;
        town.holds("RQ-1", 30.0, 6).await;
        let cases = town.cases().await;
        assert_eq!(cases.len(), 1, "{cases:?}");
        assert_eq!(cases[0]["type"], "P01009");
        assert_eq!(outcomes(&town.sees(&cover).await), ["waiting"]);
        // One is put back before the morning.
        town.holds("JG-2", 0.0, 61).await;
        town.passes(8 * 3600).await;
        town.town.settles().await;
        assert_eq!(town.cases().await.len(), 2);
        assert_eq!(outcomes(&town.sees(&cover).await), ["filed"]);
        assert_eq!(outcomes(&town.sees(&other).await), ["passed"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_alarms_is_one_case_for_the_grid() {
    each_sensor_town(async |town: SensorTown| {
        let codes: Vec<String> = (0..20).map(|n| format!("RQ-{n:02}")).collect();
        for code in &codes {
            town.registers(code, "gas", AT_1).await;
        }
        let far = town.registers("RQ-far", "gas", AT_2).await;
        let all = |value: f64| {
            let at = town.now();
            codes.iter().map(|code| json!({ "sensor": code, "value": value, "at": at })).collect::<Vec<_>>()
        };
        town.sends(json!(all(50.0))).await;
        town.passes(6).await;
        let receipt = town.sends(json!(all(50.0))).await;
        assert_eq!(receipt["taken"], 20);
        town.town.settles().await;
        let cases = town.cases().await;
        assert_eq!(cases.len(), 6, "five, and one that says so");
        let gathered: Vec<_> =
            cases.iter().filter(|case| text(&case["words"]).contains("一小时内本网格")).collect();
        assert_eq!(gathered.len(), 1);
        assert_eq!(town.told_on(&gathered[0]["id"]).await.len(), 14, "the others are lines on it");
        // Another grid has a budget of its own.
        town.holds("RQ-far", 50.0, 6).await;
        assert_eq!(outcomes(&town.sees(&far).await)[0], "filed");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sensor_that_comes_and_goes_makes_no_more_cases_than_its_budget() {
    each_sensor_town(async |town: SensorTown| {
        let one = town.registers("YG-1", "smoke", AT_1).await;
        for _ in 0..4 {
            assert_eq!(town.says("YG-1", 1.0).await, None);
            town.town.settles().await;
            // Somebody looks at once, and ends it.
            let cases = town.cases().await;
            for case in cases.iter().filter(|case| case["open"] == true) {
                close(&town, &text(&case["id"])).await;
            }
            town.passes(1).await;
            town.holds("YG-1", 0.0, 61).await;
            town.passes(60).await;
        }
        let mut became = outcomes(&town.sees(&one).await);
        became.sort();
        assert_eq!(became, ["filed", "filed", "gathered", "gathered"], "what is beyond the budget says so");
    })
    .await;
}

/// Whoever has the case answers it: nobody is there to be asked.
async fn close(town: &SensorTown, case: &str) {
    for name in ["dispatcher", "desk", "worker1"] {
        let body = json!({ "action": "answer", "note": "到场查看，误报。" });
        if town.staff(name).post(&format!("/api/cases/{case}/actions"), body).await.status == 200 {
            return;
        }
    }
    panic!("nobody may answer it");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_muted_sensor_makes_no_case_and_is_heard_again() {
    each_sensor_town(async |town: SensorTown| {
        let one = town.registers("YG-1", "smoke", AT_1).await;
        let path = format!("{SENSORS}/{}", text(&one["id"]));
        let desk = town.staff("dispatcher");
        let until = town.now().after(std::time::Duration::from_secs(7200));
        let body = json!({ "version": one["version"], "until": until, "reason": "楼道装修，灰大" });
        let muted = desk.post(&format!("{path}/mute"), body).await.ok();
        assert_eq!((&muted["condition"], &muted["mute_reason"]), (&json!("muted"), &json!("楼道装修，灰大")));
        town.holds("YG-1", 1.0, 1).await;
        assert_eq!(town.cases().await.len(), 0);
        assert_eq!(outcomes(&town.sees(&one).await), ["muted"]);
        let step = json!({ "version": muted["version"] });
        let heard = desk.post(&format!("{path}/unmute"), step).await.ok();
        assert_eq!(heard["condition"], "alarm");
        town.holds("YG-1", 0.0, 61).await;
        town.holds("YG-1", 1.0, 1).await;
        assert_eq!(town.cases().await.len(), 1);
    })
    .await;
}
