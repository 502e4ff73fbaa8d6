//! What is filled in comes once, in its grid, whole; a version that was withdrawn meanwhile loses nothing.

use crate::town::{
    GRID_1, GRID_2, IN_GRID_2, STREET, caller, device_id, each_town, filled, published, sent, text, upload,
    workbook,
};
use serde_json::{Value, json};

fn submissions(form: &str) -> String {
    format!("/api/fieldwork/forms/{form}/submissions")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_twice_is_one_submission() {
    each_town(async |town| {
        let (clerk, worker) = (caller(&town, "clerk"), caller(&town, "worker1"));
        let form = published(&clerk).await;
        let first = worker.post(&submissions(&form), sent(1, filled())).await.ok();
        assert_eq!(
            (&first["area_path"], &first["again"]),
            (&json!(GRID_1), &json!(false)),
            "the worker's only grid"
        );
        assert_eq!(
            (&first["filled_at"], &first["received_at"]),
            (&json!("2026-03-01T01:30:00Z"), &json!("2026-03-02T02:00:00Z"))
        );
        let again = worker.post(&submissions(&form), sent(1, filled())).await.ok();
        assert_eq!((&again["id"], &again["again"]), (&first["id"], &json!(true)));
        let mut other = filled();
        other["hoses"] = json!(3);
        worker.post(&submissions(&form), sent(1, other)).await.refused("fieldwork.id_taken");
        let elsewhere = caller(&town, "worker2").post(&submissions(&form), sent(1, filled())).await;
        elsewhere.refused("fieldwork.id_taken");
        let listed = clerk.get(&submissions(&form)).await.ok();
        assert_eq!(listed["items"].as_array().map(Vec::len), Some(1));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_that_do_not_hold_are_named() {
    each_town(async |town| {
        let worker = caller(&town, "worker1");
        let form = published(&caller(&town, "clerk")).await;
        let wrong =
            json!({ "has_gas": "perhaps", "hose": [{ "made_on": "2019-05-06" }, { "made_on": "gestern" }] });
        let problem = worker.post(&submissions(&form), sent(1, wrong)).await.refused("fieldwork.bad_answers");
        let faults: Vec<(String, String)> = problem["extra"]["faults"]
            .as_array()
            .expect("faults")
            .iter()
            .map(|fault| (text(&fault["address"]), text(&fault["code"])))
            .collect();
        let expected = [("/has_gas", "answer.no_such_choice"), ("/hose[2]/made_on", "answer.wrong_type")];
        assert_eq!(faults, expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
        let many = json!({ "has_gas": "yes", "hoses": 20 });
        worker.post(&submissions(&form), sent(2, many)).await.refused("fieldwork.bad_answers");
        worker.post(&submissions(&form), sent(3, json!([]))).await.refused("fieldwork.no_answers");
        // Not asked where there is no gas: neither needed nor kept.
        let none = json!({ "has_gas": "no", "notes": { "remark": "没有" }, "shoe": "43" });
        worker.post(&submissions(&form), sent(4, none)).await.ok();
        let look = format!("/api/fieldwork/submissions/{}?purpose=visit", device_id(4));
        let seen = worker.get(&look).await.ok();
        assert_eq!(seen["answers"], json!({ "has_gas": "no" }));
        assert_eq!(seen["strays"][0]["text"], "43", "kept beside the answers");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawn_version_is_kept_and_flagged() {
    each_town(async |town| {
        let (clerk, worker) = (caller(&town, "clerk"), caller(&town, "worker1"));
        let form = published(&clerk).await;
        let withdraw = format!("/api/fieldwork/forms/{form}/versions/1/withdraw");
        worker.post(&submissions(&form), sent(1, filled())).await.ok();
        clerk.post(&withdraw, json!({})).await.ok();
        let late = worker.post(&submissions(&form), sent(2, filled())).await.ok();
        assert_eq!(late["withdrawn"], true);
        let again = worker.post(&submissions(&form), sent(1, filled())).await.ok();
        assert_eq!((&again["withdrawn"], &again["again"]), (&json!(false), &json!(true)), "it came before");
        let survey: &[&str] = &["type | name | label", "text | valve | 阀门位置"];
        let draft = upload(&clerk, "valves.xlsx", workbook(&[("survey", survey)]), None).await.ok();
        let early = worker.post(&submissions(&text(&draft["form"])), sent(3, json!({ "valve": "左" }))).await;
        early.refused("fieldwork.is_draft");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_submission_belongs_to_the_grid_where_it_was_filled() {
    each_town(async |town| {
        let (clerk, worker) = (caller(&town, "clerk"), caller(&town, "worker1"));
        let form = published(&clerk).await;
        let at = |number: u16, (lon, lat): (f64, f64)| {
            let mut body = sent(number, filled());
            body["place"] = json!({ "lon": lon, "lat": lat });
            body
        };
        clerk.post(&submissions(&form), sent(1, filled())).await.ok();
        let there = clerk.post(&submissions(&form), at(2, IN_GRID_2)).await.ok();
        assert_eq!(there["area_path"], GRID_2);
        worker.post(&submissions(&form), at(3, IN_GRID_2)).await.refused("not_found");
        worker.post(&submissions(&form), at(4, (114.0, 27.0))).await.refused("fieldwork.outside");
        worker.post(&submissions(&form), at(5, (27.88, 113.13))).await.refused("fieldwork.bad_place");
        // Nobody of one grid sees another's, and a cursor does not lead there.
        let own = caller(&town, "worker2").get(&submissions(&form)).await.ok();
        assert_eq!(
            own["items"].as_array().map(|all| all.iter().map(|one| text(&one["id"])).collect::<Vec<_>>()),
            Some(vec![device_id(2)])
        );
        let seen = worker.get(&format!("{}?area={STREET}", submissions(&form))).await;
        seen.refused("forbidden");
        caller(&town, "nobody").get(&submissions(&form)).await.refused("forbidden");
        caller(&town, "nobody").post(&submissions(&form), sent(6, filled())).await.refused("forbidden");
        assert_eq!(town.caller().post(&submissions(&form), sent(6, filled())).await.status, 401);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_goes_on_where_it_ended() {
    each_town(async |town| {
        let (clerk, worker) = (caller(&town, "clerk"), caller(&town, "worker1"));
        let form = published(&clerk).await;
        for number in 1..=60 {
            worker.post(&submissions(&form), sent(number, json!({ "has_gas": "no" }))).await.ok();
        }
        let first = clerk.get(&submissions(&form)).await.ok();
        let next = text(&first["next"]);
        let second = clerk.get(&format!("{}?after={next}", submissions(&form))).await.ok();
        assert_eq!(second["next"], Value::Null);
        let ids = |page: &Value| {
            page["items"].as_array().expect("items").iter().map(|one| text(&one["id"])).collect::<Vec<_>>()
        };
        let all: Vec<String> = ids(&first).into_iter().chain(ids(&second)).collect();
        assert_eq!(all, (1..=60).map(device_id).collect::<Vec<_>>());
    })
    .await;
}
