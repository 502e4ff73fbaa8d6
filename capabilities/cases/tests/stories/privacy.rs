//! Who sees what: scopes, what neighbours are shown, contacts opened for a purpose, live screens.

use crate::town::*;
use serde_json::{Value, json};
use std::time::Duration;
use testkit::Caller;

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_of_another_grid_and_another_unit_see_nothing() {
    each_case_town(async |town: CaseTown| {
        let reporter = town.reports_burst_pipe().await;
        let path = format!("/api/cases/{}", reporter.id);
        for stranger in ["worker2", "worker3", "city"] {
            town.staff(stranger).get(&path).await.refused("not_found");
            town.act(stranger, &reporter.id, "take", json!({})).await.refused("not_found");
        }
        for concerned in ["worker1", "leader", "desk", "dispatcher", "water"] {
            town.staff(concerned).get(&path).await.ok();
        }
        town.act("leader", &reporter.id, "take", json!({})).await.refused("cases.not_yours");
        town.town.caller().get(&path).await.refused("not_found");
        town.town.caller().get("/api/cases").await.refused("sign_in");
        town.staff("worker2").get("/api/cases?queue=area&area=430204").await.refused("forbidden");
        let post = town.post("water");
        town.staff("worker2").get(&format!("/api/cases?post={post}")).await.refused("forbidden");
        assert_eq!(
            town.staff("dispatcher").get(&format!("/api/cases?post={post}")).await.ok()["items"]
                .as_array()
                .map(Vec::len),
            Some(1)
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hidden_reports_and_disputes_are_never_offered_to_neighbours() {
    each_case_town(async |town: CaseTown| {
        let report = json!({ "words": BURST, "type": BURST_PIPE, "place": point(0), "hidden": true });
        let hidden = town.reports(report).await;
        let quarrel = json!({
            "words": "和邻居吵架", "type": "P02001", "place": point(0), "reporter": { "phone": "13873312345" },
        });
        let quarrel = town.reports(quarrel).await;
        let neighbour = town.town.caller();
        let (lon, lat) = IN_GRID[0];
        for kind in [BURST_PIPE, "P02001"] {
            let near = neighbour.get(&format!("/api/cases/nearby?lon={lon}&lat={lat}&type={kind}")).await.ok();
            assert_eq!(near, json!([]), "{kind}");
        }
        for case in [&hidden, &quarrel] {
            let path = format!("/api/cases/{}/followers", case.number);
            neighbour.post(&path, json!({})).await.refused("not_found");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_reporters_phone_is_opened_for_a_purpose_and_the_look_stays_on_record() {
    each_case_town(async |town: CaseTown| {
        let report = json!({
            "words": BURST, "type": BURST_PIPE, "place": point(0),
            "reporter": { "name": "李奶奶", "phone": "138 7331 2345" },
        });
        let reporter = town.reports(report).await;
        let path = format!("/api/cases/{}/reporter", reporter.id);
        assert_eq!(town.sees("desk", &reporter.id).await["reporter_phone"], "138****2345");
        let curious = json!({ "purpose": "curiosity" });
        town.staff("desk").post(&path, curious).await.refused("cases.no_purpose");
        let call = json!({ "purpose": "call_back" });
        town.staff("worker2").post(&path, call.clone()).await.refused("not_found");
        town.town.caller().post(&path, call.clone()).await.refused("sign_in");
        let opened = town.staff("desk").post(&path, call).await.ok();
        assert_eq!((&opened[0]["name"], &opened[0]["phone"]), (&json!("李奶奶"), &json!("13873312345")));
        let looks: Vec<_> =
            town.facts().await.into_iter().filter(|f| f.name == "cases.reporter_opened").collect();
        assert_eq!(looks.len(), 1);
        assert_eq!(looks[0].data.0["purpose"], "call_back");
        assert!(!looks[0].data.0.to_string().contains("1387"), "the record names nobody");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_is_found_by_words_number_and_phone_within_scope() {
    each_case_town(async |town: CaseTown| {
        let report = json!({
            "words": "三栋楼下化粪池满溢𠮷", "type": BURST_PIPE, "place": point(0), "reporter": { "phone": "13873312345" },
        });
        let reporter = town.reports(report).await;
        town.reports_burst_pipe().await;
        let find = async |who: &str, q: &str| {
            let found = town.staff(who).get(&format!("/api/cases/search?q={}", encode(q))).await.ok();
            found.as_array().expect("lines").iter().map(|l| l["number"].clone()).collect::<Vec<Value>>()
        };
        let number = vec![json!(reporter.number)];
        let short = reporter.number.replace('-', "");
        for words in ["化粪池", "满溢𠮷", "田心第1网格 化粪池", &reporter.number, &short, "13873312345"] {
            assert_eq!(find("desk", words).await, number, "{words}");
        }
        assert_eq!(find("desk", "水管爆了").await.len(), 1);
        assert_eq!(find("worker2", "化粪池").await, Vec::<Value>::new(), "another grid");
        assert_eq!(find("worker2", "13873312345").await, Vec::<Value>::new());
        assert_eq!(find("desk", "' OR 1=1 --").await, Vec::<Value>::new());
        assert_eq!(find("desk", "\" ) AND (").await, Vec::<Value>::new());
    })
    .await;
}

/// Every byte as an address may carry it.
fn encode(text: &str) -> String {
    text.bytes().map(|b| format!("%{b:02x}")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn live_screens_receive_what_lies_within_their_scope() {
    each_case_town(async |town: CaseTown| {
        town.town.caller().get("/api/cases/live").await.refused("sign_in");
        let mut near = listen(&town.staff("worker1")).await;
        let mut far = listen(&town.staff("worker3")).await;
        let reporter = town.reports_burst_pipe().await;
        town.town.settles().await;
        let heard = hears(&mut near).await.expect("the worker of the grid hears of it");
        assert!(heard.contains("cases.case_reported") && heard.contains(&reporter.number), "{heard}");
        let elsewhere = json!({ "words": BURST, "type": BURST_PIPE, "place": point(2) });
        let other = town.reports(elsewhere).await;
        town.town.settles().await;
        let heard = hears(&mut far).await.expect("the other worker hears of the other");
        assert!(heard.contains(&other.number) && !heard.contains(&reporter.number), "{heard}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_screen_that_comes_back_hears_what_it_missed() {
    each_case_town(async |town: CaseTown| {
        let worker = town.staff("worker1");
        let mut screen = listen(&worker).await;
        let before = town.reports_burst_pipe().await;
        town.town.settles().await;
        let heard = hears(&mut screen).await.expect("it hears the first");
        assert!(heard.contains(&before.number));
        let id = heard.lines().find_map(|line| line.strip_prefix("id: ")).expect("an id").to_owned();
        drop(screen);
        let missed = town.reports_burst_pipe().await;
        town.town.settles().await;
        let mut screen = listen_from(&worker, Some(&id)).await;
        let mut heard = String::new();
        while !heard.contains(&missed.number) {
            heard.push_str(&hears(&mut screen).await.expect("it hears what it missed"));
        }
        assert!(!heard.contains(&id), "what it had is not told again: {heard}");
    })
    .await;
}

async fn listen(caller: &Caller) -> reqwest::Response {
    listen_from(caller, None).await
}

async fn listen_from(caller: &Caller, last: Option<&str>) -> reqwest::Response {
    let token = caller.token.clone().expect("a session");
    let mut request = caller.client.get(format!("{}/api/cases/live", caller.url)).bearer_auth(token);
    if let Some(last) = last {
        request = request.header("last-event-id", last);
    }
    request.send().await.expect("a stream")
}

/// What a line says when it opens, and when nothing happens for a while.
const BEAT: &str = "event: beat\ndata: {}\n\n";

/// The next event of a stream that tells something.
async fn hears(stream: &mut reqwest::Response) -> Option<String> {
    let mut text = String::new();
    while !text.trim_start_matches(BEAT).contains("\n\n") {
        let next = tokio::time::timeout(Duration::from_secs(10), stream.chunk()).await;
        let bytes = next.ok()?.ok()??;
        text.push_str(&String::from_utf8_lossy(&bytes));
    }
    Some(text)
}

#[tokio::test(flavor = "multi_thread")]
async fn many_cases_are_moved_in_one_request_and_each_stands_for_itself() {
    each_case_town(async |town: CaseTown| {
        let (one, two) = (town.reports_burst_pipe().await.id, town.reports_burst_pipe().await.id);
        let cases = json!([{ "id": one, "version": 1 }, { "id": two, "version": 7 }]);
        let body = json!({ "cases": cases, "act": { "action": "take" } });
        let done = town.staff("water").post("/api/cases/actions", body).await.ok();
        assert_eq!(done["done"], json!([one]));
        assert_eq!(
            (&done["refused"][0]["id"], &done["refused"][0]["problem"]["code"]),
            (&json!(two), &json!("cases.stale"))
        );
        assert_eq!(town.sees("desk", &two).await["state"], "assigned");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn photos_are_shown_to_those_who_may_see_the_case_and_to_nobody_else() {
    each_case_town(async |town: CaseTown| {
        let token = send_photo(&town.town.caller(), "pipe.png", png()).await.ok()["photos"].clone();
        let report = json!({ "words": BURST, "type": BURST_PIPE, "place": point(0), "photos": token });
        let reporter = town.reports(report).await;
        let seen = town.sees("water", &reporter.id).await;
        let href = seen["timeline"][0]["photos"][0]["href"].as_str().expect("a photo").to_owned();
        let photo = town.staff("water").client.get(format!("{}{href}", town.town.url));
        let token = town.staff("water").token.clone().expect("a session");
        let answer = photo.bearer_auth(token).send().await.expect("an answer");
        assert_eq!(
            (answer.status().as_u16(), answer.headers()["content-type"].to_str().unwrap()),
            (200, "image/jpeg")
        );
        assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
        assert_eq!(town.town.caller().get(&href).await.status, 404);
        assert_eq!(town.staff("worker3").get(&href).await.status, 404);
        let other = town.reports_burst_pipe().await;
        let crossed = href.replace(&reporter.number, &other.number);
        assert_eq!(town.staff("water").get(&crossed).await.status, 404, "not of this case");
    })
    .await;
}
