//! A patrol route is planned, walked round by round, changed and ended; inspections of things come among the stops by themselves.

use crate::ground::{IN_GRID_1, thing, two_buildings};
use crate::town::{GRID_1, GRID_2, IN_GRID_2, caller, each_town, text};
use platform::DAY;
use serde_json::{Value, json};
use testkit::{Caller, Town};

fn lights(stops: &[&str]) -> Value {
    json!({ "name": "早巡", "look_at": "灯亮不亮", "every_days": 2, "from_on": "2026-03-02", "stops": stops })
}

/// Three lights along a road of the first grid, entered out of order.
async fn three_lights(town: &Town) -> [String; 3] {
    let by = caller(town, "registrar");
    let at = |step: f64| (IN_GRID_1.0 + step / 1000.0, IN_GRID_1.1);
    [
        thing(&by, at(0.0), "灯一", None).await,
        thing(&by, at(2.0), "灯三", None).await,
        thing(&by, at(1.0), "灯二", None).await,
    ]
}

async fn finish(by: &Caller, town: &Town, task: &Value, outcome: &str) -> Value {
    let body = json!({ "outcome": outcome, "at": town.clock.now() });
    by.post(&format!("/api/fieldwork/tasks/{}/finish", text(task)), body).await.ok()
}

fn walk(route: &Value) -> Vec<(String, Value)> {
    let stops = route["walk"].as_array().expect("stops").iter();
    stops.map(|stop| (text(&stop["label"]), stop["state"].clone())).collect()
}

async fn open_stops(by: &Caller) -> usize {
    by.get("/api/fieldwork/today").await.ok()["lines"].as_array().map_or(0, Vec::len)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_route_is_walked_round_by_round() {
    each_town(async |town| {
        let worker = caller(&town, "worker1");
        let stops = three_lights(&town).await;
        let planner = caller(&town, "planner");
        let way = planner.get(&format!("/api/fieldwork/route-order?stops={}", stops.join(","))).await.ok();
        let order: Vec<String> = way["stops"].as_array().expect("stops").iter().map(text).collect();
        assert_eq!(order, [&stops[0], &stops[2], &stops[1]].map(Clone::clone));
        assert!((150.0..250.0).contains(&way["metres"].as_f64().expect("metres")), "{way}");
        let order: Vec<&str> = order.iter().map(String::as_str).collect();
        let body = json!({ "area": GRID_1, "content": lights(&order) });
        let made = planner.post("/api/fieldwork/routes", body).await.ok();
        assert_eq!((&made["next_on"], &made["round_on"]), (&json!("2026-03-02"), &Value::Null));
        let path = format!("/api/fieldwork/routes/{}", text(&made["id"]));
        town.settles().await;
        let round = worker.get(&path).await.ok();
        assert_eq!((&round["next_on"], &round["round_on"]), (&json!("2026-03-04"), &json!("2026-03-02")));
        assert_eq!(walk(&round), ["灯一", "灯二", "灯三"].map(|name| (name.to_owned(), json!("open"))));
        assert_eq!(open_stops(&worker).await, 3);
        finish(&worker, &town, &round["walk"][0]["task"], "fine").await;
        finish(&worker, &town, &round["walk"][1]["task"], "trouble").await;
        let states: Vec<Value> =
            walk(&worker.get(&path).await.ok()).into_iter().map(|(_, state)| state).collect();
        assert_eq!(states, ["done", "done", "open"]);
        town.passes(DAY * 2).await;
        let next = worker.get(&path).await.ok();
        assert_eq!(next["round_on"], "2026-03-04");
        assert!(walk(&next).iter().all(|(_, state)| state == "open"), "a round of its own");
        assert_eq!(open_stops(&worker).await, 3, "what was left of the round before is closed");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_route_is_changed_and_ended() {
    each_town(async |town| {
        let (planner, worker) = (caller(&town, "planner"), caller(&town, "worker1"));
        let [one, two, three] = three_lights(&town).await;
        let body = json!({ "area": GRID_1, "content": lights(&[&one, &two]) });
        let made = planner.post("/api/fieldwork/routes", body).await.ok();
        let path = format!("/api/fieldwork/routes/{}", text(&made["id"]));
        town.settles().await;
        let version = worker.get(&path).await.ok()["version"].clone();
        let change = json!({ "version": version, "content": lights(&[&three, &two]) });
        let changed = planner.put(&path, change.clone()).await.ok();
        assert_eq!(
            walk(&changed),
            [("灯二".to_owned(), Value::Null), ("灯三".to_owned(), json!("open"))],
            "a new stop comes with the next round"
        );
        assert_eq!(open_stops(&worker).await, 1, "one that was taken out is not gone to");
        let stop = worker.get("/api/fieldwork/today").await.ok()["lines"][0].clone();
        assert_eq!((&stop["title"]["zh"], &stop["why"]["zh"]), (&json!("早巡"), &json!("灯亮不亮")));
        planner.put(&path, change).await.refused("fieldwork.stale");
        let listed = worker.get("/api/fieldwork/routes").await.ok();
        assert_eq!(listed["items"].as_array().map(Vec::len), Some(1));
        planner.post(&format!("{path}/end"), json!({})).await.ok();
        assert_eq!(open_stops(&worker).await, 0);
        planner.post(&format!("{path}/end"), json!({})).await.refused("fieldwork.route_ended");
        town.passes(DAY * 4).await;
        assert_eq!(open_stops(&worker).await, 0, "walked no more");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_route_is_refused() {
    each_town(async |town| {
        let (planner, worker) = (caller(&town, "planner"), caller(&town, "worker1"));
        let [one, two, _] = three_lights(&town).await;
        let other = thing(&caller(&town, "registrar"), IN_GRID_2, "灯九", None).await;
        let (building, _) = two_buildings(&town).await;
        let make = async |area: &str, content: Value| {
            planner.post("/api/fieldwork/routes", json!({ "area": area, "content": content })).await
        };
        make(GRID_1, lights(&[&one, &other])).await.refused("fieldwork.no_stop");
        make(GRID_1, lights(&[&one, &building.homes[0]])).await.refused("fieldwork.no_stop");
        make(GRID_1, lights(&[&one, &one])).await.refused("fieldwork.bad_route");
        make(GRID_1, lights(&[])).await.refused("fieldwork.bad_route");
        make("430204/430204001", lights(&[&one, &two])).await.refused("fieldwork.no_grid");
        make(GRID_1, lights(&[&one, &building.id])).await.ok();
        let body = json!({ "area": GRID_1, "content": lights(&[&one]) });
        worker.post("/api/fieldwork/routes", body).await.refused("forbidden");
        let listed = caller(&town, "worker2").get("/api/fieldwork/routes").await.ok();
        assert_eq!(listed["items"], json!([]), "of another grid");
        planner.get(&format!("/api/fieldwork/routes?area={GRID_2}")).await.ok();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn inspections_come_among_the_stops_once() {
    each_town(async |town| {
        let by = caller(&town, "registrar");
        thing(&by, IN_GRID_1, "消火栓", Some("2026-03-10")).await;
        thing(&by, IN_GRID_1, "滑梯", Some("2026-05-10")).await;
        let worker = caller(&town, "worker1");
        (fieldwork::CAPABILITY.prepare)(town.db()).await.expect("the clocks are set");
        town.settles().await;
        town.passes(DAY).await;
        let today = worker.get("/api/fieldwork/today").await.ok();
        let lines = today["lines"].as_array().expect("lines");
        assert_eq!(lines.len(), 1, "planned once; the slide has time: {lines:#?}");
        assert_eq!((&lines[0]["kind"], &lines[0]["due_on"]), (&json!("patrol"), &json!("2026-03-10")));
        finish(&worker, &town, &lines[0]["id"], "fine").await;
        town.passes(DAY).await;
        assert_eq!(open_stops(&worker).await, 0);
    })
    .await;
}
