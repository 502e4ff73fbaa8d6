//! Working together: helping steps with clocks of their own, and calls to the spot, reviewed by both sides.

use crate::town::*;
use cases::CaseId;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use serde_json::{Value, json};

const CITY: &str = "unit:city_management";

/// A burst pipe that the water company has in hand.
async fn in_hand(town: &CaseTown) -> Follower {
    let reporter = town.reports_burst_pipe().await;
    town.act("water", &reporter.id, "take", json!({})).await.ok();
    reporter
}

async fn asks(town: &CaseTown, id: &CaseId, words: &str) -> testkit::Answer {
    let body = json!({ "to": CITY, "words": words, "within": { "amount": 2, "unit": "working_hour" } });
    town.staff("water").post(&format!("/api/cases/{id}/helpers"), body).await
}

async fn step(town: &CaseTown, who: &str, help: &Value, verb: &str, body: Value) -> testkit::Answer {
    let id = help["id"].as_str().expect("an id");
    town.staff(who).post(&format!("/api/cases/helps/{id}/{verb}"), body).await
}

async fn together(town: &CaseTown, who: &str, id: &CaseId) -> Value {
    town.staff(who).get(&format!("/api/cases/{id}/together")).await.ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_helper_has_a_step_of_its_own_and_the_owner_stays() {
    each_case_town(async |town: CaseTown| {
        let id = in_hand(&town).await.id;
        let help = asks(&town, &id, "请现场围挡、疏导").await.ok();
        assert_eq!((&help["state"], &help["post"]["name"]), (&json!("asked"), &json!("city岗")));
        asks(&town, &id, "再请一次").await.refused("cases.help_asked_before");
        let case = town.sees("desk", &id).await;
        assert_eq!(case["owner"]["name"], "water岗", "one case, one owner");
        let desk = town.staff("city").get("/api/cases/joint").await.ok();
        assert_eq!(desk["helps"][0]["can"], json!(["accept", "decline", "finish"]), "{desk:#}");

        step(&town, "police", &help, "answer", json!({ "accept": true })).await.refused("not_found");
        step(&town, "water", &help, "answer", json!({ "accept": true })).await.refused("forbidden");
        step(&town, "city", &help, "answer", json!({ "accept": true })).await.ok();
        step(&town, "city", &help, "answer", json!({ "accept": true })).await.refused("cases.help_not_now");
        let refused =
            town.act("water", &id, "finish", json!({ "note": "修好了" })).await.refused("cases.help_open");
        assert!(refused["title"].as_str().is_some_and(|title| title.contains("city岗")), "{refused:#}");

        town.passes_hours(3).await;
        let late = town.staff("dispatcher").get("/api/cases/joint").await.ok();
        assert_eq!((&late["late"][0]["id"], &late["late"][0]["late"]), (&help["id"], &json!(true)));
        assert!(town.facts().await.iter().any(|fact| fact.name == "cases.help_late"));
        step(&town, "city", &help, "finish", json!({ "words": "已围挡，安排两人疏导" })).await.ok();
        let case = town.sees("desk", &id).await;
        let told: Vec<String> =
            actions_of(&case).into_iter().filter(|a| a.starts_with("help") || a == "add_helper").collect();
        assert_eq!(told, ["add_helper", "help_accepted", "help_done"]);
        assert_eq!(together(&town, "water", &id).await["helps"][0]["late"], true, "late stays late");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_cannot_help_says_why_and_the_host_may_go_on_without() {
    each_case_town(async |town: CaseTown| {
        let id = in_hand(&town).await.id;
        let first = asks(&town, &id, "请清障").await.ok();
        step(&town, "city", &first, "answer", json!({ "accept": false, "reason": " " }))
            .await
            .refused("cases.words_missing");
        let no = json!({ "accept": false, "reason": "车辆在外抢险" });
        assert_eq!(step(&town, "city", &first, "answer", no).await.ok()["state"], "declined");
        let helpers = town.sees("desk", &id).await["cohosts"].clone();
        assert!(
            helpers.as_array().is_some_and(|all| all.iter().all(|post| post["name"] != "city岗")),
            "{helpers:#}"
        );
        let second = asks(&town, &id, "车回来后请清障").await.ok();
        let photo = send_photo(&town.staff("water"), "修好.png", png()).await.ok()["photos"].clone();
        let done = json!({ "note": "修好了", "photos": photo, "despite": "路面已自行清理" });
        town.act("water", &id, "finish", done).await.ok();
        let helps = together(&town, "desk", &id).await["helps"].clone();
        assert_eq!((&helps[1]["id"], &helps[1]["state"]), (&second["id"], &json!("released")));
        assert_eq!(helps[1]["outcome"], "路面已自行清理");
        step(&town, "city", &second, "finish", json!({ "words": "清了" }))
            .await
            .refused("cases.help_not_now");
    })
    .await;
}

async fn whistles(town: &CaseTown, who: &str, id: &CaseId) -> testkit::Answer {
    let body = json!({ "kind": "at_once", "place": "田心路口", "matter": "水漫到路中间，要断水、封路", "whom": [CITY, "unit:police"] });
    town.staff(who).post(&format!("/api/cases/{id}/calls"), body).await
}

async fn on_call(town: &CaseTown, who: &str, call: &Value, verb: &str, body: Value) -> testkit::Answer {
    let id = call["id"].as_str().expect("an id");
    town.staff(who).post(&format!("/api/cases/calls/{id}/{verb}"), body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_street_calls_units_to_the_spot_and_what_is_decided_is_theirs_to_do() {
    each_case_town(async |town: CaseTown| {
        let id = in_hand(&town).await.id;
        whistles(&town, "city", &id).await.refused("not_found");
        whistles(&town, "water", &id).await.refused("forbidden");
        let call = whistles(&town, "desk", &id).await.ok();
        assert_eq!(call["units"].as_array().map(Vec::len), Some(2));
        let mine = town.staff("police").get("/api/cases/joint").await.ok();
        assert_eq!((&mine["calls"][0]["id"], &mine["calls"][0]["can"]), (&call["id"], &json!(["answer"])));
        assert_eq!(town.sees("police", &id).await["id"], json!(id), "who is called sees the case");

        on_call(&town, "police", &call, "answer", json!({ "coming": false, "reason": "在处置另一起警情" })).await.ok();
        on_call(&town, "city", &call, "answer", json!({ "coming": true })).await.ok();
        on_call(&town, "desk", &call, "cancel", json!({})).await.refused("cases.call_answered");
        let tasks = json!([{ "post": town.post("city"), "words": "封闭非机动车道", "within": { "amount": 1, "unit": "working_day" } }]);
        let decision = json!({ "words": "供水断水抢修，城管封道", "tasks": tasks });
        on_call(&town, "desk", &call, "decision", decision.clone()).await.refused("cases.call_not_now");
        let there = json!({ "post": town.post("city"), "office": "城管中队" });
        on_call(&town, "city", &call, "arrivals", there.clone()).await.refused("forbidden");
        on_call(&town, "desk", &call, "arrivals", there).await.ok();
        on_call(&town, "city", &call, "confirmation", Value::Null).await.ok();
        let decided = on_call(&town, "desk", &call, "decision", decision).await.ok();
        let of = |name: &str| {
            let all = decided["units"].as_array().expect("units");
            all.iter().find(|unit| unit["post"]["name"] == name).expect("a unit")["outcome"].clone()
        };
        assert_eq!((of("city岗"), of("police岗")), (json!("on_time"), json!("cannot")));
        let helps = together(&town, "city", &id).await["helps"].clone();
        assert_eq!((&helps[0]["words"], &helps[0]["call"]), (&json!("封闭非机动车道"), &call["id"]));
        town.staff("police").get(&format!("/api/cases/{id}")).await.refused("not_found");

        on_call(&town, "desk", &call, "reviews", json!({ "post": town.post("city"), "good": true, "words": "来得快，封道及时" })).await.ok();
        on_call(&town, "city", &call, "reviews", json!({ "good": true, "words": "确需到场" })).await.ok();
        on_call(&town, "city", &call, "reviews", json!({ "good": false, "words": "改主意" })).await.refused("cases.call_not_now");
        let figures = town.staff("dispatcher").get("/api/cases/calls/figures").await.ok();
        let city = figures.as_array().expect("figures").iter().find(|one| one["post"]["name"] == "city岗").expect("city");
        assert_eq!((&city["called"], &city["on_time"], &city["useful"]), (&json!(1), &json!(1), &json!(1)));
        let behind = format!("/api/cases/calls?post={}&outcome=on_time", town.post("city"));
        assert_eq!(town.staff("dispatcher").get(&behind).await.ok()[0]["id"], call["id"]);
        let behind = format!("/api/cases/calls?post={}&outcome=absent", town.post("city"));
        assert_eq!(town.staff("dispatcher").get(&behind).await.ok(), json!([]));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_nobody_answered_is_called_off_without_a_word_and_who_stays_away_is_seen() {
    each_case_town(async |town: CaseTown| {
        let id = in_hand(&town).await.id;
        let slip = whistles(&town, "desk", &id).await.ok();
        assert_eq!(on_call(&town, "desk", &slip, "cancel", json!({})).await.ok()["state"], "cancelled");
        on_call(&town, "city", &slip, "answer", json!({ "coming": true }))
            .await
            .refused("cases.call_not_now");
        let call = whistles(&town, "desk", &id).await.ok();
        town.passes_hours(1).await;
        on_call(&town, "desk", &call, "arrivals", json!({ "post": town.post("city"), "office": "城管中队" }))
            .await
            .ok();
        on_call(&town, "desk", &call, "decision", json!({ "words": "先断水", "tasks": [] })).await.ok();
        let figures = town.staff("dispatcher").get("/api/cases/calls/figures").await.ok();
        let told: Vec<(&str, u64, u64, u64)> = figures
            .as_array()
            .expect("figures")
            .iter()
            .map(|one| {
                let count = |key: &str| one[key].as_u64().unwrap_or_default();
                (
                    one["post"]["name"].as_str().unwrap_or_default(),
                    count("called"),
                    count("late"),
                    count("absent"),
                )
            })
            .collect();
        assert_eq!(told, [("city岗", 1, 1, 0), ("police岗", 1, 0, 1)]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ruling_on_jurisdiction_is_final_and_says_by_which_item() {
    each_case_town(async |town: CaseTown| {
        let id = town.reports_burst_pipe().await.id;
        let ground = json!({ "reason": "other_unit", "note": "是小区内部管道，应由物业负责" });
        town.act("water", &id, "object", ground.clone()).await.ok();
        let ruling = json!({ "to": "unit:water_supply", "note": "市政管道", "item": "responsibilities/3.1" });
        town.act("dispatcher", &id, "rule", ruling).await.ok();
        let case = town.sees("water", &id).await;
        let ruled = case["timeline"]
            .as_array()
            .expect("a timeline")
            .iter()
            .find(|entry| entry["action"] == "rule")
            .expect("a ruling");
        let note = ruled["note"].as_str().expect("words");
        assert!(
            note.contains("市政管道") && note.contains("/lists/responsibilities/default-1#item-3.1"),
            "{note}"
        );
        let refused = town.act("water", &id, "object", ground).await;
        assert_eq!(refused.status, 409, "{}", refused.text);
        assert!(
            refused.text.contains("default-1#item-3.1"),
            "the refusal cites the ruling: {}",
            refused.text
        );
        town.act("water", &id, "return", json!({ "reason": "not_in_list", "note": "退回" }))
            .await
            .refused("cases.not_after");
    })
    .await;
}

/// What somebody does, in any order.
#[derive(Clone, Debug)]
enum Deed {
    Ask,
    Answer(bool),
    Finish,
    Release,
    SayDone(bool),
    Wait,
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let one = prop_oneof![
        3 => Just(Deed::Ask),
        2 => any::<bool>().prop_map(Deed::Answer),
        1 => Just(Deed::Finish),
        1 => Just(Deed::Release),
        1 => any::<bool>().prop_map(Deed::SayDone),
        1 => Just(Deed::Wait),
    ];
    prop::collection::vec(one, 1..12)
}

/// Whatever the order: at most one open step of a helper, none once the work is said to be done, and one owner throughout.
#[tokio::test(flavor = "multi_thread")]
async fn in_any_order_there_is_one_owner_and_no_step_stays_open_behind_a_finished_case() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let orders: Vec<Vec<Deed>> =
        (0..12).map(|_| deeds().new_tree(&mut runner).expect("an order").current()).collect();
    let orders = &orders;
    each_case_town(async |town: CaseTown| {
        for order in orders {
            let id = in_hand(&town).await.id;
            for deed in order {
                play(&town, &id, deed).await;
                let (case, helps) =
                    (town.sees("dispatcher", &id).await, together(&town, "dispatcher", &id).await);
                let states: Vec<&str> = helps["helps"]
                    .as_array()
                    .expect("helps")
                    .iter()
                    .filter_map(|help| help["state"].as_str())
                    .collect();
                let open = states.iter().filter(|state| matches!(**state, "asked" | "accepted")).count();
                assert!(open <= 1, "{order:?}: {states:?}");
                if case["state"] == "handling" {
                    assert_eq!(case["owner"]["name"], "water岗", "{order:?}");
                } else {
                    assert_eq!(open, 0, "{order:?}: {states:?}");
                }
            }
        }
    })
    .await;
}

async fn play(town: &CaseTown, id: &CaseId, deed: &Deed) {
    let helps = together(town, "dispatcher", id).await["helps"].clone();
    let last = helps.as_array().and_then(|all| all.last().cloned());
    match (deed, last) {
        (Deed::Ask, _) => drop(asks(town, id, "请协助").await),
        (Deed::Answer(accept), Some(help)) => {
            drop(step(town, "city", &help, "answer", json!({ "accept": accept, "reason": "车在外" })).await);
        }
        (Deed::Finish, Some(help)) => {
            drop(step(town, "city", &help, "finish", json!({ "words": "办了" })).await)
        }
        (Deed::Release, Some(help)) => {
            drop(step(town, "water", &help, "release", json!({ "reason": "不用了" })).await)
        }
        (Deed::SayDone(despite), _) => {
            let photo = send_photo(&town.staff("water"), "好.png", png()).await.ok()["photos"].clone();
            let why = despite.then_some("不等");
            drop(
                town.act("water", id, "finish", json!({ "note": "修好了", "photos": photo, "despite": why }))
                    .await,
            );
        }
        (Deed::Wait, _) => town.passes_hours(1).await,
        (_, None) => {}
    }
}
