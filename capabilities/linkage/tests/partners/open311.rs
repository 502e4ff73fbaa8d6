//! A partner with an Open311 server of its own: cases go there, what it says comes back, whatever becomes of it meanwhile.

use crate::other_open311::{Mood, OtherOpen311};
use crate::town::{BURST, BURST_PIPE, CaseTown, actions_of};
use crate::{
    by_open311, each_linked_town, minutes_pass, notes_of, partner_path, set_water, settle, told, water,
};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_case_goes_to_the_water_companys_system_and_comes_back_done_and_the_reporter_confirms() {
    each_linked_town(async |town: CaseTown| {
        let theirs = OtherOpen311::open().await;
        set_water(&town, by_open311(&theirs.url, "updates")).await;
        let reporter = town.reports_burst_pipe().await;
        settle(&town).await;
        let [request] = theirs.requests().try_into().expect("one request");
        assert_eq!(request.fields["service_code"], BURST_PIPE);
        let description = &request.fields["description"];
        assert!(description.contains(BURST) && description.contains(&reporter.number), "{description}");
        let leaked = ["first_name", "last_name", "phone", "email", "account_id"];
        assert!(
            leaked.iter().all(|field| !request.fields.contains_key(*field)),
            "nobody's name or phone leaves"
        );

        theirs.says(0, "investigating", Some("抢修队已出发。"));
        minutes_pass(&town, 1).await;
        let case = town.sees("dispatcher", &reporter.id).await;
        assert_eq!(case["state"], "handling");
        theirs.says(0, "in_progress", Some("正在换管。"));
        minutes_pass(&town, 1).await;
        theirs.says(0, "fixed", Some("已换管，恢复供水。"));
        minutes_pass(&town, 3).await;
        let case = town.sees("dispatcher", &reporter.id).await;
        assert_eq!(case["state"], "verifying", "their word is looked at: {case}");
        assert_eq!(actions_of(&case), ["report", "route", "take", "report_progress", "finish"]);
        assert_eq!(notes_of(&case), ["正在换管。", "已换管，恢复供水。"]);
        let who = case["timeline"][4]["actor"].clone();
        assert!(who.to_string().contains("供水公司"), "{who}");

        town.act("desk", &reporter.id, "verify", json!({ "note": "已干。" })).await.ok();
        let case = reporter.sees().await;
        assert_eq!(case["state"], "confirming", "the reporter has the last word");
        reporter.act("confirm", json!({})).await.ok();
        settle(&town).await;
        let updates = theirs.requests()[0].updates.clone();
        let told: Vec<&str> = updates.iter().map(|u| u["status"].as_str()).collect();
        assert_eq!(told, ["FIXED", "CLOSED"], "they hear what others did, and not their own words");
        assert_eq!(water(&town).await["lane"]["waiting"], 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_word_of_theirs_goes_to_a_person_and_is_never_dropped() {
    each_linked_town(async |town: CaseTown| {
        let theirs = OtherOpen311::open().await;
        set_water(&town, by_open311(&theirs.url, "updates")).await;
        let reporter = town.reports_burst_pipe().await;
        settle(&town).await;
        theirs.says(0, "awaiting_parts", Some("等配件。"));
        minutes_pass(&town, 3).await;
        let path = partner_path(&town, "water_supply", "/questions");
        let asked = town.staff("dispatcher").get(&path).await.ok();
        let [question] = asked["items"].as_array().expect("questions").as_slice() else {
            panic!("one: {asked}")
        };
        assert_eq!((&question["state"], &question["note"]), (&json!("awaiting_parts"), &json!("等配件。")));
        assert_eq!(question["why"], "unknown_state");
        assert_eq!(town.sees("dispatcher", &reporter.id).await["state"], "assigned");
        assert_eq!(water(&town).await["questions"], 1);
        let settle_path =
            format!("/api/linkage/questions/{}/settle", question["id"].as_str().expect("an id"));
        assert_eq!(town.staff("dispatcher").post(&settle_path, json!({})).await.status, 204);
        assert_eq!(town.staff("dispatcher").post(&settle_path, json!({})).await.status, 404);
        assert_eq!(water(&town).await["questions"], 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_down_for_three_days_hears_everything_in_order_afterwards() {
    each_linked_town(async |town: CaseTown| {
        let theirs = OtherOpen311::open().await;
        set_water(&town, by_open311(&theirs.url, "updates")).await;
        theirs.be(Mood::Down);
        let reporter = town.reports_burst_pipe().await;
        settle(&town).await;
        reporter.act("supplement", json!({ "note": "水已经流到路上。" })).await.ok();
        for _ in 0..3 {
            town.passes_days(1).await;
            settle(&town).await;
        }
        reporter.act("supplement", json!({ "note": "水更大了。" })).await.ok();
        settle(&town).await;
        let lane = water(&town).await["lane"].clone();
        assert!(lane["waiting"].as_i64().expect("a count") >= 3, "{lane}");
        assert!(told(&lane).contains("503"), "{lane}");
        let tried =
            town.staff("dispatcher").post(&partner_path(&town, "water_supply", "/lane/try"), json!({})).await;
        assert_eq!(tried.status, 204);
        theirs.be(Mood::Well);
        minutes_pass(&town, 20).await;
        let [request] = theirs.requests().try_into().expect("one request");
        let notes: Vec<&str> =
            request.updates.iter().map(|u| u["description"].as_str()).filter(|n| !n.is_empty()).collect();
        assert_eq!(notes, ["水已经流到路上。", "水更大了。"]);
        assert_eq!(water(&town).await["lane"]["waiting"], 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn strange_answers_make_no_second_request_and_lose_none() {
    each_linked_town(async |town: CaseTown| {
        let theirs = OtherOpen311::open().await;
        set_water(&town, by_open311(&theirs.url, "georeport")).await;
        theirs.be(Mood::Forgetful);
        town.reports_burst_pipe().await;
        settle(&town).await;
        for mood in [Mood::Page, Mood::Empty, Mood::Forgetful, Mood::Tokens] {
            theirs.be(mood);
            minutes_pass(&town, 2).await;
        }
        assert_eq!(theirs.requests().len(), 1, "the delivery's id makes it one");
        // It gives a token still; the circuit tries it every ten minutes at the least.
        minutes_pass(&town, 15).await;
        theirs.be(Mood::Well);
        theirs.says(0, "closed", Some("已修。"));
        minutes_pass(&town, 15).await;
        town.passes_hours(0).await;
        let number = theirs.requests()[0].number();
        let found = town.staff("dispatcher").get(&format!("/api/cases/{number}")).await.ok();
        assert_eq!(found["state"], "verifying", "the token became a number, and the state came: {found}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_that_goes_to_somebody_else_is_withdrawn_from_them() {
    each_linked_town(async |town: CaseTown| {
        let theirs = OtherOpen311::open().await;
        set_water(&town, by_open311(&theirs.url, "updates")).await;
        let id = town.reports_burst_pipe().await.id;
        settle(&town).await;
        let to = json!({ "to": "unit:city_management", "note": "路面的事。" });
        town.act("dispatcher", &id, "redispatch", to).await.ok();
        settle(&town).await;
        let [request] = theirs.requests().try_into().expect("one request");
        assert_eq!(request.updates.last().expect("an update")["status"], "CLOSED");
        theirs.says(0, "fixed", Some("我们也修了。"));
        minutes_pass(&town, 3).await;
        let case = town.sees("dispatcher", &id).await;
        assert_eq!(
            (&case["state"], notes_of(&case)),
            (&json!("assigned"), vec!["路面的事。"]),
            "it is theirs no more"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_request_waits_for_a_person_who_sends_it_again() {
    each_linked_town(async |town: CaseTown| {
        let theirs = OtherOpen311::open().await;
        set_water(&town, by_open311(&theirs.url, "georeport")).await;
        // Without a place their server takes nothing; ours gives an address it could not place.
        let report = json!({ "words": "水管爆了，不知道具体位置", "type": BURST_PIPE, "place": { "address": "某处路边" } });
        let reporter = town.reports(report).await;
        town.act("dispatcher", &reporter.id, "dispatch", json!({ "to": "unit:water_supply" })).await;
        settle(&town).await;
        let wrong = json!({ "rung": "open311", "address": format!("{}/nowhere", theirs.url), "states": "georeport", "version": 1 });
        set_water(&town, wrong).await;
        let id = town.reports_burst_pipe().await.id;
        settle(&town).await;
        let lane = water(&town).await["lane"].clone();
        assert!(told(&lane).contains("404"), "{lane}");
        let right = json!({ "rung": "open311", "address": theirs.url, "states": "georeport", "version": 2 });
        set_water(&town, right).await;
        minutes_pass(&town, 15).await;
        assert!(theirs.requests().iter().any(|r| r.fields["description"].contains(BURST)));
        assert_eq!(town.sees("dispatcher", &id).await["state"], "handling", "open means that they have it");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_reopened_reaches_a_server_that_takes_no_updates_as_a_new_request() {
    each_linked_town(async |town: CaseTown| {
        let theirs = OtherOpen311::open().await;
        set_water(&town, by_open311(&theirs.url, "georeport")).await;
        let reporter = town.reports_burst_pipe().await;
        settle(&town).await;
        theirs.says(0, "closed", Some("已修。"));
        minutes_pass(&town, 2).await;
        town.act("desk", &reporter.id, "verify", json!({ "note": "已看过。" })).await.ok();
        reporter.act("reopen", json!({ "note": "隔壁单元门口又冒水了。" })).await.ok();
        minutes_pass(&town, 3).await;
        let requests = theirs.requests();
        assert_eq!(requests.len(), 2);
        assert!(requests[1].fields["description"].contains("隔壁单元门口又冒水了"));
        assert_eq!(
            town.sees("dispatcher", &reporter.id).await["state"],
            "handling",
            "the old word does not close it again"
        );
        theirs.says(1, "closed", Some("接头重做。"));
        minutes_pass(&town, 2).await;
        let case = town.sees("dispatcher", &reporter.id).await;
        assert_eq!((&case["state"], notes_of(&case).last()), (&json!("verifying"), Some(&"接头重做。")));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_that_came_through_three_systems_stays_and_asks_a_person_once() {
    each_linked_town(async |town: CaseTown| {
        let theirs = OtherOpen311::open().await;
        set_water(&town, by_open311(&theirs.url, "updates")).await;
        let words = "水管爆了\n（260302-1058-2157）\n（260302-7911-4631）\n（260302-7911-4632）";
        let report =
            serde_json::json!({ "words": words, "type": BURST_PIPE, "place": crate::town::point(0) });
        let reporter = town.reports(report).await;
        settle(&town).await;
        town.act("water", &reporter.id, "take", json!({})).await.ok();
        let to = json!({ "to": "unit:city_management", "note": "路面的事。" });
        town.act("dispatcher", &reporter.id, "redispatch", to).await.ok();
        minutes_pass(&town, 2).await;
        assert!(theirs.requests().is_empty());
        let asked =
            town.staff("dispatcher").get(&partner_path(&town, "water_supply", "/questions")).await.ok();
        let why: Vec<&str> =
            asked["items"].as_array().expect("questions").iter().filter_map(|q| q["why"].as_str()).collect();
        assert_eq!(why, ["goes_round"]);
        let lane = water(&town).await["lane"].clone();
        assert_eq!((&lane["waiting"], &lane["dead"]), (&json!(0), &json!(0)), "{lane}");
    })
    .await;
}
