//! Following without an account, joining a neighbour's report, sending twice, and what waits for a person to look.

use crate::town::*;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn number_and_code_open_the_case_and_guesses_are_counted() {
    each_case_town(async |town: CaseTown| {
        let reporter = town.reports_burst_pipe().await;
        let bare = reporter.number.replace('-', " ");
        assert_eq!(
            Follower::enters(&town, &bare, &reporter.code).await.id,
            reporter.id,
            "spaces are forgiven"
        );
        let stranger = town.town.caller();
        let wrong = if reporter.code == "000000" { "000001" } else { "000000" };
        stranger.get(&format!("/api/cases/{}", reporter.number)).await.refused("not_found");
        lookup(&stranger, &reporter.number, wrong).await.refused("cases.wrong_code");
        lookup(&stranger, "260302-0000-0000", &reporter.code).await.refused("cases.wrong_code");
        lookup(&stranger, "nonsense", &reporter.code).await.refused("cases.wrong_code");
        let mut answer = lookup(&stranger, &reporter.number, wrong).await;
        for _ in 0..8 {
            answer = lookup(&stranger, &reporter.number, wrong).await;
        }
        answer.refused("too_often");
        assert_eq!(answer.status, 429);
        let wait: u64 = answer.headers["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((1..=120).contains(&wait), "{wait}");
        lookup(&stranger, &reporter.number, &reporter.code).await.refused("too_often");
        town.passes_hours(1).await;
        lookup(&stranger, &reporter.number, &reporter.code).await.ok();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mark_opens_its_own_case_only() {
    each_case_town(async |town: CaseTown| {
        let (one, two) = (town.reports_burst_pipe().await, town.reports_burst_pipe().await);
        one.get(&format!("/api/cases/{}", two.number)).await.refused("not_found");
        assert_eq!(one.sees().await["reporter_phone"], json!(null));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_tap_joins_a_neighbours_report() {
    each_case_town(async |town: CaseTown| {
        let reporter = town.reports_burst_pipe().await;
        let (lon, lat) = IN_GRID[0];
        let near = format!("/api/cases/nearby?lon={}&lat={lat}&type={BURST_PIPE}", lon + 0.0005);
        let neighbour = town.town.caller();
        let offered = neighbour.get(&near).await.ok();
        assert_eq!(offered[0]["number"], json!(reporter.number));
        assert!(offered[0]["distance_m"].as_u64().is_some_and(|m| (40..60).contains(&m)), "{offered}");
        let tap = json!({ "id": "0195a000-0000-7000-8000-000000000001", "words": "我家也没水了。" });
        let path = format!("/api/cases/{}/followers", reporter.number);
        let joined = neighbour.post(&path, tap.clone()).await.ok();
        let again = neighbour.post(&path, tap).await.ok();
        assert_eq!((&joined["followers"], &again["followers"]), (&json!(1), &json!(1)), "twice is once");
        assert_eq!(joined["code"], again["code"]);
        let follower = Follower::enters(&town, &reporter.number, joined["code"].as_str().unwrap()).await;
        let seen = follower.sees().await;
        assert!(can(&seen, "supplement") && !can(&seen, "confirm") && !can(&seen, "withdraw"));
        assert!(
            actions_of(&seen).contains(&"supplement".to_owned()),
            "what the neighbour adds stands in the history"
        );
        town.water_mends(&reporter.id).await;
        town.act("desk", &reporter.id, "verify", json!({ "note": "好了。" })).await.ok();
        follower.act("confirm", json!({})).await.refused("cases.not_yours");
        reporter.act("confirm", json!({})).await.ok();
        neighbour.post(&path, json!({})).await.refused("cases.not_open");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_report_twice_is_one_case() {
    each_case_town(async |town: CaseTown| {
        let resident = town.town.caller();
        let id = "0195a000-0000-7000-8000-0000000000aa";
        let report = json!({ "id": id, "words": BURST, "type": BURST_PIPE, "place": point(0) });
        let (one, two) = (
            resident.post("/api/cases", report.clone()).await.ok(),
            resident.post("/api/cases", report.clone()).await.ok(),
        );
        assert_eq!((&one["number"], &one["code"]), (&two["number"], &two["code"]));
        let mut other = report.clone();
        other["words"] = json!("完全不同的另一件事");
        resident.post("/api/cases", other).await.refused("cases.id_used");

        let keyed = async |body: serde_json::Value| {
            let request = resident.client.post(format!("{}/api/cases", resident.url)).json(&body);
            resident.send(request.header("idempotency-key", "same-key")).await
        };
        let report = json!({ "words": BURST, "type": BURST_PIPE, "place": point(1) });
        let (one, two) = (keyed(report.clone()).await.ok(), keyed(report.clone()).await.ok());
        assert_eq!(one, two, "the first answer again");
        let changed = json!({ "words": "别的事情", "type": BURST_PIPE, "place": point(1) });
        keyed(changed).await.refused("idempotency_key_used");
        let all = town.staff("dispatcher").get("/api/cases?queue=all").await.ok();
        assert_eq!(all["items"].as_array().map(Vec::len), Some(2));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_seventh_report_of_one_source_waits_for_a_person_and_is_told_so() {
    each_case_town(async |town: CaseTown| {
        for _ in 0..6 {
            town.reports_burst_pipe().await;
        }
        let report = json!({ "words": BURST, "type": BURST_PIPE, "place": point(0) });
        let receipt = town.town.caller().post("/api/cases", report).await.ok();
        assert_eq!((&receipt["held"], &receipt["state"]), (&json!(true), &json!("held")));
        assert_eq!(receipt["owner"]["name"], "desk岗");
        assert!(receipt["sentence"]["zh"].as_str().unwrap_or_default().contains("没有丢"));
        let id = receipt["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
        town.act("water", &id, "let_in", json!({})).await.refused("not_found");
        let case = town.act("desk", &id, "let_in", json!({})).await.ok();
        assert_eq!((&case["state"], &case["owner"]["name"]), (&json!("assigned"), &json!("water岗")));
        assert!(case["explanation"]["zh"].as_str().unwrap_or_default().contains("3.2"), "{case:#}");
        assert_eq!(actions_of(&case), ["report", "let_in", "route"]);
        assert_eq!(case["timeline"][2]["actor"], "系统按规则");
        town.act("water", &id, "take", json!({ "version": case["version"] })).await.ok();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn advertising_waits_and_a_flood_is_stopped() {
    each_case_town(async |town: CaseTown| {
        let spam = json!({ "words": "贷款 https://a.example 加微信 https://b.example", "type": BURST_PIPE, "place": point(0) });
        let receipt = town.town.caller().post("/api/cases", spam.clone()).await.ok();
        assert_eq!(receipt["held"], true);
        let mut answer = town.town.caller().post("/api/cases", spam.clone()).await;
        for _ in 0..40 {
            answer = town.town.caller().post("/api/cases", spam.clone()).await;
        }
        answer.refused("too_often");
        let report = json!({ "words": BURST, "type": BURST_PIPE, "place": point(0) });
        town.staff("worker1").post("/api/cases", report).await.ok();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resident_with_an_account_finds_the_own_reports() {
    each_case_town(async |town: CaseTown| {
        let anna = town.resident("13873300001").await;
        let report = json!({ "words": BURST, "type": BURST_PIPE, "place": point(0) });
        let receipt = anna.post("/api/cases", report).await.ok();
        let mine = anna.get("/api/cases?queue=reported").await.ok();
        assert_eq!(mine["items"][0]["number"], receipt["number"]);
        let boris = town.resident("13873300002").await;
        assert_eq!(boris.get("/api/cases?queue=reported").await.ok()["items"], json!([]));
        boris.get(&format!("/api/cases/{}", receipt["number"].as_str().unwrap())).await.refused("not_found");
        boris.get("/api/cases?queue=all").await.refused("forbidden");
        let case = anna.get(&format!("/api/cases/{}", receipt["number"].as_str().unwrap())).await.ok();
        assert!(can(&case, "withdraw"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proven_phone_leads_to_what_was_reported_with_it_but_not_forever() {
    each_case_town(async |town: CaseTown| {
        let with_phone = json!({
            "words": BURST, "type": BURST_PIPE, "place": point(0), "reporter": { "phone": "13873300003" },
        });
        let old = town.reports(with_phone.clone()).await;
        town.passes_hours(91 * 24).await;
        let recent = town.reports(with_phone).await;
        let anna = town.resident("13873300003").await;
        for _ in 0..2 {
            let mine = anna.get("/api/cases?queue=reported").await.ok();
            let numbers: Vec<_> = mine["items"].as_array().unwrap().iter().map(|c| &c["number"]).collect();
            assert_eq!(numbers, [&json!(recent.number)]);
        }
        let case = anna.get(&format!("/api/cases/{}", recent.number)).await.ok();
        assert!(can(&case, "withdraw"));
        anna.get(&format!("/api/cases/{}", old.number)).await.refused("not_found");
        let claims = town.facts().await.into_iter().filter(|f| f.name == "cases.reports_claimed");
        assert_eq!(claims.map(|f| f.data.0).collect::<Vec<_>>(), [json!({ "count": 1 })], "said once");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_knows_the_case_is_not_given_the_code_of_its_reporter() {
    each_case_town(async |town: CaseTown| {
        let report = json!({ "words": BURST, "type": BURST_PIPE, "place": point(0) });
        let reporter = town.reports(report.clone()).await;
        let seen = town.sees("water", &reporter.id).await;
        let stranger = town.town.caller();
        let mut again = report.clone();
        again["id"] = seen["id"].clone();
        let receipt = stranger.post("/api/cases", again).await.ok();
        assert_ne!(receipt["id"], seen["id"], "the id and the words are not enough: it is another report");
        let path = format!("/api/cases/{}/followers", reporter.id);
        let joined = stranger.post(&path, json!({ "id": seen["id"] })).await.ok();
        assert_ne!(joined["code"], json!(reporter.code), "nobody joins as the reporter");

        let mut for_her = report;
        for_her["source"] = json!("desk");
        for_her["id"] = json!("019cac46-1500-7000-8000-0000000000bb");
        for_her["reporter"] = json!({ "phone": "13873312345" });
        town.staff("desk").post("/api/cases", for_her.clone()).await.ok();
        town.staff("worker1").post("/api/cases", for_her.clone()).await.refused("cases.id_used");
        stranger
            .post("/api/cases", json!({ "words": BURST, "place": point(0), "external_id": "x" }))
            .await
            .ok();
        stranger
            .post("/api/cases", json!({ "words": BURST, "place": point(0), "external_id": "x" }))
            .await
            .ok();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_act_at_once_do_not_both_win() {
    each_case_town(async |town: CaseTown| {
        let id = town.reports_burst_pipe().await.id;
        let take = || town.act("water", &id, "take", json!({ "version": 1 }));
        let (one, two, three) = tokio::join!(take(), take(), take());
        let mut statuses = [one.status, two.status, three.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409, 409], "{} {} {}", one.text, two.text, three.text);
        assert_eq!(actions_of(&town.sees("desk", &id).await), ["report", "route", "take"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_read_page_by_page_and_nothing_is_missed() {
    each_case_town(async |town: CaseTown| {
        for n in 0..7 {
            let report =
                json!({ "words": format!("水管爆了 {n}"), "type": BURST_PIPE, "place": point(n % 4) });
            town.staff("dispatcher").post("/api/cases", report).await.ok();
            town.passes_hours(u64::from(n % 2 == 0)).await;
        }
        for queue in ["queue=mine", "queue=newest", "queue=unit"] {
            let unit = town.staff("water").get("/api/identity/me").await.ok();
            let organisation = unit.to_string();
            let organisation =
                organisation.split("\"organisation\":\"").nth(1).and_then(|t| t.split('"').next());
            let query = match (queue, organisation) {
                ("queue=unit", Some(id)) => format!("{queue}&organisation={id}"),
                ("queue=unit", None) => continue,
                _ => queue.to_owned(),
            };
            let mut numbers = Vec::new();
            let mut after = String::new();
            loop {
                let page = town.staff("water").get(&format!("/api/cases?{query}&limit=3{after}")).await.ok();
                let items = page["items"].as_array().expect("items").clone();
                assert!(items.len() <= 3);
                numbers.extend(items.iter().map(|i| i["number"].as_str().unwrap_or_default().to_owned()));
                match page["next"].as_str() {
                    Some(next) => after = format!("&after={next}"),
                    None => break,
                }
            }
            let found = numbers.len();
            numbers.sort();
            numbers.dedup();
            assert_eq!((found, numbers.len()), (7, 7), "{query}: each once");
        }
    })
    .await;
}
