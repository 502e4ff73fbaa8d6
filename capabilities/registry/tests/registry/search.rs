//! One box finds people, homes, organisations and things by any piece, within one's own area and masked; numbers and queues beside it.

use crate::town::{GRID_1, GRID_2, IN_GRID_1, IN_GRID_2, caller, each_town, enter, text};
use serde_json::{Value, json};
use store::{Conn, FactRow};
use testkit::{Caller, DISTRICT, Town};
use uuid::Uuid;

/// A home in a block of the first grid with two people in it, and one of the second grid with a namesake.
async fn settle(town: &Town) -> String {
    let clerk = caller(town, "clerk");
    let building = block(&clerk, "田心三村", "5栋", IN_GRID_1).await;
    let home = home_in(&clerk, &building, "2单元", "301室").await;
    lives(
        &clerk,
        &home,
        GRID_1,
        json!({ "name": "张伟明", "documents": ["11010519491231002X"], "phones": ["13873301203"] }),
    )
    .await;
    let child = lives(&clerk, &home, GRID_1, json!({ "name": "张小雨", "phones": ["13873300042"] })).await;
    let fact = json!({ "fact": "needs_electricity" });
    enter(&clerk, "service_fact", fact, json!({ "person": child })).await;
    let other = block(&clerk, "田心五村", "12栋", IN_GRID_2).await;
    let home = home_in(&clerk, &other, "1单元", "101室").await;
    lives(&clerk, &home, GRID_2, json!({ "name": "张伟" })).await;
    let company = json!({ "name": "株洲鑫源五金店", "kind": "company", "code": "9144030071526726XG" });
    enter(&clerk, "organisation", company, json!({ "place": building })).await;
    let lamp = json!({ "component": "01023", "name": "路灯" });
    enter(&clerk, "thing", lamp, json!({ "lon": IN_GRID_1.0, "lat": IN_GRID_1.1 })).await;
    building
}

async fn block(by: &Caller, estate: &str, building: &str, (lon, lat): (f64, f64)) -> String {
    let spot = json!({ "lon": lon, "lat": lat });
    let (estate, _) = enter(by, "place", json!({ "level": "estate", "name": estate }), spot.clone()).await;
    let within = json!({ "place": estate, "lon": lon, "lat": lat });
    enter(by, "place", json!({ "level": "building", "name": building }), within).await.0
}

async fn home_in(by: &Caller, building: &str, unit: &str, room: &str) -> String {
    let below = |place: &str| json!({ "place": place });
    let (unit, _) = enter(by, "place", json!({ "level": "unit", "name": unit }), below(building)).await;
    let (room, _) = enter(by, "place", json!({ "level": "room", "name": room }), below(&unit)).await;
    let values = json!({ "use": "residential", "occupancy": "own", "risers": ["5-2-01"] });
    enter(by, "dwelling", values, below(&room)).await.0
}

async fn lives(by: &Caller, home: &str, grid: &str, person: Value) -> String {
    let (person, _) = enter(by, "person", person, json!({ "area_path": grid })).await;
    let links = json!({ "person": person, "dwelling": home });
    enter(by, "residence", json!({ "kind": "registered" }), links).await;
    person
}

/// Labels of what is found, in order.
async fn find(by: &Caller, typed: &str) -> Vec<String> {
    let answer = by.get(&format!("/api/registry/search?q={typed}")).await.ok();
    let hits = answer["hits"].as_array().expect("hits");
    hits.iter().map(|hit| text(&hit["label"])).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn any_piece_finds_it() {
    each_town(async |town| {
        settle(&town).await;
        let clerk = caller(&town, "clerk");
        let rows: &[(&str, &[&str])] = &[
            // The one who bears the name before the one whose name holds it.
            ("张伟", &["张*", "张*明"]),
            ("伟明", &["张*明"]),
            ("zhangwei", &["张*", "张*明"]),
            ("zwm", &["张*明"]),
            ("11010519491231002X", &["张*明"]),
            ("002x", &["张*明"]),
            ("13873300042", &["张*雨"]),
            ("1203", &["张*明"]),
            ("张伟 五村12栋", &["张*"]),
            ("三村5-2-301", &["田心三村5栋2单元301室"]),
            ("田心三村五栋", &["田心三村5栋", "田心三村5栋2单元", "田心三村5栋2单元301室"]),
            ("301", &["田心三村5栋2单元301室"]),
            ("鑫源", &["株洲鑫源五金店"]),
            ("9144030071526726XG", &["株洲鑫源五金店"]),
            ("路灯", &["路灯"]),
            ("没有这个人", &[]),
        ];
        for (typed, expected) in rows {
            assert_eq!(find(&clerk, typed).await, *expected, "{typed}");
        }
        let seen = clerk.get("/api/registry/search?q=张伟明").await.ok();
        assert_eq!(seen["hits"][0]["home"], "田心三村5栋2单元301室");
        assert_eq!(seen["hits"][0]["area"]["name"], "田心社区第一网格");
        let seen = clerk.get("/api/registry/search?q=301&kind=dwelling").await.ok();
        assert_eq!(seen["hits"][0]["residents"], 2);
        let seen = clerk.get("/api/registry/search?q=张伟&limit=1").await.ok();
        assert_eq!((seen["hits"].as_array().map(Vec::len), &seen["more"]), (Some(1), &json!(true)));
        clerk.get("/api/registry/search?q=").await.refused("registry.bad_query");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_finds_only_what_is_in_ones_own_area() {
    each_town(async |town| {
        settle(&town).await;
        let (first, second) = (caller(&town, "worker1"), caller(&town, "worker2"));
        assert_eq!(find(&first, "张伟").await, ["张*明"]);
        assert_eq!(find(&second, "张伟").await, ["张*"]);
        assert_eq!(find(&second, "13873300042").await, Vec::<String>::new(), "by a hash neither");
        caller(&town, "nobody").get("/api/registry/search?q=张伟").await.refused("forbidden");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_is_written_down_without_its_words() {
    each_town(async |town| {
        settle(&town).await;
        find(&caller(&town, "worker1"), "13873300042").await;
        let account = Uuid::from_u128(2);
        let read = async move |conn: &mut Conn| FactRow::of_subject(conn, DISTRICT, account, 100).await;
        let facts = town.db().read(read).await.expect("facts");
        let searched: Vec<_> = facts.iter().filter(|fact| fact.name == registry::facts::SEARCHED).collect();
        assert_eq!(searched.len(), 1);
        assert_eq!(searched[0].data.0, json!({ "seems": ["phone"], "hits": 1 }));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ended_record_is_not_found() {
    each_town(async |town| {
        let clerk = caller(&town, "clerk");
        let values = json!({ "name": "李四光", "phones": ["13873300099"] });
        let (id, _) = enter(&clerk, "person", values, json!({ "area_path": GRID_1 })).await;
        assert_eq!(find(&clerk, "李四光").await, ["李*光"]);
        let end = json!({ "version": 1, "given": { "source": "desk" } });
        clerk.post(&format!("/api/registry/records/{id}/end"), end).await.ok();
        assert!(find(&clerk, "李四光").await.is_empty() && find(&clerk, "13873300099").await.is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_as_people_write_it_finds_its_place() {
    each_town(async |town| {
        settle(&town).await;
        let clerk = caller(&town, "clerk");
        for (written, best, points_min) in [
            ("田心三村5栋2单元301", "田心三村5栋2单元301室", 1000),
            ("三村五幢二单元三〇一", "田心三村5栋2单元301室", 850),
            ("株洲市石峰区田心三村5栋", "田心三村5栋", 1000),
            ("田心三村8栋", "田心三村", 300),
        ] {
            let found = clerk.get(&format!("/api/registry/addresses?text={written}")).await.ok();
            assert_eq!(found[0]["label"], best, "{written}: {found}");
            assert!(found[0]["points"].as_u64() >= Some(points_min), "{written}: {found}");
        }
        let found = clerk.get("/api/registry/addresses?text=响石岭八村").await.ok();
        assert_eq!(found, json!([]));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_queues_and_who_is_concerned() {
    each_town(async |town| {
        let building = settle(&town).await;
        let clerk = caller(&town, "clerk");
        let counts = clerk.get("/api/registry/counts").await.ok();
        let of = |path: &str| {
            let all = counts.as_array().expect("areas");
            all.iter().find(|row| row["area"]["path"] == path).cloned().unwrap_or_default()
        };
        let people = |path: &str| of(path)["people"].as_i64();
        assert_eq!((people(crate::town::STREET), people(GRID_1), people(GRID_2)), (Some(3), Some(2), Some(1)));
        assert_eq!((&of(GRID_1)["homes"], &of(GRID_1)["stale"]), (&json!(1), &json!(0)));
        let worker = caller(&town, "worker2");
        worker.get(&format!("/api/registry/counts?area={GRID_1}")).await.refused("not_found");

        let ask = json!({ "place": building, "riser": "5-2-01" });
        let found = clerk.post("/api/registry/affected", ask).await.ok();
        assert_eq!((&found[0]["homes"], &found[0]["residents"]), (&json!(1), &json!(2)));
        assert_eq!(found[0]["help"], json!({ "needs_electricity": 1 }));
        let ask = json!({ "place": building, "riser": "9-9-09" });
        assert_eq!(clerk.post("/api/registry/affected", ask).await.ok(), json!([]));
        let ring = json!({ "ring": [[113.105, 27.87], [113.115, 27.87], [113.115, 27.89], [113.105, 27.89], [113.105, 27.87]] });
        let found = clerk.post("/api/registry/affected", ring.clone()).await.ok();
        assert_eq!(found.as_array().map(Vec::len), Some(1));
        assert_eq!(worker.post("/api/registry/affected", ring).await.ok(), json!([]));
        clerk.post("/api/registry/affected", json!({})).await.refused("registry.bad_ring");

        // Occupancy is asked anew each year, the telephone every second.
        town.clock.set(town.clock.now().after(std::time::Duration::from_secs(400 * 24 * 3600)));
        let page = clerk.get("/api/registry/stale?limit=2").await.ok();
        assert_eq!(page["items"].as_array().map(Vec::len), Some(2));
        let mut seen: Vec<String> = page["items"].as_array().into_iter().flatten().map(|i| text(&i["id"])).collect();
        let mut next = page["next"].clone();
        while let Some(after) = next.as_str() {
            let page = clerk.get(&format!("/api/registry/stale?limit=2&after={after}")).await.ok();
            seen.extend(page["items"].as_array().into_iter().flatten().map(|i| text(&i["id"])));
            next = page["next"].clone();
        }
        // Two homes, three residences, the fact that somebody lives by a device, and the lamp has no state.
        assert_eq!(seen.len(), 6);
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 6, "no page repeats a row");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_be_registered_twice_stands_in_a_queue() {
    each_town(async |town| {
        let clerk = caller(&town, "clerk");
        let person = async |values: Value, grid: &str| {
            enter(&clerk, "person", values, json!({ "area_path": grid })).await.0
        };
        let one = person(json!({ "name": "张晓明", "documents": ["11010519491231002X"] }), GRID_1).await;
        let other = person(json!({ "name": "张小明", "documents": ["11010519491231002x"] }), GRID_2).await;
        person(json!({ "name": "李芳", "birth_on": "1990-01-02" }), GRID_1).await;
        person(json!({ "name": "李 芳", "birth_on": "1990-01-02" }), GRID_1).await;
        // The same name and birthday in another grid is a namesake.
        person(json!({ "name": "李芳", "birth_on": "1990-01-02" }), GRID_2).await;
        person(json!({ "name": "李芳", "birth_on": "1991-01-02" }), GRID_1).await;
        let page = clerk.get("/api/registry/duplicates").await.ok();
        let mut pairs: Vec<(String, String, String)> = Vec::new();
        for pair in page["items"].as_array().into_iter().flatten() {
            pairs.push((text(&pair["likeness"]), text(&pair["one"]["id"]), text(&pair["other"]["id"])));
        }
        pairs.sort();
        let likenesses: Vec<&str> = pairs.iter().map(|(likeness, ..)| likeness.as_str()).collect();
        assert_eq!(likenesses, ["document", "name_and_birth"], "{page}");
        assert_eq!((&pairs[0].1, &pairs[0].2), (&one, &other));
        assert!(!page.to_string().contains("张晓明") && page["next"].is_null());
        caller(&town, "worker1").get("/api/registry/duplicates").await.refused("forbidden");
    })
    .await;
}
