//! Visits by rule: the night plans them, two taps end one where nothing is wrong, and who is visited is told why and has the last word.

use crate::people::{ended, fact, home, old_and_alone, resident};
use crate::town::{GRID_1, STREET, caller, each_town, seat, text};
use platform::DAY;
use registry::RecordId;
use serde_json::{Value, json};
use store::{Conn, FactRow};
use territory::HoldingRole::Main;
use testkit::{Caller, DISTRICT, Town};
use uuid::Uuid;

/// Lets the night plan: the clock is set as a server sets it that starts, and a day goes by.
async fn night(town: &Town) {
    (fieldwork::CAPABILITY.prepare)(town.db()).await.expect("the clock is set");
    town.passes(DAY).await;
}

async fn today(by: &Caller) -> Vec<Value> {
    let day = by.get("/api/fieldwork/today").await.ok();
    day["lines"].as_array().expect("lines").clone()
}

async fn finish(by: &Caller, task: &Value, body: Value) -> Value {
    by.post(&format!("/api/fieldwork/tasks/{}/finish", text(&task["id"])), body).await.ok()
}

fn said(outcome: &str, at: &str) -> Value {
    json!({ "outcome": outcome, "at": at })
}

async fn facts_of(town: &Town, id: Uuid, name: &str) -> Vec<FactRow> {
    let read = async move |conn: &mut Conn| FactRow::of_subject(conn, DISTRICT, id, 200).await;
    let facts: Vec<FactRow> = town.db().read::<_, platform::Fault, _>(read).await.expect("facts");
    facts.into_iter().filter(|fact| fact.name == name).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_taps_end_a_visit_where_nothing_is_wrong() {
    each_town(async |town| {
        let (dwelling, person) = old_and_alone(&town, "田心路1号", "张桂英").await;
        // To a Wednesday, when what was entered is older than a month.
        town.passes(DAY * 37).await;
        night(&town).await;
        let worker = caller(&town, "worker1");
        let lines = today(&worker).await;
        assert_eq!(lines.len(), 1);
        let line = &lines[0];
        assert_eq!((&line["cause"], &line["label"]), (&json!("rule:lives_alone_80"), &json!("张*英")));
        assert_eq!((&line["address"], &line["actions"][0]), (&json!("田心路1号"), &json!("unchanged")));
        assert_eq!((line["lon"].as_f64(), &line["overdue"]), (Some(113.11), &json!(false)));
        assert!(text(&line["why"]["zh"]).contains("80 岁"), "{line}");
        // The first tap opens the visit: a look at who lives there, on record.
        let open = worker.get(&format!("/api/fieldwork/tasks/{}", text(&line["id"]))).await.ok();
        assert_eq!(open["home"]["members"][0]["person"]["label"], "张桂英");
        assert_eq!(open["rule"]["law"].as_str().map(|law| law.contains("73")), Some(true));
        assert_eq!(facts_of(&town, person.0, registry::facts::OPENED).await.len(), 1);
        let looks = facts_of(&town, dwelling.0, registry::facts::OPENED).await;
        assert_eq!(looks[0].data.0["purpose"], "visit");
        // The second ends it, and confirms what the register knows.
        let version = version_of(&town, person).await;
        let end = finish(&worker, line, said("unchanged", "2026-04-09T09:30:00+08:00")).await;
        assert_eq!((&end["state"], &end["again"]), (&json!("done"), &json!(false)));
        assert_eq!(version_of(&town, person).await, version + 1, "confirmed at the door");
        assert!(today(&worker).await.is_empty());
        // The same again does nothing again.
        let again = finish(&worker, line, said("unchanged", "2026-04-09T09:30:00+08:00")).await;
        assert_eq!((&again["again"], version_of(&town, person).await), (&json!(true), version + 1));
        night(&town).await;
        assert!(today(&worker).await.is_empty(), "one visit a week");
        town.passes(DAY * 7).await;
        assert_eq!(today(&worker).await.len(), 1, "and the next week the next");
    })
    .await;
}

async fn version_of(town: &Town, id: RecordId) -> i64 {
    registry::state_of(&town.edge, DISTRICT, id).await.expect("read").expect("there").0
}

#[tokio::test(flavor = "multi_thread")]
async fn planning_again_changes_nothing_and_a_lost_ground_takes_visits_back() {
    each_town(async |town| {
        let worker = caller(&town, "worker1");
        let (_, person) = old_and_alone(&town, "田心路1号", "张桂英").await;
        let dwelling = home(&town, "田心路2号").await;
        let moving = resident(&town, dwelling, "李大山", "1958-01-02").await;
        let helped = fact(&town, moving, "moves_with_help").await;
        night(&town).await;
        let first = today(&worker).await;
        assert_eq!(first.len(), 2);
        night(&town).await;
        let ids = |lines: &[Value]| {
            let mut ids: Vec<String> = lines.iter().map(|line| text(&line["id"])).collect();
            ids.sort_unstable();
            ids
        };
        assert_eq!(ids(&today(&worker).await), ids(&first), "the same two");
        ended(&town, helped).await;
        ended(&town, person).await;
        night(&town).await;
        assert!(
            today(&worker).await.is_empty(),
            "nobody goes to the dead, nor where help is no longer needed"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visit_nobody_was_in_for_stays_and_a_refusal_rests_until_the_next_period() {
    each_town(async |town| {
        let worker = caller(&town, "worker1");
        old_and_alone(&town, "田心路1号", "张桂英").await;
        night(&town).await;
        let line = today(&worker).await.remove(0);
        let tried = finish(&worker, &line, said("absent", "2026-03-03T09:30:00+08:00")).await;
        assert_eq!((&tried["state"], &tried["tries"]), (&json!("open"), &json!(1)));
        let tried = finish(&worker, &line, said("absent", "2026-03-03T17:00:00+08:00")).await;
        assert_eq!((&tried["tries"], &today(&worker).await[0]["tries"]), (&json!(2), &json!(2)));
        let mut refused = said("refused", "2026-03-03T18:00:00+08:00");
        refused["note"] = json!("不愿意，以后再说");
        let end = finish(&worker, &line, refused).await;
        assert_eq!((&end["state"], &end["outcome"]), (&json!("closed"), &json!("refused")));
        night(&town).await;
        assert!(today(&worker).await.is_empty(), "no pressure within the week");
        town.passes(DAY * 7).await;
        assert_eq!(today(&worker).await.len(), 1);
        let path = format!("/api/fieldwork/tasks/{}/finish", text(&line["id"]));
        let wrong = worker.post(&path, said("fine", "2026-03-03T18:00:00+08:00")).await;
        wrong.refused("fieldwork.wrong_outcome");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_stands_in_does_nothing_twice_and_strangers_nothing() {
    each_town(async |town| {
        let (worker, stand_in) = (caller(&town, "worker1"), caller(&town, "stand_in"));
        old_and_alone(&town, "田心路1号", "张桂英").await;
        night(&town).await;
        let line = today(&worker).await.remove(0);
        let path = format!("/api/fieldwork/tasks/{}", text(&line["id"]));
        for stranger in ["worker2", "nobody"] {
            let stranger = caller(&town, stranger);
            assert!(matches!(stranger.get(&path).await.status, 403 | 404));
            let end = said("unchanged", "2026-03-03T09:00:00+08:00");
            assert!(matches!(stranger.post(&format!("{path}/finish"), end).await.status, 403 | 404));
            assert!(matches!(stranger.get(&format!("{path}/code.svg")).await.status, 403 | 404));
        }
        assert_eq!(town.caller().get("/api/fieldwork/today").await.status, 401);
        finish(&worker, &line, said("unchanged", "2026-03-03T09:30:00+08:00")).await;
        let mut also = said("trouble", "2026-03-03T09:10:00+08:00");
        also["note"] = json!("灯坏了");
        let end = finish(&stand_in, &line, also).await;
        assert_eq!(
            (&end["again"], &end["outcome"], &end["done_by"]),
            (&json!(true), &json!("unchanged"), &json!("worker1")),
            "whoever is first ends it"
        );
        let seen = worker.get(&path).await.ok();
        assert_eq!(
            (&seen["notes"][1]["words"], &seen["notes"][1]["by"]),
            (&json!("灯坏了"), &json!("stand_in"))
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_beyond_the_hours_is_not_planned_and_the_desk_is_told() {
    each_town(async |town| {
        seat(&town, GRID_1, 2, Main, "刘网格员").await;
        for number in 1..=31 {
            old_and_alone(&town, &format!("田心路{number}号"), "张桂英").await;
        }
        let clerk = caller(&town, "clerk");
        let path = "/api/fieldwork/tasks/plan/dry-run";
        let trial = clerk.post(path, json!({})).await.ok();
        let grid = trial["grids"]
            .as_array()
            .expect("grids")
            .iter()
            .find(|grid| grid["path"] == GRID_1)
            .expect("the grid");
        let rule = grid["rules"]
            .as_array()
            .expect("rules")
            .iter()
            .find(|rule| rule["key"] == "lives_alone_80")
            .expect("the rule");
        assert_eq!(
            (&rule["visits"], &rule["minutes"], &rule["fits"]),
            (&json!(31), &json!(620), &json!(false))
        );
        assert_eq!((&trial["minutes_per_week"], &trial["over"]), (&json!(600), &json!(["刘网格员"])));
        let roomy = clerk.post(path, json!({ "area": STREET, "minutes_per_week": 700 })).await.ok();
        assert_eq!(roomy["over"], json!([]));
        assert_eq!(
            (&roomy["workers"][0]["asked"], &roomy["workers"][0]["visits"]),
            (&json!(620), &json!(31))
        );
        clerk.post(path, json!({ "minutes_per_week": -1 })).await.refused("fieldwork.bad_minutes");
        caller(&town, "worker1").post(path, json!({})).await.refused("forbidden");
        night(&town).await;
        assert!(today(&caller(&town, "worker1")).await.is_empty(), "nothing is loaded on in silence");
        let places = town.edge.fixture::<territory::Map>().of(DISTRICT);
        let area = places.by_path(GRID_1).expect("the grid").id;
        let told = facts_of(&town, area.0, fieldwork::facts::PLANNED).await;
        assert_eq!(
            (&told[0].data.0["over"], &told[0].data.0["asked_minutes"]),
            (&json!(["lives_alone_80"]), &json!(620))
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_yes_there_is_no_second_visit() {
    each_town(async |town| {
        let worker = caller(&town, "worker1");
        let mut homes = Vec::new();
        for (house, name) in [("田心路1号", "王秀兰"), ("田心路2号", "陈秀兰"), ("田心路3号", "赵秀兰")]
        {
            let dwelling = home(&town, house).await;
            let person = resident(&town, dwelling, name, "1960-05-06").await;
            fact(&town, person, "lives_alone").await;
            homes.push((dwelling, name));
        }
        let wish = async |at: usize, consent: &str| {
            let path = format!("/api/fieldwork/homes/{}/wishes", homes[at].0);
            worker.put(&path, json!({ "consents": { "lives_alone": consent } })).await.ok();
        };
        wish(2, "refused").await;
        night(&town).await;
        let lines = today(&worker).await;
        assert_eq!(lines.len(), 2, "who said no is not asked again");
        assert!(lines.iter().all(|line| line["asks_first"] == true));
        let of = |name: &str| {
            let label = name.replace('秀', "*");
            lines
                .iter()
                .find(|line| line["label"] == label.as_str())
                .unwrap_or_else(|| panic!("{label}: {lines:?}"))
        };
        wish(0, "given").await;
        assert!(today(&worker).await.iter().any(|line| line["asks_first"] == false));
        for name in ["王秀兰", "陈秀兰"] {
            finish(&worker, of(name), said("changed", "2026-03-03T09:30:00+08:00")).await;
        }
        night(&town).await;
        assert!(today(&worker).await.is_empty(), "once a month");
        town.passes(DAY * 31).await;
        let labels: Vec<String> = today(&worker).await.iter().map(|line| text(&line["label"])).collect();
        assert_eq!(labels, ["王*兰"], "only who said yes");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_comes_in_a_quiet_time() {
    each_town(async |town| {
        let worker = caller(&town, "worker1");
        let (first, _) = old_and_alone(&town, "田心路1号", "张桂英").await;
        old_and_alone(&town, "田心路2号", "李桂英").await;
        let path = format!("/api/fieldwork/homes/{first}/wishes");
        let wishes = json!({ "quiet": [{ "from": "09:00", "to": "11:30" }], "how": "请先打电话" });
        worker.put(&path, wishes).await.ok();
        night(&town).await;
        let lines = today(&worker).await;
        let quiet: Vec<&Value> = lines.iter().filter(|line| line["quiet_until"] == "11:30").collect();
        assert_eq!((quiet.len(), lines.len()), (1, 2), "it is ten in the morning");
        let kept = worker.get(&path).await.ok();
        assert_eq!((&kept["how"], &kept["changed_by"]), (&json!("请先打电话"), &json!("worker1")));
        assert_eq!(facts_of(&town, first.0, registry::facts::OPENED).await.len(), 1, "a look");
        worker
            .put(&path, json!({ "quiet": [{ "from": "9", "to": "11" }] }))
            .await
            .refused("fieldwork.bad_quiet");
        caller(&town, "worker2").put(&path, json!({})).await.refused("not_found");
        caller(&town, "worker2").get(&path).await.refused("not_found");
        // Each day from morning to night: no day is left for a visit.
        worker.put(&path, json!({ "quiet": [{ "from": "07:00", "to": "21:00" }] })).await.ok();
        for line in &lines {
            finish(&worker, line, said("unchanged", "2026-03-03T09:30:00+08:00")).await;
        }
        town.passes(DAY * 7).await;
        let labels: Vec<String> = today(&worker).await.iter().map(|line| text(&line["label"])).collect();
        assert_eq!(labels, ["李*英"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_visited_reads_why_and_says_whether_somebody_came() {
    each_town(async |town| {
        seat(&town, GRID_1, 2, Main, "刘网格员").await;
        let worker = caller(&town, "worker1");
        old_and_alone(&town, "田心路1号", "张桂英").await;
        night(&town).await;
        let line = today(&worker).await.remove(0);
        let path = format!("/api/fieldwork/tasks/{}", text(&line["id"]));
        let address = text(&worker.get(&path).await.ok()["page"]);
        let page =
            address.split_once("/v/").map(|(_, code)| format!("/v/{code}")).expect("a page of its own");
        let code = worker.get(&format!("{path}/code.svg")).await;
        assert!(code.text.starts_with("<svg") && code.text.contains("<path"), "{}", code.text);
        let visitor = town.caller();
        let shown = visitor.get(&page).await;
        assert_eq!(shown.status, 200);
        for told in ["您已满 80 岁", "刘网格员", "073128680000", "不接受走访", "我被走访了", "没有人来过"]
        {
            assert!(shown.text.contains(told), "{told} is on the page: {}", shown.text);
        }
        assert!(!shown.text.contains("张桂英") && !shown.text.contains("田心路1号"), "nothing of the person");
        let csrf = shown.text.split("name=\"_csrf\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
        let csrf = csrf.expect("the form's own token").to_owned();
        let say = async |word: &'static str, csrf: String| {
            let form = reqwest::multipart::Form::new().text("said", word).text("_csrf", csrf);
            visitor.send(visitor.client.post(format!("{}{page}", visitor.url)).multipart(form)).await
        };
        assert_eq!(say("nobody", "forged".to_owned()).await.status, 403);
        assert_eq!(say("nobody", csrf.clone()).await.status, 303);
        assert!(visitor.get(&page).await.text.contains("您说没有人来过"));
        let seen = worker.get(&path).await.ok();
        assert_eq!(
            (&seen["said"], &seen["state"]),
            (&json!("nobody"), &json!("open")),
            "nothing follows from it"
        );
        say("visited", csrf).await;
        assert_eq!(today(&worker).await[0]["said"], "visited");
        assert_eq!(visitor.get("/v/0000000000000ff").await.status, 404);
    })
    .await;
}

store::sql! {
    // Whole rows as PostgreSQL writes them out; SQLite's columns one by one.
    TASKS: (platform::DistrictId,) -> (String,) =
        sqlite "select kind || cause || area_path || hex(content) || code from fieldwork_task where district = $1"
        postgres "select cast(t as text) from fieldwork_task t where t.district = $1";
    WISHES: (platform::DistrictId,) -> (String,) =
        sqlite "select hex(content) || changed_by_name from fieldwork_wishes where district = $1"
        postgres "select cast(t as text) from fieldwork_wishes t where t.district = $1";
}

#[tokio::test(flavor = "multi_thread")]
async fn why_somebody_is_visited_stands_nowhere_in_clear() {
    each_town(async |town| {
        let worker = caller(&town, "worker1");
        let (dwelling, _) = old_and_alone(&town, "田心路1号", "张桂英").await;
        night(&town).await;
        let line = today(&worker).await.remove(0);
        let mut end = said("absent", "2026-03-03T09:30:00+08:00");
        end["note"] = json!("chicken soup");
        finish(&worker, &line, end).await;
        let wishes = json!({ "how": "ring twice" });
        worker.put(&format!("/api/fieldwork/homes/{dwelling}/wishes"), wishes).await.ok();
        let read = async |conn: &mut Conn| {
            let mut rows = conn.all(&TASKS, (DISTRICT,)).await?;
            rows.extend(conn.all(&WISHES, (DISTRICT,)).await?);
            Ok(rows)
        };
        let rows: Vec<(String,)> = town.db().read::<_, platform::Fault, _>(read).await.expect("rows");
        let kept: String = rows.into_iter().map(|(row,)| row.to_lowercase()).collect();
        assert!(
            kept.contains("visit") && kept.contains("worker1"),
            "what is open is found, so this test can see"
        );
        for sealed in ["lives_alone_80", "chicken soup", "ring twice"] {
            let hex: String = sealed.bytes().map(|byte| format!("{byte:02x}")).collect();
            assert!(!kept.contains(sealed) && !kept.contains(&hex), "{sealed} stands in clear");
        }
        seal::rotate(town.db(), DISTRICT).await.expect("a new key");
        for reseal in fieldwork::RESEALS {
            (reseal.run)(town.db(), DISTRICT, &|_| {}).await.expect("sealed anew");
        }
        assert_eq!(today(&worker).await[0]["cause"], "rule:lives_alone_80");
    })
    .await;
}
