//! A campaign is drafted, tried, published, done door by door, called at again, and closed with a report.

use crate::ground::two_buildings;
use crate::town::{
    GRID_1, GRID_2, STREET, caller, device_id, each_town, published, sent, text, upload, workbook,
};
use platform::DAY;
use serde_json::{Value, json};
use testkit::{Caller, Town};

/// The gas check of both grids, from Monday to Friday.
fn gas_check(form: Option<&str>) -> Value {
    json!({
        "name": "燃气软管检查",
        "reason": { "zh": "免费检查软管", "en": "Hoses are checked for free" },
        "basis": "《城镇燃气管理条例》",
        "purpose": "换掉老化的软管",
        "target": { "of": "homes", "values": { "use": ["residential"], "gas": ["piped", "bottled"] } },
        "form": form,
        "minutes": 8,
        "from_on": "2026-03-02",
        "due_on": "2026-03-06",
        "again_days": 1,
        "calls_max": 2,
    })
}

async fn draft(by: &Caller, content: &Value) -> String {
    text(&by.post("/api/fieldwork/campaigns", json!({ "content": content })).await.ok()["id"])
}

fn path(id: &str, rest: &str) -> String {
    format!("/api/fieldwork/campaigns/{id}{rest}")
}

/// Drafts and publishes; the doors are open.
async fn run(town: &Town, content: &Value) -> String {
    let planner = caller(town, "planner");
    let id = draft(&planner, content).await;
    planner.post(&path(&id, "/publish"), json!({})).await.ok();
    town.settles().await;
    id
}

async fn lines(by: &Caller) -> Vec<Value> {
    by.get("/api/fieldwork/today").await.ok()["lines"].as_array().expect("lines").clone()
}

async fn finish(by: &Caller, town: &Town, task: &Value, outcome: &str, submission: Option<String>) -> Value {
    let body = json!({ "outcome": outcome, "at": town.clock.now(), "submission": submission });
    by.post(&format!("/api/fieldwork/tasks/{}/finish", text(&task["id"])), body).await.ok()
}

fn figures(tally: &Value) -> [i64; 6] {
    ["doors", "done", "absent", "not_reached", "refused", "left"]
        .map(|key| tally[key].as_i64().unwrap_or_else(|| panic!("{key} of {tally}")))
}

#[tokio::test(flavor = "multi_thread")]
async fn from_draft_to_report() {
    each_town(async |town| {
        let (old, new) = two_buildings(&town).await;
        let (planner, worker) = (caller(&town, "planner"), caller(&town, "worker1"));
        let form = published(&planner).await;
        let id = draft(&planner, &gas_check(Some(&form))).await;
        let drafted = planner.get(&path(&id, "")).await.ok();
        assert_eq!((&drafted["state"], &drafted["area_path"]), (&json!("draft"), &json!(STREET)));
        assert_eq!(drafted["target_words"]["zh"], "房屋；用气：管道气或瓶装气；用途：住宅");
        let tried = planner.get(&path(&id, "/dry-run")).await.ok();
        let grids: Vec<(&str, i64, i64)> = tried["grids"]
            .as_array()
            .expect("grids")
            .iter()
            .map(|grid| {
                (
                    grid["area_path"].as_str().unwrap_or(""),
                    grid["doors"].as_i64().unwrap_or(0),
                    grid["minutes_max"].as_i64().unwrap_or(0),
                )
            })
            .collect();
        // Five working days of 120 minutes.
        assert_eq!(grids, [(GRID_1, 3, 600), (GRID_2, 1, 600)]);
        assert_eq!(
            (&tried["doors"], &tried["beyond"], &tried["questions"]),
            (&json!(4), &json!(0), &json!(24))
        );
        assert_eq!(tried["burden"]["questions"], 6);
        // Phone and document are prefilled; one of four homes has a person, without either.
        assert_eq!(tried["known_answers"], json!({ "doors": 4, "asked": 8, "known": 0, "fresh": 0 }));
        worker.get(&path(&id, "")).await.refused("not_found");
        planner.post(&path(&id, "/publish"), json!({})).await.ok();
        town.settles().await;
        let running = worker.get(&path(&id, "")).await.ok();
        assert_eq!((&running["state"], &running["doors"]), (&json!("running"), &json!(4)));
        planner.post(&path(&id, "/publish"), json!({})).await.refused("fieldwork.campaign_state");
        planner
            .put(&path(&id, ""), json!({ "version": running["version"], "content": gas_check(None) }))
            .await
            .refused("fieldwork.campaign_state");

        let doors = lines(&worker).await;
        assert_eq!(doors.len(), 3);
        assert_eq!(
            (&doors[0]["title"]["zh"], &doors[0]["why"]["zh"]),
            (&json!("燃气软管检查"), &json!("免费检查软管")),
            "what it is for"
        );
        assert_eq!((&doors[0]["kind"], &doors[0]["form"]["id"]), (&json!("campaign"), &json!(form)));
        let submissions = format!("/api/fieldwork/forms/{form}/submissions");
        let answers =
            json!({ "has_gas": "yes", "hoses": 2, "phone": "13873300042", "document": "11010519491231002X" });
        let mut shown = sent(1, answers);
        shown["known"] = json!(["/phone", "/document"]);
        worker.post(&submissions, shown).await.ok();
        finish(&worker, &town, &doors[0], "trouble", Some(device_id(1))).await;
        finish(&worker, &town, &doors[1], "refused", None).await;
        finish(&worker, &town, &doors[2], "absent", None).await;

        let whole = planner.get(&path(&id, "/coverage")).await.ok();
        assert_eq!(figures(&whole["total"]), [4, 1, 1, 0, 1, 1]);
        let community = format!("/coverage?area={}", "430204/430204001/430204001008");
        let community = planner.get(&path(&id, &community)).await.ok();
        let areas = community["areas"].as_array().expect("areas");
        assert_eq!(areas.iter().map(figures).collect::<Vec<_>>(), [[3, 1, 1, 0, 1, 0], [1, 0, 0, 0, 0, 1]]);
        let buildings = community["buildings"].as_array().expect("buildings");
        let by_building: Vec<(&Value, i64)> =
            buildings.iter().map(|one| (&one["building"], figures(one)[0])).collect();
        assert_eq!(by_building, [(&json!(old.id), 3), (&json!(new.id), 1)]);
        assert_eq!(buildings[0]["label"], "5栋院5栋");
        let layer: Value = serde_json::from_str(&planner.get(&path(&id, "/coverage/buildings")).await.text)
            .expect("GeoJSON");
        assert_eq!(layer["features"].as_array().map(Vec::len), Some(2));
        assert_eq!(layer["features"][0]["geometry"]["coordinates"], json!([113.11, 27.88]));

        town.passes(DAY * 5).await;
        let closed = planner.get(&path(&id, "")).await.ok();
        assert_eq!((&closed["state"], closed["closed_at"].is_null()), (&json!("closed"), false));
        assert_eq!(lines(&worker).await.len(), 0, "nobody goes there any more");
        let report = planner.get(&path(&id, "/report")).await.ok();
        assert_eq!(figures(&report["total"]), [4, 1, 0, 1, 1, 1]);
        assert_eq!(
            (&report["filled"], &report["answered"], &report["not_asked"]),
            (&json!(1), &json!(4), &json!(2))
        );
        let found = &report["found"][0];
        assert_eq!(
            (&found["path"], &found["choices"][0]["answers"]),
            (&json!("/has_gas"), &Value::Null),
            "one answer is not told"
        );
        let table = planner.get(&path(&id, "/report/table?format=csv")).await;
        assert!(table.text.contains("合计,燃气软管检查,4,1,0,1,1,1"), "{}", table.text);
        let book = planner.get(&path(&id, "/report/table")).await;
        assert!(book.text.starts_with("PK"), "a workbook");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_asks_for_what_is_known_goes_to_no_door() {
    each_town(async |town| {
        two_buildings(&town).await;
        let planner = caller(&town, "planner");
        let survey: &[&str] = &["type | name | label", "text | who | 姓名：", "text | valve | 阀门位置"];
        let made = upload(&planner, "visit.xlsx", workbook(&[("survey", survey)]), None).await.ok();
        let id = draft(&planner, &gas_check(made["form"].as_str())).await;
        assert_eq!(planner.get(&path(&id, "/dry-run")).await.ok()["known"][0]["prefill"], "person.name");
        let problem = planner.post(&path(&id, "/publish"), json!({})).await.refused("fieldwork.asks_known");
        assert_eq!(problem["extra"]["known"][0]["path"], "/who");
        let survey: &[&str] = &["type | name | label", "text | valve | 阀门位置"];
        let made = upload(&planner, "valves.xlsx", workbook(&[("survey", survey)]), None).await.ok();
        let id = draft(&planner, &gas_check(made["form"].as_str())).await;
        planner.post(&path(&id, "/publish"), json!({})).await.refused("fieldwork.is_draft");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nobody_was_at_home_somebody_calls_again_and_not_for_ever() {
    each_town(async |town| {
        two_buildings(&town).await;
        let worker = caller(&town, "worker2");
        let id = run(&town, &gas_check(None)).await;
        let door = lines(&worker).await.remove(0);
        assert_eq!(door["kind"], "notice", "without a form something is delivered");
        finish(&worker, &town, &door, "absent", None).await;
        assert_eq!(lines(&worker).await.len(), 0, "not again on the same day");
        town.passes(DAY).await;
        let again = lines(&worker).await.remove(0);
        assert_eq!((&again["id"], &again["tries"]), (&door["id"], &json!(1)));
        finish(&worker, &town, &again, "absent", None).await;
        town.passes(DAY).await;
        assert_eq!(lines(&worker).await.len(), 0);
        let part = worker.get(&path(&id, &format!("/coverage?area={GRID_2}"))).await.ok();
        assert_eq!(figures(&part["total"]), [1, 0, 0, 1, 0, 0], "not reached");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn grids_beyond_their_hours_are_named_and_want_a_reason() {
    each_town(async |town| {
        two_buildings(&town).await;
        let planner = caller(&town, "planner");
        let mut content = gas_check(None);
        (content["due_on"], content["minutes"]) = (json!("2026-03-02"), json!(60));
        let id = draft(&planner, &content).await;
        let problem = planner.post(&path(&id, "/publish"), json!({})).await.refused("fieldwork.beyond_hours");
        let grids = problem["extra"]["grids"].as_array().expect("grids");
        assert_eq!(grids.len(), 1, "one home of an hour is no more than two hours");
        assert_eq!(
            (&grids[0]["area_path"], &grids[0]["minutes"], &grids[0]["minutes_max"]),
            (&json!(GRID_1), &json!(180), &json!(120))
        );
        planner
            .post(&path(&id, "/publish"), json!({ "beyond_reason": "急" }))
            .await
            .refused("fieldwork.beyond_hours");
        let told =
            planner.post(&path(&id, "/publish"), json!({ "beyond_reason": "停气抢修，当天查完" })).await.ok();
        assert_eq!(
            (&told["state"], &told["beyond_reason"]),
            (&json!("opening"), &json!("停气抢修，当天查完"))
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_may_end_it_and_nobody_is_blamed() {
    each_town(async |town| {
        two_buildings(&town).await;
        let (planner, worker) = (caller(&town, "planner"), caller(&town, "worker1"));
        let id = run(&town, &gas_check(None)).await;
        let doors = lines(&worker).await;
        finish(&worker, &town, &doors[0], "delivered", None).await;
        planner.post(&path(&id, "/end"), json!({})).await.ok();
        town.settles().await;
        assert_eq!(planner.get(&path(&id, "")).await.ok()["state"], "closed");
        assert_eq!(figures(&planner.get(&path(&id, "/coverage")).await.ok()["total"]), [4, 1, 0, 0, 0, 3]);
        let late = finish(&worker, &town, &doors[1], "delivered", None).await;
        assert_eq!(late["state"], "done", "who had done it had done it");
        planner.post(&path(&id, "/end"), json!({})).await.refused("fieldwork.campaign_state");
        let dropped = draft(&planner, &gas_check(None)).await;
        planner.post(&path(&dropped, "/end"), json!({})).await.ok();
        assert_eq!(planner.get(&path(&dropped, "")).await.ok()["state"], "dropped");
        let listed = worker.get("/api/fieldwork/campaigns").await.ok();
        let listed: Vec<&Value> =
            listed["items"].as_array().expect("items").iter().map(|one| &one["id"]).collect();
        assert_eq!(listed, [&json!(id)], "a draft that was dropped is nobody's");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn campaigns_are_the_desks_and_a_worker_sees_the_own_grid() {
    each_town(async |town| {
        two_buildings(&town).await;
        let (planner, worker) = (caller(&town, "planner"), caller(&town, "worker1"));
        let body = json!({ "content": gas_check(None) });
        for (token, status) in [("worker1", 403), ("nobody", 403), ("", 401)] {
            assert_eq!(
                caller(&town, token).post("/api/fieldwork/campaigns", body.clone()).await.status,
                status,
                "{token}"
            );
        }
        let mut elsewhere = body.clone();
        elsewhere["area"] = json!("430204");
        planner.post("/api/fieldwork/campaigns", elsewhere).await.refused("forbidden");
        let id = run(&town, &gas_check(None)).await;
        for rest in ["/dry-run", "/report", "/report/table", "/coverage", &format!("/coverage?area={GRID_2}")]
        {
            assert!(matches!(worker.get(&path(&id, rest)).await.status, 403 | 404), "{rest}");
        }
        worker.post(&path(&id, "/end"), json!({})).await.refused("forbidden");
        assert_eq!(
            figures(&worker.get(&path(&id, &format!("/coverage?area={GRID_1}"))).await.ok()["total"])[0],
            3
        );
        let outside = planner.get(&path(&id, "/coverage?area=430204")).await;
        outside.refused("not_found");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_changed_from_what_was_seen() {
    each_town(async |town| {
        let planner = caller(&town, "planner");
        let id = draft(&planner, &gas_check(None)).await;
        let mut content = gas_check(None);
        content["name"] = json!("燃气检查");
        let changed = planner.put(&path(&id, ""), json!({ "version": 1, "content": content })).await.ok();
        assert_eq!((&changed["name"], &changed["version"]), (&json!("燃气检查"), &json!(2)));
        let problem = planner.put(&path(&id, ""), json!({ "version": 1, "content": content })).await;
        assert_eq!(problem.refused("fieldwork.stale")["extra"]["present"], 2);
        content["due_on"] = json!("2026-03-01");
        let problem = planner.put(&path(&id, ""), json!({ "version": 2, "content": content })).await;
        problem.refused("fieldwork.bad_campaign");
        planner.post(&path(&id, "/publish"), json!({})).await.refused("fieldwork.no_doors");
    })
    .await;
}
